"""What a command needs to check plans: the policies, their configuration, the waivers and the day."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from pathlib import Path

from plan.engine.project import load_project, systems_below
from plan.plan import Plan
from policies.engine.configuration import Configuration
from policies.engine.pack import packs
from policies.engine.policy import Policy
from policies.engine.report import Checked, check
from policies.engine.waiver_file import WaiverFileError
from policies.engine.waivers import Waivers

WAIVERS = Path("policies") / "waivers.yaml"
"""Where waivers are looked for, relative to the project's root."""


def _refuse_unknown_places(waivers: Waivers, root: Path) -> None:
    """WaiverFileError for a waiver of a stack that no project of the root has: nobody would ever judge it."""
    folders = [root, *systems_below(root)]
    projects = [load_project(folder) for folder in folders]
    known = {(stack, project.name) for project in projects for stack in project.stacks()}
    for entry in waivers.entries:
        stack, project = entry.waiver.place
        if (stack, project) not in known:
            raise WaiverFileError(
                f"{waivers.file}, line {entry.line}: there is no stack '{stack}' of a project '{project}'",
                why="no check would ever look at this waiver, not even after its end",
                fix="correct the URN; it begins with urn:pulumi:STACK::PROJECT::",
            )


@dataclass(frozen=True)
class Checking:
    """How plans are checked, the same for every stack of one run."""

    policies: tuple[Policy, ...]
    configuration: Configuration
    waivers: Waivers
    today: datetime.date

    @classmethod
    def of(
        cls,
        root: Path | None,
        *,
        waivers: Path | None = None,
        configuration: Path | None = None,
        today: datetime.date | None = None,
    ) -> Checking:
        """Every policy of this project; the waivers of `root` unless a file is named; today's date by default.

        VoicestackError for a file that cannot be read as what it should be.
        """
        policies = tuple(policy for pack in packs() for policy in pack.policies)
        chosen = Configuration.read(configuration, policies) if configuration else Configuration()
        usual = root / WAIVERS if root else None
        file = waivers or (usual if usual and usual.is_file() else None)
        found = Waivers.read(file, policies) if file else Waivers()
        if root and file == usual:
            _refuse_unknown_places(found, root)
            # As every machine knows it: fingerprints of findings are made of their words.
            found = replace(found, file=str(WAIVERS))
        return cls(policies, chosen, found, today or datetime.datetime.now(tz=datetime.UTC).date())

    def check(self, plan: Plan) -> Checked:
        """What the policies say of one stack."""
        return check(plan, self.policies, today=self.today, configuration=self.configuration, waivers=self.waivers)
