"""How long it takes to mix two scenarios, and to split a change over the groups that differ."""

from __future__ import annotations

import time

from hotline_sim import attribute, load
from hotline_sim.execution import Execution
from hotline_sim.scenario.mixing import Pair

_PAIR = ("nanning-before", "nanning-after")
_MIXES, _QUICK_MIXES = 2000, 20
_MEMBERS, _SEEDS = 4, 3
_DEFAULT_MEMBERS = 40
_MS_PER_S, _S_PER_MIN = 1e3, 60.0


def print_attribution(*, days: int, seed: int, quick: bool) -> None:
    """Time mixed worlds, and an attribution of a few draws on one core; tell what 40 would take."""
    pair = [load(name, overrides=[f"horizon.days={days}"]) for name in _PAIR]
    between = Pair(*pair)
    mixes = _QUICK_MIXES if quick else _MIXES
    begin = time.process_time()
    for number in range(mixes):
        between.mixed(between.differences[number % 2 :: 2])
    mix_s = (time.process_time() - begin) / mixes
    members, seeds = (2, 1) if quick else (_MEMBERS, _SEEDS)
    attribute(*pair, draws=2, replications=1, seed=seed, execution=Execution(jobs=1))  # compiled
    begin = time.process_time()
    found = attribute(
        *pair, draws=members, replications=seeds, seed=seed, execution=Execution(jobs=1)
    )
    spent_s = time.process_time() - begin
    worlds = len(found.values)
    plays = worlds * (members + 1) * seeds
    whole = worlds * (_DEFAULT_MEMBERS + 1) * _SEEDS
    print(f"\na mix of {' and '.join(_PAIR)}: {_MS_PER_S * mix_s:.2f} ms; ", end="")
    print(
        f"{days} days split over {len(found.groups)} groups, {plays:,} plays of {worlds} worlds: "
    )
    print(f"{spent_s:.1f} s of the processor, {_MS_PER_S * spent_s / plays:.0f} ms each; ", end="")
    minutes = whole * spent_s / plays / _S_PER_MIN
    print(f"{_DEFAULT_MEMBERS} draws and {_SEEDS} seeds are {whole:,} plays: {minutes:.1f} min")
