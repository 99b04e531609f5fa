"""What each published figure is to its scenario: fitted, assumed from, or predicted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline_sim.domain import Origin, Role
from hotline_sim.scenario import formulas
from hotline_sim.scenario.origins import FIGURES
from hotline_sim.scenario.people_from_volumes import published_rate_used

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hotline_sim.domain import Provenance
    from hotline_sim.scenario.schema import Scenario


def roles_of(scenario: Scenario) -> dict[str, Role]:
    """Return what each published figure is to the scenario, by name.

    Fitted, if some number says that it was fitted to the figure; assumed from, if some other
    number was chosen from it or has it in its formula, or if cases were found by it;
    predicted, if none was.
    """
    roles = dict.fromkeys(scenario.published, Role.PREDICTED)
    for key, origin in scenario.provenance.items():
        if key.startswith(f"{FIGURES}."):
            continue
        for figure, role in _chosen_from(origin):
            name = figure.removeprefix(f"{FIGURES}.")
            if name in roles and roles[name] is not Role.FITTED:
                roles[name] = role
    used = published_rate_used(scenario)
    if used and roles[used] is Role.PREDICTED:
        roles[used] = Role.ASSUMED_FROM
    return roles


def _chosen_from(origin: Provenance) -> Iterator[tuple[str, Role]]:
    """Yield the published figures behind a number."""
    fitted = origin.kind is Origin.FITTED
    yield from ((figure, Role.FITTED if fitted else Role.ASSUMED_FROM) for figure in origin.to)
    if origin.formula:
        keys = formulas.read(origin.formula).keys
        yield from ((key, Role.ASSUMED_FROM) for key in keys if key.startswith(f"{FIGURES}."))
