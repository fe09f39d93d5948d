"""What each workload may do inside a Postgres database: declared by its link, granted by the migrations.

An IAM database user has no rights until somebody GRANTs them, and Google offers no API for that. So the rights
that links declare are told to whoever owns the schema, as JSON in `DATABASE_RIGHTS`; its migrations GRANT what is
listed and REVOKE the rest. Nothing here talks to a database.
"""

from __future__ import annotations

import json
from enum import Enum

import pulumi

from components.errors import LinkError


class Right(Enum):
    """READ: SELECT. WRITE: SELECT, INSERT, UPDATE, DELETE. Neither may change the schema."""

    READ = "read"
    WRITE = "write"


class DeclaredRights:
    """The rights in one database, collected while the program runs."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._rights: dict[str, Right] = {}
        self._owner: str | None = None
        self._users: list[pulumi.Output[str]] = []
        self._told = False

    def declare(self, user: str, right: Right) -> None:
        """`user` has `right`; LinkError where it has declared another, or where it is too late."""
        if self._rights.setdefault(user, right) is not right:
            raise LinkError(
                f"'{user}' declares two rights in the database '{self._database}'",
                why="a database user has one set of rights",
                fix=f"keep `connect(Right.{Right.WRITE.name})` alone: it reads too",
            )
        if user == self._owner:
            raise self._owner_connects(user)
        if self._told:
            raise LinkError(
                f"'{user}' connects to the database '{self._database}' after its rights were told",
                why="the migrations would not GRANT what came later",
                fix="declare every `connect()` in the program itself, not inside an `apply`",
            )

    def own(self, user: str) -> None:
        """`user` owns the schema; LinkError for a second owner."""
        if user in self._rights:
            raise self._owner_connects(user)
        if self._owner not in (None, user):
            raise LinkError(
                f"the database '{self._database}' has two owners: '{self._owner}' and '{user}'",
                why="objects made by one could not be changed by the other",
                fix="let one migrations job use `own()`",
            )
        self._owner = user

    def follow(self, user: pulumi.Output[str]) -> None:
        """Whoever is told the rights waits for this created user's name: a GRANT to nobody fails."""
        self._users.append(user)

    def told(self) -> pulumi.Output[str]:
        """The rights as JSON, `{"<user>": "read"}`.

        Read when the program has run to its end, so that the order of links does not matter.
        """

        def tell(_: str) -> pulumi.Output[str]:
            self._told = True
            text = json.dumps({user: right.value for user, right in sorted(self._rights.items())})
            return pulumi.Output.all(*self._users).apply(lambda _: text)

        return pulumi.Output.from_input("").apply(tell)

    def _owner_connects(self, user: str) -> LinkError:
        return LinkError(
            f"'{user}' both owns and uses the database '{self._database}'",
            why="whoever serves requests must not be able to change the schema",
            fix="let a job of its own use `own()`",
        )
