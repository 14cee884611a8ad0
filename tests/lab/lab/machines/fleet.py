"""All machines of the lab, by instance, and what its images hold."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

from ..clock import Clock
from . import machine as machines
from .addresses import Addresses, Plug
from .base import write_base
from .disks import Disks, Layers
from .host_keys import HostKeys
from .machine import Machine, Spec
from .mounts import enter_private_namespace, mount_memory_disk

ORDERS = ("kill-sshd", "start-sshd", "drop-connections", "refuse-login", "poweroff", "reboot", "blackhole")


class Fleet:
    """Starts, stops and remembers machines. Without a disk (`--no-machines`) it only hands out addresses."""

    def __init__(self, disk: Path | None, clock: Clock) -> None:
        self._disk = disk
        self._clock = clock
        self._machines: dict[str, Machine] = {}
        self._images: dict[str, Layers] = {}
        self._lock = threading.RLock()
        self.addresses = Addresses()
        self.on_power_off: Callable[[str], None] = lambda instance_id: None
        if disk is not None:
            self._host_keys = HostKeys()
            self._base = disk / "base"
            (disk / "machines").mkdir()
            self._disks = Disks(disk / "layers")

    @property
    def real(self) -> bool:
        """Whether instances have machines."""
        return self._disk is not None

    def create(self, spec: Spec, image_id: str) -> None:
        """Makes the machine's files, from what the image holds; starts nothing."""
        if self._disk is None:
            return
        directory = self._disk / "machines" / spec.instance_id
        run = directory / "run"
        run.mkdir(parents=True)
        os.mkfifo(run / "control", 0o600)
        (run / "authorized_key").write_text(spec.authorized_key)
        (run / "user-data").write_bytes(spec.user_data)
        self._host_keys.write(run)
        with self._lock:
            disk = self._disks.new(self._images.get(image_id, ()))
            self._machines[spec.instance_id] = Machine(spec, disk, directory, self._ended)

    def start(self, instance_id: str) -> None:
        """Boots the machine, in a worker."""
        machine = self._machines.get(instance_id)
        if machine:
            machine.wanted = True
            self._clock.soon(lambda: machines.start(machine, self._base))

    def stop(self, instance_id: str) -> None:
        """Takes its power away; returns when it is off."""
        machine = self._machines.get(instance_id)
        if machine:
            machines.stop(machine)

    def reboot(self, instance_id: str) -> None:
        """Reboots the machine, in a worker."""
        machine = self._machines.get(instance_id)
        if machine:
            self._clock.soon(lambda: machines.reboot(machine, self._base))

    def destroy(self, instance_id: str) -> None:
        """Stops the machine and deletes its disk."""
        with self._lock:
            machine = self._machines.pop(instance_id, None)
        if machine is None:
            return
        machines.stop(machine)
        shutil.rmtree(machine.directory, ignore_errors=True)
        self.addresses.give_back(machine.spec.address)
        self._sweep()

    def order(self, instance_id: str, command: str) -> bool:
        """Does to a machine what a test asks for; False when it is not running."""
        machine = self._machines.get(instance_id)
        if machine is None or not machines.order(machine, command):
            return False
        if command == "blackhole":
            self._clock.soon(lambda: _plug(machine))
        return True

    def console(self, instance_id: str) -> bytes:
        """All that the machine wrote to its console."""
        machine = self._machines.get(instance_id)
        return machine.console.read_bytes() if machine and machine.console.exists() else b""

    def capture(self, instance_id: str, image_id: str) -> None:
        """Keeps what the machine holds now for the image."""
        with self._lock:
            machine = self._machines.get(instance_id)
            if machine is None:
                return
            running = machine.is_running()
            self._images[image_id] = self._disks.copy(machine.disk) if running else self._disks.freeze(machine.disk)

    def share(self, source_image_id: str, image_id: str) -> None:
        """Lets a copy of an image hold what its source holds."""
        with self._lock:
            if source_image_id in self._images:
                self._images[image_id] = self._images[source_image_id]

    def forget_image(self, image_id: str) -> None:
        """Drops what the image holds."""
        with self._lock:
            self._images.pop(image_id, None)
        self._sweep()

    def layers(self, image_id: str) -> Layers | None:
        """What the image holds; None for an image that no machine of this lab made."""
        return self._images.get(image_id)

    def write_base(self, private: list[Path]) -> None:
        """Prepares what every machine starts from."""
        if self._disk is not None:
            write_base(self._base, private)

    def clear(self) -> None:
        """Ends all machines and drops all images."""
        with self._lock:
            self._images.clear()
            ids = list(self._machines)
        for done in [self._clock.soon(lambda one=one: self.destroy(one)) for one in ids]:
            done.result(timeout=30)

    def _ended(self, instance_id: str, code: int) -> None:
        if code == machines.REBOOT:
            self.start(instance_id)
        elif code == machines.POWER_OFF:
            self._clock.soon(lambda: self.on_power_off(instance_id))

    def _sweep(self) -> None:
        if self._disk is None:
            return
        with self._lock:
            used = {layer for layers in self._images.values() for layer in layers}
            for machine in self._machines.values():
                used |= {machine.disk.upper, *machine.disk.layers}
            self._disks.sweep(used)


def _plug(machine: Machine) -> None:
    """Waits until sshd has let go of the port, then blocks it."""
    for _ in range(100):
        try:
            machine.plug = Plug(machine.spec.address)
            return
        except OSError:
            threading.Event().wait(0.02)


def open_fleet(directory: Path | None, clock: Clock, private: list[Path]) -> Fleet:
    """The fleet with its memory disk at `directory`; no machines at all where that is None."""
    if directory is not None:
        mount_memory_disk(directory)
    fleet = Fleet(directory, clock)
    fleet.write_base(private)
    return fleet


__all__ = ["ORDERS", "Fleet", "enter_private_namespace", "open_fleet"]
