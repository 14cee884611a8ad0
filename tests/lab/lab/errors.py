"""Error answers on the wire, for errors that arise before moto sees a call."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape


def error_body(service: str, code: str, message: str) -> tuple[str, bytes]:
    """Content type and body of an error as `service` writes it; the door fills in the request id."""
    code, text = escape(code), escape(message)
    if service == "ec2":
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Response><Errors><Error><Code>{code}</Code><Message>{text}</Message></Error></Errors>"
            "<RequestID></RequestID></Response>"
        )
        return "text/xml;charset=UTF-8", body.encode()
    if service in ("sts", "iam"):
        body = (
            f'<ErrorResponse xmlns="https://{service}.amazonaws.com/doc/"><Error><Type>Sender</Type>'
            f"<Code>{code}</Code><Message>{text}</Message></Error><RequestId></RequestId></ErrorResponse>"
        )
        return "text/xml", body.encode()
    answer = {"__type": code, "message": message}
    return "application/x-amz-json-1.1", json.dumps(answer).encode()
