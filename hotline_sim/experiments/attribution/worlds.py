"""The worlds between two scenarios: one for every way of taking groups from each."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from hotline_sim.experiments.attribution.groups import GROUPS, grouped
from hotline_sim.scenario import ScenarioError
from hotline_sim.scenario.mixing import Pair

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hotline_sim.experiments.attribution.groups import Patterns
    from hotline_sim.scenario import Scenario
    from hotline_sim.scenario.mixing import Difference

    Grouped = Mapping[str, tuple[Difference, ...]]

_MONEY = "money"


@dataclass(frozen=True)
class Bundle:
    """Groups that are taken together, and by which key one was seen not to go without another."""

    names: tuple[str, ...]
    because: tuple[str, ...] = ()

    def with_other(self, other: Bundle, because: str) -> Bundle:
        """Return both as one."""
        return Bundle(
            self.names + other.names, tuple(dict.fromkeys((*self.because, *other.because, because)))
        )


@dataclass(frozen=True)
class Between:
    """Two scenarios and what they differ in, by group; what is ``still`` stays as in the first."""

    pair: Pair
    groups: Grouped
    still: Grouped

    @classmethod
    def of(cls, a: Scenario, b: Scenario, groups: Patterns, *, of_money: bool) -> Between:
        """Return what lies between two scenarios.

        What is about money alone moves no call: unless a measure is *of_money*, it stays.
        """
        pair = Pair(a, b)
        unmoved = () if of_money else grouped(pair.differences, GROUPS)[_MONEY]
        moved = [one for one in pair.differences if one not in unmoved]
        return cls(pair, grouped(moved, groups), grouped(unmoved, groups))

    def world(self, bundles: Sequence[Bundle], coalition: int) -> Scenario:
        """Return the first scenario with the bundles of a coalition taken from the second.

        Raises
        ------
        ScenarioError
            If what is taken from each does not fit together.
        """
        names = [n for i, one in enumerate(bundles) if coalition >> i & 1 for n in one.names]
        return self.pair.mixed(one for name in names for one in self.groups[name])


def bundles_of(every: Iterable[Between], names: Sequence[str]) -> list[Bundle]:
    """Return the groups, those together that make no scenario apart, as few as can be.

    Raises
    ------
    ScenarioError
        If they make none even so.
    """
    bundles = [Bundle((name,)) for name in names]
    for between in every:
        while faulty := _faulty(between, bundles):
            if len(bundles) == 1:
                raise next(iter(faulty.values()))
            bundles = _joined(bundles, faulty)
    return bundles


def _faulty(between: Between, bundles: Sequence[Bundle]) -> dict[int, ScenarioError]:
    """Return the coalitions that make no scenario, and why."""
    found = {}
    for coalition in range(1 << len(bundles)):
        try:
            between.world(bundles, coalition)
        except ScenarioError as error:
            found[coalition] = error
    return found


def _joined(bundles: list[Bundle], faulty: Mapping[int, ScenarioError]) -> list[Bundle]:
    """Return bundles of which the two are one that leaves the fewest faults."""

    def left(two: tuple[int, int]) -> int:
        return sum((c >> two[0] & 1) == (c >> two[1] & 1) for c in faulty)

    first, second = min(combinations(range(len(bundles)), 2), key=left)
    apart = (c for c in faulty if (c >> first & 1) != (c >> second & 1))
    because = faulty[next(apart)].faults[0].key
    both = bundles[first].with_other(bundles[second], because)
    return [*bundles[:first], both, *bundles[first + 1 : second], *bundles[second + 1 :]]
