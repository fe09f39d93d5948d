"""No workload administers the databases it uses: it reads and writes; it does not delete, resize or restore."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from analysis.access.attached import ATTACHED
from analysis.access.members import member_of
from analysis.access.powers import BASIC, powers_of, shown
from analysis.access.running import TRIGGER, running
from analysis.grants import ACCOUNT, Grant
from analysis.stack import Stack
from policies.engine.grant_policy import grant_policy
from policies.engine.policy import Settings, Severity

# https://cloud.google.com/iam/docs/permissions-reference. Not here: `export` and `import`, which a backup job may
# need, and what the schema is changed with.
ADMINISTRATION: Final = frozenset(
    f"{resource}.{verb}"
    for resource, verbs in {
        "cloudsql.backupRuns": "delete",
        "cloudsql.instances": "create delete restoreBackup update",
        "cloudsql.users": "create update",
        "datastore.backupSchedules": "create delete update",
        "datastore.backups": "delete restoreDatabase",
        "datastore.databases": "bulkDelete create delete update",
        "memorystore.instances": "create delete update",
        "redis.clusters": "create delete update",
        "redis.instances": "create delete failover update upgrade",
        "alloydb.clusters": "create delete update",
        "alloydb.instances": "create delete update",
        "bigtable.instances": "create delete update",
        "spanner.databases": "drop",
        "spanner.instances": "create delete update",
    }.items()
    for verb in verbs.split()
)


@grant_policy(
    id="workload-administers-no-database",
    title="No workload may administer a database or a cache",
    severity=Severity.HIGH,
    why="""Whoever breaks into a service has its rights. To read and write rows is bad enough; with redis.admin,
    datastore.owner or cloudsql.editor the database itself, its users and its backups can be deleted, and no
    backup in the project is left to restore from.""",
    fix="""Take the grant away: `uses=[postgres.connect(...)]`, `cache.connect()` and `documents.write()` grant the
    roles for using a database. `pulumi up` administers it.""",
    fix_raw="""Grant `roles/cloudsql.client` with `instanceUser`, `roles/datastore.user`,
    `roles/redis.dbConnectionUser` or `roles/memorystore.dbConnectionUser` instead.""",
    rows=(81, 85),
)
def database_administration(grant: Grant, stack: Stack, settings: Settings) -> Iterator[str]:
    # Basic roles are told by a policy of their own.
    if grant.role in BASIC:
        return
    powers = powers_of(grant)
    harmful = sorted(powers.permissions & ADMINISTRATION)
    if not harmful and powers.doubt is None:
        return
    if not stack.once(_workload_identities).has(grant):
        return
    if harmful:
        yield (
            f"{grant.role_name}, granted to {grant.member_name}, which runs here, holds {shown(harmful)}: whoever "
            "breaks into it deletes or changes the database itself"
        )
    powers.settle()


@dataclass(frozen=True)
class _Identities:
    """Whom something in the stack runs as; a build is no workload, it may be what deploys."""

    accounts: frozenset[str]
    """URNs of service accounts of the stack."""
    emails: frozenset[str]
    endings: tuple[str, ...]
    """How default accounts' e-mails end."""

    def has(self, grant: Grant) -> bool:
        """Whether the grant is to one of them; NotKnown where only creation tells."""
        if grant.holder is not None and grant.holder.type == ACCOUNT:
            return grant.holder.urn in self.accounts
        if grant.member is None:
            # An account of Google's for a thing in the plan, or NotKnown.
            member_of(grant)
            return False
        email = grant.member.strip().lower().partition("serviceaccount:")[2]
        return email in self.emails or (bool(email) and bool(self.endings) and email.endswith(self.endings))


def _workload_identities(stack: Stack) -> _Identities:
    ours = [one for one in stack.once(running) if one.resource.type not in (TRIGGER, *ATTACHED)]
    emails = frozenset(one.email for one in ours if one.email)
    return _Identities(
        accounts=frozenset(one.account.urn for one in ours if one.account is not None),
        emails=emails,
        endings=tuple(sorted(email for email in emails if email[0] in "-@")),
    )
