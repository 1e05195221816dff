"""H5P packages through somebody else's server, Lumi's: it lets in each file, and what the package says of itself.

``make test-h5p`` fetches the server, which is no part of what is installed, and runs this. It does not play: H5P's
own types of questions come from H5P's hub, when a site is set up.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from grader import quiz
from grader.model import Exercise

SERVER = os.environ.get("PARTIEL_H5P_SERVER", "")
SCRIPT = """
const { H5PConfig } = require("@lumieducation/h5p-server");
const Validator = require("@lumieducation/h5p-server/build/src/PackageValidator.js").default;
const judge = new Validator(new H5PConfig());
const said = (folder) => judge.validateExtractedPackage(folder, true, false).then(String, (error) => error.message);
Promise.all(process.argv.slice(1).map(said)).then((all) => process.stdout.write(JSON.stringify(all)));
"""


def judged(*folders: Path) -> list[str]:
    done = subprocess.run(
        ["node", "-e", SCRIPT, *map(str, folders)], check=True, capture_output=True, timeout=120, cwd=SERVER, text=True
    )
    said: list[str] = json.loads(done.stdout)
    return said


@pytest.mark.skipif(not SERVER or not shutil.which("node"), reason="'make test-h5p' fetches the server; needs Node.js")
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_server_of_others_lets_the_package_in(lang: str, tmp_path: Path, catalogue: list[Exercise]) -> None:
    made = quiz.export(catalogue, lang, "h5p", id="td", title="TD", variants=2).files["td.h5p"]  # type: ignore[arg-type]
    whole, drawn, unnamed = (tmp_path / name for name in ("whole", "drawn", "unnamed"))
    for folder in (whole, drawn, unnamed):
        zipfile.ZipFile(io.BytesIO(made)).extractall(folder)
    (drawn / "content" / "images" / "more.svg").write_text("<svg/>")
    head = json.loads((unnamed / "h5p.json").read_text("utf-8"))
    (unnamed / "h5p.json").write_text(json.dumps({name: said for name, said in head.items() if name != "title"}))
    right, refused, nameless = judged(whole, drawn, unnamed)
    assert right == "true"
    assert "not-in-whitelist" in refused and "more.svg" in refused and "'title'" in nameless
