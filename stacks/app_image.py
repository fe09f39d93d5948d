"""Which image a system runs: the one its settings name by digest, or the bundled app, built by `up`."""

from __future__ import annotations

import pulumi

from components.service.image import AppImage
from stacks.foundation import Foundation

# Relative to a system's folder, which is where its program runs.
_CONTEXT = "../../app"


def deployed_image(base: Foundation) -> pulumi.Input[str]:
    """The image's reference by digest; unknown in a preview where it is yet to be built."""
    settings = base.settings
    if settings.image is not None:
        return settings.image
    return AppImage(
        "app", env=base.env, repository=base.registry.path, context=_CONTEXT, base_image=settings.base_image
    ).ref
