"""Log sinks by their types, shared by the policies about them."""

from __future__ import annotations

from typing import Final

PROJECT_SINK: Final = "gcp:logging/projectSink:ProjectSink"
SINKS: Final = (
    PROJECT_SINK,
    "gcp:logging/folderSink:FolderSink",
    "gcp:logging/organizationSink:OrganizationSink",
)
