"""Headless Chromium, told what to do through its own protocol: real clicks on real pages.

from tests.browser import Browser, browser  # the fixture must be in the test's module
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = next(
    (one for name in ("chromium", "chromium-browser", "google-chrome") if (one := shutil.which(name))), None
)
QUIET = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --hide-scrollbars"
).split()
PATIENCE = 90.0  # seconds before a page counts as stuck
LOOKS = {"fr": ((390, True), (1200, False)), "en": ((390, False), (1200, True))}  # wide, and whether it is dark


def needed() -> str:
    """Chromium's path. Where there is none the test is skipped, and fails in CI."""
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium here: in CI pages must be opened (apt-get install chromium)")
        pytest.skip("no Chromium here: apt-get install chromium")
    return CHROMIUM


def opened(folder: Path, page: str, *flags: str, seconds: float = 300) -> str:
    """What Chromium prints of a page that stands alone: its DOM, or whatever ``flags`` ask for."""
    file = folder / "page.html"
    file.write_text(page, "utf-8")
    command = [needed(), *QUIET, f"--user-data-dir={folder / 'profile'}", *flags, file.as_uri()]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def patiently(found: Any, what: str) -> Any:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            if value := found():
                return value
        except (OSError, RuntimeError):
            pass
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.2)


class Browser:
    """One page of Chromium."""

    def __init__(self, folder: Path) -> None:
        import websocket

        port = free_port()
        command = [needed(), *QUIET, f"--user-data-dir={folder}", f"--remote-debugging-port={port}"]
        command += ["--remote-allow-origins=*", "--window-size=1100,1400", "--accept-lang=fr", "about:blank"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        def page() -> Any:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=5) as said:
                return next((one for one in json.load(said) if one["type"] == "page"), None)

        self.socket = websocket.create_connection(patiently(page, "Chromium")["webSocketDebuggerUrl"], timeout=PATIENCE)
        self.number = 0

    def __call__(self, method: str, **params: Any) -> Any:
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": params}))
        while (said := json.loads(self.socket.recv())).get("id") != self.number:
            pass
        return said.get("result", said)

    def js(self, code: str) -> Any:
        said = self("Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in said:
            raise RuntimeError(str(said["exceptionDetails"]))
        return said["result"].get("value")

    def go(self, url: str, until: str = "true") -> None:
        self("Page.navigate", url=url)
        self.wait(f"document.readyState === 'complete' && ({until})")

    def wait(self, until: str) -> None:
        patiently(lambda: self.js(f"Boolean({until})"), until)

    def click(self, selector: str, until: str = "true") -> None:
        """Leaves the page; ``until`` is true on the next one."""
        self.js(f"window.left = 1; document.querySelector({json.dumps(selector)}).click()")
        self.wait(f"!window.left && document.readyState === 'complete' && ({until})")

    def choose(self, selector: str, file: Path) -> None:
        """A file, in a form's field."""
        root = self("DOM.getDocument")["root"]["nodeId"]
        field = self("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self("DOM.setFileInputFiles", files=[str(file)], nodeId=field)

    def looks(self, width: int, *, dark: bool = False, height: int = 1100, scripts: bool = True) -> None:
        """A phone is 390 wide."""
        told = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self("Emulation.setDeviceMetricsOverride", **told)
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self("Emulation.setEmulatedMedia", features=features)
        self("Emulation.setScriptExecutionDisabled", value=not scripts)

    def key(self, name: str, code: int = 0, text: str = "") -> None:
        """As the keyboard sends it: ``key("Tab", 9)``."""
        for kind in ("keyDown", "keyUp"):
            self(
                "Input.dispatchKeyEvent",
                type=kind,
                key=name,
                windowsVirtualKeyCode=code,
                text=text if kind == "keyDown" else "",
            )

    def accessible(self) -> list[str]:
        """What axe-core finds wrong on this page, by WCAG 2.2 AA and its own best practices."""
        import axe_core_python

        source = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text("utf-8")
        self.js(source + "; true")  # through the protocol: the page's own policy would not load it
        found = self.js("axe.run(document, {resultTypes: ['violations']}).then(r => JSON.stringify(r.violations))")
        return [
            f"{one['id']} ({one['impact']}): {one['help']} {[node['html'][:120] for node in one['nodes']][:3]}"
            for one in json.loads(found)
        ]

    def overflows(self) -> bool:
        """Whether the page is wider than its window."""
        return bool(self.js("document.documentElement.scrollWidth > document.documentElement.clientWidth"))

    def passes(self, folder: Path, name: str, lang: str) -> None:
        """On a phone and on a screen: nothing that axe-core finds, and nothing to scroll sideways. Keeps pictures."""
        for width, dark in LOOKS[lang]:
            self.looks(width, dark=dark)
            self.shot(folder / f"{name}-{lang}-{width}-{'dark' if dark else 'light'}.png", whole=True)
            assert self.accessible() == [], f"{name} at {width}"
        self.looks(360)
        assert not self.overflows(), f"{name} at 360"

    def shot(self, file: Path, *, whole: bool = False) -> None:
        file.write_bytes(
            base64.b64decode(self("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"])
        )

    def close(self) -> None:
        self.socket.close()
        self.process.terminate()
        self.process.wait(30)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    needed()
    pytest.importorskip("websocket")  # Jupyter's server needs it too
    made = Browser(tmp_path / "profile")
    yield made
    made.close()
