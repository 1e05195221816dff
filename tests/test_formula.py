"""Formulas are understood in both languages' writing, compared exactly, and can never keep the grader busy."""

import time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import formula as formulas
from grader import rules

NAMES = ("I", "K", "P", "S")
SIZE = rules.formula(
    I=range(8, 300),
    K=[1, 2, 3, 5, 7, 11],
    P=range(6),
    S=[1, 2, 3, 4],
    valid="I + 2*P >= K",
    half_when="(I + 2*P - K) % S == 0",
)
RIGHT = "(I + 2*P - K)//S + 1"

RIGHT_WRITINGS = [
    "⌊(I−K+2P)/S⌋+1",
    "(I+2P-K)//S+1",
    "floor((I+2*P-K+S)/S)",
    "ceil((I-K+2P+1)/S)",
    "int((I-K+2P)/S+1)",
    "O = ⌊(I−K+2P)/S⌋+1",
    "plancher((i + 2p − k) ÷ s) + 1",
    "E((I-K+2×P)/S)+1",
    "partie entière de ((I-K+2·P)/S) + 1",
    r"\left\lfloor\frac{I-K+2P}{S}\right\rfloor+1",
    r"$\lfloor \dfrac{I - K + 2 \times P}{S} \rfloor + 1$",
    "((I-K+2P) - (I-K+2P) mod S)/S + 1",
    "floor((I-K+2P)/S)+√1",
]
WRONG = [
    "floor((I-K+P)/S)+1",
    "floor((I-K+2P+1)/S)",
    "floor((I-K)/S)+2P+1",
    "floor((I-K+2P)/S)",
    "I-K+2P+1",
    "112",
    "1/0",
]


@pytest.mark.parametrize("written", RIGHT_WRITINGS)
def test_every_way_of_writing_the_right_formula_is_right(written):
    shown = SIZE.read(written, (), "fr").value
    assert SIZE.score(shown, RIGHT) == 1
    assert SIZE.score(RIGHT, shown) == 1


@pytest.mark.parametrize("written", WRONG)
def test_wrong_formulas_earn_nothing(written):
    assert SIZE.score(SIZE.read(written, (), "fr").value, RIGHT) == 0


def test_a_forgotten_floor_earns_half_only_when_the_rule_says_so():
    assert SIZE.score("(I - K + 2*P)/S + 1", RIGHT) == Fraction(1, 2)
    strict = rules.formula(I=range(8, 300), K=[1, 2, 3], P=range(6), S=[1, 2, 3, 4])
    assert strict.score("(I - K + 2*P)/S + 1", RIGHT) == 0


def test_a_known_wrong_formula_is_recognised_however_it_is_written():
    assert SIZE.score(SIZE.read("1 + ⌊(P + I − K)/S⌋", (), "fr").value, "(I - K + P)//S + 1") == 1


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("⌊(I−K+2P)/S⌋+1", "floor((I - K + 2*P)/S) + 1"),
        ("2(P+1)", "2*(P + 1)"),
        ("IK", "I*K"),
        ("(I·K·P+1)S", "(I*K*P + 1)*S"),
        ("I-(K-P)", "I - (K - P)"),
        ("I/(K*P)", "I/(K*P)"),
        ("-I²", "-I^2"),
        ("(-I)**2", "(-I)^2"),
        ("2^-P", "2^(-P)"),
        ("√2P", "sqrt(2)*P"),
        ("racine carrée de (I)", "sqrt(I)"),
        ("0,5P", "0.5*P"),
        ("max(I ; 0)", "max(I, 0)"),
        ("max(I, K)", "max(I, K)"),
        ("ln(I) + exp(-P)", "log(I) + exp(-P)"),
        ("2 x P", "2*P"),
        ("π I", "π*I"),
    ],
)
def test_a_formula_is_shown_as_it_was_understood(written, shown):
    tree = formulas.parse_formula(written, NAMES)
    assert formulas.show_formula(tree) == shown
    assert formulas.parse_formula(shown, NAMES) == tree


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("I/2P", "formula_product"),
        ("I//S(P)", "formula_product"),
        ("P 2", "formula_product"),
        ("max(0,5)", "formula_comma"),
        ("1,000 I", "formula_comma"),
        ("9**9**9", "formula_power"),
        ("I^1000", "formula_power"),
        ("Q + 1", "formula_name"),
        ("__import__('os')", "formula_name"),
        ("I if K else P", "formula_name"),
        ("(I + K", "formula_parentheses"),
        ("I + K)", "formula_parentheses"),
        ("⌊I + K)", "formula_parentheses"),
        ("I +", "formula_unfinished"),
        ("I + * K", "formula_symbol"),
        ("[I/K]", "formula_brackets"),
        ("I < K", "formula_equals"),
        ("I = K = P", "formula_equals"),
        ("O =", "no_answer"),
        ("(" * 200, "formula_deep"),
        ("I+" * 400, "too_long"),
        ("I" * 100_000, "too_long"),
        (r"\frac12", "formula_name"),
        (r"\frac 12", "formula_symbol"),
    ],
)
def test_what_cannot_be_understood_says_why(written, code):
    with pytest.raises(ValueError, match=f"^{code}$"):
        formulas.parse_formula(written, NAMES)


def test_names_that_differ_by_case_are_kept_apart():
    assert formulas.show_formula(formulas.parse_formula("kK", ("k", "K"))) == "k*K"
    assert formulas.show_formula(formulas.parse_formula("alpha_t a", ("alpha_t", "a"))) == "alpha_t*a"
    assert formulas.show_formula(formulas.parse_formula("n_{h} M", ("n_h", "m"))) == "n_h*m"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("(10^15 + 1)//10^14", 10),
        ("floor(sqrt(2)^2)", 2),
        ("ceil(-7/2)", -3),
        ("-7//2", -4),
        ("-7 % 3", 2),
        ("sqrt(9/4)", Fraction(3, 2)),
        ("abs(-3)", 3),
        ("min(1/3; 1/2)", Fraction(1, 3)),
        ("log2(8)", 3.0),
        ("4^(1/2)", 2.0),
    ],
)
def test_values_are_exact_where_they_can_be(written, value):
    found = formulas.evaluate(formulas.parse_formula(written, ()), {})
    assert found == value and type(found) is (float if isinstance(value, float) else Fraction)


@pytest.mark.parametrize(
    "written", ["1/0", "sqrt(-1)", "log(0)", "exp(exp(100))", "((99^99)^99)^99", "(-1)^(1/2)", "0^(-1)", "1//0"]
)
def test_what_has_no_value_equals_nothing(written):
    with pytest.raises(formulas.Undefined):
        formulas.evaluate(formulas.parse_formula(written, ()), {})
    assert not formulas.same(None, None)


def test_there_are_200_points_and_the_floor_matters_on_many():
    points = SIZE.points()
    divides = [formulas.holds(SIZE.half_when, point) for point in points]
    assert len(points) >= 200 and len({tuple(point.items()) for point in points}) == len(points)
    assert 50 < sum(divides) < len(points) - 50
    assert all(formulas.holds(SIZE.valid, point) for point in points)
    assert len(rules.formula(a=[1, 2], b=[3, 4]).points()) == 4


def test_points_are_the_same_in_every_process():
    assert [int(x) for x in SIZE.points()[0].values()] == FIRST


FIRST = [227, 2, 5, 1]


@settings(max_examples=150, deadline=1000)
@given(st.text(alphabet="IKPS0123456789+-*/^()⌊⌋⌈⌉√²,.; ×÷%", max_size=120))
def test_scoring_any_text_ends_quickly(text):
    assert SIZE.score(text, RIGHT) in (0, Fraction(1, 2), 1)


@pytest.mark.parametrize(
    "text", ["*".join(["(I+1/7)^9"] * 24), "+".join(["1/(I+K^9)"] * 30), "(" * 25 + "I^9" + ")^9" * 25]
)
def test_heavy_formulas_end_quickly(text):
    start = time.perf_counter()
    assert SIZE.score(text, RIGHT) == 0
    assert time.perf_counter() - start < 30
