"""The contact log of one replication, as a record and as a table."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from hotline_sim.domain import ContactLog, joined
from hotline_sim.execution import Task, play_days, words_of
from hotline_sim.experiments.running import (
    check_replication,
    opened,
    warn_if_unchecked,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pandas

    from hotline_sim.execution import EngineName
    from hotline_sim.scenario import Scenario


def contacts(
    scenario: Scenario | str | Path,
    *,
    seed: int,
    replication: int,
    engine: EngineName = "auto",
    days: int | None = None,
) -> ContactLog:
    """Return every contact of one replication, by case, then by contact of the case.

    Times are seconds since the midnight with which the horizon begins, its warm-up included.
    Channels, teams and departments are numbered in the order of the scenario;
    :func:`contacts_frame` names them.

    Parameters
    ----------
    scenario
        A Scenario, the name of a shipped one, or the path of a file.
    seed, engine
        As in :func:`run`.
    replication
        Which of a run's replications, counted from 0.
    days
        How many days to play instead of the scenario's.

    Raises
    ------
    ScenarioError
        If the scenario cannot be read or run.
    ValueError
        If an argument is out of its range.
    """
    played, log = _played(scenario, seed, replication, engine, days)
    warn_if_unchecked(played)
    return log


def contacts_frame(
    scenario: Scenario | str | Path,
    *,
    seed: int,
    replication: int,
    engine: EngineName = "auto",
    days: int | None = None,
) -> pandas.DataFrame:
    """Return the same contacts as a table with a row each (needs pandas).

    Its columns are those of the log, with channels, teams, departments and outcomes by name;
    what there is none of is missing. Parameters and errors are those of :func:`contacts`.
    """
    import pandas as pd  # an extra: hotline-sim[frames]

    played, log = _played(scenario, seed, replication, engine, days)
    warn_if_unchecked(played)
    names = words_of(played)
    columns = {field.name: getattr(log, field.name) for field in fields(log)}
    named = {
        name: pd.Categorical.from_codes(columns[name], words)  # -1, nobody, is missing
        for name, words in names.items()
    }
    seats = pd.array(columns["seat"], dtype="Int64")
    seats[columns["seat"] < 0] = pd.NA
    return pd.DataFrame({**columns, **named, "seat": seats})


def _played(
    scenario: Scenario | str | Path,
    seed: int,
    replication: int,
    engine: EngineName,
    days: int | None,
) -> tuple[Scenario, ContactLog]:
    """Return the scenario as it was played, and its contacts."""
    check_replication(replication, seed)
    loaded = opened(scenario)
    if days is not None:
        loaded = loaded.with_values({"horizon.days": days})
    task = Task(loaded, seed, replication, engine)
    return loaded, joined([log for _, log, _ in play_days(task)]).in_order()
