"""What the status route is held against: a FastAPI route that does nothing."""

from __future__ import annotations

from fastapi import FastAPI

app = FastAPI()


@app.get("/")
async def nothing() -> dict[str, str]:
    """A constant."""
    return {"status": "done"}
