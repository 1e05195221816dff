"""STACK and CodeRunner questions, evaluated as the plugins do: right scores 1, each wrong idea 0 with its sentence.

``Stack`` below reads the question's variables and its response tree by itself; exact fractions stand for Maxima's.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from grader import content, quiz
from grader.model import Answer, Task
from grader.quiz import Export
from grader.quiz.stack import formulas
from grader.verify.common import solution_files

IDS = sorted(content.paths())
FORMULAS = [
    id for id in IDS if any(isinstance(q, Answer) and q.rule.kind == "formula" for q in content.find(id).questions)
]
TASKS = [
    id for id in IDS if any(isinstance(q, Task) for q in content.find(id).questions) and not content.find(id).needs
]
MAXIMA = {
    "floor": math.floor, "ceiling": math.ceil, "sqrt": math.sqrt, "ln": math.log, "exp": math.exp, "abs": abs,
    "max": max, "min": min, "mod": lambda a, b: a % b, "lg": math.log,
}  # fmt: skip


@lru_cache(maxsize=64)
def exported(id: str) -> Export:
    return quiz.export([content.find(id)], "fr", "stack", id="td", variants=2)


def questions(id: str, kind: str) -> list[Any]:
    root = etree.fromstring(exported(id).files["td.xml"])
    return [one for one in root.iterfind("question") if one.get("type") == kind]


def number(written: str) -> Any:
    """An expression of Maxima; whole numbers stay exact."""
    exact = re.sub(r"\b(\d+)\b", r"Fraction(\1)", written.replace("^", "**"))
    return eval(exact, {"Fraction": Fraction, **MAXIMA})  # of our own exercises


class Stack:
    """One question as STACK marks it."""

    def __init__(self, node: Any) -> None:
        said = dict(re.findall(r"(?m)^(\w+): (.+);$", node.findtext("questionvariables/text")))
        self.names = said["vars"].strip("[]").split(", ")
        self.points = [[Fraction(x) for x in one.split(", ")] for one in re.findall(r"\[([^\[\]]+)\]", said["pts"])]
        self.lists = {name: self.numbers(text) for name, text in said.items() if name.startswith(("rights", "wrong"))}
        self.right = said["ta"]
        tests = re.findall(
            r"(?m)^(good|idea\d+): .*?\(given\[k\] - float\((\w+)\[k\]\)", node.findtext("prt/feedbackvariables/text")
        )
        self.tests = {name: self.lists[values] for name, values in tests}
        self.nodes = {one.findtext("name"): one for one in node.iterfind("prt/node")}

    @staticmethod
    def numbers(text: str) -> list[Fraction]:
        return [Fraction(one) for one in text.strip("[]").split(", ")]

    def mark(self, formula: str) -> tuple[float, str, str]:
        """Score, answer note, feedback."""
        given = []
        for point in self.points:
            placed = formula
            for name, value in zip(self.names, point, strict=True):
                placed = re.sub(rf"\b{name}\b", f"({value})", placed)
            given.append(float(number(placed)))
        at = "0"
        while True:
            node = self.nodes[at]
            values = self.tests[node.findtext("sans")]
            far = max(abs(g - float(v)) / max(1, abs(float(v))) for g, v in zip(given, values, strict=True))
            side = "true" if far < 1e-6 else "false"
            after = node.findtext(f"{side}nextnode")
            if after == "-1":
                told = (float(node.findtext(f"{side}score")), node.findtext(f"{side}answernote"))
                return *told, node.findtext(f"{side}feedback/text") or ""
            at = after


@pytest.mark.parametrize("id", FORMULAS)
def test_the_right_formula_scores_all_and_each_wrong_idea_nothing(id: str) -> None:
    asked = questions(id, "stack")
    parts = [part for item in exported(id).quiz.items for part in item.parts if part.kind == "formula"]
    assert {one.findtext("idnumber") for one in asked} == {part.id for part in parts}
    for part in parts:
        node = next(one for one in asked if one.findtext("idnumber") == part.id)
        stack, names = Stack(node), {name: formulas._name(name) for name in part.variables}
        assert stack.mark(stack.right)[:2] == (1.0, "prt1-right")
        for known in part.known:
            score, note, feedback = stack.mark(formulas.maxima(known.value[0], names))
            assert (score, note) == (0.0, f"prt1-{known.name}")
            assert feedback


@pytest.mark.parametrize("id", FORMULAS)
def test_the_tests_that_leave_with_a_question_pass(id: str) -> None:
    for node in questions(id, "stack"):
        stack = Stack(node)
        tests = list(node.iterfind("qtest"))
        assert len(tests) > 1
        for one in tests:
            score, note, _ = stack.mark(one.findtext("testinput/value"))
            assert score == float(one.findtext("expected/expectedscore"))
            assert note == one.findtext("expected/expectedanswernote")
            assert (float(one.findtext("expected/expectedpenalty")) > 0) is (score < 1)


def test_the_same_formula_written_otherwise_is_right_and_a_near_one_is_not() -> None:
    node = next(one for one in questions("conv_output_formula", "stack") if one.findtext("idnumber").endswith("-width"))
    stack = Stack(node)
    assert stack.mark("floor((I + 2*P - K + S)/S)")[0] == 1
    assert stack.mark("ceiling((I - K + 2*P + 1)/S)")[0] == 1
    assert stack.mark("floor((I - K + 2*P)/S) + 2")[0] == 0


TAGS = (  # as the plugin exports them
    "stackversion questionvariables specificfeedback questionnote questionsimplify assumepositive assumereal "
    "multiplicationsign sqrtsign complexno inversetrig logicsymbol matrixparens variantsselectionseed input prt qtest"
).split()
NODE = (
    "name description answertest sans tans testoptions quiet truescoremode truescore truepenalty truenextnode "
    "trueanswernote truefeedback falsescoremode falsescore falsepenalty falsenextnode falseanswernote falsefeedback"
).split()


@pytest.mark.parametrize("id", FORMULAS)
def test_a_stack_question_has_what_the_plugin_reads(id: str) -> None:
    for node in questions(id, "stack"):
        told = list(dict.fromkeys(child.tag for child in node))
        assert [tag for tag in told if tag in TAGS] == TAGS
        for one in node.iterfind("prt/node"):
            assert [child.tag for child in one] == NODE
        shown = node.findtext("questiontext/text")
        assert shown.count("[[input:ans1]]") == shown.count("[[validation:ans1]]") == 1
        assert shown.count("[[") == 2 and "[[" not in (node.findtext("generalfeedback/text") or "")
        names = [
            n
            for one in node.iterfind("prt/node")
            for n in (one.findtext("truenextnode"), one.findtext("falsenextnode"))
        ]
        assert set(names) <= {"-1", *(one.findtext("name") for one in node.iterfind("prt/node"))}
        stack = Stack(node)
        assert not set(stack.names) & formulas.RESERVED
        for name in set(stack.names) - {
            part for item in exported(id).quiz.items for p in item.parts for part in p.variables
        }:
            assert name in shown  # the student is told how to write it


def test_a_command_of_stack_in_our_words_is_none() -> None:
    assert "[[" not in formulas.castext("[[1, 2], [3, 4]]") and "{@" not in formulas.castext("{@x@}")


# ── CodeRunner ───────────────────────────────────────────────────────────────


def passes(code: str, case: Any) -> bool:
    """Whether the student's code, then the test's, prints what is expected, as the python3 type runs them."""
    printed: list[str] = []
    space: dict[str, Any] = {"__name__": "__main__", "print": lambda *words: printed.append(" ".join(map(str, words)))}
    try:
        exec(code, space)  # solutions of our own
        exec(case.findtext("testcode/text"), space)
    except Exception:  # noqa: BLE001 - a wrong solution may raise anything
        return False
    return printed == [case.findtext("expected/text")]


@pytest.mark.parametrize("id", TASKS)
def test_solutions_pass_or_fail_the_tests_that_they_should(
    id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    exercise = content.find(id)
    asked = questions(id, "coderunner")
    files = solution_files(exercise)
    for node in asked[:1]:
        part = next(p for item in exported(id).quiz.items for p in item.parts if p.id == node.findtext("idnumber"))
        cases = list(node.iterfind("testcases/testcase"))
        assert [one.findtext("display/text") == "HIDE" for one in cases] == [one.hidden for one in part.trials]
        names = [one.source.rsplit("\n", 1)[-1].partition("(")[0] for one in part.trials]
        for solution in files:
            if solution.promise == "reference":
                assert all(passes(solution.source, one) for one in cases), solution.file.name
            elif solution.promise == "wrong":
                failed = {name for name, one in zip(names, cases, strict=True) if not passes(solution.source, one)}
                assert failed == solution.fails & set(names), solution.file.name
        assert not any(passes(part.starter, one) for one in cases)


def test_checks_that_are_left_out_are_reported() -> None:
    notes = [one for one in exported("q_sample").report.notes if one.part == "q_sample"]
    assert "CodeRunner" in notes[0].used.en and "of 7" in notes[0].why.en
