"""Consul's key-value store and Vault, as far as a template reads from them, under `/consul` and `/vault`.

Tests set what they hold with `POST /_lab/stores`. Statuses, bodies and headers are those of
https://developer.hashicorp.com/consul/api-docs/kv and https://developer.hashicorp.com/vault/api-docs.
"""

from __future__ import annotations

import base64
import json
import secrets
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

Answer = tuple[int, list[tuple[str, str]], bytes]


@dataclass
class Stores:
    """What they hold. A token that is None is not asked for."""

    consul: dict[str, str] = field(default_factory=dict)
    consul_token: str | None = None
    # By path: of the first version `kv/NAME`, of the second one `secret/NAME`.
    vault: dict[str, dict[str, Any]] = field(default_factory=dict)
    vault_token: str | None = None
    # Roles of the AWS engine, with what each may assume.
    aws_roles: dict[str, list[str]] = field(default_factory=dict)
    # A standby answers with a redirect to the active server, which is itself.
    standby: bool = False
    asked: list[str] = field(default_factory=list)

    def set(self, wishes: dict[str, Any]) -> None:
        """Replaces what is named."""
        for name, value in wishes.items():
            if not hasattr(self, name):
                raise KeyError(name)
            setattr(self, name, value)

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer | None:
        """The answer, where the path is one of theirs. Header names are in lower case."""
        store, _, rest = path.lstrip("/").partition("/v1/")
        if store not in ("consul", "vault", "active"):
            return None
        self.asked.append(f"{method} {path}")
        if store == "consul":
            return self._consul(method, unquote(rest), headers)
        if store == "vault" and self.standby:
            return 307, [("Location", f"/active/v1/{rest}")], b""
        return self._vault(method, unquote(rest), headers, body)

    def _consul(self, method: str, path: str, headers: dict[str, str]) -> Answer:
        key = path.removeprefix("kv/")
        if method != "GET" or key == path:
            return 405, [], b"method not allowed"
        if self.consul_token not in (None, headers.get("x-consul-token")):
            return 403, [], b"Permission denied: anonymous token lacks permission 'key:read'"
        index = [("X-Consul-Index", "7"), ("X-Consul-KnownLeader", "true")]
        if key not in self.consul:
            return 404, index, b""
        value = base64.b64encode(self.consul[key].encode()).decode()
        entry = {"LockIndex": 0, "Key": key, "Flags": 0, "Value": value, "CreateIndex": 7, "ModifyIndex": 7}
        return _json(200, [entry], index)

    def _vault(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        if "x-vault-token" not in headers:
            return _json(400, {"errors": ["missing client token"]})
        if self.vault_token not in (None, headers["x-vault-token"]):
            return _json(403, {"errors": ["permission denied"]})
        mount, _, rest = path.partition("/")
        if mount == "aws":
            return self._aws(method, rest, body)
        if method != "GET":
            return _json(405, {"errors": ["unsupported operation"]})
        if mount == "kv" and path in self.vault:
            return _found(self.vault[path])
        if mount == "secret" and not rest.startswith(("data/", "metadata/")):
            warning = "Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use."
            return _json(404, {"data": None, "warnings": [warning]})
        name = f"secret/{rest.removeprefix('data/')}"
        if mount == "secret" and name in self.vault:
            metadata = {"created_time": "2026-01-01T00:00:00Z", "deletion_time": "", "destroyed": False, "version": 1}
            return _found({"data": self.vault[name], "metadata": metadata})
        return _json(404, {"errors": []})

    def _aws(self, method: str, path: str, body: bytes) -> Answer:
        kind, _, role = path.partition("/")
        if role not in self.aws_roles:
            return _json(400, {"errors": [f'Role "{role}" not found']})
        keys = {"access_key": f"AKIA{secrets.token_hex(8).upper()}", "secret_key": secrets.token_hex(20)}
        if kind == "creds" and method == "GET":
            return _found({**keys, "security_token": None}, lease=f"aws/creds/{role}/{secrets.token_hex(12)}")
        if kind == "sts" and method in ("PUT", "POST"):
            wanted = json.loads(body).get("role_arn")
            if wanted not in self.aws_roles[role]:
                return _json(400, {"errors": [f"role_arn {json.dumps(wanted)} not in allowed role arns for Vault role {role!r}"]})
            return _found({**keys, "security_token": secrets.token_hex(40)}, lease=f"aws/sts/{role}/{secrets.token_hex(12)}")
        return _json(405, {"errors": ["unsupported operation"]})


def _found(data: dict[str, Any], lease: str = "") -> Answer:
    answer = {
        "request_id": str(uuid.uuid4()),
        "lease_id": lease,
        "renewable": False,
        "lease_duration": 3600 if lease else 0,
        "data": data,
        "wrap_info": None,
        "warnings": None,
        "auth": None,
    }
    return _json(200, answer)


def _json(status: int, body: Any, headers: list[tuple[str, str]] | None = None) -> Answer:
    return status, [("Content-Type", "application/json"), *(headers or [])], json.dumps(body).encode()
