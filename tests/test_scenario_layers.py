"""What lies over a scenario file: others that extend it, ``--set``, and each number's origin."""

import pytest
from mistakes import TALK, brief, error_of, lines_of

from hotline_sim import scenario
from hotline_sim.domain import Origin, Provenance
from hotline_sim.scenario import ScenarioError

ORIGIN_KEY = "channels.phone.cases_per_day"


# -------------------------------------------------------------------------------- extends
def test_a_scenario_extends_a_shipped_one_and_keeps_all_it_does_not_say(write_scenario):
    child = write_scenario(
        'format = 1\nextends = "first-day"\n[horizon]\ndays = 7\n'
        "[channels.phone]\ntalk = { law = 'fixed', mean_s = 60 }"
    )
    loaded, base = scenario.load(child), scenario.load("first-day")
    assert loaded.name == "mine"
    assert loaded.horizon.days == 7
    assert loaded.provenance["horizon.days"].kind is Origin.ASSUMED
    assert loaded.channels["phone"].talk.law == "fixed"
    assert loaded.channels["phone"].patience == base.channels["phone"].patience
    assert (loaded.title, loaded.teams, loaded.demand) == (base.title, base.teams, base.demand)


def test_a_file_extends_one_beside_it_which_may_extend_another(write_scenario):
    write_scenario(name="grandmother.toml")
    write_scenario('extends = "grandmother.toml"\n[horizon]\ndays = 2', "mother.toml")
    child = write_scenario('extends = "mother.toml"\n[teams.desk]\nspeed = 1.5')
    loaded = scenario.load(child)
    assert (loaded.horizon.days, loaded.teams["desk"].speed) == (2, 1.5)


def test_a_list_or_a_law_or_a_number_is_replaced_whole(write_scenario, smallest):
    write_scenario(smallest.replace("= 200", "= { value = 200, range = [1, 300] }"), "base.toml")
    child = write_scenario(
        'extends = "base.toml"\n[channels.phone]\ncases_per_day = 500\n'
        "talk = { law = 'fixed', median_s = 9 }\n[teams.desk]\nshifts = []"
    )
    loaded = scenario.load(child)
    assert loaded.teams["desk"].shifts == ()
    assert loaded.channels["phone"].talk.mean_s is None
    assert loaded.provenance["channels.phone.cases_per_day"].range is None


def test_a_scenario_that_extends_itself_is_refused_by_the_chain(write_scenario, smallest):
    path = write_scenario('extends = "mine.toml"\n' + smallest)
    assert lines_of(path) == ['extends = "mine.toml": extends itself: mine → mine']
    path = write_scenario('extends = "other.toml"\n' + smallest)
    write_scenario('extends = "mine.toml"\n' + smallest, "other.toml")
    assert str(error_of(path)) == (
        'other.toml: extends = "mine.toml": extends itself: mine → other → mine'
    )


def test_a_scenario_extends_nothing_outside_its_folder(tmp_path, write_scenario, smallest):
    folder = tmp_path / "folder"
    folder.mkdir()
    outside = write_scenario(name="outside.toml")
    (folder / "link.toml").symlink_to(outside)
    for base in ("../outside.toml", str(outside), "link.toml"):
        path = write_scenario(f'extends = "{base}"\n' + smallest, "folder/mine.toml")
        (fault,) = error_of(path).faults
        assert (fault.place, fault.key, fault.found) == (str(path), "extends", base)
        assert fault.wanted == "outside_folder"


def test_a_scenario_extends_no_loop_of_links_and_no_impossible_name(
    tmp_path, write_scenario, smallest
):
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    for base in ("loop.toml", "a\\u0000.toml"):
        (fault,) = error_of(write_scenario(f'extends = "{base}"\n' + smallest)).faults
        assert fault.wanted in ("extends", "outside_folder")  # as Python resolves links


@pytest.mark.parametrize(
    ("base", "meant"),
    [
        ('"nanning-bas"', "nanning-base"),
        ('"first_day"', "first-day"),
        ('"sources"', None),
        ('"nowhere.toml"', None),
        (f'"{"x" * 5000}.toml"', None),
        ("5", None),
        ('["first-day"]', "first-day"),
    ],
)
def test_a_scenario_extends_only_what_there_is(write_scenario, smallest, base, meant):
    (fault,) = error_of(write_scenario(f"extends = {base}\n" + smallest)).faults
    assert brief(fault) == "extends extends" + (f" → {meant}" if meant else "")


def test_a_fault_names_the_file_that_wrote_the_key(write_scenario, smallest):
    write_scenario(smallest.replace("days = 1", "days = 0") + "sped = 1\n", "base.toml")
    path = write_scenario(
        'extends = "base.toml"\nchannels.phone.talk = { law = "lognormal", mean_s = 9 }\n'
        "[teams.desk]\nshifts = [{ seats = -2.5, from = '08:00', to = '20:00' }]"
    )
    assert set(str(error_of(path, "teams.desk.shrinkage=2")).splitlines()) == {
        "base.toml: horizon.days = 0: must be at least 1",
        "base.toml: teams.desk.sped: no such key; did you mean speed?",
        f"{path}: channels.phone.talk.sigma_log: is missing",
        f"{path}: teams.desk.shifts.0.seats = -2.5: must be at least 0",
        "--set: teams.desk.shrinkage = 2: must be less than 1",
    }


def test_what_a_law_lacks_is_told_of_the_file_that_wrote_the_law(write_scenario, smallest):
    law = '{ law = "lognormal", mean_s = 240, sigma_log = 1 }'
    write_scenario(smallest.replace(TALK, law), "base.toml")
    written = 'channels.phone.talk = { law = "lognormal", mean_s = 9 }'
    path = write_scenario(f'extends = "base.toml"\n{written}')
    assert lines_of(path) == ["channels.phone.talk.sigma_log: is missing"]
    (fault,) = error_of(write_scenario(name="base.toml"), written).faults
    assert fault.place == "--set"


# ------------------------------------------------------------------------------------ like
TWINS = """
[channels.bureau]
like = "phone"
cases_per_day = 40
[teams.bureau]
like = "desk"
serves = ["bureau"]
"""
REDIALS = """
[[channels.phone.next]]
name = "redial"
after = "abandoned"
to = "phone"
probability = 0.5
delay = { law = "fixed", mean_s = 60 }
"""


def test_a_channel_or_team_like_another_takes_what_it_does_not_say(load_text, smallest):
    loaded = load_text(smallest + REDIALS + TWINS)
    phone, bureau = loaded.channels["phone"], loaded.channels["bureau"]
    assert bureau.cases_per_day == 40
    assert [row.to for row in (*phone.next, *bureau.next)] == ["phone", "bureau"]
    assert phone.model_copy(update={"cases_per_day": 40, "next": bureau.next}) == bureau
    desk = loaded.teams["desk"].model_copy(update={"serves": ("bureau",)})
    assert loaded.teams["bureau"] == desk
    assert list(loaded.channels) == ["phone", "bureau"]
    assert {key for key in loaded.provenance if key.startswith("channels.bureau.")} == {
        key.replace("phone", "bureau")
        for key in loaded.provenance
        if key.startswith("channels.phone.")
    }


def test_what_a_file_changes_of_a_channel_those_like_it_take_but_not_from_set(
    write_scenario, smallest
):
    write_scenario(smallest + TWINS, "base.toml")
    child = write_scenario(
        'extends = "base.toml"\n[channels.phone]\ntalk = { law = "fixed", mean_s = 60 }\n'
        "[channels.bureau]\npatience = { law = 'never' }\n"
    )
    changed = scenario.load(child, overrides=["channels.phone.talk.mean_s=90"]).channels
    assert [changed[name].talk.mean_s for name in ("phone", "bureau")] == [90, 60]
    assert [changed[name].patience.law for name in ("phone", "bureau")] == ["exponential", "never"]
    alone = scenario.load(child, overrides=["channels.bureau.talk.mean_s=30"]).channels
    assert [alone[name].talk.mean_s for name in ("phone", "bureau")] == [60, 30]


@pytest.mark.parametrize(
    ("like", "told"),
    [
        ('"fone"', 'channels.bureau.like = "fone": {wrong}; did you mean phone?'),
        ('"bureau"', 'channels.bureau.like = "bureau": {wrong}'),
        ('"desk"', 'channels.bureau.like = "desk": {wrong}'),
        ("5", "channels.bureau.like = 5: {wrong}"),
        ('["phone"]', "channels.bureau.like = […]: {wrong}; did you mean phone?"),
    ],
)
def test_a_channel_is_like_one_that_stands_by_itself(write_scenario, smallest, like, told):
    path = write_scenario(smallest + TWINS.replace('like = "phone"', f"like = {like}"))
    wrong = "must name another entry of the same table, one that is not itself like another"
    assert lines_of(path) == [told.format(wrong=wrong)]


def test_a_fault_of_what_others_are_like_is_told_of_the_file_that_wrote_it(
    write_scenario, smallest
):
    write_scenario(smallest.replace("mean_s = 180", "mean_s = -1"), "base.toml")
    path = write_scenario('extends = "base.toml"' + TWINS + "sped = 1")
    assert set(str(error_of(path)).splitlines()) == {
        "base.toml: channels.phone.patience.mean_s = -1: must be more than 0",
        "base.toml: channels.bureau.patience.mean_s = -1: must be more than 0",
        f"{path}: teams.bureau.sped: no such key; did you mean speed?",
    }


# ------------------------------------------------------------------------------ overrides
def test_an_override_changes_one_key(load_text, smallest):
    plain = load_text(smallest)
    set_ = load_text(smallest, "channels.phone.lines=90", "teams.desk.shifts.0.from=09:30")
    assert set_.channels["phone"].lines == 90
    assert set_.teams["desk"].shifts[0].from_ == "09:30"
    assert set_.horizon == plain.horizon


def test_an_override_may_make_tables_lists_and_laws(load_text, smallest):
    loaded = load_text(
        smallest,
        "demand.busyness.day_cv = 0.1",
        'channels.phone.talk={ law = "fixed", mean_s = 9 }',
        "teams.night.employment=outsourced",
        'teams.night.serves=["phone"]',
        "teams.night.shifts=[{ seats = 1, from = '20:00', to = '08:00' }]",
        "teams.night.shifts.0.seats=2",
        "demand.holidays=[2024-03-04]",
    )
    assert loaded.demand.busyness.day_cv == 0.1
    assert loaded.channels["phone"].talk.law == "fixed"
    assert loaded.teams["night"].shifts[0].seats == 2
    assert loaded.demand.holidays[0].year == 2024


@pytest.mark.parametrize(
    "key", ["channels.phone.cases_per_day", "channels.phone.cases_per_day.value"]
)
def test_an_overridden_number_is_the_users_and_keeps_neither_source_nor_range(
    load_text, smallest, key
):
    text = smallest.replace(
        "= 200", '= { value = 200, kind = "published", source = "dahe-2024", range = [1, 300] }'
    )
    assert load_text(text).provenance["channels.phone.cases_per_day"].kind is Origin.PUBLISHED
    for number in (250, 350):
        origin = load_text(text, f"{key}={number}").provenance["channels.phone.cases_per_day"]
        assert origin == Provenance(Origin.ASSUMED, set_by_user=True, instead_of=200)


@pytest.mark.parametrize("bounds", ["5", "[1]", '["a", "b"]', "[[], []]", "{}"])
def test_a_number_whose_range_is_no_range_may_be_overridden(load_text, smallest, bounds):
    text = smallest.replace("= 200", f"= {{ value = 200, range = {bounds} }}")
    assert load_text(text, f"{ORIGIN_KEY}=250").channels["phone"].cases_per_day == 250


def test_what_is_set_says_what_the_file_has_and_is_read_again(load_text, smallest):
    key, weights = "teams.desk.shifts.0.seats", "demand.hour_weights"
    text = f"{smallest}\n[demand]\nhour_weights = {[1] * 24}\n"
    loaded = load_text(text, f"{key}=5", f"{weights}.0=0", "channels.phone.lines=9")
    origins = loaded.provenance
    assert (origins[key].instead_of, origins[weights].instead_of) == (3, (1,) * 24)
    assert origins["channels.phone.lines"].instead_of is None  # the file has none
    assert type(loaded).from_dict(loaded.to_dict()).provenance == origins
    assert load_text(text, f"{key}=3").provenance[key].instead_of is None
    with pytest.raises(ScenarioError, match="instead_of"):
        load_text(smallest.replace("= 200", '= { value = 200, instead_of = "many" }'))


def test_an_origin_is_overridden_key_by_key_or_whole(load_text, smallest):
    text = smallest.replace("= 200", '= { value = 200, note = "n", range = [1, 300] }')
    wider = load_text(text, f"{ORIGIN_KEY}.range=[1, 900]").provenance[ORIGIN_KEY]
    assert (wider.note, wider.range) == ("n", (1, 900))
    whole = '{ value = 5, kind = "published", source = "dahe-2024" }'
    anew = load_text(text, f"{ORIGIN_KEY}={whole}").provenance[ORIGIN_KEY]
    assert (anew.kind, anew.note, anew.range) == (Origin.PUBLISHED, "", None)
    assert (wider.set_by_user, anew.set_by_user) == (False, True)


def test_an_entry_of_a_list_with_an_origin_is_overridden_by_its_number(load_text):
    first_day = 'extends = "first-day"'
    loaded = load_text(first_day, "demand.hour_weights.8=20", "demand.hour_weights.value.9=1")
    assert loaded.demand.hour_weights[7:11] == (0, 20, 1, 12)
    assert loaded.provenance["demand.hour_weights"].set_by_user
    assert loaded.provenance["demand.hour_weights"].range is None
    with pytest.raises(ScenarioError, match=r"hour_weights\.24=1: the list has 24 entries"):
        load_text(first_day, "demand.hour_weights.24=1")


@pytest.mark.parametrize(
    ("override", "line"),
    [
        ("channels.phone.linse=9", "channels.phone.linse: no such key; did you mean lines?"),
        ("chanels.phone.lines=9", "chanels: no such key; did you mean channels?"),
        ("channels.phone.lines=few", 'channels.phone.lines = "few": must be a whole number'),
        ("channels.phone.lines=", 'channels.phone.lines = "": must be a whole number'),
        ("channels.phone.lines=-1", "channels.phone.lines = -1: must be at least 0"),
        ("channels.phone.lines=nan", "channels.phone.lines = nan: must be a whole number"),
        ("channels.phone=9", "channels.phone = 9: must be a table"),
        ("channels.phone.²=9", "channels.phone.²: no such key"),
        ("extends=first-day", "extends: no such key"),
        ("teams.desk.shifts=[{ seats = 1 }]", "teams.desk.shifts.0.from: is missing"),
        ("teams.desk.shifts.0=9", "teams.desk.shifts.0 = 9: must be a table"),
        ("lines", "lines: must look like channels.phone.lines=90"),
        ("=9", "=9: must look like channels.phone.lines=90"),
        (".lines=9", ".lines=9: must look like channels.phone.lines=90"),
        ("a..b=9", "a..b=9: must look like channels.phone.lines=90"),
        (
            "teams.desk.shifts.1.seats=9",
            "teams.desk.shifts.1.seats=9: the list has 1 entries, counted from 0",
        ),
        (
            "teams.desk.shifts.-1.seats=9",
            "teams.desk.shifts.-1.seats=9: the list has 1 entries, counted from 0",
        ),
        (
            f"{'.'.join('abcdefghijklmnopqrstu')}=1",
            "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u=1: is nested more than 20 levels deep",
        ),
        (
            f"format={'[' * 50}{']' * 50}",
            f"format={'[' * 50}{']' * 50}: is nested more than 20 levels deep",
        ),
        ("format=1\nhorizon.days=9", r'format = "1\nhorizon.days=9": must be a whole number'),
    ],
)
def test_a_bad_override_is_refused_by_its_own_name(write_scenario, override, line):
    assert f"--set: {line}" in str(error_of(write_scenario(), override)).splitlines()


def test_an_override_of_a_table_that_is_not_there_is_told_the_nearest(write_scenario):
    told = [fault.text() for fault in error_of(write_scenario(), "teams.dsk.speed=2").faults]
    assert told == [
        "--set: teams.dsk.serves: is missing; did you mean teams.desk?",
    ]


# ----------------------------------------------------------------------------- provenance
@pytest.mark.parametrize(
    ("origin", "told"),
    [
        ('kind = "published"', "kind needs_source"),
        ('kind = "derived", note = "1 + 1"', "kind needs_source"),
        ('kind = "derived", source = "dahe-2024"', "kind needs_sum"),
        ('kind = "published", source = "dahe-2042"', "source source → dahe-2024"),
        ('source = "dahe-2042"', "source source → dahe-2024"),
        ("source = 5", "source source"),
        ("note = 5", "note note"),
        ("range = [1, 100]", "value outside_range"),
        ("range = [300, 100]", "range range"),
        ("range = [1]", "range range"),
        ("range = [1, nan]", "range range"),
        (f"range = [1, {10**400}]", "range range"),
        ("range = 5", "range range"),
        ("unit = 's'", "unit no_such_key"),
        ("set_by_user = 1", "set_by_user boolean"),
    ],
)
def test_an_origin_that_does_not_hold_is_refused(write_scenario, smallest, origin, told):
    text = smallest.replace("= 200", f"= {{ value = 200, {origin} }}")
    assert list(map(brief, error_of(write_scenario(text)).faults)) == [f"{ORIGIN_KEY}.{told}"]


def test_a_range_must_hold_every_number_of_a_list(write_scenario, smallest):
    weights = "{ value = [1, 2, 3, 4, 5, 6, 7], range = [2, 7] }"
    text = f"{smallest}[demand]\nweekday_factors = {weights}"
    told = list(map(brief, error_of(write_scenario(text)).faults))
    assert told == ["demand.weekday_factors.value outside_range"]


def test_a_bare_number_counts_as_assumed(load_text, smallest):
    origins = load_text(smallest).provenance
    assert {key for key, origin in origins.items() if origin.kind is Origin.ASSUMED} == {
        "horizon.days",
        "channels.phone.cases_per_day",
        "channels.phone.talk.mean_s",
        "channels.phone.patience.mean_s",
        "teams.desk.shifts.0.seats",
    }
    assert len(origins) == 5


def test_an_origin_is_read_as_it_is_written(load_text, smallest):
    told = (
        '{ value = 200, kind = "derived", source = "dahe-2024", note = "1 + 1", range = [1, 300] }'
    )
    loaded = load_text(smallest.replace("= 200", f"= {told}"))
    assert loaded.channels["phone"].cases_per_day == 200
    origin = loaded.provenance[ORIGIN_KEY]
    assert (origin.kind, origin.source) == (Origin.DERIVED, "dahe-2024")
    assert (origin.note, origin.range) == ("1 + 1", (1, 300))


def test_a_folder_may_bring_sources_of_its_own(write_scenario, smallest):
    text = smallest.replace("= 200", '= { value = 200, kind = "published", source = "county" }')
    path = write_scenario(text)
    assert [fault.wanted for fault in error_of(path).faults] == ["source"]
    write_scenario('[county]\ntitle = "Report"\npublisher = "County"', "sources.toml")
    assert scenario.load(path).provenance[ORIGIN_KEY].source == "county"
    broken = write_scenario("county", "sources.toml")
    assert str(error_of(path)).startswith(f"{broken}: is not TOML: ")
