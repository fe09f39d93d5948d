"""Who is, and who becomes, a service account."""

from policies.least_privilege.service_accounts.default_account import default_account
from policies.least_privilege.service_accounts.keys import no_key
from policies.least_privilege.service_accounts.separation import accounts_separate_duties
from policies.least_privilege.service_accounts.tokens import tokens_for_few

POLICIES = (no_key, default_account, tokens_for_few, accounts_separate_duties)
