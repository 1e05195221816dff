"""Files by name, from a folder or a zip that somebody else made. Nothing is ever unpacked to the disk."""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Protocol, Self

from grader.errors import PartielError

MOST_FILES = 400_000
MOST_BYTES = 8 << 30  # unpacked, of one archive
MOST_OF_ONE = 64 << 20  # bytes of one file
MOST_RATIO = 1000  # unpacked to packed: an empty night photograph reaches some hundreds
DEPTH = 12  # folders


class Files(Protocol):
    """Names with '/' between folders, whatever they come from."""

    @property
    def names(self) -> list[str]: ...
    def read(self, name: str) -> bytes:
        """At most 64 MiB. Raises PartielError."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None: ...


def opened(path: Path) -> Files:
    """A folder, or a zip. Raises PartielError."""
    if path.is_dir():
        return Folder(path)
    return Zip(path)


class Folder:
    """What a user has on the disk: links out of it are not followed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.names: list[str] = []
        for place, folders, files in os.walk(root):
            here = Path(place).relative_to(root)
            if len(here.parts) >= DEPTH:
                folders.clear()
            folders.sort()
            self.names += [(here / name).as_posix() for name in sorted(files)]
            if len(self.names) > MOST_FILES:
                raise PartielError(root, f"has more than {MOST_FILES} files", "Give the folder of the data alone.")

    def read(self, name: str) -> bytes:
        path = self._root / name
        try:
            if not path.resolve().is_relative_to(self._root.resolve()):
                raise PartielError(path, "leads out of the folder given", "Give the folder that holds the files.")
            if path.stat().st_size > MOST_OF_ONE:
                raise PartielError(path, f"is larger than {MOST_OF_ONE >> 20} MiB", "Give the published files.")
            return path.read_bytes()
        except OSError as error:
            raise PartielError(path, f"cannot be read ({error.strerror or error})", "Look at its rights.") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Nothing is open."""


class Zip:
    """A zip is refused whole if one of its names leads elsewhere, or if it would unpack to more than any data set."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except FileNotFoundError:
            raise PartielError(path, "does not exist", "Give a folder or a zip that is there.") from None
        except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise PartielError(path, f"is not a whole zip ({error})", "Fetch it again.") from error
        try:
            self._members = self._checked()
        except PartielError:
            self._zip.close()
            raise
        self.names = sorted(self._members)

    def _checked(self) -> Mapping[str, zipfile.ZipInfo]:
        found: dict[str, zipfile.ZipInfo] = {}
        total = 0
        for info in self._zip.infolist():
            total += info.file_size
            if why := _wrong(info, info.filename in found):
                raise PartielError(self._path, f"{why}: {info.filename[:80]!r}", "Take the published archive.")
            if total > MOST_BYTES or len(found) >= MOST_FILES:
                raise PartielError(self._path, "would unpack to more than any data set", "Take the published archive.")
            if not info.is_dir():
                found[info.filename] = info
        return found

    def read(self, name: str) -> bytes:
        info = self._members[name]
        try:
            with self._zip.open(info) as file:
                content = file.read(MOST_OF_ONE + 1)  # whatever its header says
        except (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
            raise PartielError(self._path, f"{name} in it is damaged ({error})", "Fetch it again.") from error
        if len(content) != info.file_size:
            raise PartielError(self._path, f"{name} in it is not as long as announced", "Take the published archive.")
        return content

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._zip.close()


def _wrong(info: zipfile.ZipInfo, again: bool) -> str:
    """Why an honest archive has no such member, or nothing."""
    name = info.filename
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or "\\" in name or "\0" in name or (parts and ":" in parts[0]):
        return "names a file outside of itself"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "holds a link"
    if again:
        return "holds a file twice"
    if info.flag_bits & 1:
        return "holds a file under a password"
    if info.file_size > MOST_OF_ONE or info.file_size > MOST_RATIO * max(info.compress_size, 100):
        return "holds a file that unpacks to far more than it is"
    return ""
