"""Values that only creation will tell, for fixtures."""

import pulumi
import pulumi_random as random


def unknown(name: str = "unknown") -> pulumi.Output[str]:
    """An output that is unknown in every plan; `.apply` gives it the type that is needed."""
    return random.RandomId(name, byte_length=4).hex
