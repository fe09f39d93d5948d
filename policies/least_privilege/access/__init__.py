"""Effective permissions of each identity, beside what its component declares to use."""

from policies.least_privilege.access.beyond_declared import beyond_declared
from policies.least_privilege.access.undeclared_holder import undeclared_holder
from policies.least_privilege.access.unused_declaration import unused_declaration
from policies.least_privilege.access.vertex_callers import vertex_callers
from policies.least_privilege.access.wider_than_declared import wider_than_declared

POLICIES = (beyond_declared, wider_than_declared, undeclared_holder, unused_declaration, vertex_callers)
