"""Hold calibrations against the truth: ``python -m verification.calibration cities``.

``cities``: twenty made-up cities. Their parameters are drawn from the ranges that the calibration
is told, a year of each is simulated, and its figures are published as a city would print them. Then
the parameters are looked for; the middle 90 % of the members should hold the truth nine times of
ten. ``grid``: one such city with two parameters, of which every point of a fine grid is simulated
so often that nothing is left to chance; the width of what the figures leave, worked out from that,
beside that of the set. ``nanning``: ten fresh years of members of a calibration, such as
``hotline-sim calibrate nanning --out nanning-set`` writes (``--result nanning-set/result.json``);
of at least 85 % the means should lie within its limits.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hotline_sim import Scenario, load, open_result, run
from hotline_sim.execution import Execution, play
from hotline_sim.experiments import CalibrationResult, calibrate, parameters_of
from hotline_sim.experiments.calibration.figures import figures_of
from hotline_sim.experiments.parameters import draw

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hotline_sim.domain import Floats
    from hotline_sim.experiments import Parameter

CITIES = 20
SHARE = 0.9  # of the members between the ends that are held against the truth
_VOLUME, _SEATS = "channels.phone.cases_per_day", "teams.desk.shifts.0.seats"
_MOVED = (
    _VOLUME,
    _SEATS,
    "channels.phone.patience.mean_s",
    "channels.phone.talk.mean_s",
    "channels.phone.next.redial.probability",
)
_FIGURES = ("answered", "connect_rate", "asa_s", "redial_share")
_DIGITS = {"answered": 0, "connect_rate": 3, "asa_s": 0, "redial_share": 2}
_TRUE_SEED, _FRESH_SEED = 999, 77
_GRID, _GRID_YEARS, _CHANCE_YEARS = 17, 40, 400
_RANGED = '{{ value = {}, kind = "{}", note = "made up"{}, range = [{}, {}] }}'
_CHAT = """
[channels.wechat]
kind = "chat"
concurrency = 2
cases_per_day = 60
talk = { law = "exponential", mean_s = 300 }
patience = { law = "exponential", mean_s = 400 }
"""


def city_of(number: int, folder: Path, published: str = "") -> Scenario:
    """Return a made-up city: every second one has chats besides calls."""
    chats = number % 2 == 1
    serves = '["phone", "wechat"]' if chats else '["phone"]'
    to_answered = ', to = "published.answered"' if published else ""
    to_rate = ', to = "published.connect_rate"' if published else ""
    kind = "fitted" if published else "assumed"
    text = f"""format = 1
title = {{ en = "made up", zh = "虚构" }}

[horizon]
start = 2024-03-04
days = 21

[demand.busyness]
day_cv = 0.1

[channels.phone]
kind = "voice"
cases_per_day = {_RANGED.format(300, kind, to_answered, 200, 500)}
talk = {{ law = "exponential", mean_s = {_RANGED.format(220, "assumed", "", 180, 280)} }}
patience = {{ law = "exponential", mean_s = {_RANGED.format(200, "assumed", "", 90, 600)} }}
[[channels.phone.next]]
name = "redial"
after = "abandoned"
to = "phone"
probability = {_RANGED.format(0.4, "assumed", "", 0.1, 0.8)}
delay = {{ law = "exponential", mean_s = 900 }}
{_CHAT if chats else ""}
[teams.desk]
employment = "in_house"
serves = {serves}
[[teams.desk.shifts]]
seats = {_RANGED.format(2, kind, to_rate, 1, 4)}
from = "00:00"
to = "24:00"
{published}"""
    path = folder / f"city-{number}.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def truth_of(number: int, folder: Path, moved: tuple[str, ...]) -> tuple[Floats, Scenario]:
    """Return a city's true parameters ``(p,)``, and the city with what it publishes of a year."""
    bare = city_of(number, folder)
    known = parameters_of(bare, moved)
    flat = [_evenly(one) if one.key in (_VOLUME, _SEATS) else one for one in known]
    truth = draw([bare], flat, 1, _TRUE_SEED + number)
    year = run(truth.scenario(0), replications=1, seed=_TRUE_SEED, engine="compiled", jobs=1)
    lines = ["", "[published]"]
    for name in _FIGURES:
        value = f"{year.measures[name].mean:.{_DIGITS[name]}f}"
        lines.append(f"{name} = {value}")
    return truth.values[0], city_of(number, folder, "\n".join(lines) + "\n")


def _evenly(one: Parameter) -> Parameter:
    """Return a parameter that is drawn evenly over its range, as those that are fitted."""
    return replace(one, value=None)


def found_of(city: Scenario, moved: tuple[str, ...], members: int) -> CalibrationResult:
    """Return the calibration of a city."""
    return calibrate(city, shared=(), over=moved, members=members, engine="compiled", jobs=1)


def cities(members: int) -> Iterator[tuple[int, CalibrationResult, list[bool]]]:
    """Yield each city's calibration, and whether each parameter's ends hold the truth."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(CITIES):
            truth, city = truth_of(number, Path(folder), _MOVED)
            found = found_of(city, _MOVED, members)
            order = [one.key for one in found.question.parameters]
            true = [truth[_MOVED.index(key)] for key in order]
            told = found.narrowing or [None] * len(true)  # no parameters found hold no truth
            held = [
                one is not None and one.low <= value <= one.high
                for one, value in zip(told, true, strict=True)
            ]
            yield number, found, held


def print_cities(members: int) -> None:
    """Print whether the ends hold the truth, city by city and pooled."""
    every: list[bool] = []
    for number, found, held in cities(members):
        every += held
        names = ", ".join(one.key.split(".")[-2] for one in found.narrowing if one.is_free)
        print(
            f"city {number:2}: {int(found.is_member.sum())} of {found.drawn} points kept, "
            f"{len(found.runs)} played; {sum(held)} of {len(held)} held; free: {names or '-'}",
            flush=True,
        )
    error = math.sqrt(SHARE * (1 - SHARE) / max(len(every), 1))
    print(f"pooled: {sum(every)} of {len(every)} = {np.mean(every):.3f} (0.9 ± {error:.3f})")


def print_grid(members: int) -> None:
    """Print the widths of what the figures leave: by an exact grid, and of the set."""
    from scipy.special import ndtr

    moved = (_VOLUME, _SEATS)
    with tempfile.TemporaryDirectory() as folder:
        truth, city = truth_of(0, Path(folder), moved)
        true = city.with_values(dict(zip(moved, truth.tolist(), strict=True)))
        chance = run(true, replications=_CHANCE_YEARS, seed=_TRUE_SEED, engine="compiled", jobs=1)
        found = found_of(city, moved, members)
        likelihood, axes = 1.0, []
        for one in found.narrowing:
            p = next(q for q in found.question.parameters if q.key == one.key)
            wide = 0.75 * (one.high - one.low)
            axes.append(
                np.linspace(max(one.low - wide, p.low), min(one.high + wide, p.high), _GRID)
            )
        points = [(a, b) for a in axes[0] for b in axes[1]]
        keys = [one.key for one in found.narrowing]
        changed: Any = [(city, dict(zip(keys, at, strict=True))) for at in points]
        names = [one.measure for one in figures_of([city])]
        table = play(
            changed,
            range(1000, 1000 + _GRID_YEARS),
            seed=_TRUE_SEED,
            engine="compiled",
            keep=names,
            execution=Execution(jobs=1),
        )
        for surface in found.surfaces:
            figure, years = surface.figure, table.of(surface.figure.measure)
            mean = years.mean(axis=1)
            deviation = float(np.std(chance.measures[figure.measure].replications, ddof=1))
            high, low = ((end - mean) / deviation for end in (figure.high, figure.low))
            likelihood *= ndtr(high) - ndtr(low)
    weights = np.asarray(likelihood).reshape(_GRID, _GRID)
    for i, one in enumerate(found.narrowing):
        share = np.cumsum(weights.sum(axis=1 - i)) / weights.sum()
        low, high = np.interp(((1 - SHARE) / 2, (1 + SHARE) / 2), share, axes[i])
        print(
            f"{one.key}: exact {low:.4g} to {high:.4g}, set {one.low:.4g} to {one.high:.4g}, "
            f"width of the set over the exact {(one.high - one.low) / (high - low):.2f}"
        )


def print_nanning(path: Path, members: int, years: int) -> None:
    """Print for how many members of a calibration the means of fresh years lie in its limits."""
    result = open_result(path)
    assert isinstance(result, CalibrationResult)
    known = result.parameters
    assert known is not None
    rows = np.linspace(0, len(known) - 1, members).astype(int).tolist()
    fresh = range(5000, 5000 + years)
    inside = np.ones(len(rows), dtype=bool)
    for number, base in enumerate(known.bases):
        surfaces = [one for one in result.surfaces if one.figure.base == number]
        table = play(
            [(base, known.changes(i, number)) for i in rows],
            fresh,
            seed=_FRESH_SEED,
            engine="compiled",
            keep=[one.figure.measure for one in surfaces],
            execution=Execution(jobs=-1),
        )
        for one in surfaces:
            mean = np.nanmean(table.of(one.figure.measure), axis=1)
            low, high = one.limits
            held = (mean >= low) & (mean <= high)
            inside &= held
            print(f"{one.figure.name}: {low:.6g} to {high:.6g}, held {held.mean():.3f}")
    print(f"all figures: {inside.mean():.3f} of {len(rows)} members, means of {years} fresh years")


def main() -> None:
    """Print what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("what", choices=("cities", "grid", "nanning"))
    parser.add_argument("--members", type=int, default=100)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--result", type=Path, help="result.json of the calibration")
    asked = parser.parse_args()
    began, used = time.perf_counter(), time.process_time()
    if asked.what == "cities":
        print_cities(asked.members)
    elif asked.what == "grid":
        print_grid(asked.members)
    else:
        if asked.result is None:
            parser.error("nanning: needs --result")
        print_nanning(asked.result, asked.members, asked.years)
    took = time.perf_counter() - began, time.process_time() - used
    print(f"{took[0]:.0f} s, of which this process computed {took[1]:.0f} s")


if __name__ == "__main__":
    main()
