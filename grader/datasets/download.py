"""An archive brought to this machine whole or not at all: resumed, checked, then renamed into place."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import http.client
import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.errors import PartielError

Progress = Callable[[int, int | None], None]  # bytes that are here, bytes in all (None where the server does not say)
CHUNK = 1 << 16
PATIENCE = 30.0  # seconds without a byte


@dataclass(frozen=True, slots=True)
class Archive:
    """A file that somebody else publishes. ``md5`` where nothing better is published: it shows damage, no forgery."""

    url: str
    sha256: str
    file: str
    md5: str = ""

    def found(self, path: Path) -> str:
        """What is wrong with the checksum of ``path``, or nothing. Raises OSError."""
        name, expected = ("sha256", self.sha256) if self.sha256 else ("md5", self.md5)
        with path.open("rb") as file:
            found = hashlib.file_digest(file, lambda: hashlib.new(name, usedforsecurity=False)).hexdigest()
        label = {"sha256": "SHA-256", "md5": "MD5"}[name]
        return "" if found == expected else f"its {label} is {found}, not {expected}"


def nothing(here: int, whole: int | None) -> None:
    """A progress that shows nothing."""


def bring(archive: Archive, target: Path, progress: Progress = nothing) -> Path:
    """Downloads ``archive`` to ``target`` unless it is there; what was cut short goes on where it stopped.

    The folder exists. Raises PartielError; then ``target`` does not exist, and what came so far is kept beside it
    unless its checksum was wrong.
    """
    part = target.with_name(target.name + ".part")
    with _alone(target.with_name(target.name + ".lock")):
        if target.is_file() and not archive.found(target):
            return target
        if not part.is_file() or archive.found(part):
            _download(archive.url, part, progress)
        if wrong := archive.found(part):
            part.unlink()
            raise PartielError(
                archive.url, f"what came is not the expected file ({wrong})",
                "Run the same command again. If it happens again, something between you and the server changes files: "
                f"get {archive.file} another way and give it with '--from FILE'.",
            )  # fmt: skip
        part.replace(target)
    return target


def adopt(archive: Archive, file: Path, target: Path) -> Path:
    """Copies a file that the user already has to ``target``, if it is the published one."""
    try:
        wrong = archive.found(file)
    except OSError as error:
        raise PartielError(
            file, f"cannot be read ({error.strerror or error})", f"Give the path of {archive.file}."
        ) from error
    if wrong:
        raise PartielError(
            file, f"is not the published {archive.file} ({wrong})",
            f"Take the file from {archive.url}.",
        )  # fmt: skip
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        shutil.copyfile(file, part)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise PartielError(target, f"cannot be written ({error.strerror or error})", "Make room there.") from error
    return target


def _download(url: str, part: Path, progress: Progress) -> None:
    start = part.stat().st_size if part.is_file() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={start}-"} if start else {})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            if answer.status != 206:  # the server sends the whole file again
                start = 0
            length = answer.headers.get("Content-Length", "")
            whole = start + int(length) if length.isdecimal() else None
            here = _append(answer, part, start, whole, progress)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416 and start:  # more is here than there is: it cannot be the right file
            part.unlink()
            _download(url, part, progress)
            return
        raise _failed(url, f"the server answers {error.code} {error.reason}", part) from error
    except urllib.error.URLError as error:
        raise _failed(url, f"cannot be reached ({error.reason})", part) from error
    except (OSError, http.client.HTTPException) as error:
        raise _failed(url, f"the transfer broke off ({str(error) or type(error).__name__})", part) from error
    if whole is not None and here < whole:
        raise _failed(url, f"only {here} of {whole} bytes came", part)


def _append(answer: http.client.HTTPResponse, part: Path, start: int, whole: int | None, progress: Progress) -> int:
    here = start
    with part.open("ab") as file:
        file.truncate(start)
        progress(here, whole)
        while chunk := answer.read(CHUNK):
            file.write(chunk)
            here += len(chunk)
            progress(here, whole)
        file.flush()
        os.fsync(file.fileno())
    return here


def _failed(url: str, problem: str, part: Path) -> PartielError:
    kept = part.stat().st_size if part.is_file() else 0
    remedy = f"Run the same command again: it goes on after the {kept} bytes that came." if kept else (
        "Check the network and run the same command again, or give a file you have with '--from FILE'."
    )  # fmt: skip
    return PartielError(url, problem, remedy)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One download at a time; the lock goes with the process that holds it."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
