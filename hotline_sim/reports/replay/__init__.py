"""A day played again in the reader's browser, as one HTML file that asks nobody for anything."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import hotline_sim
from hotline_sim.atomic import write_atomically
from hotline_sim.messages import LANGUAGES, RefusalError
from hotline_sim.reports.replay import contents
from hotline_sim.reports.report import seal
from hotline_sim.reports.report.as_html import words_of
from hotline_sim.reports.report.font import subset

if TYPE_CHECKING:
    from hotline_sim.experiments import DayReplay
    from hotline_sim.messages import Lang

__all__ = ["MOST_CONTACTS", "animation", "check_animation_file", "write_animation"]

MOST_CONTACTS = 10_000  # of a page that a browser plays smoothly, and that is sent by mail
_HERE = "FONT"  # stands in the page until it is known which letters the font must draw
_ALWAYS = "×" + "".join(map(chr, range(0x20, 0x7F)))  # what the style shows, and numbers


def animation(day: DayReplay, *, lang: Lang) -> bytes:
    """Return a page that plays a day, or a window of it; the reader may change its language.

    The same day gives the same bytes.

    Raises
    ------
    ValueError
        If the day has more than ``MOST_CONTACTS`` contacts.
    """
    from jinja2 import Environment
    from markupsafe import Markup

    if len(day.contacts) > MOST_CONTACTS:
        count = f"{len(day.contacts):,}"
        raise RefusalError("replay.too_many", count=count, most=f"{MOST_CONTACTS:,}")
    environment = Environment(autoescape=True, keep_trailing_newline=True)
    script = _file("page.js")
    page = environment.from_string(_file("page.html.jinja")).render(
        font=_HERE,
        lang=lang,
        languages=LANGUAGES,
        words={one: contents.words_of_page(one) for one in LANGUAGES},
        counts=contents.COUNTS,
        legend=contents.LEGEND,
        heads=contents.HEADS,
        titles={one: getattr(day.scenario.title, one) for one in LANGUAGES},
        places={one: contents.place_of(day, one) for one in LANGUAGES},
        hours=contents.hours_of(day),
        from_s=round(day.from_s),
        until_s=round(day.until_s),
        data=Markup(contents.as_json(contents.played(day))),
        css=Markup(_file("page.css")),
        script=Markup(script),
        allowed=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        generator=f"hotline-sim {hotline_sim.__version__}",
    )
    font = base64.b64encode(subset(sorted({*_ALWAYS, *words_of(page)}))).decode()
    return seal.sealed_page(page.replace(_HERE, font, 1).encode())


def write_animation(path: str | Path, day: DayReplay, *, lang: Lang = "en") -> Path:
    """Write a page that plays a day to an ``.html`` file, whole or not at all; return its path.

    A page that stands there and that nobody has changed is replaced.

    Raises
    ------
    ValueError
        If the day has too many contacts, the name ends otherwise, there is no such folder, or
        something else stands there.
    OSError
        If the file cannot be written.
    """
    target = Path(path)
    check_animation_file(target)
    write_atomically(target, animation(day, lang=lang))
    return target


def check_animation_file(path: Path) -> None:
    """See that a page may be written to a file.

    Raises
    ------
    RefusalError
        If its name ends otherwise, there is no such folder, or what stands there is no page of
        ours or was changed since.
    OSError
        If what stands there cannot be read.
    """
    if path.suffix.lower() != ".html":
        raise RefusalError("replay.form", path=path)
    if not path.parent.is_dir():
        raise RefusalError("report.no_folder", path=path.parent)
    stands = path.is_symlink() or path.exists()
    if stands and not (path.is_file() and seal.is_untouched(path.read_bytes())):
        raise RefusalError("replay.not_ours", path=path)


def _file(name: str) -> str:
    return (resources.files("hotline_sim.reports.replay") / name).read_text(encoding="utf-8")
