"""What a role hands to whoever serves it; it starts nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.ports import Adapter


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a role is made of; each is entered at start, in order, and left at the end.

    `needs`: without them it is not ready. `likes`: without them it does its work less well.
    """

    needs: Sequence[Adapter] = ()
    likes: Sequence[Adapter] = ()
    background: Sequence[Any] = ()
