"""A notebook's setup cell: the readers it needs, copied into it, and what they say in its language."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterable
from functools import cache
from types import ModuleType

from grader import formula, readers
from grader.model import Lang, Text, Value

MESSAGES: dict[str, Text] = {
    "no_answer": Text("pas encore de réponse", "no answer yet"),
    "boolean": Text(
        "True et False ne sont pas des nombres : écrivez un nombre.", "True and False are not numbers: write a number."
    ),
    "not_a_number": Text(
        'ceci n\'est pas un nombre : écrivez par exemple 112, 3.5 ou "3,5".',
        'this is not a number: write for instance 112, 3.5 or "3,5".',
    ),
    "pair": Text(
        "pour Python, 3,5 est un couple de deux nombres : "
        'écrivez 3.5 ou "3,5" pour un nombre à virgule, 3600 pour un entier.',
        'to Python, 3,5 is a pair of two numbers: write 3.5 or "3,5" for a decimal, 3600 for a whole number.',
    ),
    "trailing_comma": Text(
        "la virgule finale en fait un tuple pour Python : écrivez le nombre seul, 112 et non « 112, ».",
        'the comma at the end makes it a tuple for Python: write the number alone, 112 and not "112,".',
    ),
    "ambiguous_comma": Text(
        "cette virgule peut marquer les décimales ou les milliers : écrivez 3.6 pour trois virgule six, "
        '3600 ou "3 600" pour trois mille six cents ; dans une grille, séparez les cases par des espaces.',
        "this comma may mark decimals or thousands: write 3.6 for three point six, "
        '3600 or "3 600" for three thousand six hundred; in a grid, separate the cells with spaces.',
    ),
    "several_numbers": Text(
        "on lit ici plusieurs nombres, et un seul est demandé ; "
        'les milliers s\'écrivent "3 600 000", par groupes de trois chiffres.',
        "several numbers are read here, and a single one is asked; "
        'thousands are written "3,600,000", in groups of three digits.',
    ),
    "unit": Text(
        "écrivez le nombre seul, sans unité : 112 et non « 112 px ».",
        'write the number alone, without a unit: 112 and not "112 px".',
    ),
    "computation": Text(
        "un calcul entre guillemets n'est pas effectué : écrivez le nombre, ou le calcul sans guillemets.",
        "a computation between quotes is not carried out: write the number, or the computation without quotes.",
    ),
    "not_finite": Text(
        "ce n'est pas un nombre fini : écrivez un nombre.", "this is not a finite number: write a number."
    ),
    "too_large": Text(
        "ce nombre est trop grand pour être lu : vérifiez l'exposant.",
        "this number is too large to be read: check the exponent.",
    ),
    "too_precise": Text(
        "ce nombre a trop de chiffres pour être lu exactement : arrondissez-le.",
        "this number has too many digits to be read exactly: round it.",
    ),
    "too_long": Text("cette réponse est trop longue pour être lue.", "this answer is too long to be read."),
    "not_a_list": Text(
        "plusieurs nombres sont demandés : écrivez-les entre parenthèses, (28, 28, 16).",
        "several numbers are asked: write them between parentheses, (28, 28, 16).",
    ),
    "unfinished": Text(
        "il reste des points de suspension : remplacez-les tous.", "some dots are left: replace them all."
    ),
    "axes": Text(
        "le nombre d'axes n'est pas celui qui est demandé : relisez l'énoncé pour savoir quels axes écrire.",
        "the number of axes is not the one asked: read the statement again to see which axes to write.",
    ),
    "not_a_grid": Text(
        "une grille est demandée : écrivez une liste de lignes, [[1, 2], [3, 4]].",
        "a grid is asked: write a list of rows, [[1, 2], [3, 4]].",
    ),
    "ragged": Text(
        "les lignes de la grille n'ont pas toutes la même longueur.",
        "the rows of the grid do not all have the same length.",
    ),
    "not_a_table": Text(
        "gardez le dictionnaire de départ, et remplacez chaque ... par un nombre.",
        "keep the dictionary you were given, and replace each ... by a number.",
    ),
    "unknown_row": Text(
        "une clé n'est pas dans le tableau : gardez les clés de départ, et ne changez que les nombres.",
        "a key is not in the table: keep the keys you were given, and change only the numbers.",
    ),
    "not_letters": Text(
        'répondez par des lettres entre guillemets, par exemple "B".',
        'answer with letters between quotes, for instance "B".',
    ),
    "unknown_letter": Text(
        "une lettre n'est pas parmi les choix : écrivez les lettres proposées, entre guillemets.",
        "a letter is not among the choices: write the letters listed, between quotes.",
    ),
    "one_letter": Text(
        'une seule lettre est demandée, par exemple "B".', 'a single letter is asked, for instance "B".'
    ),
    "matching": Text(
        'une lettre est attendue pour chaque numéro, dans l\'ordre : "C A B" ou "1-C 2-A 3-B".',
        'one letter is expected for each number, in order: "C A B" or "1-C 2-A 3-B".',
    ),
    "repeated_letter": Text(
        "une lettre est écrite deux fois : chacune sert au plus une fois.",
        "a letter is written twice: each is used at most once.",
    ),
    "missing_letter": Text(
        "il manque des lettres : chacune doit servir une fois.", "letters are missing: each must be used once."
    ),
    "a_set": Text(
        'des accolades font ici un ensemble, que Python ne range pas : écrivez "C A B" ou ["C", "A", "B"].',
        'braces make a set here, which Python keeps in no order: write "C A B" or ["C", "A", "B"].',
    ),
    "untouched": Text(
        "c'est l'ordre de l'énoncé, qui n'est jamais le bon : pas encore de réponse.",
        "this is the order of the statement, which is never the right one: no answer yet.",
    ),
    "formula_quotes": Text(
        'écrivez la formule entre guillemets, avec les lettres de l\'énoncé : "2*(P + 1)".',
        'write the formula between quotes, with the letters of the statement: "2*(P + 1)".',
    ),
    "formula_name": Text(
        "un nom n'est pas dans l'énoncé : n'employez que les lettres données, et * entre deux facteurs si besoin.",
        "a name is not in the statement: use only the letters given, and * between two factors if needed.",
    ),
    "formula_symbol": Text(
        "un symbole n'a pas été compris : écrivez avec + - * / ( ), floor, ceil, sqrt, log, exp, max et min.",
        "a symbol was not understood: write with + - * / ( ), floor, ceil, sqrt, log, exp, max and min.",
    ),
    "formula_parentheses": Text("les parenthèses ne se referment pas toutes.", "the parentheses do not all close."),
    "formula_unfinished": Text(
        "la formule s'arrête trop tôt : il manque un terme.", "the formula stops too early: a term is missing."
    ),
    "formula_deep": Text(
        "la formule a trop de parenthèses imbriquées pour être lue.",
        "the formula has too many nested parentheses to be read.",
    ),
    "formula_product": Text(
        "on ne sait pas ce que l'on divise ou multiplie : écrivez * et des parenthèses, a/(2*b) ou (a/2)*b.",
        "what is divided or multiplied is unclear: write * and parentheses, a/(2*b) or (a/2)*b.",
    ),
    "formula_comma": Text(
        "cette virgule est ambiguë : écrivez 0.5 pour un nombre, max(a ; b) pour deux arguments.",
        "this comma is ambiguous: write 0.5 for a number, max(a; b) for two arguments.",
    ),
    "formula_power": Text(
        "cette puissance est trop grande ou ambiguë : ajoutez des parenthèses, ou un exposant plus petit.",
        "this power is too large or ambiguous: add parentheses, or use a smaller exponent.",
    ),
    "formula_equals": Text(
        "écrivez une seule expression, sans inégalité et avec au plus un signe =.",
        "write a single expression, without inequality and with at most one = sign.",
    ),
    "formula_brackets": Text(
        "les crochets sont ambigus : écrivez des parenthèses, ou floor(x) pour la partie entière.",
        "square brackets are ambiguous: write parentheses, or floor(x) for the integer part.",
    ),
}

ACCEPTS: dict[str, Text] = {
    "read_whole": Text(
        'un nombre entier : 112, "3 600 000", "3,6·10^9"', 'a whole number: 112, "3,600,000", "3.6·10^9"'
    ),
    "read_decimal": Text('un nombre : 3.5, "3,5", "1,5e3", "3/4"', 'a number: 3.5, "3.5", "1.5e3", "3/4"'),
    "read_shape": Text('une forme : (28, 28, 16), "28 × 28 × 16"', 'a shape: (28, 28, 16), "28 × 28 × 16"'),
    "read_grid": Text('une grille : [[1, 2], [3, 4]], "1 2 ; 3 4"', 'a grid: [[1, 2], [3, 4]], "1 2; 3 4"'),
    "read_table": Text("un tableau : un nombre pour chaque ligne", "a table: one number for each row"),
    "read_letter": Text('une lettre : "B"', 'one letter: "B"'),
    "read_letters": Text('plusieurs lettres : "A C", ["A", "C"]', 'several letters: "A C", ["A", "C"]'),
    "read_matching": Text(
        'une lettre par numéro : "C A B", {1: "C", 2: "A", 3: "B"}',
        'a letter for each number: "C A B", {1: "C", 2: "A", 3: "B"}',
    ),
    "read_order": Text('des lettres dans l\'ordre : "C A B"', 'letters in order: "C A B"'),
    "read_formula": Text(
        'une formule : "⌊a/2⌋ + 1", "floor(a/2) + 1", "a//2 + 1"',
        'a formula: "⌊a/2⌋ + 1", "floor(a/2) + 1", "a//2 + 1"',
    ),
}

OPENING = Text(
    fr="# Exécutez d'abord cette cellule.\n# Elle montre comment vos réponses sont lues, jamais si elles sont justes.\n"
    "# Chaque réponse s'écrit à la française ou à l'anglaise :",
    en="# Run this cell first.\n# It shows how your answers are read, never whether they are right.\n"
    "# Each answer may be written the French or the English way:",
)
SHOW_READING = """def show_reading(name, written, reader, *arguments):
    print(how_read(name, written, reader, arguments, SENTENCES))"""


def sentences(lang: Lang, codes: Iterable[str] = MESSAGES) -> dict[str, str]:
    """What ``how_read`` says in a language."""
    said = (
        {"read": "lu", "point": ",", "colon": " :"} if lang == "fr" else {"read": "read as", "point": ".", "colon": ":"}
    )
    wanted = set(codes)
    return said | {code: MESSAGES[code][lang] for code in MESSAGES if code in wanted}


@cache
def _definitions(module: ModuleType) -> dict[str, ast.stmt]:
    """Top-level statements by the name they define."""
    found: dict[str, ast.stmt] = {}
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found.update({alias.asname or alias.name: node for alias in node.names})
    return found


@cache
def _needed(names: tuple[str, ...]) -> dict[tuple[ModuleType, str], ast.stmt]:
    """The definitions that ``names`` lean on, themselves included."""
    needed: dict[tuple[ModuleType, str], ast.stmt] = {}
    waiting = [(readers, name) for name in names]
    while waiting:
        module, name = waiting.pop()
        node = _definitions(module).get(name)
        if isinstance(node, ast.ImportFrom) and node.module == "grader.formula":
            waiting.append((formula, name))
        elif node is not None and (module, name) not in needed:
            needed[module, name] = node
            if not isinstance(node, (ast.Import, ast.ImportFrom)):
                waiting += [(module, part.id) for part in ast.walk(node) if isinstance(part, ast.Name)]
    return needed


@cache
def _sources(names: tuple[str, ...]) -> str:
    imports, bodies = set(), []
    for (module, name), node in _needed(names).items():
        if isinstance(node, ast.Import):
            imports.add(f"import {name}")
        elif isinstance(node, ast.ImportFrom):
            imports.add(f"from {node.module} import {name}")
        else:
            lines = inspect.getsource(module).splitlines()
            dropped = range(0)
            if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
                words = node.body[0]  # notebooks speak the student's language: the docstring stays here
                dropped = range(words.lineno, (words.end_lineno or words.lineno) + 1)
            kept = [
                lines[n - 1].partition("  # noqa")[0]
                for n in range(node.lineno, (node.end_lineno or 0) + 1)
                if n not in dropped
            ]
            bodies.append((module is not formula, node.lineno, "\n".join(kept)))
    ordered = [body for *_, body in sorted(bodies)]
    return "\n\n\n".join(["\n".join(sorted(imports, key=lambda line: (line[0] != "i", line))), *ordered])


def sources(names: Iterable[str]) -> str:
    """The readers named and all they need, as Python that stands alone."""
    return _sources(tuple(sorted(names)))


def messages(names: Iterable[str], lang: Lang) -> dict[str, str]:
    """What these readers may say in a language, by code."""
    nodes = _needed(tuple(sorted(names))).values()
    words = {part.value for node in nodes for part in ast.walk(node) if isinstance(part, ast.Constant)}
    return {code: text[lang] for code, text in MESSAGES.items() if code in words}


@cache
def _notebook_source(names: tuple[str, ...], lang: Lang) -> str:
    accepts = [f"# - {ACCEPTS[name][lang]}" for name in names]
    said = json.dumps(sentences(lang, messages(names, lang)), ensure_ascii=False, indent=4)
    return "\n".join(
        [OPENING[lang], *accepts, sources((*names, "how_read")), f"\n\nSENTENCES = {said}", f"\n\n{SHOW_READING}"]
    )


def notebook_source(names: Iterable[str], lang: Lang) -> str:
    """The whole text of the setup cell for these readers."""
    return _notebook_source(tuple(sorted(set(names))), lang)


def notebook_call(name: str, reader: str, arguments: tuple[Value, ...], lang: Lang) -> str:  # noqa: ARG001 - said by the setup cell
    """The line of the visible check cell: ``show_reading("size", size, read_whole)``."""
    return f"show_reading({', '.join([json.dumps(name), name, reader, *map(repr, arguments)])})"
