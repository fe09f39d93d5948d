"""Takes every setting `k…` as an input of one component, so that a preview prints what the program received."""

import pulumi

SETTINGS = pulumi.Config()


class Echo(pulumi.ComponentResource):
    """Shows the settings."""

    def __init__(self) -> None:
        received = {f"k{number}": SETTINGS.get(f"k{number}") for number in range(SETTINGS.require_int("cases"))}
        super().__init__("echo:index:Echo", "echo", {key: f"<{value}>" for key, value in received.items()})


Echo()
