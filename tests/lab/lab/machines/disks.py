"""What machines and images hold on disk: layers over the base, the topmost first."""

from __future__ import annotations

import itertools
import os
import shutil
import stat
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .mounts import is_opaque, is_whiteout

Layers = tuple[Path, ...]


@dataclass
class Disk:
    """A machine's disk: what its image holds, and the layer that it writes to."""

    layers: Layers
    upper: Path


class Disks:
    """Makes layers, and deletes those that nothing needs any more."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        directory.mkdir()

    def new(self, layers: Layers) -> Disk:
        """A disk that starts with `layers`."""
        return Disk(layers, self._empty_layer())

    def freeze(self, disk: Disk) -> Layers:
        """What `disk` holds, for an image. Copies nothing: the machine, which must be
        stopped, gets a new layer to write to at its next start."""
        if any(disk.upper.iterdir()):
            disk.layers = (disk.upper, *disk.layers)
            disk.upper = self._empty_layer()
        return disk.layers

    def copy(self, disk: Disk) -> Layers:
        """What `disk` holds while its machine writes on."""
        copied = self._empty_layer()
        subprocess.run(["cp", "-a", f"{disk.upper}/.", str(copied)], check=True)
        return (copied, *disk.layers)

    def sweep(self, used: set[Path]) -> None:
        """Deletes every layer that is not in `used`."""
        for layer in list(self._directory.iterdir()):
            if layer not in used:
                shutil.rmtree(layer, ignore_errors=True)

    def _empty_layer(self) -> Path:
        with self._lock:
            layer = self._directory / str(next(self._numbers))
        layer.mkdir()
        layer.chmod(0o755)
        return layer


def look_up(layers: Layers, path: str) -> Path | None:
    """Where in `layers` the absolute `path` lies; None where it was never written, or deleted."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if ".." in parts:
        return None
    for layer in layers:
        here = layer
        hides = False
        for part in parts:
            hides = hides or is_opaque(here)
            here = here / part
            if is_whiteout(here):
                return None
        if here.is_symlink() or here.exists():
            return here
        if hides:
            return None
    return None


def written(layers: Layers) -> list[dict[str, Any]]:
    """Every path in `layers` with its kind, mode, owner and size; deleted ones have the kind `deleted`."""
    found: dict[str, dict[str, Any]] = {}
    for layer in reversed(layers):
        for directory, names, files in os.walk(layer):
            for name in [*names, *files]:
                path = Path(directory) / name
                found["/" + str(path.relative_to(layer))] = describe(path)
    return [{"path": path, **found[path]} for path in sorted(found)]


def describe(path: Path) -> dict[str, Any]:
    """Kind, mode, owner and size of a path in a layer."""
    status = path.lstat()
    kinds = {stat.S_IFDIR: "directory", stat.S_IFREG: "file", stat.S_IFLNK: "link"}
    kind = "deleted" if is_whiteout(path) else kinds.get(stat.S_IFMT(status.st_mode), "other")
    return {
        "kind": kind,
        "mode": f"{stat.S_IMODE(status.st_mode):04o}",
        "uid": status.st_uid,
        "gid": status.st_gid,
        "size": status.st_size,
    }
