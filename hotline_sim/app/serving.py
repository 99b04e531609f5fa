"""The page's server: Streamlit on this computer alone, in a process of its own."""

from __future__ import annotations

import contextlib
import http.client
import importlib.util
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from hotline_sim import stopping
from hotline_sim.messages import RefusalError
from hotline_sim.plots.words import shipped_font

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hotline_sim.messages import Lang

ADDRESS = "127.0.0.1"  # nobody else's
_USUAL_PORT, _PORTS = 8501, 50  # the first that is tried, and how many
_LONGEST_START_S, _PAUSE_S = 60.0, 0.1
_LONGEST_END_S = 5.0
_FONT = "NotoSansSC.otf"
# Nothing is asked of who starts it, nothing is sent, no file is watched, nothing else is served
# than the font; an error shows no code.
_OPTIONS = {
    "browser.gatherUsageStats": "false",
    "browser.serverAddress": ADDRESS,
    "client.showErrorDetails": "none",
    "client.toolbarMode": "minimal",
    "global.developmentMode": "false",
    "server.address": ADDRESS,
    "server.enableStaticServing": "true",
    "server.fileWatcherType": "none",
    "server.headless": "true",
    "server.maxUploadSize": "5",
    "server.runOnSave": "false",
}
# A font family of the page's own, so that Chinese is drawn on computers without such a font.
_LOOK = f"""\
[theme]
base = "light"
font = "'Source Sans', 'Noto Sans SC page', sans-serif"
headingFont = "'Source Sans', 'Noto Sans SC page', sans-serif"
codeFont = "'Source Code', 'Noto Sans SC page', monospace"

[[theme.fontFaces]]
family = "Noto Sans SC page"
url = "app/static/{_FONT}"
"""


def page_text(lang: Lang, first: str) -> str:
    """Return the script that Streamlit runs: the page, at first in a language, of a scenario."""
    return f"from hotline_sim.app.page import show\n\nshow({lang!r}, {first!r})\n"


def is_installed() -> bool:
    """Tell whether the library of the page is there."""
    return importlib.util.find_spec("streamlit") is not None


def free_port(asked: int | None) -> int:
    """Return the port that was asked for, or the first that is free.

    Raises
    ------
    RefusalError
        If another program uses it.
    """
    ports = range(_USUAL_PORT, _USUAL_PORT + _PORTS) if asked is None else [asked]
    for port in ports:
        with socket.socket() as one, contextlib.suppress(OSError):
            if os.name == "posix":
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind((ADDRESS, port))
            return port
    raise RefusalError("app.port_taken", port=ports[0])


def serve(port: int, lang: Lang, first: str, started: Callable[[str], None]) -> None:
    """Serve the page until the process is told to end; *started* gets the address.

    Raises
    ------
    RefusalError
        If the server does not start.
    """
    with tempfile.TemporaryDirectory(prefix="hotline-sim-") as name:
        folder = Path(name)
        _lay_out(folder, page_text(lang, first))
        with _server(folder, port) as process:
            _wait(process, port, folder)
            started(f"http://{ADDRESS}:{port}")
            process.wait()


def _lay_out(folder: Path, script: str) -> None:
    """Write what Streamlit reads: the script, its look, and the font beside it."""
    (folder / "page.py").write_text(script, encoding="utf-8")
    (folder / "static").mkdir()
    (folder / "static" / _FONT).write_bytes(shipped_font().read_bytes())
    (folder / ".streamlit").mkdir()
    (folder / ".streamlit" / "config.toml").write_text(_LOOK, encoding="utf-8")


@contextlib.contextmanager
def _server(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Give the server's process, which ends with the block."""
    options = {**_OPTIONS, "server.port": str(port), "browser.serverPort": str(port)}
    flags = [part for key, value in options.items() for part in (f"--{key}", value)]
    kept = {key: one for key, one in os.environ.items() if not key.startswith("STREAMLIT_")}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "page.py", *flags],
            cwd=folder,
            env=kept,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            yield process
        finally:
            stopping.hold()
            process.terminate()
            try:
                process.wait(_LONGEST_END_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    """Wait until the server answers."""
    until = time.monotonic() + _LONGEST_START_S
    while process.poll() is None and time.monotonic() < until:
        connection = http.client.HTTPConnection(ADDRESS, port, timeout=1)
        with (
            contextlib.suppress(OSError, http.client.HTTPException),
            contextlib.closing(connection),
        ):
            connection.request("GET", "/_stcore/health")
            if connection.getresponse().status == http.client.OK:
                return
        time.sleep(_PAUSE_S)
    said = (folder / "log").read_text(encoding="utf-8", errors="replace").split("\n")
    lines = [line.strip() for line in said if line.strip()]
    raise RefusalError("app.did_not_start", reason=lines[-1] if lines else process.poll())
