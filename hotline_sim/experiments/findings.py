"""What the printed figures of two periods say, and what they do not: each chosen by number.

A finding is a few sentences of the catalogue, each picked because the numbers make it true, and the
values that fill them. Every number is computed, from the figures that the two scenarios state as
published or from the runs; none is written here. A finding whose figures are not printed is left
out.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hotline_sim.domain import Origin
from hotline_sim.experiments.people_from_figures import (
    Printed,
    attempts,
    connect_rate_name,
    is_usable,
    people_rows,
    printed_of,
    satisfaction_bounds,
)
from hotline_sim.money import award_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hotline_sim.experiments.estimates import Estimate
    from hotline_sim.experiments.results import CompareResult, RunResult
    from hotline_sim.scenario import Scenario

_ABOUT_THE_SAME = 0.02  # attempts that differ by less than such a share are called so
_ALIKE = 0.01  # growths that differ by less than such a share over all redials are called so
_EXACT = 1e-9  # quotients of printed numbers differ in the last bits
_FIRST_OF_2020 = (dt.date(2020, 2, 1), dt.date(2020, 4, 1))  # months of the epidemic's outbreak
_READ = ("attempts_read_before", "attempts_read_after")
_RATERS = {  # how the share of rated calls is printed: under so much, about, over
    "under": ("raters_fewer_before", "raters_fewer_after"),
    "about": ("raters_about_before", "raters_about_after"),
    "over": ("raters_more_before", "raters_more_after"),
}
_PRICE = "employment.outsourced.cost_per_person_month_cny"
_HOURS = "employment.outsourced.productive_hours_per_person_year"


@dataclass(frozen=True)
class Finding:
    """One thing the figures say, or do not say.

    ``sentences`` are those of the catalogue under ``finding`` that are true here, in order;
    ``values`` fill them; ``simulated`` holds the estimates they quote.
    """

    name: str
    sentences: tuple[str, ...]
    values: dict[str, float]
    simulated: dict[str, Estimate]

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as plain values."""
        simulated = {name: one.to_dict() for name, one in self.simulated.items()}
        return {
            "name": self.name,
            "sentences": list(self.sentences),
            "values": self.values,
            "simulated": simulated,
        }


def findings_of(compared: CompareResult) -> tuple[Finding, ...]:
    """Return what two periods' published figures and their simulation say."""
    before, after = compared.a, compared.b
    pair = (before.scenario, after.scenario)
    counted = all(is_usable(year, "answered") for year in pair)
    found: list[Finding] = []
    if counted:
        found.append(_growth(*pair))
        if all(is_usable(year, connect_rate_name(year)) for year in pair):
            found += [_attempts(before, after), _people(before, after)]
        if all({"participation_rate", "satisfaction_rate"} <= set(year.published) for year in pair):
            found.append(_satisfaction(before, after))
    elif connect_rate_name(before.scenario) and connect_rate_name(after.scenario):
        found += _rates(*pair)
    if _award_is_printed(after.scenario):
        found += [*_cost(after), *_answering(after)]
    if counted:
        found.append(_windows(*pair))
    return tuple(found)


def half_unit(value: float) -> float:
    """Return half of the last digit that a number shows: 0.005 of 2.38, 0.5 of 2 and 30."""
    exponent = int(Decimal(f"{value:.6f}").normalize().as_tuple().exponent)
    return 0.5 * 10.0 ** min(exponent, 0)


def _is_loose(rate: Printed) -> bool:
    """Tell whether a rate is printed more coarsely than its digits: about, or over, 30 %."""
    rounding = half_unit(100.0 * rate.value) / 100.0
    return max(rate.high - rate.value, rate.value - rate.low) > rounding * (1.0 + 1e-6)


def _growth(before: Scenario, after: Scenario) -> Finding:
    first, second = printed_of(before, "answered"), printed_of(after, "answered")
    times = second.value / first.value
    values = {"before": first.value, "after": second.value, "times": times, "rise": times - 1.0}
    if times > 1.0:
        sentences = ["growth_rose"]
    else:
        sentences = ["growth_fell" if times < 1.0 else "growth_same"]
    factor = after.printed.get("answered_growth_times")
    if factor is not None:
        values["printed"] = factor
        span = (second.low / first.high, second.high / first.low)
        sentences.append(_judged(factor, times, span))
    return Finding("growth", tuple(sentences), values, {})


def _judged(factor: float, times: float, span: tuple[float, float]) -> str:
    """Return the sentence on a printed "rose by so many times", the counts' own being *times*.

    *span* is the least and the largest that the counts may give, as coarsely as they are printed.
    """
    half = half_unit(factor)

    def within(less: float) -> bool:
        low, high = span[0] - less, span[1] - less
        return factor - half <= high + _EXACT and factor + half >= low - _EXACT

    if abs(factor - (times - 1.0)) < _EXACT:
        return "growth_right"
    if within(1.0):
        return "growth_rounded"
    return "growth_multiple" if within(0.0) else "growth_wrong"


def _rates(before: Scenario, after: Scenario) -> Iterable[Finding]:
    """Yield how the printed connect rate moved, where no calls answered are printed with it."""
    name = connect_rate_name(before)
    if connect_rate_name(after) != name:
        return
    first, second = (printed_of(year, name) for year in (before, after))
    if second.low > first.high:
        judged = "rates_rose"
    else:
        judged = "rates_fell" if second.high < first.low else "rates_open"
    values = {"rate_before": first.value, "rate_after": second.value}
    yield Finding("rates", (judged, "rates_alone"), values, {})


def _attempts(before: RunResult, after: RunResult) -> Finding:
    values: dict[str, float] = {}
    sentences = ["attempts_counts"]
    loose = []
    years = (("before", before.scenario), ("after", after.scenario))
    for sentence, (when, year) in zip(_READ, years, strict=True):
        answered, rate = printed_of(year, "answered"), printed_of(year, connect_rate_name(year))
        values[when] = attempts(year)
        values[f"fewest_{when}"] = answered.low / rate.high
        values[f"most_{when}"] = answered.high / rate.low
        values[f"rate_low_{when}"], values[f"rate_high_{when}"] = rate.low, rate.high
        loose += [sentence] if _is_loose(rate) else []
    values["ratio"] = values["after"] / values["before"]
    values["ratio_low"] = values["fewest_after"] / values["most_before"]
    values["ratio_high"] = values["most_after"] / values["fewest_before"]
    sentences += [_compared(values["ratio"], values["ratio_low"], values["ratio_high"]), *loose]
    if "connect_rate_monthly_mean" in map(connect_rate_name, (before.scenario, after.scenario)):
        sentences.append("attempts_monthly")
    sentences += ["attempts_simulated"] if _has_its_days(before, after) else []
    return Finding("attempts", tuple(sentences), values, _both("offered", before, after))


def _compared(ratio: float, low: float, high: float) -> str:
    """Return the sentence on attempts after over attempts before, and the range of that."""
    if abs(ratio - 1.0) <= _ABOUT_THE_SAME:
        return "attempts_same"
    if low > 1.0:
        return "attempts_rose"
    return "attempts_fell" if high < 1.0 else "attempts_open"


def _people(before: RunResult, after: RunResult) -> Finding:
    first, *_, last = people_rows(before.scenario, after.scenario)
    values = {
        "redial_first": first.redial_probability,
        "redial_last": last.redial_probability,
        "growth_first": first.growth,
        "growth_last": last.growth,
    }
    alike = abs(last.growth / first.growth - 1.0) <= _ALIKE
    sentences = ["people_alike" if alike else "people_open"]
    sentences += ["people_simulated"] if _has_its_days(before, after) else []
    simulated = _both("cases", before, after) | _both("case_connect_rate", before, after)
    return Finding("people", tuple(sentences), values, simulated)


def _satisfaction(before: RunResult, after: RunResult) -> Finding:
    values, widest, raters = {}, [], []
    years = (("before", before.scenario), ("after", after.scenario))
    for place, (when, year) in enumerate(years):
        rated, liked = (
            printed_of(year, f"{name}_rate") for name in ("participation", "satisfaction")
        )
        values[f"raters_{when}"] = year.published["answered"] * rated.value
        values[f"low_{when}"], values[f"high_{when}"] = satisfaction_bounds(
            rated.value, liked.value
        )
        lowest, _ = satisfaction_bounds(rated.low, liked.low)
        _, highest = satisfaction_bounds(rated.low, liked.high)
        widest.append((lowest, highest))
        raters.append(_RATERS[_side(rated)][place])
    if widest[1][0] > widest[0][1]:
        judged = "satisfaction_rose"
    else:
        judged = "satisfaction_fell" if widest[1][1] < widest[0][0] else "satisfaction_open"
    names = ("satisfaction_of_answered", "satisfaction_of_cases")
    simulated = {k: v for name in names for k, v in _both(name, before, after).items()}
    known = not any(math.isnan(one.mean) for one in simulated.values())
    sentences = (judged, *raters, *(["satisfaction_simulated"] if known else []))
    return Finding("satisfaction", sentences, values, simulated)


def _side(rate: Printed) -> str:
    """Return how a share is printed: under so much, over so much, or about."""
    if _is_loose(rate) and rate.high == rate.value:
        return "under"
    return "over" if _is_loose(rate) and rate.low == rate.value else "about"


def _award_is_printed(scenario: Scenario) -> bool:
    """Tell whether the teams are a contract's whose award is printed, or the file's own.

    An assumed award with a range is a guess, and nothing is divided by it; a bare number is what
    the writer of a file knows.
    """
    origin = scenario.provenance.get("employment.outsourced.award_cny")
    at_work = {team.employment for team in scenario.teams.values()}
    if origin is None or "outsourced" not in at_work:
        return False
    return origin.range is None or origin.kind in (Origin.PUBLISHED, Origin.DERIVED)


def _cost(after: RunResult) -> Iterable[Finding]:
    """Yield what an answered call costs, if calls and award are printed."""
    contract, published = after.scenario.employment.outsourced, after.scenario.published
    if contract is None or not is_usable(after.scenario, "answered"):
        return
    award_cny = award_of(contract)
    values = {
        "per_answered": award_cny / published["answered"],
        "days": float(_days(after.scenario)),
    }
    sentences = ["cost_per_answered"]
    if contract.budget_cny is not None:
        values["award_over_budget"] = award_cny / contract.budget_cny
        sentences.append("cost_of_budget")
    yield Finding("cost", tuple(sentences), values, _one("cost_per_answered_cny", after))


def _answering(after: RunResult) -> Iterable[Finding]:
    """Yield how much of the award answering takes, over the ranges of price and hours."""
    contract = after.scenario.employment.outsourced
    share = after.measures.get("answering_cost_share")
    if contract is None or share is None or math.isnan(share.mean):
        return
    duty_hours = sum(team["duty_hours"].mean for team in after.by_team.values())
    price, hours = contract.cost_per_person_month_cny, contract.productive_hours_per_person_year
    if price is None or hours is None:
        return
    cheap, dear = _range_of(after.scenario, _PRICE, price)
    few, many = _range_of(after.scenario, _HOURS, hours)
    values = {
        "person_month": price,
        "productive_hours": hours,
        "agents_on_duty": duty_hours / (24.0 * after.scenario.horizon.days),
        "share_low": share.mean * (cheap / price) * (hours / many),
        "share_high": share.mean * (dear / price) * (hours / few),
    }
    moves = values["share_low"] < values["share_high"]
    sentences = ("answering_share", *(["answering_band"] if moves else []), "answering_rest")
    yield Finding("answering", sentences, values, _one("answering_cost_share", after))


def _range_of(scenario: Scenario, key: str, value: float) -> tuple[float, float]:
    origin = scenario.provenance.get(key)
    return (origin.range if origin else None) or (value, value)


def _windows(before: Scenario, after: Scenario) -> Finding:
    """Return how the periods that the counts are of lie, and what else is not alike in them."""
    first, second = _window(before), _window(after)
    gap = (second[0] - first[1]).days
    shared = (min(first[1], second[1]) - max(first[0], second[0])).days
    meeting = second[0]
    values = {
        "days_before": float(_days(before)),
        "days_after": float(_days(after)),
        "gap": float(shared if shared > 0 else abs(gap)),
        "year": float(meeting.year),
        "month": float(meeting.month),
        "day": float(meeting.day),
    }
    if shared > 0:
        sentences = ["windows_overlap"]
    elif gap >= 0:
        sentences = ["windows_apart" if gap > 0 else "windows_meet"]
    else:
        sentences = ["windows_reversed"]
    begin, end = _FIRST_OF_2020
    if (first[0] < end and begin < first[1]) != (second[0] < end and begin < second[1]):
        sentences.append("windows_2020")
    if _employments(before) != _employments(after):
        sentences.append("windows_staff")
    return Finding("windows", (*sentences, "windows_open"), values, {})


def _days(scenario: Scenario) -> int:
    """Return how many days the published counts are of, whatever is simulated."""
    return scenario.horizon.published_days or scenario.horizon.days


def _window(scenario: Scenario) -> tuple[dt.date, dt.date]:
    """Return the first day of the published counts, and the day after the last."""
    start = scenario.horizon.start
    return start, start + dt.timedelta(days=_days(scenario))


def _employments(scenario: Scenario) -> set[str | None]:
    return {team.employment for team in scenario.teams.values()}


def _has_its_days(*years: RunResult) -> bool:
    return all(year.scenario.has_its_days for year in years)


def _one(name: str, result: RunResult) -> dict[str, Estimate]:
    return {name: result.measures[name]}


def _both(name: str, before: RunResult, after: RunResult) -> dict[str, Estimate]:
    return {f"{name}_before": before.measures[name], f"{name}_after": after.measures[name]}
