"""A city of four channels, and contacts made by hand: what tests of measures share."""

import math
from dataclasses import fields

import numpy as np

from hotline_sim.domain import DAY_S, NOBODY, ContactLog, Duty, Outcome
from hotline_sim.measures import Tally

# Day 0 is the warm-up, 30 January; then come 31 January, 1 and 2 February.
CITY = """\
format = 1
title = { en = "city", zh = "市" }
horizon = { start = 2024-01-31, days = 3, warm_up_days = 1 }

[channels.phone]
kind = "voice"
cases_per_day = 300
lines = 4
talk = { law = "exponential", mean_s = 200 }
patience = { law = "exponential", mean_s = 120 }
self_service_share = 0.1
[[channels.phone.next]]
after = "abandoned"
to = "phone"
probability = 0.5
delay = { law = "exponential", mean_s = 600 }
[[channels.phone.next]]
after = "answered"
to = "follow_up"
department = "district"
probability = 0.3

[channels.wechat]
kind = "chat"
cases_per_day = 60
talk = { law = "exponential", mean_s = 200 }
patience = { law = "exponential", mean_s = 300 }
concurrency = 2

[channels.app]
kind = "message"
cases_per_day = 30
talk = { law = "exponential", mean_s = 200 }
deadline_s = 3600

[channels.follow_up]
kind = "outbound"
talk = { law = "exponential", mean_s = 100 }
reach_probability = 0.8
unreached_handle_s = 30

[departments.district]
delay = { law = "exponential", mean_s = 3600 }
deadline_s = 7200

[teams.day]
employment = "in_house"
serves = ["phone", "wechat", "app", "follow_up"]
base_satisfaction = 0.8
shifts = [{ seats = 2, from = "08:00", to = "20:00" }]

[teams.night]
employment = "outsourced"
serves = ["phone", "wechat"]
base_satisfaction = 0.9
shifts = [{ seats = 1, from = "20:00", to = "08:00" }]

[satisfaction]
per_minute_waited = 0.1
per_failed_contact = 0.3
settled_at_once = 0.5
order_late = 1.0
participation = 0.4
response_ratio = 2.0

[employment.outsourced]
award_cny = 730000
cost_per_person_month_cny = 6000
productive_hours_per_person_year = 1440
[[employment.outsourced.kpi]]
measure = "connect_rate"
window = "month"
target = 0.5
share_per_point = 0.01
cap = 0.1
"""
PHONE, WECHAT, APP, FOLLOW_UP = range(4)
_NEVER_ASKED = ("blocked", "contained", "left", "due_after_end")
LAST_DAY = 3
BEGIN, END = DAY_S, (LAST_DAY + 1) * DAY_S  # of the counted days


def contact(
    outcome, arrival_s, *, wait_s=0.0, talk_s=60.0, wrap_up_s=0.0, greeting_s=0.0, **columns
):
    """Return one row of a log: a case of its own on the phone, unless *columns* say else.

    *wait_s* is from dialling, the greeting included.
    """
    served = outcome in ("answered", "unreached")
    end_s = arrival_s + wait_s + (talk_s if served else 0.0)
    row = {
        "case": 0,
        "channel": PHONE,
        "k": 1,
        "born_s": arrival_s,
        "arrival_s": arrival_s,
        "request_s": math.nan if outcome in _NEVER_ASKED else arrival_s + greeting_s,
        "start_s": arrival_s + wait_s if served else math.nan,
        "end_s": math.nan if outcome in ("open", "due_after_end") else end_s,
        "done_s": end_s + wrap_up_s if served else math.nan,
        "outcome": Outcome[outcome.upper()],
        "team": 0 if served else NOBODY,
        "seat": 0 if served else NOBODY,
        "next": NOBODY,
        "after": NOBODY,
        "failed": 0,
        "answered_before": 0,
        "order_s": math.nan,
        "department": NOBODY,
        "mood": 1.0,
        "rating": 1.0,
    }
    assert columns.keys() <= row.keys()
    return row | columns


def log(*rows):
    kinds = {
        column.name: float if column.type == "Floats" else np.int64 for column in fields(ContactLog)
    }
    return ContactLog(*(np.array([row[n] for row in rows], kind) for n, kind in kinds.items()))


def duty(*stints, paid_s=(0.0, 0.0)):
    """Return a day's duty table from (seat, on, off): seats 0 and 1 by day, 2 by night."""
    seat, on_s, off_s = np.array(stints or np.zeros((0, 3)), float).T
    return Duty(seat.astype(np.int64), on_s, off_s, np.ones(len(seat)), np.array(paid_s))


def tally_differs(ours, theirs):
    """Return the first sums in which two tallies differ, by name; None if none."""
    for field in fields(Tally):
        one, other = getattr(ours, field.name), getattr(theirs, field.name)
        if not isinstance(one, dict):
            one, other = {"": one}, {"": other}
        if one.keys() != other.keys():
            return field.name, one.keys() ^ other.keys()
        for name in one:
            if not np.array_equal(one[name], other[name], equal_nan=True):
                return field.name, name
    return None
