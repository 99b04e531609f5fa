"""From a name or a path to a checked Scenario: find, read, extend, override, check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotline_sim.scenario import curves, faults, guesses, reading, rows, workbook
from hotline_sim.scenario.changes import SET, from_text, make
from hotline_sim.scenario.checked import digest_of_numbers
from hotline_sim.scenario.cities import City, cities_of
from hotline_sim.scenario.drafts import draft_of, scenario_of
from hotline_sim.scenario.faults import Fault, ScenarioError
from hotline_sim.scenario.reading import catalogue
from hotline_sim.scenario.standards import Standard, standard_of
from hotline_sim.scenario.trees import Tree, leaves, over, spelled_out
from hotline_sim.scenario.values import beside

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hotline_sim.scenario.drafts import Draft
    from hotline_sim.scenario.schema import Scenario


def load(name_or_path: str | Path, *, overrides: Iterable[str] = ()) -> Scenario:
    """Return a scenario, by the name of a shipped one or the path of a file.

    Parameters
    ----------
    name_or_path
        ``"nanning-after"``, or the path of a ``.toml`` file, or of a workbook that was filled in.
    overrides
        ``"channels.phone.lines=90"`` and the like, applied in order, values as TOML writes
        them (a bare word counts as a string).

    Raises
    ------
    ScenarioError
        Naming every fault: file, key (of a workbook the cell), value found, value wanted, the
        nearest right key.
    """
    path = _find(name_or_path)
    place = _place(path, name_or_path)
    if workbook.is_workbook(path):
        written = workbook.read(path, place)
        with written.telling():
            return _loaded(path, _over_base(_of_workbook(written), path, place), overrides)
    return _loaded(path, _extended(path, place, ()), overrides)


def _loaded(path: Path, extended: Tree, overrides: Iterable[str]) -> Scenario:
    """Return the scenario of a file's tables, changed as asked."""
    tree = spelled_out(extended)
    own = path.parent / f"{reading.SOURCES}.toml"
    sources = reading.read(own, str(own)) if own.is_file() else {}
    changes = from_text(overrides)
    draft = draft_of(tree, path.stem, sources)
    make(draft, changes, place=SET)
    loaded = scenario_of(draft)
    in_file = _unchanged(draft_of(tree, path.stem, sources)) if changes else loaded
    if changes and in_file is not None:
        loaded = beside(loaded, in_file)
    if not _is_shipped(path):
        return loaded
    as_shipped = "" if in_file is None else digest_of_numbers(in_file)
    known = as_shipped == reading.shipped(reading.CHECKED).get(path.stem)
    return loaded.model_copy(update={"checked": known})


def text_of(name: str) -> str:
    """Return the file of a shipped scenario as it stands, comments and all.

    Raises
    ------
    ScenarioError
        If no scenario of that name is shipped.
    """
    shipped = catalogue()
    if name not in shipped:
        right = faults.nearest(name, shipped)
        raise ScenarioError([Fault(name, "", "not_shipped", values={"nearest": right})])
    return shipped[name].read_text(encoding="utf-8")


def _unchanged(draft: Draft) -> Scenario | None:
    """Return the scenario that a file is without what is set; None: it is none without that."""
    try:
        return scenario_of(draft)
    except ScenarioError:
        return None


def sources() -> Mapping[str, Any]:
    """Return the shipped list of sources: id to title, publisher, date."""
    return reading.shipped(reading.SOURCES)


def cities() -> Mapping[str, City]:
    """Return the cities that the sources speak of, by name, with or without a scenario."""
    return cities_of(reading.shipped(reading.CITIES))


def standard(name: str) -> Standard:
    """Return what a standard demands, by the standard's name.

    Raises
    ------
    ScenarioError
        If no standard of that name is shipped.
    """
    shipped = reading.shipped(reading.STANDARDS)
    if name not in shipped:
        values = {"choices": ", ".join(shipped), "nearest": faults.nearest(name, shipped)}
        raise ScenarioError([Fault(name, "", "no_standard", values=values)])
    return standard_of(name, shipped[name], sources())


def _is_shipped(path: Path) -> bool:
    shipped = catalogue().get(path.stem)
    return shipped is not None and path.resolve() == shipped.resolve()


def _find(name_or_path: str | Path) -> Path:
    shipped = catalogue()
    asked = str(name_or_path)
    if asked in shipped:
        return shipped[asked]
    path = Path(asked)
    if _exists(path):
        return path
    right = guesses.file_meant(asked, guesses.SCENARIO_SUFFIXES, shipped)
    wanted = "no_file" if path.suffix in guesses.SCENARIO_SUFFIXES else "no_scenario"
    raise ScenarioError([Fault(asked, "", wanted, values={"nearest": right})])


def _exists(path: Path) -> bool:
    """Tell whether reading a path will do, or say why not; what is called otherwise is a file."""
    is_called_so = path.suffix in guesses.SCENARIO_SUFFIXES
    try:
        return path.exists() if is_called_so else path.is_file()
    except (OSError, ValueError):  # a name too long, or no name at all
        return is_called_so


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long, or no name at all
        return False


def _place(path: Path, asked: str | Path) -> str:
    return path.name if str(asked) in catalogue() else str(asked)


def _extended(path: Path, place: str, below: tuple[Path, ...]) -> Tree:
    """Return a file's tables over those of the scenario it extends."""
    tables = curves.by_full_name(rows.by_name(reading.read(path, place)))
    return _over_base(Tree(tables, dict.fromkeys(leaves(tables), place)), path, place, below)


def _of_workbook(written: workbook.Written) -> Tree:
    """Return a workbook's tables, each key with its cell."""
    tables = curves.by_full_name(rows.by_name(written.tables))
    places = dict.fromkeys(leaves(tables), written.place)
    return Tree(tables, {**places, **written.places})


def _over_base(own: Tree, path: Path, place: str, below: tuple[Path, ...] = ()) -> Tree:
    """Return a file's tables over those of the scenario that they say they extend."""
    tables = own.tables
    if "extends" not in tables:
        return own
    base = tables.pop("extends")
    chain = (*below, path.resolve())
    parent = _parent(path, base, place)
    if parent.resolve() in chain:
        names = " → ".join(p.stem for p in (*chain, parent))
        raise ScenarioError([Fault(place, "extends", "cycle", base, {"chain": names})])
    base_place = parent.name if parent.parent == path.parent else base
    return over(own, _extended(parent, base_place, chain))


def _parent(path: Path, base: Any, place: str) -> Path:
    shipped = catalogue()
    if isinstance(base, str) and base in shipped:
        return shipped[base]
    right = faults.nearest(base, shipped)
    if not isinstance(base, str) or not base.endswith(".toml"):
        raise ScenarioError([Fault(place, "extends", "extends", base, {"nearest": right})])
    target = path.parent / base
    if Path(base).is_absolute() or not _lies_within(path.parent, target):
        raise ScenarioError([Fault(place, "extends", "outside_folder", base)])
    if not _is_file(target):
        raise ScenarioError([Fault(place, "extends", "extends", base, {"nearest": right})])
    return target


def _lies_within(folder: Path, path: Path) -> bool:
    """Tell whether a path stays in a folder, links followed."""
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):  # too long, no name, a loop of links
        return False
