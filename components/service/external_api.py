"""ExternalApi: a service of somebody else on the internet, such as LiveKit, STT or TTS.

It makes nothing in the cloud: it is what a workload names to be let out through Cloud NAT, so that who may leave
is declared like every other use. Its key is a `Secret`, used beside it.
"""

from __future__ import annotations

from typing import ClassVar

import pulumi

from components.component import Component, Environment
from components.errors import ComponentError
from components.links import Access, variable_name
from components.network.destination import INTERNET


class ExternalApi(Component):
    """An HTTPS (or WSS) address outside, `url`."""

    family: ClassVar[str] = "service"

    url: str

    def __init__(
        self,
        name: str,
        *,
        env: Environment,
        url: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        if not url.startswith(("https://", "wss://")):
            raise ComponentError(
                f"the address of '{name}' is {url}",
                why="what leaves the network must be encrypted, and only port 443 is open to the internet",
                fix="give an https:// or wss:// address",
            )
        super().__init__(name, env=env, props={"url": url}, opts=opts)
        self.url = url
        self.register_outputs({"url": url})

    def call(self) -> Access:
        """Calling it."""
        return Access(
            verb="call",
            target=self,
            grants=(),
            variables={variable_name(self.name, "url"): self.url},
            network=True,
            needs=INTERNET,
        )
