"""Consul and Vault of the lab answer as the real ones do, as far as templates read from them."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest


def ask(url: str, method: str = "GET", body: Any = None, **headers: str) -> tuple[int, Any]:
    """Status and JSON body; None where there is no body."""
    data = None if body is None else json.dumps(body).encode()
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, method=method, data=data, headers=names)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        text = error.read()
        return error.code, json.loads(text) if text.startswith(b"{") else text.decode()


def test_consul_wants_its_token_and_encodes_values(lab: Any) -> None:
    lab.post("stores", {"consul": {"app/a b": "value"}, "consul_token": "t"})
    assert ask(f"{lab.url}/consul/v1/kv/app/a%20b")[0] == 403
    status, entries = ask(f"{lab.url}/consul/v1/kv/app/a%20b", X_Consul_Token="t")
    assert (status, entries[0]["Value"]) == (200, "dmFsdWU=")
    assert ask(f"{lab.url}/consul/v1/kv/gone", X_Consul_Token="t")[0] == 404


def test_vault_has_both_versions_of_its_store(lab: Any) -> None:
    lab.post("stores", {"vault": {"kv/one": {"k": "v1"}, "secret/two": {"k": "v2"}}, "vault_token": "t"})
    assert ask(f"{lab.url}/vault/v1/kv/one", X_Vault_Token="x")[0] == 403
    assert ask(f"{lab.url}/vault/v1/kv/one", X_Vault_Token="t")[1]["data"] == {"k": "v1"}
    assert ask(f"{lab.url}/vault/v1/secret/data/two", X_Vault_Token="t")[1]["data"]["data"] == {"k": "v2"}
    status, answer = ask(f"{lab.url}/vault/v1/secret/two", X_Vault_Token="t")
    assert status == 404 and "versioned" in answer["warnings"][0]


@pytest.mark.parametrize(("arn", "status"), [("arn:a", 200), ("arn:b", 400)])
def test_vault_makes_credentials_for_what_a_role_may_assume(lab: Any, arn: str, status: int) -> None:
    lab.post("stores", {"aws_roles": {"builder": ["arn:a"]}})
    got, answer = ask(f"{lab.url}/vault/v1/aws/sts/builder", "PUT", {"role_arn": arn}, X_Vault_Token="t")
    assert got == status
    assert status != 200 or answer["data"]["security_token"]
