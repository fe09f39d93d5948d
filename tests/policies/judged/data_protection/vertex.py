"""Vertex AI's stores by their keys, notebooks by their machines, Model Armor by its filters."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_gcp import colab, kms, modelarmor, serviceaccount, vertex, workbench

from policies.data_protection.vertex.model_armor import filters_on, logs_no_speech
from policies.data_protection.vertex.notebooks import no_root, own_account, shielded
from policies.data_protection.vertex.own_key import own_key
from tests.policies.judgement import NOT_EVALUATED, PASSED, VIOLATED, judged
from tests.policies.unknowns import unknown

KEY = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k"
SCHEMA = "gs://google-cloud-aiplatform/schema/dataset/metadata/image_1.0.0.yaml"


@judged(
    own_key,
    {
        "good-dataset": PASSED,
        "good-key-that-is-made-here": PASSED,
        "good-notebook": PASSED,
        "bad-empty": VIOLATED,
        "bad-notebook-data": VIOLATED,
        "bad-notebook-key-that-is-ignored": VIOLATED,
        "bad-notebook-unknown-key-that-is-ignored": VIOLATED,
        "absent-notebook-encryption": VIOLATED,
        "unknown-notebook-encryption": NOT_EVALUATED,
        "bad-index": VIOLATED,
        "absent-endpoint": VIOLATED,
        "absent-tensorboard": VIOLATED,
        "absent-features": VIOLATED,
        "absent-notebook-disks": VIOLATED,
        "unknown-key": NOT_EVALUATED,
        "secret-key": NOT_EVALUATED,
    },
)
def stores() -> None:
    ring = kms.KeyRing("ring", name="ring", location="europe-west1")
    key = kms.CryptoKey("key", name="key", key_ring=ring.id)

    def dataset(name: str, given: Any) -> None:
        spec = vertex.AiDatasetEncryptionSpecArgs(kms_key_name=given)
        vertex.AiDataset(name, display_name=name, metadata_schema_uri=SCHEMA, encryption_spec=spec)

    def notebook(name: str, boot: Any, data: Any, encryption: Any = "CMEK") -> None:
        setup = workbench.InstanceGceSetupArgs(
            boot_disk=workbench.InstanceGceSetupBootDiskArgs(kms_key=boot, disk_encryption="CMEK"),
            data_disks=workbench.InstanceGceSetupDataDisksArgs(kms_key=data, disk_encryption=encryption),
        )
        workbench.Instance(name, name=name, location="europe-west1-b", gce_setup=setup)

    dataset("good-dataset", KEY)
    dataset("good-key-that-is-made-here", key.id)
    notebook("good-notebook", KEY, key.id)
    dataset("bad-empty", "")
    notebook("bad-notebook-data", KEY, None)
    notebook("bad-notebook-key-that-is-ignored", KEY, KEY, "GMEK")
    notebook("bad-notebook-unknown-key-that-is-ignored", KEY, unknown("data"), "GMEK")
    notebook("absent-notebook-encryption", KEY, KEY, None)
    notebook("unknown-notebook-encryption", KEY, KEY, unknown("mode"))
    vertex.AiIndex(
        "bad-index",
        display_name="i",
        metadata=vertex.AiIndexMetadataArgs(config=vertex.AiIndexMetadataConfigArgs(dimensions=3)),
    )
    vertex.AiEndpoint("absent-endpoint", name="e", display_name="e", location="europe-west1")
    vertex.AiTensorboard("absent-tensorboard", display_name="t")
    vertex.AiFeatureStore("absent-features", name="f")
    workbench.Instance("absent-notebook-disks", name="n", location="europe-west1-b")
    dataset("unknown-key", unknown())
    dataset("secret-key", pulumi.Output.secret(KEY))


def _notebook(name: str, **setup: Any) -> None:
    workbench.Instance(
        name, name=name, location="europe-west1-b", gce_setup=workbench.InstanceGceSetupArgs(**setup)
    )


Shield = workbench.InstanceGceSetupShieldedInstanceConfigArgs


@judged(
    shielded,
    {
        "good-shielded": PASSED,
        "good-colab": PASSED,
        "bad-no-secure-boot": VIOLATED,
        "bad-not-measured": VIOLATED,
        "bad-colab": VIOLATED,
        "absent-secure-boot": VIOLATED,
        "absent-block": VIOLATED,
        "unknown-boot": NOT_EVALUATED,
        "secret-block": NOT_EVALUATED,
    },
)
def machines() -> None:
    def runtime(name: str, boot: bool) -> None:
        config = colab.RuntimeTemplateShieldedVmConfigArgs(enable_secure_boot=boot)
        colab.RuntimeTemplate(name, display_name=name, location="europe-west1", shielded_vm_config=config)

    _notebook("good-shielded", shielded_instance_config=Shield(enable_secure_boot=True))
    runtime("good-colab", True)
    _notebook("bad-no-secure-boot", shielded_instance_config=Shield(enable_secure_boot=False))
    _notebook("bad-not-measured", shielded_instance_config=Shield(enable_secure_boot=True, enable_vtpm=False))
    runtime("bad-colab", False)
    _notebook("absent-secure-boot", shielded_instance_config=Shield(enable_vtpm=True))
    _notebook("absent-block", machine_type="e2-standard-4")
    _notebook("unknown-boot", shielded_instance_config=Shield(enable_secure_boot=unknown().apply(bool)))
    _notebook("secret-block", shielded_instance_config=pulumi.Output.secret(Shield(enable_secure_boot=True)))


@judged(
    no_root,
    {
        "good-user": PASSED,
        "bad-root": VIOLATED,
        "absent-key": VIOLATED,
        "absent-metadata": VIOLATED,
        "unknown-value": NOT_EVALUATED,
        "secret-metadata": NOT_EVALUATED,
    },
)
def roots() -> None:
    _notebook("good-user", metadata={"notebook-disable-root": "True"})
    _notebook("bad-root", metadata={"notebook-disable-root": "false"})
    _notebook("absent-key", metadata={"idle-timeout-seconds": "600"})
    _notebook("absent-metadata", machine_type="e2-standard-4")
    _notebook("unknown-value", metadata={"notebook-disable-root": unknown()})
    _notebook("secret-metadata", metadata=pulumi.Output.secret({"notebook-disable-root": "true"}))


Account = workbench.InstanceGceSetupServiceAccountArgs


@judged(
    own_account,
    {
        "good-own": PASSED,
        "good-made-here": PASSED,
        "bad-default": VIOLATED,
        "absent-list": VIOLATED,
        "absent-e-mail": VIOLATED,
        "unknown-e-mail": NOT_EVALUATED,
        "secret-e-mail": NOT_EVALUATED,
    },
)
def accounts() -> None:
    made = serviceaccount.Account("science", account_id="science")
    _notebook("good-own", service_accounts=[Account(email="science@other.iam.gserviceaccount.com")])
    _notebook("good-made-here", service_accounts=[Account(email=made.email)])
    _notebook("bad-default", service_accounts=[Account(email="1-compute@developer.gserviceaccount.com")])
    _notebook("absent-list", machine_type="e2-standard-4")
    _notebook("absent-e-mail", service_accounts=[Account()])
    _notebook("unknown-e-mail", service_accounts=[Account(email=unknown())])
    _notebook("secret-e-mail", service_accounts=[Account(email=pulumi.Output.secret("a@b"))])


Config = modelarmor.TemplateFilterConfigArgs
Metadata = modelarmor.TemplateTemplateMetadataArgs


def _filters(
    injection: Any = "ENABLED",
    links: Any = "ENABLED",
    personal: Any = "ENABLED",
    *,
    confidence: Any = "MEDIUM_AND_ABOVE",
    abuse: Any = ("HATE_SPEECH", "DANGEROUS"),
) -> modelarmor.TemplateFilterConfigArgs:
    return Config(
        pi_and_jailbreak_filter_settings=modelarmor.TemplateFilterConfigPiAndJailbreakFilterSettingsArgs(
            filter_enforcement=injection, confidence_level=confidence
        ),
        malicious_uri_filter_settings=modelarmor.TemplateFilterConfigMaliciousUriFilterSettingsArgs(
            filter_enforcement=links
        ),
        sdp_settings=modelarmor.TemplateFilterConfigSdpSettingsArgs(
            basic_config=modelarmor.TemplateFilterConfigSdpSettingsBasicConfigArgs(filter_enforcement=personal)
        ),
        rai_settings=modelarmor.TemplateFilterConfigRaiSettingsArgs(
            rai_filters=[modelarmor.TemplateFilterConfigRaiSettingsRaiFilterArgs(filter_type=one) for one in abuse]
        ),
    )


def _template(name: str, filters: Any, metadata: Any = None) -> None:
    modelarmor.Template(
        name, template_id=name, location="europe-west1", filter_config=filters, template_metadata=metadata
    )


@judged(
    filters_on,
    {
        "good-all": PASSED,
        "good-blocks": PASSED,
        "good-inspection-template": PASSED,
        "good-floor": PASSED,
        "bad-injection-off": VIOLATED,
        "bad-only-the-clearest": VIOLATED,
        "bad-links-off": VIOLATED,
        "bad-no-abuse-filter": VIOLATED,
        "bad-only-inspects": VIOLATED,
        "bad-floor-not-enforced": VIOLATED,
        "absent-filters": VIOLATED,
        "unknown-enforcement": NOT_EVALUATED,
        "secret-filters": NOT_EVALUATED,
    },
)
def templates() -> None:
    _template("good-all", _filters())
    _template("good-blocks", _filters(), Metadata(enforcement_type="INSPECT_AND_BLOCK"))
    inspected = _filters()
    inspected.sdp_settings = modelarmor.TemplateFilterConfigSdpSettingsArgs(
        advanced_config=modelarmor.TemplateFilterConfigSdpSettingsAdvancedConfigArgs(
            inspect_template="projects/p/locations/europe-west1/inspectTemplates/voices"
        )
    )
    _template("good-inspection-template", inspected)
    _template("bad-injection-off", _filters(injection="DISABLED"))
    _template("bad-only-the-clearest", _filters(confidence="HIGH"))
    _template("bad-links-off", _filters(links="DISABLED"))
    _template("bad-no-abuse-filter", _filters(abuse=()))
    _template("bad-only-inspects", _filters(), Metadata(enforcement_type="INSPECT_ONLY"))
    _template("absent-filters", Config())
    _template("unknown-enforcement", _filters(injection=unknown()))
    _template("secret-filters", pulumi.Output.secret(_filters()))
    for name, enforced in (("good-floor", True), ("bad-floor-not-enforced", None)):
        modelarmor.Floorsetting(
            name,
            parent="projects/p",
            location="global",
            enable_floor_setting_enforcement=enforced,
            filter_config=modelarmor.FloorsettingFilterConfigArgs(
                pi_and_jailbreak_filter_settings=modelarmor.FloorsettingFilterConfigPiAndJailbreakFilterSettingsArgs(
                    filter_enforcement="ENABLED"
                ),
                malicious_uri_filter_settings=modelarmor.FloorsettingFilterConfigMaliciousUriFilterSettingsArgs(
                    filter_enforcement="ENABLED"
                ),
                sdp_settings=modelarmor.FloorsettingFilterConfigSdpSettingsArgs(
                    basic_config=modelarmor.FloorsettingFilterConfigSdpSettingsBasicConfigArgs(
                        filter_enforcement="ENABLED"
                    )
                ),
                rai_settings=modelarmor.FloorsettingFilterConfigRaiSettingsArgs(
                    rai_filters=[
                        modelarmor.FloorsettingFilterConfigRaiSettingsRaiFilterArgs(filter_type="HARASSMENT")
                    ]
                ),
            ),
        )


@judged(
    logs_no_speech,
    {
        "good-off": PASSED,
        "bad-on": VIOLATED,
        "absent-flag": PASSED,
        "absent-metadata": PASSED,
        "unknown-flag": NOT_EVALUATED,
        "secret-metadata": NOT_EVALUATED,
    },
)
def logged_templates() -> None:
    _template("good-off", _filters(), Metadata(log_sanitize_operations=False))
    _template("bad-on", _filters(), Metadata(log_sanitize_operations=True))
    _template("absent-flag", _filters(), Metadata(log_template_operations=True))
    _template("absent-metadata", _filters())
    _template("unknown-flag", _filters(), Metadata(log_sanitize_operations=unknown().apply(bool)))
    _template("secret-metadata", _filters(), pulumi.Output.secret(Metadata(log_sanitize_operations=False)))
