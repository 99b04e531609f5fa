"""Teams on duty: what the tests of staffing share."""

from itertools import pairwise

import numpy as np

from hotline_sim.domain import DAY_S, HALF_HOURS, HOUR_S
from hotline_sim.staffing import Staffing
from hotline_sim.streams import Streams

TEAMS = """\
format = 1
title = { en = "teams", zh = "班组" }
[horizon]
start = 2024-03-04
days = 400
[channels.phone]
kind = "voice"
cases_per_day = 1
talk = { law = "fixed", mean_s = 1 }
patience = { law = "never" }
"""


def team(*shifts, name="desk", more=""):
    """Return a team's text; a shift is (seats, from, to) or (seats, from, to, days)."""
    written = [
        f'{{ seats = {seats}, from = "{begin}", to = "{end}", days = "{(*days, "mon-sun")[0]}" }}'
        for seats, begin, end, *days in shifts
    ]
    return (
        f'[teams.{name}]\nemployment = "in_house"\nserves = ["phone"]\n'
        f"shifts = [{', '.join(written)}]\n{more}\n"
    )


def duty_of(scenario, day, until=None, *, replication=0):
    """Return the duty of a day, or of the days before *until*."""
    return Staffing(scenario, Streams(5, replication)).duty(day, until)


def hours(duty):
    """Return each stint's seat, beginning and end in hours since the horizon's first midnight."""
    stints = zip(duty.seat, duty.on_s / HOUR_S, duty.off_s / HOUR_S, strict=True)
    return [(int(seat), on, off) for seat, on, off in stints]


def seats_on_duty(duty, begin, until):
    """Return how many seats are on duty in the middle of each half-hour of some days."""
    middles_s = (np.arange(begin * HALF_HOURS, until * HALF_HOURS) + 0.5) * DAY_S / HALF_HOURS
    on, off = np.sort(duty.on_s), np.sort(duty.off_s)
    return np.searchsorted(on, middles_s, "right") - np.searchsorted(off, middles_s, "right")


def pauses(duty, seat):
    """Return the gaps between the stints of a seat, in hours of the horizon."""
    stints = [(on, off) for one, on, off in hours(duty) if one == seat]
    return [(off, on) for (_, off), (on, _) in pairwise(stints)]
