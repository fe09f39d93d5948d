"""Edits after which keys age, go or serve too many, and after which nobody knows who did what."""

from typing import Any

from tests.policies.mutants.iam import GROUP, ID, PROJECT, WAITS_FOR_NOTHING, granting
from tests.policies.mutation import Draft, mutant

KEY = "kms/cryptoKey:CryptoKey"
RING = "kms/keyRing:KeyRing"
ON_KEY = "kms/cryptoKeyIAMMember:CryptoKeyIAMMember"
AUDIT = "projects/iAMAuditConfig:IAMAuditConfig"
ADMIN, USE = "roles/cloudkms.admin", "roles/cloudkms.cryptoKeyEncrypterDecrypter"


def _key(draft: Draft, name: str = "keys-sql") -> dict[str, Any]:
    return draft.inputs(KEY, name)


def _new_key(draft: Draft, **inputs: Any) -> None:
    """A key in a stack that has none."""
    draft.add(KEY, "new", {"name": "new", "keyRing": "projects/p/locations/europe-west1/keyRings/r", **inputs})


@mutant("kms-key-rotates")
def a_key_is_never_rotated(draft: Draft) -> None:
    del _key(draft)["rotationPeriod"]


@mutant("kms-key-rotates")
def a_key_is_rotated_once_a_year(draft: Draft) -> None:
    _key(draft)["rotationPeriod"] = "31536000s"


@mutant("kms-key-rotates", stack="staging", also=WAITS_FOR_NOTHING)
def a_new_key_is_never_rotated(draft: Draft) -> None:
    _new_key(draft)


@mutant("kms-key-protected")
def a_key_loses_its_guards(draft: Draft) -> None:
    del _key(draft)["deletionPolicy"]
    draft.options(KEY, "keys-sql", protect=False)


@mutant("kms-key-protected")
def a_key_may_be_deleted(draft: Draft) -> None:
    _key(draft, "keys-storage")["deletionPolicy"] = "DELETE"
    draft.options(KEY, "keys-storage", protect=False)


@mutant("kms-key-protected", also=WAITS_FOR_NOTHING)
def a_new_key_has_no_guard(draft: Draft) -> None:
    _new_key(draft, rotationPeriod="7776000s")
    draft.options(KEY, "new", protect=False)


@mutant("kms-destroy-delay")
def a_destroyed_key_is_gone_after_a_day(draft: Draft) -> None:
    _key(draft)["destroyScheduledDuration"] = "86400s"


@mutant("kms-destroy-delay")
def a_destroyed_key_is_gone_after_a_week(draft: Draft) -> None:
    _key(draft, "keys-firestore")["destroyScheduledDuration"] = "604800s"


@mutant("kms-destroy-delay")
def every_key_is_gone_a_second_early(draft: Draft) -> None:
    for one in draft.all(KEY):
        one.inputs["destroyScheduledDuration"] = "2591999s"


@mutant("kms-ring-in-region", also=("key-where-the-data-is",))
def the_ring_is_global(draft: Draft) -> None:
    draft.inputs(RING)["location"] = "global"


@mutant("kms-ring-in-region", stack="staging", also=WAITS_FOR_NOTHING)
def a_new_ring_is_global(draft: Draft) -> None:
    draft.add(RING, "new", {"name": "new", "location": "global"})


@mutant("kms-key-algorithm")
def a_key_takes_sha1(draft: Draft) -> None:
    _key(draft)["purpose"] = "ASYMMETRIC_DECRYPT"
    _key(draft)["versionTemplate"]["algorithm"] = "RSA_DECRYPT_OAEP_2048_SHA1"


@mutant("kms-key-algorithm")
def a_key_does_not_notice_changes(draft: Draft) -> None:
    _key(draft)["purpose"] = "RAW_ENCRYPT_DECRYPT"
    _key(draft)["versionTemplate"]["algorithm"] = "AES_256_CTR"


@mutant("kms-key-algorithm", stack="staging", also=WAITS_FOR_NOTHING)
def a_new_key_is_kept_nowhere_known(draft: Draft) -> None:
    level = {"algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION", "protectionLevel": "PROTECTION_LEVEL_UNSPECIFIED"}
    _new_key(draft, rotationPeriod="7776000s", versionTemplate=level)


def _on_key(draft: Draft, name: str, role: str) -> None:
    key = draft.find(KEY, "keys-sql")
    given = next(one for one in draft.all(ON_KEY) if one.name == "keys-sql-use").inputs["cryptoKeyId"]
    draft.add(ON_KEY, name, {"cryptoKeyId": given, "role": role, "member": GROUP}, depends={"cryptoKeyId": key})


BUCKETS = ("bucket-access-logged",)
ENDS = ("iam-elevated-grant-ends",)


@granting("kms-separate-duties", also=ENDS)
def a_group_administers_a_key_and_uses_it(draft: Draft) -> None:
    _on_key(draft, "group-admin", ADMIN)
    _on_key(draft, "group-use", USE)


@granting("kms-separate-duties", also=ENDS)
def who_administers_all_keys_decrypts_with_one(draft: Draft) -> None:
    _on_key(draft, "a-group-use", "roles/cloudkms.cryptoKeyDecrypter")
    draft.grant(PROJECT, "b-group-admin", ADMIN, GROUP, **ID)


@granting("kms-separate-duties", also=ENDS)
def who_administers_the_ring_uses_a_key_in_it(draft: Draft) -> None:
    ring = draft.find(RING)
    draft.add(
        "kms/keyRingIAMMember:KeyRingIAMMember",
        "group-admin",
        {"keyRingId": draft.find(KEY, "keys-sql").inputs["keyRing"], "role": ADMIN, "member": GROUP},
        depends={"keyRingId": ring},
    )
    _on_key(draft, "group-use", USE)


@mutant("audit-all-services", also=BUCKETS)
def no_audit_configuration(draft: Draft) -> None:
    draft.drop(AUDIT)


@mutant("audit-all-services", stack="staging", also=BUCKETS)
def reads_of_data_are_not_logged(draft: Draft) -> None:
    logs = draft.inputs(AUDIT)["auditLogConfigs"]
    draft.inputs(AUDIT)["auditLogConfigs"] = [one for one in logs if one["logType"] != "DATA_READ"]


@mutant("audit-all-services")
def one_service_is_audited(draft: Draft) -> None:
    draft.inputs(AUDIT)["service"] = "storage.googleapis.com"


@mutant("audit-exempts-nobody")
def a_workload_is_exempted(draft: Draft) -> None:
    draft.inputs(AUDIT)["auditLogConfigs"][0]["exemptedMembers"] = [GROUP]


@mutant("audit-exempts-nobody", stack="staging")
def reads_of_one_group_are_not_logged(draft: Draft) -> None:
    for one in draft.inputs(AUDIT)["auditLogConfigs"]:
        if one["logType"] == "DATA_READ":
            one["exemptedMembers"] = [GROUP]


@mutant("audit-exempts-nobody", also=WAITS_FOR_NOTHING)
def another_service_exempts_somebody(draft: Draft) -> None:
    draft.add(
        AUDIT,
        "storage",
        {
            "project": "acme-voice-prod",
            "service": "storage.googleapis.com",
            "auditLogConfigs": [{"logType": "DATA_READ", "exemptedMembers": ["user:ada@acme.example"]}],
        },
    )
