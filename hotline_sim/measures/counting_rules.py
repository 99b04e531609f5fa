"""What contacts are held against when they are counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.domain import DAY_S, Bools, Floats, Ints
from hotline_sim.measures.headline import HeadlineChannels
from hotline_sim.measures.opinions import order_deadlines_s
from hotline_sim.scenario import rules
from hotline_sim.scenario.schema import Message, Outbound

if TYPE_CHECKING:
    from hotline_sim.scenario import Scenario


@dataclass(frozen=True, eq=False)
class CountingRules:
    """What contacts are held against when they are counted: the days, channels and deadlines.

    ``calls`` numbers the channels of ``HeadlineChannels.calls``; ``inbound`` and ``deadline_s``
    (nan: none) are ``(channels,)``, ``order_deadline_s`` is ``(departments + 1,)``: the last is
    NOBODY's, nan; ``thresholds_s`` are those of service levels.
    """

    days: int
    from_s: float
    until_s: float
    calls: Ints
    inbound: Bools
    deadline_s: Floats
    order_deadline_s: Floats
    thresholds_s: Floats
    team_of_seat: Ints

    @classmethod
    def of(cls, scenario: Scenario) -> CountingRules:
        """Return the counting_rules of a scenario."""
        horizon = scenario.horizon
        tables = list(scenario.channels.values())
        deadlines = [table.deadline_s if isinstance(table, Message) else None for table in tables]
        from_s = horizon.warm_up_days * DAY_S
        return cls(
            days=horizon.days,
            from_s=from_s,
            until_s=from_s + horizon.days * DAY_S,
            calls=np.array(HeadlineChannels.of(scenario).calls, np.int64),
            inbound=np.array([not isinstance(table, Outbound) for table in tables]),
            deadline_s=np.array([np.nan if d is None else d for d in deadlines]),
            order_deadline_s=order_deadlines_s(scenario),
            thresholds_s=np.array(scenario.thresholds_s),
            team_of_seat=np.array(rules(scenario).team_of_seat, np.int64),
        )

    @property
    def has_deadlines(self) -> bool:
        """Tell whether there are messages with a deadline."""
        return not np.isnan(self.deadline_s).all()

    @property
    def has_orders(self) -> bool:
        """Tell whether there are departments to settle work orders."""
        return len(self.order_deadline_s) > 1
