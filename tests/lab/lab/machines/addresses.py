"""Loopback addresses on which port 22 is free."""

from __future__ import annotations

import random
import socket
import threading

SSH_PORT = 22


class NoAddress(Exception):
    """Port 22 is taken on the whole of 127.0.0.0/8, or not for us to bind."""


class Addresses:
    """Hands out each address once; several labs on one host do not meet."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._lock = threading.Lock()

    def take(self) -> str:
        """A free address. Raises NoAddress."""
        reason: OSError | None = None
        for _ in range(50):
            address = f"127.{random.randint(16, 250)}.{random.randint(0, 255)}.{random.randint(1, 254)}"
            with self._lock:
                if address in self._taken:
                    continue
            try:
                _try_to_bind(address)
            except OSError as error:
                reason = error
                continue
            with self._lock:
                self._taken.add(address)
            return address
        raise NoAddress(
            f"no loopback address with a free port 22: {reason}; does an sshd of the host listen on 0.0.0.0?"
        )

    def give_back(self, address: str) -> None:
        """Makes `address` free for another machine."""
        with self._lock:
            self._taken.discard(address)


def _try_to_bind(address: str) -> None:
    with socket.socket() as probe:
        probe.bind((address, SSH_PORT))


class Plug:
    """Makes a port swallow packets: a listener whose queue is full answers no SYN."""

    def __init__(self, address: str) -> None:
        self._sockets = [_listener(address)]
        for _ in range(3):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex((address, SSH_PORT))
            self._sockets.append(filler)

    def pull(self) -> None:
        """Ends it; what was queued is reset."""
        for one in self._sockets:
            one.close()


def _listener(address: str) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, SSH_PORT))
    listener.listen(0)
    return listener
