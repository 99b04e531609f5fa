"""Faults that need more than one key: who serves whom, what sums past 1, what does nothing.

Each check reads the plain tree and skips what is malformed, so that all faults of a file
can be told at once, whether or not its tables are well formed.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from hotline_sim.definitions import CLAUSES, PUBLISHABLE, is_one_of, measure_of
from hotline_sim.scenario import calendar, roster_checks, rule_checks
from hotline_sim.scenario.faults import Fault, Path, nearest
from hotline_sim.scenario.plain import Found
from hotline_sim.scenario.plain import entries_of as _list
from hotline_sim.scenario.plain import fault_at as _fault
from hotline_sim.scenario.plain import tables_of as _tables
from hotline_sim.scenario.quantities import CASES, VOLUMES
from hotline_sim.scenario.rows import ROW_NAME
from hotline_sim.scenario.schema import ANY_MONDAY, EVERY_DAY

if TYPE_CHECKING:
    from collections.abc import Mapping

_INBOUND = ("voice", "chat", "message")
_HALVES = (24, 48)
_SUM_SLACK = 1e-9  # probabilities typed in decimal may sum to 1.0000000000000002
_YEAR = dt.timedelta(days=366)  # volumes are spread over the year from the start
_NAME = re.compile(r"^[a-z][a-z0-9_]*$")


def faults_between(tree: Mapping[str, Any]) -> list[tuple[Path, Fault]]:
    """Return the faults that only show when keys are read together, with their places."""
    return [fault for check in _CHECKS for fault in check(tree)]


def _names(tree: Mapping[str, Any]) -> Found:
    for group in ("channels", "teams", "departments"):
        for name in _tables(tree, group):
            if not _NAME.match(name):
                yield _fault((group, name), "name")


def _horizon(tree: Mapping[str, Any]) -> Found:
    horizon, demand = tree.get("horizon"), tree.get("demand", {})
    if not isinstance(horizon, dict) or not isinstance(demand, dict):
        return
    if "start" not in horizon and (key := _date_matters_to(tree, demand)):
        yield _fault(("horizon", "start"), "start_missing", of=key)
    start, days = horizon.get("start", ANY_MONDAY), horizon.get("days")
    if not isinstance(start, dt.date) or not isinstance(days, int):
        return
    warm_up = horizon.get("warm_up_days", 0)
    try:
        first = start - dt.timedelta(days=warm_up if isinstance(warm_up, int) else 0)
        last = start + dt.timedelta(days=days - 1)
        _ = start + _YEAR
    except OverflowError:
        yield _fault(("horizon", "start"), "date", start)
        return
    if demand.get("calendar") == "china" and (
        first.year < calendar.FIRST_YEAR or last.year > calendar.LAST_YEAR
    ):
        years = {"first": calendar.FIRST_YEAR, "last": calendar.LAST_YEAR}
        yield _fault(("demand", "calendar"), "calendar_years", "china", until=last, **years)


def _date_matters_to(tree: Mapping[str, Any], demand: Mapping[str, Any]) -> str:
    """Return a key for which the day of the week or of the year matters; empty: there is none."""
    for key in ("weekday_factors", "month_factors"):
        if len(set(map(repr, _list(demand, key)))) > 1:
            return f"demand.{key}"
    for key in ("surges", "holidays", "make_up_workdays"):
        if _list(demand, key):
            return f"demand.{key}"
    if demand.get("calendar", "none") != "none":
        return "demand.calendar"
    for name, team in _tables(tree, "teams").items():
        hours = [("open", team.get("open"))]
        hours += [(f"shifts.{i}", shift) for i, shift in enumerate(_list(team, "shifts"))]
        for key, one in hours:
            if isinstance(one, dict) and one.get("days", EVERY_DAY) != EVERY_DAY:
                return f"teams.{name}.{key}.days"
        if isinstance(team.get("curve"), dict) and set(team["curve"]) != {EVERY_DAY}:
            return f"teams.{name}.curve"
    for name, terms in _tables(tree, "employment").items():
        if _list(terms, "kpi"):  # which are of months
            return f"employment.{name}.kpi"
    return "published.connect_rate_monthly_mean" if _has_monthly_mean(tree) else ""


def _has_monthly_mean(tree: Mapping[str, Any]) -> bool:
    published = tree.get("published")
    return isinstance(published, dict) and "connect_rate_monthly_mean" in published


def _weights(tree: Mapping[str, Any]) -> Found:
    owners: list[tuple[Path, Any]] = [(("demand",), tree.get("demand"))]
    owners += [(("channels", name), table) for name, table in _tables(tree, "channels").items()]
    for path, table in owners:
        for key in ("hour_weights", "weekday_factors", "month_factors"):
            weights = _list(table, key) if isinstance(table, dict) else []
            numbers = [weight for weight in weights if isinstance(weight, (int, float))]
            if not weights or len(numbers) < len(weights):
                continue
            if key == "hour_weights" and len(weights) not in _HALVES:
                yield _fault((*path, key), "hour_weights", count=len(weights))
            elif sum(numbers) <= 0:
                yield _fault((*path, key), "all_zero")


def _volumes(tree: Mapping[str, Any]) -> Found:
    for name, channel in _tables(tree, "channels").items():
        if channel.get("kind") not in _INBOUND:
            continue
        given = [key for key in channel if key in VOLUMES]
        if len(given) > 1:
            yield _fault(("channels", name, given[1]), "one_volume", other=given[0])
        if "people_per_day" in channel:  # which the loader finds
            right = nearest("cases_per_day", CASES)
            yield _fault(("channels", name, "people_per_day"), "no_such_key", nearest=right)


def _greetings(tree: Mapping[str, Any]) -> Found:
    for name, channel in _tables(tree, "channels").items():
        if channel.get("leaves_in_greeting_share") and "greeting" not in channel:
            yield _fault(("channels", name, "leaves_in_greeting_share"), "no_greeting")


def _services(tree: Mapping[str, Any]) -> Found:
    channels, teams = _tables(tree, "channels"), _tables(tree, "teams")
    served = set()
    for name, team in teams.items():
        entries = _list(team, "serves")
        if "serves" in team and isinstance(team["serves"], (list, tuple)) and not entries:
            yield _fault(("teams", name, "serves"), "serves_nothing")
        seen = set()
        for i, entry in enumerate(entries):
            channel = entry.get("channel") if isinstance(entry, dict) else entry
            if not isinstance(channel, str):
                continue
            if channel not in channels:
                path: Path = ("teams", name, "serves", i)
                yield _fault(path, "channel", channel, nearest=nearest(channel, channels))
            elif channel in seen:
                yield _fault(("teams", name, "serves", i), "twice", channel)
            seen.add(channel)
        served |= seen
    for name in channels:
        if teams and name not in served:
            yield _fault(("channels", name), "nobody_serves")


def _transitions(tree: Mapping[str, Any]) -> Found:
    channels, departments = _tables(tree, "channels"), _tables(tree, "departments")
    reached: set[str] = set()
    for name, channel in channels.items():
        rows = _tables(channel, "next")
        for row_name, row in rows.items():
            path: Path = ("channels", name, "next", row_name)
            to, department = row.get("to"), row.get("department")
            if to != name:
                reached.add(str(to))
            if isinstance(to, str) and to not in channels:
                yield _fault((*path, "to"), "channel", to, nearest=nearest(to, channels))
            if isinstance(department, str) and department not in departments:
                right = nearest(department, departments)
                yield _fault((*path, "department"), "department", department, nearest=right)
            yield from _row(path, row, str(channel.get("kind")))
        yield from _sums(("channels", name, "next"), list(rows.values()))
    chased = {str(table.get("urging")) for table in departments.values()}
    for name, channel in channels.items():
        if channel.get("kind") == "outbound" and name not in reached | chased:
            yield _fault(("channels", name), "never_called")


_AFTER = {
    "voice": ("answered", "abandoned", "blocked", "contained", "left"),
    "chat": ("answered", "abandoned", "contained", "left"),
    "message": ("answered", "contained", "left"),
    "outbound": ("answered", "unreached"),
}


def _row(path: Path, row: Mapping[str, Any], kind: str) -> Found:
    """Check one row of the transition table by itself."""
    if isinstance(path[-1], str) and not ROW_NAME.match(path[-1]):
        yield _fault(path, "row_name")
    if isinstance(row.get("name"), str):  # else it is what the row is called by
        if isinstance(path[-1], int):
            yield _fault((*path, "name"), "twice", row["name"])
        else:
            yield _fault((*path, "name"), "no_such_key")
    ends = _AFTER.get(kind, ())
    after = row.get("after")
    if ends and after not in ends and any(after in some for some in _AFTER.values()):
        yield _fault((*path, "after"), "one_of", after, choices=", ".join(ends))
    if ("probability" in row) == ("by_try" in row):
        yield _fault(path, "probability_or_by_try")
    if "department" in row:
        if "delay" in row:
            yield _fault((*path, "delay"), "delay_of_department")
        if after != "answered":
            yield _fault((*path, "department"), "order_after_answer")
    else:
        if "entry" in row:
            yield _fault((*path, "entry"), "entry_without_order")
        if "to" not in row:
            yield _fault(path, "row_leads_nowhere")
        elif "delay" not in row:
            yield _fault((*path, "delay"), "missing")


def _sums(path: Path, rows: list[Mapping[str, Any]]) -> Found:
    """Check that the rows after one outcome leave something for the case to end."""
    after_each: dict[str, list[list[Any]]] = {}
    for row in rows:
        after_each.setdefault(str(row.get("after")), []).append(_by_try(row))
    for after, tries in after_each.items():
        if not all(isinstance(p, (int, float)) for some in tries for p in some):
            continue
        longest = max(map(len, tries))
        for k in range(longest):
            total = sum(some[min(k, len(some) - 1)] for some in tries if some)
            if total > 1 + _SUM_SLACK:
                yield _fault(path, "sum_past_1", after=after, total=round(total, 6), k=k + 1)
                break


def _by_try(row: Mapping[str, Any]) -> list[Any]:
    return _list(row, "by_try") or ([row["probability"]] if "probability" in row else [])


def _departments(tree: Mapping[str, Any]) -> Found:
    channels, departments = _tables(tree, "channels"), _tables(tree, "departments")
    used = {
        str(row.get("department"))
        for channel in channels.values()
        for row in _tables(channel, "next").values()
    }
    for name, department in departments.items():
        urging = department.get("urging")
        if isinstance(urging, str) and urging not in channels:
            path = ("departments", name, "urging")
            yield _fault(path, "channel", urging, nearest=nearest(urging, channels))
        if name not in used:
            yield _fault(("departments", name), "no_orders")


def _surges(tree: Mapping[str, Any]) -> Found:
    channels, demand = _tables(tree, "channels"), tree.get("demand")
    for i, surge in enumerate(_list(demand, "surges") if isinstance(demand, dict) else []):
        if not isinstance(surge, dict):
            continue
        begin, end = surge.get("from"), surge.get("to")
        if type(begin) is type(end) is dt.date and end < begin:
            yield _fault(("demand", "surges", i, "to"), "not_before", str(end), begin=begin)
        for j, name in enumerate(_list(surge, "channels")):
            if isinstance(name, str) and name not in channels:
                path: Path = ("demand", "surges", i, "channels", j)
                yield _fault(path, "channel", name, nearest=nearest(name, channels))


def _newcomers(tree: Mapping[str, Any]) -> Found:
    for name, terms in _tables(tree, "employment").items():
        factor = terms.get("novice_factor")
        slower = isinstance(factor, (int, float)) and factor > 1
        if slower and not terms.get("learning_days"):
            yield _fault(("employment", name, "learning_days"), "learning_days")


def _opinions(tree: Mapping[str, Any]) -> Found:
    asked = "satisfaction" in tree
    for name, team in _tables(tree, "teams").items():
        if asked and "base_satisfaction" not in team:
            yield _fault(("teams", name, "base_satisfaction"), "missing")
        if not asked and "base_satisfaction" in team:
            yield _fault(("teams", name, "base_satisfaction"), "satisfaction_off")


_NOT_WITH = {  # keys that do nothing when the contract pays by …
    "award": ("price_cny",),
    "seat_month": ("award_cny", "staff_share"),
    "person_month": ("award_cny", "staff_share"),
    "answered": ("award_cny",),
}
_NEEDED = {  # keys without which the cost is not known
    "seat_month": ("price_cny", "answering_share"),
    "person_month": ("price_cny", "answering_share"),
    "answered": ("price_cny",),
}


def _employment(tree: Mapping[str, Any]) -> Found:
    """Check that what terms cost can be told where a team works under them."""
    stated = bool(_tables(tree, "employment"))
    for name, team in _tables(tree, "teams").items():
        if (stated or "persons" in team or "posts" in team) and "employment" not in team:
            yield _fault(("teams", name, "employment"), "missing")
    working = {str(team.get("employment")) for team in _tables(tree, "teams").values()}
    terms = _tables(tree, "employment")
    in_house, contract = terms.get("in_house", {}), terms.get("outsourced")
    if "in_house" in terms and "in_house" in working and "budget_cny" not in in_house:
        for key in ("staff_share", "answering_share"):
            if key not in in_house:
                yield _fault(("employment", "in_house", key), "missing")
    if contract is None:
        return
    price = str(contract.get("price", "award"))
    for key in _NOT_WITH.get(price, ()):
        if key in contract:
            yield _fault(("employment", "outsourced", key), "not_with_price", price=price)
    if "outsourced" in working:
        for key in _NEEDED.get(price, ()):
            if key not in contract:
                yield _fault(("employment", "outsourced", key), "missing")
        links = {"staff_share", "answering_share"} <= contract.keys()  # what the roster costs
        if price == "award" and not ("award_cny" in contract or _awards(contract) or links):
            yield _fault(("employment", "outsourced"), "award_or_budget")
    yield from _clauses(tree, contract)


def _awards(contract: Mapping[str, Any]) -> bool:
    return "budget_cny" in contract and "award_over_budget" in contract


def _clauses(tree: Mapping[str, Any], contract: Mapping[str, Any]) -> Found:
    """Check that each clause has something to measure, and that all leave something to pay."""
    clauses = [kpi for kpi in _list(contract, "kpi") if isinstance(kpi, dict)]
    path: Path = ("employment", "outsourced", "kpi")
    due = any("deadline_s" in channel for channel in _tables(tree, "channels").values())
    for i, kpi in enumerate(clauses):
        measure = kpi.get("measure")
        if not isinstance(measure, str):
            continue
        if not is_one_of(measure, CLAUSES):
            right = nearest(measure, CLAUSES)
            yield _fault((*path, i, "measure"), "no_such_rate", measure, nearest=right)
        elif kpi.get("window") == "day_24h" and measure != "connect_rate":
            yield _fault((*path, i, "measure"), "kpi_24h", measure)
        elif measure_of(measure).of_opinions and "satisfaction" not in tree:
            yield _fault((*path, i, "measure"), "satisfaction_off", measure)
        elif measure == "within_deadline_rate" and not due:
            yield _fault((*path, i, "measure"), "no_deadline", measure)
        elif measure == "on_time_rate" and not _tables(tree, "departments"):
            yield _fault((*path, i, "measure"), "no_departments", measure)
    caps = [kpi.get("cap") for kpi in clauses]
    numbers = [cap for cap in caps if isinstance(cap, (int, float))]
    if len(numbers) == len(caps) and sum(numbers) > 1 + _SUM_SLACK:
        yield _fault(path, "caps_past_1", total=round(sum(numbers), 6))


def _thresholds(tree: Mapping[str, Any]) -> Found:
    service = tree.get("service")
    listed = _list(service, "within_s") if isinstance(service, dict) else []
    for i, within_s in enumerate(listed):
        if within_s in listed[:i]:
            yield _fault(("service", "within_s", i), "twice", within_s)


def _published(tree: Mapping[str, Any]) -> Found:
    published = tree.get("published")
    for name in published if isinstance(published, dict) else ():
        if not is_one_of(name, PUBLISHABLE):
            right = nearest(name, PUBLISHABLE)
            yield _fault(("published", str(name)), "no_such_measure", nearest=right)


_CHECKS = (
    _names,
    _horizon,
    _weights,
    _volumes,
    _greetings,
    _services,
    _transitions,
    _departments,
    _surges,
    *roster_checks.CHECKS,
    *rule_checks.CHECKS,
    _newcomers,
    _opinions,
    _thresholds,
    _employment,
    _published,
)
