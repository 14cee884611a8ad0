"""Machines: what is in them, what images keep of them, how they end."""

from __future__ import annotations

import signal
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from conftest import Lab, ssh, wait_until
from test_calls import available_image, instance, launch, state


@pytest.fixture
def key_name(ec2: Any, ssh_key: Path) -> str:
    ec2.import_key_pair(KeyName="key", PublicKeyMaterial=ssh_key.with_suffix(".pub").read_bytes())
    return "key"


def boot(ec2: Any, key: Path, **more: Any) -> tuple[str, str]:
    """An instance whose machine answers, and its address."""
    made = launch(ec2, KeyName="key", **more)
    address = instance(ec2, made)["PublicIpAddress"]
    wait_until(lambda: ssh(key, address, "true").returncode == 0, 20)
    return made, address


def stop(ec2: Any, made: str) -> None:
    ec2.stop_instances(InstanceIds=[made])
    wait_until(lambda: state(ec2, made) == "stopped")


@pytest.mark.parametrize("user", ["ubuntu", "ec2-user", "admin", "centos", "root"])
def test_the_usual_users_log_in(ec2: Any, ssh_key: Path, key_name: str, user: str) -> None:
    _, address = boot(ec2, ssh_key)
    done = ssh(ssh_key, address, "id -un && sudo id -un", user)
    assert done.stdout.split() == [user, "root"], done.stderr


def test_an_image_keeps_what_its_instance_wrote(lab: Lab, ec2: Any, ssh_key: Path, key_name: str) -> None:
    made, address = boot(ec2, ssh_key)
    done = ssh(
        ssh_key, address, "sudo mkdir /app && echo one | sudo tee /etc/one && echo x >/tmp/gone && sudo rm /etc/issue"
    )
    assert done.returncode == 0, done.stderr
    assert not Path("/etc/one").exists()
    stop(ec2, made)
    image_id = available_image(ec2, made)
    assert lab.get(f"images/{image_id}/files?path=/etc/one") == b"one\n"
    assert "/app" in {one["path"] for one in lab.get(f"images/{image_id}/tree")}
    _, second = boot(ec2, ssh_key, ImageId=image_id)
    done = ssh(ssh_key, second, "cat /etc/one; ls -d /app; ls /etc/issue /tmp/gone")
    assert done.stdout.split() == ["one", "/app"]


def test_user_data_runs_as_root_once(ec2: Any, ssh_key: Path, key_name: str) -> None:
    made, address = boot(ec2, ssh_key, UserData="#!/bin/sh\nid -u >>/var/once\n")
    assert ssh(ssh_key, address, "cat /var/once; cloud-init status --wait").stdout.split("\n")[:2] == [
        "0",
        "status: done",
    ]
    stop(ec2, made)
    ec2.start_instances(InstanceIds=[made])
    wait_until(lambda: ssh(ssh_key, address, "true").returncode == 0)
    assert ssh(ssh_key, address, "cat /var/once").stdout == "0\n"


@pytest.mark.parametrize(("behaviour", "end"), [("stop", "stopped"), ("terminate", "terminated")])
def test_a_power_off_by_the_guest_ends_the_instance(
    ec2: Any, ssh_key: Path, key_name: str, behaviour: str, end: str
) -> None:
    made, address = boot(ec2, ssh_key, InstanceInitiatedShutdownBehavior=behaviour)
    ssh(ssh_key, address, "sudo shutdown -h now")
    wait_until(lambda: state(ec2, made) == end)
    assert instance(ec2, made)["StateReason"]["Code"] == "Client.InstanceInitiatedShutdown"


def test_a_reboot_changes_the_boot_id(ec2: Any, ssh_key: Path, key_name: str) -> None:
    made, address = boot(ec2, ssh_key)
    read = "cat /proc/sys/kernel/random/boot_id"
    before = ssh(ssh_key, address, read).stdout
    ssh(ssh_key, address, "echo kept >~/file; sudo reboot; sleep 5")
    after = wait_until(lambda: ssh(ssh_key, address, f"{read}; cat ~/file").stdout.replace(before, ""))
    assert after.split("\n")[1] == "kept"
    assert state(ec2, made) == "running"


def test_a_machine_does_what_a_test_asks_for(lab: Lab, ec2: Any, ssh_key: Path, key_name: str) -> None:
    made, address = boot(ec2, ssh_key)
    lab.post(f"machines/{made}/refuse-login")
    wait_until(lambda: "Permission denied" in ssh(ssh_key, address, "true").stderr)
    lab.post(f"machines/{made}/kill-sshd")
    wait_until(lambda: "refused" in ssh(ssh_key, address, "true").stderr)
    lab.post(f"machines/{made}/blackhole")

    def swallowed() -> bool:
        with socket.socket() as probe:
            probe.settimeout(0.5)
            try:
                probe.connect((address, 22))
            except TimeoutError:
                return True
            except OSError:
                return False
        return False

    wait_until(swallowed)
    lab.post(f"machines/{made}/start-sshd")
    wait_until(lambda: ssh(ssh_key, address, "true").returncode == 0)
    lab.post(f"machines/{made}/poweroff")
    wait_until(lambda: state(ec2, made) == "stopped")


def test_the_console_shows_boot_and_logins(ec2: Any, ssh_key: Path, key_name: str) -> None:
    made, _ = boot(ec2, ssh_key)
    text = ec2.get_console_output(InstanceId=made)["Output"]
    assert "Linux version" in text and "Accepted publickey for ubuntu" in text


def test_a_cut_connection_ends_the_command(lab: Lab, ec2: Any, ssh_key: Path, key_name: str) -> None:
    made, address = boot(ec2, ssh_key)
    lab.post("settings", {"stopping": 0.1})
    options = ["-F", "none", "-i", str(ssh_key), "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"]
    session = subprocess.Popen(["ssh", *options, f"ubuntu@{address}", "echo up; sleep 60"], stdout=subprocess.PIPE)
    assert session.stdout is not None and session.stdout.readline() == b"up\n"
    lab.post(f"machines/{made}/drop-connections")
    assert session.wait(timeout=10) == 255
    assert ssh(ssh_key, address, "true").returncode == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_outlives_the_lab(tmp_path: Path, ssh_key: Path, number: int) -> None:
    lab = Lab(tmp_path)
    ec2 = lab.client()
    ec2.import_key_pair(KeyName="key", PublicKeyMaterial=ssh_key.with_suffix(".pub").read_bytes())
    _, address = boot(ec2, ssh_key)
    listener = f"ListenAddress={address}"
    assert subprocess.run(["pgrep", "-f", listener], capture_output=True).returncode == 0
    lab.stop(number)
    wait_until(lambda: subprocess.run(["pgrep", "-f", listener], capture_output=True).returncode == 1)
    assert str(tmp_path) not in Path("/proc/self/mounts").read_text()
    again = Lab(tmp_path)
    assert again.stop() == 0
