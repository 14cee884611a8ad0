"""Error answers on the wire, for errors that arise before moto sees a call."""

from __future__ import annotations

import json
import uuid
from xml.sax.saxutils import escape


def error_body(service: str, code: str, message: str) -> tuple[str, str, bytes]:
    """Request id, content type and body of an error as `service` writes it."""
    request_id = str(uuid.uuid4())
    code, text = escape(code), escape(message)
    if service == "ec2":
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Response><Errors><Error><Code>{code}</Code><Message>{text}</Message></Error></Errors>"
            f"<RequestID>{request_id}</RequestID></Response>"
        )
        return request_id, "text/xml;charset=UTF-8", body.encode()
    if service in ("sts", "iam"):
        body = (
            f'<ErrorResponse xmlns="https://{service}.amazonaws.com/doc/"><Error><Type>Sender</Type>'
            f"<Code>{code}</Code><Message>{text}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
        )
        return request_id, "text/xml", body.encode()
    answer = {"__type": code, "message": message}
    return request_id, "application/x-amz-json-1.1", json.dumps(answer).encode()
