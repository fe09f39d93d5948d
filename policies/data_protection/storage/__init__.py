"""Who may reach what is in Cloud Storage, what keeps it from strangers, and what is really gone."""

from policies.data_protection.storage.access_logs import bucket_access_logged
from policies.data_protection.storage.acls import bucket_acl_not_public
from policies.data_protection.storage.browsers import bucket_cors_named_origins, bucket_no_website
from policies.data_protection.storage.hmac_keys import storage_no_hmac_keys
from policies.data_protection.storage.log_bucket import log_sink_bucket_locked
from policies.data_protection.storage.old_versions import bucket_old_versions_go
from policies.data_protection.storage.own_key import bucket_own_key
from policies.data_protection.storage.public_access import bucket_public_access_prevented
from policies.data_protection.storage.uniform_access import bucket_uniform_access

POLICIES = (
    bucket_public_access_prevented,
    bucket_uniform_access,
    bucket_acl_not_public,
    bucket_cors_named_origins,
    bucket_no_website,
    storage_no_hmac_keys,
    bucket_access_logged,
    log_sink_bucket_locked,
    bucket_old_versions_go,
    bucket_own_key,
)
