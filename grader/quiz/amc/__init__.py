"""A quiz as LaTeX for Auto Multiple Choice: an element for each variant, a copy for each student."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace

from grader.errors import UsageError
from grader.model import Text
from grader.quiz import carry, copies, words
from grader.quiz.amc import questions
from grader.quiz.amc.latex import file_of, latex, name, text
from grader.quiz.amc.questions import MOST_DIGITS, Boxes
from grader.quiz.carry import Notes
from grader.quiz.item import Copy, Item, Part, Quiz
from grader.quiz.paper import markup, press, printed, said
from grader.quiz.paper.formula import Unknown
from grader.quiz.policy import Policy
from grader.quiz.words import Node

TITLE = Text("Auto Multiple Choice (LaTeX)", "Auto Multiple Choice (LaTeX)")
CARRIES = frozenset({"choice", "choices", "numeric", "text"})
ON_PAPER = True
NUMBER = 11  # digits of a student's number, unless the roster has longer ones

TOO_LONG = Text(f"plus de {MOST_DIGITS} colonnes de chiffres", f"more than {MOST_DIGITS} columns of digits")
NAME = Text("Nom et prénom :", "Name:")
CODE = Text("Cochez votre numéro d’étudiant, un chiffre par colonne.", "Tick your student number, one digit a column.")
HEAD = r"""\ifdefined\pdfminorversion\pdfminorversion=7\fi % of the figures
\documentclass[11pt,{page}]{{article}}
% The roster is students.csv; its key is the column 'key'. Compile with Auto Multiple Choice.
\usepackage[utf8]{{inputenc}}
\usepackage[T1]{{fontenc}}
\IfFileExists{{lmodern.sty}}{{\usepackage{{lmodern}}}}{{}}
\usepackage{{textcomp,amsmath,amssymb,graphicx}}
\usepackage[export]{{adjustbox}}
\usepackage{{geometry}}
\geometry{{hmargin=2.5cm,headheight=2cm,headsep=.3cm,footskip=1cm,top=3.5cm,bottom=2.5cm}}
\setlength{{\parindent}}{{0pt}}
{babel}
\usepackage[box,lang={lang}]{{automultiplechoice}}
\newcommand{{\drawn}}[1]{{\includegraphics[scale=0.6,max width=0.8\linewidth,max height=7cm]{{#1}}}}
\begin{{document}}
\AMCstudentslistfile{{students.csv}}{{key}}
"""
FRENCH = "\\usepackage[french]{babel}\n\\frenchsetup{AutoSpacePunctuation=false}"
ENGLISH = "\\usepackage[english]{babel}"


def write(quiz: Quiz, policy: Policy, notes: Notes) -> dict[str, bytes]:
    quiz = quiz if quiz.copies else replace(quiz, copies=copies.dealt(quiz))
    items = printed(quiz)
    asked = {item.slug: carried(item, notes) for item in items}
    columns = _columns(items, asked)
    digits = max([NUMBER, *(len(one.number) for one in quiz.copies if one.number.isdigit())])
    where = quiz.title
    try:
        pieces = [_head(quiz), *(_copy(quiz, one, policy, digits) for one in quiz.copies)]
        for n, item in enumerate(items, 1):
            where = item.id
            pieces.insert(n, _element(quiz, item, asked[item.slug], columns))
    except Unknown as error:
        problem = f"'{where}' has '{error}', which LaTeX is not told how to write"
        raise UsageError("--to amc", problem, "Write it otherwise, or add it to grader/quiz/amc/latex.py.") from error
    source = "\n".join(pieces) + "\\end{document}\n"
    return {f"{quiz.id}.tex": source.encode(), "students.csv": _roster(quiz, digits), **_pictures(items)}


def carried(item: Item, notes: Notes) -> dict[str, tuple[Part, ...]]:
    """By question: what AMC can ask of it."""
    found = {}
    for part in item.parts:
        made = carry.nearest(item, carry.fitted(item, part, notes), CARRIES, notes)
        if part.twin and any(one.number and questions.boxes([one]).digits > MOST_DIGITS for one in made):
            made = (carry.as_choice(item, part, part.twin, notes, TOO_LONG),)
        found[part.name] = made
    return found


def _columns(items: list[Item], carried: dict[str, dict[str, tuple[Part, ...]]]) -> dict[tuple[str, str], Boxes]:
    """The same for every variant: by exercise, and by the question's name in it."""
    alike: dict[tuple[str, str], list[Part]] = {}
    for item in items:
        for part in (part for made in carried[item.slug].values() for part in made if part.number):
            alike.setdefault((item.exercise, part.name), []).append(part)
    return {key: questions.boxes(parts) for key, parts in alike.items()}


def _head(quiz: Quiz) -> str:
    page = {"letter": "letterpaper"}.get(quiz.page, "a4paper")
    babel = FRENCH if quiz.lang == "fr" else ENGLISH
    return HEAD.format(page=page, babel=babel, lang="FR" if quiz.lang == "fr" else "EN")


def _element(
    quiz: Quiz, item: Item, carried: dict[str, tuple[Part, ...]], columns: dict[tuple[str, str], Boxes]
) -> str:
    asked = [part for made in carried.values() for part in made]
    written = [
        questions.question(
            part,
            columns.get((item.exercise, part.name)),
            quiz.lang,
            item.solution if part is asked[-1] else (),
        )
        for part in asked
    ]
    title = rf"\par\bigskip\noindent\textbf{{{text(item.title)}}}\par\medskip"
    return f"\\element{{{item.slug}}}{{\n  {title}\n  {latex(item.statement).strip()}\n{''.join(written)}}}\n"


def _copy(quiz: Quiz, one: Copy, policy: Policy, digits: int) -> str:
    """Named, or with boxes for a number; an even number of pages, so that copies printed on both sides come apart."""
    head = rf"\noindent\textbf{{{text(quiz.title)}}}\hfill\fbox{{\texttt{{{one.code}}}}}\par\medskip"
    if one.student:
        who = (
            rf"\AMCassociation{{{key(one, digits)}}}\noindent\namefield{{{_labelled(quiz)}\textbf{{{name(one.name)}}}}}"
        )
    else:
        field = rf"\begin{{minipage}}{{.9\linewidth}}{_labelled(quiz)}\vspace*{{5mm}}\end{{minipage}}"
        boxes = rf"\noindent {text(CODE[quiz.lang])}\par\smallskip\noindent\AMCcode{{student}}{{{digits}}}"
        who = rf"{boxes}\par\bigskip\noindent\namefield{{\fbox{{{field}}}}}"
    told = rf"\par\medskip\noindent\emph{{{text(policy.said(quiz.lang))}}}\par"
    groups = "\n".join(rf"  \restituegroupe{{{item.slug}}}" for item in one.items)
    return f"\\onecopy{{1}}{{\n  {head}\n  {who}\n  {told}\n{groups}\n  \\AMCcleardoublepage\n}}\n"


def _labelled(quiz: Quiz) -> str:
    return text(NAME[quiz.lang]) + " "


def key(one: Copy, digits: int) -> str:
    """What the boxes of a spare copy give: the number, its zeros in front; else the student's name in the course."""
    known = next((said for said in (one.number, one.student) if said.isascii() and said.isdigit()), "")
    return known.rjust(digits, "0") if known else one.student


def _roster(quiz: Quiz, digits: int) -> bytes:
    """AMC finds students by 'key'; 'copy' is the number that it prints on their pages."""
    table = io.StringIO()
    lines = csv.writer(table, lineterminator="\n")
    lines.writerow(["key", "name", "id", "number", "copy", "code"])
    for place, one in enumerate(quiz.copies, 1):
        if one.student:
            who = map(copies.plain, (key(one, digits), one.name, one.student, one.number))
            lines.writerow([*who, place, one.code])
    return table.getvalue().encode()


def _pictures(items: list[Item]) -> dict[str, bytes]:
    """What pdfLaTeX does not read is printed anew."""
    found: dict[str, Node] = {file_of(node): node for item in items for node in words.images(list(said(item)))}
    drawn = {file: node for file, node in found.items() if node.mime not in ("image/png", "image/jpeg")}
    made = {file: node.data for file, node in found.items() if file not in drawn}
    return made | dict(_redrawn(drawn)) if drawn else made


def _redrawn(drawn: dict[str, Node]) -> Iterator[tuple[str, bytes]]:
    files = {markup.file_of(node): file for file, node in drawn.items()}
    made = press.redrawn({markup.file_of(node): node.data for node in drawn.values()}, "pdf")
    return ((files[source], data) for source, data in made)
