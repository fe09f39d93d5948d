"""Who may read BigQuery's datasets, and with which keys they are encrypted."""

from policies.data_protection.bigquery.dataset_access import dataset_for_named_people, dataset_not_public
from policies.data_protection.bigquery.own_key import dataset_own_key, table_own_key

POLICIES = (dataset_not_public, dataset_for_named_people, dataset_own_key, table_own_key)
