"""SSH host keys: an ed25519 key of its own for every machine, RSA from a small pool made at the start."""

from __future__ import annotations

import threading
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

# An RSA key takes 50 to 200 ms, which is more than a whole boot: machines share a few.
RSA_POOL = 4


class HostKeys:
    """Makes host keys; the pool is filled beside the first calls."""

    def __init__(self) -> None:
        self._pool: list[tuple[str, str]] = []
        self._filled = threading.Condition()
        self._next = 0
        threading.Thread(target=self._fill, name="lab-host-keys", daemon=True).start()

    def write(self, directory: Path) -> None:
        """Writes a machine's keys as `ssh_host_*` into `directory`."""
        pairs = {"ed25519": _texts(ed25519.Ed25519PrivateKey.generate()), "rsa": self._rsa()}
        for kind, (private, public) in pairs.items():
            path = directory / f"ssh_host_{kind}_key"
            path.write_text(private)
            path.chmod(0o600)
            path.with_suffix(".pub").write_text(f"{public} lab\n")

    def _rsa(self) -> tuple[str, str]:
        with self._filled:
            self._filled.wait_for(lambda: bool(self._pool))
            self._next += 1
            return self._pool[self._next % len(self._pool)]

    def _fill(self) -> None:
        for _ in range(RSA_POOL):
            pair = _texts(rsa.generate_private_key(public_exponent=65537, key_size=2048))
            with self._filled:
                self._pool.append(pair)
                self._filled.notify_all()


def _texts(key: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey) -> tuple[str, str]:
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return private.decode(), public.decode()
