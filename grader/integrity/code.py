"""Code that copies share beyond what the task itself suggests. copydetect compares it, with names, comments and
spaces left out; nothing is run. No other module imports copydetect, whose import takes half a second.
"""

from __future__ import annotations

import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from grader.integrity.copies import Copy, together
from grader.model import Exercise, Sheet, Submission, Task

if TYPE_CHECKING:
    from copydetect import CodeFingerprint

GRAM = 25  # characters of code, names being one each: what is shorter is idiom (copydetect's own default)
OWN = 200  # characters neither handed out, nor in our solutions, nor common: with fewer there is nothing to say
ALIKE = 0.8  # of what is each copy's own, in both
COMMON = 0.05  # a passage that more of the copies hold than this, or more than FEW, is what everybody writes
FEW = 3
LONGEST = 20_000  # characters of one answer that are compared


@dataclass(frozen=True)
class Alike:
    """``other`` is a copy's position, or None for a solution of ours."""

    question: str
    copy: int
    other: int | None
    share: float  # of what is their own, in the one that has more besides
    length: int  # characters of it, names being one each


def written(sheet: Sheet, submission: Submission) -> dict[str, str]:
    """A student's code by question that asks for code; a hand-written notebook's is one text."""
    found: dict[str, str] = {}
    for item in sheet.items:
        tasks = {q.name for q in item.variant.exercise.questions if isinstance(q, Task)}
        own = bool(item.variant.exercise.cells)
        for cell in item.cells:
            source = submission.written.get(cell.id, "")
            more = "\n".join(c.source for c in submission.added.get(cell.id, ()) if c.is_code)
            if own and cell.is_code and cell.kind in ("solution", "free", "task"):
                found[item.key] = "\n".join(filter(None, (found.get(item.key), source, more)))
            elif own and more:
                found[item.key] = "\n".join(filter(None, (found.get(item.key), more)))
            elif cell.kind == "solution" and cell.question in tasks:
                found[f"{item.key}-{cell.question}"] = source
    return {key: source[:LONGEST] for key, source in found.items()}


def has_code(exercises: Iterable[Exercise]) -> bool:
    return any(exercise.cells or any(isinstance(q, Task) for q in exercise.questions) for exercise in exercises)


def handed_out(sheet: Sheet) -> dict[str, str]:
    """What everybody has before they begin, under the same names as ``written``: the code in the statement too."""
    found: dict[str, str] = {}
    for item in sheet.items:
        text = "\n".join(cell.source for cell in item.cells)
        keys = item.key, *(f"{item.key}-{q.name}" for q in item.variant.exercise.questions)
        found |= dict.fromkeys(keys, text)
    return found


def ours(exercise: Exercise) -> tuple[list[str], list[str]]:
    """The reference solutions, and the wrong ones: what the task itself leads to. None where they are not installed."""
    if exercise.cells:
        return [], []
    files = sorted((exercise.path.parents[2] / "solutions" / exercise.id).glob("*.py"))
    references = [file for file in files if file.stem.startswith("reference")]
    others = [file for file in files if file not in references and file.stem != "oracle"]
    return [f.read_text("utf-8") for f in references], [f.read_text("utf-8") for f in others]


def compare(
    question: str,
    sources: Mapping[int, str],
    copies: Sequence[Copy],
    starters: Iterable[str],
    solutions: tuple[Sequence[str], Sequence[str]],
) -> Iterator[Alike]:
    """Pairs of copies, and copies and references, that share most of what is their own."""
    seen: dict[str, CodeFingerprint] = {}
    prints = {place: _print(source, seen) for place, source in sources.items() if source.strip()}
    if not prints:
        return
    common = _common(prints)
    for starter in starters:
        common |= _print(starter, seen).hashes
    references, others = ([_print(source, seen) for source in group] for group in solutions)
    rest = {place: _without(one, common) for place, one in prints.items()}
    rest = {place: one for place, one in rest.items() if one.token_coverage >= OWN}
    for place, one in rest.items():
        near = max((_shared(one, _without(reference, common)) for reference in references), default=0.0)
        if near >= ALIKE:
            yield Alike(question, place, None, near, int(one.token_coverage))
    suggested = {grams for one in (*references, *others) for grams in one.hashes}
    rest = {place: _without(one, suggested) for place, one in rest.items()}
    rest = {place: one for place, one in rest.items() if one.token_coverage >= OWN}
    for a, b in _meeting(rest):
        if not together(copies[a], copies[b]):
            share = _shared(rest[a], rest[b])
            if share >= ALIKE:
                yield Alike(question, a, b, share, int(min(rest[a].token_coverage, rest[b].token_coverage)))


def _print(source: str, seen: dict[str, CodeFingerprint]) -> CodeFingerprint:
    from copydetect import CodeFingerprint

    if source not in seen:  # a window of 1 keeps every passage: what is kept does not depend on the process
        seen[source] = CodeFingerprint("answer.py", GRAM, 1, language="python", fp=io.StringIO(source))
    return seen[source]


def _common(prints: Mapping[int, CodeFingerprint]) -> set[int]:
    many = Counter(gram for one in prints.values() for gram in one.hashes)
    limit = max(FEW, COMMON * len(prints))
    return {gram for gram, count in many.items() if count > limit}


def _without(one: CodeFingerprint, passages: set[int]) -> CodeFingerprint:
    """The same, less some passages. copydetect's own ``boilerplate`` takes a passage written twice for one of them."""
    from copydetect.utils import get_token_coverage

    copy = object.__new__(type(one))
    copy.__dict__.update(one.__dict__)
    copy.hashes = one.hashes - passages
    copy.hash_idx = {gram: one.hash_idx[gram] for gram in copy.hashes}
    copy.token_coverage = get_token_coverage(copy.hash_idx, GRAM, len(one.filtered_code))
    return copy


def _shared(one: CodeFingerprint, other: CodeFingerprint) -> float:
    """Of what is their own, the share that both have, in the one that has more besides."""
    from copydetect import compare_files

    if not one.hashes or not other.hashes:
        return 0.0
    _, shares, _ = compare_files(one, other)
    return float(min(1.0, *shares))


def _meeting(rest: Mapping[int, CodeFingerprint]) -> list[tuple[int, int]]:
    """Pairs that may be alike. What is common was left out, so that few copies hold each passage."""
    holders: dict[int, list[int]] = defaultdict(list)
    for place, one in rest.items():
        for gram in one.hashes:
            holders[gram].append(place)
    met = Counter(pair for places in holders.values() for pair in combinations(sorted(places), 2))
    return sorted(
        p for p, many in met.items() if many >= ALIKE / 2 * max(len(rest[p[0]].hashes), len(rest[p[1]].hashes))
    )
