"""Which drawn numbers go with what came out: the strongest first, and none by chance."""

import math

from hotline_sim.experiments.drivers import FEWEST_TO_NAME, drivers_of
from hotline_sim.streams import Streams


def drawn_by(seed, count):
    """Return so many draws of three numbers, and what two of them make of it."""
    values = Streams(seed, 0).at(0, "numbers").random((count, 3))
    rows = [dict(zip(("weak", "idle", "strong"), row, strict=True)) for row in values.tolist()]
    return rows, [row["weak"] - 3 * row["strong"] for row in rows]


def test_the_strongest_comes_first_with_its_sign_and_the_idle_one_is_not_named():
    rows, found = drawn_by(7, 400)
    strong, weak = drivers_of(rows, found)
    assert (strong.key, weak.key) == ("strong", "weak")
    assert strong.correlation < -0.9
    assert 0.1 < weak.correlation < 0.5


def test_too_few_draws_name_nobody_and_what_was_not_found_is_left_out():
    rows, found = drawn_by(7, FEWEST_TO_NAME)
    assert "strong" in [one.key for one in drivers_of(rows, found)]
    assert drivers_of(rows[1:], found[1:]) == []
    assert drivers_of(rows, [math.nan, *found[1:]]) == []
    assert drivers_of([], []) == []


def test_noise_names_somebody_in_about_one_of_twenty_tries_at_most():
    named = 0
    for seed in range(200):
        rows, _ = drawn_by(seed, 40)
        noise = [one["idle"] for one in drawn_by(seed + 1000, 40)[0]]
        named += bool(drivers_of(rows, noise))
    assert named <= 20  # 10 expected; more than 20 with a probability of 0.1 %
