"""One scenario file: what is read, what is refused, and what a mistake is told."""

import pytest
from mistakes import TALK, brief, error_of, lines_of, mistakes, varied

from hotline_sim import scenario
from hotline_sim.scenario import ScenarioError

REDIAL = """
[[channels.phone.next]]
after = "abandoned"
to = "phone"
probability = 0.6
delay = { law = "fixed", mean_s = 60 }
"""
ORDER = """
[[channels.phone.next]]
after = "answered"
department = "district"
probability = 0.3
[departments.district]
delay = { law = "fixed", mean_s = 60 }
deadline_s = 30
"""
SURGE = """
[[demand.surges]]
from = 2024-03-04
to = 2024-03-05
factor = 2
"""
SHIFTS = 'shifts = [{ seats = 3, from = "08:00", to = "20:00" }]'
END = 'to = "20:00"'
OFFICE = "from = '08:00', to = '18:00'"
BY_DEMAND = 'roster = "demand"\nseats = 4\n'
BREAK = "teams.desk.shifts.0.breaks.0"
TERMS = (
    "[employment.in_house]\nproductive_hours_per_person_year = 1400\n"
    "pay_cny_per_person_year = 66000\nsocial_insurance_share = 0.3\noverhead_share = 0.1\n"
    "staff_share = 0.8\nanswering_share = 0.5\n"
)


def breaks(*tables):
    """Return the end of the smallest scenario's shift, with breaks."""
    return f"{END}, breaks = [{', '.join(f'{{ minutes = {one} }}' for one in tables)}]"


SATISFACTION = """
[satisfaction]
per_minute_waited = 0.1
per_failed_contact = 0.3
settled_at_once = 0.3
order_late = 1
participation = 0.5
"""
CHAT = """
[channels.chat]
kind = "chat"
concurrency = 2
talk = { law = "fixed", mean_s = 60 }
patience = { law = "never" }
"""
FOLLOW_UP = """
[channels.follow_up]
kind = "outbound"
reach_probability = 0.8
unreached_handle_s = 40
talk = { law = "fixed", mean_s = 60 }
"""


# ------------------------------------------------------------------------ one mistake each
@mistakes(
    ("= 200", "= nan", "channels.phone.cases_per_day = nan: must be a finite number"),
    ("= 200", "= inf", "channels.phone.cases_per_day = inf: must be a finite number"),
    ("= 200", "= -inf", "channels.phone.cases_per_day = -inf: must be a finite number"),
    ("= 200", "= -1", "channels.phone.cases_per_day = -1: must be at least 0"),
    (
        "= 200",
        "= 9e9",
        "channels.phone.cases_per_day = 9000000000.0: must be at most 1,000,000,000",
    ),
    ("= 200", f"= {10**400}", "channels.phone.cases_per_day = inf: must be a finite number"),
    ("= 200", f"= 0x{'f' * 5000}", "channels.phone.cases_per_day = inf: must be a finite number"),
    ("= 200", "= true", "channels.phone.cases_per_day = true: must be a number"),
    ("= 200", '= "200"', 'channels.phone.cases_per_day = "200": must be a number'),
    ("= 200", "= [200]", "channels.phone.cases_per_day = […]: must be a number"),
    ("= 200", "= 2024-03-04", "channels.phone.cases_per_day = 2024-03-04: must be a number"),
    ("= 200", "= {}", "channels.phone.cases_per_day.value: is missing"),
    ("= 240", "= -240", "channels.phone.talk.mean_s = -240: must be more than 0"),
    ("= 240", "= 0", "channels.phone.talk.mean_s = 0: must be more than 0"),
    ("= 180", "= true", "channels.phone.patience.mean_s = true: must be a number"),
    ("days = 1", "days = 2.5", "horizon.days = 2.5: must be a whole number"),
    ("days = 1", "days = 2.0", "horizon.days = 2.0: must be a whole number"),
    ("days = 1", "days = true", "horizon.days = true: must be a whole number"),
    ("seats = 3", "seats = true", "teams.desk.shifts.0.seats = true: must be a number"),
    ("seats = 3", "seats = -1", "teams.desk.shifts.0.seats = -1: must be at least 0"),
    (None, "shrinkage = 1", "teams.desk.shrinkage = 1: must be less than 1"),
    (None, "shrinkage = -0.1", "teams.desk.shrinkage = -0.1: must be at least 0"),
    (None, "speed = 0", "teams.desk.speed = 0: must be at least 0.05"),
    ("days = 1", "days = 0", "horizon.days = 0: must be at least 1"),
    ("format = 1", "format = true", "format = true: must be a whole number"),
    ("format = 1", "format = 2", "format = 2: must be at most 1"),
    (
        None,
        REDIAL.replace("probability = 0.6", "by_try = [0.5, -0.1]"),
        "channels.phone.next.abandoned-phone.by_try.1 = -0.1: must be at least 0",
    ),
    (
        None,
        REDIAL.replace("0.6", "1.2"),
        "channels.phone.next.abandoned-phone.probability = 1.2: must be at most 1",
        "channels.phone.next: probabilities after abandoned sum to 1.2 at contact 1, "
        "must be at most 1",
    ),
    ('"smallest"', '""', 'title.en = "": must have at least 1 entries or characters'),
    ('"smallest"', "5", "title.en = 5: must be text in quotes"),
    (
        '"smallest"',
        f'"{"x" * 201}"',
        f'title.en = "{"x" * 58}…: must have at most 200 entries or characters',
    ),
    (
        "2024-03-04",
        '"2024-03-04"',
        'horizon.start = "2024-03-04": must be a date such as 2020-07-01',
    ),
    (
        'from = "08:00"',
        'from = "8:00"',
        'teams.desk.shifts.0.from = "8:00": must be a time of day such as "08:30", at most "24:00"',
    ),
)
def test_a_wrong_value_is_told_with_its_place_and_what_was_wanted(
    write_scenario, smallest, old, new, told
):
    assert lines_of(write_scenario(varied(smallest, old, new))) == told


@mistakes(
    ("[horizon]", "[horizn]", "horizon missing", "horizn no_such_key → horizon"),
    ("days", "day", "horizon.days missing", "horizon.day no_such_key → days"),
    ("cases_per", "case_per", "channels.phone.case_per_day no_such_key → cases_per_day"),
    ("mean_s = 240", "mean = 240", "channels.phone.talk.mean no_such_key → mean_s"),
    ('"voice"', '"voise"', "channels.phone.kind one_of → voice"),
    (TALK, TALK.replace("nential", "nental"), "channels.phone.talk.law one_of → exponential"),
    ('"in_house"', '"inhouse"', "teams.desk.employment one_of → in_house"),
    (None, "shrinkag = 0.3", "teams.desk.shrinkag no_such_key → shrinkage"),
    (
        "seats = 3",
        "seat = 3",
        "teams.desk.shifts.0.seats missing",
        "teams.desk.shifts.0.seat no_such_key → seats",
    ),
    (
        '["phone"]',
        '["phone", { chanel = "phone", after_s = 9 }]',
        "teams.desk.serves.1.channel missing",
        "teams.desk.serves.1.chanel no_such_key → channel",
    ),
    (
        None,
        REDIAL.replace("after", "aftr"),
        "channels.phone.next.0.after missing",
        "channels.phone.next.0.aftr no_such_key → after",
    ),
    (
        None,
        REDIAL.replace("oned", "onned"),
        "channels.phone.next.abandonned-phone.after one_of → abandoned",
    ),
    (None, REDIAL + "entri = 1", "channels.phone.next.abandoned-phone.entri no_such_key → entry"),
    (None, ORDER + "urgin = 1", "departments.district.urgin no_such_key → urging"),
    (None, SURGE + "channel = []", "demand.surges.0.channel no_such_key → channels"),
    (None, "[demand]\nholidys = []", "demand.holidys no_such_key → holidays"),
    (None, '[demand]\ncalendar = "chinese"', "demand.calendar one_of → china"),
    (None, "[demand.busyness]\nday_vc = 0.1", "demand.busyness.day_vc no_such_key → day_cv"),
    (
        None,
        "[published]\nconect_rate = 0.9",
        "published.conect_rate no_such_measure → connect_rate",
    ),
    ("= 200", '= { value = 9, knd = "x" }', "channels.phone.cases_per_day.knd no_such_key → kind"),
    (
        "= 200",
        "= { value = 9, rnge = [1] }",
        "channels.phone.cases_per_day.rnge no_such_key → range",
    ),
    ("= 200", "= { valu = 9 }", "channels.phone.cases_per_day.value missing"),
    (
        "= 200",
        '= { value = 9, kind = "asumed" }',
        "channels.phone.cases_per_day.kind one_of → assumed",
    ),
    (
        '["phone"]',
        '["phnoe"]',
        "teams.desk.serves.0 channel → phone",
        "channels.phone nobody_serves",
    ),
    (
        None,
        REDIAL.replace('to = "p', 'to = "f'),
        "channels.phone.next.abandoned-fhone.to channel → phone",
    ),
    (None, SURGE + 'channels = ["fone"]', "demand.surges.0.channels.0 channel → phone"),
    (None, ORDER + 'urging = "phones"', "departments.district.urging channel → phone"),
    (
        None,
        ORDER.replace('"district"', '"distrct"'),
        "channels.phone.next.answered-distrct.department department → district",
        "departments.district no_orders",
    ),
    (
        '["phone"]',
        '["phone", { channel = "fone", after_s = 60 }]',
        "teams.desk.serves.1 channel → phone",
    ),
)
def test_a_typo_is_told_the_nearest_right_word_at_every_level(
    write_scenario, smallest, old, new, told
):
    assert list(map(brief, error_of(write_scenario(varied(smallest, old, new))).faults)) == told


@mistakes(
    ("format = 1\n", "", "format missing"),
    (', zh = "最小"', "", "title.zh missing"),
    ('kind = "voice"\n', "", "channels.phone.kind missing"),
    (f"talk = {TALK}\n", "", "channels.phone.talk missing"),
    ("patience =", "wrap_up =", "channels.phone.patience missing"),
    ('law = "exponential", mean_s = 240', "mean_s = 240", "channels.phone.talk.law missing"),
    (", mean_s = 240", "", "channels.phone.talk one_size"),
    ('serves = ["phone"]\n', "", "teams.desk.serves missing", "channels.phone nobody_serves"),
    (', to = "20:00"', "", "teams.desk.shifts.0.to missing"),
    (None, SATISFACTION, "teams.desk.base_satisfaction missing"),
    (
        None,
        REDIAL.replace("delay", "entry"),
        "channels.phone.next.abandoned-phone.entry entry_without_order",
        "channels.phone.next.abandoned-phone.delay missing",
    ),
    (
        None,
        REDIAL.replace("probability = 0.6", ""),
        "channels.phone.next.abandoned-phone probability_or_by_try",
    ),
    (None, REDIAL.replace('to = "phone"', ""), "channels.phone.next.abandoned row_leads_nowhere"),
)
def test_a_missing_key_is_named(write_scenario, smallest, old, new, told):
    assert list(map(brief, error_of(write_scenario(varied(smallest, old, new))).faults)) == told


@mistakes(
    # of the wrong kind, which never breaks the telling
    ('{ en = "smallest", zh = "最小" }', "5", "title table"),
    (TALK, "240", "channels.phone.talk table"),
    ('"voice"', "5", "channels.phone.kind one_of"),
    ("= 200", "= 200\nlines = 9.5", "channels.phone.lines whole"),
    ("2024-03-04", "2024-03-04T08:00:00", "horizon.start date"),
    ("2024-03-04", "9999-06-01", "horizon.start date"),
    (None, REDIAL.replace('"abandoned"', "{ a = 1 }"), "channels.phone.next.0.after one_of"),
    (None, ORDER + "urging = { a = 1 }", "departments.district.urging string"),
    (None, SURGE.replace("05", "05T00:00:00"), "demand.surges.0.to date"),
    (
        None,
        ORDER.replace('department = "district"', "department = { a = 1 }"),
        "channels.phone.next.0.department string",
        "departments.district no_orders",
    ),
    # times
    ('from = "08:00"', 'from = "24:00"', "teams.desk.shifts.0.from clock"),
    ('to = "20:00"', 'to = "24:01"', "teams.desk.shifts.0.to clock"),
    ('to = "20:00"', "to = 20:00:00", "teams.desk.shifts.0.to string"),
    ('to = "20:00"', 'to = "08:00"', "teams.desk.shifts.0.to no_length"),
    ('to = "20:00"', 'to = "20:00", days = "mon-fry"', "teams.desk.shifts.0.days days"),
    (None, SURGE.replace("05", "03"), "demand.surges.0.to not_before"),
    # rosters
    (None, "seats = 0", "teams.desk.seats more_than"),
    (SHIFTS, "seats = 5", "teams.desk.seats nothing_to_scale"),
    (SHIFTS, "seats = 5\n" + SHIFTS.replace("3", "0"), "teams.desk.seats nothing_to_scale"),
    (None, "fewest = 1", "teams.desk.fewest roster_by_demand_only"),
    (None, f"open = {{ {OFFICE} }}", "teams.desk.open roster_by_demand_only"),
    (None, 'roster = "demnd"', "teams.desk.roster one_of → demand"),
    (
        None,
        'roster = "demand"',
        "teams.desk.seats missing",
        "teams.desk.shifts no_shifts_by_demand",
    ),
    (SHIFTS, BY_DEMAND + "fewest = 5", "teams.desk.fewest at_most"),
    (SHIFTS, BY_DEMAND + "open = { from = '24:00', to = '08:00' }", "teams.desk.open.from clock"),
    (SHIFTS, BY_DEMAND + "open = { from = '8:00', to = '09:00' }", "teams.desk.open.from clock"),
    (
        SHIFTS,
        BY_DEMAND + "open = { from = '08:00', to = '08:00' }",
        "teams.desk.open.to no_length",
    ),
    (
        SHIFTS,
        BY_DEMAND + "open = { from = '08:00', too = '09:00' }",
        "teams.desk.open.to missing",
        "teams.desk.open.too no_such_key → to",
    ),
    # times off
    (END, breaks("30, from = '07:00', to = '09:00'"), f"{BREAK} break_outside"),
    (END, breaks("30, from = '19:45', to = '20:15'"), f"{BREAK} break_outside"),
    (END, breaks("61, from = '12:00', to = '13:00'"), f"{BREAK}.minutes break_too_long"),
    (END, breaks("0, from = '12:00', to = '13:00'"), f"{BREAK}.minutes more_than"),
    (END, breaks("9, from = '24:00', to = '13:00'"), f"{BREAK}.from clock"),
    (END, breaks("9, from = '12:00', to = '12:00'"), f"{BREAK}.to no_length"),
    (END, breaks("9, from = '12:00'"), f"{BREAK}.to missing"),
    (
        END,
        breaks("9, from = '12:00', to = '13:00'", "9, from = '12:59', to = '14:00'"),
        "teams.desk.shifts.0.breaks.1 breaks_overlap",
    ),
    # people
    (None, f"{TERMS}novice_factor = 1.4", "employment.in_house.learning_days learning_days"),
    (None, f"{TERMS}novice_factor = 0.9", "employment.in_house.novice_factor at_least"),
    (
        None,
        f"{TERMS}turnover = 0.3",
        "employment.in_house.turnover no_such_key → turnover_per_year",
    ),
    # laws
    ("mean_s = 240", "mean_s = 240, median_s = 9", "channels.phone.talk one_size"),
    (TALK, '{ law = "uniform", mean_s = 1, half_width_s = 2 }', "channels.phone.talk half_width"),
    (
        TALK,
        '{ law = "empirical", points_s = [9] }',
        "channels.phone.talk.points_s at_least_entries",
    ),
    (TALK, '{ law = "never" }', "channels.phone.talk.law one_of"),
    # shapes and volumes
    (None, f"[demand]\nhour_weights = {[1] * 30}", "demand.hour_weights hour_weights"),
    (None, f"[demand]\nhour_weights = {[0] * 24}", "demand.hour_weights all_zero"),
    (None, f"[demand]\nweekday_factors = {[0] * 7}", "demand.weekday_factors all_zero"),
    ("= 200", "= 200\ncases_per_year = 9", "channels.phone.cases_per_year one_volume"),
    (None, "[demand]\nmax_contacts = 0", "demand.max_contacts at_least"),
    # who serves whom, and what leads where
    ("[teams.desk]", "[teams.Desk]", "teams.Desk name"),
    ('["phone"]', "[]", "teams.desk.serves serves_nothing", "channels.phone nobody_serves"),
    ('["phone"]', '["phone", "phone"]', "teams.desk.serves.1 twice"),
    (None, CHAT, "channels.chat nobody_serves"),
    (
        None,
        FOLLOW_UP,
        "channels.follow_up nobody_serves",
        "channels.follow_up never_called",
    ),
    (
        None,
        FOLLOW_UP + REDIAL.replace("phone", "follow_up").replace("abandoned", "unreached"),
        "channels.follow_up nobody_serves",
        "channels.follow_up never_called",
    ),
    (None, REDIAL + "by_try = [0.1]", "channels.phone.next.abandoned-phone probability_or_by_try"),
    (
        None,
        REDIAL.replace("abandoned", "unreached"),
        "channels.phone.next.unreached-phone.after one_of",
    ),
    (
        None,
        ORDER.replace("answered", "blocked"),
        "channels.phone.next.blocked-district.department order_after_answer",
    ),
    (
        None,
        ORDER.replace("0.3", '0.3\ndelay = { law = "fixed", mean_s = 1 }'),
        "channels.phone.next.answered-district.delay delay_of_department",
    ),
    (None, "base_satisfaction = 0.9", "teams.desk.base_satisfaction satisfaction_off"),
)
def test_what_does_not_fit_is_refused(write_scenario, smallest, old, new, told):
    assert list(map(brief, error_of(write_scenario(varied(smallest, old, new))).faults)) == told


@pytest.mark.parametrize(
    ("first", "second", "k", "total"),
    [
        ("probability = 0.6", "probability = 0.6", 1, "1.2"),
        ("probability = 0.6", "by_try = [0.1, 0.2, 0.7]", 3, "1.3"),
        ("by_try = [0.9, 0.2]", "by_try = [0.1, 0.2, 0.3, 0.85]", 4, "1.05"),
    ],
)
def test_probabilities_past_1_are_refused_at_the_contact_where_they_pass_it(
    write_scenario, smallest, first, second, k, total
):
    rows = [REDIAL.replace("probability = 0.6", by) for by in (first, second)]
    assert lines_of(write_scenario(smallest + "".join(rows))) == [
        f"channels.phone.next: probabilities after abandoned sum to {total} at contact {k}, "
        "must be at most 1"
    ]


@pytest.mark.parametrize("shares", [(0.6, 0.4), (0.7, 0.2, 0.1), (0.1,) * 10])
def test_probabilities_that_sum_to_1_after_each_ending_are_accepted(load_text, smallest, shares):
    rows = [REDIAL.replace("0.6", str(share)) for share in shares]
    loaded = load_text(smallest + "".join(rows) + REDIAL.replace("abandoned", "blocked"))
    assert len(loaded.channels["phone"].next) == len(shares) + 1


def test_the_china_calendar_is_refused_for_years_whose_holidays_are_not_known(
    write_scenario, smallest
):
    text = smallest.replace("2024-03-04\ndays = 1", "2026-12-31\ndays = 2")
    path = write_scenario(text + '[demand]\ncalendar = "china"')
    assert lines_of(path) == [
        'demand.calendar = "china": official holidays are known from 2004 to 2026, the horizon '
        'runs to 2027-01-01; list holidays and make_up_workdays and set "none"'
    ]
    scenario.load(path, overrides=["horizon.days=1"])


@pytest.mark.parametrize("name", ["value", "law", "kind", "serves", "str", "voice", "next"])
def test_a_channel_or_team_may_have_any_plain_name(load_text, smallest, name):
    text = smallest.replace("phone", name).replace("desk", name)
    assert list(load_text(text).channels) == [name]
    with pytest.raises(ScenarioError, match=rf"teams\.{name}\.shifts\.0\.seats = -2\.5: "):
        load_text(text.replace("seats = 3", "seats = -2.5"))


SIX_MISTAKES = """\
format = 1
titel = { en = "six", zh = "六" }
[horizon]
start = 2024-03-04
days = 0
[channels.phone]
kind = "voice"
cases_per_day = { value = 200, kind = "published" }
talk = { law = "exponential", mean_s = nan }
patience = { law = "exponential", mean_s = 180 }
[teams.desk]
employment = "in_house"
serves = ["phon"]
"""


def test_all_faults_of_a_file_are_told_at_once_with_file_key_found_and_wanted(write_scenario):
    path = write_scenario(SIX_MISTAKES)
    assert str(error_of(path)).splitlines() == [
        f'{path}: channels.phone.cases_per_day.kind = "published": '
        "a published or derived number needs a source",
        f"{path}: title: is missing",
        f"{path}: horizon.days = 0: must be at least 1",
        f"{path}: channels.phone.talk.mean_s = nan: must be a finite number",
        f"{path}: titel: no such key; did you mean title?",
        f'{path}: teams.desk.serves.0 = "phon": is not a channel of this scenario; '
        "did you mean phone?",
        f"{path}: channels.phone: no team serves this channel",
    ]


def test_a_fault_keeps_to_one_line_whatever_is_written_in_the_key_or_the_value(
    write_scenario, smallest
):
    path = write_scenario(r'"a\n\u001b[2Jb" = 1' + "\n" + smallest.replace("voice", r"vo\nice"))
    assert lines_of(path) == [
        r'channels.phone.kind = "vo\nice": must be one of voice, chat, message, outbound; '
        "did you mean voice?",
        r"a\n\x1b[2Jb: no such key",
    ]


# ------------------------------------------------------------------- files that cannot be read
def test_a_file_that_is_not_there_is_named_and_a_name_is_told_the_nearest(tmp_path):
    path = tmp_path / "nowhere.toml"
    assert str(error_of(path)) == f"{path}: no such file"
    told = str(error_of("nanning-aftr"))
    assert told.startswith("nanning-aftr: no such scenario, and no such file; ")
    assert told.endswith("; did you mean nanning-after?")
    for no_name in ("", ".", tmp_path, "x" * 5000, "a\0b"):
        assert error_of(no_name).faults[0].wanted == "no_scenario"
    assert error_of("x" * 5000 + ".toml").faults[0].wanted == "unreadable"
    for no_file in ("a\0b.toml", tmp_path / "nowhere.xlsx"):
        assert error_of(no_file).faults[0].wanted == "no_file"


def test_a_folder_in_place_of_a_file_is_refused(tmp_path):
    folder = tmp_path / "folder.toml"
    folder.mkdir()
    assert str(error_of(folder)) == f"{folder}: cannot be read: Is a directory"


def test_a_file_that_is_not_utf8_is_refused_at_the_line(write_scenario, smallest):
    path = write_scenario(smallest.encode("gbk"))
    assert lines_of(path) == ["line 2 is not UTF-8: save the file as UTF-8"]
    assert lines_of(write_scenario(smallest.encode("utf-16")))[0].startswith("line 1 is not UTF-8")


def test_a_byte_order_mark_changes_nothing(write_scenario, smallest):
    marked = write_scenario(b"\xef\xbb\xbf" + smallest.encode())
    assert scenario.load(marked).digest() == scenario.load(write_scenario()).digest()


def test_windows_line_ends_change_nothing(write_scenario, smallest):
    windows = write_scenario(smallest.replace("\n", "\r\n"))
    assert scenario.load(windows).digest() == scenario.load(write_scenario()).digest()


def test_a_file_past_a_mebibyte_is_refused_and_one_up_to_it_is_read(write_scenario, smallest):
    rest = 2**20 - len(smallest.encode())
    scenario.load(write_scenario(smallest + "#" * rest))
    path = write_scenario(smallest + "#" * (rest + 1))
    assert lines_of(path) == ["is larger than 1048576 bytes, too large for a scenario"]


def test_what_is_not_toml_is_refused_at_its_place(write_scenario, smallest):
    path = write_scenario(smallest.replace("days = 1", "days = "))
    (line,) = lines_of(path)
    assert line.startswith("is not TOML: ")
    assert "line 6" in line
    (line,) = lines_of(write_scenario(smallest + "[horizon]"))
    assert line.startswith("is not TOML: ")


@pytest.mark.parametrize(
    "nested",
    ["x = " + "[" * 200 + "]" * 200, ".".join("x" * 3000) + " = 1", f"[{'.'.join('x' * 3000)}]"],
    ids=["lists", "dotted-key", "table"],
)
def test_a_file_nested_too_deep_is_refused(write_scenario, smallest, nested):
    assert lines_of(write_scenario(smallest + nested)) == ["is nested more than 20 levels deep"]


def test_a_file_nested_past_the_reader_is_refused(write_scenario):
    (line,) = lines_of(write_scenario("x = " + "[" * 100_000))
    assert line.startswith("is not TOML: ")
