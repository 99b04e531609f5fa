"""Make the pictures of README and documentation anew: ``python -m tools.screenshots [NAME…]``.

Figures are drawn by the package. Pages are looked at in Chromium, which has to be on the machine,
by the driver of the tests. Without names all are made; Nanning's years take a minute.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import hotline_sim
from hotline_sim import plots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hotline_sim.experiments import DayReplay

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
SEED = 12345
_WIDE, _HIGH, _HIGHER = 1100, 640, 1180  # pixels, of a page that is looked at
_RUSH_S = 15.73 * 3600.0  # of first-day, when several wait and somebody gives up
_WAIT_S = 60.0  # for the local page
_REFINED = """new Promise((done) => {
    const ready = () => document.querySelector('[role="slider"]') &&
        !/refined/.test(document.body.innerText);
    const look = (left) => ready() || left === 0 ? setTimeout(done, 2000)
        : setTimeout(look, 500, left - 1);
    look(240);
})"""


def nanning() -> bytes:
    """Return the figure of README's first screen: both years, simulated beside published."""
    result = hotline_sim.reproduce("nanning")
    return plots.rendered(plots.figure_of(result, "whole", lang="en"), "png")


def queue_day() -> bytes:
    """Return an hour and a half of ``first-day`` as a figure."""
    window = _first_day().between(15 * 3600.0, 16.5 * 3600.0)
    return plots.rendered(plots.queue_day_figure(window, lang="en"), "png")


def day_played() -> bytes:
    """Return the page that plays ``first-day``, at a time at which several wait."""
    with tempfile.TemporaryDirectory() as folder:
        path = hotline_sim.write_animation(Path(folder) / "day.html", _first_day().trimmed())
        move = f"""(() => {{ const time = document.getElementById("time"); time.value = {_RUSH_S};
            time.dispatchEvent(new Event("input")); }})()"""
        return _seen(path.as_uri(), move)


def report() -> bytes:
    """Return the first screen of a report on ``first-day``."""
    result = hotline_sim.run("first-day", replications=20, seed=SEED)
    with tempfile.TemporaryDirectory() as folder:
        path = hotline_sim.write_report(Path(folder) / "report.html", result)
        return _seen(path.as_uri())


def app() -> bytes:
    """Return the first screen of the local page."""
    with _serving() as address:
        return _seen(address, _REFINED, high=_HIGHER)


PICTURES: dict[str, Callable[[], bytes]] = {
    "nanning": nanning,
    "queue-day": queue_day,
    "day-played": day_played,
    "report": report,
}
if importlib.util.find_spec("hotline_sim.app") and importlib.util.find_spec("streamlit"):
    PICTURES["app"] = app


def _first_day() -> DayReplay:
    return hotline_sim.day_of("first-day", seed=SEED, replication=0)


def _seen(address: str, before: str = "true", *, high: int = _HIGH) -> bytes:
    """Return what a page shows, after *before* has run in it, as a PNG."""
    sys.path.insert(0, str(ROOT / "tests"))
    browser = importlib.import_module("browser")
    with browser.chromium() as page:
        page.wide(_WIDE, high)
        page.ask("Page.navigate", url=address)
        page.value("document.fonts.ready.then(() => new Promise((done) => setTimeout(done, 500)))")
        page.value(before)
        picture: bytes = page.picture(whole=False)
        return picture


@contextlib.contextmanager
def _serving() -> Iterator[str]:
    """Give the address of a local page that ends with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "hotline_sim", "app", "--port", str(port), "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address, ends = f"http://127.0.0.1:{port}", time.monotonic() + _WAIT_S
        while True:
            try:
                urllib.request.urlopen(address, timeout=1.0).close()
                break
            except OSError:
                if time.monotonic() > ends or process.poll() is not None:
                    raise
                time.sleep(0.5)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def main() -> None:
    """Write the pictures that are asked for into ``docs/``."""
    parser = argparse.ArgumentParser(description="Make the pictures of the documentation anew.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(PICTURES))
    names = parser.parse_args().names or list(PICTURES)
    for name in names:
        if name not in PICTURES:
            parser.error(f"{name}: no such picture; {', '.join(PICTURES)}")
        path = DOCS / f"{name}.png"
        path.write_bytes(PICTURES[name]())
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
