"""The policies of this pack: a folder each for what they look at."""

from policies.engine.pack import Pack

PACK = Pack(
    name="reliability",
    title="Nothing is lost or unavailable by an accident that the platform could have withstood",
    policies=(),
)
