"""`python3 -m lab.github serve --port 0 --ready-file F --openapi PATH`"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from pathlib import Path

from lab.github.gateway import Gateway
from lab.github.openapi import Description
from lab.github.server import GitHubServer


def main() -> int:
    """Serves until SIGTERM or SIGINT. The ready file appears, whole, when the port answers."""
    arguments = _arguments()
    gateway = Gateway(Description.load(arguments.openapi))
    server = GitHubServer((arguments.host, arguments.port), gateway)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if arguments.ready_file:
        _write_whole(arguments.ready_file, {"url": server.url, "port": server.server_address[1], "pid": os.getpid()})
    try:
        server.serve_forever(poll_interval=0.1)
    except KeyboardInterrupt:
        pass
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="lab.github", description=__doc__)
    serve = parser.add_subparsers(dest="command", required=True).add_parser("serve")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=0)
    serve.add_argument("--ready-file", type=Path)
    serve.add_argument("--openapi", type=Path, required=True)
    return parser.parse_args()


def _write_whole(path: Path, value: object) -> None:
    """By a rename, so that whoever waits for the file never reads half of it."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(json.dumps(value) + "\n", encoding="utf-8")
    partial.replace(path)


if __name__ == "__main__":
    sys.exit(main())
