"""`python3 -m lab serve`: see ../README.md."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from .machines.addresses import NoAddress
from .machines.mounts import MountError
from .server import Options, serve


def main() -> int:
    """Reads the command line and serves."""
    parser = argparse.ArgumentParser(prog="lab")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("serve", help="run the lab until SIGTERM or SIGINT")
    command.add_argument("--port", type=int, default=0, help="0 takes a free one")
    command.add_argument("--state-dir", type=Path, required=True)
    command.add_argument("--ready-file", type=Path, required=True, help="gets the port when the lab is ready")
    command.add_argument("--speed", type=float, default=1.0, help="2 makes every delay half as long")
    command.add_argument("--no-machines", action="store_true", help="calls only; needs no root")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    options = Options(
        port=arguments.port,
        state_dir=arguments.state_dir.resolve(),
        ready_file=arguments.ready_file.resolve(),
        speed=arguments.speed,
        machines=not arguments.no_machines,
    )
    try:
        serve(options)
    except (MountError, NoAddress) as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
