"""Writes what the policies say of themselves: `docs/policies.md` and the JSON Schema of their configuration.

`make policies` runs it; a test compares both with the policies. Nothing on the page is typed by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from policies.engine.anchors import Anchor, anchors
from policies.engine.configuration import ALL
from policies.engine.left_out import LEFT_OUT
from policies.engine.pack import packs
from policies.engine.policy import Enforcement, Policy, Settings
from policies.engine.settings_schema import properties_of
from policies.engine.waivers import IN_ORDER

_FOLDER: Final = Path(__file__).resolve().parents[1]
PAGE: Final = _FOLDER.parent / "docs" / "policies.md"
SCHEMA: Final = _FOLDER / "configuration.schema.json"
_ABOUT: Final = """# Policies

Made from the code by `make policies`. Five packs look at a whole stack: in a plan that was made with no account
(`voicestack check`), in a preview (`pulumi preview --policy-pack policies/<pack>`), and in a state
(`voicestack check --plan state.json`, or `pulumi policy analyze`).

- A *mandatory* policy stops the run; an *advisory* one is told.
- What a plan cannot know yet, or what is secret, is *not evaluated*: listed, never passed.
- A policy with settings takes them from a JSON file, `--policy-config FILE` here and `--policy-pack-config FILE`
  for Pulumi: `{"POLICY": {"enforcementLevel": "advisory", "SETTING": …}}`; editors complete it by
  `policies/configuration.schema.json`.
- An exception is a waiver in `policies/waivers.yaml`: policy, resource, owner, reason, ticket, and an end within
  180 days. One that has ended, excuses nothing, matches more than it says or repeats another is a violation.
- Durability (backups, deletion guards, keys) is not asked of a stack that declares its data disposable
  (a profile without `protect`).
"""


def page_text() -> str:
    """The page, as it is written."""
    return "\n".join(_page()) + "\n"


def schema_text() -> str:
    """The JSON Schema of the configuration file, as it is written."""
    policies = [policy for pack in packs() for policy in pack.policies]
    levels = [level.value for level in Enforcement]
    described = [(ALL, Settings, "Every policy that says nothing itself")]
    described += [(one.id, one.settings, one.title) for one in policies]
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Settings of Voicestack's policies",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            name: {"anyOf": [{"enum": levels}, _object(properties_of(settings))], "description": about}
            for name, settings, about in described
        },
    }
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties}


def main() -> None:
    """Writes both."""
    PAGE.write_text(page_text(), encoding="utf-8")
    SCHEMA.write_text(schema_text(), encoding="utf-8")


def _page() -> Iterator[str]:
    yield _ABOUT
    yield "| pack | policies | what it is for |"
    yield "|---|---|---|"
    for pack in packs():
        yield f"| [{pack.name}](#{pack.name}) | {len(pack.policies)} | {pack.title} |"
    for pack in packs():
        yield f"\n## {pack.name}\n\n{pack.title}."
        for policy in sorted(pack.policies, key=lambda one: one.id):
            yield from _policy(policy)
    yield "\n## Waivers"
    yield from _policy(IN_ORDER)
    yield from _comparison()


def _policy(policy: Policy) -> Iterator[str]:
    yield f"\n### {policy.id}\n\n**{policy.title}.** {policy.severity.capitalize()}, {policy.enforcement}."
    told = []
    if policy.cis_4:
        told.append(f"CIS 4.0: {', '.join(policy.cis_4)}")
    if policy.cis_5:
        told.append(f"CIS 5.0: {', '.join(policy.cis_5)}")
    if policy.rows:
        told.append(f"rows: {', '.join(map(str, policy.rows))}")
    if told:
        yield f"{'; '.join(told)}."
    yield f"\n{policy.why}"
    yield f"\n- Fix: {policy.fix}"
    if policy.fix_raw != policy.fix:
        yield f"- Fix without these components: {policy.fix_raw}"
    for name, field in policy.settings.model_fields.items():
        if name == "enforcement_level":
            continue
        default = field.get_default(call_default_factory=True)
        shown = json.dumps(_plain(default), ensure_ascii=False)
        yield f"- `{field.alias or name}` (default `{shown}`): {' '.join((field.description or '').split())}"


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list | set | frozenset):
        found = [_plain(one) for one in value]
        return sorted(found, key=str) if isinstance(value, set | frozenset) else found
    if isinstance(value, dict):
        return {str(_plain(key)): _plain(one) for key, one in value.items()}
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _comparison() -> Iterator[str]:
    covering: dict[int, list[str]] = {}
    for pack in packs():
        for policy in pack.policies:
            for row in policy.rows:
                covering.setdefault(row, []).append(policy.id)
    every = anchors()
    alone = sum(one.row in covering and one.checkov.startswith("-") and one.trivy.startswith("-") for one in every)
    yield "\n## Row by row beside checkov, trivy and CIS\n"
    yield (
        f"{len(every)} requirements; policies here cover {len(covering)}, {alone} of them in neither checkov "
        "3.3.30 nor trivy-checks 80e5382. CIS is 4.0/5.0 of the Google Cloud Foundations Benchmark. `-`: none."
    )
    area = ""
    for anchor in every:
        if anchor.area != area:
            area = anchor.area
            yield f"\n### {area}\n\n| row | requires | here | checkov | trivy | CIS | note |"
            yield "|---|---|---|---|---|---|---|"
        yield _row(anchor, covering.get(anchor.row, []))


def _row(anchor: Anchor, ids: list[str]) -> str:
    reason = LEFT_OUT.get(anchor.row, "")
    here = "<br>".join([*(f"[{id_}](#{id_})" for id_ in sorted(ids)), *([f"*{reason}*"] if reason else [])])
    cells = [str(anchor.row), anchor.requires, here, anchor.checkov, anchor.trivy, anchor.cis, anchor.note]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    main()
