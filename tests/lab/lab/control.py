"""The control API under `/_lab/`: what tests set and what they read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from . import parameters
from .ec2.fleets import take_back
from .inventory import inventory
from .machines.disks import describe, look_up, written
from .machines.fleet import ORDERS
from .owner import Deed, do
from .retag import retag
from .settings import changed
from .world import ACCOUNT, World

Answer = tuple[int, str, bytes, list[tuple[str, str]]]


class Refused(Exception):
    """A request that makes no sense, with its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Control:
    """Answers control requests with JSON, or a file of an image."""

    def __init__(self, world: World) -> None:
        self._world = world

    def answer(self, method: str, path: str, query: str, body: bytes) -> Answer:
        """Status, content type, body and further headers."""
        try:
            parts = path.removeprefix("/_lab/").strip("/").split("/")
            if parts[0] == "images" and len(parts) == 3:
                return self._image(parts[1], parts[2], query)
            return _json(200, self._route(method, parts, json.loads(body) if body.strip() else None))
        except Refused as error:
            return _json(error.status, {"error": str(error)})
        except (ValueError, KeyError, TypeError) as error:
            return _json(400, {"error": f"{type(error).__name__}: {error}"})

    def _route(self, method: str, parts: list[str], wishes: Any) -> Any:
        match (method, *parts):
            case ("POST", "reset"):
                self._world.reset()
            case ("GET", "calls"):
                return self._world.journal.as_json()
            case ("GET", "transitions"):
                return self._world.transitions.as_json()
            case ("GET", "inventory"):
                with self._world.lock:
                    return inventory(self._world)
            case ("GET", "settings"):
                return self._world.settings.__dict__
            case ("POST", "settings"):
                self._world.settings = changed(self._world.settings, wishes or {})
            case ("POST", "faults"):
                self._set_faults(wishes)
            case ("POST", "stores"):
                self._world.stores.set(wishes or {})
            case ("POST", "identity"):
                self._world.identity.set(wishes or {})
            case ("GET", "identity"):
                return {"asked": self._world.identity.asked}
            case ("POST", "secrets", region):
                self._set_secrets(region, wishes or {})
            case ("GET", "stores"):
                return {"asked": self._world.stores.asked}
            case ("POST", "policy"):
                allow = (wishes or {}).get("allow")
                self._world.allowed = None if allow is None else frozenset(allow)
            case ("POST", "tags"):
                with self._world.lock:
                    return {"changed": retag(**wishes)}
            case ("POST", "owner"):
                with self._world.lock:
                    do(Deed(**wishes))
            case ("POST", "lose-snapshot"):
                with self._world.lock:
                    return _lose_snapshot(**wishes)
            case ("POST", "parameters"):
                with self._world.lock:
                    parameters.add_text(**wishes)
            case ("POST", "launch-templates"):
                return self._launch_template(**wishes)
            case ("POST", "keys"):
                return self._key(**wishes)
            case ("POST", "machines", instance_id, order):
                self._order(instance_id, order)
            case ("GET", "machines", instance_id, "console"):
                return {"console": self._world.fleet.console(instance_id).decode("utf-8", "replace")}
            case _:
                raise Refused(404, f"no {method} /_lab/{'/'.join(parts)}")
        return {"ok": True}

    def _launch_template(self, region: str, name: str, versions: int) -> dict[str, str]:
        """What a user made before: tests have no other way to have one in the account."""
        from moto.ec2.models import ec2_backends

        with self._world.lock:
            template = ec2_backends[ACCOUNT][region].create_launch_template(name, "", {}, {})
            for _ in range(versions - 1):
                template.create_version({}, "")
        return {"id": template.id}

    def _key(self, region: str, state: str) -> dict[str, str]:
        """A key of KMS that somebody made before, in this state."""
        from moto.kms.models import kms_backends

        with self._world.lock:
            key = kms_backends[ACCOUNT][region].create_key(None, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "", None)
            key.key_state = state
            key.enabled = state == "Enabled"
        return {"id": key.id}

    def _set_faults(self, wishes: Any) -> None:
        if isinstance(wishes, list) or wishes is None:
            wishes = {"rules": wishes or []}
        self._world.faults.set(wishes.get("rules", []))
        self._world.births.hide(wishes.get("late_visibility", {}))

    def _set_secrets(self, region: str, wishes: dict[str, str]) -> None:
        from moto.secretsmanager.models import secretsmanager_backends

        with self._world.lock:
            for name, text in wishes.items():
                secretsmanager_backends[ACCOUNT][region].create_secret(
                    name=name,
                    secret_string=text,
                    secret_binary=None,
                    description=None,
                    tags=None,
                    kms_key_id=None,
                    client_request_token=None,
                    replica_regions=[],
                    force_overwrite=False,
                )

    def _order(self, instance_id: str, order: str) -> None:
        if order == "interrupt":
            if not take_back(self._world, instance_id):
                raise Refused(409, f"`{instance_id}` is no spot instance that runs")
            return
        if order not in ORDERS:
            raise Refused(404, f"no order `{order}`; there are {', '.join(ORDERS)}")
        if not self._world.fleet.order(instance_id, order):
            raise Refused(409, f"machine `{instance_id}` is not running")

    def _image(self, image_id: str, what: str, query: str) -> Answer:
        layers = self._world.fleet.layers(image_id)
        if layers is None:
            return _json(404, {"error": f"no machine of this lab made image `{image_id}`"})
        if what == "tree":
            return _json(200, written(layers))
        path = parse_qs(query).get("path", ["/"])[0]
        found = look_up(layers, path)
        if found is None:
            return _json(404, {"error": f"`{path}` was never written on `{image_id}`"})
        return _file(found)


def _lose_snapshot(region: str, id: str) -> dict[str, str]:
    """EC2 removes none that an image is made of, but images whose snapshots are gone exist all the same."""
    from moto.ec2.models import ec2_backends

    return {"id": ec2_backends[ACCOUNT][region].snapshots.pop(id).id}


def _file(found: Path) -> Answer:
    facts = describe(found)
    headers = [(f"X-Lab-{key.capitalize()}", str(value)) for key, value in facts.items()]
    if facts["kind"] == "directory":
        status, kind, body, _ = _json(200, sorted(entry.name for entry in found.iterdir()))
        return status, kind, body, headers
    content = str(found.readlink()).encode() if facts["kind"] == "link" else found.read_bytes()
    return 200, "application/octet-stream", content, headers


def _json(status: int, value: Any) -> Answer:
    return status, "application/json", json.dumps(value, default=str).encode(), []
