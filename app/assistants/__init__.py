"""Assistants: who answers. A vendor's library is imported only where its assistant is chosen."""

from __future__ import annotations

from app.assistants.embedded import EmbeddedAssistant
from app.assistants.guarded import GuardedAssistant
from app.ports import Assistant, Budget
from app.settings import Assistants


def assistant_of(settings: Assistants, budget: Budget) -> Assistant:
    """The chosen assistant, guarded; the embedded one too, so that a laptop runs what a deployment runs."""
    inner: Assistant = EmbeddedAssistant()
    if settings.chosen == "vertex":
        from app.assistants.vertex import VertexAssistant  # noqa: PLC0415

        inner = VertexAssistant(settings)
    if settings.chosen == "openai":
        from app.assistants.openai_compatible import OpenAIAssistant  # noqa: PLC0415

        inner = OpenAIAssistant(settings)
    return GuardedAssistant(inner, budget, settings)
