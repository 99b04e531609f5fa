"""Figures: what is drawn is what was computed, in both languages, and every file is atomic."""

import math
import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import combinations

import matplotlib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import StepPatch
from matplotlib.text import Text

import hotline_sim
from hotline_sim import plots, reports
from hotline_sim.definitions import spelled_for
from hotline_sim.experiments import CompareResult, estimate
from hotline_sim.messages import LANGUAGES, names, text
from hotline_sim.plots import words
from hotline_sim.plots.replications import told_of

PUBLISHED = """
[published]
answered = 250
blocked = 0
cost_cny = 5
connect_rate = { value = 0.9, kind = "assumed", range = [0.85, 0.95] }
wait_p90_s = 30
"""
WEIRD = {
    "en": r"<script>alert(1)</script> & $x_1$ costs $5, \$7 and 𓂀",
    "zh": r"<b>南宁</b>的$x_1$与$y$",
}


def ran(scenario, replications=3):
    return hotline_sim.run(scenario, replications=replications, engine="simpy", jobs=1)


def first_day(*overrides):
    return hotline_sim.load("first-day", overrides=overrides)


@pytest.fixture(scope="module")
def day():
    return ran(first_day(), replications=4)


@pytest.fixture(scope="module")
def week():
    return ran(first_day("horizon.days=7"))


@pytest.fixture(scope="module")
def pair(day):
    return CompareResult.of(day, ran(first_day("teams.desk.shifts.0.seats=1"), replications=4))


@pytest.fixture(scope="module")
def years():
    short = ["horizon.days=2", "horizon.warm_up_days=0"]
    return hotline_sim.reproduce("nanning", overrides=short, replications=2, engine="simpy", jobs=1)


@pytest.fixture(scope="module")
def printed(smallest, load_text):
    """A scenario with published figures: some met, some zero, some of no measure it has."""
    return ran(load_text(smallest + PUBLISHED))


@pytest.fixture(scope="module")
def silent():
    """Nobody calls, so every rate is nan."""
    return ran(first_day("channels.phone.cases_per_day=0", "horizon.days=2"), replications=2)


@pytest.fixture(scope="module")
def weird(smallest, load_text):
    title = "title = {{ en = '{en}', zh = '{zh}' }}".format(**WEIRD)
    return ran(load_text(smallest.replace('title = { en = "smallest", zh = "最小" }', title)))


@pytest.fixture(scope="module")
def all_figures(day, week, pair, years, printed, silent, weird):
    """Every kind of figure, of ordinary and of awkward results, by language."""

    def draw(lang):
        return {
            **{f"week {n}": f for n, f in reports.figures(week, lang).items()},
            **{f"years {n}": f for n, f in reports.figures(years, lang).items()},
            **{f"pair {n}": f for n, f in reports.figures(pair, lang).items()},
            **{f"printed {n}": f for n, f in reports.figures(printed, lang).items()},
            **{f"silent {n}": f for n, f in reports.figures(silent, lang).items()},
            **{f"weird {n}": f for n, f in reports.figures(weird, lang).items()},
        }

    return {lang: draw(lang) for lang in LANGUAGES}


@pytest.fixture
def axes():
    """An Axes as a user may have made it, outside the package's style."""
    return Figure().add_subplot()


def labelled(ax, name):
    (found,) = (line for line in ax.lines if line.get_label() == f"_{name}")
    return found


def steps(ax, name):
    (found,) = (
        patch
        for patch in ax.findobj(StepPatch)
        if patch.get_label() == f"_{name}" and patch.axes is ax
    )
    return found.get_data().values


def words_of(figure):
    return [each for each in figure.findobj(Text) if each.get_visible() and each.get_text()]


# ---------------------------------------------------------------- what is drawn


def test_the_areas_of_a_day_hold_all_calls_of_the_run(week, axes):
    plots.demand_and_connect_rate(week, axes, lang="en")
    for name in ("offered", "answered"):
        drawn = float(np.sum(steps(axes, name)))
        assert drawn * week.scenario.horizon.days == pytest.approx(week.measures[name].mean)


def test_the_connect_rate_of_a_half_hour_is_estimated_over_replications(day, axes):
    plots.demand_and_connect_rate(day, axes, lang="en")
    _, right = axes.figure.axes
    half_hour = 21  # the busiest
    sums = [one.by_half_hour for one in day.replications]
    one = estimate(s["answered"][half_hour, 0] / s["offered"][half_hour, 0] for s in sums)
    assert steps(right, "connect_rate")[half_hour] == pytest.approx(one.mean)
    (band,) = right.findobj(PolyCollection)
    inside = band.get_paths()[0].vertices
    here = inside[np.abs(inside[:, 0] - (half_hour + 0.5) / 2) < 0.26, 1]
    low, high = max(one.low, 0.0), min(one.high, 1.0)
    assert np.any(np.isclose(here, low))
    assert np.any(np.isclose(here, high))


def test_half_hours_without_calls_have_no_connect_rate(day, axes):
    plots.demand_and_connect_rate(day, axes, lang="en")
    _, right = axes.figure.axes
    rates = steps(right, "connect_rate")
    assert np.isnan(rates[:16]).all()  # open from 8 h
    assert not np.isnan(rates[16:40]).any()


def test_the_curve_of_waits_meets_the_measures(pair, axes):
    busy = pair.b
    plots.waits(busy, axes, lang="en")
    wait_s, share = labelled(axes, "share").get_data()
    assert (wait_s[0], share[0]) == (0, 0)
    assert share[-1] == pytest.approx(1)
    assert np.all(np.diff(wait_s) >= 0)
    assert np.all(np.diff(share) >= 0)
    at_15_s = np.interp(15.0, wait_s, share)
    assert at_15_s == pytest.approx(busy.measures["service_level_answered"].mean, abs=0.01)
    for name, percentile in (("wait_p50_s", 0.5), ("wait_p90_s", 0.9), ("wait_p99_s", 0.99)):
        (marked_s,), (marked_share,) = labelled(axes, name).get_data()
        assert marked_s == busy.measures[name].mean
        assert marked_share == percentile
        assert np.interp(marked_s, wait_s, share) == pytest.approx(percentile, abs=0.04)


def test_days_stand_one_by_one_or_by_month(week, axes):
    plots.days(week, axes, lang="en")
    _, rates = labelled(axes, "connect_rate").get_data()
    sums = [one.by_day for one in week.replications]
    means = [
        estimate(s["answered"][i, 0] / s["offered"][i, 0] for s in sums).mean for i in range(7)
    ]
    assert rates == pytest.approx(means)
    quarter = ran(first_day("horizon.days=119", "channels.phone.cases_per_day=20"), replications=2)
    other = plots.days(quarter, Figure().add_subplot(), lang="zh")
    labels = [each.get_text() for each in other.get_xticklabels()]
    assert labels == ["2024-03", "2024-04", "2024-05", "2024-06"]


def test_deviations_are_shares_of_the_published_figure(printed, axes):
    plots.against_published(printed, axes, lang="en")
    row = printed.published["answered"]
    (deviation,), _ = labelled(axes, "answered").get_data()
    assert deviation == pytest.approx(printed.measures["answered"].mean / 250 - 1)
    low, high = labelled(axes, "span answered").get_xdata()
    assert (low, high) == pytest.approx((row.low / 250 - 1, row.high / 250 - 1))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_a_period_adds_up_to_has_no_mark_if_other_days_were_simulated(lang, axes):
    numbers = ("published.answered=250", "published.connect_rate=0.85", "horizon.days=2")
    plots.against_published(ran(first_day(*numbers), replications=2), axes, lang=lang)
    marked = {str(line.get_label()) for line in axes.lines}
    assert "_connect_rate" in marked
    assert "_answered" not in marked
    words = [each.get_text() for each in axes.texts]
    assert words.count(text("plot.other_days", lang)) == 1


def test_a_simulated_span_is_never_out_of_sight(printed, axes):
    plots.against_published(printed, axes, lang="en")
    left, right = axes.get_xlim()
    spans = [line for line in axes.lines if str(line.get_label()).startswith("_span")]
    assert len(spans) == 3  # a zero and a measure it has not are told in words
    for span in spans:
        assert left < min(span.get_xdata())
        assert max(span.get_xdata()) < right


def test_dumbbells_stand_at_the_measures_and_rings_at_the_published_values(years, axes):
    plots.before_and_after(years.comparison, axes, lang="en")
    for which, result in enumerate((years.before, years.after)):
        for name in ("connect_rate_monthly_mean", "case_connect_rate", "satisfaction_of_cases"):
            (drawn,) = labelled(axes, f"{name} {which}").get_xdata()
            assert drawn == result.measures[name].mean
    rings = {float(line.get_xdata()[0]) for line in axes.lines if line.get_label() == "_published"}
    assert rings == {0.30, 0.9007, 0.78, 0.9768}


def test_the_first_figure_of_a_reproduction_bears_the_name_of_the_case(years):
    assert next(iter(reports.figures(years, "en"))) == "nanning"


def test_run_figures_leave_out_what_has_nothing_to_say(day, week, printed):
    always = {"day", "waits", "replications"}
    assert set(reports.figures(day, "en")) == always
    assert set(reports.figures(week, "en")) == {*always, "days"}
    assert set(reports.figures(printed, "en")) == {*always, "published"}
    once = ran(first_day(), replications=1)
    assert set(reports.figures(once, "en")) == {"day", "waits"}


def test_the_histogram_holds_every_replication_once_and_the_target(day, axes):
    rates = day.measures["connect_rate"].replications
    target = sorted(rates)[1]
    plots.histogram(day, axes, measure="connect_rate", target=target, lang="en")
    assert sum(bar.get_height() for bar in axes.containers[0]) == len(rates)
    assert labelled(axes, "replications").get_xdata().tolist() == sorted(rates)
    assert set(labelled(axes, "mean").get_xdata()) == {day.measures["connect_rate"].mean}
    assert set(labelled(axes, "target").get_xdata()) == {target}
    said = [each.get_text() for each in axes.get_legend().get_texts()]
    assert any(f"met by {len(rates) - 1} of {len(rates)}" in words for words in said)


def test_a_run_held_against_a_standard_shows_the_replications_of_its_first_demand():
    held = hotline_sim.run(first_day(), replications=2, jobs=1, standard="gbt-33358")
    (name, least), *_ = held.standard.at_least.items()
    assert told_of(held) == (spelled_for(name, 15.0), least)
    (ax,) = reports.figures(held, "en")["replications"].axes
    assert set(labelled(ax, "target").get_xdata()) == {least}
    values = labelled(ax, "replications").get_xdata().tolist()
    assert values == sorted(held.measures[spelled_for(name, 15.0)].replications)


def test_the_published_figure_stands_among_the_replications(printed, axes):
    plots.histogram(printed, axes, measure="connect_rate", lang="zh")
    value = printed.published["connect_rate"].value
    assert set(labelled(axes, "published").get_xdata()) == {value}


def test_two_days_over_one_another_have_one_scale(pair):
    figure = reports.figures(pair, "en")["day"]
    upper, lower = (ax for ax in figure.axes if ax.findobj(StepPatch) and ax.get_ylabel())
    assert upper.get_ylim() == lower.get_ylim()


# ---------------------------------------------------------------- nothing to show


@pytest.mark.parametrize("lang", LANGUAGES)
def test_where_nobody_calls_a_sentence_says_so(silent, lang):
    figures = reports.figures(silent, lang)
    sentences = {names(lang)[f"plot.{key}"] for key in ("no_calls", "no_answered")}
    begins = {sentence.split("{")[0] for sentence in sentences}
    for figure in figures.values():
        (ax,) = figure.axes
        assert not ax.axison
        assert not ax.lines
        said = [each.get_text() for each in words_of(figure)]
        assert any(line.startswith(begin) for line in said for begin in begins if begin) or any(
            line.endswith(sentence.split("}")[1]) for line in said for sentence in sentences
        )


def test_scenarios_without_rates_and_without_published_figures_say_so(silent, axes):
    plots.before_and_after(CompareResult.of(silent, silent), axes, lang="en")
    assert names("en")["plot.no_rates"] in [each.get_text() for each in axes.texts]
    other = plots.against_published(silent, Figure().add_subplot(), lang="en")
    assert names("en")["plot.nothing_published"] in [each.get_text() for each in other.texts]


def test_one_scenario_without_rates_leaves_the_dots_of_the_other(silent, day, axes):
    plots.before_and_after(CompareResult.of(silent, day), axes, lang="en")
    assert labelled(axes, "connect_rate 1").get_xdata() == [day.measures["connect_rate"].mean]
    assert not [line for line in axes.lines if line.get_label() == "_connect_rate 0"]


def test_hotlines_without_a_telephone_speak_of_contacts(smallest, load_text, axes):
    chat = smallest.replace('kind = "voice"', 'kind = "chat"\nconcurrency = 2')
    plots.demand_and_connect_rate(ran(load_text(chat), replications=2), axes, lang="en")
    assert axes.get_ylabel().startswith("contacts")


# ---------------------------------------------------------------- words


def test_every_word_of_the_catalogue_can_be_drawn():
    for lang in LANGUAGES:
        for name, sentence in names(lang).items():
            if name.startswith(("plot.", "measure.", "table.")):
                assert words.drawable(sentence) == " ".join(sentence.split()), name


def test_both_languages_draw_the_same_numbers(all_figures):
    def drawn(figure):
        for ax in figure.axes:
            yield from (line.get_xydata() for line in ax.lines)
            yield from (patch.get_data().values for patch in ax.findobj(StepPatch))
            yield from (poly.get_paths()[0].vertices for poly in ax.findobj(PolyCollection))
            yield np.array([ax.get_xlim(), ax.get_ylim()])

    english, chinese = (all_figures[lang] for lang in ("en", "zh"))
    assert list(english) == list(chinese)
    for name, figure in english.items():
        for one, other in zip(drawn(figure), drawn(chinese[name]), strict=True):
            np.testing.assert_array_equal(one, other, err_msg=name)


def test_chinese_figures_hold_no_english_sentence(all_figures):
    for name, figure in all_figures["zh"].items():
        if not name.startswith("weird"):
            for each in words_of(figure):
                assert " the " not in each.get_text(), name
                assert " of " not in each.get_text(), name


def drawn_boxes(figure):
    """Draw a figure, and return its words with the places they take; a missing glyph warns."""
    FigureCanvasAgg(figure).draw()
    out_of_view = {
        tick.label1
        for ax in figure.axes
        for axis in (ax.xaxis, ax.yaxis)
        for tick in axis.get_major_ticks()
        if not (
            ax.axison
            and min(axis.get_view_interval()) <= tick.get_loc() <= max(axis.get_view_interval())
        )
    }
    shown = [each for each in words_of(figure) if each not in out_of_view]
    return [(each.get_text(), each.get_window_extent()) for each in shown]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_glyph_is_missing_and_no_words_lie_over_others_or_are_cut(all_figures, lang):
    for name, figure in all_figures[lang].items():
        boxes = drawn_boxes(figure)
        page = figure.bbox
        for said, box in boxes:
            assert page.x0 <= box.x0 < box.x1 <= page.x1, (name, said)
            assert page.y0 <= box.y0 < box.y1 <= page.y1, (name, said)
        for (said, box), (other, beside) in combinations(boxes, 2):
            across = min(box.x1, beside.x1) - max(box.x0, beside.x0)
            down = min(box.y1, beside.y1) - max(box.y0, beside.y0)
            assert across < 1 or down < 3, (name, said, other)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (words.percent(0.9007, "en"), "90.1 %"),
        (words.percent(0.9007, "zh", digits=2), "90.07%"),
        (words.percent(0.3, "en", digits=2), "30 %"),
        (words.percent(-0.05, "en", signed=True), "−5 %"),
        (words.percent(0.05, "zh", signed=True), "+5%"),
        (words.percent(-0.00001, "zh", signed=True), "0%"),
        (words.percent(1.0, "zh"), "100%"),
        (words.percent(math.nan, "zh"), "–"),
        (words.duration(0, "en"), "0 s"),
        (words.duration(3.25, "en"), "3.2 s"),
        (words.duration(59.7, "en"), "1 min"),
        (words.duration(149, "en"), "2 min 29 s"),
        (words.duration(149, "zh"), "2分29秒"),
        (words.duration(3599.9, "en"), "1 h"),
        (words.duration(5400, "zh"), "1小时30分"),
        (words.duration(216_000, "en"), "2.5 d"),
        (words.value_text("answered", 450_954.2, "zh"), "450,954"),
        (words.value_text("cost_per_answered_cny", 29.54, "en"), "29.54"),
        (words.value_text("cost_cny", 11_998_000, "en"), "11,998,000"),
        (words.value_text("asa_s", math.nan, "en"), "–"),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(said, wanted):
    assert said == wanted


@given(st.text(alphabet="ab 12,。南宁市热线（）", max_size=60), st.integers(12, 30))
def test_wrapped_names_fit_and_lose_nothing_but_their_end(name, width):
    lines = words.wrapped(name, width).split("\n")
    assert len(lines) <= 2
    assert all(sum(map(words._width, line)) <= width for line in lines)
    whole = "".join(name.split())
    kept = "".join("".join(lines).split())
    assert kept == whole or (kept.endswith("…") and whole.startswith(kept[:-1]))


def test_names_are_not_broken_within_a_number():
    assert words.wrapped("南宁市热线2020年7月至2021年6月", 17) == "南宁市热线2020年\n7月至2021年6月"
    assert words.wrapped("南宁市热线在2020年", 14) == "南宁市热线在\n2020年"


def test_markup_in_names_is_drawn_as_it_is(weird, tmp_path):
    for lang in LANGUAGES:
        shown = " ".join(words.drawable(WEIRD[lang]).split())
        for name, figure in reports.figures(weird, lang).items():
            said = {" ".join(each.get_text().split()) for each in words_of(figure)}
            assert shown in said
            assert not [t for t in words_of(figure) if "$" in t.get_text() and t.get_parse_math()]
            _, svg = plots.save(figure, tmp_path / f"{name}-{lang}")
            root = ET.fromstring(svg.read_bytes())
            assert not list(root.iter("{http://www.w3.org/2000/svg}script"))
            assert "<script>" not in svg.read_text(encoding="utf-8")


def test_a_character_no_font_has_becomes_a_box():
    assert words.drawable("a\U00013080\nb\x07") == "a□ b"


# ---------------------------------------------------------------- files


@pytest.mark.parametrize("lang", LANGUAGES)
def test_figures_are_written_as_png_and_svg(all_figures, lang, tmp_path):
    for name in ("years nanning", "week waits", "printed published"):
        png, svg = plots.save(all_figures[lang][name], tmp_path / name)  # a missing glyph warns
        assert png.read_bytes().startswith(b"\x89PNG")
        assert ET.fromstring(svg.read_bytes()).tag.endswith("svg")
        assert svg.stat().st_mode == png.stat().st_mode
    assert not list(tmp_path.glob(".*"))


def test_chinese_is_drawn_on_an_axes_of_the_users_own(pair, tmp_path):
    figure = Figure(figsize=(6, 12))
    one, two, three = figure.subplots(3)
    plots.demand_and_connect_rate(pair.a, one, lang="zh")
    assert plots.waits(pair.a, two, lang="zh") is two
    assert plots.before_and_after(pair, three, lang="zh") is three
    figure.savefig(tmp_path / "own.png")  # a missing glyph would warn


def test_the_same_figure_gives_the_same_bytes_whatever_the_users_settings(pair, tmp_path):
    def saved(name):
        figure = reports.figures(pair, "zh")["before_and_after"]
        return [path.read_bytes() for path in plots.save(figure, tmp_path / name)]

    once = saved("once")
    with matplotlib.rc_context({"font.size": 30, "savefig.bbox": "tight", "axes.grid": True}):
        again = saved("again")
        assert matplotlib.rcParams["font.size"] == 30
    assert once == again
    assert b"<dc:date>" not in once[1]
    assert saved("once") == once  # and a file that exists is replaced


def test_a_figure_that_cannot_be_drawn_leaves_no_file(day, tmp_path, monkeypatch):
    figure = reports.figures(day, "en")["day"]
    drawn = Figure.savefig

    def breaks(self, *args, **kwargs):
        if kwargs["format"] == "svg":
            raise RuntimeError("half way")
        return drawn(self, *args, **kwargs)

    monkeypatch.setattr(Figure, "savefig", breaks)
    with pytest.raises(RuntimeError, match="half way"):
        plots.save(figure, tmp_path / "day")
    assert not list(tmp_path.iterdir())


def test_a_figure_that_cannot_be_written_leaves_the_old_file_as_it_was(day, tmp_path, monkeypatch):
    figure = reports.figures(day, "en")["day"]
    (tmp_path / "day.png").write_bytes(b"old")

    def breaks(*_):
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", breaks)
    with pytest.raises(OSError, match="disk full"):
        plots.save(figure, tmp_path / "day")
    assert (tmp_path / "day.png").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["day.png"]


def test_a_name_with_dots_keeps_them(day, tmp_path):
    png, svg = plots.save(reports.figures(day, "en")["day"], tmp_path / "v1.2")
    assert (png.name, svg.name) == ("v1.2.png", "v1.2.svg")


def test_the_footer_says_what_the_figure_was_made_from(day):
    figure = reports.figures(day, "en")["day"]
    line = figure.get_supxlabel()
    for part in ("first-day", "replications: 4", "seed: 12345", hotline_sim.__version__, "95 %"):
        assert part in line


def test_plots_need_no_display_and_no_global_figures():
    code = "import hotline_sim.plots, sys; sys.exit('matplotlib.pyplot' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_public_names_are_those_listed():
    assert all(hasattr(plots, name) for name in plots.__all__)
    assert plots.__all__ == sorted(plots.__all__)
