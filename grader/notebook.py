"""A sheet to a notebook, and back. No other module imports nbformat."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from grader.model import GRADED, WRITTEN, Cell, Sheet, Submission, Text

MOST_BYTES = 20 * 2**20
MOST_OPENINGS = {b"{": 200_000, b"[": 400_000}  # counted before the file is parsed; coloured outputs hold many [
MOST_SOURCE = 200_000  # characters in one solution cell
MOST_ADDED = 100  # cells of the student's own in a hand-written notebook
SCHEMA = 3  # of nbgrader's cell metadata
KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}

TOO_LARGE = Text(
    fr="Ce fichier pèse {size} Mio, plus que les {most} permis : effacez les sorties et rendez-le.",
    en="This file weighs {size} MiB, over the {most} allowed: clear its outputs and hand it in again.",
)

Json = dict[str, Any]
Outputs = Mapping[str, Iterable[Mapping[str, Any]]]


class UnreadableSubmission(ValueError):
    """A file from which nothing can be taken. ``why`` is for its author; ``sha256`` is of its bytes."""

    def __init__(self, why: Text, sha256: str = "") -> None:
        super().__init__(why.en)
        self.why, self.sha256 = why, sha256


def compose(
    sheet: Sheet,
    written: Mapping[str, str] | None = None,
    outputs: Outputs | None = None,
    added: Mapping[str, Iterable[Cell]] | None = None,
) -> Json:
    """nbformat 4.5, as plain data. Same sheet, same bytes.

    ``written`` replaces the source of solution cells by id; ``outputs`` gives cells their outputs; ``added`` are cells
    that nobody handed out, by the id of the one they follow.
    """
    written, outputs, added = written or {}, outputs or {}, added or {}
    whole = [one for cell in every_cell(sheet) for one in (cell, *added.get(cell.id, ()))]
    cells = [_cell(cell, written.get(cell.id), list(outputs.get(cell.id, ()))) for cell in whole]
    metadata = {
        "kernelspec": KERNEL,
        "language_info": {"name": "python"},
        "partiel": {"assignment": sheet.assignment, "student": sheet.student},
    }
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def every_cell(sheet: Sheet) -> Iterator[Cell]:
    yield from sheet.head
    for item in sheet.items:
        yield from item.cells


def write(file: Path, notebook: Json) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


def validate(notebook: Json) -> None:
    """Raises nbformat's own error."""
    import nbformat  # takes a second: only where it is used

    nbformat.validate(nbformat.from_dict(notebook), relax_add_props=False)


def as_node(notebook: Json) -> Any:
    """A copy as nbformat's own objects, for libraries that want those."""
    import nbformat

    return nbformat.from_dict(notebook)


def read_submission(file: Path, sheet: Sheet) -> Submission:
    """The source of each solution cell, by id; whatever else the file holds is not believed.

    Raises UnreadableSubmission, and nothing else whatever the bytes.
    """
    data = bytes_of(file, MOST_BYTES, TOO_LARGE)
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        cells, metadata = _parse(data)
        written, remarks = _match(cells, sheet)
        added = _added(cells, sheet)
    except UnreadableSubmission as error:
        raise UnreadableSubmission(error.why, sha256) from None
    except RecursionError as error:
        raise UnreadableSubmission(
            Text("Ce fichier est imbriqué trop profondément.", "This file is nested too deep."), sha256
        ) from error
    except Exception as error:
        why = type(error).__name__
        raise UnreadableSubmission(
            Text(f"Ce fichier n'est pas un notebook lisible ({why}).", f"This file is no readable notebook ({why})."),
            sha256,
        ) from error
    other = _claim(metadata, "assignment", sheet.assignment)
    if not written:
        fr, en = ("celui d'un autre devoir", "of another assignment") if other else ("d'ailleurs", "from elsewhere")
        raise UnreadableSubmission(
            Text(
                f"Ce notebook est {fr}{other} : aucune de ses cellules n'est de {sheet.assignment}.",
                f"This notebook is {en}{other}: none of its cells is of {sheet.assignment}.",
            ),
            sha256,
        )
    if other:
        remarks.append(
            Text(f"Ce notebook est celui d'un autre devoir{other}.", f"This notebook is of another assignment{other}.")
        )
    if all(_claim(metadata, "student", one) for one in (sheet.student, *sheet.group)):
        owner = _claim(metadata, "student", sheet.student)
        remarks.append(
            Text(
                f"Ce notebook a été distribué à un autre nom{owner}.",
                f"This notebook was handed out under another name{owner}.",
            )
        )
    return Submission(sheet.student, sheet.assignment, written, sha256, tuple(remarks), added)


def _claim(metadata: Json, key: str, ours: str) -> str:
    """`` (td2)`` where the file says that it is something else than ours: shown, never believed."""
    said = metadata.get("partiel")
    claimed = said.get(key) if isinstance(said, dict) else None
    if not ours or claimed in (None, "", ours):  # a shared release names nobody
        return ""
    return f" ({_clean(claimed)[:40]})" if isinstance(claimed, str) else " (?)"


def _clean(text: str) -> str:
    """No lone surrogate goes further: nothing can print or store it."""
    return text.encode("utf-8", "replace").decode("utf-8")


def bytes_of(file: Path, most: int, too_large: Text) -> bytes:
    """The file itself: no link is followed, and nothing large is read. Raises UnreadableSubmission."""
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise UnreadableSubmission(
            Text("Ce fichier est un lien, ou ne peut pas être ouvert.", "This file is a link, or cannot be opened.")
        ) from error
    try:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode):
            raise UnreadableSubmission(Text("Ce n'est pas un fichier ordinaire.", "This is no ordinary file."))
        if facts.st_size > most:
            size, allowed = facts.st_size // 2**20, most // 2**20
            words = (too_large[lang].format(size=size, most=allowed) for lang in ("fr", "en"))
            raise UnreadableSubmission(Text(*words))
        with os.fdopen(handle, "rb", closefd=False) as source:
            return source.read(most)
    finally:
        os.close(handle)


def _parse(data: bytes) -> tuple[list[Json], Json]:
    if any(data.count(mark) > most for mark, most in MOST_OPENINGS.items()):
        raise UnreadableSubmission(
            Text(
                "Ce fichier a trop de parties pour être un notebook : effacez les sorties et rendez-le.",
                "This file has too many parts to be a notebook: clear its outputs and hand it in again.",
            )
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableSubmission(
            Text("Ce fichier n'est pas encodé en UTF-8.", "This file is not encoded in UTF-8.")
        ) from error
    try:
        said = json.loads(text)
    except ValueError as error:
        raise UnreadableSubmission(
            Text(
                "Ce fichier est abîmé ou incomplet : ce n'est pas du JSON.",
                "This file is damaged or cut short: it is no JSON.",
            )
        ) from error
    if not isinstance(said, dict):
        raise UnreadableSubmission(
            Text("Ce fichier est du JSON, mais pas un notebook.", "This file is JSON, but no notebook.")
        )
    if said.get("nbformat") in (1, 2, 3):
        import nbformat

        said = nbformat.convert(nbformat.from_dict(said), 4)
    cells = said.get("cells")
    if not isinstance(cells, list):
        raise UnreadableSubmission(
            Text("Ce fichier n'a pas de cellules : ce n'est pas un notebook.", "This file has no cells: no notebook.")
        )
    metadata = said.get("metadata")
    code = [c for c in cells if isinstance(c, dict)]
    return code, metadata if isinstance(metadata, dict) else {}


def _match(cells: list[Json], sheet: Sheet) -> tuple[dict[str, str], list[Text]]:
    """Each solution cell's source: by nbgrader's id, else by the cell's own, else by its place."""
    asked = {cell.id: cell for cell in every_cell(sheet) if cell.kind in WRITTEN}
    starters = {id: cell.source for id, cell in asked.items()}
    candidates: dict[str, list[str]] = {id: [] for id in starters}
    by_hand = _by_hand(sheet)
    for cell in cells:
        for id in _ids(cell):
            if id in candidates:
                candidates[id].append(_source(cell, any_kind=asked[id].text or id in by_hand))
                break
    remarks: list[Text] = []
    if not any(candidates.values()):
        candidates = _by_place(cells, sheet)
        if candidates:
            remarks.append(
                Text(
                    "Les identifiants des cellules ont disparu : elles ont été reconnues à leur place.",
                    "The cells have lost their ids: they were recognised by their place.",
                )
            )
    written: dict[str, str] = {}
    for id, sources in candidates.items():
        if len(sources) > 1:
            remarks.append(
                Text(
                    f"La cellule {id} est en plusieurs exemplaires : la première qui a été remplie compte.",
                    f"The cell {id} is there more than once: the first that was filled in counts.",
                )
            )
        filled = [s for s in sources if s.strip() and s.strip() != starters[id].strip()]
        if sources:
            written[id] = (filled or sources)[0]
    return written, remarks


def _by_hand(sheet: Sheet) -> frozenset[str]:
    """The cells of hand-written notebooks: there, as in nbgrader, a cell of another kind is still the answer."""
    return frozenset(cell.id for item in sheet.items if item.variant.exercise.cells for cell in item.cells)


def _added(cells: list[Json], sheet: Sheet) -> dict[str, tuple[Cell, ...]]:
    """What students put between hand-written cells, by the cell before it; elsewhere it is passed over."""
    by_hand, ours = _by_hand(sheet), {cell.id for cell in every_cell(sheet)}
    added: dict[str, list[Cell]] = {}
    before, count = "", 0
    for cell in cells if by_hand else ():
        if known := next((id for id in _ids(cell) if id in ours), None):
            before = known
            continue
        kind, source = cell.get("cell_type"), _source(cell, any_kind=True)
        if before in by_hand and kind in ("code", "markdown") and source.strip() and count < MOST_ADDED:
            count += 1
            added.setdefault(before, []).append(Cell("free", f"added-{count}", source, text=kind == "markdown"))
    return {id: tuple(more) for id, more in added.items()}


def _ids(cell: Json) -> Iterator[str]:
    for id in (_grade_id(cell), cell.get("id")):
        if isinstance(id, str):
            yield id


def _grade_id(cell: Json) -> object:
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None


def _by_place(cells: list[Json], sheet: Sheet) -> dict[str, list[str]]:
    """Only where all ids are gone and there are as many code cells as ours: a guess would be worse than nothing."""
    if any(_grade_id(cell) for cell in cells):
        return {}
    ours = [cell for cell in every_cell(sheet) if cell.is_code]
    theirs = [cell for cell in cells if cell.get("cell_type") == "code"]
    if len(ours) != len(theirs):
        return {}
    checks = [(_source(t), o.source) for t, o in zip(theirs, ours, strict=True) if o.kind == "check"]
    if not any(theirs == ours for theirs, ours in checks):
        return {}
    return {o.id: [_source(t)] for t, o in zip(theirs, ours, strict=True) if o.kind in WRITTEN}


def _source(cell: Json, *, any_kind: bool = False) -> str:
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str) or not (any_kind or cell.get("cell_type") == "code"):
        return ""
    return _clean(source)[:MOST_SOURCE]


def _cell(cell: Cell, source: str | None, outputs: list[Mapping[str, Any]]) -> Json:
    said: Json = {"id": cell.id, "metadata": _metadata(cell), "source": cell.source if source is None else source}
    if not cell.is_code:
        return said | {"cell_type": "markdown"}
    return said | {"cell_type": "code", "execution_count": None, "outputs": outputs}


def _metadata(cell: Cell) -> Json:
    if cell.kind == "free":
        return {}  # nbgrader's way to say that a cell is the student's
    locked = cell.kind not in WRITTEN
    facts: Json = {
        "schema_version": SCHEMA,
        "grade_id": cell.id,
        "grade": cell.kind in ("check", "essay"),
        "solution": cell.kind in ("solution", "essay"),
        "locked": locked,
        "task": cell.kind == "task",
    }
    if cell.kind in GRADED:
        facts["points"] = int(cell.points) if cell.points.denominator == 1 else float(cell.points)
    said: Json = {"nbgrader": facts}
    if locked:
        said |= {"deletable": False, "editable": False}
    if cell.kind == "setup":
        said["jupyter"] = {"source_hidden": True}
    return said
