"""The policies of this pack: a folder each for what they look at."""

from policies.engine.pack import Pack

PACK = Pack(
    name="least_privilege",
    title="Nobody has more rights than what the stack declares to use",
    policies=(),
)
