"""A line to a port of this machine that takes its time and has no limit of bandwidth.

    python3 benches/delay.py PORT [MILLISECONDS]

Prints the port that it listens on. What comes in goes out MILLISECONDS later (20 unless told otherwise), in either direction, so that
the way there and back takes twice as long. It ends when its standard input does, or when it is killed.
"""

from __future__ import annotations

import queue
import socket
import sys
import threading
import time

# Of one read: what a line carries in a moment, so that Python's own work does not count.
PIECE = 1024 * 1024
# Pieces under way in one direction; more than any window of SSH, even if all are small.
MOST_PIECES = 100_000


def main() -> int:
    """Serves until the caller is gone."""
    port = int(sys.argv[1])
    delay = float(sys.argv[2]) / 1000 if len(sys.argv) > 2 else 0.02
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listener.getsockname()[1], flush=True)
    threading.Thread(target=accept, args=(listener, port, delay), daemon=True).start()
    sys.stdin.read()
    return 0


def accept(listener: socket.socket, port: int, delay: float) -> None:
    """Two threads a direction: one takes in, the other waits and gives out."""
    while True:
        here, _ = listener.accept()
        there = socket.create_connection(("127.0.0.1", port))
        for end in (here, there):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for source, target in ((here, there), (there, here)):
            line: queue.Queue[tuple[float, bytes]] = queue.Queue(MOST_PIECES)
            threading.Thread(target=take_in, args=(source, line, delay), daemon=True).start()
            threading.Thread(target=give_out, args=(target, line), daemon=True).start()


def take_in(source: socket.socket, line: queue.Queue[tuple[float, bytes]], delay: float) -> None:
    """Reads as fast as it can, and notes when each piece is due."""
    data = b"first"
    while data:
        try:
            data = source.recv(PIECE)
        except OSError:
            data = b""
        line.put((time.monotonic() + delay, data))


def give_out(target: socket.socket, line: queue.Queue[tuple[float, bytes]]) -> None:
    """Writes each piece once it is due; the end too."""
    while True:
        due, data = line.get()
        time.sleep(max(0.0, due - time.monotonic()))
        try:
            if not data:
                target.shutdown(socket.SHUT_WR)
                return
            target.sendall(data)
        except OSError:
            return


if __name__ == "__main__":
    sys.exit(main())
