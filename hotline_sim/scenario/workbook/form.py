"""What a workbook to fill in asks: its sheets, their columns and items, and the keys they are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from hotline_sim.definitions import PUBLISHABLE
from hotline_sim.messages import LANGUAGES, text

if TYPE_CHECKING:
    from hotline_sim.messages import Lang
    from hotline_sim.scenario.faults import Path

BASE = "hotline-base"  # says all that a workbook does not
LISTS = "_lists"  # a hidden sheet: what cells may be chosen from


class Kind(StrEnum):
    """What a cell holds."""

    TEXT = "text"
    DATE = "date"
    NUMBER = "number"
    WHOLE = "whole"
    SHARE = "share"
    WAN = "wan"  # money in 10,000 yuan (万元)
    CLOCK = "clock"
    DAYS = "days"
    CHANNEL = "channel"
    COUNTED = "counted"
    PER = "per"
    EMPLOYMENT = "employment"
    MEASURE = "measure"
    FIGURE = "figure"  # in the unit of the measure beside it
    OWN = "own"  # for whoever fills it in: not read


@dataclass(frozen=True)
class Item:
    """A row of a sheet of items: a name, what its cell holds, and the key that it is."""

    name: str
    kind: Kind
    path: Path = ()


# Sheets of items: a row each, the value beside it.
ITEMS: dict[str, tuple[Item, ...]] = {
    "basics": (
        Item("title", Kind.TEXT, ("title",)),
        Item("start", Kind.DATE, ("horizon", "start")),
        Item("days", Kind.WHOLE, ("horizon", "days")),
        Item("source", Kind.TEXT),
        Item("lines", Kind.WHOLE, ("channels", "phone", "lines")),
        Item("talk_s", Kind.NUMBER, ("channels", "phone", "talk", "mean_s")),
        Item("wrap_up_s", Kind.NUMBER, ("channels", "phone", "wrap_up", "mean_s")),
        Item("patience_s", Kind.NUMBER, ("channels", "phone", "patience", "mean_s")),
        Item("redial_share", Kind.SHARE, ("channels", "phone", "next", "redial", "probability")),
        Item("participation", Kind.SHARE, ("satisfaction", "participation")),
    ),
    "money": (
        Item("own_budget", Kind.WAN, ("employment", "in_house", "budget_cny")),
        Item("own_pay", Kind.NUMBER, ("employment", "in_house", "pay_cny_per_person_year")),
        Item("own_insurance", Kind.SHARE, ("employment", "in_house", "social_insurance_share")),
        Item("own_overhead", Kind.SHARE, ("employment", "in_house", "overhead_share")),
        Item(
            "own_hours", Kind.NUMBER, ("employment", "in_house", "productive_hours_per_person_year")
        ),
        Item("own_staff_share", Kind.SHARE, ("employment", "in_house", "staff_share")),
        Item("own_answering", Kind.SHARE, ("employment", "in_house", "answering_share")),
        Item("bought_budget", Kind.WAN, ("employment", "outsourced", "budget_cny")),
        Item("bought_award", Kind.WAN, ("employment", "outsourced", "award_cny")),
        Item("bought_cost", Kind.NUMBER, ("employment", "outsourced", "cost_per_person_month_cny")),
        Item(
            "bought_hours",
            Kind.NUMBER,
            ("employment", "outsourced", "productive_hours_per_person_year"),
        ),
        Item("bought_staff_share", Kind.SHARE, ("employment", "outsourced", "staff_share")),
        Item("bought_answering", Kind.SHARE, ("employment", "outsourced", "answering_share")),
    ),
}
# Sheets of rows: their columns.
COLUMNS: dict[str, dict[str, Kind]] = {
    "volumes": {
        "channel": Kind.CHANNEL,
        "counted": Kind.COUNTED,
        "per": Kind.PER,
        "volume": Kind.NUMBER,
        "connect_rate": Kind.SHARE,
        "note": Kind.OWN,
    },
    "hours": {
        "hour": Kind.CLOCK,
        "workday": Kind.NUMBER,
        "restday": Kind.NUMBER,
        "note": Kind.OWN,
    },
    "staff": {
        "team": Kind.TEXT,
        "employment": Kind.EMPLOYMENT,
        "persons": Kind.NUMBER,
        "shrinkage": Kind.SHARE,
        "note": Kind.OWN,
    },
    "shifts": {
        "team": Kind.TEXT,
        "seats": Kind.NUMBER,
        "from": Kind.CLOCK,
        "to": Kind.CLOCK,
        "days": Kind.DAYS,
        "break_minutes": Kind.NUMBER,
        "break_from": Kind.CLOCK,
        "break_to": Kind.CLOCK,
        "note": Kind.OWN,
    },
    "published": {
        "measure": Kind.MEASURE,
        "value": Kind.FIGURE,
        "note": Kind.TEXT,
    },
}
ITEM_COLUMNS = ("item", "value", "unit", "told")
SHEETS = ("basics", "volumes", "hours", "shifts", "staff", "money", "published")  # in their order
TEAMS = ("day", "night")  # of the base; a further one is like the first
CHOICES: dict[Kind, tuple[str, ...]] = {
    Kind.CHANNEL: ("phone", "wechat", "app"),
    Kind.COUNTED: ("cases", "answered", "offered"),
    Kind.PER: ("year", "day", "hour"),
    Kind.EMPLOYMENT: ("in_house", "outsourced"),
    Kind.DAYS: ("mon-sun", "mon-fri", "sat,sun", "workdays", "restdays"),
    Kind.MEASURE: PUBLISHABLE,
}
# Other words that are in use.
_ALSO = {
    **dict.fromkeys(("自有", "自聘", "自建", "自有自聘", "own"), "in_house"),
    **dict.fromkeys(("政府购买服务", "购买服务", "contracted"), "outsourced"),
}


def sheet_label(name: str, lang: Lang) -> str:
    """Return what a sheet is called."""
    return text(f"form.sheet.{name}", lang)


def head_label(name: str, lang: Lang) -> str:
    """Return what a column is called."""
    return text(f"form.head.{name}", lang)


def item_label(name: str, lang: Lang) -> str:
    """Return what an item is called."""
    return text(f"form.item.{name}", lang)


def choice_label(kind: Kind, name: str, lang: Lang) -> str:
    """Return what stands in a cell for a word of a file."""
    match kind:
        case Kind.MEASURE:
            return text(f"measure.{name}", lang, within_s="15")
        case Kind.EMPLOYMENT:
            return text(f"employment.{name}", lang)
        case Kind.DAYS:
            return text(f"form.days.{name}", lang)
    return text(f"form.choice.{name}", lang)


def team_label(name: str, lang: Lang) -> str:
    """Return what a team of the base is called."""
    return text(f"form.team.{name}", lang)


def choices(kind: Kind) -> dict[str, str]:
    """Return what may stand in a cell, in either language, and which word of a file it is."""
    labels = {
        word: name
        for name in CHOICES[kind]
        for word in (name, *(choice_label(kind, name, lang) for lang in LANGUAGES))
    }
    return {**labels, **_ALSO} if kind is Kind.EMPLOYMENT else labels
