"""Makes the bundled table of roles anew: `python -m analysis.access.refresh_roles`.

From a dump of all of Google's predefined roles, or from Google itself by the gcloud that the user is logged in to.
It takes no token into its own hands, and decides nothing about which roles are kept (`role_selection` does).
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import shutil
import subprocess
import sys
import time
import zlib
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from analysis.access.role_selection import BASIC, is_wanted, select
from analysis.access.role_table import BUNDLED, RoleTable, RoleTableError, table_text
from components.errors import VoicestackError
from plan.text_file import write_file

_ABOUT = """Makes the table of Google's predefined roles anew, which the least-privilege policies read."""

_EXAMPLES = """examples, after `python -m analysis.access.refresh_roles`:
                              by your own gcloud; a second or two a role
  --every-role                the same, and finds roles that began to escalate
  --dump roles.json.gz        from a dump; a second

a dump, as JSON or .json.gz:
  {"source": "where from, 2026-08-22", "permissions": ["a.b.get", …], "roles": {"roles/a.viewer": [0, …], …}}
  a role's numbers are places in `permissions`; the date is `asOf`, else the last date in `source`.

afterwards: run the tests, read the difference, commit the table. exit code: 0 fine, 2 bad input."""

_GCLOUD_SOURCE: Final = "gcloud iam roles list, gcloud iam roles describe"
_SECONDS: Final = 120
_MINUTE: Final = 60
_SHOWN: Final = 200


class GcloudError(VoicestackError):
    """A gcloud that is not there, not logged in, or says something else than it was asked for."""


@dataclass(frozen=True)
class RoleDump:
    """All permissions of many roles, as of a date."""

    roles: Mapping[str, frozenset[str]]
    as_of: date
    source: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; the return value is the exit code."""
    options = _parser().parse_args(arguments)
    try:
        dump = read_dump(options.dump, options.as_of) if options.dump else ask_gcloud(options)
        missing = sorted(BASIC - set(dump.roles))
        if missing:
            raise RoleTableError(
                f"what was read lacks {', '.join(missing)}",
                why="Google has these in every account, so other roles are missing too",
                fix="use a dump of all predefined roles",
            )
        chosen = select(dump.roles)
        write_file(options.out, table_text(chosen, as_of=dump.as_of, source=dump.source))
    except VoicestackError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    complete = sum(one.complete for one in chosen.values())
    size = options.out.stat().st_size // 1000
    print(
        f"{options.out}: {len(chosen)} of {len(dump.roles)} roles as of {dump.as_of}, {complete} complete and"
        f" {len(chosen) - complete} in part, {size} kB"
    )
    return 0


def read_dump(path: Path, as_of: date | None = None) -> RoleDump:
    """The dump in the file `path`, as of its own date if `as_of` is None; RoleTableError where it is not one."""
    try:
        raw = path.read_bytes()
        content = json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)
        names = content["permissions"]
        roles = {
            _checked(role): frozenset(_checked(names[_place(place)]) for place in places)
            for role, places in content["roles"].items()
        }
        source = _checked(content["source"])
    except (OSError, EOFError, zlib.error, LookupError, ValueError, TypeError, AttributeError) as error:
        raise RoleTableError(
            f"{path} is no dump of roles, or not all of it",
            why=f"{type(error).__name__}: {error}",
            fix="`--help` shows the form of a dump",
        ) from error
    return RoleDump(roles, as_of or _date_of(path, content, source), source)


def _checked(name: Any) -> str:
    if not isinstance(name, str):
        raise TypeError(f"{name!r} stands where a name belongs")
    return name


def _place(place: Any) -> int:
    if not isinstance(place, int) or place < 0:
        raise ValueError(f"{place!r} is no place in a list")
    return place


def _date_of(path: Path, content: Mapping[str, Any], source: str) -> date:
    said = [str(content["asOf"])] if "asOf" in content else re.findall(r"\d{4}-\d{2}-\d{2}", source)
    try:
        return date.fromisoformat(said[-1])
    except (IndexError, ValueError) as error:
        raise RoleTableError(
            f"{path} does not say of which day it is",
            why="a table without its date cannot be told from an old one",
            fix="name the day: --as-of 2026-08-22",
        ) from error


def ask_gcloud(options: argparse.Namespace) -> RoleDump:
    """The roles of the selection as Google has them now; GcloudError where gcloud does not answer.

    A role's permissions are told one role at a time; the list has none.
    https://cloud.google.com/sdk/gcloud/reference/iam/roles/list
    """
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        raise GcloudError(
            "there is no gcloud on the PATH",
            why="Google tells the permissions of its roles to a logged-in account",
            fix="install it (https://cloud.google.com/sdk/docs/install) and log in, or pass --dump FILE",
        )
    listed = _answer(gcloud, "list")
    if not isinstance(listed, list) or not all(isinstance(one, dict) and "name" in one for one in listed):
        raise _something_else("gcloud iam roles list", json.dumps(listed))
    names = {str(one["name"]) for one in listed}
    held = names if options.every_role else _held(options.out, names)
    # The basic roles are asked for in any case: whether a list has them is nowhere promised.
    asked = sorted({name for name in names if name in held or is_wanted(name)} | BASIC)
    if len(asked) < len(names):
        print(f"{len(names - set(asked))} other roles are not asked about; --every-role does", file=sys.stderr)
    roles: dict[str, frozenset[str]] = {}
    with _Counter(len(asked)) as counter:
        # One after another: https://cloud.google.com/sdk/docs/scripting-gcloud does not support calls in parallel.
        for role in asked:
            roles[role] = _permissions(gcloud, role)
            counter.one_more()
    return RoleDump(roles, options.as_of or datetime.now(UTC).date(), _GCLOUD_SOURCE)


def _held(path: Path, names: Set[str]) -> Set[str]:
    """The roles of the table that is replaced, else of the bundled one; all `names` where neither can be read."""
    try:
        return RoleTable.read(path if path.is_file() else BUNDLED).roles
    except RoleTableError:
        return names


def _permissions(gcloud: str, role: str) -> frozenset[str]:
    answer = _answer(gcloud, "describe", role)
    # A role without permissions is described without the key.
    permissions = answer.get("includedPermissions", []) if isinstance(answer, dict) else None
    if not isinstance(answer, dict) or answer.get("name") != role or not isinstance(permissions, list):
        raise _something_else(f"gcloud iam roles describe {role}", json.dumps(answer))
    return frozenset(str(one) for one in permissions)


def _answer(gcloud: str, *words: str) -> Any:
    """What `gcloud iam roles …` prints, parsed."""
    said = f"gcloud iam roles {' '.join(words)}"
    done = _call(gcloud, *words)
    if done.returncode and not _is_logged_out(done.stderr):
        # Among a thousand calls one may meet a network that fails for a moment.
        done = _call(gcloud, *words)
    if done.returncode:
        out = _is_logged_out(done.stderr)
        raise GcloudError(
            "gcloud is not logged in" if out else f"`{said}` failed",
            why=_first_line(done.stderr),
            fix="run `gcloud auth login`" if out else "run it in this shell; it must work by itself",
        )
    try:
        return json.loads(done.stdout)
    except ValueError as error:
        raise _something_else(said, done.stdout) from error


def _call(gcloud: str, *words: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 - the user's own gcloud, a list of arguments
            [gcloud, "iam", "roles", *words, "--format=json", "--quiet"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        # ValueError: what it printed is no text.
        raise GcloudError(
            f"`gcloud iam roles {' '.join(words)}` did not answer",
            why=str(error),
            fix="run it in this shell; it must work by itself",
        ) from error


def _is_logged_out(stderr: str) -> bool:
    # What gcloud itself advises, whether the account was never there, was revoked or has to log in again.
    return "gcloud auth login" in stderr


def _first_line(stderr: str) -> str:
    return (
        next((line for line in stderr.splitlines() if line.startswith("ERROR")), stderr.strip())
        or "it said nothing"
    )


def _something_else(said: str, printed: str) -> GcloudError:
    shown = " ".join(printed.split())[:_SHOWN] or "nothing"
    return GcloudError(
        f"`{said}` printed something else than roles",
        why=f"it printed: {shown}",
        fix="update it (gcloud components update), or pass --dump FILE",
    )


class _Counter:
    """How far the asking is: one line that is overwritten on a terminal, a line every hundred roles elsewhere."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._start = time.monotonic()
        self._terminal = sys.stderr.isatty()

    def __enter__(self) -> _Counter:
        self._say()
        return self

    def one_more(self) -> None:
        self._done += 1
        if self._terminal or self._done % 100 == 0 or self._done == self._total:
            self._say()

    def _say(self) -> None:
        left = (time.monotonic() - self._start) / self._done * (self._total - self._done) if self._done else 0
        text = f"asking gcloud: {self._done} of {self._total} roles" + (
            f", {left / _MINUTE:.0f} min left" if left > _MINUTE else ""
        )
        sys.stderr.write(f"\r\x1b[K{text}" if self._terminal else f"{text}\n")
        sys.stderr.flush()

    def __exit__(self, *_: object) -> None:
        if self._terminal:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m analysis.access.refresh_roles",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--dump", type=Path, metavar="FILE", help="read this dump of all roles, ask nobody")
    source.add_argument(
        "--every-role",
        action="store_true",
        help="ask gcloud about all roles, not only those that the selection names or the table holds",
    )
    parser.add_argument("--out", type=Path, default=BUNDLED, metavar="FILE", help="default: the bundled table")
    parser.add_argument(
        "--as-of",
        type=date.fromisoformat,
        metavar="DATE",
        help="the day that the roles are of (default: the dump's own, for gcloud today)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
