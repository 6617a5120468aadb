# Copyright (c) 2026, cloudops.eks_windows contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: no other collection may import it.

"""Headless Chromium, driven by its DevTools protocol over a pipe: no port, no driver program, no library."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.setup.chromium import Browser

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
)
# A program between, since what runs between fork and exec must not wait for another thread of this process.
GIVE_PIPES = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.dup2(int(sys.argv[2]), 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
PATIENCE = 60.0
KEYS: Mapping[str, tuple[str, int, str]] = {
    "ArrowRight": ("ArrowRight", 39, ""),
    "ArrowLeft": ("ArrowLeft", 37, ""),
    "ArrowDown": ("ArrowDown", 40, ""),
    "ArrowUp": ("ArrowUp", 38, ""),
    "Home": ("Home", 36, ""),
    "End": ("End", 35, ""),
    "PageDown": ("PageDown", 34, ""),
    "PageUp": ("PageUp", 33, ""),
    "Enter": ("Enter", 13, "\r"),
    "Escape": ("Escape", 27, ""),
    "Tab": ("Tab", 9, ""),
    " ": ("Space", 32, " "),
}
CONTROL = 2
SHIFT = 8


class BrowserError(Exception):
    """The browser ended, did not answer, or refused a command."""


class Tab:
    """One page, with what it asked of the network and what its console complained of.

    Attributes:
        requests: The URLs that were asked for, in order.
        complaints: Errors and warnings of the console, exceptions and violations of the policy.
    """

    def __init__(self, chromium: Chromium, session: str) -> None:
        self._chromium = chromium
        self._session = session
        self.requests: list[str] = []
        self.complaints: list[str] = []

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """A command of the protocol, and its answer."""
        return self._chromium.send(method, parameters, self._session)

    def notice(self, message: Mapping[str, Any]) -> None:
        """Keep what an event says of network and console."""
        method, said = message["method"], message["params"]
        if method == "Network.requestWillBeSent":
            self.requests.append(said["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(said["exceptionDetails"])[:1000])
        elif method == "Log.entryAdded" and said["entry"]["level"] in ("error", "warning"):
            self.complaints.append(said["entry"]["text"])
        elif method == "Runtime.consoleAPICalled" and said["type"] in ("error", "warning", "assert"):
            self.complaints.append(json.dumps(said["args"])[:1000])

    def open(self, file: Path) -> None:
        """Load a file and wait until its script has run."""
        self.send("Page.navigate", url=file.as_uri())
        self.wait("location.href.startsWith('file:') && document.readyState === 'complete'")

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page.

        Raises:
            BrowserError: Where it throws.
        """
        answer = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise BrowserError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def wait(self, expression: str) -> None:
        """Until the expression is true in the page."""
        until(lambda: self.evaluate(f"Boolean({expression})") is True, expression)

    def press(self, key: str, modifiers: int = 0) -> None:
        """Press a key and let it go."""
        code, number, text = KEYS[key]
        known = {"key": key, "code": code, "windowsVirtualKeyCode": number, "modifiers": modifiers}
        self.send("Input.dispatchKeyEvent", type="keyDown", **known, **({"text": text} if text else {}))
        self.send("Input.dispatchKeyEvent", type="keyUp", **known)

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self.send("Input.insertText", text=text)

    def click(self, selector: str) -> None:
        """Click in the middle of the first element that matches."""
        x, y = self.evaluate(
            f"(() => {{ const found = document.querySelector({json.dumps(selector)});"
            " found.scrollIntoView({block: 'center', inline: 'center'});"
            " const box = found.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def choose(self, selector: str, value: str) -> None:
        """Choose an option of a select."""
        self.evaluate(
            f"(() => {{ const found = document.querySelector({json.dumps(selector)});"
            f" found.value = {json.dumps(value)}; found.dispatchEvent(new Event('change', {{bubbles: true}})); }})()"
        )

    def emulate(self, media: str = "", **features: str) -> None:
        """Show the page as for a medium, and for features such as ``prefers_color_scheme``."""
        named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.send("Emulation.setEmulatedMedia", media=media, features=named)

    def size(self, width: int, height: int) -> None:
        """The size of the window, in CSS pixels."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def screenshot(self, file: Path) -> None:
        """What the window shows, as PNG."""
        file.write_bytes(base64.b64decode(self.send("Page.captureScreenshot", format="png")["data"]))

    def pdf(self) -> bytes:
        """The printed page."""
        answer = self.send("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
        return base64.b64decode(answer["data"])


class Chromium:
    """A browser that lives as long as the context.

    Args:
        browser: The program.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._answers: dict[int, queue.Queue[dict[str, Any]]] = {}
        self._tabs: dict[str, Tab] = {}
        self._lock = threading.Lock()
        self._number = 0

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="eks-windows-browser-", ignore_cleanup_errors=True)
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        # The protocol's numbers are 3 and 4, which the pipes themselves may have.
        theirs = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (theirs_in, theirs_out)]
        os.close(theirs_in)
        os.close(theirs_out)
        home = Path(self._folder.name)
        self._log = (home / "log").open("wb")
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-ISc", GIVE_PIPES, *map(str, theirs)),
                str(self._browser.program),
                *FLAGS,
                "--remote-debugging-pipe",
                f"--user-data-dir={home / 'profile'}",
                "about:blank",
            ],
            env={**os.environ, **self._browser.environment, "HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            pass_fds=theirs,
            start_new_session=True,
        )
        for end in theirs:
            os.close(end)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(BrowserError, OSError, subprocess.TimeoutExpired):
            self.send("Browser.close", {})
            self._process.wait(10)
        # What it started may outlive it for a moment.
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._out)
        self._reader.join(10)
        os.close(self._in)
        self._log.close()
        self._folder.cleanup()

    def tab(self) -> Tab:
        """A new page in a context of its own, with its console and network noted."""
        context = self.send("Target.createBrowserContext", {})["browserContextId"]
        target = self.send("Target.createTarget", {"url": "about:blank", "browserContextId": context})["targetId"]
        session = self.send("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        tab = self._tabs[session] = Tab(self, session)
        for domain in ("Page", "Runtime", "Log", "Network"):
            tab.send(f"{domain}.enable")
        tab.size(1440, 900)
        return tab

    def send(self, method: str, parameters: Mapping[str, Any], session: str = "") -> dict[str, Any]:
        """A command of the protocol, and its answer.

        Raises:
            BrowserError: Where it is refused, or no answer comes.
        """
        with self._lock:
            self._number += 1
            number = self._number
            answer = self._answers[number] = queue.Queue()
            command = {"id": number, "method": method, "params": parameters}
            data = json.dumps({**command, **({"sessionId": session} if session else {})}).encode() + b"\0"
            while data:
                data = data[os.write(self._out, data) :]
        try:
            message = answer.get(timeout=PATIENCE)
        except queue.Empty:
            raise BrowserError(f"{method}: no answer in {PATIENCE:.0f} s\n{self._said()}") from None
        finally:
            del self._answers[number]
        if "error" in message:
            raise BrowserError(f"{method}: {message['error']}")
        found: dict[str, Any] = message["result"]
        return found

    def _said(self) -> str:
        return Path(self._log.name).read_text(errors="replace")[-2000:]

    def _read(self) -> None:
        kept = b""
        while chunk := os.read(self._in, 1 << 20):
            *messages, kept = (kept + chunk).split(b"\0")
            for message in map(json.loads, messages):
                if "id" in message:
                    self._answers[message["id"]].put(message)
                elif message.get("sessionId") in self._tabs:
                    self._tabs[message["sessionId"]].notice(message)
        for answer in list(self._answers.values()):
            answer.put({"error": f"the browser ended\n{self._said()}"})


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait until it holds.

    Raises:
        BrowserError: Where it does not in time.
    """
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise BrowserError(f"did not come true in {PATIENCE:.0f} s: {what}")
        time.sleep(0.02)
