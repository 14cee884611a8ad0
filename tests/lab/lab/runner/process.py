"""Starts the process of a stage, reads its output, and stops it as the runner does."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from lab.runner.triggers import Trigger

# ProcessInvoker.cs: _sigintTimeout and _sigtermTimeout; then it kills.
CANCEL = ((signal.SIGINT, 7.5), (signal.SIGTERM, 2.5), (signal.SIGKILL, 0.0))
KILL = ((signal.SIGKILL, 0.0),)
# Short against what is measured, which is seconds; long against the cost of a look.
TICK = 0.005


@dataclass(frozen=True)
class Interruption:
    """When to stop the process, and by which signals, each with the seconds to wait before the next."""

    trigger: Trigger
    signals: tuple[tuple[signal.Signals, float], ...]


@dataclass
class Ending:
    """How the process ended. Times are seconds since its start; `exit_code` is 128 + n after signal n, as docker's."""

    exit_code: int
    seconds: float
    signals: list[dict[str, object]] = field(default_factory=list)
    timed_out: bool = False
    strays: list[str] = field(default_factory=list)

    @property
    def seconds_after_signal(self) -> float | None:
        """From the first signal to the exit."""
        return self.seconds - float(str(self.signals[0]["at"])) if self.signals else None


def run(program: Path, environment: dict[str, str], workspace: Path, take: Callable[[str], None], stop: Stop) -> Ending:
    """Runs a program to its end. `take` gets each line of stdout and stderr as it comes."""
    started = time.monotonic()
    process = subprocess.Popen(
        [str(program)],
        env=environment,
        cwd=workspace,
        # `docker run` without `-i` has no input.
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A Ctrl-C at the test's terminal is not a cancel.
        start_new_session=True,
    )
    pipes = (process.stdout, process.stderr)
    readers = [threading.Thread(target=_read, args=(pipe, take), daemon=True) for pipe in pipes]
    for reader in readers:
        reader.start()
    ending = _watch(process, started, stop)
    ending.strays = _end_strays(environment["RUNNER_TRACKING_ID"])
    for reader in readers:
        reader.join(timeout=5)
    return ending


@dataclass(frozen=True)
class Stop:
    """What may end a process early: an interruption, and a limit in seconds that only a hanging test reaches."""

    interruption: Interruption | None
    limit: float


def _watch(process: subprocess.Popen[bytes], started: float, stop: Stop) -> Ending:
    ending = Ending(exit_code=0, seconds=0)
    pending = list(stop.interruption.signals) if stop.interruption else []
    next_at: float | None = None
    while process.poll() is None:
        now = time.monotonic()
        if now - started > stop.limit and not ending.timed_out:
            ending.timed_out = True
            process.kill()
        due = now >= next_at if next_at is not None else _fired(stop, now - started)
        if pending and due:
            number, patience = pending.pop(0)
            # Before it goes out: the process may be gone before the next line runs.
            ending.signals.append({"name": number.name, "at": round(now - started, 3)})
            process.send_signal(number)
            next_at = now + patience
        time.sleep(TICK)
    code = process.returncode
    ending.exit_code = code if code >= 0 else 128 - code
    ending.seconds = round(time.monotonic() - started, 3)
    return ending


def _fired(stop: Stop, seconds: float) -> bool:
    return stop.interruption is not None and stop.interruption.trigger.fired(seconds)


def _read(pipe: IO[bytes] | None, take: Callable[[str], None]) -> None:
    assert pipe is not None
    for line in pipe:
        take(line.decode("utf-8", "replace").removesuffix("\n").removesuffix("\r"))


def _end_strays(tracking_id: str) -> list[str]:
    """Kills what is left of the container: the kernel does so when PID 1 of a container ends. Returns their names."""
    strays = []
    mark = f"RUNNER_TRACKING_ID={tracking_id}".encode()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (entry / "environ").read_bytes().split(b"\0"):
                strays.append((entry / "comm").read_text().strip())
                os.kill(int(entry.name), signal.SIGKILL)
        except OSError:
            # It ended meanwhile, or it is not ours to read.
            continue
    return strays
