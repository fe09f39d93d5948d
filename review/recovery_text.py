"""What a stack that was cut off needs: numbered steps for people, JSON, and the file that `pulumi import` takes.

It prints; nothing is run. The order of the steps follows from what was measured with the real engine (3.276):
`pulumi refresh --import-pending-creates` takes the named creates off the list of pending ones and does not put
them into the state, so `pulumi import` comes first. The flag takes one text each time, URN and ID in turn:
https://github.com/pulumi/docs/issues/15902
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Sequence

from analysis.recovery.id_table import id_table
from analysis.recovery.needs import Create, Need, Other, Recovery
from review.terminal import printable
from review.words import plural

_OTHERS = {
    "updating": "may have the old values or the new ones",
    "deleting": "may be there or not; the next `up` deletes it again where the program has it no more",
    "reading": "was only read",
    "importing": "was being taken in, and may have to be again",
}


def import_command(recovery: Recovery, one: Create) -> str:
    """The command that takes one into the state; where Google names it, ID in it is to be replaced."""
    command = ["pulumi", "import", "--stack", recovery.stack, "--generate-code=false"]
    if one.parent:
        command += ["--parent", f"parent={one.parent}"]
    if one.provider:
        command += ["--provider", f"provider={one.provider}"]
    return shlex.join([*command, "--", one.type, one.name, one.id])


def end_command(recovery: Recovery, creates: Sequence[Create]) -> str:
    """The command that takes these off the list of pending creates, and no others."""
    pairs = [f"--import-pending-creates={text}" for one in creates for text in (one.urn, one.id)]
    return shlex.join(["pulumi", "refresh", "--stack", recovery.stack, *pairs])


def import_file(recovery: Recovery) -> str:
    """All whose ID follows from their inputs, as `pulumi import --file` reads them."""
    wanted = recovery.of(Need.IMPORT)
    urns = sorted({urn for one in wanted for urn in (one.parent, one.provider) if urn})
    # No name of a resource begins so: names in the table must not be taken for those in the list.
    names = {urn: f"urn-{place}" for place, urn in enumerate(urns)}
    listed = [
        {
            "type": one.type,
            "name": f"create-{place}",
            "logicalName": one.name,
            "id": one.id,
            **({"parent": names[one.parent]} if one.parent else {}),
            **({"provider": names[one.provider]} if one.provider else {}),
        }
        for place, one in enumerate(wanted)
    ]
    table = {name: urn for urn, name in names.items()}
    return json.dumps({"nameTable": table, "resources": listed}, indent=2) + "\n"


def as_json(recovery: Recovery) -> str:
    """The same for machines. It holds names and IDs, and no other input."""
    return (
        json.dumps(
            {
                "stack": recovery.stack,
                "project": recovery.project,
                "settled": recovery.settled,
                "idsAsOf": id_table().as_of.isoformat(),
                "creates": [_json(recovery, one) for one in recovery.creates],
                "others": [
                    {"operation": one.operation, "urn": one.urn, "type": one.type, "holdsData": one.data}
                    for one in recovery.others
                ],
            },
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
    )


def _json(recovery: Recovery, one: Create) -> dict[str, object]:
    found: dict[str, object] = {
        "urn": one.urn,
        "type": one.type,
        "need": one.need.value,
        "why": one.why,
        "holdsData": one.data,
        "id": one.id or None,
    }
    if one.need in (Need.IMPORT, Need.FIND):
        found["import"] = import_command(recovery, one)
    if one.need is Need.FIND:
        found |= {"find": shlex.join(one.find), "held": list(one.held)}
    return found


def as_text(recovery: Recovery, *, again: str) -> str:
    """The steps. `again` is the part of a command line that reads the state and runs this again."""
    place = f"{recovery.project} · {recovery.stack}"
    number = len(recovery.creates) + len(recovery.others)
    if not number:
        return f"{place}: nothing is pending"
    steps = [step for step in (_imports, _finds, _unknowns, _nothings, _others) if any(step(recovery, again))]
    lines = [f"{place}: {plural(number, 'operation was', 'operations were')} cut off"]
    for place_, step in enumerate([*steps, _last], start=1):
        first, *more = step(recovery, again)
        lines += ["", f"{place_}. {first}", *more]
    return "\n".join(lines)


def _imports(recovery: Recovery, again: str) -> Iterator[str]:
    wanted = recovery.of(Need.IMPORT)
    if not wanted:
        return
    yield f"Take into the state what was made: {plural(len(wanted), 'ID follows', 'IDs follow')} from the inputs."
    yield "   What is refused as not existing was never made; the others are taken in."
    yield "   Each comes in protected; the next `up` sets what the program says."
    stack = shlex.quote(recovery.stack)
    # Through a file: on a pipe `pulumi import` could not ask before it goes on.
    yield f"\n    {again} --format import > import.json"
    yield f"    pulumi import --stack {stack} --generate-code=false --file import.json\n"
    for one in wanted:
        yield f"   {_title(one)}"
        yield f"     {printable(one.id)}"
    yield "   Then end these creates, and no others. Leave out the pairs (URN, ID) of what was refused:"
    yield f"\n    {end_command(recovery, wanted)}"


def _finds(recovery: Recovery, again: str) -> Iterator[str]:
    wanted = recovery.of(Need.FIND)
    if not wanted:
        return
    yield f"Look for what Google names itself ({len(wanted)})."
    yield "   None found: it was never made; tell it by --absent, as below."
    yield "   One: put its ID in the place of the word ID. Several: take the one that was made last."
    for one in wanted:
        yield f"\n   {_title(one)}, by '{printable(one.by)}'"
        yield f"\n    {shlex.join(one.find)}\n"
        yield f"     made last: {one.made}" if one.made else "     Google tells no time: equal ones are as good"
        if one.data:
            yield "     several: leave the others where they are, they hold data"
        else:
            yield "     several: remove the others by hand, but nothing that the state holds"
        for id_ in one.held:
            yield f"     not this one, the state holds it: {printable(id_)}"
        yield f"     found:\n\n    {import_command(recovery, one)}\n    {end_command(recovery, [one])}\n"
        yield f"     none:\n\n    {again} {shlex.join(['--absent', one.urn])}"


def _unknowns(recovery: Recovery, _: str) -> Iterator[str]:
    wanted = recovery.of(Need.UNKNOWN)
    if not wanted:
        return
    yield f"NOT KNOWN: {plural(len(wanted), 'create')} that this command cannot tell the ID of. Look by hand."
    yield "   If it is there, take it in with `pulumi import` under its type's own ID format"
    yield "   (https://www.pulumi.com/registry/, section Import); if not, tell it by --absent URN."
    for one in wanted:
        yield f"   {_title(one)}"
        yield f"     {printable(one.why)}"
        yield f"     {printable(one.urn)}"


def _nothings(recovery: Recovery, _: str) -> Iterator[str]:
    wanted = [one for one in recovery.creates if one.settled]
    if not wanted:
        return
    yield f"Nothing is to be done for {plural(len(wanted), 'create')}:"
    for one in wanted:
        yield f"   {_title(one)}: {printable(one.why)}"


def _others(recovery: Recovery, _: str) -> Iterator[str]:
    if not recovery.others:
        return
    yield "These are settled by a refresh, which looks at what is there:"
    yield f"\n    {shlex.join(['pulumi', 'refresh', '--stack', recovery.stack])}\n"
    for one in recovery.others:
        yield f"   {one.operation} {_title(one)}: {_OTHERS[one.operation]}"
        if one.data and one.operation == "deleting":
            yield "     it holds data: if it was not to go, put it back into the program before the next `up`"


def _last(recovery: Recovery, again: str) -> Iterator[str]:
    if recovery.creates and recovery.settled:
        yield "All creates are settled. Only now forget them, then go on:"
        yield f"\n    {shlex.join(['pulumi', 'refresh', '--stack', recovery.stack, '--clear-pending-creates'])}"
        yield f"    {shlex.join(['pulumi', 'up', '--stack', recovery.stack])}"
    elif recovery.creates:
        yield "Read the state again, until all creates are settled. Do not clear them before:"
        yield f"\n    {again}"
    else:
        yield "Then go on:"
        yield f"\n    {shlex.join(['pulumi', 'up', '--stack', recovery.stack])}"


def _title(one: Create | Other) -> str:
    return printable(f"{one.type} {one.name}") + (" (holds data)" if one.data else "")
