"""The lab's process: mounts, moto, the HTTP server, and a clean end."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger("lab")


@dataclass(frozen=True)
class Options:
    """What `serve` was asked for."""

    port: int
    state_dir: Path
    ready_file: Path
    speed: float
    machines: bool


def serve(options: Options) -> None:
    """Serves until SIGTERM or SIGINT. Raises what keeps it from starting."""
    disk = None
    if options.machines:
        from .machines.mounts import enter_private_namespace

        enter_private_namespace()
        disk = options.state_dir / "disk"
    options.state_dir.mkdir(parents=True, exist_ok=True)
    # Read by moto at import: its 500 images per region cost a second, and nobody's template names them.
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"

    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    from .clock import Clock
    from .ec2.install import install
    from .front import Front
    from .machines.fleet import open_fleet
    from .world import World

    class QuietHandler(WSGIRequestHandler):
        """Keeps connections open, as EC2 does, and writes no line per request."""

        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_request(self, code: object = "-", size: object = "-") -> None:
            """Calls are in the journal."""

        def connection_dropped(self, error: BaseException, environ: object = None) -> None:
            """A cut connection takes no further request."""
            self.close_connection = True

    clock = Clock(options.speed)
    world = World(clock, open_fleet(disk, clock, _private_directories(options.state_dir)))
    install(world)
    front = Front(world, DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", options.port, front, threaded=True, request_handler=QuietHandler)
    server.daemon_threads = True  # type: ignore[attr-defined]
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    _announce(options.ready_file, server.port)
    server.serve_forever(poll_interval=0.05)
    clock.forget()
    world.fleet.clear()
    if disk is not None:
        # The memory disk goes with our mount namespace; its empty mount point goes now.
        subprocess.run(["umount", "-l", str(disk)], capture_output=True, check=False)
        shutil.rmtree(disk, ignore_errors=True)
    os._exit(0)  # a hanging request's thread must not keep us


def _announce(ready_file: Path, port: int) -> None:
    """Writes the port; by a rename, so that nobody reads half of it."""
    ready_file.parent.mkdir(parents=True, exist_ok=True)
    written = ready_file.with_name(f"{ready_file.name}.{os.getpid()}")
    written.write_text(f"{port}\n")
    written.rename(ready_file)


def _private_directories(state_dir: Path) -> list[Path]:
    """Directories of the host that no machine may see, besides those that none ever sees."""
    repository = Path(__file__).resolve().parents[3]
    cache = Path(os.environ.get("AMI_BUILD_CACHE", Path.home() / ".cache" / "ami-build"))
    return [path.resolve() for path in (state_dir, repository, cache, Path.home())]
