"""A formula as a STACK question: right when it has the right values on points, as in the notebook.

STACK's own equivalence simplifies symbols, and does not see through a floor; values on points do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from xml.sax.saxutils import escape

from grader import formula
from grader.model import Lang, Text
from grader.quiz.asked import line
from grader.quiz.item import Known, Part
from grader.quiz.moodle.text import cdata, html
from grader.quiz.words import Words

RESERVED = frozenset({"e", "i", "j", "pi", "inf", "und", "gamma", "phi"})  # constants there
NAMES = {"log": "ln", "ceil": "ceiling"}  # where Maxima's name is another
ENOUGH = 5  # points
CLOSE = "1.0e-6"
PENALTY = "0.3333333"
INPUT = "<p>[[input:ans1]] [[validation:ans1]]</p>"
TOO_FEW = Text("trop peu de points où comparer", "too few points to compare on")
HOW = Text(
    "Écrivez * pour multiplier, ^ pour une puissance, sqrt(…), ln(…), floor(…) pour l'arrondi en dessous, "
    "ceiling(…) pour l'arrondi au-dessus.",
    "Write * to multiply, ^ for a power, sqrt(…), ln(…), floor(…) to round down, ceiling(…) to round up.",
)
RENAMED = Text("Ici, écrivez {1} pour {0}, qui est une constante.", "Here, write {1} for {0}, which is a constant.")
VERSION = "2022060100"  # of the plugin whose format this is


def question(part: Part, lang: Lang) -> tuple[Words, str] | None:
    """How to write the answer, and the elements after the text; None where too few points are left."""
    points = [{name: Fraction(value) for name, value in point.items()} for point, _ in part.points_checked]
    rights = formula.values_at(part.accepted[0], points)
    wrongs = {known.name: formula.values_at(known.value[0], points) for known in part.known}
    kept = [n for n, right in enumerate(rights) if right is not None]
    if len(kept) < ENOUGH:
        return None
    names = {name: _name(name) for name in part.variables}
    how = line(HOW[lang])
    for old, new in names.items():
        how += line(RENAMED[lang].format(old, new)) if old != new else ()
    ideas = [known for known in part.known if all(wrongs[known.name][n] is not None for n in kept)]
    variables = [
        f"vars: [{', '.join(names.values())}];",
        "pts: [" + ", ".join("[" + ", ".join(_exact(points[n][v]) for v in part.variables) + "]" for n in kept) + "];",
        f"rights: [{', '.join(_exact(rights[n]) for n in kept)}];",
        *(f"wrong{k}: [{', '.join(_exact(wrongs[one.name][n]) for n in kept)}];" for k, one in enumerate(ideas, 1)),
        f"ta: {maxima(part.accepted[0], names)};",
    ]
    body = (
        f"<stackversion><text>{VERSION}</text></stackversion>"
        f"<questionvariables><text>{cdata(chr(10).join(variables))}</text></questionvariables>"
        '<specificfeedback format="html"><text>[[feedback:prt1]]</text></specificfeedback>'
        '<questionnote format="html"><text>{@ta@}</text></questionnote>'
        "<questionsimplify>1</questionsimplify><assumepositive>0</assumepositive><assumereal>0</assumereal>"
        "<multiplicationsign>dot</multiplicationsign><sqrtsign>1</sqrtsign><complexno>i</complexno>"
        "<inversetrig>cos-1</inversetrig><logicsymbol>lang</logicsymbol><matrixparens>[</matrixparens>"
        f"<variantsselectionseed></variantsselectionseed>{_INPUT}{_tree(ideas)}{_tests(part, ideas, names)}"
    )
    return how, body


_INPUT = (
    "<input><name>ans1</name><type>algebraic</type><tans>ta</tans><boxsize>40</boxsize><strictsyntax>1</strictsyntax>"
    "<insertstars>1</insertstars><syntaxhint></syntaxhint><syntaxattribute>0</syntaxattribute>"
    "<forbidwords></forbidwords><allowwords>floor, ceiling</allowwords><forbidfloat>0</forbidfloat>"
    "<requirelowestterms>0</requirelowestterms><checkanswertype>0</checkanswertype><mustverify>1</mustverify>"
    "<showvalidation>1</showvalidation><options></options></input>"
)


def _name(name: str) -> str:
    return f"v_{name}" if name in RESERVED else name


def _exact(value: formula.Number | None) -> str:
    """A number as Maxima reads it, exactly: a fraction, or every digit of a float."""
    assert value is not None
    exact = Fraction(value) if isinstance(value, Fraction | int) else Fraction(repr(float(value)))
    return str(exact.numerator) if exact.denominator == 1 else f"{exact.numerator}/{exact.denominator}"


def maxima(text: str, names: Mapping[str, str]) -> str:
    """A student's formula in Maxima's writing."""
    return _maxima(formula.tree_of(text, tuple(names)), names)


def _maxima(tree: formula.Tree, names: Mapping[str, str]) -> str:
    head, parts = tree[0], tree[1:]
    if head == "num":
        return _exact(Fraction(parts[0]))
    if head == "name":
        name = str(parts[0])
        return names.get(name, {"π": "%pi", "e": "%e"}.get(name, name))
    inner = [_maxima(one, names) for one in parts]
    match head:
        case "neg":
            return f"(-{inner[0]})"
        case "//":
            return f"floor(({inner[0]})/({inner[1]}))"
        case "%":
            return f"mod({inner[0]}, {inner[1]})"
        case "log2" | "log10":
            return f"lg({inner[0]}, {head.removeprefix('log')})"
        case "+" | "-" | "*" | "/" | "^":
            return f"({inner[0]} {head} {inner[1]})"
    return f"{NAMES.get(head, head)}({', '.join(inner)})"


def _tree(ideas: Sequence[Known]) -> str:
    """Right first, then each wrong idea; what is none of them earns nothing and says nothing more."""
    given = 'given: makelist(float(subst(map("=", vars, pt), ans1)), pt, pts);'
    far = (
        f"{name}: is(lmax(makelist(abs(given[k] - float({values}[k]))/max(1, abs(float({values}[k]))), k, 1, "
        f"length(pts))) < {CLOSE});"
        for name, values in [("good", "rights"), *((f"idea{k}", f"wrong{k}") for k in range(1, len(ideas) + 1))]
    )
    last = len(ideas)
    nodes = _node(0, "good", "1.0000000", "prt1-right", 1 if last else -1, ())
    for k, one in enumerate(ideas, 1):
        nodes += _node(k, f"idea{k}", "0.0000000", f"prt1-{one.name}", k + 1 if k < last else -1, one.feedback)
    return (
        "<prt><name>prt1</name><value>1.0000000</value><autosimplify>1</autosimplify><feedbackstyle>1</feedbackstyle>"
        f"<feedbackvariables><text>{cdata(chr(10).join((given, *far)))}</text></feedbackvariables>{nodes}</prt>"
    )


def _node(n: int, test: str, score: str, note: str, after: int, feedback: Words) -> str:
    return (
        f"<node><name>{n}</name><description></description><answertest>AlgEquiv</answertest><sans>{test}</sans>"
        "<tans>true</tans><testoptions></testoptions><quiet>1</quiet>"
        f"<truescoremode>=</truescoremode><truescore>{score}</truescore><truepenalty></truepenalty>"
        f"<truenextnode>-1</truenextnode><trueanswernote>{escape(note)}</trueanswernote>"
        f'<truefeedback format="html"><text>{cdata(castext(html(feedback)))}</text></truefeedback>'
        "<falsescoremode>=</falsescoremode><falsescore>0.0000000</falsescore><falsepenalty></falsepenalty>"
        f"<falsenextnode>{after}</falsenextnode><falseanswernote>prt1-{n}-F</falseanswernote>"
        '<falsefeedback format="html"><text></text></falsefeedback></node>'
    )


def _tests(part: Part, ideas: Sequence[Known], names: Mapping[str, str]) -> str:
    cases = [(part.accepted[0], "1.0000000", "0.0000000", "prt1-right")]
    cases += [(one.value[0], "0.0000000", PENALTY, f"prt1-{one.name}") for one in ideas]
    return "".join(
        f"<qtest><testcase>{n}</testcase><description></description>"
        f"<testinput><name>ans1</name><value>{escape(maxima(text, names))}</value></testinput>"
        f"<expected><name>prt1</name><expectedscore>{score}</expectedscore><expectedpenalty>{penalty}</expectedpenalty>"
        f"<expectedanswernote>{escape(note)}</expectedanswernote></expected></qtest>"
        for n, (text, score, penalty, note) in enumerate(cases, 1)
    )


def castext(markup: str) -> str:
    """Nothing in our words is a command of STACK's text."""
    for command in ("[[", "{@", "{#"):
        markup = markup.replace(command, f"{command[0]}<!-- -->{command[1]}")
    return markup
