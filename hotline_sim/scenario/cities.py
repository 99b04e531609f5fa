"""The cities that the sources speak of, those without a scenario included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from hotline_sim.laws import Table
from hotline_sim.scenario.schema import Label

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

Words = Annotated[str, Field(min_length=1, max_length=1000)]


class Text(Table):
    """What is to be said of a city, in both languages: longer than a name."""

    en: Words
    zh: Words


class City(Table):
    """What is printed of a city, and what its scenarios assume.

    A city without scenarios is one of which so little is printed that every number of one
    would be made up; unless it says what is assumed, as the row of the whole country does.
    """

    title: Label
    scenarios: tuple[str, ...] = ()
    sources: Annotated[tuple[str, ...], Field(min_length=1)]
    printed: Text
    assumed: Text | None = None


def cities_of(tables: Mapping[str, Any]) -> dict[str, City]:
    """Return the cities of a file's tables, by name, in the order of the file."""
    return {
        name: City.model_validate({key: _frozen(value) for key, value in table.items()})
        for name, table in tables.items()
    }


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
