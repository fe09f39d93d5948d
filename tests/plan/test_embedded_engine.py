"""What the embedded engine plans, what it refuses, and what it leaves as it found it."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pulumi.output import Output
from pulumi.runtime import resource as sdk_resource
from pulumi.runtime import stack as sdk_stack

from plan.engine import fast
from plan.engine.run import plan_stack
from plan.errors import ProgramError
from plan.plan import Plan, Resource
from plan.sentinels import SECRET_KIND, SIGNATURE, UNKNOWN, secret
from review.command import main
from tests.plan.real_engine import PROGRAMS
from tests.plan.small_program import write

ROOT = Path(__file__).parents[2]
BENCHMARK = ROOT / "tests" / "benchmark" / "program"
SETTINGS = {"resources": "60"}


@pytest.fixture(scope="module")
def quirks() -> Plan:
    return plan_stack(PROGRAMS / "quirks", "dev")


def named(plan: Plan, name: str, type_: str = "") -> Resource:
    (found,) = [it for it in plan if it.name == name and type_ in it.type and not it.is_provider]
    return found


def test_two_plans_of_the_same_commit_are_the_same_bytes() -> None:
    one, other = (plan_stack(BENCHMARK, "bench", config=SETTINGS).to_json() for _ in range(2))
    assert one == other


def test_two_processes_plan_the_same_bytes_whatever_their_hashes() -> None:
    program = "import sys; from pathlib import Path; from plan.engine.run import plan_stack; "
    program += "sys.stdout.write(plan_stack(Path(sys.argv[1]), sys.argv[2]).to_json())"
    made = {
        subprocess.run(
            [sys.executable, "-c", program, str(PROGRAMS / "quirks"), "dev"],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(made) == 1, "something is planned in the order of a set"
    assert len(made.pop()) > 1000


def test_nothing_about_the_plan_changes_for_speed() -> None:
    slow = plan_stack(BENCHMARK, "bench", config=SETTINGS, fast=False)
    assert plan_stack(BENCHMARK, "bench", config=SETTINGS).to_json() == slow.to_json()
    assert plan_stack(PROGRAMS / "quirks", "dev", fast=False) == plan_stack(PROGRAMS / "quirks", "dev")


def test_an_sdk_that_the_patches_do_not_fit_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast, "_KNOWN_SDK", ("0.",))
    with fast.fast_sdk(True) as factory:
        assert factory is fast.plain_loop
        assert gc.isenabled()


def test_a_plan_leaves_the_process_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GOOGLE_PROJECT", "of-the-machine")

    def patched() -> list[object]:
        targets = [(sdk_stack, "wait_for_rpcs"), (sdk_resource, "wrap_with_context"), (Output, "_track")]
        return [getattr(target, name) for target, name in [*targets, (sdk_resource, "_get_stack_trace")]]

    originals = patched()
    before = (Path.cwd(), list(sys.argv), list(sys.path), gc.isenabled(), dict(os.environ))
    plan_stack(PROGRAMS / "quirks", "dev")
    with pytest.raises(ProgramError):
        plan_stack(PROGRAMS / "wrong", "dev", config={"case": "raise"})
    assert before == (Path.cwd(), list(sys.argv), list(sys.path), gc.isenabled(), dict(os.environ))
    assert patched() == originals


def test_several_stacks_are_planned_in_one_process(tmp_path: Path) -> None:
    program = (
        "pulumi.export('stack', pulumi.get_stack())\npulumi.export('size', pulumi.Config().require('size'))\n"
    )
    write(tmp_path, program, "config:\n  size: 1\n")
    (tmp_path / "Pulumi.prod.yaml").write_text("config:\n  size: 9\n")
    assert plan_stack(tmp_path, "dev").outputs == {"stack": "dev", "size": "1"}
    assert plan_stack(tmp_path, "prod").outputs == {"stack": "prod", "size": "9"}
    assert plan_stack(tmp_path, "dev").outputs == {"stack": "dev", "size": "1"}


def test_modules_beside_two_programs_are_not_mixed_up(tmp_path: Path) -> None:
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        write(folder, "import beside\npulumi.export('name', beside.NAME)\n")
        (folder / "beside.py").write_text(f"NAME = '{name}'\n")
    assert plan_stack(tmp_path / "one", "dev").outputs == {"name": "one"}
    assert plan_stack(tmp_path / "two", "dev").outputs == {"name": "two"}


def test_the_program_runs_in_its_own_folder_with_a_clean_command_line(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: demo\nmain: program/\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("")
    (tmp_path / "program").mkdir()
    (tmp_path / "program" / "__main__.py").write_text(
        "import os, sys, pulumi\npulumi.export('seen', [os.path.basename(os.getcwd()), len(sys.argv), __name__])\n"
        "pulumi.export('root', os.path.basename(pulumi.runtime.get_root_directory()))\n"
    )
    assert plan_stack(tmp_path, "dev").outputs == {"seen": ["program", 1, "__main__"], "root": tmp_path.name}


def test_a_system_of_its_own_lies_below_stacks(tmp_path: Path) -> None:
    write(tmp_path, "pulumi.export('who', 'root')\n")
    folder = tmp_path / "stacks" / "other"
    folder.mkdir(parents=True)
    write(folder, "pulumi.export('who', 'other')\n")
    (folder / "Pulumi.yaml").write_text("name: other\n")
    plan = plan_stack(tmp_path, "dev", system="other")
    assert (plan.system, plan.project, plan.outputs) == ("other", "other", {"who": "other"})
    assert plan_stack(tmp_path, "dev", system="demo").outputs == {"who": "root"}


def test_the_variables_of_the_machine_do_not_reach_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_ZONE", "zone-of-the-machine")
    monkeypatch.setenv("PULUMI_CONFIG_NOT_THERE", "value")
    assert "zone-of-the-machine" not in plan_stack(PROGRAMS / "quirks", "dev").to_json()


def test_a_urn_names_the_types_of_all_parents_but_the_stack(quirks: Plan) -> None:
    assert named(quirks, "subscription").urn == (
        "urn:pulumi:dev::quirks::gcp:pubsub/topic:Topic$gcp:pubsub/subscription:Subscription::subscription"
    )
    assert named(quirks, "topic").urn == "urn:pulumi:dev::quirks::gcp:pubsub/topic:Topic::topic"


def test_the_stack_and_all_providers_are_in_the_plan(quirks: Plan) -> None:
    assert [it.type for it in quirks if it.is_stack] == ["pulumi:pulumi:Stack"]
    assert sorted(it.name for it in quirks if it.is_provider) == ["default_4_21_4", "google"]


def test_what_the_provider_computes_at_plan_time_is_known(quirks: Plan) -> None:
    seen = named(quirks, "seen").inputs
    assert seen["member"] == "serviceAccount:account-1@quirks-project.iam.gserviceaccount.com"
    assert seen["unique"] == UNKNOWN
    assert seen["name"] == "topic"
    assert seen["path"] == UNKNOWN


def test_an_unknown_leads_to_what_will_yield_it(quirks: Plan) -> None:
    subscription = named(quirks, "subscription")
    assert quirks.unknown_inputs(subscription) == {"topic": [named(quirks, "topic")]}


def test_secrets_have_no_value_in_the_plan(quirks: Plan) -> None:
    assert named(quirks, "version").inputs["secretData"] == {SIGNATURE: SECRET_KIND}
    seen = named(quirks, "seen").inputs
    assert seen["data"] == seen["password"] == seen["labels"] == seen["mixed"]["secret"] == secret()
    assert "hunter2" not in quirks.to_json()


def test_a_program_may_end_itself_without_an_error(tmp_path: Path) -> None:
    write(tmp_path, "import sys\npulumi.export('before', 1)\nsys.exit(0)\npulumi.export('after', 2)\n")
    assert plan_stack(tmp_path, "dev").outputs == {"before": 1}


def test_a_program_that_changes_the_import_path_changes_it_for_itself_only(tmp_path: Path) -> None:
    before = list(sys.path)
    write(tmp_path, "import sys\nsys.path.insert(0, '/of-the-program')\n")
    plan_stack(tmp_path, "dev")
    assert sys.path == before


def test_options_are_in_the_plan_as_the_engine_keeps_them(quirks: Plan) -> None:
    options = named(quirks, "topic").options
    assert options.protect is True
    assert options.ignoreChanges == ["labels", "messageRetentionDuration"]
    assert options.deleteBeforeReplace is True
    assert options.replaceOnChanges == ["name"]
    assert options.retainOnDelete is True
    assert options.customTimeouts == {"create": 600, "delete": 3600}
    assert options.aliases == ["urn:pulumi:dev::quirks::gcp:pubsub/topic:Topic::older"]
    child = named(quirks, "subscription").options
    assert child.retainOnDelete is True
    assert child.protect is True
    assert child.deletedWith == named(quirks, "topic").urn


def test_provider_defaults_stand_beside_the_inputs(quirks: Plan) -> None:
    subscription = named(quirks, "subscription")
    assert "messageRetentionDuration" not in subscription.inputs
    assert subscription.defaults == {"messageRetentionDuration": "604800s"}
    assert subscription.get("messageRetentionDuration") == "604800s"


def test_a_source_names_who_made_a_resource_and_who_called_that() -> None:
    plan = plan_stack(BENCHMARK, "bench", config=SETTINGS)
    lines = (BENCHMARK / "__main__.py").read_text().splitlines()
    account = named(plan, "u0000-api", "serviceaccount/account")
    assert account.source is not None
    made, caller = (int(place.removeprefix("__main__.py:")) for place in account.source)
    assert "gcp.serviceaccount.Account(" in lines[made - 1]
    assert "Identity(name" in lines[caller - 1]
    component = named(plan, "u0000-api", "family:Service")
    assert component.source is not None
    assert "Service(" in lines[int(component.source[0].removeprefix("__main__.py:")) - 1]


def test_an_async_program_is_planned(tmp_path: Path) -> None:
    write(
        tmp_path,
        "import asyncio\nasync def main():\n    await asyncio.sleep(0)\n    return {'a': 1}\npulumi.run(main)\n",
    )
    assert plan_stack(tmp_path, "dev").outputs == {"a": 1}


def test_a_plan_can_be_made_beside_a_running_event_loop() -> None:
    async def outer() -> int:
        return len(await asyncio.to_thread(plan_stack, PROGRAMS / "quirks", "dev"))

    assert asyncio.run(outer()) > 0


def test_what_a_program_prints_does_not_mix_with_the_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, "print('hello')\npulumi.log.warn('careful')\n")
    warnings: list[str] = []
    plan_stack(tmp_path, "dev", warn=warnings.append)
    assert capsys.readouterr().out == ""
    assert warnings == ["careful"]


def test_settings_may_lie_in_a_folder_of_their_own(tmp_path: Path) -> None:
    write(tmp_path, "pulumi.export('a', pulumi.Config().require('a'))\n")
    (tmp_path / "Pulumi.yaml").write_text("name: demo\nstackConfigDir: settings\n")
    (tmp_path / "settings").mkdir()
    (tmp_path / "settings" / "Pulumi.test.yaml").write_text("config:\n  a: b\n")
    assert plan_stack(tmp_path, "test").outputs == {"a": "b"}


def test_a_plan_does_not_depend_on_where_the_project_lies(tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere"
    shutil.copytree(PROGRAMS / "quirks", copy)
    assert plan_stack(copy, "dev").to_json() == plan_stack(PROGRAMS / "quirks", "dev").to_json()


def test_a_source_names_nothing_of_the_command_that_made_the_plan(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    assert main(["plan", "--root", str(ROOT), "--stack", "staging", "--json", str(file)]) == 0
    places = [place for one in Plan.read(file) for place in one.source or ()]
    assert places
    strange = {place for place in places if place.startswith(("plan/", "analysis/", "policies/", "review/"))}
    assert not strange, f"another command would make another plan of the same stack: {sorted(strange)}"
