"""Cards: the right device files, a name before CUDA starts, a share, and a parent that never touches CUDA."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.model import Limits
from grader.sandbox import SandboxFault, bubblewrap, cards, open_sandbox, standing
from grader.sandbox.blame import card_failed, exhaustion
from grader.worker import card as inside

ROOT = Path(__file__).resolve().parent.parent
UUIDS = ["GPU-11111111-2222-3333-4444-555555555555", "GPU-aaaaaaaa-2222-3333-4444-555555555555"]


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, Path]:
    """Two cards, whose device files are numbered against the order of the bus."""
    driver, devices = tmp_path / "gpus", tmp_path / "dev"
    devices.mkdir()
    for bus, minor, uuid in (("0000:01:00.0", 1, UUIDS[0]), ("0000:02:00.0", 0, UUIDS[1])):
        (driver / bus).mkdir(parents=True)
        (driver / bus / "information").write_text(f"Model: \t X\nGPU UUID: \t {uuid}\nDevice Minor: \t {minor}\n")
    for name in ("nvidiactl", "nvidia-uvm", "nvidia0", "nvidia1"):
        (devices / name).touch()
    return {"driver": driver, "devices": devices}


def test_the_number_is_that_of_nvidia_smi_and_the_file_that_of_the_driver(machine: dict[str, Path]) -> None:
    first, second = cards.card(0, **machine), cards.card(1, 0.25, **machine)
    assert (first.minor, first.visible, first.share) == (1, UUIDS[0], 1.0)
    assert (second.minor, second.visible, second.share) == (0, UUIDS[1], 0.25)
    assert cards.count(machine["driver"]) == 2


def test_a_card_without_a_known_name_is_the_only_one_shown(machine: dict[str, Path]) -> None:
    for file in machine["driver"].glob("*/information"):
        file.write_text("GPU UUID: \t GPU-????????-????-????-????-????????????\n")
    assert cards.card(1, **machine) == cards.Card(1, 1, "")
    assert cards.Card(1, 1).visible == "0"


@pytest.mark.parametrize("number", [2, -1])
def test_a_card_that_is_not_there_is_said(machine: dict[str, Path], number: int) -> None:
    with pytest.raises(SandboxFault, match=r"cards here: 0, 1") as error:
        cards.card(number, **machine)
    assert "--device cpu" in error.value.remedy


@pytest.mark.parametrize("share", [0, -0.1, 1.5, float("nan")])
def test_a_share_is_a_part_of_the_card(machine: dict[str, Path], share: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        cards.card(0, share, **machine)


def test_the_sandbox_shows_one_card_and_what_cuda_reads(tmp_path: Path) -> None:
    kit = bubblewrap.Kit(1000)
    try:
        words = bubblewrap.view(kit, {}, staged=True, card=cards.Card(1, 3, UUIDS[0])).arguments
        without = bubblewrap.view(kit, {}, staged=True).arguments
    finally:
        kit.close()
    shown = [(words[i], words[i + 2]) for i, word in enumerate(words) if "dev-bind" in word]
    assert shown == [
        ("--dev-bind", "/dev/nvidiactl"),
        ("--dev-bind", "/dev/nvidia-uvm"),
        ("--dev-bind", "/dev/nvidia3"),
        ("--dev-bind-try", "/dev/nvidia-uvm-tools"),
        ("--dev-bind-try", "/dev/nvidia-caps"),
    ]
    assert words.index("--dev") < words.index("--dev-bind") < words.index("--remount-ro")
    assert words[words.index("/sys") - 1 : words.index("/sys") + 2] == ["--ro-bind", "/sys", "/sys"]
    assert not any("nvidia" in word or word == "/sys" for word in without)


# ── the child ────────────────────────────────────────────────────────────────

ASK = "import os\nx = os.environ['CUDA_VISIBLE_DEVICES']"


def start(kind: str, monkeypatch: pytest.MonkeyPatch, preload: tuple[str, ...], share: float) -> Any:
    """A sandbox of a card that this machine need not have: its device files are not bound."""
    monkeypatch.setattr(cards, "card", lambda number, share: cards.Card(number, number, UUIDS[0], share))
    monkeypatch.setattr(cards.Card, "arguments", lambda _: [])
    return open_sandbox(kind, preload=preload, gpu=0, share=share)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["plain", "bubblewrap"])
def test_a_child_sees_its_card_and_its_parent_none(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if kind == "bubblewrap" and not standing():
        pytest.skip(standing().why)
    with start(kind, monkeypatch, (), 1.0) as sandbox, sandbox.session(1) as session:
        assert session.execute(ASK, Limits()).ok and session.fetch("x") == UUIDS[0]
        if kind == "plain":
            parent = sandbox._kept.current.parent._process.pid
            assert b"CUDA_VISIBLE_DEVICES=\0" in Path(f"/proc/{parent}/environ").read_bytes()


def test_the_share_is_set_when_cuda_starts_and_cuda_is_not_started_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    source = (
        "import torch, keras\nasked = []\n"
        "torch.cuda.set_per_process_memory_fraction = lambda share: asked.append(share)\n"
        "for call, _ in torch.cuda._queued_calls:\n    if 'card' in call.__module__: call()\n"
        "x = torch.cuda.is_initialized(), asked, keras.src.backend.torch.core.DEFAULT_DEVICE"
    )
    with start("plain", monkeypatch, ("torch", "keras"), 0.25) as sandbox, sandbox.session(1) as session:
        ran = session.execute(source, Limits(seconds=60))
        assert ran.ok and session.fetch("x") == (False, [0.25], "cuda")


def test_without_a_card_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "7")
    inside.take(None)
    with open_sandbox("plain") as sandbox, sandbox.session(1) as session:
        assert session.execute(ASK, Limits()).ok and session.fetch("x") == ""


def test_imports_leave_cuda_alone() -> None:
    source = "import torch, keras\nfrom grader.worker import card\nprint(card.untouched(), torch.cuda.is_initialized())"
    said = subprocess.run(
        [sys.executable, "-c", source],
        env={"KERAS_BACKEND": "torch", "CUDA_VISIBLE_DEVICES": "", "PYTORCH_NVML_BASED_CUDA_CHECK": "1", "PATH": ""},
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert said.stdout.split() == ["True", "False"]


def test_a_parent_in_which_an_import_started_cuda_is_refused(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("class cuda:\n    is_initialized = staticmethod(lambda: True)\n")
    source = (
        f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\nimport torch\n"
        "from grader.worker import card\nprint(card.untouched())"
    )
    said = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"


# ── whose fault it is ────────────────────────────────────────────────────────


def test_too_much_within_the_share_is_theirs_and_a_lost_card_ours() -> None:
    assert exhaustion("OutOfMemoryError", "CUDA out of memory. Tried to allocate 20.00 MiB") == "memory"
    assert card_failed("CUDA error: uncorrectable ECC error encountered")
    assert card_failed("No CUDA GPUs are available")
    assert not card_failed("CUDA error: device-side assert triggered")


@pytest.mark.parametrize("where", ["cell", "call"])
def test_a_lost_card_is_a_fault_only_where_there_is_one(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = "raise RuntimeError('CUDA error: GPU is lost')"
    with start("plain", monkeypatch, (), 1.0) as sandbox, sandbox.session(1) as session:
        session.execute(f"def f(): {lost}", Limits())
        with pytest.raises(SandboxFault, match="GPU is lost"):
            session.execute(lost, Limits()) if where == "cell" else session.fetch("f")()
    with open_sandbox("plain") as sandbox, sandbox.session(1) as session:
        ran = session.execute(lost, Limits())
        assert ran.crash and ran.crash.ename == "RuntimeError"


def test_the_scripts_for_a_machine_with_a_card_say_that_here_is_none() -> None:
    if cards.count():
        pytest.skip("there is a card")
    command = [sys.executable, str(ROOT / "benchmarks" / "practice.py"), "--gpu", "0"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 2 and "--gpu 0: " in said.stderr and not said.stdout
    script = ROOT / "benchmarks" / "gpu_check.py"
    said = subprocess.run([sys.executable, str(script)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 2 and "no card" in said.stdout + said.stderr
    said = subprocess.run(
        [sys.executable, str(script), "--json"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert said.returncode == 2 and json.loads(said.stdout)["cards"] == 0
