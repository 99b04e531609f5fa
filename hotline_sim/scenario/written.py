"""Numbers as people write them: 4min, 30%, 43万, 1200万元; full-width digits as well."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Literal

Kind = Literal["seconds", "minutes", "hours", "days", "share", "count", "cny"]

_FORM = re.compile(
    r"([+-]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d*\.?\d+|\d+\.))((?:e[+-]?\d+)?)(.*)", re.I
)
_TIMES_S = {
    **dict.fromkeys(("s", "sec", "second", "seconds", "秒", "秒钟"), 1),
    **dict.fromkeys(("m", "min", "minute", "minutes", "分", "分钟"), 60),
    **dict.fromkeys(("h", "hour", "hours", "时", "小时"), 3600),
    **dict.fromkeys(("d", "day", "days", "天", "日"), 86_400),
    **dict.fromkeys(("week", "weeks", "周"), 604_800),
}
_COUNTS = {
    "k": 10**3,
    "千": 10**3,
    "万": 10**4,
    "百万": 10**6,
    "m": 10**6,
    "千万": 10**7,
    "亿": 10**8,
}
_MONEY = ("yuan", "cny", "元")
_SIZE_S: dict[Kind, int] = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
UNITS: dict[Kind, dict[str, Decimal]] = {
    **{
        kind: {"": Decimal(1), **{unit: Decimal(s) / size for unit, s in _TIMES_S.items()}}
        for kind, size in _SIZE_S.items()
    },
    "share": {"": Decimal(1), "%": Decimal("0.01")},
    "count": {"": Decimal(1), **{unit: Decimal(times) for unit, times in _COUNTS.items()}},
    "cny": {
        **dict.fromkeys(("", *_MONEY), Decimal(1)),
        **{f"{u}{yuan}": Decimal(n) for u, n in _COUNTS.items() for yuan in ("", *_MONEY)},
    },
}
KINDS_OF_MEASURES: tuple[Kind, ...] = ("share", "seconds", "hours", "cny")
_KINDS: tuple[tuple[str, Kind], ...] = (
    (r".*_s|.*_s_.*", "seconds"),
    (r"minutes", "minutes"),
    (r"(.*_)?hours(_per_.*)?", "hours"),
    (r"(.*_)?days", "days"),
    (r".*_cny|.*_cny_.*", "cny"),
    (r".*_per_(year|day|hour)|answered|offered|abandoned|blocked", "count"),
    (r"seats|persons|posts|lines|fewest|concurrency|max_contacts|curve", "count"),
)
_WORDS = ("title", "unknown", "note", "source", "kind", "to")  # keys whose values are text
_OF_NUMBERS = ("value", "range", "mean", "low", "high")  # parts of a number's own table


def parted(written: str) -> tuple[Decimal, str] | None:
    """Return a number and the unit behind it, in small letters; None if it begins with no number.

    Full-width letters count as plain ones, and spaces do not count.
    """
    plain = "".join(unicodedata.normalize("NFKC", written).split()).replace("_", "")
    match = _FORM.fullmatch(plain)
    if match is None:
        return None
    return Decimal(match[1].replace(",", "") + match[2]), match[3].lower()


def number_as(kind: Kind, written: str) -> float | None:
    """Return a number of some kind, in the unit that its keys have; None if it is none.

    Times in seconds, minutes, hours or days, shares as fractions, money in yuan.
    """
    found = parted(written)
    if found is None or found[1] not in UNITS[kind]:
        return None
    return float(found[0] * UNITS[kind][found[1]])


def number_for(key: str, written: str) -> int | float | None:
    """Return the number that is written with a unit for a dotted key; None if there is none.

    Of what kind it may be is known from the key's name. Whole numbers are int, so that they
    may stand where only such may.
    """
    parts = [one for one in key.split(".") if not one.isdecimal()]
    if not parts or not set(parts).isdisjoint(_WORDS):
        return None
    name = next((one for one in reversed(parts) if one not in _OF_NUMBERS), "")
    found = number_as(_kind_of(name), written)
    if found is None and _kind_of(name) == "share":  # a factor, or a number of something
        found = number_as("count", written)
    if found is None or found != found // 1 or "%" in written or "％" in written:
        return found
    return int(found)


def _kind_of(name: str) -> Kind:
    return next((kind for form, kind in _KINDS if re.fullmatch(form, name)), "share")
