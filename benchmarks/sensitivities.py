"""What a sensitivity analysis costs: the time of a play somewhere in the ranges, and how many."""

from __future__ import annotations

import time

import numpy as np

from hotline_sim import load
from hotline_sim.execution import Execution
from hotline_sim.experiments.emulator import Emulator
from hotline_sim.experiments.sensitivities import (
    DEFAULT_DAYS,
    DEFAULT_FACTORS,
    DEFAULT_SAMPLE,
    DEFAULT_TRAJECTORIES,
    plays_of,
)
from hotline_sim.experiments.sensitivities.space import Player, Space
from hotline_sim.streams import Streams

_PLAYS, _QUICK_PLAYS = 60, 24
_REPLICATIONS = 10
_CORES = 2
_MINUTE_S = 60.0
_MS_PER_S = 1e3


def print_sensitivity(name: str, *, seed: int, quick: bool) -> None:
    """Time plays at random points of all ranges, and an emulator made from them."""
    days, count = (2, _QUICK_PLAYS) if quick else (DEFAULT_DAYS, _PLAYS)
    space = Space.of(load(name).with_values({"horizon.days": days}), None, seed)
    player = Player(space, ("connect_rate", "asa_s"), seed, "auto", Execution(jobs=1))
    shares = Streams(seed, 0).at(0, "benchmarks/sensitivity").random((count, len(space.parameters)))
    player.play(shares[:1])  # whatever is compiled or cached
    begin = time.process_time()
    values = player.play(shares)[:, 0, :]
    each_s = (time.process_time() - begin) / count
    begin = time.process_time()
    Emulator.fit(shares, np.nan_to_num(values[:, 1]), seed=seed, degree=3)
    fit_s = time.process_time() - begin
    for way, emulate in (("by simulation", False), ("by an emulator", True)):
        points = DEFAULT_SAMPLE // 2 if emulate else DEFAULT_SAMPLE
        plays = plays_of(
            len(space.parameters),
            points=points,
            trajectories=DEFAULT_TRAJECTORIES,
            factors=DEFAULT_FACTORS,
            emulate=emulate,
            replications=_REPLICATIONS,
        )
        minutes = plays * each_s / _CORES / _MINUTE_S
        print(f"\nsensitivity of {name} {way}: {plays:,} plays of {days} days, ", end="")
        print(f"{each_s * _MS_PER_S:.0f} ms of the processor each: ", end="")
        print(f"{minutes:.1f} min on {_CORES} idle cores", end="")
    print(f"; an emulator from {count} plays of {len(space.parameters)} numbers: {fit_s:.1f} s")
