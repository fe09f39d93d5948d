"""Secret Manager's types, the global ones and those of one region."""

from typing import Final

SECRET: Final = "gcp:secretmanager/secret:Secret"  # noqa: S105 - a type
REGIONAL_SECRET: Final = "gcp:secretmanager/regionalSecret:RegionalSecret"  # noqa: S105 - a type
SECRETS: Final = (SECRET, REGIONAL_SECRET)
VERSIONS: Final = (
    "gcp:secretmanager/secretVersion:SecretVersion",
    "gcp:secretmanager/regionalSecretVersion:RegionalSecretVersion",
)
