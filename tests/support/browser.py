"""A headless Chromium, driven over a pipe by the DevTools protocol.

https://chromedevtools.github.io/devtools-protocol; a message is JSON that ends with a NUL.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SECONDS = 60.0
# The browser reads commands from descriptor 3 and writes answers to 4.
STARTER = """
import os, sys
read, write = (os.dup(int(each)) for each in sys.argv[1:3])
for old, new in ((read, 3), (write, 4)):
    os.dup2(old, new)
    os.set_inheritable(new, True)
os.execv(sys.argv[3], sys.argv[3:])
"""
KEYS = {"Tab": (9, ""), "Enter": (13, "\r"), " ": (32, " "), "ArrowDown": (40, "")}


def installed() -> str | None:
    """Return the path of a Chromium or Chrome; None without one."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Browser:
    """One tab. `events` are the messages that no command asked for: console, log and requests."""

    def __init__(self, read: int, write: int) -> None:
        self._read, self._write = read, write
        self._selector = selectors.DefaultSelector()
        self._selector.register(read, selectors.EVENT_READ)
        self._buffer = b""
        self._number = 0
        self._session: str | None = None
        self.events: list[dict[str, Any]] = []

    def start(self) -> None:
        """Open a tab, and record what it logs and requests."""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        attached = self.send("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **values: Any) -> Any:
        """Send a command and return its result. Raises `AssertionError` when it fails."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": values}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while (answer := self._receive()).get("id") != self._number:
            self.events.append(answer)
        assert "error" not in answer, answer
        return answer["result"]

    def open(self, address: str) -> None:
        """Open a page and wait until it is loaded. Only events of this page are kept."""
        self.events.clear()
        self.send("Page.navigate", url=address)
        until = time.monotonic() + SECONDS
        while self.evaluate("location.href + document.readyState") != f"{address}complete":
            assert time.monotonic() < until, f"{address} isn't loaded"
            time.sleep(0.05)

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression of JavaScript, which must be JSON."""
        answer = self.send(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, *keys: str) -> None:
        """Press and release keys, and letters, one after the other."""
        for key in keys:
            code, text = KEYS.get(key, (ord(key[0].upper()), key))
            for kind in ("keyDown", "keyUp"):
                self.send(
                    "Input.dispatchKeyEvent",
                    type=kind,
                    key=key,
                    code={" ": "Space"}.get(key, key),
                    windowsVirtualKeyCode=code,
                    text=text if kind == "keyDown" else "",
                )

    def scheme(self, name: str) -> None:
        """Prefer `light` or `dark` colours."""
        features = [{"name": "prefers-color-scheme", "value": name}]
        self.send("Emulation.setEmulatedMedia", features=features)

    def screenshot(self, file: Path, width: int = 1200) -> None:
        """Write a picture of the whole page."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=False,
        )
        shot = self.send("Page.captureScreenshot", captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(shot["data"]))

    def problems(self) -> list[str]:
        """Return what was written to the console or the log, such as a violated policy."""
        self.evaluate("new Promise(done => setTimeout(done, 100))")
        kinds = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")
        return [json.dumps(each["params"]) for each in self.events if each["method"] in kinds]

    def requests(self) -> list[str]:
        """Return the addresses that the page requested, itself and `data:` aside."""
        found = [
            each["params"]["request"]["url"]
            for each in self.events
            if each["method"] == "Network.requestWillBeSent"
        ]
        return [each for each in found[1:] if not each.startswith("data:")]

    def _receive(self) -> dict[str, Any]:
        until = time.monotonic() + SECONDS
        while b"\0" not in self._buffer:
            assert self._selector.select(until - time.monotonic()), "the browser doesn't answer"
            received = os.read(self._read, 1 << 20)
            assert received, "the browser has ended"
            self._buffer += received
        message, _, self._buffer = self._buffer.partition(b"\0")
        answer: dict[str, Any] = json.loads(message)
        return answer


@contextlib.contextmanager
def browser(program: str, profile: Path) -> Iterator[Browser]:
    """Start a browser with a profile of its own; end it with everything that it started."""
    commands, answers = os.pipe(), os.pipe()
    arguments = [
        program,
        "--headless",
        "--remote-debugging-pipe",
        "--no-first-run",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        f"--user-data-dir={profile}",
        # A sandbox needs rights that containers and root don't have; the pages are our own.
        "--no-sandbox",
        "about:blank",
    ]
    descriptors = (commands[0], answers[1])
    starter = [sys.executable, "-c", STARTER, *map(str, descriptors), *arguments]
    with subprocess.Popen(
        starter,
        pass_fds=descriptors,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=profile,
    ) as process:
        os.close(commands[0])
        os.close(answers[1])
        try:
            found = Browser(answers[0], commands[1])
            found.start()
            yield found
            with contextlib.suppress(AssertionError):
                found._session = None
                found.send("Browser.close")
        finally:
            os.close(commands[1])
            os.close(answers[0])
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
