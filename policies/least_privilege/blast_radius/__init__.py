"""How much is lost with one identity, and by how many one secret can be."""

from policies.least_privilege.blast_radius.identities import identities
from policies.least_privilege.blast_radius.secrets import secrets

POLICIES = (identities, secrets)
