"""What runs on Cloud Run, which secrets it is given, and how both are kept."""

from policies.data_protection.cloud_run.binary_authorization import binary_authorization, image_policy_not_open
from policies.data_protection.cloud_run.encryption_key import own_encryption_key
from policies.data_protection.cloud_run.image import image_pinned
from policies.data_protection.cloud_run.plain_secrets import no_plain_secrets
from policies.data_protection.cloud_run.secret_version import secret_version_pinned

POLICIES = (
    no_plain_secrets,
    secret_version_pinned,
    image_pinned,
    binary_authorization,
    image_policy_not_open,
    own_encryption_key,
)
