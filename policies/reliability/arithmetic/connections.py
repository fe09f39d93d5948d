"""All connections that all instances may open fit on the database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pydantic import Field

from analysis.quantities import finite
from analysis.stack import Stack
from analysis.stores.cloud_sql import INSTANCE, Engine, Flags, engine_of, hosted
from analysis.value import NotKnown, Value
from analysis.workloads.containers import containers, name_of_variable, plain_value, variables
from analysis.workloads.templates import WORKLOADS, find, is_set
from plan.plan import Resource
from policies.engine.policy import Result, Severity, Unseen, each, stack_policy
from policies.engine.settings_kinds import Word
from policies.reliability.arithmetic.instances import Revisions, counted, most_instances, revisions
from policies.reliability.arithmetic.sums import Sum

_FLAG: Final = "max_connections"
# https://cloud.google.com/sql/docs/postgres/flags#postgres-m: GB of memory from which on so many are the default
_BY_GB: Final = ((120, 1000), (60, 800), (30, 600), (15, 500), (7.5, 400), (6, 200), (0, 100))
_SHARED: Final = {"db-f1-micro": 25, "db-g1-small": 50}
_CUSTOM: Final = re.compile(r"db-custom-\d{1,3}-(?P<mib>\d{1,9})")
# https://cloud.google.com/sql/docs/postgres/create-instance#machine-types: 8 GB for each CPU
_OPTIMIZED: Final = re.compile(r"db-perf-optimized-N-(?P<cpus>\d{1,3})")
_CONNECTION: Final = re.compile(r"[^\s:,/]+(?::[^\s:,/]+)?:[^\s:,/]+:(?P<instance>[a-z][a-z0-9-]{0,97})")
_CONTAINER: Final = re.compile(r"(?P<container>.*)\.envs(?:\[|$)")


class Pools(Revisions):
    """How the app opens connections."""

    pool_variable: Word = Field(
        default="DATABASE_POOL", description="The variable with the connections of one process."
    )
    pool_default: int = Field(
        default=4,
        ge=1,
        le=10_000,
        description="The app's own default where that variable is not set (app/settings.py).",
    )
    reserve: int = Field(
        default=5,
        ge=0,
        le=10_000,
        description="Connections left for people and for Google. Postgres keeps 3 for superusers; the rest is for "
        "one person with a console.",
    )


@stack_policy(
    id="sql-connections-fit",
    title="All instances of all workloads together open no more connections than the database takes",
    severity=Severity.HIGH,
    why="""Every instance has a pool of its own. Under the load that makes Cloud Run add instances, Postgres
    refuses whoever comes too late ("too many clients"), and requests fail at the worst moment.""",
    fix="""Lower the service's `Scaling` or DATABASE_POOL, or raise `max_connections` of the profile's
    `PostgresSize` as far as the tier's memory allows.""",
    fix_raw="Lower `template.scaling.maxInstanceCount` or the pool's size, or raise the flag `max_connections`.",
    settings=Pools,
)
def sql_connections_fit(stack: Stack, settings: Pools) -> Iterator[Result]:
    asked = _asked(stack, settings)

    def fits(instance: Value) -> Iterator[Result]:
        if not list(hosted(instance)) or engine_of(instance) is not Engine.POSTGRES:
            return
        found = asked.get(instance.resource.urn)
        if found is None:
            return
        try:
            most, how = most_connections(instance)
        except NotKnown as reason:
            yield Unseen(instance.resource, str(reason))
            return
        message = (
            f"{how} {most:g} leaves {most - settings.reserve:g} ({settings.reserve} are kept back), and clients "
            f"may open {found.told}: what is more is refused"
        )
        yield from found.against(most - settings.reserve, instance, message, key=_FLAG)

    yield from each(stack.of_type(INSTANCE), fits)


def most_connections(instance: Value) -> tuple[float, str]:
    """The connections that a Postgres instance takes, and what says so."""
    flag = Flags(instance).find(_FLAG)
    if is_set(flag):
        return finite(flag, 0), f"the flag {_FLAG} with"
    tier = instance.at("settings.tier")
    name = tier.text("")
    if name in _SHARED:
        return _SHARED[name], f"{tier.path} '{name}' with its default for {_FLAG} of"
    if custom := _CUSTOM.fullmatch(name):
        gb = int(custom["mib"]) / 1024
    elif optimized := _OPTIMIZED.fullmatch(name):
        gb = int(optimized["cpus"]) * 8.0
    else:
        raise NotKnown(tier.path, f"is a tier whose default for {_FLAG} is not known here")
    most = next(connections for least, connections in _BY_GB if gb >= least)
    return most, f"{tier.path} '{name}' with its default for {_FLAG} of"


def _asked(stack: Stack, settings: Pools) -> dict[str, Sum]:
    """What is asked of each instance, by its URN."""
    found: dict[str, Sum] = {}
    for workload in stack.of_type(*WORKLOADS):
        clients, unread = _clients(stack, workload)
        pools = _pools(workload, settings) if clients else {}
        for urn, place in clients:
            asked = found.setdefault(urn, Sum())
            try:
                instances, pool = most_instances(workload), _pool(pools, place, settings)
            except NotKnown as reason:
                asked.miss(workload.resource, reason)
                continue
            several = revisions(workload, settings)
            asked.add(several * instances * pool, f"{counted(workload, instances, settings)} * {pool:g}")
        counted_already = {urn for urn, _ in clients}
        for one in _behind(stack, workload) if unread else ():
            if one.urn not in counted_already and unread is not None:
                found.setdefault(one.urn, Sum()).miss(workload.resource, unread)
    return found


def _clients(stack: Stack, workload: Value) -> tuple[dict[tuple[str, str], None], NotKnown | None]:
    """The instances that a workload names, each with the container that does; and why it may name another."""
    found: dict[tuple[str, str], None] = {}
    unread: NotKnown | None = None
    for variable in variables(workload):
        try:
            value = plain_value(variable)
            texts = re.split(r"[,\s]+", value.text("")) if value.present else []
        except NotKnown as reason:
            unread = reason
            continue
        for urn in _named(stack, texts):
            found[urn, _container(variable)] = None
    try:
        for volume in find(workload, "volumes").items():
            sockets = volume["cloudSqlInstance"]["instances"].texts()
            # One container mounts it; which one does not matter for the sum, its pool does.
            places = [one.path for one in containers(workload, sandboxes=False) if _mounts(one, volume)]
            for urn in _named(stack, sockets):
                found.update(dict.fromkeys((urn, place) for place in places))
    except NotKnown as reason:
        unread = unread or reason
    return found, unread


def _named(stack: Stack, texts: list[str]) -> Iterator[str]:
    """The instances of this plan whose connection names are among `texts`."""
    for text in texts:
        match = _CONNECTION.fullmatch(text)
        if match is not None:
            yield from (one.urn for one in stack.named(INSTANCE, match["instance"]))


def _mounts(container: Value, volume: Value) -> bool:
    name = volume["name"].text("")
    return any(one["name"].text("") == name for one in container["volumeMounts"].items())


def _container(variable: Value) -> str:
    """The container of a variable, by its path; '' for a function, which is one process."""
    match = _CONTAINER.fullmatch(variable.path) or _CONTAINER.match(variable.path)
    return match["container"] if match is not None else ""


def _pools(workload: Value, settings: Pools) -> dict[str, Value | NotKnown]:
    """The pool's variable of each container; under '*' why some variable cannot be read."""
    found: dict[str, Value | NotKnown] = {}
    for variable in variables(workload):
        try:
            if name_of_variable(variable) == settings.pool_variable:
                found[_container(variable)] = variable
        except NotKnown as reason:
            found["*"] = reason
    return found


def _pool(pools: dict[str, Value | NotKnown], place: str, settings: Pools) -> float:
    """The connections of one process."""
    variable = pools.get(place, pools.get("*"))
    if isinstance(variable, NotKnown):
        raise variable
    if variable is None:
        return settings.pool_default
    value = plain_value(variable)
    if not is_set(value):
        raise NotKnown(variable.path, "comes from elsewhere")
    return finite(value, settings.pool_default)


def _behind(stack: Stack, workload: Value) -> list[Resource]:
    """The database instances that some input of a workload is made from."""
    by_urn = stack.plan.by_urn
    urns = {urn for before in workload.resource.propertyDependencies.values() for urn in before}
    return [one for urn in sorted(urns) if (one := by_urn.get(urn)) is not None and one.type == INSTANCE]
