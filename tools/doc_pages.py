"""Make the pages of the documentation that say what code and scenario files say.

Sphinx calls it (``docs/conf.py``); ``python -m tools.doc_pages`` does the same by hand. What it
writes into ``docs/generated`` is not kept.
"""

from __future__ import annotations

import inspect
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hotline_sim
from hotline_sim import experiments, plots, scenario
from hotline_sim.domain import Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hotline_sim.scenario import Scenario

ROOT = Path(__file__).parents[1]
GENERATED = ROOT / "docs" / "generated"
_FIGURES = "published."  # keys of figures that a run is held against
_CATALOGUE = """\
# The catalogue

The shipped scenarios, as their files have them: `hotline-sim show NAME` lists every number with its
origin, `hotline-sim copy NAME FILE` writes a file to edit. *Published* numbers are printed in the
source named, *derived* are arithmetic on such numbers, *assumed* and *fitted* are choices, with a
range within which they may be otherwise. What is known of each city, and what is not, stands in
[the cities](../cities.md).
"""
_API = """\
# Python

All public names are those of `hotline_sim` itself; importing it loads neither matplotlib nor the
compiler. [Results](../results.md) says what a result holds, [how to](../how-to.md) which question
is answered by which experiment.
"""
_PLOTS = """
## Figures

`hotline_sim.plots` draws: results and an `Axes` in, the `Axes` out.
`plots.figure_of(result, name, lang="en")` returns a whole figure, of the names that
`plots.FIGURES[result.kind]` has.
"""


def write(folder: Path = GENERATED) -> None:
    """Write the generated pages; one that would be the same is left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in {"catalogue.md": catalogue(), "api.md": api()}.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            path.write_text(content, encoding="utf-8")


# The catalogue ----------------------------------------------------------------------------


def catalogue() -> str:
    """Return the page of all shipped scenarios, with the sources that their numbers name."""
    loaded = [scenario.load(name) for name in scenario.catalogue()]
    parts = [_CATALOGUE, _overview(loaded)]
    parts += [_scenario(one) for one in loaded]
    return "\n".join([*parts, _sources(loaded)])


def _overview(loaded: Iterable[Scenario]) -> str:
    heads = ("scenario", "what it is", "days", *(origin.value for origin in Origin))
    rows = []
    for one in loaded:
        kinds = Counter(origin.kind for origin in one.provenance.values())
        counts = [str(kinds[origin]) for origin in Origin]
        rows.append((_link(one.name), one.title.en, str(one.horizon.days), *counts))
    return _table(heads, rows)


def _scenario(one: Scenario) -> str:
    """Return a scenario's section: title, channels, teams, published figures, sources."""
    begins = one.horizon.start.isoformat()
    checked = {
        True: "Its published and derived numbers are worked out from the sources by a test.",
        False: "**Unchecked**: no test has worked out its published numbers from the sources.",
        None: "",
    }[one.checked]
    lines = [
        f"\n({_anchor(one.name)})=\n\n## {one.name}\n",
        f"{_cell(one.title.en)}. {_cell(one.title.zh)}\n",
        f"{one.horizon.days} days from {begins}. {checked}\n",
        f"Channels: {_names(one.channels)}. Teams: {_names(one.teams)}.\n",
    ]
    figures = [key for key in one.provenance if key.startswith(_FIGURES)]
    if figures:
        values = scenario.values_of(one)
        heads = ("published figure", "value", "source", "what it says")
        lines.append(_table(heads, [_figure(one, key, values[key]) for key in figures]))
    named = sorted({origin.source for origin in one.provenance.values() if origin.source})
    if named:
        lines.append(f"\nSources: {', '.join(f'[{name}](#source-{name})' for name in named)}.\n")
    return "\n".join(lines)


def _figure(one: Scenario, key: str, value: Any) -> tuple[str, ...]:
    origin = one.provenance[key]
    source = f"[{origin.source}](#source-{origin.source})" if origin.source else origin.kind.value
    return (f"`{key.removeprefix(_FIGURES)}`", f"{value:,}", source, _cell(origin.note_in("en")))


def _sources(loaded: Iterable[Scenario]) -> str:
    """Return the list of the sources that a number of some scenario names."""
    named = {origin.source for one in loaded for origin in one.provenance.values()} - {""}
    known = scenario.sources()
    lines = ["\n## Sources\n", "As `scenarios/sources.toml` has them. Nothing is guessed.\n"]
    for name in sorted(named):
        source = known[name]
        lines.append(f"(source-{name})=\n\n### {name}\n")
        told = [_english(source[key]) for key in ("title", "publisher", "date") if key in source]
        lines.append(f"{'. '.join(_cell(one) for one in told)}.\n")
        lines += [f"{_cell(_english(source[key]))}\n" for key in ("where", "note") if key in source]
    return "\n".join(lines)


def _english(words: Any) -> str:
    return str(words["en"] if isinstance(words, dict) else words)


def _names(named: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in named) or "none"


def _link(name: str) -> str:
    return f"[{name}](#{_anchor(name)})"


def _anchor(name: str) -> str:
    return f"scenario-{name}"


# Python -----------------------------------------------------------------------------------


def api() -> str:
    """Return the page of all public names, by what they are."""
    found = {name: getattr(hotline_sim, name) for name in hotline_sim.__all__}
    functions = [name for name, one in found.items() if inspect.isfunction(one)]
    classes = [name for name, one in found.items() if inspect.isclass(one)]
    others = [name for name in found if name not in {*functions, *classes}]
    results = [name for name in classes if issubclass(found[name], experiments.Result)]
    parts = [_API, "## Questions, and what helps to ask them\n"]
    parts += [_auto("function", f"hotline_sim.{name}") for name in functions]
    parts += ["## Results\n", *(_auto("class", f"hotline_sim.{name}") for name in results)]
    rest = [name for name in classes if name not in results]
    parts += ["## Other records\n", *(_auto("class", f"hotline_sim.{name}") for name in rest)]
    parts += [f"## Constants\n\n{_names(others)}\n", _PLOTS]
    drawn = [name for name in plots.__all__ if inspect.isfunction(getattr(plots, name))]
    parts += [_auto("function", f"hotline_sim.plots.{name}") for name in drawn]
    return "\n".join(parts)


def _auto(kind: str, name: str) -> str:
    members = "\n   :members:" if kind == "class" else ""
    return f"```{{eval-rst}}\n.. auto{kind}:: {name}{members}\n```\n"


# Markdown ---------------------------------------------------------------------------------


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _cell(words: str) -> str:
    """Return words that are no Markdown."""
    for character in "\\`*_[]<>|":
        words = words.replace(character, f"\\{character}")
    return " ".join(words.split())


if __name__ == "__main__":
    write()
