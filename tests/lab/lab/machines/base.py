"""The layer between the host's root and every machine: users, sshd's settings, what is hidden."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from .mounts import make_opaque

GUEST_FILES = Path(__file__).parent / "guest"

# The login users of the images that people start from, with the ids they get here.
USERS = {"ubuntu": 1000, "ec2-user": 1001, "admin": 1002, "centos": 1003}

# What a machine sees of the host; of every other directory at the top it sees nothing.
SHOWN = {
    "bin",
    "sbin",
    "lib",
    "lib32",
    "lib64",
    "libx32",
    "etc",
    "usr",
    "var",
    "opt",
    "boot",
    "dev",
    "proc",
    "sys",
    "run",
}
EMPTIED = {"home": 0o755, "root": 0o700, "tmp": 0o1777, "mnt": 0o755, "media": 0o755, "srv": 0o755}
# Names in /usr/sbin that the guest directory replaces; scripts may call them by either path.
COMMANDS = ("shutdown", "poweroff", "halt", "reboot")


def write_base(layer: Path, private: list[Path]) -> None:
    """Fills `layer`. The `private` directories of the host are empty in every machine."""
    layer.mkdir()
    layer.chmod(0o755)
    _hide_the_host(layer, private)
    _write_accounts(layer)
    _write_homes(layer)
    _write_ssh(layer)
    _write_commands(layer)


def _hide_the_host(layer: Path, private: list[Path]) -> None:
    for entry in Path("/").iterdir():
        if entry.name in SHOWN:
            continue
        if entry.name not in EMPTIED:
            os.mknod(layer / entry.name, stat.S_IFCHR, 0)
    for name, mode in EMPTIED.items():
        _empty(layer, name, mode)
    _directory(layer, "var")
    _empty(layer, "var/tmp", 0o1777)
    for path in private:
        name = str(path).lstrip("/")
        if name.split("/")[0] in SHOWN and path.is_dir():
            _empty(layer, name, 0o755)


def _write_accounts(layer: Path) -> None:
    """The host's system accounts and the usual login users, all without a password."""
    etc = _directory(layer, "etc")
    ids = set(USERS.values())
    passwd = [line for line in _lines("/etc/passwd") if _is_system(line, ids)]
    passwd = [line for line in passwd if line.split(":")[0] not in USERS]
    group = [line for line in _lines("/etc/group") if _is_system(line, ids) and line.split(":")[0] not in USERS]
    names = [line.split(":")[0] for line in passwd]
    for user, number in USERS.items():
        passwd.append(f"{user}:x:{number}:{number}:{user}:/home/{user}:/bin/bash")
        group.append(f"{user}:x:{number}:")
        names.append(user)
    # `*` and not `!`: sshd without PAM takes the second for a locked account.
    shadow = [f"{name}:*:19000:0:99999:7:::" for name in names]
    _file(etc / "passwd", "\n".join(passwd) + "\n", 0o644)
    _file(etc / "group", "\n".join(group) + "\n", 0o644)
    _file(etc / "shadow", "\n".join(shadow) + "\n", 0o640)
    _directory(layer, "etc/sudoers.d")
    rules = "".join(f"{user} ALL=(ALL) NOPASSWD:ALL\n" for user in USERS)
    _file(etc / "sudoers.d" / "90-cloud-init-users", rules, 0o440)


def _write_homes(layer: Path) -> None:
    homes = {"root": (layer / "root", 0)}
    homes |= {user: (layer / "home" / user, number) for user, number in USERS.items()}
    for home, number in homes.values():
        home.mkdir(exist_ok=True)
        home.chmod(0o700 if number == 0 else 0o755)
        for name in (".bashrc", ".profile"):
            if (Path("/etc/skel") / name).exists():
                shutil.copyfile(Path("/etc/skel") / name, home / name)
        (home / ".ssh").mkdir()
        (home / ".ssh").chmod(0o700)
        _file(home / ".ssh" / "authorized_keys", "", 0o600)
        for path in [home, *home.rglob("*")]:
            os.chown(path, number, number)


def _write_ssh(layer: Path) -> None:
    _directory(layer, "etc/ssh")
    make_opaque(layer / "etc/ssh")
    for name in ("moduli", "ssh_config"):
        if (Path("/etc/ssh") / name).exists():
            shutil.copyfile(Path("/etc/ssh") / name, layer / "etc/ssh" / name)
    shutil.copyfile(GUEST_FILES / "sshd_config", layer / "etc/ssh/sshd_config")


def _write_commands(layer: Path) -> None:
    """Commands of an init system that a machine here does not have."""
    sbin = _directory(layer, "usr/sbin")
    for name in COMMANDS:
        _file(sbin / name, (GUEST_FILES / "shutdown").read_text(), 0o755)
    # /sbin is a link into /usr on every current distribution; where it is not, both are written.
    if not Path("/sbin").is_symlink():
        for name in COMMANDS:
            _file(_directory(layer, "sbin") / name, (GUEST_FILES / "shutdown").read_text(), 0o755)
    _directory(layer, "usr/bin")
    _file(layer / "usr/bin/cloud-init", (GUEST_FILES / "cloud-init").read_text(), 0o755)
    _directory(layer, "usr/lib")
    (layer / "usr/lib/lab").mkdir()
    _file(layer / "usr/lib/lab/init", (GUEST_FILES / "init").read_text(), 0o700)


def _is_system(line: str, taken: set[int]) -> bool:
    fields = line.split(":")
    return len(fields) > 2 and (int(fields[2]) < 1000 or int(fields[2]) > 60000) and int(fields[2]) not in taken


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines()


def _directory(layer: Path, name: str) -> Path:
    """A directory of the host in `layer`, parents first: in a merged directory the top layer's mode counts."""
    made = layer
    host = Path("/")
    for part in name.split("/"):
        made, host = made / part, host / part
        if made.is_dir():
            continue
        made.mkdir()
        if host.is_dir():
            status = host.stat()
            made.chmod(stat.S_IMODE(status.st_mode))
            os.chown(made, status.st_uid, status.st_gid)
    return made


def _empty(layer: Path, name: str, mode: int) -> None:
    directory = _directory(layer, name)
    directory.chmod(mode)
    make_opaque(directory)


def _file(path: Path, text: str, mode: int) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
