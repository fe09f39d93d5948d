"""The policies of this pack: a folder each for what they look at."""

from policies.engine.pack import Pack
from policies.private_network import cloud_sql

PACK = Pack(
    name="private_network",
    title="Nothing is reachable from the internet but what stands behind the load balancer",
    policies=(*cloud_sql.POLICIES,),
)
