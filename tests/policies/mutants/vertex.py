"""Endpoints, notebooks and filters of Vertex AI, added to our stacks carelessly."""

from __future__ import annotations

from typing import Any

from tests.policies.mutation import Draft, mutant

KEY = "projects/acme-voice-prod/locations/europe-west1/keyRings/r/cryptoKeys/k"
SPEC = {"encryptionSpec": {"kmsKeyName": KEY}}


def _endpoint(draft: Draft, **more: Any) -> None:
    draft.add("vertex/aiEndpoint:AiEndpoint", "model", {"name": "1", "displayName": "model", **more})


@mutant("vertex-endpoint-private")
def a_model_answers_on_the_internet(draft: Draft) -> None:
    _endpoint(draft, **SPEC)


@mutant("vertex-endpoint-private", stack="staging")
def a_model_has_a_dedicated_public_name(draft: Draft) -> None:
    _endpoint(
        draft, dedicatedEndpointEnabled=True, privateServiceConnectConfig={"enablePrivateServiceConnect": False}
    )


@mutant("vertex-endpoint-private")
def an_index_answers_on_the_internet(draft: Draft) -> None:
    draft.add("vertex/aiIndexEndpoint:AiIndexEndpoint", "index", {"publicEndpointEnabled": True, **SPEC})


@mutant("vertex-own-key")
def a_model_lies_under_googles_key(draft: Draft) -> None:
    _endpoint(draft, network="projects/1/global/networks/voicestack-prod")


@mutant("vertex-own-key")
def a_dataset_lies_under_googles_key(draft: Draft) -> None:
    draft.add("vertex/aiDataset:AiDataset", "voices", {"displayName": "voices", "metadataSchemaUri": "gs://x"})


def _notebook(draft: Draft, leave_out: str = "", **changed: Any) -> None:
    setup: dict[str, Any] = {
        "disablePublicIp": True,
        "metadata": {"notebook-disable-root": "true"},
        "serviceAccounts": [{"email": "science@acme-voice-prod.iam.gserviceaccount.com"}],
        "shieldedInstanceConfig": {"enableSecureBoot": True},
        "bootDisk": {"diskEncryption": "CMEK", "kmsKey": KEY},
        "dataDisks": {"diskEncryption": "CMEK", "kmsKey": KEY},
        **changed,
    }
    setup.pop(leave_out, None)
    draft.add("workbench/instance:Instance", "science", {"name": "science", "gceSetup": setup})


@mutant("vertex-own-key")
def a_notebooks_disk_lies_under_googles_key(draft: Draft) -> None:
    _notebook(draft, "dataDisks")


@mutant("vertex-own-key")
def a_notebooks_key_is_named_and_not_used(draft: Draft) -> None:
    _notebook(draft, dataDisks={"kmsKey": KEY})


@mutant("notebook-no-public-address")
def a_notebook_is_on_the_internet(draft: Draft) -> None:
    _notebook(draft, "disablePublicIp")


@mutant("notebook-no-public-address", stack="staging")
def a_notebook_forwards_packets(draft: Draft) -> None:
    _notebook(draft, enableIpForwarding=True)


@mutant("notebook-shielded")
def a_notebook_starts_anything(draft: Draft) -> None:
    _notebook(draft, "shieldedInstanceConfig")


@mutant("notebook-shielded", stack="staging")
def a_notebook_is_not_measured(draft: Draft) -> None:
    _notebook(draft, shieldedInstanceConfig={"enableSecureBoot": True, "enableIntegrityMonitoring": False})


@mutant("notebook-no-root")
def a_notebooks_users_are_root(draft: Draft) -> None:
    _notebook(draft, "metadata")


@mutant("notebook-no-root", stack="staging")
def a_notebooks_users_are_root_by_choice(draft: Draft) -> None:
    _notebook(draft, metadata={"notebook-disable-root": "false"})


@mutant("notebook-own-account")
def a_notebook_runs_as_the_default_account(draft: Draft) -> None:
    _notebook(draft, "serviceAccounts")


@mutant("notebook-own-account", stack="staging")
def a_notebook_runs_as_the_editor_by_name(draft: Draft) -> None:
    _notebook(draft, serviceAccounts=[{"email": "210987654321-compute@developer.gserviceaccount.com"}])


def _template(draft: Draft, *, metadata: dict[str, Any] | None = None, **changed: Any) -> None:
    filters = {
        "piAndJailbreakFilterSettings": {"filterEnforcement": "ENABLED"},
        "maliciousUriFilterSettings": {"filterEnforcement": "ENABLED"},
        "sdpSettings": {"basicConfig": {"filterEnforcement": "ENABLED"}},
        "raiSettings": {"raiFilters": [{"filterType": "DANGEROUS"}]},
        **changed,
    }
    inputs: dict[str, Any] = {"templateId": "voice", "location": "europe-west1", "filterConfig": filters}
    draft.add("modelarmor/template:Template", "voice", {**inputs, "templateMetadata": metadata or {}})


@mutant("model-armor-filters-on")
def injections_are_not_looked_for(draft: Draft) -> None:
    _template(draft, piAndJailbreakFilterSettings={"filterEnforcement": "DISABLED"})


@mutant("model-armor-filters-on", stack="staging")
def injections_are_only_inspected(draft: Draft) -> None:
    _template(draft, metadata={"enforcementType": "INSPECT_ONLY"})


@mutant("model-armor-filters-on")
def personal_data_is_not_looked_for(draft: Draft) -> None:
    _template(draft, sdpSettings={})


@mutant("model-armor-logs-no-speech")
def conversations_are_logged(draft: Draft) -> None:
    _template(draft, metadata={"logSanitizeOperations": True})


@mutant("model-armor-logs-no-speech", stack="staging")
def conversations_are_logged_in_staging(draft: Draft) -> None:
    _template(draft, metadata={"logSanitizeOperations": True, "logTemplateOperations": True})
