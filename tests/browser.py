"""Headless Chromium, by its debugging pipe: pages looked at as a reader's browser shows them."""

import base64
import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
_ALONE = (  # as root, in no sandbox, and asking nothing of the network by itself
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--remote-debugging-pipe",
)


class Page:
    """A tab: what is asked of it, and what it has told."""

    def __init__(self, reading, writing):
        self._reading, self._writing = reading, writing
        self._asked, self._rest, self._session = 0, b"", {}
        self.events = []

    def ask(self, method, **params):
        """Return the answer to a command of Chrome's DevTools protocol."""
        self._asked += 1
        words = {"id": self._asked, "method": method, "params": params, **self._session}
        os.write(self._writing, json.dumps(words).encode() + b"\0")
        while True:
            told = self._told()
            if told.get("id") == self._asked:
                assert "error" not in told, told["error"]
                return told["result"]
            self.events.append(told)

    def _told(self):
        while b"\0" not in self._rest:
            more = os.read(self._reading, 1 << 20)
            assert more, "Chromium has gone"
            self._rest += more
        first, _, self._rest = self._rest.partition(b"\0")
        return json.loads(first)

    def attach(self):
        """Open the tab."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        found = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = {"sessionId": found["sessionId"]}
        for domain in ("Page", "Network", "DOM", "CSS", "Runtime", "Log"):
            self.ask(f"{domain}.enable")

    def open(self, path):
        """Show a file, and wait until it is laid out and its fonts are there."""
        self.visit(Path(path).resolve().as_uri())

    def visit(self, address):
        """Show what is at an address, and wait until it is laid out and its fonts are there."""
        self.ask("Page.navigate", url=address)
        while not any(one.get("method") == "Page.loadEventFired" for one in self.events):
            self.events.append(self._told())
        self.value("document.fonts.ready.then(() => true)")

    def value(self, expression):
        """Return the value of a JavaScript expression in the page."""
        found = self.ask(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def waits_for(self, expression, most_s=60.0):
        """Return the value of an expression as soon as it is no longer false."""
        until = time.monotonic() + most_s
        while not (found := self.value(expression)):
            assert time.monotonic() < until, f"never: {expression}"
            time.sleep(0.1)
        return found

    def press(self, key, code):
        """Press a key, by its name and its number, where the focus is."""
        for kind in ("keyDown", "keyUp"):
            told = {"key": key, "code": key, "windowsVirtualKeyCode": code}
            self.ask("Input.dispatchKeyEvent", type=kind, **told)

    def wide(self, width, height=900, *, phone=False):
        """Make the window so wide, in pixels."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if phone else 1,
            mobile=phone,
        )

    def fonts(self, selector="body"):
        """Return which fonts drew the characters of an element and of all in it."""
        root = self.ask("DOM.getDocument")["root"]["nodeId"]
        nodes = self.ask("DOM.querySelectorAll", nodeId=root, selector=f"{selector}, {selector} *")
        found: dict[tuple[str, bool], int] = {}
        for node in nodes["nodeIds"]:
            for font in self.ask("CSS.getPlatformFontsForNode", nodeId=node)["fonts"]:
                name = (font["familyName"], font["isCustomFont"])
                found[name] = found.get(name, 0) + font["glyphCount"]
        return found

    def requests(self):
        """Return the addresses that the page has asked for."""
        asked = (one for one in self.events if one.get("method") == "Network.requestWillBeSent")
        return [one["params"]["request"]["url"] for one in asked]

    def picture(self, *, whole=True):
        """Return a PNG of what is shown."""
        shot = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        return base64.b64decode(shot["data"])

    def printed(self):
        """Return the PDF that printing would give, on paper of the page's own size."""
        found = self.ask("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        return base64.b64decode(found["data"])


@contextlib.contextmanager
def chromium():
    """Give a tab of a Chromium that ends with the block."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        to_read, from_write = os.pipe()
        from_read, to_write = os.pipe()
        # Chromium reads commands from 3 and answers on 4.
        places = f'exec "$0" "$@" 3<&{to_read} 4>&{to_write}'
        process = subprocess.Popen(
            ["bash", "-c", places, CHROMIUM, *_ALONE, f"--user-data-dir={profile}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(to_read, to_write),
        )
        os.close(to_read)
        os.close(to_write)
        page = Page(from_read, from_write)
        try:
            page.attach()
            yield page
        finally:
            with contextlib.suppress(OSError):
                os.write(from_write, b'{"id": 0, "method": "Browser.close"}\0')
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            os.close(from_read)
            os.close(from_write)
