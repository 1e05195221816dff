"""Cells behave as they do in Jupyter; values come out plain, objects stay inside. Without walls, in real processes."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.model import Level, Limits
from grader.sandbox import (
    Absent,
    Exhausted,
    Oversized,
    Ran,
    Remote,
    Sandbox,
    Session,
    StudentError,
    open_sandbox,
)

LIMITS = Limits(seconds=20)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    file = tmp_path_factory.mktemp("mnist") / "public.npz"
    images, labels = np.zeros((5, 28, 28), "u1"), np.arange(5, dtype="u1")
    np.savez(file, x_train=images, y_train=labels, x_val=images[:2] + 1, y_val=labels[:2])
    with open_sandbox("plain", preload=("numpy",), data={"mnist": file}) as sandbox:
        yield sandbox


@pytest.fixture
def session(sandbox: Sandbox) -> Iterator[Session]:
    with sandbox.session(seed=1) as session:
        yield session


def run(session: Session, source: str, **limits: Any) -> Ran:
    ran = session.execute(source, Limits(**({"seconds": 20.0} | limits)))
    assert ran.ok, ran
    return ran


def text(ran: Ran) -> str:
    return "".join(output.get("text", "") for output in ran.outputs)


# ── execution ────────────────────────────────────────────────────────────────


def test_print_and_the_last_expression_are_shown(session: Session) -> None:
    ran = run(session, "print('été')\n6 * 7")
    assert ran.outputs[0] == {"output_type": "stream", "name": "stdout", "text": "été\n"}
    assert ran.outputs[1]["data"] == {"text/plain": "42"} and ran.outputs[1]["execution_count"] == 1
    assert session.level is Level.NONE


def test_stderr_is_its_own_stream(session: Session) -> None:
    assert run(session, "import sys; print('x', file=sys.stderr)").outputs[0]["name"] == "stderr"


def test_rich_representations_are_kept(session: Session) -> None:
    ran = run(session, "from IPython.display import display, HTML\ndisplay(HTML('<b>x</b>'))")
    assert ran.outputs[0]["data"]["text/html"] == "<b>x</b>"


def test_a_display_can_be_updated_and_outputs_cleared(session: Session) -> None:
    ran = run(session, "h = display('one', display_id=True)\nh.update('two')")
    assert [output["data"]["text/plain"] for output in ran.outputs] == ["'two'"]
    ran = run(session, "from IPython.display import clear_output\nprint(1)\nclear_output()\nprint(2)")
    assert text(ran) == "2\n"


@pytest.mark.parametrize("first", ["", "%matplotlib inline\n"])
def test_figures_are_shown_inline(session: Session, first: str) -> None:
    ran = run(session, first + "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()")
    assert any(output.get("data", {}).get("image/png", "").startswith("iVBOR") for output in ran.outputs)


def test_magics_shell_commands_and_top_level_await_work(session: Session) -> None:
    assert "Wall time" in text(run(session, "%time 1"))
    assert text(run(session, "!echo hello")).split() == ["hello"]
    assert run(session, "import asyncio\nawait asyncio.sleep(0)\n5").outputs[0]["data"]["text/plain"] == "5"


def test_writes_below_python_are_captured(session: Session) -> None:
    ran = run(session, "import os, subprocess\nos.write(1, b'raw\\n')\nsubprocess.run(['echo', 'child'])\nNone")
    assert text(ran) == "raw\nchild\n"
    assert text(run(session, "print('again')")) == "again\n"


def test_an_error_has_its_name_its_message_and_a_traceback(session: Session) -> None:
    ran = session.execute("def f():\n    return 1 / 0\nf()", LIMITS)
    assert ran.crash and (ran.crash.ename, ran.crash.evalue) == ("ZeroDivisionError", "division by zero")
    assert any("return" in line for line in ran.crash.traceback) and ran.outputs[-1]["output_type"] == "error"
    assert ran.exhausted is None and not ran.ok


def test_a_syntax_error_is_a_crash_and_state_survives(session: Session) -> None:
    run(session, "a = 1")
    ran = session.execute("1 +", LIMITS)
    assert ran.crash and ran.crash.ename == "SyntaxError"
    assert session.fetch("a") == 1


@pytest.mark.parametrize("name", ["SystemExit", "KeyboardInterrupt", "GeneratorExit", "BaseException"])
def test_no_exception_ends_the_session(session: Session, name: str) -> None:
    ran = session.execute(f"raise {name}('x')", LIMITS)
    assert ran.crash and ran.crash.ename == name and session.alive
    run(session, f"def f(): raise {name}('x')")
    with pytest.raises(StudentError, match=name):
        session.fetch("f")()
    assert session.alive


def test_exit_and_sys_exit_leave_the_session_alive(session: Session) -> None:
    session.execute("exit()", LIMITS)
    ran = session.execute("import sys; sys.exit(0)", LIMITS)
    assert ran.crash and ran.crash.ename == "SystemExit"
    assert run(session, "1").outputs


def test_nobody_answers_input(session: Session) -> None:
    ran = session.execute("input('?')", LIMITS)
    assert ran.crash and ran.crash.ename == "StdinNotImplementedError"


def test_names_are_cleared(session: Session) -> None:
    run(session, "a, b = 1, 2")
    session.clear(["a", "never"])
    with pytest.raises(Absent):
        session.fetch("a")
    assert session.fetch("b") == 2


def test_sessions_share_no_state_and_start_from_their_seed(sandbox: Sandbox) -> None:
    draws = []
    for seed in (1, 1, 2):
        with sandbox.session(seed) as session:
            with pytest.raises(Absent):
                session.fetch("left")
            run(session, "import random, numpy\nleft = 1\ndraw = random.random(), float(numpy.random.rand())")
            draws.append(session.fetch("draw"))
    assert draws[0] == draws[1] != draws[2]


# ── values ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "source",
    ["None", "True", "-3", "2**200", "1.5", "2-3j", "'é'", "[1, [2]]", "(1, (2,))", "{'a': {1: (None,)}}", "[]", "{}"],
)
def test_plain_values_arrive_as_themselves(session: Session, source: str) -> None:
    run(session, f"x = {source}")
    value = session.fetch("x")
    assert value == eval(source) and type(value) is type(eval(source))


@pytest.mark.parametrize(
    ("source", "expected", "kind"),
    [
        ("numpy.float32(1.5)", 1.5, float),
        ("numpy.int64(3)", 3, int),
        ("numpy.bool_(True)", True, bool),
        ("collections.namedtuple('P', 'x y')(1, 2)", (1, 2), tuple),
        ("collections.OrderedDict(a=1)", {"a": 1}, dict),
        ("type('S', (str,), {'__eq__': lambda s, o: True, '__hash__': str.__hash__})('x')", "x", str),
        ("type('F', (float,), {'__eq__': lambda s, o: True, '__float__': lambda s: 9.0})(2.0)", 2.0, float),
        ("type('I', (int,), {'__int__': lambda s: 9})(2)", 2, int),
        ("type('L', (list,), {'__iter__': lambda s: iter([9])})([1])", [1], list),
    ],
)
def test_subclasses_arrive_without_their_tricks(session: Session, source: str, expected: Any, kind: type) -> None:
    run(session, f"import collections, numpy\nx = {source}")
    value = session.fetch("x")
    assert value == expected and type(value) is kind


def test_an_array_subclass_arrives_as_its_numbers(session: Session) -> None:
    run(session, "import numpy\nclass A(numpy.ndarray):\n    def __eq__(s, o): return True\nx = numpy.zeros(2).view(A)")
    value = session.fetch("x")
    assert type(value) is np.ndarray and value.tolist() == [0, 0]


@pytest.mark.parametrize(
    "source", ["{1, 2}", "numpy.array([None])", "b'x'", "type('E', (), {'__eq__': lambda s, o: True})()", "len"]
)
def test_other_objects_stay_inside(session: Session, source: str) -> None:
    run(session, f"import numpy\nx = {source}")
    assert isinstance(session.fetch("x"), Remote)


def test_a_remote_is_neither_true_nor_false_nor_equal(session: Session) -> None:
    run(session, "class Yes:\n    def __eq__(s, o): return True\n    def __bool__(s): return True\nx = Yes()")
    remote = session.fetch("x")
    assert remote != 1
    with pytest.raises(TypeError):
        bool(remote)


@pytest.mark.parametrize("source", ["10**9999", "[0] * 2_000_000", "numpy.zeros(40_000_000)"])
def test_oversized_values_are_refused_and_the_session_goes_on(session: Session, source: str) -> None:
    run(session, f"import numpy\nx = {source}")
    with pytest.raises(Oversized):
        session.fetch("x")
    run(session, "x = []\nx.append(x)")
    with pytest.raises(Oversized):
        session.fetch("x")
    assert session.alive


# ── remotes ──────────────────────────────────────────────────────────────────


def test_a_function_is_called_with_copies_and_answers_plain_data(session: Session) -> None:
    run(session, "def f(a, *, k=1):\n    a[0] = 9\n    return {'sum': a.sum() * k}")
    array = np.ones(3)
    assert session.fetch("f")(array, k=np.float64(2)) == {"sum": 22.0}
    assert array.tolist() == [1, 1, 1]


def test_methods_attributes_and_objects_as_arguments(session: Session) -> None:
    run(session, "class A:\n    n = 3\n    def twice(self): return self.n * 2\na = A()\ndef n_of(x): return x.n")
    a = session.fetch("a")
    assert (a.n, a.twice(), session.fetch("n_of")(a)) == (3, 6, 3)
    with pytest.raises(StudentError, match="AttributeError"):
        _ = a.missing


def test_what_a_function_raises_is_data(session: Session) -> None:
    run(
        session, "class E(Exception):\n    def __str__(self): raise RuntimeError\ndef f(): raise E\ndef g(): return 1/0"
    )
    with pytest.raises(StudentError) as caught:
        session.fetch("f")()
    assert caught.value.ename == "E"
    with pytest.raises(StudentError) as caught:
        session.fetch("g")()
    assert (caught.value.ename, caught.value.evalue) == ("ZeroDivisionError", "division by zero")


def test_calls_count_against_the_seconds_of_the_question(session: Session) -> None:
    run(session, "import time\ndef f(): time.sleep(0.4)\ndef loop():\n    while True: pass", seconds=1.0)
    slow = session.fetch("f")
    with pytest.raises(Exhausted) as caught:
        [slow() for _ in range(5)]
    assert caught.value.limit == "seconds" and session.alive
    run(session, "pass", seconds=0.5)
    with pytest.raises(Exhausted):
        session.fetch("loop")()
    assert session.alive


def test_a_forked_copy_of_the_worker_never_answers(session: Session) -> None:
    session.execute("import os\nos.fork()\nx = os.getpid()", LIMITS)
    assert run(session, "1").outputs
    assert isinstance(session.fetch("x"), int)


def test_mnist_loads_unchanged_even_when_keras_comes_later(session: Session) -> None:
    run(
        session,
        "import keras\n(x, y), (u, v) = keras.datasets.mnist.load_data()\nshapes = x.shape, u.shape",
        seconds=60,
    )
    assert session.fetch("shapes") == ((5, 28, 28), (2, 28, 28))
    run(session, "from keras.datasets import mnist\nn = len(mnist.load_data()[0][1])")
    assert session.fetch("n") == 5


@pytest.fixture(scope="module")
def deep() -> Iterator[Sandbox]:
    with open_sandbox("plain", preload=("numpy", "torch", "keras")) as sandbox:
        yield sandbox


def test_models_are_called_with_arrays_and_answer_arrays(deep: Sandbox) -> None:
    with deep.session(1) as session:
        run(
            session,
            "import keras, torch\nnet = torch.nn.Linear(4, 2)\nsize = torch.zeros(2, 3).size()\n"
            "half = torch.ones(2).bfloat16()\n"
            "model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3)])\nweight = model.weights[0]",
        )
        batch = np.ones((5, 4))
        answer = session.fetch("net")(batch)
        assert answer.shape == (5, 2) and answer.dtype == np.float32
        model = session.fetch("model")
        assert model(batch).shape == (5, 3)
        assert np.allclose(model.predict(batch, verbose=0), model(batch), atol=1e-6)
        assert model.count_params() == 15
        assert session.fetch("size") == (2, 3) and type(session.fetch("size")) is tuple
        assert session.fetch("half").dtype == np.float32 and session.fetch("weight").shape == (4, 3)
        run(session, "threads = torch.get_num_threads()\ndraw = torch.rand(1).item()")
        assert session.fetch("threads") == 1


def test_a_module_of_one_call_is_a_file_of_the_worker_alone() -> None:
    for source in (Path(__file__).parent.parent / "grader" / "worker").glob("*.py"):
        assert "grader." not in source.read_text().replace("rest of grader.", ""), source


def test_the_heap_is_gathered_without_a_change_to_what_is_in_it() -> None:
    source = (
        "from grader.worker import walls\nkept = [bytes([i]) * (1 << 20) for i in range(64)]\n"
        "gathered = walls.collapse()\n"
        "print(gathered >= 0, all(part == bytes([i]) * (1 << 20) for i, part in enumerate(kept)))"
    )
    said = subprocess.run(
        [sys.executable, "-c", source], cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["True", "True"]


# ── cells of ours, compiled once ─────────────────────────────────────────────

OURS = "import math\nfrom fractions import Fraction\n\n\ndef halve(x):\n    return Fraction(x, 2)\n"


@pytest.mark.parametrize("known", [(), (OURS,)])
def test_a_cell_compiled_beforehand_leaves_what_any_other_would(known: tuple[str, ...]) -> None:
    with open_sandbox("plain", cells=known) as sandbox, sandbox.session(0) as session:
        assert session.execute(OURS, Limits()).ok
        shown = session.execute("halve(math.floor(6.5))", Limits()).outputs
        assert [(o["data"]["text/plain"], o["execution_count"]) for o in shown] == [("Fraction(3, 1)", 2)]
        assert session.execute("source = In[1]", Limits()).ok and session.fetch("source").strip() == OURS.strip()
        ran = session.execute("halve('a')", Limits())
        assert ran.crash and ran.crash.ename == "TypeError"
        said = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(ran.crash.traceback))
        assert "return Fraction(x, 2)" in said and "Cell In[1], line 6" in said  # the line at fault is shown


def test_a_cell_with_a_magic_is_not_compiled_beforehand_and_runs() -> None:
    magic = "%precision 3\nthird = 1 / 3"
    with open_sandbox("plain", cells=(magic,)) as sandbox, sandbox.session(0) as session:
        assert session.execute(magic, Limits()).ok
        assert session.fetch("third") == pytest.approx(1 / 3)


def test_a_cell_of_ours_that_fails_says_so() -> None:
    with open_sandbox("plain", cells=("1 / 0",)) as sandbox, sandbox.session(0) as session:
        ran = session.execute("1 / 0", Limits())
        assert ran.crash and ran.crash.ename == "ZeroDivisionError"


def test_a_cell_too_long_to_be_compiled_beforehand_runs_all_the_same() -> None:
    long = "text = '" + "é" * 40_000 + "'"
    with open_sandbox("plain", cells=(long,)) as sandbox, sandbox.session(0) as session:
        assert session.execute(long, Limits()).ok and len(session.fetch("text")) == 40_000
