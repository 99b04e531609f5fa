"""Teams on duty: what the tests of staffing share."""

from hotline_sim.domain import HOUR_S
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
