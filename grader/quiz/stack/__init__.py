"""A quiz as Moodle XML with two plugins: STACK reads formulas, CodeRunner runs code. Other kinds are Moodle's own."""

from __future__ import annotations

from xml.sax.saxutils import escape

from grader.model import Text
from grader.quiz import moodle
from grader.quiz.carry import FORM, Notes
from grader.quiz.item import Item, Part, Quiz
from grader.quiz.moodle.text import cdata
from grader.quiz.policy import Policy
from grader.quiz.stack import formulas

TITLE = Text("Moodle XML, avec STACK et CodeRunner", "Moodle XML, with STACK and CodeRunner")
CARRIES = moodle.CARRIES | {"formula"}

PROGRAM = Text("une question CodeRunner", "a CodeRunner question")
LEFT = Text(
    "vérifications qui n'y tiennent pas : {0} sur {1}",
    "checks that it cannot hold: {0} of {1}",
)


def write(quiz: Quiz, policy: Policy, notes: Notes) -> dict[str, bytes]:
    return moodle.written(quiz, policy, notes, CARRIES, _question)


def _question(quiz: Quiz, item: Item, part: Part, notes: Notes) -> str:
    if part.kind == "formula":
        made = formulas.question(part, quiz.lang)
        if made is not None:
            words, body = made
            whole = moodle.wrapped(item, part, "stack", (*item.statement, *part.prompt, *words), "@IN@", "@REST@")
            return formulas.castext(whole).replace("@IN@", formulas.INPUT).replace("@REST@", body)
        if part.twin:
            notes.add(item, part, FORM["choice"], formulas.TOO_FEW)
            return moodle.question(quiz, item, part.twin, notes)
    if part.kind == "code" and part.trials:
        if left := len(part.checks) - len(part.trials):
            told = Text(LEFT.fr.format(left, len(part.checks)), LEFT.en.format(left, len(part.checks)))
            notes.add(item, part, PROGRAM, told)
        return moodle.wrapped(item, part, "coderunner", (*item.statement, *part.prompt), "", _program(part))
    return moodle.question(quiz, item, part, notes)


def _program(part: Part) -> str:
    """Each check is a program after the student's: it prints OK, or raises before."""
    lines = max(15, part.starter.count("\n") + 10)
    options = (
        "<coderunnertype>python3</coderunnertype><prototypetype>0</prototypetype><allornothing>0</allornothing>"
        "<penaltyregime>0</penaltyregime><precheck>0</precheck><hidecheck>0</hidecheck><showsource>0</showsource>"
        f"<answerboxlines>{lines}</answerboxlines><answerboxcolumns>100</answerboxcolumns>"
        f"<answerpreload>{cdata(part.starter)}</answerpreload><answer></answer><validateonsave>0</validateonsave>"
    )
    cases = "".join(
        f'<testcase testtype="0" useasexample="0" hiderestiffail="0" mark="{trial.weight}.0000000">'
        f"<testcode><text>{cdata(f'{trial.source}{END}')}</text></testcode><stdin><text></text></stdin>"
        f"<expected><text>{escape(OK)}</text></expected><extra><text></text></extra>"
        f"<display><text>{'HIDE' if trial.hidden else 'SHOW'}</text></display></testcase>"
        for trial in part.trials
    )
    return f"{options}<testcases>{cases}</testcases>"


OK = "OK"
END = f'\nprint("{OK}")'
