"""The JSON Schema of scenario files, as editors want it and as faults are explained by it."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from hotline_sim.domain import Origin
from hotline_sim.scenario.schema import (
    Break,
    Contents,
    Helper,
    Overflow,
    Shift,
    ShiftBreak,
    Surge,
)
from hotline_sim.scenario.terms import Kpi

_FIGURE = {
    "type": "string",
    "pattern": "^published\\.",
    "description": "a published figure from which the number was chosen",
}
_LABEL = "#/$defs/Label"
_TEXT = {"type": "string", "minLength": 1, "maxLength": 200, "description": "in both languages"}
_NOTE = {
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "properties": {"en": {"type": "string"}, "zh": {"type": "string"}},
            "minProperties": 1,
            "additionalProperties": False,
        },
    ],
    "description": "where it stands, the sum, or the reason; in one language or in both",
}
_FORMULA = {"type": "string", "pattern": r"^\s*=", "description": "of other numbers, by key"}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of scenario files, for editors.

    Wherever a number stands, a table that says where it comes from may stand instead. Keys
    that may stand in a scenario that is extended are not required.
    """
    schema = _in_parts(copy.deepcopy(schema_of_files()))
    schema["properties"]["extends"] = {
        "type": "string",
        "description": "a shipped scenario, or a file beside this one; the keys below override it",
    }
    schema["required"] = ["format"]  # the rest may stand in the scenario that is extended
    dialect = "https://json-schema.org/draft/2020-12/schema"
    opened: dict[str, Any] = _with_origins({"$schema": dialect, **schema})
    return opened


@cache
def schema_of_files() -> dict[str, Any]:
    """Return the schema of what a file holds with the keys that the loader itself spells out."""
    schema = Contents.model_json_schema(by_alias=True)
    like = {"type": "string", "description": "another one here: takes what is not said below"}
    for name in ("Voice", "Chat", "Message", "Outbound", "Team"):
        schema["$defs"][name]["properties"]["like"] = like
    team = schema["$defs"]["Team"]["properties"]
    seats = team["seats"]
    forms = [*seats["anyOf"], *team["curve"]["anyOf"][:1]]
    words = f"{seats['description']}; or the curve itself"
    team["seats"] = {**seats, "anyOf": forms, "description": words}
    schema["properties"]["sources"] = {
        "type": "object",
        "additionalProperties": {"type": "object"},
        "description": "sources of this file's own, as in sources.toml",
    }
    return schema


def _in_parts(schema: dict[str, Any]) -> dict[str, Any]:
    """Require nothing of the tables that lie over another file's; see :func:`trees.over`."""
    entries = {
        table.__name__ for table in (Break, Helper, Kpi, Overflow, Shift, ShiftBreak, Surge)
    }  # of lists
    for name, table in schema["$defs"].items():
        if name not in entries and "law" not in table["properties"]:
            table.pop("required", None)
    for name in ("Voice", "Chat", "Message", "Outbound"):
        rows = schema["$defs"][name]["properties"]["next"]
        row = rows["items"]
        schema["$defs"][name]["properties"]["next"] = {
            "anyOf": [
                {**rows, "items": {**row, "required": ["after"]}},
                {"type": "object", "additionalProperties": row},
            ]
        }
    kinds = schema["properties"]["channels"]["additionalProperties"]
    kinds["anyOf"] = kinds.pop("oneOf")  # without its kind a channel may be any
    return schema


def _with_origins(schema: Any) -> Any:
    """Let a formula, or a table with value, kind, source and so on, stand where a number may."""
    if isinstance(schema, list):
        return [_with_origins(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("$ref") == _LABEL:
        return {"anyOf": [dict(schema), _TEXT]}
    opened = {
        key: value if key in ("discriminator", "enum", "const") else _with_origins(value)
        for key, value in schema.items()
    }
    of_numbers = schema.get("type") == "array" and schema.get("items", {}).get("type") == "number"
    if schema.get("type") not in ("number", "integer") and not of_numbers:
        return opened
    kept = {key: opened.pop(key) for key in ("default", "description", "title") if key in opened}
    if of_numbers:
        opened = schema | {"items": schema["items"]}
        opened = {key: value for key, value in opened.items() if key not in kept}
    forms = [opened] if of_numbers else [opened, _FORMULA]
    table = {
        "type": "object",
        "properties": {
            "value": {"anyOf": forms},
            "kind": {"enum": list(Origin)},
            "to": {"anyOf": [_FIGURE, {"type": "array", "items": _FIGURE, "minItems": 1}]},
            "source": {"type": "string"},
            "note": _NOTE,
            "range": {
                "type": "array",
                "items": {"type": "number"},
                "minItems": 2,
                "maxItems": 2,
            },
            "set_by_user": {"type": "boolean"},
            "instead_of": {
                "anyOf": [{"type": "number"}, {"type": "array", "items": {"type": "number"}}]
            },
        },
        "required": ["value"],
        "additionalProperties": False,
    }
    return {"anyOf": [*forms, table], **kept}
