"""What a roster comes to in persons and money, link by link, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline_sim.messages import NOTHING, text
from hotline_sim.money import known_links, overdrawn_of, staff_of, whole_staff_of
from hotline_sim.reports.tables import Table

if TYPE_CHECKING:
    from hotline_sim.messages import Lang
    from hotline_sim.money import Staff
    from hotline_sim.scenario import Scenario
    from hotline_sim.scenario.schema import Team

_DECIMALS = {  # of each link, in the order from seats to money
    "peak_seats": 1,
    "rostered_hours": 0,
    "answering_hours": 0,
    "productive_hours": 0,
    "persons": 1,
    "staff_cny": 0,
    "award_cny": 0,
    "budget_cny": 0,
}


def links_table(scenario: Scenario, lang: Lang) -> Table:
    """Return what the roster needs a year, from seats to budget, a column an employment.

    No rows where the scenario does not state every link of an employment that has seats.
    """
    links = {name: one.to_dict() for name, one in known_links(scenario).items()}
    rows = tuple(
        (text(f"link.{link}", lang), *(f"{one[link]:,.{digits}f}" for one in links.values()))
        for link, digits in _DECIMALS.items()
        if links
    )
    heads = (text("table.link", lang), *(text(f"employment.{name}", lang) for name in links))
    return Table(
        text("table.links", lang),
        heads,
        rows,
        numeric=frozenset(range(1, len(heads))),
        note=text("table.links_note", lang),
    )


def staff_table(scenario: Scenario, lang: Lang) -> Table:
    """Return each team's way from persons to seats and to their cost, and the whole staff's.

    No rows where no team has a seat on its roster.
    """
    found = {name: one for name, one in staff_of(scenario).items() if one.peak_seats > 0}
    rows = []
    for name, one in found.items():
        team = scenario.teams[name]
        title = getattr(team.title, lang) if team.title else name
        rows.append((title, _given(team, lang), *_way(scenario, one, team.employment)))
    if len(rows) > 1:
        rows.append(
            (text("table.whole_staff", lang), "", *_way(scenario, whole_staff_of(scenario)))
        )
    names: tuple[str, ...] = (
        "team",
        "size_given",
        "persons",
        "productive_hours",
        "answering_share",
    )
    names += ("on_duty_week", "rostered_week", "peak_seats", "staff_cny")
    heads = [text(f"table.{name}", lang) for name in names]
    return Table(
        text("table.staff", lang),
        tuple(heads),
        tuple(rows),
        numeric=frozenset(range(2, len(heads))),
        note=text("table.staff_note", lang),
    )


def overdrawn_sentences(scenario: Scenario, lang: Lang) -> list[str]:
    """Return where the staff of a scenario costs more than is paid for it."""
    return [
        text(
            "say.overdrawn",
            lang,
            who=text(f"employment.{one.employment}", lang),
            persons=f"{one.persons:,.1f}",
            staff=f"{one.staff_cny:,.0f}",
            paid=f"{one.paid_cny:,.0f}",
        )
        for one in overdrawn_of(scenario)
    ]


def _given(team: Team, lang: Lang) -> str:
    """Return in what a team's size is given."""
    if team.posts is not None:
        values = {"posts": f"{team.posts:g}", "each": f"{team.persons_per_post:g}"}
        return text("table.in_posts", lang, **values)
    if team.persons is not None:
        return text("table.in_persons", lang)
    return text("table.in_seats", lang)


def _way(scenario: Scenario, one: Staff, employment: str | None = None) -> tuple[str, ...]:
    """Return the links from persons to seats, and the cost."""
    terms = getattr(scenario.employment, employment) if employment else None
    links = (
        ["", ""]
        if terms is None
        else [
            _shown(terms.productive_hours_per_person_year, 0),
            _shown(terms.answering_share, 3),
        ]
    )
    return (
        _shown(one.persons, 1),
        *links,
        _shown(one.on_duty_hours_per_week, 0),
        _shown(one.rostered_hours_per_week, 0),
        _shown(one.peak_seats, 1),
        _shown(one.staff_cny, 0),
    )


def _shown(number: float | None, decimals: int) -> str:
    return NOTHING if number is None else f"{number:,.{decimals}f}"
