"""How long the policies take: over prod, over larger and larger stacks, and beside checkov on the same resources.

Checkov is measured where it is on PATH (`pip install checkov`, in an environment of its own): the same resources
are written as Terraform. Compared are slopes, what each resource more costs, so that neither start counts.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from review.engine.run import plan_stack
from review.plan import Plan, Resource
from review.sentinels import UNKNOWN
from tests.benchmark.measures import PROGRAM, median, module, whole

Line = Callable[[str, str, str, str], None]
_SMALL, _LARGE, _HUGE = 200, 2000, 10_000
_TYPES: Final = {
    "gcp:cloudrunv2/service:Service": "google_cloud_run_v2_service",
    "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": "google_cloud_run_v2_service_iam_member",
    "gcp:compute/network:Network": "google_compute_network",
    "gcp:compute/subnetwork:Subnetwork": "google_compute_subnetwork",
    "gcp:logging/metric:Metric": "google_logging_metric",
    "gcp:monitoring/alertPolicy:AlertPolicy": "google_monitoring_alert_policy",
    "gcp:projects/iAMMember:IAMMember": "google_project_iam_member",
    "gcp:pubsub/subscription:Subscription": "google_pubsub_subscription",
    "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember": "google_pubsub_subscription_iam_member",
    "gcp:pubsub/topic:Topic": "google_pubsub_topic",
    "gcp:pubsub/topicIAMMember:TopicIAMMember": "google_pubsub_topic_iam_member",
    "gcp:secretmanager/secret:Secret": "google_secret_manager_secret",
    "gcp:secretmanager/secretIamMember:SecretIamMember": "google_secret_manager_secret_iam_member",
    "gcp:serviceaccount/account:Account": "google_service_account",
}


def policy_figures(line: Line, *, turns: int) -> None:
    """Prints the figures, a line each."""
    prod = median([module("policy_run", "prod") for _ in range(turns)])
    line(
        "policies: all packs over prod, ms",
        f"{prod.seconds * 1000:.0f}",
        "50",
        f"{prod.resources} resources, first run of a process, median of {turns}",
    )
    huge = median([module("policy_run", str(_HUGE)) for _ in range(3)])
    line(f"policies: {_HUGE} resources, s", f"{huge.seconds:.2f}", "2", f"{huge.resources} resources, median of 3")
    growth = json.loads(_output("policy_growth"))
    for name, milliseconds, exponent in growth["worst"]:
        line(f"  grows worst: {name}", f"n^{exponent:.2f}", "", f"{milliseconds:.0f} ms at {growth['resources']}")
    if not shutil.which("checkov"):
        line("policies beside checkov: not measured, checkov is not on PATH", "", "", "")
        return
    _beside_checkov(line)


def _beside_checkov(line: Line) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ours: dict[int, list[float]] = {}
        theirs: dict[int, list[float]] = {}
        counts: dict[int, int] = {}
        commands: dict[int, tuple[list[str], list[str]]] = {}
        for size in (_SMALL, _LARGE):
            plan = plan_stack(PROGRAM, "bench", config={"resources": str(size)})
            here = Path(folder) / str(size)
            here.mkdir()
            (here / "plan.json").write_text(plan.to_json(), encoding="utf-8")
            (here / "terraform").mkdir()
            (here / "terraform" / "main.tf").write_text(terraform(plan), encoding="utf-8")
            counts[size] = sum(one.type in _TYPES for one in plan)
            check = [sys.executable, "-m", "review.command", "check", "--plan", str(here / "plan.json")]
            scan = ["checkov", "--directory", str(here / "terraform"), "--framework", "terraform"]
            commands[size] = (
                [*check, "--format", "json"],
                [*scan, "--output", "json", "--soft-fail", "--quiet", "--skip-download"],
            )
        for _ in range(3):
            for size, (check, scan) in commands.items():
                ours.setdefault(size, []).append(whole(check, codes=(0, 1)).seconds)
                theirs.setdefault(size, []).append(whole(scan).seconds)
    more = counts[_LARGE] - counts[_SMALL]
    slope, slope_of_theirs = (
        (sorted(found[_LARGE])[1] - sorted(found[_SMALL])[1]) / more * 1000 for found in (ours, theirs)
    )
    about = f"whole commands, {counts[_SMALL]} to {counts[_LARGE]} resources, median of 3"
    line("checkov, ms a resource more", f"{slope_of_theirs:.2f}", "", about)
    line("voicestack check --plan, ms a resource more", f"{slope:.3f}", "", "reads the plan too")
    line("ratio of the two", f"1/{slope_of_theirs / slope:.0f}", "1/50", "")


def terraform(plan: Plan) -> str:
    """The cloud resources of the benchmark's program as Terraform, references included."""
    return "".join(_Block(plan, one).text for one in plan if one.type in _TYPES)


class _Block:
    """One resource in Terraform's language."""

    def __init__(self, plan: Plan, one: Resource) -> None:
        self._plan = plan
        self._one = one
        body = "".join(self._entry(key, value, key, "  ") for key, value in one.inputs.items())
        self.text = f'resource "{_TYPES[one.type]}" "{_name(one)}" {{\n{body}}}\n'

    def _entry(self, key: str, value: Any, top: str, indent: str) -> str:
        name = re.sub(r"(?<!^)([A-Z])", r"_\1", key).lower()
        blocks = value if isinstance(value, list) else [value]
        if blocks and isinstance(blocks[0], dict) and name not in ("labels", "user_labels"):
            return "".join(
                f"{indent}{name} {{\n"
                + "".join(self._entry(below, item, top, indent + "  ") for below, item in block.items())
                + f"{indent}}}\n"
                for block in blocks
            )
        return f"{indent}{name} = {self._scalar(value, top)}\n"

    def _scalar(self, value: Any, top: str) -> str:
        if value == UNKNOWN:
            for urn in self._one.propertyDependencies.get(top, ()):
                source = self._plan.by_urn.get(urn)
                if source is not None and source.type in _TYPES:
                    return f"{_TYPES[source.type]}.{_name(source)}.id"
        return json.dumps(value)


def _name(one: Resource) -> str:
    return re.sub(r"\W", "_", one.name)


def _output(name: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", f"tests.benchmark.{name}"], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()[-1]
