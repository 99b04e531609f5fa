"""The rules for shifts: what a file may say of them, and which tours they leave."""

import pytest
from mistakes import brief, error_of, mistakes, varied

import hotline_sim
from hotline_sim.experiments.staff.tours import bands_of, is_night

CITY = hotline_sim.load("first-day")


def rules_of(**rules):
    """Return rules as a file's table of them."""
    return CITY.with_values({f"rules.{key}": value for key, value in rules.items()}).rules


def meal(minutes, begin, end, over=0):
    return f"{{ minutes = {minutes}, from_hours = {begin}, to_hours = {end}, over_hours = {over} }}"


@mistakes(
    (None, "[rules]\nshift_length = [8]", "rules.shift_length no_such_key → shift_hours"),
    (None, '[rules]\nstarts = ["08:10"]', "rules.starts.0 half_hours"),
    (None, '[rules]\nstarts = ["00:00", "24:00"]', "rules.starts.1 twice"),
    (None, '[rules]\nstarts = ["8:00"]', "rules.starts.0 clock"),
    (None, "[rules]\nshift_hours = [8, 8]", "rules.shift_hours.1 twice"),
    (None, "[rules]\nshift_hours = [7.75]", "rules.shift_hours.0 half_hours"),
    (None, "[rules]\nstarts = []", "rules.starts at_least_entries"),
    (None, "[rules]\nshift_hours = [17]", "rules.shift_hours.0 at_most"),
    (None, '[rules]\nnight_from = "23:15"', "rules.night_from half_hours"),
    (
        None,
        '[rules]\nnight_from = "05:00"\nnight_to = "05:00"',
        "rules.night_to no_length",
    ),
    (None, "[rules]\nstart_varies_hours = 0.3", "rules.start_varies_hours half_hours"),
    (None, '[rules]\ndays_off_together = "no"', "rules.days_off_together boolean"),
    (None, "[rules]\npart_time_hours = [4]", "rules.part_time_hours no_part_time"),
    (
        None,
        "[rules]\nbreaks = []\nbreak_batches = 2\nmost_off_share = 0.5",
        "rules.break_batches no_breaks",
        "rules.most_off_share no_breaks",
    ),
    (
        None,
        f"[rules]\nbreaks = [{meal(20, 3, 5)}]",
        "rules.breaks.0.minutes half_hours",
    ),
    (
        None,
        f"[rules]\nbreaks = [{meal(60, 3, 3.5)}]",
        "rules.breaks.0.minutes break_no_room",
    ),
    (
        None,
        f"[rules]\nshift_hours = [4, 8]\nbreaks = [{meal(60, 3.5, 6)}]",
        "rules.breaks.0.minutes break_no_room",
    ),
    (
        None,
        f"[rules]\nbreaks = [{meal(30, 3, 5)}, {meal(30, 4, 6)}]",
        "rules.breaks.1 breaks_overlap",
    ),
    (
        None,
        '[rules]\nhelpers = [{ team = "dest" }, { team = "desk" }, { team = "desk" }]',
        "rules.helpers.0.team team → desk",
        "rules.helpers.2.team twice",
    ),
)
def test_a_rule_that_cannot_be_or_does_nothing_is_refused(write_scenario, smallest, old, new, told):
    text = varied(smallest, old, f"\n{new}\n")
    assert list(map(brief, error_of(write_scenario(text)).faults)) == told


def tours(**rules):
    """Return the tours that rules leave: starts and length in hours, days a week, how many."""
    return [
        (tuple(s.start / 2 for s in b.shifts), b.length / 2, len(b.patterns[0]), len(b.patterns))
        for b in bands_of(rules_of(**rules))
    ]


def test_a_week_without_rules_has_five_days_of_eight_hours_and_two_off_together():
    assert tours() == [((float(hour),), 8.0, 5, 7) for hour in range(24)]


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ({"shift_hours": [10]}, [((9.0,), 10.0, 4, 28)]),
        ({"shift_hours": [12]}, [((9.0,), 12.0, 3, 35)]),
        ({"shift_hours": [12], "days_off_per_week": 4}, [((9.0,), 12.0, 3, 7)]),
        ({"shift_hours": [14]}, []),
        ({"shift_hours": [14], "rest_hours": 10}, [((9.0,), 14.0, 2, 21)]),
        ({"days_off_together": False}, [((9.0,), 8.0, 5, 21)]),
        ({"part_time_share": 0.1}, [((9.0,), 8.0, 5, 7), ((9.0,), 4.0, 5, 7)]),
        ({"starts": ["22:00"], "most_nights_per_week": 3}, [((22.0,), 8.0, 3, 35)]),
        ({"starts": ["22:00"], "most_nights_per_week": 0}, []),
        (
            {"starts": ["07:00", "08:00", "09:00"], "start_varies_hours": 1},
            [((7.0, 8.0), 8.0, 5, 7), ((8.0, 9.0), 8.0, 5, 7)],
        ),
        (
            {"starts": ["07:00", "08:00"], "start_varies_hours": 1, "rest_hours": 16},
            [((7.0,), 8.0, 5, 7), ((8.0,), 8.0, 5, 7)],
        ),
    ],
)
def test_rules_leave_the_tours_that_they_say(rules, found):
    told = tours(**{"starts": ["09:00"], **rules})
    assert told == found


@pytest.mark.parametrize(
    ("start", "hours", "night"),
    [("16:00", 8, False), ("16:30", 8, True), ("04:30", 8, True), ("05:00", 8, False)],
)
def test_a_shift_that_has_any_part_of_the_night_is_a_night_shift(start, hours, night):
    rules = rules_of(starts=[start], shift_hours=[hours])
    (band,) = bands_of(rules)
    assert is_night(rules, band.shifts[0]) is night


def test_batches_of_a_break_begin_evenly_through_its_window():
    one = {"minutes": 30, "from_hours": 2, "to_hours": 6}
    (band,) = bands_of(rules_of(starts=["08:00"], breaks=[one], break_batches=3))
    assert band.shifts[0].pauses[0].begins == (4, 7, 10)
