"""Parameters of a Bot API call: query string, JSON, form or multipart, as bots and PTB send them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from bot.practice.limits import UPLOAD_BYTES, ApiError, Json, bad_request


@dataclass(frozen=True)
class Upload:
    """A file that came with a multipart call."""

    name: str
    mime: str
    data: bytes


@dataclass
class Params:
    """Values by name; strings may hold JSON, as in a form."""

    values: Json
    uploads: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        """Give a text as sent."""
        value = self.values.get(name)
        return default if value is None else str(value)

    def whole(self, name: str, default: int | None = None) -> int:
        """Give a whole number; raises ApiError 400 when it is missing and has no default, or is none."""
        value = self.values.get(name)
        if value is None or value == "":
            if default is None:
                raise bad_request(f"{name} is empty" if name == "chat_id" else f'parameter "{name}" is required')
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            reason = "chat not found" if name == "chat_id" else f'can\'t parse parameter "{name}"'
            raise bad_request(reason) from None

    def flag(self, name: str) -> bool:
        """Give a yes or no."""
        return str(self.values.get(name, "")).lower() in ("true", "1", "yes")

    def data(self, name: str) -> Any:
        """Give a nested value; raises ApiError 400 when it is no JSON."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None

    def upload(self, name: str) -> Upload | None:
        """Give the file under `name`, also when the parameter points to it as attach://…"""
        pointed = self.text(name)
        return self.uploads.get(pointed.removeprefix("attach://") if pointed else name)


async def read_params(request: Request) -> Params:
    """Collect the parameters of a call from wherever it put them."""
    values: Json = dict(request.query_params)
    if int(request.headers.get("content-length") or 0) > UPLOAD_BYTES:
        raise ApiError(413, "Request Entity Too Large")
    body = await request.body()
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if not body:
        return Params(values)
    if kind == "application/json":
        values.update(_object(body))
        return Params(values)
    if kind == "multipart/form-data":
        return _multipart(values, request.headers["content-type"], body)
    values.update(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return Params(values)


def _object(body: bytes) -> Json:
    try:
        found = json.loads(body)
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(found, dict):
        raise bad_request("JSON object expected")
    return found


def _multipart(values: Json, content_type: str, body: bytes) -> Params:
    """Take the parts apart with the standard library's MIME reader."""
    head = f"Content-Type: {content_type}\r\nMIME-Version: 1.0\r\n\r\n".encode("latin-1")
    uploads: dict[str, Upload] = {}
    for part in BytesParser(policy=HTTP).parsebytes(head + body).iter_parts():
        name = str(part.get_param("name", "", header="content-disposition"))
        content = part.get_payload(decode=True)
        data = content if isinstance(content, bytes) else b""
        file_name = part.get_filename()
        if file_name is None:
            values[name] = data.decode("utf-8", "replace")
        else:
            uploads[name] = Upload(file_name, part.get_content_type(), data)
    return Params(values, uploads)
