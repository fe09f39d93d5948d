"""Who is granted what, by whatever resource."""

from policies.least_privilege.iam.authoritative import nothing_authoritative
from policies.least_privilege.iam.basic_role import basic_role
from policies.least_privilege.iam.custom_role import custom_role
from policies.least_privilege.iam.escalating_role import escalating_role
from policies.least_privilege.iam.expiry import elevated_grant_ends
from policies.least_privilege.iam.impersonation import impersonation
from policies.least_privilege.iam.members import known_members, people_by_group
from policies.least_privilege.iam.public_principal import public_principal

POLICIES = (
    public_principal,
    basic_role,
    escalating_role,
    impersonation,
    custom_role,
    people_by_group,
    known_members,
    nothing_authoritative,
    elevated_grant_ends,
)
