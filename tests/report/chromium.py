# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A headless Chromium, spoken to over its own pipe: JSON that ends in a zero byte (``--remote-debugging-pipe``).

No driver, no WebSocket and no port: nothing is installed for it but the browser.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome-headless-shell")
#: A busy machine is slow, a broken browser says nothing for ever.
PATIENCE_S = 120.0


def found() -> str | None:
    """Where the browser is, if there is one. ``MULTIWAN_CHROMIUM`` names another."""
    named = os.environ.get("MULTIWAN_CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


class Chromium:
    """One process. Messages are answered in any order; events are kept for who asks for them."""

    def __init__(self, program: str) -> None:
        self._home = tempfile.mkdtemp(prefix="multiwan-chromium-")
        to_browser, self._out = os.pipe()
        self._in, from_browser = os.pipe()
        # The shell moves the pipes to where Chromium looks for them (3 and 4), and becomes the browser.
        words = (
            f'exec "$0" --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run '
            f"--disable-background-networking --disable-component-update --hide-scrollbars "
            f'--remote-debugging-pipe "--user-data-dir={self._home}" about:blank 3<&{to_browser} 4>&{from_browser}'
        )
        self._process = subprocess.Popen(
            ["bash", "-c", words, program],
            pass_fds=(to_browser, from_browser),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": self._home, "XDG_CONFIG_HOME": self._home, "XDG_CACHE_HOME": self._home},
            start_new_session=True,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._number = 0
        self._rest = b""
        self.events: list[dict[str, Any]] = []

    def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        number = self._number
        message = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            said = self._message()
            if said.get("id") != number:
                self.events.append(said)
                continue
            if "error" in said:
                raise RuntimeError(f"{method}: {said['error']['message']}")
            result: dict[str, Any] = said["result"]
            return result

    def event(self, method: str) -> dict[str, Any]:
        """The next one of this kind, seen already or not."""
        while True:
            for place, said in enumerate(self.events):
                if said.get("method") == method:
                    return self.events.pop(place)
            self.events.append(self._message())

    def _message(self) -> dict[str, Any]:
        until = time.monotonic() + PATIENCE_S
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._in], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise TimeoutError(f"Chromium said nothing for {PATIENCE_S:.0f} s")
            more = os.read(self._in, 1 << 20)
            if not more:
                raise RuntimeError(f"Chromium ended (code {self._process.wait()})")
            self._rest += more
        text, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        return message

    def close(self) -> None:
        with contextlib.suppress(OSError, RuntimeError, TimeoutError):
            self.call("Browser.close")
        for end in (self._out, self._in):
            with contextlib.suppress(OSError):
                os.close(end)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(20)
        with contextlib.suppress(ProcessLookupError):  # whatever it left of its own session
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(20)
        shutil.rmtree(self._home, ignore_errors=True)


class Tab:
    """One page of the browser, with what it asked the network for and what it complained about."""

    def __init__(self, browser: Chromium, *, width: int, height: int, dark: bool = False, touch: bool = False) -> None:
        self.browser = browser
        # A profile of its own: what a reader chose in one tab must not be kept for the next.
        self._profile = browser.call("Target.createBrowserContext")["browserContextId"]
        target = browser.call("Target.createTarget", url="about:blank", browserContextId=self._profile)["targetId"]
        self._session = str(browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])
        for domain in ("Page", "Runtime", "Network", "Log"):
            self._call(f"{domain}.enable")
        self.size(width, height, touch=touch)
        self.dark(dark)

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self.browser.call(method, self._session, **parameters)

    def size(self, width: int, height: int, *, touch: bool = False) -> None:
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=touch)

    def dark(self, dark: bool) -> None:
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self._call("Emulation.setEmulatedMedia", media="", features=features)

    def without_scripts(self) -> None:
        """Of the page; :meth:`run` still answers."""
        self._call("Emulation.setScriptExecutionDisabled", value=True)

    def media(self, name: str) -> None:
        """As ``print`` or ``screen``."""
        self._call("Emulation.setEmulatedMedia", media=name)

    def open(self, path: Path, fragment: str = "") -> None:
        self.browser.events.clear()
        self._call("Page.navigate", url=path.resolve().as_uri() + fragment)
        self.browser.event("Page.loadEventFired")

    def run(self, script: str) -> Any:
        """The value of an expression, promises awaited."""
        said = self._call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in said:
            raise AssertionError(said["exceptionDetails"].get("exception", said["exceptionDetails"]))
        return said["result"].get("value")

    def add(self, script: str) -> None:
        """A program into the page, past its policy: only a debugger can."""
        said = self._call("Runtime.evaluate", expression=script)
        assert "exceptionDetails" not in said, said

    def click(self, selector: str) -> None:
        """With the mouse, where the element is seen."""
        self.run(f"document.querySelector({json.dumps(selector)}).scrollIntoView({{block: 'center'}})")
        box = self.run(
            f"(() => {{ const b = document.querySelector({json.dumps(selector)}).getBoundingClientRect(); "
            "return [b.x + b.width / 2, b.y + b.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self._call("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    def key(self, name: str, *, text: str = "") -> None:
        code = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}
        for kind in ("keyDown", "keyUp"):
            more = {"text": text} if text and kind == "keyDown" else {}
            self._call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=name,
                code=name,
                windowsVirtualKeyCode=code.get(name, 0),
                **more,
            )

    def type(self, text: str) -> None:
        self._call("Input.insertText", text=text)

    def screenshot(self, path: Path, *, whole: bool = False) -> None:
        said = self._call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(said["data"]))

    def pdf(self, path: Path) -> int:
        """Written as it would be printed on A4. Returns the number of pages."""
        said = self._call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69, printBackground=True)
        data = base64.b64decode(said["data"])
        path.write_bytes(data)
        return data.count(b"/Type /Page\n") or data.count(b"/Type/Page/")

    def requests(self) -> list[str]:
        """What was asked for since the page was opened, the page itself left out."""
        asked = [e["params"]["request"]["url"] for e in self._kept("Network.requestWillBeSent")]
        return [url for url in asked if not url.startswith(("file:", "data:", "about:"))]

    def complaints(self) -> list[str]:
        """Errors of the script, and what the policy of the page refused."""
        errors = [str(e["params"]["exceptionDetails"]) for e in self._kept("Runtime.exceptionThrown")]
        entries = (e["params"]["entry"] for e in self._kept("Log.entryAdded"))
        return errors + [str(entry["text"]) for entry in entries if entry["level"] == "error"]

    def _kept(self, method: str) -> list[dict[str, Any]]:
        return [e for e in self.browser.events if e.get("method") == method and e.get("sessionId") == self._session]

    def close(self) -> None:
        self.browser.call("Target.disposeBrowserContext", browserContextId=self._profile)


@contextlib.contextmanager
def tab(browser: Chromium, *, width: int = 1280, height: int = 800, dark: bool = False) -> Iterator[Tab]:
    opened = Tab(browser, width=width, height=height, dark=dark, touch=width < 700)
    try:
        yield opened
    finally:
        opened.close()
