"""Written answers are read in both spellings, the ambiguous ones say why, and nothing else is ever raised."""

import time
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import readers, rules, setup_cell
from grader.model import Unreadable

NBSP, THIN, NARROW = "\u00a0", "\u2009", "\u202f"

NUMBERS = [
    (112, 112),
    (112.0, 112),
    (112.5, 112.5),
    (3.6000001e9, 3_600_000_100),
    (np.int64(7), 7),
    (np.float32(0.5), 0.5),
    (np.array(5), 5),
    ("3,5", 3.5),
    ("3.5", 3.5),
    (" 3,5 ", 3.5),
    (",5", 0.5),
    ("0,125", 0.125),
    ("1234,567", 1234.567),
    ("3.600", 3.6),
    ("1,5e3", 1500),
    ("3,600e3", 3600),
    ("3,6·10^9", 3_600_000_000),
    ("3.6×10^9", 3_600_000_000),
    ("3,6 * 10**9", 3_600_000_000),
    ("3,6.10^9", 3_600_000_000),
    ("10⁹", 10**9),
    ("2·10⁻³", 0.002),
    ("3 600 000", 3_600_000),
    (f"3{NBSP}600{NARROW}000", 3_600_000),
    (f"80{THIN}758", 80_758),
    ("3_600_000", 3_600_000),
    ("3,600,000", 3_600_000),
    ("3.600.000", 3_600_000),
    ("1,234.5", 1234.5),
    ("1 234,5", 1234.5),
    ("−5", -5),
    ("- 5", -5),
    ("+5", 5),
]

NO_NUMBERS = [
    (..., "no_answer"),
    (None, "no_answer"),
    ("", "no_answer"),
    ("  ", "no_answer"),
    ("…", "no_answer"),
    (True, "boolean"),
    ((3, 5), "pair"),
    ((3, 600), "pair"),
    ((112,), "trailing_comma"),
    ("3,600", "ambiguous_comma"),
    ("-12,345", "ambiguous_comma"),
    ("1 2", "several_numbers"),
    ("12 ; 13", "several_numbers"),
    ("3,60,000", "several_numbers"),
    ("112 px", "unit"),
    ("112px", "unit"),
    ("3,6 G", "unit"),
    ("50 %", "unit"),
    ("(28 - 3) + 1", "computation"),
    ("huit", "not_a_number"),
    ("½", "not_a_number"),
    ([112], "not_a_number"),
    ({}, "not_a_number"),
    (2j, "not_a_number"),
    (float("nan"), "not_finite"),
    (float("inf"), "not_finite"),
    (10**5000, "too_large"),
    ("10^999999", "too_large"),
    ("1e400", "too_large"),
    ("3." + "0" * 30 + "1", "too_precise"),
    ("9" * 100_000, "too_long"),
]

SHAPES = [
    ((28, 28, 16), (28, 28, 16)),
    ([28, 28], (28, 28)),
    (np.array([28, 28]), (28, 28)),
    ((None, 26, 26), (None, 26, 26)),
    (5, (5,)),
    ("28, 28, 16", (28, 28, 16)),
    ("(28 ; 28 ; 16)", (28, 28, 16)),
    ("28 × 28x16", (28, 28, 16)),
    ("[28 28 16]", (28, 28, 16)),
    ((28.5, 3.0), (28.5, 3)),
    (("28", "1 024"), (28, 1024)),
]

GRIDS = [
    ([[1, 2], [3, 4]], ((1, 2), (3, 4))),
    (((1, 2.0), (3, 4)), ((1, 2), (3, 4))),
    (np.array([[1, 2], [3, 4]]), ((1, 2), (3, 4))),
    ([np.array([1, 2]), np.array([3, 4])], ((1, 2), (3, 4))),
    ([1, 2], ((1, 2),)),
    ("1 2\n3 4", ((1, 2), (3, 4))),
    ("1 2 ; 3 −4", ((1, 2), (3, -4))),
    ("[[1, 2], [3, 4]]", ((1, 2), (3, 4))),
    ("1,2,3\n4,5,6", ((1, 2, 3), (4, 5, 6))),
    ([[1, ...], [None, "4"]], ((1, None), (None, 4))),
]

TEXT = [
    (readers.read_decimal, (), "3/4", 0.75),
    (readers.read_grid, (True,), "0,5 1,5 ; 2 3", ((0.5, 1.5), (2, 3))),
    (readers.read_table, (("a", "b"),), {"a": 3, "b": ...}, {"a": 3, "b": None}),
    (readers.read_table, (("a", "b"),), {"b": "3 600 000"}, {"a": None, "b": 3_600_000}),
    (readers.read_table, (("a", "b"),), [3, 4], {"a": 3, "b": 4}),
    *((readers.read_letter, ("ABC",), written, "B") for written in ("B", "b", "(B)", " B. ", ["B"])),
    *(
        (readers.read_letters, ("ABCD",), written, ("A", "C"))
        for written in ("A C", "AC", "c, a", "A et C", "A and C", ["C", "A"], ("A", "C", "A"))
    ),
    *(
        (readers.read_matching, ("ABC", 3), written, {1: "C", 2: "A", 3: "B"})
        for written in (
            "C A B",
            "cab",
            ["C", "A", "B"],
            {1: "C", 2: "A", 3: "B"},
            "1-C, 2-A, 3-B",
            {"3": "b", 1: "C", 2: "A"},
        )
    ),
    (readers.read_matching, ("ABC", 3), {1: "C", 2: "A"}, {1: "C", 2: "A", 3: None}),
    (readers.read_matching, ("ABC", 3), "C ? B", {1: "C", 2: None, 3: "B"}),
    *(
        (readers.read_order, ("ABCD",), written, ("C", "A", "B", "D"))
        for written in ("C A B D", "CABD", "C > A > B > D", "c→a→b→d", "C, puis A, B et D", ["C", "A", "B", "D"])
    ),
    (readers.read_order, ("ABCD", False), "C A B", ("C", "A", "B")),
]

UNREADABLE = [
    (readers.read_shape, (), 3 + 1j, "not_a_list"),
    (readers.read_shape, (2,), (1, 2, 3), "axes"),
    (readers.read_shape, (), (28, ...), "unfinished"),
    (readers.read_shape, (), "", "no_answer"),
    (readers.read_shape, (), [0] * 20_000, "too_long"),
    (readers.read_shape, (), np.zeros(20_000), "too_long"),
    (readers.read_grid, (), [[1, 2], [3]], "ragged"),
    (readers.read_grid, (), [[1, 2], 3], "not_a_grid"),
    (readers.read_grid, (), [[[1]]], "not_a_grid"),
    (readers.read_grid, (), [[..., ...]], "no_answer"),
    (readers.read_grid, (), [[0] * 6000] * 2, "too_long"),
    (readers.read_grid, (True,), "1,2", "ambiguous_comma"),
    (readers.read_table, (("a",),), {"A": 3}, "unknown_row"),
    (readers.read_table, (("a",),), {"a": ...}, "no_answer"),
    (readers.read_table, (("a",),), 3, "not_a_table"),
    (readers.read_table, (("a",),), {"a": (3, 5)}, "pair"),
    (readers.read_letter, ("ABC",), "A B", "one_letter"),
    (readers.read_letter, ("ABC",), "D", "unknown_letter"),
    (readers.read_letter, ("ABC",), 2, "not_letters"),
    (readers.read_letters, ("ABC",), {"A", "C"}, "a_set"),
    (readers.read_letter, ("ABC",), ..., "no_answer"),
    (readers.read_letters, ("ABC",), [1, 2], "not_letters"),
    (readers.read_letters, ("ABC",), "A" * 1000, "too_long"),
    (readers.read_matching, ("ABC", 3), "C A", "matching"),
    (readers.read_matching, ("ABC", 3), {4: "A"}, "matching"),
    (readers.read_matching, ("ABC", 3), "1-C 1-A 2-B", "matching"),
    (readers.read_matching, ("ABC", 3), {1: ...}, "no_answer"),
    (readers.read_order, ("ABCD",), "A B C D", "untouched"),
    (readers.read_order, ("ABCD",), "A A C D", "repeated_letter"),
    (readers.read_order, ("ABCD",), "C A B", "missing_letter"),
    (readers.read_order, ("ABCD",), {"C", "A"}, "a_set"),
    (readers.read_formula, (("I", "K"),), 112, "formula_quotes"),
]


@pytest.mark.parametrize(("written", "value"), NUMBERS, ids=repr)
def test_a_number_is_read_in_both_languages(written, value):
    read = readers.read_whole(written)
    assert read == value and type(read) is type(value)


@pytest.mark.parametrize(
    ("written", "code"), NO_NUMBERS, ids=lambda x: str(x)[:20] if not isinstance(x, int) else "int"
)
@pytest.mark.parametrize("reader", [readers.read_whole, readers.read_decimal])
def test_what_is_ambiguous_is_unreadable_and_says_why(written, code, reader):
    with pytest.raises(ValueError, match=f"^{code}$"):
        reader(written)


@pytest.mark.parametrize(("written", "value"), SHAPES, ids=repr)
def test_a_shape_is_read(written, value):
    assert readers.read_shape(written) == value


@pytest.mark.parametrize(("written", "value"), GRIDS, ids=repr)
def test_a_grid_is_read(written, value):
    assert readers.read_grid(written) == value


@pytest.mark.parametrize(("reader", "arguments", "written", "value"), TEXT)
def test_other_answers_are_read(reader, arguments, written, value):
    assert reader(written, *arguments) == value


@pytest.mark.parametrize(("reader", "arguments", "written", "code"), UNREADABLE)
def test_other_answers_that_cannot_be_read_say_why(reader, arguments, written, code):
    with pytest.raises(ValueError, match=f"^{code}$"):
        reader(written, *arguments)


def test_a_fraction_is_a_decimal_but_a_whole_number_is_written_out():
    with pytest.raises(ValueError, match=r"computation|several_numbers"):
        readers.read_whole("6/2")
    with pytest.raises(ValueError, match="not_finite"):
        readers.read_decimal("6/0")


@pytest.mark.parametrize(
    ("value", "fr", "en"),
    [
        (0.5, "0,5", "0.5"),
        ((28, 28), "(28, 28)", "(28, 28)"),
        ((5,), "(5,)", "(5,)"),
        (((0.5, 2), (3, 4)), "[[0,5 ; 2], [3, 4]]", "[[0.5, 2], [3, 4]]"),
        ({"a": 3, "b": None}, "a = 3 ; b = …", "a = 3; b = …"),
        (("A", "C"), "A C", "A C"),
        ((), "()", "()"),
    ],
)
def test_values_are_shown_in_the_language_of_the_notebook(value, fr, en):
    assert readers.show_value(value, ",") == fr
    assert readers.show_value(value, ".") == en


# ── nothing a student writes raises anything else, or takes long ─────────────

LEAVES = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(), st.complex_numbers(), st.just(...), st.text(max_size=40)),
    st.text(alphabet="0123456789,.  +-−eE×·^*/()[]⌊⌋ABCIKPS²√;:=", max_size=60),
)
NESTED = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.lists(inner, max_size=5).map(tuple),
        st.dictionaries(
            st.one_of(st.integers(0, 5), st.text(max_size=3), st.sampled_from(["a", "b"])), inner, max_size=4
        ),
    ),
    max_leaves=20,
)
CALLS = {
    "read_whole": (),
    "read_decimal": (),
    "read_shape": (),
    "read_grid": (True,),
    "read_table": (("a", "b"),),
    "read_letter": ("ABCD",),
    "read_letters": ("ABCD",),
    "read_matching": ("ABCD", 3),
    "read_order": ("ABCD", False),
    "read_formula": (("I", "K", "P", "S"),),
}


@pytest.mark.parametrize("name", CALLS)
@settings(max_examples=150, deadline=1000)
@given(written=NESTED)
def test_only_a_known_sentence_is_ever_raised(name, written):
    said = ""
    try:
        said = readers.show_value(getattr(readers, name)(written, *CALLS[name]), ",")
    except ValueError as problem:
        said = setup_cell.messages([name], "fr")[str(problem)]
    assert said


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(
    "text",
    [c * 10_000 for c in "19 ,.eE(A[⌊^*-+/\n√x"]
    + ["1," * 5000, "1 " * 5000, "10^" * 3000, "9" * 100_000, "(1" * 5000, "A " * 200],
)
def test_long_texts_are_read_or_refused_at_once(name, text):
    start = time.perf_counter()
    try:
        getattr(readers, name)(text, *CALLS[name])
    except ValueError as problem:
        setup_cell.MESSAGES[str(problem)]
    assert time.perf_counter() - start < 30


# ── the notebook ─────────────────────────────────────────────────────────────

SHOWN = tuple("wxyz")
RULES = {
    "read_whole": rules.whole,
    "read_decimal": rules.decimal(2),
    "read_shape": rules.shape,
    "read_grid": rules.grid(decimal=rules.decimal(1)),
    "read_table": rules.table("a", "b"),
    "read_letter": rules.choice(*SHOWN),
    "read_letters": rules.choices(*SHOWN),
    "read_matching": rules.matching(left=["one", "two", "three"], right=SHOWN),
    "read_order": rules.ordering(*SHOWN[:3], distractors=SHOWN[3:]),
    "read_formula": rules.formula(I=range(8, 30), K=[1, 2, 3], P=range(3), S=[1, 2]),
}
ALL_WRITTEN = [written for written, _ in (*NUMBERS, *NO_NUMBERS, *SHAPES, *GRIDS)]
ALL_WRITTEN += [written for _, _, written, _ in (*TEXT, *UNREADABLE)]
ALL_WRITTEN += ["⌊(I−K+2P)/S⌋+1", "max(I ; 0,5)", "I/2P", "I +"]


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("name", RULES)
def test_the_notebook_prints_what_the_trusted_side_reads(name, lang, capsys):
    rule = RULES[name]
    shown = ("a", "b") if name == "read_table" else SHOWN
    assert rule.reader(shown)[0] == name
    notebook = {}
    exec(setup_cell.notebook_source([name], lang), notebook)
    call = setup_cell.notebook_call("size", *rule.reader(shown), lang)
    for written in ALL_WRITTEN:
        exec(call, notebook | {"size": written})
        printed = capsys.readouterr().out.rstrip("\n")
        try:
            expected = {"fr": "size : lu ", "en": "size: read as "}[lang] + rule.read(written, shown, lang).shown
        except Unreadable as problem:
            expected = {"fr": "size : ", "en": "size: "}[lang] + problem.why[lang]
        assert printed == expected


def test_the_setup_cell_holds_one_language_and_what_it_needs():
    french = setup_cell.notebook_source(["read_whole"], "fr")
    english = setup_cell.notebook_source(["read_whole", "read_formula"], "en")
    assert french.startswith("# Exécutez d'abord cette cellule.") and "number" not in "".join(
        setup_cell.messages(["read_whole"], "fr").values()
    )
    assert "read_decimal" not in french and "parse_formula" not in french and "parse_formula" in english
    assert "grader" not in french + english and "noqa" not in english and '"""' not in french + english
    assert "Exécutez" not in english


def test_every_reader_has_its_sentences_and_the_line_that_says_what_it_accepts():
    assert set(setup_cell.ACCEPTS) == set(CALLS)
    raised = {code for name in CALLS for code in setup_cell.messages([name], "fr")}
    assert raised == set(setup_cell.MESSAGES)
    for code, text in setup_cell.MESSAGES.items():
        assert text.fr != text.en, code


def test_the_source_of_several_readers_is_the_same_whatever_their_order():
    assert setup_cell.sources(["read_whole", "read_letter"]) == setup_cell.sources(["read_letter", "read_whole"])


def test_the_call_is_a_line_a_student_can_read():
    assert setup_cell.notebook_call("size", "read_whole", (), "fr") == 'show_reading("size", size, read_whole)'
    assert setup_cell.notebook_call("k", "read_letter", ("ABC",), "en") == "show_reading(\"k\", k, read_letter, 'ABC')"


def test_no_value_of_a_reader_is_a_fraction():
    assert not isinstance(readers.read_decimal("1/3"), Fraction)
