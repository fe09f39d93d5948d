"""How the table of roles is made anew: from a dump, and from what a gcloud answers."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from analysis.access import refresh_roles
from analysis.access.role_selection import BASIC
from analysis.access.role_table import BUNDLED, RoleTable, role_table


class TestRefreshByDump:
    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("{", "no dump of roles"),
            ('{"permissions": ["a.b.get"], "roles": {"roles/a.viewer": [1]}, "source": "x"}', "IndexError"),
            ('{"permissions": ["a.b.get"], "roles": {"roles/a.viewer": [-1]}, "source": "x"}', "no place"),
            ('{"permissions": [], "roles": {}, "source": "somewhere"}', "of which day"),
            ('{"permissions": [], "roles": {}, "source": "x, 2026-08-22"}', "lacks roles/browser"),
        ],
    )
    def test_a_dump_that_is_none_or_not_whole_replaces_nothing(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, says: str
    ) -> None:
        dump, target = tmp_path / "dump.json", tmp_path / "roles.json"
        dump.write_text(text)
        assert refresh_roles.main(["--dump", str(dump), "--out", str(target)]) == 2
        assert says in capsys.readouterr().err
        assert not target.exists()


class Gcloud:
    """A gcloud on the PATH that answers from files, or says what it is told to say."""

    def __init__(self, folder: Path, path: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._program = folder / "gcloud"
        path.setenv("PATH", str(folder), prepend=os.pathsep)

    def answers(self, roles: Mapping[str, frozenset[str]]) -> None:
        (self.folder / "list.json").write_text(json.dumps([{"name": one, "stage": "GA"} for one in roles]))
        (self.folder / "roles").mkdir()
        for role, permissions in roles.items():
            described = (
                {"name": role, "includedPermissions": sorted(permissions)} if permissions else {"name": role}
            )
            (self.folder / f"{role}.json").write_text(json.dumps(described))
        self.runs(f'cd "{self.folder}" && if [ "$3" = list ]; then cat list.json; else cat "$4.json"; fi')

    def runs(self, script: str) -> None:
        self._program.write_text(f"#!/bin/sh\n{script}\n")
        self._program.chmod(0o755)


@pytest.fixture
def gcloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gcloud:
    return Gcloud(tmp_path, monkeypatch)


class TestRefreshByGcloud:
    def test_it_gives_the_same_entries_as_the_bundled_table_for_the_roles_that_gcloud_has(
        self, gcloud: Gcloud
    ) -> None:
        asked = {"roles/run.invoker", "roles/pubsub.publisher", "roles/container.admin", *BASIC}
        expected = {role: role_table().expand(role) for role in asked}
        # Google tells more of a partial role than the table keeps.
        harmless = frozenset({"container.pods.list", "container.pods.get"})
        gcloud.answers(
            {
                role: one.permissions if one.complete else one.permissions | harmless | filler(600)
                for role, one in expected.items()
                if one is not None
            }
        )
        target = gcloud.folder / "made.json"
        assert refresh_roles.main(["--out", str(target), "--as-of", "2026-09-01"]) == 0
        made = RoleTable.read(target)
        assert made.as_of == date(2026, 9, 1)
        assert {role: made.expand(role) for role in made.roles} == expected

    def test_it_is_of_today_and_finds_a_new_role_only_when_asked_about_every_role(
        self, gcloud: Gcloud, capsys: pytest.CaptureFixture[str]
    ) -> None:
        new = "roles/brandnew.admin"
        gcloud.answers({**dict.fromkeys(BASIC, frozenset()), new: frozenset({"brandnew.things.setIamPolicy"})})
        target = gcloud.folder / "made.json"
        assert refresh_roles.main(["--out", str(target)]) == 0
        assert "1 other roles are not asked about" in capsys.readouterr().err
        assert RoleTable.read(target).expand(new) is None
        assert refresh_roles.main(["--out", str(target), "--every-role"]) == 0
        assert RoleTable.read(target).expand(new) is not None
        assert (datetime.now(UTC).date() - RoleTable.read(target).as_of).days in {0, 1}

    def test_without_gcloud_it_says_where_to_get_it(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        assert refresh_roles.main(["--out", str(tmp_path / "made.json")]) == 2
        assert "there is no gcloud on the PATH" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("script", "says"),
        [
            (
                'echo "ERROR: (gcloud.iam.roles.list) You have no active account." >&2\n'
                'echo "Please run: gcloud auth login" >&2\nexit 1',
                "gcloud is not logged in",
            ),
            ('echo "ERROR: the network is down" >&2\nexit 1', "why: ERROR: the network is down"),
            ("echo Welcome", "printed something else than roles"),
            ("echo '{}'", "printed something else than roles"),
            (
                'echo \'[{"name": "roles/owner"}]\'',
                "gcloud iam roles describe roles/browser` printed something else",
            ),
        ],
    )
    def test_a_gcloud_that_does_not_answer_leaves_the_table_as_it_was(
        self, gcloud: Gcloud, capsys: pytest.CaptureFixture[str], script: str, says: str
    ) -> None:
        gcloud.runs(script)
        target = gcloud.folder / "roles.json"
        target.write_bytes(BUNDLED.read_bytes())
        before = target.read_bytes()
        assert refresh_roles.main(["--out", str(target)]) == 2
        assert says in capsys.readouterr().err
        assert target.read_bytes() == before


def filler(count: int) -> frozenset[str]:
    """As many permissions as a role has that is too large to be kept whole."""
    return frozenset(f"things.many.get{place}" for place in range(count))
