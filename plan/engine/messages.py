"""What the program logs while it is planned: kept, so that the command decides what to show."""

from __future__ import annotations

from typing import Any

from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2


class Messages:
    """Stands for the engine's log service."""

    def __init__(self) -> None:
        self.warnings: list[str] = []
        self.errors: list[str] = []

    def Log(self, request: Any) -> empty_pb2.Empty:  # noqa: N802 - the wire's name
        """Keeps warnings and errors."""
        if request.severity == engine_pb2.WARNING:
            self.warnings.append(request.message)
        elif request.severity == engine_pb2.ERROR:
            self.errors.append(request.message)
        return empty_pb2.Empty()

    def RequirePulumiVersion(self, _request: Any) -> Any:  # noqa: N802 - the wire's name
        """There is no engine whose version could be wrong."""
        return engine_pb2.RequirePulumiVersionResponse()
