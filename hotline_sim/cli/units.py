"""Numbers as people write them on a command line: 4min, 30%, 1万."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from hotline_sim.cli.screen import Failure
from hotline_sim.messages import text

if TYPE_CHECKING:
    from hotline_sim.messages import Lang

_NUMBER = re.compile(r"([\d,，]*\.?\d+(?:e[+-]?\d+)?)(.*)", re.IGNORECASE)
_SECONDS = {
    **dict.fromkeys(("", "s", "sec", "second", "seconds", "秒", "秒钟"), 1.0),
    **dict.fromkeys(("m", "min", "minute", "minutes", "分", "分钟"), 60.0),
    **dict.fromkeys(("h", "hour", "hours", "时", "小时"), 3600.0),
}
_TIMES = {"": 1.0, "k": 1e3, "千": 1e3, "万": 1e4, "m": 1e6, "百万": 1e6, "亿": 1e8}
NEVER = ("never", "不放弃", "无限")  # in place of a time until somebody gives up
_SHARES = {"": 1.0, "%": 0.01, "％": 0.01}


def seconds(option: str, written: str, lang: Lang) -> float:
    """Return a time above 0: 240, 240s, 4min, 1.5h, 4分钟.

    Raises
    ------
    Failure
        If it is none.
    """
    value = _value(written, _SECONDS)
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
    value = _value(written, _TIMES)
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
    value = _value(written, _SHARES)
    if value is not None and 1.0 < value <= 100.0 and not written.rstrip().endswith(("%", "％")):
        values = {"option": option, "found": written, "meant": f"{value / 100.0:g}"}
        raise Failure(text("say.share_meant", lang, percent=f"{value:g}%", **values))
    if value is None or not 0.0 <= value <= 1.0:
        raise Failure(text("say.share_form", lang, option=option, found=written))
    return value


def _value(written: str, units: dict[str, float]) -> float | None:
    match = _NUMBER.fullmatch("".join(written.split()))
    if match is None or match[2].lower() not in units:
        return None
    digits = match[1].replace(",", "").replace("，", "")
    try:
        number = float(digits)
    except ValueError:
        return None
    scale = units[match[2].lower()]
    return number / 100.0 if scale == 0.01 else number * scale  # so that 95% is 0.95
