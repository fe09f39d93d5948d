"""The bundled table of Google's roles: what it holds, what it says of the rest, and a damaged one."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path

import pytest

from analysis.access import permission_kinds, refresh_roles
from analysis.access.permission_kinds import Escalation, accesses_data, escalation
from analysis.access.refresh_roles import RoleDump, read_dump
from analysis.access.role_selection import BASIC, BESIDES, SERVICES, is_wanted
from analysis.access.role_table import BUNDLED, RoleTable, RoleTableError, role_table
from analysis.grant_rows import grants_in
from tests.needed import Needed
from tests.stacks.planned import ROOT, STACKS, planned

DUMP = Path(os.environ.get("VOICESTACK_ROLES_DUMP") or ROOT.parent / "shared" / "data" / "roles.json.gz")
# Written down here once more, and apart from the code's own tables: what any reader would call escalating.
ESCALATING = re.compile(
    r"""\.setIamPolicy$
    | ^iam\.serviceAccounts\.(actAs|getAccessToken|getOpenIdToken|signBlob|signJwt|implicitDelegation)$
    | ^iam\.serviceAccountKeys\.create$ | ^iam\.roles\.(create|update)$
    | ^iam\.googleapis\.com/workloadIdentityPool(s|Providers)\.(create|update)$
    | ^deploymentmanager\.deployments\.(create|delete|update|stop|cancelPreview)$
    | ^cloudbuild\.builds\.create$ | ^cloudscheduler\.jobs\.(create|update)$ | ^cloudtasks\.tasks\.create$
    | ^run\.(services|jobs|workerpools)\.(create|update|run|runWithOverrides)$
    | ^cloudfunctions\.functions\.(create|update|sourceCodeSet)$
    | ^compute\.instances\.(create|setMetadata|setServiceAccount|osAdminLogin)$
    | ^compute\.projects\.setCommonInstanceMetadata$
    | ^(dataflow\.jobs|dataproc\.(clusters|jobs)|composer\.environments|notebooks\.(instances|runtimes))\.create$
    | ^storage\.hmacKeys\.create$ | ^apikeys\.keys\.create$ | ^orgpolicy\.policy\.set$""",
    re.VERBOSE,
)
# `serviceusage.apiKeys` became `apikeys.keys`; custom roles may still name these.
RETIRED = {"serviceusage.apiKeys.create", "serviceusage.apiKeys.list"}


@pytest.fixture(scope="module")
def dump() -> RoleDump:
    if not DUMP.is_file():
        Needed.ROLES.skip()
    return read_dump(DUMP)


def table_file(folder: Path, **changed: object) -> Path:
    content = {
        "asOf": "2026-08-22",
        "source": "a test",
        "permissions": ["a.b.get", "a.b.list", "a.b.setIamPolicy"],
        "complete": {"roles/a.viewer": "0-1"},
        "partial": {"roles/a.admin": "2"},
    }
    path = folder / "roles.json"
    path.write_text(json.dumps(content | changed))
    return path


class TestWhatItHolds:
    def test_the_bundled_table_is_what_a_refresh_makes_of_the_dump(self, dump: RoleDump, tmp_path: Path) -> None:
        target = tmp_path / "roles.json"
        assert refresh_roles.main(["--dump", str(DUMP), "--out", str(target)]) == 0
        assert target.read_bytes() == BUNDLED.read_bytes(), "run refresh_roles --dump …"

    def test_it_says_its_date_and_where_it_is_from(self, dump: RoleDump) -> None:
        assert (role_table().as_of, role_table().source) == (dump.as_of, dump.source)

    def test_a_complete_entry_has_exactly_the_permissions_of_the_role(self, dump: RoleDump) -> None:
        for role in role_table().roles:
            found = role_table().expand(role)
            assert found is not None
            if found.complete:
                assert found.permissions == dump.roles[role], role

    def test_a_partial_entry_has_all_that_escalates_or_accesses_data_and_nothing_else(
        self, dump: RoleDump
    ) -> None:
        for role in role_table().roles:
            found = role_table().expand(role)
            assert found is not None
            if not found.complete:
                assert found.permissions == {
                    one for one in dump.roles[role] if escalation(one) or accesses_data(one)
                }, role

    def test_every_role_that_can_escalate_is_in_it_with_what_escalates(self, dump: RoleDump) -> None:
        for role, permissions in dump.roles.items():
            escalating = {one for one in permissions if ESCALATING.search(one)}
            if escalating:
                found = role_table().expand(role)
                assert found is not None, role
                assert escalating <= found.permissions, role

    def test_it_holds_every_role_of_the_dump_that_is_wanted_by_name(self, dump: RoleDump) -> None:
        assert {role for role in dump.roles if is_wanted(role)} <= role_table().roles

    @pytest.mark.parametrize("stack", STACKS)
    def test_every_role_that_a_reference_stack_grants_is_complete(self, stack: str) -> None:
        granted = {row.role for row in grants_in(planned(stack)) if row.role.startswith("roles/")}
        assert granted
        assert {role for role in granted if not is_complete(role)} == set()

    def test_every_role_that_a_component_or_a_stack_names_is_complete(self) -> None:
        named: set[str] = set()
        for folder in ("components", "stacks"):
            for path in (ROOT / folder).rglob("*.py"):
                named |= set(re.findall(r'"(roles/\w+\.[\w.]+\w)"', path.read_text(encoding="utf-8")))
        assert len(named) > 10
        assert {role for role in named if not is_complete(role)} == set()

    @pytest.mark.parametrize(
        ("role", "permission"),
        [
            ("roles/owner", "resourcemanager.projects.setIamPolicy"),
            ("roles/editor", "iam.serviceAccounts.actAs"),
            ("roles/viewer", "datastore.entities.get"),
        ],
    )
    def test_a_basic_role_is_marked_as_partial_and_says_the_worst(self, role: str, permission: str) -> None:
        found = role_table().expand(role)
        assert found is not None
        assert not found.complete
        assert permission in found.permissions

    @pytest.mark.parametrize("role", ["roles/made.up", "projects/p/roles/mine", "", "roles/RUN.invoker"])
    def test_of_a_role_that_it_lacks_nothing_is_known(self, role: str) -> None:
        assert role_table().expand(role) is None

    def test_it_is_small_and_read_in_a_few_milliseconds(self) -> None:
        assert BUNDLED.stat().st_size < 400_000
        took = []
        for _ in range(10):
            start = time.perf_counter()
            RoleTable.read(BUNDLED).expand("roles/run.admin")
            took.append(time.perf_counter() - start)
        assert min(took) < 0.008


class TestKindsOfPermission:
    def test_the_tables_name_only_permissions_that_google_has(self, dump: RoleDump) -> None:
        known = set[str]().union(*dump.roles.values())
        tables = [*permission_kinds._ESCALATES.values(), permission_kinds._DATA]
        named = {f"{resource}.{verb}" for table in tables for resource, verbs in table.items() for verb in verbs}
        assert named - known - RETIRED == set()

    def test_the_selection_names_only_roles_and_services_that_google_has(self, dump: RoleDump) -> None:
        assert (BASIC | BESIDES) - set(dump.roles) == set()
        assert {
            one for one in SERVICES if not any(role.startswith(f"roles/{one}.") for role in dump.roles)
        } == set()

    @pytest.mark.parametrize(
        ("permission", "kind"),
        [
            ("iam.serviceAccounts.signJwt", Escalation.IDENTITY),
            ("a.service.yet.unknown.setIamPolicy", Escalation.ACCESS),
            ("run.services.update", Escalation.CODE),
            ("run.services.get", None),
            ("storage.objects.get", None),
        ],
    )
    def test_a_permission_escalates_in_one_way_or_not(self, permission: str, kind: Escalation | None) -> None:
        assert escalation(permission) is kind

    def test_reading_objects_accesses_data_and_reading_the_bucket_does_not(self) -> None:
        assert accesses_data("storage.objects.get")
        assert not accesses_data("storage.buckets.get")


class TestADamagedFile:
    @pytest.mark.parametrize(
        ("changed", "why"),
        [
            ({"asOf": None}, "'asOf' is missing"),
            ({"asOf": "in August"}, "no date"),
            ({"permissions": {}}, "'permissions' is missing"),
            ({"permissions": ["a.b.get", 1]}, "no name"),
            ({"partial": {"roles/a.admin": [2]}}, "no text of numbers"),
        ],
    )
    def test_what_is_no_table_is_refused_when_it_is_read(
        self, tmp_path: Path, changed: dict[str, object], why: str
    ) -> None:
        with pytest.raises(RoleTableError, match=why) as caught:
            RoleTable.read(table_file(tmp_path, **changed))
        assert "refresh_roles" in caught.value.fix

    @pytest.mark.parametrize("entry", ["7", "1-9", "2-1", "-1", "one"])
    def test_a_damaged_entry_is_refused_when_it_is_asked_for(self, tmp_path: Path, entry: str) -> None:
        table = RoleTable.read(table_file(tmp_path, complete={"roles/a.viewer": entry}))
        assert table.expand("roles/a.admin")
        with pytest.raises(RoleTableError, match=r"roles/a\.viewer is damaged"):
            table.expand("roles/a.viewer")

    def test_a_truncated_file_and_a_list_and_no_file_are_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "roles.json"
        with pytest.raises(RoleTableError, match="cannot be read"):
            RoleTable.read(path)
        path.write_bytes(BUNDLED.read_bytes()[:1000])
        with pytest.raises(RoleTableError, match="not all of it"):
            RoleTable.read(path)
        path.write_text("[]")
        with pytest.raises(RoleTableError, match="holds no object"):
            RoleTable.read(path)


def is_complete(role: str) -> bool:
    found = role_table().expand(role)
    return found is not None and found.complete
