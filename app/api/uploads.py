"""Where recordings are sent when they are kept in a folder: on Cloud Storage clients send them to the bucket."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from starlette.requests import ClientDisconnect

from app.api.access import Writer
from app.api.problems import NOT_FOUND, refusals
from app.api.texts import Id
from app.files.folder import FolderFiles


def uploads_router(files: FolderFiles) -> APIRouter:
    """The route that FolderFiles' uploads name."""
    router = APIRouter(prefix="/api/voice", tags=["voice"])
    body = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}

    @router.put(
        "/uploads/{upload_id}",
        status_code=204,
        responses=refusals(401, 403, 404),
        openapi_extra={"requestBody": body},
    )
    async def put(upload_id: Id, who: Writer, request: Request) -> None:
        """Takes the bytes of an upload, once."""
        size = request.headers.get("content-length", "")
        content_type = request.headers.get("content-type", "")
        try:
            await files.write(
                f"{who.user_id}/{upload_id}", content_type, request.stream(), int(size) if size.isdecimal() else -1
            )
        except ClientDisconnect:
            raise HTTPException(400, "The client left") from None
        except LookupError:
            raise NOT_FOUND from None
        except ValueError:
            raise HTTPException(422, "This is not what the upload was made for, or it is complete") from None

    return router
