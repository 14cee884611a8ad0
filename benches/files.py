"""Measures how fast files go to a machine and come back, beside OpenSSH's `scp` and `sftp` and Packer.

    python3 benches/files.py --binary PATH [--packer PATH] [--rounds 5] [--megabytes 1024] [--files 10000] [--far-files 500] [--together]

Needs root and OpenSSH: a server of its own listens on a port of this machine. Each program moves the same files over the same
line, one after another in every round; what arrived is compared byte for byte after every run. Prints Markdown tables of medians,
and fails where ours has less than 0.95 of the speed of the fastest.

`--together` runs all rounds of all programs with the small files over the long line at once: they wait for answers and not for the
processor, and one after another would take a day.
"""

from __future__ import annotations

import argparse
import filecmp
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

HERE = Path(__file__).resolve().parent
# 20 ms each way.
DELAY = 20
ENOUGH = 0.95
# No run takes as long.
LONGEST_SECONDS = 3600

CONFIG = """Port {port}
ListenAddress 127.0.0.1
HostKey {here}/host
PidFile none
AuthorizedKeysFile {here}/key.pub
StrictModes no
UsePAM no
PermitRootLogin yes
MaxStartups 100
Subsystem sftp /usr/lib/openssh/sftp-server
"""


@dataclass(frozen=True)
class Task:
    """What is moved, and which way."""

    title: str
    name: str
    up: bool


@dataclass(frozen=True)
class Place:
    """Where the server is and what lies there."""

    here: Path
    port: int
    # What a run writes for itself: several may go on at once.
    scratch: Path

    def options(self, port_flag: str) -> list[str]:
        """For OpenSSH's clients."""
        plain = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "IdentitiesOnly=yes", "LogLevel=ERROR", "BatchMode=yes"]
        return ["-F", "none", "-i", f"{self.here}/key", port_flag, str(self.port), *[part for one in plain for part in ("-o", one)]]


Move = Callable[[Place, Task, Path, Path], list[str]]


def main() -> int:
    """Both lines, every task."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True, help="our release binary")
    parser.add_argument("--packer", help="Packer's binary")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--megabytes", type=int, default=1024, help="MiB of the large file")
    parser.add_argument("--files", type=int, default=10_000, help="files of 4 kB over the plain line")
    parser.add_argument("--far-files", type=int, default=500, help="the same over the long line, where others wait for each")
    parser.add_argument("--line", choices=["plain", "long", "both"], default="both")
    parser.add_argument("--way", choices=["scp", "sftp"], help="`ssh_file_transfer_method` for ours and Packer's; else the default")
    parser.add_argument("--task", choices=["large", "small", "both"], default="both", help="the one large file, the many small ones, or both")
    parser.add_argument("--together", action="store_true", help="see above")
    options = parser.parse_args()
    programs: dict[str, Move] = {"ami-build": template(options.binary, options.way)}
    if options.packer:
        programs["Packer"] = template(options.packer, options.way)
    programs |= {"scp": scp, "sftp": sftp}
    enough = True
    with tempfile.TemporaryDirectory(prefix="files-") as directory, server(Path(directory)) as place:
        lines = {
            "plain": ("loopback", plain_line, options.files),
            "long": (f"{2 * DELAY} ms there and back", long_line, options.far_files),
        }
        for title, line, count in [lines[name] for name in lines if options.line in (name, "both")]:
            tasks = [task for task in prepare(place.here, options.megabytes, count) if options.task in (task.name, "both")]
            with line(place) as port:
                found = measure(programs, replace(place, port=port), tasks, options.rounds, options.together and line is long_line)
            enough = table(title, tasks, list(programs), found) and enough
    return 0 if enough else 1


def prepare(here: Path, megabytes: int, count: int) -> list[Task]:
    """Random bytes, so that nothing can be compressed away."""
    large, small = here / "large", here / "small"
    if not large.exists():
        with large.open("wb") as file:
            for _ in range(megabytes):
                file.write(os.urandom(1 << 20))
    shutil.rmtree(small, ignore_errors=True)
    small.mkdir()
    for number in range(count):
        (small / f"{number:05}").write_bytes(os.urandom(4096))
    one, many = f"{megabytes} MiB", f"{count:,} files of 4 kB"
    return [Task(f"{what}, {way}", name, way == "upload") for what, name in ((one, "large"), (many, "small")) for way in ("upload", "download")]


def measure(programs: dict[str, Move], place: Place, tasks: list[Task], rounds: int, together: bool) -> dict[tuple[str, str], list[float]]:
    """Every program once, then every one again: what else the machine does hits all of them."""
    turns = [(number, task, name) for number in range(rounds) for task in tasks for name in rotated(list(programs), number)]
    at_once = [turn for turn in turns if together and turn[1].name == "small"]
    found: dict[tuple[str, str], list[float]] = {}

    def take(turn: tuple[int, Task, str]) -> None:
        number, task, name = turn
        seconds = run(programs[name], place, task)
        found.setdefault((task.title, name), []).append(seconds)
        print(f"round {number + 1}, load {os.getloadavg()[0]:.1f}, {task.title}, {name}: {seconds:.2f} s", file=sys.stderr)

    for turn in turns:
        if turn not in at_once:
            take(turn)
    with ThreadPoolExecutor(max(1, len(at_once))) as pool:
        for done in [pool.submit(take, turn) for turn in at_once]:
            done.result()
    return found


def rotated(names: list[str], number: int) -> list[str]:
    """Another one begins every round."""
    begin = number % len(names)
    return names[begin:] + names[:begin]


def run(move: Move, place: Place, task: Task) -> float:
    """One transfer into an empty directory, looked at afterwards."""
    scratch = Path(tempfile.mkdtemp(prefix="run-", dir=place.here))
    target = scratch / "target"
    target.mkdir()
    os.sync()
    source = place.here / task.name
    command = move(replace(place, scratch=scratch), task, source, target)
    begin = time.monotonic()
    ended = subprocess.run(
        command, cwd=place.here, stdin=subprocess.DEVNULL, capture_output=True, env=environment(), timeout=LONGEST_SECONDS, check=False
    )
    seconds = time.monotonic() - begin
    if ended.returncode != 0:
        raise SystemExit(f"{command} ended with {ended.returncode}:\n{ended.stdout.decode()}{ended.stderr.decode()}")
    compare(source, target / task.name)
    shutil.rmtree(scratch)
    return seconds


def compare(source: Path, got: Path) -> None:
    """Every byte of every file."""
    names = sorted(path.name for path in source.iterdir()) if source.is_dir() else None
    if names is None:
        same = filecmp.cmp(source, got, shallow=False)
    else:
        same = filecmp.cmpfiles(source, got, names, shallow=False)[0] == names and len(list(got.iterdir())) == len(names)
    if not same:
        raise SystemExit(f"{got} is not what {source} is")


def environment() -> dict[str, str]:
    """Nothing of the caller's but its paths."""
    return {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "CHECKPOINT_DISABLE": "1"}


def template(binary: str, way: str | None) -> Move:
    """A build of a `null` machine with one `file` provisioner."""

    def command(place: Place, task: Task, source: Path, target: Path) -> list[str]:
        builder = {
            "type": "null",
            "ssh_host": "127.0.0.1",
            "ssh_port": place.port,
            "ssh_username": "root",
            "ssh_private_key_file": f"{place.here}/key",
        } | ({"ssh_file_transfer_method": way} if way else {})
        if task.up:
            moved = {"direction": "upload", "source": str(source), "destination": str(target if source.is_dir() else target / source.name)}
        elif source.is_dir():
            moved = {"direction": "download", "source": f"{source}/", "destination": f"{target}/"}
        else:
            moved = {"direction": "download", "source": str(source), "destination": str(target / source.name)}
        path = place.scratch / "template.json"
        path.write_text(json.dumps({"builders": [builder], "provisioners": [{"type": "file", **moved}]}))
        return [binary, "build", "-color=false", str(path)]

    return command


def scp(place: Place, task: Task, source: Path, target: Path) -> list[str]:
    """OpenSSH's `scp`, as it comes."""
    remote = f"root@127.0.0.1:{target if task.up else source}"
    return ["scp", "-q", "-r", *place.options("-P"), *([str(source), remote] if task.up else [remote, str(target)])]


def sftp(place: Place, task: Task, source: Path, target: Path) -> list[str]:
    """OpenSSH's `sftp`, as it comes."""
    batch = place.scratch / "batch"
    batch.write_text(f"put -r {source} {target}/\n" if task.up else f"get -r {source} {target}/\n")
    return ["sftp", "-q", *place.options("-P"), "-b", str(batch), "root@127.0.0.1"]


@contextmanager
def server(here: Path) -> Iterator[Place]:
    """An SSH server of our own."""
    for name in ("host", "key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(here / name)], check=True)
    port = free_port()
    (here / "config").write_text(CONFIG.format(port=port, here=here))
    Path("/run/sshd").mkdir(parents=True, exist_ok=True)
    daemon = subprocess.Popen(["/usr/sbin/sshd", "-D", "-f", str(here / "config")])
    try:
        time.sleep(1)
        yield Place(here, port, here)
    finally:
        daemon.terminate()
        daemon.wait()


def free_port() -> int:
    """One that nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def plain_line(place: Place) -> Iterator[int]:
    """The loopback interface."""
    yield place.port


@contextmanager
def long_line(place: Place) -> Iterator[int]:
    """See delay.py."""
    command = [sys.executable, str(HERE / "delay.py"), str(place.port), str(DELAY)]
    line = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert line.stdout is not None
        yield int(line.stdout.readline())
    finally:
        line.kill()
        line.wait()


def table(title: str, tasks: list[Task], names: list[str], found: dict[tuple[str, str], list[float]]) -> bool:
    """Medians in seconds, and ours beside the best; whether ours is fast enough everywhere."""
    others = [name for name in names if name != "ami-build"]
    print(f"\n| Line: {title} | {' | '.join(names)} | Speed, the best other = 1 |\n|---|{'---|' * (len(names) + 1)}")
    enough = True
    for task in tasks:
        median = {name: statistics.median(found[task.title, name]) for name in names}
        speed = min(median[name] for name in others) / median["ami-build"]
        enough = enough and speed >= ENOUGH
        print(f"| {task.title} | {' | '.join(f'{median[name]:.2f} s' for name in names)} | {speed:.2f} |")
    sys.stdout.flush()
    return enough


if __name__ == "__main__":
    sys.exit(main())
