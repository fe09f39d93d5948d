"""What goes into the image."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
APP = ROOT / "app"


def test_the_image_installs_what_the_project_s_extra_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = set((APP / "requirements.in").read_text().split("\n")) - {""}
    named = set(project["optional-dependencies"]["app"])
    assert named <= wanted, "app/requirements.in lacks lines of the extra `app` in pyproject.toml"
    assert wanted <= named | set(project["dependencies"]), "app/requirements.in names more than pyproject.toml"


def test_everything_installed_is_exact_and_hashed_and_names_no_host() -> None:
    lock = (APP / "requirements.lock").read_text()
    packages = re.split(r"\n(?=\S)", lock.strip())
    for package in packages:
        assert re.match(r"[a-z0-9-]+==\S+", package), package
        assert "--hash=sha256:" in package, package
    assert "://" not in lock
    locked = {package.split("==")[0] for package in packages}
    for line in (APP / "requirements.in").read_text().split():
        assert re.split(r"[\[>=<]", line)[0] in locked, f"{line} is not in app/requirements.lock: lock again"


def test_what_the_image_runs_is_what_the_project_is_tested_with() -> None:
    pin = re.compile(r"^([a-z0-9-]+)==([^\s;\\]+)", re.MULTILINE)
    ours = dict(pin.findall((APP / "requirements.lock").read_text()))
    tested = dict(pin.findall((ROOT / "requirements.lock").read_text()))
    apart = {name for name in ours.keys() & tested.keys() if ours[name] != tested[name]}
    assert not apart, f"app/requirements.lock and requirements.lock differ: {apart}"


def test_the_image_runs_as_nobody_in_particular_and_its_base_is_an_argument() -> None:
    text = (APP / "Dockerfile").read_text()
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", text, re.MULTILINE), "a numeric user other than root"
    assert set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) == {"${BASE_IMAGE}"}
    assert "HEALTHCHECK" in text
    assert "--require-hashes" in text


def test_the_bill_of_materials_names_every_package_that_is_installed(tmp_path: Path) -> None:
    file = tmp_path / "bill.json"
    command = [
        sys.executable,
        "-m",
        "cyclonedx_py",
        "requirements",
        str(APP / "requirements.lock"),
        "-o",
        str(file),
    ]
    subprocess.run(command, check=True, capture_output=True)
    named = {(one["name"], one.get("version")) for one in json.loads(file.read_text())["components"]}
    pinned = re.findall(r"^([a-z0-9-]+)==([^\s;\\]+)", (APP / "requirements.lock").read_text(), re.MULTILINE)
    assert pinned
    assert set(pinned) == named
