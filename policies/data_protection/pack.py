"""The policies of this pack: a folder each for what they look at."""

from policies.engine.pack import Pack

PACK = Pack(
    name="data_protection",
    title="Data is encrypted, kept out of strangers' reach and audited, and secrets stay secret",
    policies=(),
)
