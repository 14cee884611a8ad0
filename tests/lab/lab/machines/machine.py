"""One machine: its files, its process, what can be done to it."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .addresses import Plug
from .disks import Disk

BOOT = Path(__file__).parent / "guest" / "boot"
# How the first process ends when the guest asks, see guest/init.
POWER_OFF, REBOOT = 10, 11


@dataclass(frozen=True)
class Spec:
    """What a machine is started with."""

    instance_id: str
    address: str
    authorized_key: str
    user_data: bytes
    console_text: str


@dataclass
class Machine:
    """A machine that exists, running or not."""

    spec: Spec
    disk: Disk
    directory: Path
    on_exit: Callable[[str, int], None]
    lock: threading.RLock = field(default_factory=threading.RLock)
    process: subprocess.Popen[bytes] | None = None
    plug: Plug | None = None
    booted: bool = False
    # Whether it shall run: a start that waits in a worker must not outlive a stop.
    wanted: bool = False

    @property
    def console(self) -> Path:
        """The file with all that the machine wrote to its console."""
        return self.directory / "console.log"

    @property
    def run(self) -> Path:
        """The directory that the machine sees as /run/lab."""
        return self.directory / "run"

    def is_running(self) -> bool:
        """Whether the machine has a first process."""
        return self.process is not None and self.process.poll() is None


def start(machine: Machine, base: Path) -> None:
    """Boots the machine; returns as soon as its process exists.

    Must run in a thread that outlives the machine, see `lab.clock`.
    """
    with machine.lock:
        if machine.is_running() or not machine.wanted:
            return
        (machine.run / "boot_id").write_text(f"{uuid.uuid4()}\n")
        with machine.console.open("ab") as console:
            console.write(machine.spec.console_text.encode())
            console.flush()
            process = _spawn(machine, base, console.fileno())
        machine.process = process
        machine.booted = True
    threading.Thread(target=_watch, args=(machine, process), daemon=True).start()


def stop(machine: Machine) -> None:
    """Takes the power away; returns when every process of the machine is gone."""
    with machine.lock:
        machine.wanted = False
        process, machine.process = machine.process, None
        if machine.plug:
            machine.plug.pull()
            machine.plug = None
    if process is not None:
        _kill(process)


def reboot(machine: Machine, base: Path) -> None:
    """Takes the power away and gives it back."""
    stop(machine)
    machine.wanted = True
    start(machine, base)


def order(machine: Machine, command: str) -> bool:
    """Hands `command` to the machine's first process; False when there is none."""
    with machine.lock:
        if not machine.is_running():
            return False
        if machine.plug:
            machine.plug.pull()
            machine.plug = None
        # Read and write: opening a fifo to write alone blocks until somebody reads.
        control = os.open(machine.run / "control", os.O_RDWR | os.O_NONBLOCK)
        try:
            os.write(control, command.encode() + b"\n")
        finally:
            os.close(control)
    return True


def _spawn(machine: Machine, base: Path, console: int) -> subprocess.Popen[bytes]:
    work = machine.directory / "work"
    for made in (work, machine.directory / "root"):
        made.mkdir(exist_ok=True)
    environment = {
        "PATH": os.environ.get("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
        "LAB_NAME": "ip-" + machine.spec.address.replace(".", "-"),
        "LAB_ADDRESS": machine.spec.address,
        "LAB_BOOT": "again" if machine.booted else "first",
        "LAB_LOWER": ":".join([*(str(layer) for layer in machine.disk.layers), str(base), "/"]),
        "LAB_UPPER": str(machine.disk.upper),
        "LAB_WORK": str(work),
        "LAB_ROOT": str(machine.directory / "root"),
        "LAB_RUN": str(machine.run),
    }
    # Two links make sure that nothing outlives the lab: `setpriv` kills `unshare` when the lab
    # dies, and `unshare` kills the machine's first process when it dies itself.
    command = ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--uts", "--ipc", "--fork"]
    command += ["--kill-child", "--propagation", "private", "sh", str(BOOT)]
    return subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=console, stderr=console, start_new_session=True
    )


def _watch(machine: Machine, process: subprocess.Popen[bytes]) -> None:
    code = process.wait()
    with machine.lock:
        if machine.process is not process:
            return
        machine.process = None
    machine.on_exit(machine.spec.instance_id, code)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kills `unshare`'s child, the first process: with it the kernel kills all of its namespace."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    try:
        for child in children.read_text().split():
            os.kill(int(child), signal.SIGKILL)
    except (OSError, ProcessLookupError):
        pass
    try:
        process.wait(timeout=2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
