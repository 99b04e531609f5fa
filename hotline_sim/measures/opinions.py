"""Satisfaction, and apart from it the measurement of satisfaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.domain import NOBODY, Bools, ContactLog, Floats, Outcome
from hotline_sim.scenario.schema import Outbound

if TYPE_CHECKING:
    from hotline_sim.scenario import Scenario

_MINUTE_S = 60.0


def order_deadlines_s(scenario: Scenario) -> Floats:
    """Return each department's deadline and, for NOBODY, nan, ``(departments + 1,)``."""
    deadlines = [department.deadline_s for department in scenario.departments.values()]
    return np.array([*deadlines, np.nan])


class Opinions:
    """What the answered think, and which of them say so.

    A served contact is satisfied with probability logistic(base of the team − a × minutes
    waited − b × earlier failed contacts + c × settled at once − d × order late); the satisfied
    then give a rating with probability ``participation``, the dissatisfied with
    ``participation × response_ratio``. What is printed and what is true are two numbers.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.table = scenario.satisfaction  # None: the scenario says nothing of it
        shares = [team.base_satisfaction or 0.5 for team in scenario.teams.values()]
        self._deadline_s = order_deadlines_s(scenario)
        tables = scenario.channels.values()
        self._inbound = np.array([not isinstance(table, Outbound) for table in tables])
        self.base = np.log(np.array(shares)) - np.log1p(-np.array(shares))

    @property
    def are_asked(self) -> bool:
        """Tell whether the scenario says anything of satisfaction."""
        return self.table is not None

    def are_asked_of(self, log: ContactLog) -> Bools:
        """Return who is asked for an opinion, ``(n_contacts,)``.

        That is who was answered, but no follow-up call, whose case has told already.
        """
        if not self.are_asked:
            return np.zeros(len(log), bool)
        first_told = self._inbound[log.channel] | (log.answered_before == 0)
        asked: Bools = first_told & (log.outcome == Outcome.ANSWERED)
        return asked

    def of(self, log: ContactLog) -> tuple[Bools, Bools]:
        """Return who is satisfied and who rates, ``(n_contacts,)`` each; never the unserved."""
        nobody = np.zeros(len(log), bool)
        table = self.table
        if table is None:
            return nobody, nobody
        satisfied = (log.team != NOBODY) & (log.mood < self.probability(log))
        share = np.where(satisfied, 1.0, table.response_ratio) * table.participation
        return satisfied, (log.team != NOBODY) & (log.rating < share)

    def probability(self, log: ContactLog) -> Floats:
        """Return the probability that each contact, if answered, satisfies, ``(n_contacts,)``."""
        table = self.table
        if table is None:
            return np.full(len(log), np.nan)
        waited_s = np.where(log.team == NOBODY, 0.0, log.start_s - log.arrival_s)
        at_once = np.isnan(log.order_s)
        with np.errstate(invalid="ignore"):  # nan: no order
            late = log.order_s > self._deadline_s[log.department]
        odds: Floats = (
            self.base[log.team]
            - table.per_minute_waited * waited_s / _MINUTE_S
            - table.per_failed_contact * log.failed
            + table.settled_at_once * at_once
            - table.order_late * late
        )
        with np.errstate(over="ignore"):  # after hours of waiting: exp is inf, and 1 / inf is 0
            probability: Floats = 1.0 / (1.0 + np.exp(-odds))
        return probability
