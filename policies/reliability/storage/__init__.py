"""What brings back objects that were deleted or replaced, and what keeps a bucket from going with them."""

from policies.reliability.storage.destruction import bucket_kept_on_destroy
from policies.reliability.storage.recovery import bucket_objects_recoverable, bucket_versioned

POLICIES = (bucket_objects_recoverable, bucket_versioned, bucket_kept_on_destroy)
