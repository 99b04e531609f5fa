"""What ``staff`` shows: the need, the roster, what proves it, what less brings, what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline_sim.domain import HALF_HOURS
from hotline_sim.experiments.staff import clock_of, hours_of
from hotline_sim.measures import measure_name
from hotline_sim.messages import NOTHING, text
from hotline_sim.reports.budgets import shown_cny
from hotline_sim.reports.numbers import shown, shown_span
from hotline_sim.reports.tables import Table, title_of
from hotline_sim.scenario.calendar import WEEKDAYS

if TYPE_CHECKING:
    from hotline_sim.experiments import Holding, StaffResult
    from hotline_sim.experiments.staff import Duty, Proven, Roster, Tour
    from hotline_sim.messages import Lang

_NEAR_BOUND = 1e-9
_A_SHARE = "connect_rate"


def staff_sentences(result: StaffResult, lang: Lang) -> list[str]:
    """Return the answer: how many persons, whether that is proven, and how sure the least is."""
    plan, proven = result.plan, result.best.proven
    said = [
        text(
            f"staffing.answer_{proven.verdict}",
            lang,
            persons=f"{plan.persons:,}",
            hours=f"{plan.paid_hours:,.0f}",
            targets=text("staffing.and", lang).join(map(str, result.targets)),
            replications=result.header.replications,
            seed=result.proof_seed,
        ),
        _bound(result, lang),
        _less(result, lang),
    ]
    if result.emptied:
        names = ", ".join(result.emptied)
        said.append(text("staffing.emptied", lang, team=result.team, emptied=names))
    if result.share_met is not None:
        values = {"share": f"{100.0 * result.share_met:.0f} %", "draws": len(result.draws_met)}
        said.append(text("staffing.draws", lang, **values))
    return [*said, text("staffing.on_average", lang)]


def _bound(result: StaffResult, lang: Lang) -> str:
    plan = result.plan
    unit = text(f"staffing.unit_{plan.objective}", lang)
    values = {"bound": f"{plan.bound:,.0f}", "cost": f"{plan.cost:,.0f}", "unit": unit}
    if plan.gap <= _NEAR_BOUND:
        return text("staffing.bound_reached", lang, **values)
    if plan.bound <= 0.0:
        return text("staffing.no_bound", lang)
    return text("staffing.bound", lang, gap=f"{100.0 * plan.gap:.1f} %", **values)


def _less(result: StaffResult, lang: Lang) -> str:
    if result.cheaper is None:
        return text("staffing.nothing_less", lang)
    plan, proven = result.cheaper.plan, result.cheaper.proven
    values = {"persons": f"{plan.persons:,}", "hours": f"{plan.paid_hours:,.0f}"}
    return text(f"staffing.less_{proven.verdict}", lang, **values)


def target_table(result: StaffResult, lang: Lang) -> Table:
    """Return how each target holds: with the roster found, and with the best cheaper one."""
    rosters = [("staffing.found", result.best), ("staffing.cheaper", result.cheaper)]
    rows = [
        (text(words, lang), _size(roster, lang), *_held(one, lang))
        for words, roster in rosters
        if roster is not None
        for one in roster.proven.holdings
    ]
    heads: tuple[str, ...] = ("staffing.roster", "staffing.size", "staffing.target")
    heads += ("staffing.reached", "table.interval", "table.verdict")
    title = text("staffing.targets", lang, title=title_of(result.scenario, lang))
    note = text("staffing.targets_note", lang, seed=result.proof_seed)
    columns, broken_last = frozenset({3, 4}), frozenset({2})
    return Table(title, _heads(lang, *heads), tuple(rows), columns, broken_last, note=note)


def _size(roster: Roster, lang: Lang) -> str:
    plan = roster.plan
    values = {"persons": f"{plan.persons:,}", "hours": f"{plan.paid_hours:,.0f}"}
    return text("staffing.persons_hours", lang, **values)


def _held(one: Holding, lang: Lang) -> tuple[str, ...]:
    found, name = one.found, _named(one)
    reached = shown(name, found.mean)
    if one.met is not None:
        period = text(f"staffing.period_{one.target.period}", lang)
        reached = text("staffing.met_of", lang, met=one.met, of=one.of, period=period)
    span = shown_span(name, found.low, found.high)
    return str(one.target), reached, span, text(f"verdict.{one.verdict}", lang)


def _named(one: Holding) -> str:
    """Return the measure as which what was found is printed; a share of days is some share."""
    return one.target.measure if one.met is None else _A_SHARE


def floor_table(result: StaffResult, lang: Lang) -> Table:
    """Return the agents of each half-hour by weekday: needed by formula, and on the floor."""
    need, plan = result.need.agents, result.plan.coverage
    rows = []
    for half_hour in range(HALF_HOURS):
        pairs = zip(need[:, half_hour], plan[:, half_hour], strict=True)
        cells = [
            f"{wanted:.0f} / {there}" if wanted or there else NOTHING for wanted, there in pairs
        ]
        rows.append((clock_of(half_hour), *cells))
    days = [text(f"weekday.{day}", lang) for day in WEEKDAYS]
    return Table(
        text("staffing.floor", lang),
        (text("staffing.from", lang), *days),
        tuple(rows),
        frozenset(range(1, len(days) + 1)),
        note=text("staffing.floor_note", lang),
    )


def shift_table(result: StaffResult, lang: Lang) -> Table:
    """Return the roster: its shifts, their days, agents and breaks."""
    duties = sorted(result.plan.duties, key=lambda one: (one.start, one.length, one.days))
    rows = [
        (hours_of(one.start, one.length), _days(one.days, lang), f"{one.agents:,}", _breaks(one))
        for one in duties
    ]
    heads = ("staffing.shift", "staffing.days", "staffing.agents", "staffing.breaks")
    title = text("staffing.shifts", lang, team=result.team)
    return Table(title, _heads(lang, *heads), tuple(rows), frozenset({2}))


def week_table(result: StaffResult, lang: Lang) -> Table:
    """Return the persons' weeks: how many have which shift on each day, and the hours of one."""
    days = [text(f"weekday.{day}", lang) for day in WEEKDAYS]
    rows = [
        (f"{one.persons:,}", *(_shift(start, one) for start in one.starts), f"{one.paid_hours:g}")
        for one in sorted(result.plan.tours, key=_first)
    ]
    heads = (text("staffing.persons", lang), *days, text("staffing.hours", lang))
    title = text("staffing.weeks", lang, persons=f"{result.plan.persons:,}")
    note = text("staffing.weeks_note", lang)
    return Table(title, heads, tuple(rows), frozenset({0, len(heads) - 1}), note=note)


def _first(one: Tour) -> tuple[int, ...]:
    return tuple(HALF_HOURS if start is None else start for start in one.starts)


def _shift(start: int | None, one: Tour) -> str:
    """Return a shift as short as can be, for seven stand in a row: 07-15, 07:30-15:30."""
    return NOTHING if start is None else hours_of(start, one.length).replace(":00", "")


def _days(days: tuple[int, ...], lang: Lang) -> str:
    if len(days) == len(WEEKDAYS):
        return text("staffing.every_day", lang)
    return text("staffing.comma", lang).join(text(f"weekday.{WEEKDAYS[d]}", lang) for d in days)


def _breaks(one: Duty) -> str:
    return ", ".join(one.break_hours) or NOTHING


def money_table(result: StaffResult, lang: Lang) -> Table:
    """Return what the roster comes to under each employment: persons, money, the targets."""
    rows = []
    for name, one in result.employed.items():
        links = one.links
        cells = [NOTHING] * 3
        if links is not None:
            staff, budget = shown_cny(links.staff_cny, lang), shown_cny(links.budget_cny, lang)
            cells = [f"{links.persons:,.1f}", staff, budget]
        verdict = text(f"verdict.{one.proven.verdict}", lang)
        rows.append((text(f"employment.{name}", lang), *cells, *_means(one.proven), verdict))
    targets = [measure_name(t.measure, lang, result.scenario) for t in result.targets]
    heads = _heads(lang, "table.employment", "table.persons", "staffing.staff_cost", "table.budget")
    heads = (*heads, *targets, text("table.verdict", lang))
    numeric = frozenset(range(1, len(heads) - 1))
    note = text("staffing.money_note", lang)
    return Table(text("staffing.money", lang), heads, tuple(rows), numeric, note=note)


def _means(proven: Proven) -> list[str]:
    return [shown(_named(one), one.found.mean) for one in proven.holdings]


def tried_table(result: StaffResult, lang: Lang) -> Table:
    """Return the rosters that were simulated on the way."""
    rows = []
    for number, one in enumerate(result.tried, 1):
        pairs = zip(result.best.proven.holdings, one.found, strict=True)
        found = [shown(_named(holding), value) for holding, value in pairs]
        size = (f"{one.persons:,}", f"{one.paid_hours:,.0f}")
        rows.append((str(number), *size, *found, text(f"verdict.{one.verdict}", lang)))
    heads = (
        *_heads(lang, "staffing.number", "staffing.persons", "staffing.hours_week"),
        *map(str, result.targets),
        text("table.verdict", lang),
    )
    numeric = frozenset(range(len(heads) - 1))
    return Table(text("staffing.tried", lang), heads, tuple(rows), numeric)


def again_sentence(result: StaffResult, lang: Lang) -> str:
    """Return how the scenario file that is written plays the proof again."""
    values = {"replications": result.header.replications, "seed": result.proof_seed}
    return text("staffing.again", lang, **values)


def _heads(lang: Lang, *names: str) -> tuple[str, ...]:
    return tuple(text(name, lang) for name in names)
