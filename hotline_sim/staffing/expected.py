"""What to expect of a team's duty, in closed form: how much of its roster is filled, how fast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotline_sim.domain import HOUR_S
from hotline_sim.scenario.persons import filled_share, terms_of
from hotline_sim.scenario.rosters import roster_of
from hotline_sim.staffing.rosters import rosters_of
from hotline_sim.staffing.turnover import mean_slowness, places_of

if TYPE_CHECKING:
    from hotline_sim.scenario.schema import Scenario


@dataclass(frozen=True)
class ExpectedDuty:
    """A team's duty on the average of many weeks without holidays.

    ``filled_share`` is time on duty / rostered time: what planned absence and breaks, random
    absence, vacancies and training leave. It is nan for a team without a roster.
    ``handle_time_factor`` is the mean of the agents' speeds over their time on duty (over
    contacts it is lower, for slow agents take fewer). ``places`` is how many people the roster
    wants, None without terms of employment.
    """

    rostered_hours_per_week: float
    filled_share: float
    handle_time_factor: float
    places: int | None


def expected_duty(scenario: Scenario, name: str) -> ExpectedDuty:
    """Return what to expect of the duty of a team, by its name."""
    team = scenario.teams[name]
    roster = roster_of(scenario, team)
    rostered_s = sum(stretch.week_s for stretch in roster)
    share = filled_share(scenario, team, roster)
    terms = terms_of(scenario, team)
    if terms is None:
        return ExpectedDuty(rostered_s / HOUR_S, share, team.speed, None)
    return ExpectedDuty(
        rostered_hours_per_week=rostered_s / HOUR_S,
        filled_share=share,
        handle_time_factor=team.speed * mean_slowness(terms),
        places=places_of(terms, [one.week() for one in rosters_of(scenario, team)]),
    )
