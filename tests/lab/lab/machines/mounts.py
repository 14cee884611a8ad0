"""The lab's own mount namespace and the memory disk on which machines live.

A lower layer of an overlay must not lie below another one (the kernel answers ELOOP), and the
host's root is always the lowest: so the layers need a file system of their own. It is mounted in
a namespace that only the lab has, and so it is gone when the lab is, however that dies.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
from pathlib import Path

CLONE_NEWNS = 0x00020000  # linux/sched.h
OPAQUE = "trusted.overlay.opaque"  # https://docs.kernel.org/filesystems/overlayfs.html


class MountError(Exception):
    """The host does not let us mount what machines need."""


def enter_private_namespace() -> None:
    """Gives this process mounts of its own. To be called before the first thread starts."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) != 0:
        raise MountError(f"unshare: {os.strerror(ctypes.get_errno())}; machines need root (or --no-machines)")
    _run("mount", "--make-rprivate", "/")


def mount_memory_disk(path: Path) -> None:
    """Mounts the memory disk at `path`, and proves that an overlay of the host's root works there."""
    path.mkdir(parents=True, exist_ok=True)
    _run("mount", "-t", "tmpfs", "-o", "mode=0700", "lab", str(path))
    probe = path / "probe"
    for name in ("upper", "work", "root"):
        (probe / name).mkdir(parents=True)
    options = f"lowerdir=/,upperdir={probe / 'upper'},workdir={probe / 'work'}"
    try:
        _run("mount", "-t", "overlay", "lab-probe", "-o", options, str(probe / "root"))
    except MountError as error:
        raise MountError(f"this host refuses an overlay of its root: {error}") from error
    _run("umount", str(probe / "root"))


def make_opaque(directory: Path) -> None:
    """Hides what the layers below have in `directory`."""
    os.setxattr(directory, OPAQUE, b"y")


def is_opaque(directory: Path) -> bool:
    """Whether `directory` hides the layers below."""
    try:
        return os.getxattr(directory, OPAQUE) == b"y"
    except OSError:
        return False


def is_whiteout(path: Path) -> bool:
    """Whether `path` stands for something deleted: a character device 0:0."""
    try:
        status = path.lstat()
    except OSError:
        return False
    return (status.st_mode & 0o170000) == 0o020000 and status.st_rdev == 0


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise MountError(f"`{' '.join(command)}`: {done.stderr.strip()}")
