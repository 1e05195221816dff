"""What a module of this folder says of its images. The others know a dataset only through this."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from grader.datasets.download import Archive
from grader.datasets.split import Labelled, Split
from grader.model import Text

Options = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Transformation:
    """How a course's secret alters the hidden part: ``apply(data, secret, purpose)``.

    ``words`` say it to a student, after "other images, which it never sees".
    """

    apply: Callable[[Labelled, str, str], Labelled]
    words: Text


class Dataset(Protocol):
    """A module with these names; docs/datasets.md shows one."""

    @property
    def REVISION(self) -> int:  # noqa: N802 - a constant of a module
        """Of the split and of the transformation: a new one makes the cache again, and its thresholds void."""

    @property
    def SOURCES(self) -> Mapping[str, Text]:  # noqa: N802
        """Where the images come from, as told to a person. The first is used unless a course says otherwise.

        It is what thresholds are measured with, ``OPTIONS`` as they are: no exercise declares another.
        """

    @property
    def OPTIONS(self) -> Options:  # noqa: N802
        """What a course may set after a source's name ("synthetic scale=0.2"), and what it is unless said."""

    @property
    def ARCHIVES(self) -> Mapping[str, Sequence[Archive]]:  # noqa: N802
        """By source, the files it is read from. The first source here is what ``partiel data fetch`` brings."""

    @property
    def CLASSES(self) -> Sequence[Text]:  # noqa: N802
        """What each label means, from 0."""

    @property
    def HIDDEN(self) -> Transformation | None:  # noqa: N802
        """None where the hidden images are used as they are."""

    def load(self, source: str, folder: Path, options: Options, /) -> Split:
        """The images of a source, cut. ``folder`` is where its archives lie once fetched. Raises PartielError."""

    def adopt(self, given: Path, folder: Path, /) -> None:
        """Copies what the user has (a file or a folder) to ``folder``, where ``load("yours", folder)`` reads it.

        Raises PartielError where it is nothing that can be read.
        """
