"""Files and sockets planted outside the walls, for attacks to reach."""

from __future__ import annotations

import os
import secrets
import socket
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self


@dataclass
class Bait:
    """Files and sockets outside, all open to everyone on this machine: only the walls keep a submission from them."""

    token: str = field(default_factory=lambda: secrets.token_hex(8))

    def __enter__(self) -> Self:
        self._open = ExitStack()
        root = Path(self._open.enter_context(tempfile.TemporaryDirectory(prefix="partiel-doctor-")))
        self.files = {
            "host": root / "host.txt",
            "home": Path(self._open.enter_context(tempfile.NamedTemporaryFile(dir=_home(), prefix=".partiel-")).name),
            "neighbour": root / "submitted" / "neighbour" / "td1" / "td1.ipynb",
            "gradebook": root / "gradebook.db",
            "secret": root / ".partiel" / "secret",
        }
        for path in self.files.values():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.token)
            path.chmod(0o666)
        for folder in (root, *(p for p in root.rglob("*") if p.is_dir())):
            folder.chmod(0o755)
        self.tcp, self.udp, self.unix = (
            socket.socket(),
            socket.socket(type=socket.SOCK_DGRAM),
            socket.socket(socket.AF_UNIX),
        )
        for server, address in ((self.tcp, ("0.0.0.0", 0)), (self.udp, ("0.0.0.0", 0)), (self.unix, f"\0{self.token}")):
            self._open.enter_context(server)
            server.bind(address)
            server.setblocking(False)
        self.tcp.listen()
        self.unix.listen()
        os.environ["PARTIEL_DOCTOR"] = self.token
        self._open.callback(os.environ.pop, "PARTIEL_DOCTOR", None)
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    def values(self) -> dict[str, Any]:
        """What the attacks are told: they need not guess."""
        facts: dict[str, Any] = {name: str(path) for name, path in self.files.items()}
        ports = {"tcp": self.tcp.getsockname()[1], "udp": self.udp.getsockname()[1]}
        return {**facts, **ports, "token": self.token, "addresses": _addresses(), "course": _course()}

    def visited(self, kind: str) -> bool:
        """Whether someone came to this socket."""
        server: socket.socket = getattr(self, kind)
        time.sleep(0.05)
        try:
            if kind == "udp":
                return self.token.encode() in server.recv(100)
            server.accept()[0].close()
        except BlockingIOError:
            return False
        return True

    def changed(self) -> list[str]:
        return [name for name, path in self.files.items() if path.read_text() != self.token]


def _home() -> str | None:
    """Where files lie that scratch space would not cover by chance; None leaves the choice to ``tempfile``."""
    home = Path.home()
    return str(home) if os.access(home, os.W_OK) else None


def _addresses() -> list[str]:
    """Where this machine could be reached from inside, if anything could."""
    found = ["127.0.0.1"]
    with socket.socket(type=socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a datagram socket: nothing is sent
            found.append(probe.getsockname()[0])
        except OSError:
            pass
    return found


def _course() -> list[str]:
    """Files of the course that this command was called in: a real one is attacked too."""
    here = Path.cwd()
    if not (here / "course.toml").exists():
        return []
    return [str(here / name) for name in ("course.toml", "gradebook.db", "students.csv") if (here / name).exists()]
