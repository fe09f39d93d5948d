"""Runs one program against the monitor and returns its plan.

Each run has its own context, event loop, working directory and arguments, all put back afterwards, so that one
process can plan several stacks.
"""

from __future__ import annotations

import asyncio
import contextvars
import runpy
from collections.abc import Callable, Mapping
from pathlib import Path

from pulumi.runtime import config as sdk_config
from pulumi.runtime import settings as sdk_settings
from pulumi.runtime.stack import run_in_stack

from components.errors import VoicestackError
from plan.engine.failure import explain
from plan.engine.fast import fast_sdk
from plan.engine.messages import Messages
from plan.engine.monitor import Monitor
from plan.engine.project import Project, load_project
from plan.engine.secure_setting import secure_settings
from plan.engine.source import recorded
from plan.engine.stack_file import StackConfig, load_stack
from plan.engine.stand_ins import StandIns, load_stand_ins
from plan.engine.surroundings import program_surroundings
from plan.errors import EngineError
from plan.plan import Plan


def plan_stack(
    root: Path,
    stack: str,
    *,
    system: str | None = None,
    config: Mapping[str, str] | None = None,
    fast: bool = True,
    warn: Callable[[str], None] | None = None,
) -> Plan:
    """The plan of one stack of one system; VoicestackError where the program or its settings are wrong.

    `config` overrides settings in memory. `fast=False` runs the SDK as it is: slower, the same plan. `warn`
    receives the warnings that the program logs.
    """
    root = root.resolve()
    project = load_project(root, system)
    settings = load_stack(project, stack, dict(config or {}))

    def program() -> None:
        runpy.run_path(str(project.program), run_name="__main__")

    return plan_program(
        program,
        root=root,
        project=project,
        stack=stack,
        settings=settings,
        stand_ins=load_stand_ins(project, stack),
        fast=fast,
        warn=warn,
    )


def plan_program(
    program: Callable[[], None],
    *,
    root: Path,
    project: Project,
    stack: str,
    settings: StackConfig,
    stand_ins: StandIns | None = None,
    fast: bool = True,
    warn: Callable[[str], None] | None = None,
) -> Plan:
    """The plan of what `program` registers when it is called in the place of the project's own program."""
    context = contextvars.Context()
    messages = Messages()
    known = stand_ins or StandIns(project.settings / f"stand-ins.{stack}.yaml")
    plan = context.run(
        _plan, program, root, project, stack, settings, stand_ins=known, messages=messages, fast=fast
    )
    messages.warnings.extend(known.told())
    if warn is not None:
        for warning in messages.warnings:
            warn(warning)
    return plan


def _plan(
    program: Callable[[], None],
    root: Path,
    project: Project,
    stack: str,
    settings: StackConfig,
    *,
    stand_ins: StandIns,
    messages: Messages,
    fast: bool,
) -> Plan:
    monitor = Monitor(project=project.name, stack=stack, disabled=settings.disabled_providers, stand_ins=stand_ins)
    sdk_config.set_all_config(settings.values, sorted(settings.secure))
    sdk_settings.ROOT.set(None)
    sdk_settings.configure(
        sdk_settings.Settings(
            project=project.name,
            stack=stack,
            monitor=monitor,
            engine=messages,
            dry_run=True,
            organization="organization",
            root_directory=str(project.folder),
        )
    )

    def body() -> None:
        try:
            program()
        except SystemExit as end:
            # The real engine takes an exit without an error for the program's end.
            if end.code not in (None, 0):
                raise

    try:
        with (
            program_surroundings(project.program),
            recorded(root, monitor.classes),
            secure_settings(),
            fast_sdk(fast) as loop_factory,
            asyncio.Runner(loop_factory=loop_factory) as runner,
        ):
            runner.run(run_in_stack(body))
    except VoicestackError:
        raise
    except (Exception, SystemExit) as error:
        raise explain(error, root=root, project=project.name, stack=stack) from error
    if messages.errors:
        raise EngineError(
            f"the program of {project.name} logs an error for the stack '{stack}': {messages.errors[0]}",
            why="a program that reports an error should not be taken as planned, though the real preview "
            "counts the error and goes on",
            fix="mend what it says, or log a warning",
        )
    return Plan.of(
        monitor.recorded.values(),
        project=project.name,
        stack=stack,
        system=project.name,
        outputs=monitor.stack_outputs,
    )
