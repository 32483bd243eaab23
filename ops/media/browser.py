"""A real browser of our own, driven over its DevTools socket; it tells every address it asked for."""

import base64
import itertools
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
from websockets.sync.client import connect

from ops.local.watchdog_pipe import WatchdogPipe

#: As Debian and other systems call it.
NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A container's shared memory is too small for it.
    "--disable-dev-shm-usage",
    # Whatever a page asks of another host is told, and reaches nobody.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-port=0",
)
#: A file that the browser writes when it listens: the port, and a path.
PORT_FILE = "DevToolsActivePort"
#: A page with many charts, in one message.
MOST_BYTES = 64 * 1024**2
HEIGHT = 900
#: Below this width a page is laid out as a telephone does it.
TELEPHONE = 500
#: Of the whole page in one picture.
MOST_HEIGHT = 5_000
SECONDS = 60.0
#: How long a page must stand still to be told finished: plots are drawn after their data came.
STILL_SECONDS = 0.7


def browser_path() -> str | None:
    """Where this machine's browser is; None where there is none."""
    return next((path for path in map(shutil.which, NAMES) if path is not None), None)


class BrowserFailed(Exception):
    """The browser or its page did not do what was asked of it."""


class Browser:
    """One page in a browser without a past; nothing of it outlives the `with` block."""

    def __init__(self, path: str) -> None:
        self._watchdog = WatchdogPipe()
        self._profile = Path(tempfile.mkdtemp(prefix="sales-crew-browser-"))
        self._watchdog.remove(self._profile)
        self._process = subprocess.Popen(
            (path, *FLAGS, f"--user-data-dir={self._profile}", "about:blank"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._watchdog.follow(self._process.pid)
        self._socket = connect(self._page_address(), max_size=MOST_BYTES, compression=None)
        self._numbers = itertools.count(1)
        #: Every address that the page asked for, and what went wrong in its scripts.
        self.asked: list[str] = []
        self.faults: list[str] = []
        for domain in ("Page", "Network", "Runtime"):
            self.call(f"{domain}.enable")
        self.resize(1280)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        # It has nothing to save. The watchdog ends the rest of its group, and removes the profile.
        self._process.kill()
        self._process.wait()
        self._watchdog.close()

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """One command of the DevTools protocol, and its result."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv(timeout=SECONDS))
            if message.get("id") == number:
                if "error" in message:
                    raise BrowserFailed(str(message))
                result: dict[str, Any] = message["result"]
                return result
            self._hear(message.get("method"), message.get("params", {}))

    def open(self, address: str) -> None:
        self.call("Page.navigate", url=address)

    def see(self, script: str) -> Any:
        """What a script finds in the page."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in found:
            raise BrowserFailed(str(found["exceptionDetails"]))
        return found["result"].get("value")

    def wait(self, script: str) -> None:
        """Until a script finds something."""
        try:
            _wait_until(lambda: self.see(f"Boolean({script})"), script)
        except BrowserFailed as error:
            error.add_note(self.text)
            raise

    def wait_for_text(self, text: str) -> None:
        self.wait(f"{_TEXT}.includes({json.dumps(text)})")

    def wait_for_heading(self, text: str) -> None:
        """Until this is the page that the reader is on."""
        heading = "document.querySelector('h1')?.innerText"
        self.wait(
            f"{heading} === {json.dumps(text)} && !document.querySelector('[data-stale=true]')"
        )

    @property
    def text(self) -> str:
        """All that can be read on the page."""
        return str(self.see(_TEXT))

    def settle(self) -> None:
        """Until nothing loads and nothing moves any more."""
        stood_since, before = time.monotonic(), ""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() - stood_since < STILL_SECONDS:
            now = str(self.see(_PICTURE_OF_STATE))
            if now != before or now.startswith("busy"):
                stood_since, before = time.monotonic(), now
            if time.monotonic() > deadline:
                raise BrowserFailed("the page does not come to rest")
            time.sleep(0.05)

    def write(self, selector: str, text: str) -> None:
        """Type a text where the selector leads, and press Enter."""
        where = f"document.querySelector({json.dumps(selector)})"
        self.wait(where)
        self.see(f"{where}.focus()")
        self.call("Input.insertText", text=text)
        for kind in ("keyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key="Enter",
                code="Enter",
                windowsVirtualKeyCode=13,
                text="\r",
            )

    def click(self, text: str) -> None:
        """The first link or button that says so."""
        what = (
            "[...document.querySelectorAll('a, button')]"
            f".find(each => each.innerText.trim().endsWith({json.dumps(text)}))"
        )
        self.wait(what)
        self.see(f"{what}.click()")

    def resize(self, width: int, height: int = HEIGHT) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < TELEPHONE,
        )

    def photograph(self, path: Path, width: int) -> None:
        """The whole page at this width; fails where it is wider than the screen."""
        self.resize(width)
        self.settle()
        self.resize(width, min(max(int(self.see(_WHOLE_HEIGHT)), HEIGHT), MOST_HEIGHT))
        self.settle()
        if not self.see("document.documentElement.scrollWidth <= innerWidth"):
            raise BrowserFailed(f"{path.name} is wider than the screen")
        picture = self.call("Page.captureScreenshot", format="png")["data"]
        path.write_bytes(base64.b64decode(picture))

    def strangers(self, ours: str) -> list[str]:
        """The addresses asked for that are of another host than `ours`."""
        return [
            address
            for address in self.asked
            if urlsplit(address).scheme in ("http", "https", "ws", "wss")
            and urlsplit(address).netloc != urlsplit(ours).netloc
        ]

    def _hear(self, method: str | None, params: dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            self.asked.append(params["request"]["url"])
        elif method == "Network.webSocketCreated":
            self.asked.append(params["url"])
        elif method == "Runtime.exceptionThrown":
            self.faults.append(params["exceptionDetails"]["text"])

    def _page_address(self) -> str:
        written = self._profile / PORT_FILE
        _wait_until(lambda: written.exists() and written.read_text(), "the browser")
        port = written.read_text().splitlines()[0]
        targets = httpx.get(f"http://127.0.0.1:{port}/json/list", trust_env=False).json()
        [page] = [each for each in targets if each["type"] == "page"]
        return str(page["webSocketDebuggerUrl"])


#: A page that is on its way has no body.
_TEXT = "(document.body?.innerText ?? '')"
_WHOLE_HEIGHT = """
    Math.max(...[...document.querySelectorAll('[data-testid=stMain], [data-testid=stMainBlockContainer]')]
        .map(each => each.scrollHeight), document.documentElement.scrollHeight) + 20
"""
#: What is to be seen, and whether something is still to come.
_PICTURE_OF_STATE = f"""
    (document.querySelector('[data-testid=stSpinner], [data-testid=stStatusWidget], [data-stale=true]')
        ? 'busy' : 'still')
    + document.querySelectorAll('canvas, svg').length + {_TEXT}
"""


def _wait_until(look: Callable[[], Any], what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not look():
        if time.monotonic() > deadline:
            raise BrowserFailed(f"waited in vain for {what}")
        time.sleep(0.05)
