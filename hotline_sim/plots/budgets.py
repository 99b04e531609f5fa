"""The figure of a frontier: what every budget buys, in-house beside outsourced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.lines import Line2D

from hotline_sim.messages import default_language, text
from hotline_sim.plots import look
from hotline_sim.plots.words import measure_name, title_of, value_text

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from hotline_sim.experiments import BudgetPoint, BudgetResult
    from hotline_sim.messages import Lang
    from hotline_sim.money import EmploymentName

_LOOKS = {"in_house": (look.FIRST, "o", "-"), "outsourced": (look.SECOND, "s", "--")}
_CHANCE, _IGNORANCE = 0.45, 0.14  # how dark the bands are
_UNIT_CNY = {"en": 1e6, "zh": 1e4}
_OF_MONTHS = {"connect_rate": "connect_rate_monthly_mean"}


def frontier(result: BudgetResult, ax: Axes, *, measure: str, lang: Lang | None = None) -> Axes:
    """Draw a measure over the budget: a line an employment, with two bands.

    The dark band is the 95 % interval over replications, the light one holds 90 % of the
    draws of the assumed numbers from their ranges. A dotted line is a target of the measure, a
    triangle the least budget that meets it. A hollow diamond is the published figure at
    the published budget, where the scenario states both.
    """
    lang = lang or default_language()
    look.prepare(ax, grid="y")
    unit_cny = _UNIT_CNY[lang]
    x = [amount / unit_cny for amount in result.budgets_cny]
    legend: list[tuple[Artist, str]] = []
    for name, points in result.frontier.items():
        colour, shape, dashes = _LOOKS[name]
        if result.drawn:
            low, high = zip(*(point.span(measure) for point in points), strict=True)
            ax.fill_between(
                x, low, high, color=colour, alpha=_IGNORANCE, lw=0, label=f"_range {name}"
            )
        low, high = zip(*(_interval(point, measure) for point in points), strict=True)
        ax.fill_between(x, low, high, color=colour, alpha=_CHANCE, lw=0, label=f"_chance {name}")
        means = [point.measures[measure].mean for point in points]
        (line,) = ax.plot(
            x, means, dashes, marker=shape, color=colour, lw=1.8, ms=5.5, label=f"_{name}"
        )
        legend.append((line, text(f"employment.{name}", lang)))
        legend += _best(result, ax, name, measure, lang)
    legend += _targets(result, ax, measure, lang)
    legend += _published(result, ax, measure, lang)
    ax.yaxis.set_major_formatter(lambda y, _: value_text(measure, y, lang))
    said = measure_name(measure, lang, result.scenario)
    title = text("plot.frontier", lang, measure=said)
    below = look.fitted(ax, title_of(result.scenario, lang))
    look.head(ax, title, below=below, legend=legend, columns=3)
    look.label_axes(ax, x=text("plot.budget_axis", lang), y=said)
    return ax


def _interval(point: BudgetPoint, measure: str) -> tuple[float, float]:
    one = point.measures[measure]
    return one.low, one.high


def _best(
    result: BudgetResult, ax: Axes, name: EmploymentName, measure: str, lang: Lang
) -> list[tuple[Artist, str]]:
    """Draw what the best roster found at each budget brings, a thin line without bands."""
    points = result.best.get(name, ())
    if not points:
        return []
    colour, shape, _ = _LOOKS[name]
    (line,) = ax.plot(
        [one.budget_cny / _UNIT_CNY[lang] for one in points],
        [one.measures[measure].mean for one in points],
        ":",
        marker=shape,
        mfc="none",
        color=colour,
        lw=1.2,
        ms=5.5,
        label=f"_best {name}",
    )
    who = text(f"employment.{name}", lang)
    return [(line, text("table.best_roster", lang, who=who))]


def _targets(result: BudgetResult, ax: Axes, measure: str, lang: Lang) -> list[tuple[Artist, str]]:
    """Draw the targets of a measure, and a mark where each is met with the least money."""
    aims = [one for one in result.targets if one.measure == measure]
    for aim in aims:
        ax.axhline(aim.value, color=look.LINE, lw=0.9, ls=":", label=f"_target {aim}")
    mark: dict[str, Any] = {"marker": "v", "ms": 8, "mec": look.LINE, "ls": "", "zorder": 5}
    for one in result.least:
        if one.target in aims and isinstance(one.amount, float) and one.roster == "scaled":
            at = one.amount / _UNIT_CNY[lang]
            colour = _LOOKS[one.employment][0]
            ax.plot([at], [one.target.value], mfc=colour, label=f"_least {one.employment}", **mark)
    marked = [one for one in result.least if one.target in aims and one.roster == "scaled"]
    if not any(isinstance(one.amount, float) for one in marked):
        return []
    return [(Line2D([], [], mfc="none", **mark), text("plot.least_budget", lang))]


def _published(
    result: BudgetResult, ax: Axes, measure: str, lang: Lang
) -> list[tuple[Artist, str]]:
    """Mark the published figure of the contract, if there is one."""
    terms, published = result.scenario.employment.outsourced, result.scenario.published
    value = published.get(_OF_MONTHS.get(measure, measure), published.get(measure))
    contracted = {team.employment for team in result.scenario.teams.values()} == {"outsourced"}
    if value is None or terms is None or terms.budget_cny is None or not contracted:
        return []
    mark: dict[str, Any] = {
        "marker": "D",
        "ms": 10,
        "mec": look.LINE,
        "mfc": "none",
        "mew": 1.8,
        "ls": "",
    }
    ax.plot([terms.budget_cny / _UNIT_CNY[lang]], [value], label="_published", **mark)
    return [(Line2D([], [], **mark), text("plot.published_budget", lang))]
