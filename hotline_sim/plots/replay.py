"""A day of one queue, call by call: the callers, and the agents who answer them."""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MultipleLocator

import hotline_sim
from hotline_sim.domain import ArgumentError
from hotline_sim.messages import default_language, text
from hotline_sim.plots import look
from hotline_sim.plots.words import clock, seat_name, title_of, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from hotline_sim.experiments import DayReplay, ReplayedContact
    from hotline_sim.messages import Lang

MOST_CASES = 600  # that a figure can show as lines that can be told apart
_CALLERS_IN, _STRIP_IN, _HEAD_IN = 5.6, 0.3, 1.9  # heights: of all callers, of an agent
_STRIPS_AT_MOST = 0.45  # of the callers' height, for all agents
_STEPS_MIN = (1, 2, 5, 10, 15, 30, 60, 120, 180)
_MOST_TICKS = 13
_SEEN_SHARE = 0.0015  # of the axis: the shortest talk that can be seen
_MARK = 14.0  # points², of a mark where somebody gives up
_MINUTE_S = 60.0

_Line = tuple[tuple[float, float], tuple[float, float]]


def queue_day_figure(day: DayReplay, *, lang: Lang | None = None) -> Figure:
    """Return a day, or a window of it, as a figure: callers above, agents below.

    Raises
    ------
    ValueError
        If there are more than ``MOST_CASES`` callers.
    """
    lang = lang or default_language()
    title = title_of(day.scenario, lang)
    seats = len(day.seats())
    with look.style(lang):
        height_in = _HEAD_IN + _CALLERS_IN + min(seats * _STRIP_IN, _STRIPS_AT_MOST * _CALLERS_IN)
        label = text("plot.named", lang, what=text("replay.title", lang), title=title)
        figure = look.figure(height_in, label=label)
        queue_day(day, figure.add_subplot(), lang=lang)
        foot = text(
            "replay.footer",
            lang,
            scenario=wrapped(day.scenario.name, 60, lines=1),
            seed=day.seed,
            replication=day.replication + 1,
            version=hotline_sim.__version__,
        )
        small: dict[str, Any] = {"fontsize": look.SMALL_PT, "color": look.QUIET, **look.WORDS}
        figure.supxlabel(foot, x=0.012, ha="left", **small)
    return figure


def queue_day(day: DayReplay, ax: Axes, *, lang: Lang | None = None) -> Axes:
    """Draw each caller as a line from arrival to answer or hang-up, and the agents' busy times.

    A caller keeps a row: what comes again later stands in it, joined by a thin line. Rows are
    in the order of first arrival, the earliest on top. Below them each seat has a strip: pale
    while it is filled, dark while its agent talks, lighter in wrap-up.

    Raises
    ------
    ValueError
        If there are more than ``MOST_CASES`` callers.
    """
    lang = lang or default_language()
    cases = _cases(day)
    look.prepare(ax, grid="x")
    when = f"{day.date:%Y-%m-%d}"
    below = text("replay.below", lang, title=title_of(day.scenario, lang), date=when)
    if not cases:
        look.head(ax, text("replay.title", lang), below=look.fitted(ax, below))
        return look.say(ax, text("replay.nobody", lang))
    if len(cases) > MOST_CASES:
        told = f"{len(cases)} callers: at most {MOST_CASES} can be drawn"
        raise ArgumentError(f"{told}; take a window of the day: day.between(from_s, until_s)")
    shown = day.trimmed()
    from_s, until_s = shown.from_s, shown.until_s
    line_pt = min(max(0.9 * 72.0 * _CALLERS_IN / len(cases), 0.9), 6.0)
    _time_axis(ax, from_s, until_s)
    legend = _callers(ax, cases, until_s, line_pt, lang)
    legend += _agents(ax, day, len(cases), lang)
    title = text("replay.title", lang)
    look.head(ax, title, below=look.fitted(ax, below), legend=legend, columns=3)
    look.label_axes(ax, x=text("plot.clock", lang))
    return ax


def _cases(day: DayReplay) -> list[list[ReplayedContact]]:
    """Return the contacts of each case whose caller was there, by its first arrival."""
    there = [one for one in day.contacts if _was_there(one, day)]
    by_case = sorted(there, key=lambda one: (one.case, one.k))
    cases = [list(tries) for _, tries in groupby(by_case, key=lambda one: one.case)]
    return sorted(cases, key=lambda tries: (tries[0].arrival_s, tries[0].case))


def _was_there(contact: ReplayedContact, day: DayReplay) -> bool:
    """Tell whether the caller was there in the window, not just an agent in wrap-up."""
    return contact.arrival_s >= day.from_s or _end_s(contact, day.until_s) > day.from_s


def _end_s(contact: ReplayedContact, until_s: float) -> float:
    """Return when a caller had left; who has not by the end of the window is in it until then."""
    ends = [contact.end_s, contact.queued_until_s]
    return min(max((end for end in ends if end is not None), default=until_s), until_s)


# Callers ----------------------------------------------------------------------------------


def _callers(
    ax: Axes, cases: list[list[ReplayedContact]], until_s: float, line_pt: float, lang: Lang
) -> list[tuple[Artist, str]]:
    """Draw a row for each case, and return what explains its colours."""
    waits, talks, joins = [], [], []
    gave_up: dict[str, list[tuple[float, int]]] = {"abandoned": [], "blocked": []}
    for row, tries in enumerate(cases):
        for one in tries:
            end_s = _end_s(one, until_s)
            answered_s = end_s if one.answer_s is None else min(one.answer_s, end_s)
            waits.append(((one.arrival_s, row), (answered_s, row)))
            if answered_s < end_s:
                talks.append(((answered_s, row), (end_s, row)))
            if one.outcome in gave_up and one.end_s is not None:
                gave_up[one.outcome].append((one.end_s, row))
        for one, following in pairwise(tries):
            joins.append(((_end_s(one, until_s), row), (following.arrival_s, row)))
        if tries[-1].next is not None and tries[-1].outcome in gave_up:  # comes after the window
            joins.append(((_end_s(tries[-1], until_s), row), (until_s, row)))
    left_s, right_s = ax.get_xlim()
    least_s = (right_s - left_s) * _SEEN_SHARE
    seen = [((x, row), (max(end_s, x + least_s), row)) for (x, row), (end_s, _) in talks]
    thin: dict[str, Any] = {"lw": min(0.8, line_pt), "linestyle": (0, (1.5, 1.5)), "zorder": 1}
    found = [
        (_lines(ax, waits, look.FIRST, lw=line_pt, zorder=3), "waits"),
        (_lines(ax, seen, look.SECOND, lw=line_pt, zorder=2), "talks"),
        (_marks(ax, gave_up["abandoned"], "x", line_pt), "gives_up"),
    ]
    if joins:
        found.append((_lines(ax, joins, look.QUIET, **thin), "comes_again"))
    if gave_up["blocked"]:
        found.append((_marks(ax, gave_up["blocked"], "s", line_pt), "finds_busy"))
    return [(artist, text(f"replay.{name}", lang)) for artist, name in found]


def _lines(ax: Axes, lines: Sequence[_Line], colour: str, **how: Any) -> Artist:
    """Draw lines, and return what stands for them in a legend."""
    width = how.pop("lw")
    drawn = [line for line in lines if line[0] != line[1]]
    ax.add_collection(LineCollection(drawn, colors=colour, linewidths=width, **how))
    style = how.get("linestyle", "-")
    return Line2D([], [], color=colour, linewidth=max(width, 1.2), linestyle=style)


def _marks(ax: Axes, places: Iterable[tuple[float, int]], mark: str, line_pt: float) -> Artist:
    """Mark where somebody gave up, and return what stands for the marks in a legend."""
    x, y = zip(*places, strict=True) if places else ((), ())
    size = min(_MARK, max(3.0, 3.0 * line_pt**2))
    ax.scatter(x, y, s=size, marker=mark, color=look.AMISS, linewidths=0.9, zorder=4)
    return Line2D([], [], color=look.AMISS, marker=mark, linestyle="", markersize=4.5)


# Agents -----------------------------------------------------------------------------------


def _agents(ax: Axes, day: DayReplay, rows: int, lang: Lang) -> list[tuple[Artist, str]]:
    """Draw a strip for each seat below the callers' rows, and return what explains it."""
    seats = day.seats()
    rows_per_in = rows / _CALLERS_IN
    height = min(_STRIP_IN, _STRIPS_AT_MOST * _CALLERS_IN / max(len(seats), 1)) * rows_per_in
    top = rows + 0.15 * rows_per_in
    places = {seat: top + i * height for i, (seat, _) in enumerate(seats)}
    for seat, place in places.items():
        bar = (place + 0.1 * height, 0.8 * height)
        contacts = [one for one in day.contacts if one.seat == seat]
        talks = [_bar(one.answer_s, one.end_s, day.until_s) for one in contacts]
        wraps = [_bar(one.end_s, one.done_s, day.until_s) for one in contacts]
        duty = [(one.on_s, one.off_s - one.on_s) for one in day.stints if one.seat == seat]
        for bars, colour in ((duty, look.PALE), (wraps, look.MIDDLE), (talks, look.SECOND)):
            ax.broken_barh([one for one in bars if one[1] > 0], bar, color=colour, linewidth=0)
    ax.set_ylim(top + len(seats) * height, -1)
    step = -(-len(seats) // 20)
    labelled = [(places[s], seat_name(day, s, lang)) for s, _ in seats][::step]
    ax.set_yticks(
        [0, *(place + height / 2 for place, _ in labelled)],
        [text("replay.first_caller", lang), *(wrapped(name, 22, lines=1) for _, name in labelled)],
    )
    ax.grid(visible=False, axis="y")
    found = [("on_duty", look.PALE)]
    if any(one.done_s != one.end_s for one in day.contacts if one.seat is not None):
        found.append(("wraps_up", look.MIDDLE))
    return [
        (Line2D([], [], color=colour, linewidth=6), text(f"replay.{name}", lang))
        for name, colour in found
    ]


def _bar(from_s: float | None, until_s: float | None, last_s: float) -> tuple[float, float]:
    """Return a time as its begin and its length; what did not happen has none."""
    if from_s is None:
        return 0.0, 0.0
    return from_s, (last_s if until_s is None else until_s) - from_s


# Time -------------------------------------------------------------------------------------


def _time_axis(ax: Axes, from_s: float, until_s: float) -> None:
    minutes = (until_s - from_s) / _MINUTE_S
    step = next((step for step in _STEPS_MIN if minutes / step < _MOST_TICKS), _STEPS_MIN[-1])
    ax.set_xlim(from_s, until_s)
    ax.xaxis.set_major_locator(MultipleLocator(step * _MINUTE_S))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda s, _: clock(s)))
