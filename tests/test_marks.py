"""Marks for the registrar: the scale, the rounding, absences, and each file as it is read elsewhere."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import marks
from grader.errors import CourseError, UsageError
from grader.marks import Cell, Line, Scale, Table
from grader.marks.files import FORMULA, text
from grader.marks.table import _total
from grader.model import Student

GOLDEN = Path(__file__).resolve().parent / "golden" / "marks"
STEPS = [Fraction(1), Fraction(1, 2), Fraction(1, 4), Fraction(1, 10), Fraction(1, 100)]
SHARES = st.fractions(min_value=0, max_value=1, max_denominator=10_000)


# ── the scale ────────────────────────────────────────────────────────────────


@given(SHARES, st.sampled_from(STEPS), st.sampled_from([20, 10, 100]))
def test_a_mark_is_the_nearest_multiple_of_the_step_and_half_way_goes_up(
    share: Fraction, step: Fraction, out_of: int
) -> None:
    mark = Scale(Fraction(out_of), step).rounded(share)
    assert mark % step == 0 and 0 <= mark <= out_of
    assert -step / 2 <= share * out_of - mark < step / 2, "half-way below goes up, so a mark is never half a step low"


@given(SHARES, SHARES, st.sampled_from(STEPS))
def test_who_has_more_points_never_has_the_lower_mark(a: Fraction, b: Fraction, step: Fraction) -> None:
    scale = Scale(step=step)
    assert a > b or scale.rounded(a) <= scale.rounded(b)


@given(SHARES, st.sampled_from(STEPS))
def test_a_written_mark_is_read_back(share: Fraction, step: Fraction) -> None:
    scale = Scale(step=step)
    mark = scale.rounded(share)
    assert Fraction(scale.written(mark, "en")) == mark == Fraction(scale.written(mark, "fr").replace(",", "."))


def test_half_way_goes_up() -> None:
    quarter = Scale(step=Fraction(1, 4))
    assert quarter.rounded(Fraction(101, 160)) == Fraction("12.75")  # 12.625
    assert quarter.written(Fraction("12.75"), "fr") == "12,75" and quarter.written(Fraction(0), "en") == "0.00"
    assert Scale(step=Fraction(1)).written(Fraction(13), "fr") == "13"


@pytest.mark.parametrize(
    ("out_of", "step", "said"),
    [("0", "1", "no number above 0"), ("20", "0.3", "no multiple"), ("20", "1/3", "decimals"), ("vingt", "1", "vingt")],
)
def test_a_scale_that_would_lower_full_marks_is_refused(out_of: str, step: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        marks.read_scale(out_of, step)


def test_a_scale_is_typed_with_a_comma_too() -> None:
    assert marks.read_scale("20", "0,25") == Scale(Fraction(20), Fraction(1, 4))


def test_weights_name_each_assignment_once() -> None:
    both = ("td1", "td2")
    assert marks.read_weights("td1=1, td2=2", both) == {"td1": 1, "td2": 2}
    assert marks.read_weights(None, both) == {"td1": 1, "td2": 1}
    for said in ("td1=1", "td1=1,td3=2", "td1=1,td1=2,td2=1", "td1,td2", "td1=0,td2=1"):
        with pytest.raises(UsageError):
            marks.read_weights(said, both)


# ── the mean ─────────────────────────────────────────────────────────────────

HALF, FULL = Cell(Fraction(1, 2), Fraction(10)), Cell(Fraction(1), Fraction(20))
ABI, ABJ, LATER = Cell(absent="ABI"), Cell(absent="ABJ"), Cell(missing="waits")
ONE_TWO = (Fraction(1), Fraction(2))


def test_the_mean_is_weighted_and_rounded_once() -> None:
    assert _total((HALF, FULL), ONE_TWO, Scale()).mark == Fraction("16.67")
    third = Cell(Fraction(1, 3), Fraction("6.67"))
    assert _total((third, third, third), (Fraction(1),) * 3, Scale(step=Fraction(1, 2))).mark == Fraction("6.5")


def test_an_unjustified_absence_counts_nothing_and_a_justified_one_does_not_count() -> None:
    assert _total((ABI, FULL), ONE_TWO, Scale()).mark == Fraction("13.33")
    assert _total((ABJ, HALF), ONE_TWO, Scale()).mark == 10
    assert _total((ABJ, ABJ), ONE_TWO, Scale()).absent == "ABJ"
    assert _total((ABJ, ABI), ONE_TWO, Scale()).absent == "ABI"


def test_no_mean_without_every_mark() -> None:
    waiting = _total((FULL, LATER), ONE_TWO, Scale())
    assert waiting.mark is None and waiting.absent is None and waiting.missing


# ── the files ────────────────────────────────────────────────────────────────


def line(id: str, name: str, *cells: Cell, number: str = "", email: str = "") -> Line:
    return Line(Student(id, name, email, number=number), cells, _total(cells, (Fraction(1),) * len(cells), Scale()))


def cell(mark: str) -> Cell:
    return Cell(Fraction(mark) / 20, Fraction(mark))


@pytest.fixture
def table() -> Table:
    lines = (
        line("ada", "Ada Lovelace", cell("12.5"), cell("15"), number="20190001", email="ada@example.org"),
        line("sofia", "Sofia Kovalevskaïa", ABJ, cell("9.25"), number="20190002", email="sofia@example.org"),
        line("evariste", "Évariste Galois", ABI, ABI, number="20190003"),
        line("emmy", "Emmy Noether", cell("20"), LATER, number="20190004", email="emmy@example.org"),
        line("20190005", '=HYPERLINK("http://x", "Zoé")', cell("0"), cell("0"), email="@zoe"),
    )
    return Table(("td1", "td2"), Scale(), lines, ())


def golden(name: str, data: bytes) -> None:
    assert data == (GOLDEN / name).read_bytes()


def test_the_sheet_is_the_golden_one_in_both_languages(table: Table) -> None:
    golden("fr.csv", marks.as_sheet(table, "fr"))
    golden("en.csv", marks.as_sheet(table, "en"))


def test_moodle_gets_the_golden_file(table: Table) -> None:
    golden("moodle.csv", marks.as_moodle(table))


def test_apogee_gets_its_own_file_back_with_the_marks_in_it(table: Table) -> None:
    web = marks.fill(GOLDEN / "apogee-web-empty.csv", table)
    golden("apogee-web.csv", web.data)
    assert web.unknown == ["20199999"] and web.left == ["20190003"]
    client = marks.fill(GOLDEN / "apogee-client-empty.txt", table, "INF1E1")
    golden("apogee-client.txt", client.data)
    golden("apogee-list.csv", marks.as_list(table))


def test_only_mark_and_scale_change_in_apogees_file(table: Table) -> None:
    for name, code in (("apogee-web-empty.csv", None), ("apogee-client-empty.txt", "INF1E1")):
        before = (GOLDEN / name).read_bytes()
        nobody = replace(table, lines=())
        assert marks.fill(GOLDEN / name, nobody, code).data == before
        after = marks.fill(GOLDEN / name, table, code).data
        assert len(after.splitlines()) == len(before.splitlines()) and after.count(b"\r\n") == before.count(b"\r\n")


def test_a_template_that_is_not_apogees_is_refused(table: Table, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("a;b\n")
    with pytest.raises(CourseError, match="no file of Apogée's"):
        marks.fill(file, table)
    file.write_text("XX_ETUDIANTS_XX\nNom;Prenom\n")
    with pytest.raises(CourseError, match=r"x\.csv:2: .*no Code_etudiant"):
        marks.fill(file, table)
    with pytest.raises(UsageError, match="no file"):
        marks.fill(tmp_path / "none.csv", table)


def test_the_test_of_a_template_must_be_named_where_there_are_two(table: Table) -> None:
    file = GOLDEN / "apogee-client-empty.txt"
    with pytest.raises(CourseError, match=r"2 elements\n  Say which with --element: INF1E1, INF1E2"):
        marks.fill(file, table)
    with pytest.raises(UsageError, match="Did you mean 'INF1E2'"):
        marks.fill(file, table, "INF1E22")


def test_apogees_own_scale_is_respected(table: Table) -> None:
    ten = replace(table, scale=Scale(Fraction(10)))
    with pytest.raises(CourseError, match="out of 20, and they are out of 10\n  Say --out-of 20"):
        marks.fill(GOLDEN / "apogee-web-empty.csv", ten)


@given(st.text(max_size=12))
def test_no_cell_is_a_formula(said: str) -> None:
    assert not text(said).startswith(FORMULA) and text(said).endswith(said)


def test_a_name_with_a_separator_or_a_line_break_stays_one_cell(table: Table) -> None:
    odd = replace(table, lines=(line("x", 'Ann; "B"\nC, D', cell("1"), cell("2")),))
    for lang, separator in (("fr", ";"), ("en", ",")):
        data = marks.as_sheet(odd, lang).decode("utf-8-sig")  # type: ignore[arg-type]
        assert list(csv.reader(io.StringIO(data, newline=""), delimiter=separator))[1][1] == 'Ann; "B"\nC, D'
