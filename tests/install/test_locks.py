"""A lock names all that is installed: what it left out would be looked for, and found newer, some later day."""

from __future__ import annotations

from importlib import metadata

import pytest
from packaging.requirements import Requirement

from tests.install.locks import environments, lacking, paths, pins, requires, wanted
from tests.stacks.planned import ROOT

LOCKS = [str(path.relative_to(ROOT)) for path in paths()]
every = pytest.mark.parametrize("lock", LOCKS)


def test_every_lock_is_tested() -> None:
    assert LOCKS == ["app/requirements.lock", "requirements-plan.lock", "requirements.lock"]


@every
def test_all_that_a_locked_package_requires_is_locked_on_every_python_and_system(lock: str) -> None:
    held = pins((ROOT / lock).read_text(encoding="utf-8"))
    found = set[str]().union(*(lacking(held, wanted(lock), one) for one in environments()))
    assert not found, f"{lock}: {sorted(found)}: make lock"


@every
def test_every_line_of_a_lock_is_exact_and_hashed(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    packages = text.replace("\\\n", " ").strip().splitlines()
    assert len(pins(text)) == len(packages)
    assert all(" --hash=sha256:" in package for package in packages)


def test_what_is_installed_here_is_what_is_locked() -> None:
    held = pins((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    apart = {
        f"{name} {there}, locked {version}"
        for name, (version, _) in held.items()
        if requires(name) is not None and (there := metadata.version(name)) != version
    }
    assert not apart, f"{apart}: run the tests by `make test`, which installs what is locked"


def test_the_locks_agree() -> None:
    whole = pins((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    for lock in LOCKS:
        part = pins((ROOT / lock).read_text(encoding="utf-8"))
        apart = {name for name, (version, _) in part.items() if whole.get(name, ("", None))[0] != version}
        assert not apart, f"{lock} and requirements.lock differ in {apart}: make lock"


@pytest.mark.parametrize(
    ("lock", "said"),
    [
        ("a==1 \\\nb==2.0 \\\nc==3 \\", ""),
        ("a==1 \\\nb==2.0 \\", 'b requires c; extra == "fast", which is not there'),
        ("a==1 \\\nb==1.9 \\\nc==3 \\", "a requires b[fast]>=2, and 1.9 is there"),
        ("a==1 \\\nb==2.0 \\\nc==3 ; sys_platform == 'win32' \\", "which is not there"),
        ("b==2.0 \\\nc==3 \\", "the project requires a>=1, which is not there"),
    ],
)
def test_a_lock_that_leaves_out_what_an_extra_brings_is_found(lock: str, said: str) -> None:
    packages = {
        "a": ["b[fast]>=2"],
        "b": ['c; extra == "fast"', 'd; extra == "slow"', 'e; sys_platform == "win32"'],
    }

    def known(name: str) -> list[Requirement]:
        return [Requirement(line) for line in packages.get(name, [])]

    (environment, *_) = environments()
    found = lacking(pins(lock), [Requirement("a>=1")], environment, known)
    assert [one for one in found if said in one] if said else not found
