"""Groups of keys: those there are unless told others, read from a file, and who is in which."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from hotline_sim.scenario import Fault, ScenarioError
from hotline_sim.scenario.faults import nearest
from hotline_sim.scenario.mixing import Difference, keys_of
from hotline_sim.scenario.reading import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from hotline_sim.scenario import Scenario

    Patterns = Mapping[str, Sequence[str]]

MOST_GROUPS = 8  # in which the scenarios differ: 256 mixed worlds
OTHER = "other"  # the group of the keys that are in no group
# A table that is taken whole is written with a dot behind it: of "channels.wechat." the second
# pattern of demand speaks, of no number in a channel that both have.
GROUPS: Patterns = {
    "staff": (
        "teams.*",
        "employment.*.",
        *(f"employment.*.{key}" for key in ("turnover_per_year", "hiring_days", "notice_days")),
        *(f"employment.*.{key}" for key in ("training_days", "novice_factor", "learning_days")),
        *(f"employment.*.{key}" for key in ("spread", "answering_share")),
        "employment.*.productive_hours_per_person_year",
    ),
    "demand": (
        "demand.*",
        "channels.",
        "channels.*.",
        "channels.*.cases_per_*",
        "channels.*.hour_weights",
    ),
    "handling": (
        *(f"channels.*.{law}.*" for law in ("talk", "wrap_up", "greeting", "next.*.entry")),
        *(f"channels.*.{key}" for key in ("lines", "self_service_share", "promote_after_s")),
        *(f"channels.*.{key}" for key in ("concurrency", "slowdown", "silent_handle_s")),
        *(f"channels.*.{key}" for key in ("deadline_s", "reach_probability")),
        "channels.*.unreached_handle_s",
        "departments.*",
        "teams.*.speed",
        "teams.*.base_satisfaction",
    ),
    "behaviour": (
        "channels.*.patience.*",
        *(f"channels.*.{key}" for key in ("leaves_at_once_share", "leaves_in_greeting_share")),
        "channels.*.silent_share",
        "channels.*.next.*",
        "demand.max_contacts",
        "satisfaction.*",
    ),
    "measurement": ("satisfaction.participation", "satisfaction.response_ratio", "service.*"),
    "horizon": (
        "horizon.*",
        *(f"demand.{key}" for key in ("calendar", "holidays", "make_up_workdays")),
    ),
    "money": ("employment.*",),
}


def groups_from(path: Path | str) -> dict[str, tuple[str, ...]]:
    """Return the groups of a TOML file: to each name a list of keys, or patterns of keys.

    Raises
    ------
    ScenarioError
        If it cannot be read, or says something else; told by place.
    """
    place = str(path)
    tables = read(Path(path), place)
    faults = [fault for name, one in tables.items() for fault in _faults(place, name, one)]
    if not tables:
        faults = [Fault(place, "", "at_least_entries", values={"limit": 1})]
    if faults:
        raise ScenarioError(faults)
    return {name: tuple(patterns) for name, patterns in tables.items()}


def _faults(place: str, name: str, patterns: Any) -> Iterable[Fault]:
    if not isinstance(patterns, list):
        yield Fault(place, name, "list", patterns)
    elif not patterns:
        yield Fault(place, name, "at_least_entries", patterns, {"limit": 1})
    else:
        for number, one in enumerate(patterns):
            if not isinstance(one, str):
                yield Fault(place, f"{name}.{number}", "string", one)


def check_patterns(groups: Patterns, scenarios: Iterable[Scenario], place: str) -> None:
    """See that every pattern fits some key of one of the scenarios.

    Raises
    ------
    ScenarioError
        Telling each that fits none, with the nearest key.
    """
    known = dict.fromkeys(key for one in scenarios for key in keys_of(one))
    faults = []
    for name, patterns in groups.items():
        for number, pattern in enumerate(patterns):
            if not any(_fits(key, pattern) for key in known):
                right = nearest(pattern, known)
                values = {"nearest": right}
                faults.append(Fault(place, f"{name}.{number}", "fits_no_key", pattern, values))
    if faults:
        raise ScenarioError(faults)


def grouped(
    differences: Iterable[Difference], groups: Patterns
) -> dict[str, tuple[Difference, ...]]:
    """Return what two scenarios differ in by group, in the order of the groups.

    Of several patterns that fit, the longest decides; what none fits is in the group ``other``,
    the last.
    """
    found: dict[str, list[Difference]] = {name: [] for name in (*groups, OTHER)}
    for one in differences:
        fitting = [
            (len(pattern), -number, name)
            for number, (name, patterns) in enumerate(groups.items())
            for pattern in patterns
            if any(_fits(key, pattern) for key in one.spellings)
        ]
        found[max(fitting)[2] if fitting else OTHER].append(one)
    return {name: tuple(some) for name, some in found.items()}


def _fits(key: str, pattern: str) -> bool:
    """Tell whether a pattern is of a key; a table that is taken whole may be named without dot."""
    return fnmatchcase(key, pattern) or (key.endswith(".") and key[:-1] == pattern)
