"""What staging and prod consist of, written down: counts by type, and the facts that matter.

`python -m tests.stacks.inventory` writes it anew; the diff of the YAML is then what a reviewer reads.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from plan.plan import Plan
from tests.stacks.planned import STACKS, planned

FOLDER = Path(__file__).parent / "inventory"
REGENERATE = "python -m tests.stacks.inventory"


def inventory_of(plan: Plan) -> dict[str, Any]:
    """The inventory of one stack."""
    services = {
        one.name: {
            "ingress": one.inputs["ingress"],
            "instances": f"{one.inputs['scaling']['minInstanceCount']} to "
            f"{one.inputs['template']['scaling']['maxInstanceCount']}",
            "default address": not one.inputs["defaultUriDisabled"],
        }
        for one in plan.of_type("gcp:cloudrunv2/service:Service")
    }
    databases = {
        one.name: database_facts(one.inputs["settings"])
        for one in plan.of_type("gcp:sql/databaseInstance:DatabaseInstance")
    }
    return {
        "counts": dict(sorted(Counter(one.type for one in plan).items())),
        "total": len(plan),
        "cloud resources": sum(one.is_cloud for one in plan),
        "services": services,
        "databases": databases,
        "protected": sorted(one.name for one in plan if one.options.protect and one.is_cloud),
        "identities": sorted(
            one.inputs["accountId"] for one in plan.of_type("gcp:serviceaccount/account:Account")
        ),
        "outputs": sorted(plan.outputs),
    }


def database_facts(settings: dict[str, Any]) -> dict[str, Any]:
    """What matters of a Cloud SQL instance; a replica has no backups of its own."""
    backups = settings.get("backupConfiguration", {})
    flags = {flag["name"]: flag["value"] for flag in settings["databaseFlags"]}
    return {
        "tier": settings["tier"],
        "availability": settings.get("availabilityType"),
        "public address": settings["ipConfiguration"]["ipv4Enabled"],
        "disk limit GB": settings["diskAutoresizeLimit"],
        "max_connections": flags["max_connections"],
        "backups": backups.get("backupRetentionSettings", {}).get("retainedBackups"),
        "log days": backups.get("transactionLogRetentionDays"),
    }


def main() -> None:
    """Writes both inventories."""
    FOLDER.mkdir(exist_ok=True)
    for stack in STACKS:
        text = yaml.safe_dump(inventory_of(planned(stack)), sort_keys=False, width=110)
        (FOLDER / f"{stack}.yaml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
