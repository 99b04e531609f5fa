"""Findings are chosen by the numbers: none says what is false of the figures it is about."""

import datetime as dt
import re
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import hotline_sim
from hotline_sim import load, reports
from hotline_sim.cli import main
from hotline_sim.messages import LANGUAGES, text

BRIEF = ["horizon.days=1", "horizon.warm_up_days=0"]
PAIRS = {
    "nanning": ("nanning-before", "nanning-after"),
    "qinhuangdao": ("qinhuangdao-2021", "qinhuangdao-2024"),
    "hefei": ("hefei-2018-before", "hefei-2018-merged"),
    "liaocheng": ("liaocheng-2020", "liaocheng-2021"),
}


@pytest.fixture(scope="module")
def played():
    """Reproduce each pair once, a day of it; findings are made anew from changed figures."""
    return {
        name: hotline_sim.reproduce(*pair, overrides=BRIEF, replications=2, engine="simpy", jobs=1)
        for name, pair in PAIRS.items()
    }


def changed(result, before=(), after=()):
    """Return a reproduction whose two scenarios state other published figures."""
    states = zip(result.header.scenarios, (before, after), strict=True)
    both = tuple(year.with_values(dict(values)) for year, values in states)
    return replace(result, header=replace(result.header, scenarios=both))


def chosen(result):
    """Return the sentences chosen, by finding."""
    return {one.name: one.sentences for one in result.findings}


def exactly(value, low, high):
    return {"value": value, "range": [low, high]}


def counts(before, after, factor=2.38):
    return (
        {"published.answered": before},
        {"published.answered": after, "printed.answered_growth_times": factor},
    )


# ---- what is printed as a growth


@pytest.mark.parametrize(
    ("before", "after", "factor", "judged"),
    [
        (136_034, 406_174, 2.38, "growth_wrong"),
        (136_034, 406_174, 1.99, "growth_rounded"),
        (136_034, 406_174, 2, "growth_rounded"),
        (136_034, 406_174, 2.99, "growth_multiple"),
        (100_000, 300_000, 2, "growth_right"),
        (100_000, 300_000, 3, "growth_multiple"),
        (100_000, 300_000, 2.38, "growth_wrong"),
        (100_000, 338_000, 2.38, "growth_right"),
        (100_000, 100_000, 2.38, "growth_wrong"),
        (100_000, 100_000, 1, "growth_multiple"),
    ],
)
def test_a_printed_factor_is_judged_by_the_two_counts(played, before, after, factor, judged):
    found = changed(played["nanning"], *counts(before, after, factor))
    assert chosen(found)["growth"][1:] == (judged,)


@pytest.mark.parametrize(
    ("after", "sentence"),
    [(50_000, "growth_fell"), (100_000, "growth_same"), (300_000, "growth_rose")],
)
def test_answered_calls_rose_fell_or_stayed_as_they_were(played, after, sentence):
    found = changed(played["nanning"], *counts(100_000, after))
    assert chosen(found)["growth"][0] == sentence


def test_counts_printed_in_round_numbers_are_not_held_to_more_digits(played):
    before = {"published.answered": exactly(300_000, 250_000, 350_000)}
    after = {"published.answered": 900_000, "printed.answered_growth_times": 2.4}
    assert chosen(changed(played["nanning"], before, after))["growth"][1] == "growth_rounded"


# ---- attempts and people


@pytest.mark.parametrize(
    ("rate_before", "rate_after", "counts_after", "sentence"),
    [
        ((0.30, 0.28, 0.32), (0.9007, 0.90065, 0.90075), 406_174, "attempts_same"),
        ((0.30, 0.30, 0.30), (0.30, 0.30, 0.30), 136_034, "attempts_same"),
        ((0.30, 0.28, 0.32), (0.9007, 0.90065, 0.90075), 136_034, "attempts_fell"),
        ((0.30, 0.28, 0.32), (0.9007, 0.90065, 0.90075), 3 * 406_174, "attempts_rose"),
        ((0.30, 0.20, 0.40), (0.9007, 0.90065, 0.90075), 480_000, "attempts_open"),
        ((0.30, 0.20, 0.40), (0.9007, 0.90065, 0.90075), 350_000, "attempts_open"),
    ],
)
def test_attempts_are_compared_with_the_range_of_what_is_printed(
    played, rate_before, rate_after, counts_after, sentence
):
    rate = "published.connect_rate_monthly_mean"
    found = changed(
        played["nanning"],
        {rate: exactly(*rate_before)},
        {rate: exactly(*rate_after), "published.answered": counts_after},
    )
    assert chosen(found)["attempts"][1] == sentence


def test_about_is_said_only_of_what_is_printed_so(played):
    assert "attempts_read_before" in chosen(played["nanning"])["attempts"]  # about 30 %
    assert "attempts_read_after" not in chosen(played["nanning"])["attempts"]  # 90.07 %
    assert "attempts_read_before" not in chosen(played["qinhuangdao"])["attempts"]  # 70 %
    assert "attempts_read_after" in chosen(played["qinhuangdao"])["attempts"]  # over 99 %


def test_an_unweighted_mean_of_months_is_said_where_it_is_one(played):
    assert "attempts_monthly" in chosen(played["nanning"])["attempts"]
    assert "attempts_monthly" not in chosen(played["qinhuangdao"])["attempts"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_range_of_people_says_that_it_is_of_the_redial_probabilities_chosen(played, lang):
    (said,) = (
        sentence
        for finding, sentence in zip(
            played["nanning"].findings,
            reports.finding_sentences(played["nanning"], lang),
            strict=True,
        )
        if finding.name == "people"
    )
    for number in ("0.9", "0.99", "2.45"):
        assert number in said
    assert {"en": "chosen here", "zh": "此处选取"}[lang] in said


def test_with_one_connect_rate_in_both_periods_people_grow_as_attempts_do(played):
    rate = {"published.connect_rate_monthly_mean": 0.4}
    found = changed(played["nanning"], rate, rate)
    assert chosen(found)["people"] == ("people_alike",)
    assert {round(row.growth, 9) for row in found.people} == {round(406_174 / 136_034, 9)}


# ---- satisfaction


@pytest.mark.parametrize(
    ("before", "after", "judged"),
    [
        ((0.01, 0.78), (0.5434, 0.9768), "satisfaction_open"),
        ((1.0, 0.78), (1.0, 0.98), "satisfaction_rose"),
        ((1.0, 0.98), (1.0, 0.78), "satisfaction_fell"),
        ((0.9, 0.50), (0.9, 0.99), "satisfaction_rose"),
    ],
)
def test_satisfaction_rose_only_if_it_did_whatever_the_silent_thought(
    played, before, after, judged
):
    names = ("published.participation_rate", "published.satisfaction_rate")
    found = changed(
        played["nanning"],
        dict(zip(names, before, strict=True)),
        dict(zip(names, after, strict=True)),
    )
    assert chosen(found)["satisfaction"][0] == judged


@pytest.mark.parametrize(
    ("span", "sentence"),
    [
        ((0.50, 0.0, 0.50), "raters_fewer_before"),
        ((0.50, 0.495, 0.505), "raters_about_before"),
        ((0.50, 0.50, 1.0), "raters_more_before"),
        ((0.50, 0.50, 0.50), "raters_about_before"),
    ],
)
def test_fewer_and_more_raters_are_said_only_where_printed_so(played, span, sentence):
    rated = {"published.participation_rate": exactly(*span)}
    assert sentence in chosen(changed(played["nanning"], before=rated))["satisfaction"]


# ---- money


def test_the_share_of_answering_is_a_band_over_price_and_hours(played):
    (found,) = (one for one in played["nanning"].findings if one.name == "answering")
    share = found.simulated["answering_cost_share"].mean
    low, high = (found.values[f"share_{end}"] for end in ("low", "high"))
    assert low == pytest.approx(share * 4500 / 5200 * 1400 / 1500)
    assert high == pytest.approx(share * 7000 / 5200 * 1400 / 1250)
    # the seats' year: 6.6 on duty of which 15.5 % of the award
    assert found.sentences == ("answering_share", "answering_band", "answering_rest")


def test_there_is_no_band_where_price_and_hours_are_known(played):
    known = {
        "employment.outsourced.cost_per_person_month_cny": 5200,
        "employment.outsourced.productive_hours_per_person_year": 1400,
    }
    found = changed(played["nanning"], after=known)
    assert chosen(found)["answering"] == ("answering_share", "answering_rest")


def test_an_award_that_nobody_printed_is_not_divided_by_calls(played):
    assert "cost" in chosen(played["nanning"])
    assert not {"cost", "answering"} & chosen(played["qinhuangdao"]).keys()
    assert not {"cost", "answering"} & chosen(played["hefei"]).keys()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_cost_of_a_call_is_said_to_hang_on_the_term(played, lang):
    said = " ".join(reports.finding_sentences(played["nanning"], lang))
    assert re.search(
        {"en": r"If the award pays for 365 days", "zh": "若中标价为 365 天之价"}[lang], said
    )
    assert "29.54" in said


# ---- windows


@pytest.mark.parametrize(
    ("start", "sentence", "gap"),
    [
        ("2020-07-01", "windows_meet", 0),
        ("2020-07-11", "windows_apart", 10),
        ("2020-06-21", "windows_overlap", 10),
        ("2017-07-01", "windows_reversed", None),
    ],
)
def test_windows_meet_or_lie_as_their_dates_say(played, start, sentence, gap):
    moved = {"horizon.start": dt.date.fromisoformat(start)}
    found = changed(played["nanning"], after=moved)
    (windows,) = (one for one in found.findings if one.name == "windows")
    assert windows.sentences[0] == sentence
    if gap is not None:
        assert windows.values["gap"] == gap


def test_early_2020_is_named_where_one_window_has_it(played):
    assert "windows_2020" in chosen(played["nanning"])["windows"]
    assert "windows_2020" not in chosen(played["qinhuangdao"])["windows"]


def test_another_employment_is_named_where_it_is_another(played):
    assert "windows_staff" in chosen(played["nanning"])["windows"]
    assert "windows_staff" not in chosen(played["qinhuangdao"])["windows"]


# ---- other cities, and any figures


def test_a_finding_whose_figures_are_not_printed_is_left_out(played):
    assert set(chosen(played["nanning"])) == {
        *("growth", "attempts", "people", "satisfaction", "cost", "answering", "windows")
    }
    assert set(chosen(played["qinhuangdao"])) == {"growth", "attempts", "people", "windows"}
    assert chosen(played["hefei"]) == {"rates": ("rates_fell", "rates_alone")}
    assert played["hefei"].people == ()
    assert set(chosen(played["liaocheng"])) == {"answering"}


@pytest.mark.parametrize(("name", "lang"), list(product(PAIRS, LANGUAGES)))
def test_nothing_of_nannings_is_said_of_another_city(played, name, lang):
    said = " ".join(reports.finding_sentences(played[name], lang))
    assert "{" not in said
    assert "nan" not in said
    if name != "nanning":
        nannings = {
            "en": ["2.38", "30 %", "2020", "hired"],
            "zh": ["2.38", "30 %", "2020年", "外聘"],
        }
        assert not [words for words in nannings[lang] if words in said]


def claims(result):
    """Yield each sentence that compares, and whether it is true, worked out in fractions."""
    years = [year.scenario for year in (result.before, result.after)]
    first, second = (Fraction(year.published["answered"]) for year in years)
    times = second / first
    yield "growth_rose", times > 1
    yield "growth_fell", times < 1
    yield "growth_same", times == 1
    factor = Fraction(str(years[1].printed["answered_growth_times"]))
    digits = len(f"{float(factor):g}".partition(".")[2])
    half = Fraction(1, 2 * 10**digits)
    yield "growth_right", abs(times - 1 - factor) < Fraction(1, 10**8)
    yield "growth_rounded", abs(times - 1 - factor) <= half + Fraction(1, 10**6)
    yield "growth_multiple", abs(times - factor) <= half + Fraction(1, 10**6)
    yield "growth_wrong", abs(times - 1 - factor) >= half - Fraction(1, 10**6)
    rates = [Fraction(year.published["connect_rate_monthly_mean"]) for year in years]
    ratio = times * rates[0] / rates[1]
    yield "attempts_rose", ratio > 1
    yield "attempts_fell", ratio < 1
    yield "attempts_same", Fraction(97, 100) < ratio < Fraction(103, 100)
    bounds = []
    for year in years:
        rated, liked = (year.published[f"{n}_rate"] for n in ("participation", "satisfaction"))
        bounds.append((rated * liked, 1 - rated * (1 - liked)))
    yield "satisfaction_rose", bounds[1][0] > bounds[0][1]
    yield "satisfaction_fell", bounds[1][1] < bounds[0][0]
    yield "satisfaction_open", bounds[0][0] <= bounds[1][1] and bounds[1][0] <= bounds[0][1]


SHARES = st.floats(0.01, 1.0).map(lambda share: round(share, 4))
FIGURES = st.fixed_dictionaries(
    {
        "published.answered": st.integers(1, 3_000_000),
        "published.connect_rate_monthly_mean": SHARES,
        "published.participation_rate": SHARES,
        "published.satisfaction_rate": SHARES,
    }
)


@given(before=FIGURES, after=FIGURES, factor=st.integers(0, 500).map(lambda n: n / 100))
def test_no_sentence_is_false_of_any_published_figures(played, before, after, factor):
    found = changed(played["nanning"], before, after | {"printed.answered_growth_times": factor})
    said = {sentence for one in found.findings for sentence in one.sentences}
    for sentence, is_true in claims(found):
        assert is_true or sentence not in said, sentence
    english, chinese = (reports.finding_sentences(found, lang) for lang in LANGUAGES)
    for one, other in zip(english, chinese, strict=True):
        numbers = [sorted(re.findall(r"\d[\d,]*\.\d+|\d+,\d+", words)) for words in (one, other)]
        assert numbers[0] == numbers[1]


@pytest.mark.parametrize("zero", ["published.answered", "published.connect_rate_monthly_mean"])
def test_a_figure_of_zero_is_divided_by_nowhere(played, zero):
    stated = {"channels.phone.connect_rate": 0.3}  # people are not found from a rate of 0
    found = changed(played["nanning"], before={zero: 0, **stated})
    assert not {"attempts", "people"} & chosen(found).keys()
    assert found.people == ()


# ---- which two


def test_one_scenario_alone_is_no_pair():
    with pytest.raises(ValueError, match="pair = nanning-after: one of nanning, or two scenarios"):
        hotline_sim.reproduce("nanning-after")
    with pytest.raises(ValueError, match="pair = nanning-after: one of nanning, or two"):
        hotline_sim.reproduce(load("nanning-after"))


def test_two_names_two_files_and_two_scenarios_are_reproduced_alike(played, write_scenario):
    files = [
        write_scenario(f'format = 1\nextends = "{name}"', f"{name}.toml") for name in PAIRS["hefei"]
    ]
    pairs = (files, [load(name) for name in PAIRS["hefei"]])
    for pair in pairs:
        found = hotline_sim.reproduce(
            *pair, overrides=BRIEF, replications=2, engine="simpy", jobs=1
        )
        assert found.findings == played["hefei"].findings
        assert found.name == "hefei-2018-before-to-hefei-2018-merged"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_figures_of_any_two_are_named_and_headed_by_the_two(played, lang):
    figures = reports.figures(played["hefei"], lang)
    assert next(iter(figures)) == "hefei-2018-before-to-hefei-2018-merged"
    whole = next(iter(figures.values()))
    rates = [
        year.measures["connect_rate"].mean
        for year in (played["hefei"].before, played["hefei"].after)
    ]
    told = [f"{100 * rate:.0f}" for rate in rates]
    assert not {"0", "100"} & set(told)
    words = {"before": told[0], "after": told[1]}
    assert whole.get_suptitle() == text("plot.of_100_of_any", lang, **words)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_too_few_figures_are_said_to_be_too_few(lang):
    brief = ("--days", "1", "--replications", "1", "--engine", "simpy", "--jobs", "1")
    asked = ["reproduce", "first-day", "first-day", *brief, "--lang", lang]
    printed = CliRunner().invoke(main, asked, env={"COLUMNS": "200"})
    assert printed.exit_code == 0, printed.output
    assert text("say.no_findings", lang) in printed.stdout
    assert text("table.reproduced", lang) not in printed.stdout
