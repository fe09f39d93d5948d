"""What keeps BigQuery's tables from going by accident."""

from policies.reliability.bigquery.deletion import dataset_contents_kept, table_deletion_protected

POLICIES = (table_deletion_protected, dataset_contents_kept)
