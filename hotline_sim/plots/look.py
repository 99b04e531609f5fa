"""How every figure looks, and how it is written: font, colours, heads, feet, files."""

from __future__ import annotations

import io
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import matplotlib.style
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from hotline_sim.atomic import write_atomically
from hotline_sim.messages import default_language, text
from hotline_sim.plots.words import FAMILY, drawable, register_fonts, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.text import Text

    from hotline_sim.experiments import (
        BudgetResult,
        RunResult,
        SensitivityResult,
        StaffResult,
        SweepResult,
    )
    from hotline_sim.messages import Lang

# Chosen to differ in lightness too, so that they hold in greyscale and for the colour-blind:
# amber and deep blue (first and second scenario), pale and middle blue (areas), dark brown.
INK = "#1F2328"
QUIET = "#59636E"
GRID = "#E3E7EB"
PALE = "#D3DDE8"
MIDDLE = "#7FABD3"
FIRST = "#E3A02B"
SECOND = "#0B4F8F"
LINE = "#7A2E0E"
AMISS = "#C8451B"

WIDTH_IN = 9.6  # the figures' text is sized for a page that shows them about 900 pixels wide
SCREEN_DOTS_PER_IN, DOTS_PER_IN = 100, 200
TITLE_PT, TEXT_PT, SMALL_PT = 12.5, 9.5, 8.0
_LINE_PT = 1.45 * TEXT_PT
_LETTERS_PER_IN = 14.5  # of TEXT_PT, with a little to spare

_STYLE: dict[str, Any] = {
    "font.family": FAMILY,
    "font.size": TEXT_PT,
    "font.weight": "normal",  # the font has no other
    "axes.titleweight": "normal",
    "figure.titleweight": "normal",
    "text.color": INK,
    "text.parse_math": False,  # a name may hold $
    "axes.unicode_minus": True,
    "axes.axisbelow": True,
    "figure.facecolor": "white",
    "svg.fonttype": "path",  # drawn, so that no reader needs the font
    "svg.hashsalt": "hotline-sim",  # same figure, same bytes
}
# Behind words, so that grid lines do not cross letters; a halo would make an SVG thrice as large.
_CLEAR: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "pad": 0.3}
WORDS: dict[str, Any] = {"fontfamily": FAMILY, "parse_math": False}
_OF_SVG: dict[str, Any] = {"Creator": "hotline-sim", "Date": None}


@contextmanager
def style(lang: Lang | None = None) -> Iterator[None]:
    """Draw in the package's style, whatever the user's own settings are, and leave them be."""
    with _settings(lang):
        yield


@contextmanager
def _settings(lang: Lang | None) -> Iterator[None]:
    register_fonts()  # one font, so far, for every language
    with matplotlib.style.context(["default", _STYLE]):
        yield


def figure(height_in: float, *, label: str) -> Figure:
    """Return an empty figure of the width all figures have; *label* becomes the SVG's title."""
    return Figure(
        figsize=(WIDTH_IN, height_in),
        dpi=SCREEN_DOTS_PER_IN,
        facecolor="white",
        layout=ConstrainedLayoutEngine(w_pad=0.08, h_pad=0.06),
        label=drawable(label),
    )


def save(figure: Figure, path: Path | str) -> tuple[Path, Path]:
    """Write a figure as PNG and SVG beside each other; *path* has no suffix.

    Each file appears whole or not at all, and the same figure gives the same bytes.

    Raises
    ------
    OSError
        If the folder cannot be written to.
    """
    base = Path(path)
    files = {base.with_name(name): page for name, page in drawn(figure, base.name).items()}
    for target, page in files.items():
        write_atomically(target, page)
    png, svg = files
    return png, svg


def drawn(figure: Figure, name: str) -> dict[str, bytes]:
    """Return a figure's PNG and SVG, by the names of their files."""
    return {f"{name}.{suffix}": rendered(figure, suffix) for suffix in ("png", "svg")}


def rendered(figure: Figure, suffix: Literal["png", "svg"]) -> bytes:
    """Return a figure as PNG or as SVG; the same figure gives the same bytes."""
    told: dict[str, Any] = {"Title": str(figure.get_label())}
    told |= {"Software": "hotline-sim"} if suffix == "png" else _OF_SVG
    content = io.BytesIO()
    with _settings(None):
        figure.savefig(content, format=suffix, dpi=DOTS_PER_IN, metadata=told)
    return content.getvalue()


def prepare(ax: Axes, *, grid: str) -> None:
    """Make an Axes plain: a light grid along *grid* ("x" or "y"), no frame but the base."""
    register_fonts()
    ax.spines[["top", "left", "right"]].set_visible(False)
    ax.spines["bottom"].set_color(QUIET)
    ax.set_axisbelow(True)
    ax.grid(visible=False)
    ax.grid(visible=True, axis="y" if grid == "y" else "x", color=GRID, linewidth=0.8)
    ax.tick_params(
        colors=QUIET, labelcolor=INK, labelsize=TEXT_PT, labelfontfamily=FAMILY, length=3
    )
    ax.tick_params(axis="y", length=0)


def write(ax: Axes, xy: tuple[float, float], words: str, **how: Any) -> Text:
    """Write at a place of the data, moved by ``offset`` points; names are taken as they are."""
    full: dict[str, Any] = {
        "fontsize": TEXT_PT,
        "color": INK,
        "bbox": _CLEAR,
        "zorder": 1.9,
        "xycoords": "data",
        "offset": (0, 0),
        **WORDS,
        **how,
    }
    offset = full.pop("offset")
    return ax.annotate(words, xy, xytext=offset, textcoords="offset points", **full)


def label_axes(ax: Axes, *, x: str = "", y: str = "") -> None:
    """Name the axes."""
    if x:
        ax.set_xlabel(x, color=QUIET, fontsize=TEXT_PT, **WORDS)
    if y:
        ax.set_ylabel(y, color=QUIET, fontsize=TEXT_PT, **WORDS)


def head(
    ax: Axes,
    title: str,
    *,
    below: str = "",
    legend: Sequence[tuple[Artist, str]] = (),
    columns: int = 1,
) -> None:
    """Put over an Axes its title, a quiet line or two below it, and a legend below that.

    The legend stands outside the data, in *columns* columns.
    """
    rows = -(-len(legend) // columns)
    lines = sum(1 + label.count("\n") for _, label in legend) if columns == 1 else rows
    room_pt = 6 + lines * _LINE_PT + (3 if lines else 0)
    if legend:
        marks, labels = zip(*legend, strict=True)
        box = ax.legend(
            marks,
            labels,
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=columns,
            frameon=False,
            borderaxespad=0.3,
            borderpad=0.0,
            labelspacing=0.3,
            handlelength=1.3,
            handletextpad=0.6,
            columnspacing=1.8,
            prop={"family": FAMILY, "size": TEXT_PT},
        )
        for label in box.get_texts():
            label.set_parse_math(False)
    if below:
        quiet: dict[str, Any] = {"color": QUIET, "linespacing": 1.35}
        write(ax, (0, 1), below, xycoords="axes fraction", offset=(0, room_pt), **quiet)
        room_pt += _LINE_PT * (1 + below.count("\n"))
    ax.set_title(title, loc="left", pad=room_pt + 2, fontsize=TITLE_PT, color=INK, **WORDS)


def across_in(ax: Axes) -> float:
    """Return about how wide an Axes will be, in inches."""
    parent, figure = ax.get_figure(), ax.get_figure(root=True)
    assert parent is not None, "an Axes stands in a figure"
    assert figure is not None, "an Axes stands in a figure"
    across = ax.get_position(original=True).width
    if figure.get_layout_engine() is not None:
        across *= 1.2  # it will be laid out in nearly all the room, not in 0.775 of it
    return float(across * parent.bbox.width / parent.dpi)


def fitted(ax: Axes, name: str, *, lines: int = 2, spare: int = 0) -> str:
    """Return a name wrapped to the width of its Axes, less *spare* letters."""
    return wrapped(name, max(int(across_in(ax) * _LETTERS_PER_IN) - spare, 12), lines=lines)


def say(ax: Axes, sentence: str) -> Axes:
    """Say in an Axes why there is nothing to show."""
    ax.set_axis_off()
    place = {"xycoords": "axes fraction", "ha": "center", "va": "center", "color": QUIET}
    write(ax, (0.5, 0.5), sentence, **place)
    return ax


def footer(
    figure: Figure,
    results: Sequence[RunResult | SweepResult | BudgetResult | SensitivityResult | StaffResult],
    *,
    lang: Lang | None = None,
    bars: str,
) -> None:
    """Put under a figure what it was made from, and what its bars and bands are.

    *bars* is a sentence of the catalogue under ``plot.bars``; of one replication there are none.
    """
    lang = lang or default_language()
    first = results[0]
    if len(first.replications) == 1:
        bars = "draws" if bars == "both" else "none"
    line = text(
        "plot.footer",
        lang,
        scenarios=wrapped(", ".join(result.scenario.name for result in results), 60, lines=1),
        days="/".join(sorted({str(one.scenario.horizon.days) for one in results})),
        replications=len(first.replications),
        seed=first.seed,
        version=first.version,
        bars=text(f"plot.bars.{bars}", lang),
    )
    if any(result.scenario.checked is False for result in results):
        line = f"{text('plot.unchecked', lang)}   ·   {line}"
    figure.supxlabel(line, x=0.012, ha="left", fontsize=SMALL_PT, color=QUIET, **WORDS)
