"""Many machines: a real scheduler and two real workers on loopback; and the job scripts that start them elsewhere."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from grader import course as courses
from grader import dispatch, intake, lock, notebook, store, values, verdicts
from grader.dispatch.perform import Said
from grader.errors import UsageError
from grader.model import Course
from grader.store import Store, jobs, receipts, workers
from grader.store.receipts import Receipt
from tests.tiny import TINY, handed_out

ROOT = Path(__file__).resolve().parent.parent
DOC = (ROOT / "docs" / "cluster.md").read_text("utf-8")
STUDENTS = tuple(f"s{n}" for n in range(6))
pytest.importorskip("distributed", reason="Dask is the `cluster` extra")


@dataclass
class Cluster:
    """A course whose submissions are graded by two workers of a scheduler; each is a process."""

    course: Course
    db: Store
    port: int
    alive: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *options: str) -> subprocess.Popen[bytes]:
        scheduler = f"tcp://127.0.0.1:{self.port}"
        words = {
            "scheduler": ["dask", "scheduler", "--host", scheduler, "--no-dashboard", "--no-show"],
            "loop": ["grader", "work", "--scheduler", scheduler],
        }.get(name) or [
            *("dask", "worker", scheduler, "--host", "127.0.0.1", "--no-nanny", "--no-dashboard"),
            *("--local-directory", str(self.course.root.parent / name)),
        ]
        env = os.environ | {"PYTHONPATH": str(ROOT)}
        log = (self.course.root.parent / f"{name}.log").open("ab")
        command = [sys.executable, "-W", "ignore", "-m", *words, *options]
        self.alive[name] = subprocess.Popen(command, cwd=self.course.root, env=env, stdout=log, stderr=log)
        log.close()
        return self.alive[name]

    def log(self, name: str) -> str:
        return (self.course.root.parent / f"{name}.log").read_text("utf-8", "replace")

    def submit(self, student: str, **changes: str) -> Receipt:
        sheet = lock.read(self.course, "td").sheet(student)
        told = values.of(sheet.items[0].variant)
        cells = {
            "small-size": f"size = {told['size']}",
            "small-layers": f"layers = {told['layers']}",
            "small-double": "def double(x):\n    return 2 * x",
            "small-measured": "guess = lambda x: 0.95",
        } | {f"small-{name}": source for name, source in changes.items()}
        file = self.course.root.parent / "written.ipynb"
        notebook.write(file, notebook.compose(sheet, cells))
        return intake.take(self.course, self.db, student, "td", file.read_bytes(), "test", time.time())

    def states(self) -> list[str]:
        with self.db.read() as c:
            return [one.state for one in receipts.of_assignment(c, "td")]

    def jobs(self) -> list[jobs.Job]:
        with self.db.read() as c:
            return list(jobs.listed(c, "queued", "leased", "done", "aside"))

    def nodes(self) -> list[workers.Worker]:
        with self.db.read() as c:
            return [one for one in workers.seen_since(c, 0) if one.arm == "node"]

    def until(self, true: Callable[[], Any], seconds: float = 90) -> None:
        limit = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < limit, {name: self.log(name)[-2000:] for name in self.alive}
            time.sleep(0.05)


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return handed_out(tmp_path_factory.mktemp("cluster") / "course", STUDENTS).root


@pytest.fixture
def cluster(released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    monkeypatch.setenv("PARTIEL_CONTENT", str(TINY))
    shutil.copytree(released, tmp_path / "course")
    course = courses.load(tmp_path / "course")
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = int(door.getsockname()[1])
    made = Cluster(course, store.of(course), port)
    try:
        yield made
    finally:
        for name in ("loop", *(name for name in made.alive if name.startswith("node")), "scheduler"):
            if name in made.alive:
                made.alive[name].terminate()
        for process in made.alive.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        made.db.close()


@pytest.mark.slow
def test_two_workers_share_what_waits_and_each_tries_its_walls_first(cluster: Cluster) -> None:
    for student in STUDENTS:
        cluster.submit(student, measured="import time; time.sleep(0.5)\nguess = lambda x: 0.95")
    for name in ("scheduler", "node1", "node2"):
        cluster.start(name, *(("--nthreads", "1") if name != "scheduler" else ()))
    cluster.start("loop")
    cluster.until(lambda: cluster.states() == ["graded"] * len(STUDENTS))
    nodes = cluster.nodes()
    assert [(one.sound, one.slots, one.gpus) for one in nodes] == [(True, 1, 0)] * 2
    assert {job.worker for job in cluster.jobs()} == {one.id for one in nodes}, "both had some"
    assert {record.level for record in verdicts.read(cluster.course, "td")} != {"none"}
    assert sorted(record.student for record in verdicts.read(cluster.course, "td")) == sorted(STUDENTS)
    # a worker that is killed in the middle of a job leaves it to the other one
    given = cluster.submit("s0", measured="import time; time.sleep(2.5)\nguess = lambda x: 0.95")
    cluster.until(
        lambda: any(job.submission == given.id and job.state == "leased" and job.at for job in cluster.jobs())
    )
    (job,) = (job for job in cluster.jobs() if job.submission == given.id)
    pids = {int(one.id.split(":")[1]): one.id for one in nodes}
    victim = next(pid for pid, id in pids.items() if id == job.worker)
    os.kill(victim, signal.SIGKILL)
    cluster.until(lambda: cluster.states() == ["graded"] * (len(STUDENTS) + 1))
    (job,) = (job for job in cluster.jobs() if job.submission == given.id)
    assert job.worker != pids[victim] and job.tries == 1
    # told to stop, the loop leaves nothing behind
    cluster.alive["loop"].terminate()
    assert cluster.alive["loop"].wait(40) == 0


def test_a_worker_whose_walls_do_not_hold_takes_nothing_and_says_so(cluster: Cluster) -> None:
    cluster.submit("s0")
    with (cluster.course.root / "course.toml").open("a") as out:
        out.write('[grading]\nimage = "nosuch:1"\n')
    cluster.start("scheduler")
    cluster.start("node1", "--nthreads", "2")
    cluster.start("loop")
    cluster.until(cluster.nodes)
    (node,) = cluster.nodes()
    assert (node.sound, node.slots) == (False, 0) and node.why
    time.sleep(1.5)
    assert [job.state for job in cluster.jobs()] == ["queued"]


def test_a_scheduler_that_is_not_there_is_said_at_once(cluster: Cluster) -> None:
    loop = cluster.start("loop")
    assert loop.wait(60) == 2
    assert "nobody answers there" in cluster.log("loop")


def test_without_dask_it_is_said_what_to_install(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "grader.dispatch.cluster", raising=False)
    with pytest.raises(UsageError, match=r"pip install 'partiel\[cluster\]'"):
        dispatch.work(cluster.course.root, dispatch.Wanted(Said(trust=True), "tcp://127.0.0.1:1"))


# ── what the guide shows ─────────────────────────────────────────────────────


def block(language: str, mark: str = "") -> str:
    """A block of code of the guide; ``mark`` is the comment in its first line."""
    found = re.findall(rf"```{language}\n(.*?)```", DOC, re.DOTALL)
    (one,) = (text for text in found if not mark or text.startswith(f"# {mark}\n"))
    return one.removeprefix(f"# {mark}\n") if mark else one


@pytest.mark.parametrize("kind", ["slurm", "oar"])
def test_the_job_scripts_of_the_guide_are_what_is_submitted(kind: str, tmp_path: Path) -> None:
    pytest.importorskip("dask_jobqueue")
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = int(door.getsockname()[1])
    source = block("python", kind).replace("8786", str(port)).replace('"port"', '"host": "127.0.0.1", "port"')
    program = (
        f"if __name__ == '__main__':\n    exec({source!r})\n    print(cluster.job_script())\n    cluster.close()\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    shown = said.stdout.replace(sys.executable, "PYTHON").replace(f"tcp://127.0.0.1:{port}", "SCHEDULER")
    assert shown.strip() == block("bash", kind).strip(), said.stderr


def manifests() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(block("yaml")))


def refused(thing: dict[str, Any], version: str) -> str:
    """What Kubernetes' own schema of this version says against it, where; an unknown field too."""
    try:
        kubernetes_validate.validate(thing, version, strict=True)
    except kubernetes_validate.ValidationError as error:
        return f"{'.'.join(str(step) for step in error.path)}: {error.message}"
    except kubernetes_validate.SchemaNotFoundError as error:
        return str(error.message)
    return ""


# The first in which a pod may have users of its own and an unmasked /proc without a switch, and the newest.
@pytest.mark.parametrize("version", ["1.33", kubernetes_validate.latest_version()], ids=["oldest", "newest"])
def test_the_manifests_are_what_kubernetes_reads(version: str) -> None:
    assert "Kubernetes 1.33" in DOC
    assert {one["kind"]: said for one in manifests() if (said := refused(one, version))} == {}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("replicas: 3", "replica: 3", "'replica' was unexpected"),
        ("replicas: 3", "replicas: three", "spec.replicas: 'three' is not"),
        ("procMount: Unmasked", "procMounts: Unmasked", "'procMounts' was unexpected"),
        ("hostUsers: false", "hostUsers: no way", "hostUsers: 'no way' is not of type 'boolean'"),
        ("name: course, mountPath: /course", "name: course", "'mountPath' is a required property"),
        ('nthreads, "4"', "nthreads, 4", "command.4: 4 is not of type 'string'"),
        ("policyTypes: [Ingress]", "policyTypes: Ingress", "policyTypes: 'Ingress' is not of type 'array'"),
        ("apiVersion: apps/v1\n", "apiVersion: extensions/v1beta1\n", "kind Deployment"),
    ],
)
def test_a_manifest_that_kubernetes_would_not_read_is_seen(old: str, new: str, said: str) -> None:
    text = block("yaml")
    assert old in text
    found = [refused(one, "1.33") for one in yaml.safe_load_all(text.replace(old, new))]
    assert said in "\n".join(found)


def test_the_manifests_for_kubernetes_hang_together() -> None:
    things = manifests()
    assert [(one["apiVersion"], one["kind"]) for one in things] == [
        ("v1", "Service"),
        ("apps/v1", "Deployment"),
        ("apps/v1", "Deployment"),
        ("networking.k8s.io/v1", "NetworkPolicy"),
        ("networking.k8s.io/v1", "NetworkPolicy"),
    ]
    service, scheduler, worker, *_ = (one["spec"] for one in things)
    for one in (scheduler, worker):
        assert one["selector"]["matchLabels"] == one["template"]["metadata"]["labels"]
        pod = one["template"]["spec"]
        assert pod["automountServiceAccountToken"] is False
        for container in pod["containers"]:
            assert container["image"] and container["command"][0] == "dask"
            assert all(isinstance(word, str) for word in container["command"])
            assert {mount["name"] for mount in container.get("volumeMounts", ())} <= {
                volume["name"] for volume in pod.get("volumes", ())
            }
    assert service["selector"] == scheduler["selector"]["matchLabels"]
    (port,) = service["ports"]
    assert (
        f"tcp://{things[0]['metadata']['name']}:{port['port']}"
        in worker["template"]["spec"]["containers"][0]["command"]
    )
    assert worker["template"]["spec"]["hostUsers"] is False


def test_every_pod_that_listens_is_reached_by_the_clusters_own_alone() -> None:
    """Whoever reaches a scheduler or a worker has it run what they like."""
    things = manifests()
    pods = {
        one["metadata"]["name"]: one["spec"]["selector"]["matchLabels"] for one in things if one["kind"] == "Deployment"
    }
    policies = {one["metadata"]["name"]: one["spec"] for one in things if one["kind"] == "NetworkPolicy"}
    assert pods.keys() == policies.keys() != set()
    own = [*pods.values(), {"app": "partiel-loop"}]
    assert "`app: partiel-loop`" in DOC
    for name, policy in policies.items():
        assert policy["podSelector"]["matchLabels"] == pods[name] and "Ingress" in policy["policyTypes"]
        (rule,) = policy["ingress"]
        assert rule["from"] and all(source.keys() == {"podSelector"} for source in rule["from"]), "not from elsewhere"
        assert all(source["podSelector"]["matchLabels"] in own for source in rule["from"])


def test_the_nodes_of_the_guide_are_a_service_that_ends_its_jobs_when_it_is_stopped(tmp_path: Path) -> None:
    """Without a terminal, as systemd starts it. Slurm stands in two files that say they were called."""
    pytest.importorskip("dask_jobqueue")
    for name in ("sbatch", "scancel"):
        file = tmp_path / name
        file.write_text(f'#!/bin/sh\necho "{name} $*" >> {tmp_path}/called\necho Submitted batch job 7\n')
        file.chmod(0o755)
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = int(door.getsockname()[1])
    first = block("python", "slurm").replace("8786", str(port)).replace('"port"', '"host": "127.0.0.1", "port"')
    (then,) = re.findall(r"followed by\n\n```python\n(.*?)```", DOC, re.DOTALL)
    (tmp_path / "nodes.py").write_text(f"{first}\n{then}")
    running = subprocess.Popen(
        [sys.executable, "-W", "ignore", "nodes.py"], cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}, text=True,
    )  # fmt: skip
    try:
        assert running.stdout is not None
        assert running.stdout.readline() == f"partiel work --scheduler tcp://127.0.0.1:{port}\n"
        limit = time.monotonic() + 60
        while not (tmp_path / "called").is_file() and running.poll() is None and time.monotonic() < limit:
            time.sleep(0.05)
        assert running.poll() is None and (tmp_path / "called").read_text().startswith("sbatch")
        running.send_signal(signal.SIGTERM)
        assert running.wait(60) == 0
    finally:
        running.kill()
        running.communicate()
    assert "scancel 7" in (tmp_path / "called").read_text()


def test_the_options_of_dask_that_the_guide_names_exist() -> None:
    for command in ("worker", "scheduler"):
        said = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "dask", command, "--help"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        lines = re.findall(rf"dask,? {command},?([^\n`]*)", DOC)
        named = {option for line in lines for option in re.findall(r"--[a-z][a-z-]+", line)}
        assert named, command
        for option in named:
            assert option in said or option.replace("--no-", "--") in said, f"dask {command} has no {option}"
