"""Numbers as people write them on a command line: 4min, 30%, 1万; what is wrong with others."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import click

from hotline_sim.cli.screen import Failure
from hotline_sim.messages import text
from hotline_sim.scenario.written import number_as, parted

if TYPE_CHECKING:
    from hotline_sim.messages import Lang
    from hotline_sim.scenario.written import Kind

NEVER = ("never", "不放弃", "无限")  # in place of a time until somebody gives up


class _Range(click.FloatRange):
    """A number in a range, which may be written with a unit."""

    kind: Kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return it in the unit of its kind; what is none is told as click tells it."""
        read = number_as(self.kind, value) if isinstance(value, str) else None
        return super().convert(value if read is None else read, param, ctx)


class ShareRange(_Range):
    """A share: 0.05, 5%."""

    kind = "share"


class SecondsRange(_Range):
    """A time: 30, 30s, 2min."""

    kind = "seconds"


def seconds(option: str, written: str, lang: Lang) -> float:
    """Return a time above 0: 240, 240s, 4min, 1.5h, 4分钟.

    Raises
    ------
    Failure
        If it is none.
    """
    value = number_as("seconds", written)
    if value is None or not 0.0 < value < math.inf:
        raise Failure(text("say.time_form", lang, option=option, found=written))
    return value


def amount(option: str, written: str, lang: Lang) -> float:
    """Return a number above 0: 120, 12,000, 1.2万.

    Raises
    ------
    Failure
        If it is none.
    """
    value = number_as("count", written)
    if value is None or not 0.0 < value < math.inf:
        raise Failure(text("say.number_form", lang, option=option, found=written))
    return value


def share(option: str, written: str, lang: Lang) -> float:
    """Return a share from 0 to 1: 0.3, 30%.

    Raises
    ------
    Failure
        If it is none; of a bare 30, what it may have meant.
    """
    value = number_as("share", written)
    if value is not None and 1.0 < value <= 100.0 and not written.rstrip().endswith(("%", "％")):
        values = {"option": option, "found": written, "meant": f"{value / 100.0:g}"}
        raise Failure(text("say.share_meant", lang, percent=f"{value:g}%", **values))
    if value is None or not 0.0 <= value <= 1.0:
        raise Failure(text("say.share_form", lang, option=option, found=written))
    return value


def amount_cny(option: str, written: str, lang: Lang) -> float:
    """Return an amount of money, in yuan: 2000000, 2M, 2,000,000, 200万, 0.02亿元.

    Raises
    ------
    Failure
        If it is no amount above 0.
    """
    amount = number_as("cny", written)
    if amount is None or not 0.0 < amount < math.inf:
        raise Failure(text("say.amount_form", lang, option=option, found=written))
    return amount


def amounts_cny(from_: str, to: str, lang: Lang) -> tuple[float, float]:
    """Return the ends of ``--from`` and ``--to``, in yuan.

    Raises
    ------
    Failure
        If one is no amount, or only one has a unit and the other one probably lacks it: in that
        unit it would be nearer.
    """
    written = {"--from": from_, "--to": to}
    amounts = {option: amount_cny(option, one, lang) for option, one in written.items()}
    units = {option: (parted(one) or (0, ""))[1] for option, one in written.items()}
    for option, other in (("--from", "--to"), ("--to", "--from")):
        if units[option] or not units[other]:
            continue
        meant = f"{written[option].strip()}{_unit(written[other])}"
        in_unit = amount_cny(option, meant, lang)
        in_order = in_unit <= amounts[other] if option == "--from" else in_unit >= amounts[other]
        if in_order and _apart(in_unit, amounts[other]) < _apart(amounts[option], amounts[other]):
            values = {"option": option, "other": other, "found": written[option]}
            yuan = f"{written[option].strip()}{text('say.yuan', lang)}"
            told = text("say.units_differ", lang, meant=meant, yuan=yuan, **values)
            raise Failure(told)
    return amounts["--from"], amounts["--to"]


def _unit(written: str) -> str:
    """Return the unit as it is written."""
    return written.strip().lstrip("0123456789.,，０１２３４５６７８９ ")


def _apart(one: float, other: float) -> float:
    return abs(math.log(one / other))
