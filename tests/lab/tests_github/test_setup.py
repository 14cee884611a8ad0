"""`setup/install.sh`, with a `curl` that serves from a directory and a `gh` that says what it was asked."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import LAB

SETUP = LAB.parents[1] / "setup"
FILE = "ami-build-x86_64-unknown-linux-musl.tar.gz"

CURL = """#!/bin/bash
while [ $# -gt 1 ]; do [ "$1" = --output ] && out=$2; [ "$1" = --write-out ] && latest=1; shift; done
echo "$1" >> "$SERVED/asked"
if [ -n "$latest" ]; then echo "${1%/latest}/tag/v1.2.3"; exit; fi
cp "$SERVED/$(basename "$1")" "$out"
"""
GH = '#!/bin/bash\necho "gh $*"\n'


@dataclass
class Place:
    """A runner's directories, a copy of the action, and a release to download."""

    root: Path

    def install(self, **environment: str) -> subprocess.CompletedProcess[str]:
        defaults = {
            "PATH": f"{self.root / 'tools'}:{os.environ['PATH']}",
            "SERVED": str(self.root / "served"),
            "GITHUB_ACTION_PATH": str(self.root / "setup"),
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_OUTPUT": str(self.root / "output"),
            "GITHUB_PATH": str(self.root / "path"),
            "RUNNER_TEMP": str(self.root),
            "RUNNER_OS": "Linux",
            "RUNNER_ARCH": "X64",
            "REPOSITORY": "octo-org/ami-build",
            "VERIFY_ATTESTATION": "true",
            "VERSION": "",
        }
        script = self.root / "setup" / "install.sh"
        return subprocess.run([script], env={**defaults, **environment}, check=False, capture_output=True, text=True)

    def asked(self) -> list[str]:
        return (self.root / "served" / "asked").read_text().splitlines()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    shutil.copytree(SETUP, tmp_path / "setup")
    for name, text in (("curl", CURL), ("gh", GH)):
        tool = tmp_path / "tools" / name
        tool.parent.mkdir(exist_ok=True)
        tool.write_text(text)
        tool.chmod(0o755)
    served = tmp_path / "served"
    served.mkdir()
    binary = tmp_path / "ami-build"
    binary.write_text("#!/bin/sh\necho ami-build 1.2.3\n")
    binary.chmod(0o755)
    with tarfile.open(served / FILE, "w:gz") as archive:
        archive.add(binary, "./ami-build")
    digest = hashlib.sha256((served / FILE).read_bytes()).hexdigest()
    (served / "SHA256SUMS").write_text(f"{digest}  {FILE}\n")
    return Place(tmp_path)


def test_the_latest_release_is_checked_and_put_on_the_path(place: Place) -> None:
    done = place.install()
    assert done.returncode == 0, done.stderr
    outputs = dict(line.split("=", 1) for line in (place.root / "output").read_text().splitlines())
    assert outputs["version"] == "1.2.3"
    assert (place.root / "path").read_text().strip() == str(Path(outputs["path"]).parent)
    assert f"gh attestation verify {Path(outputs['path']).parents[1] / FILE} --repo octo-org/ami-build" in done.stdout
    assert "https://github.example/octo-org/ami-build/releases/download/v1.2.3/SHA256SUMS" in place.asked()


def test_a_file_with_another_checksum_is_refused(place: Place) -> None:
    (place.root / "served" / "SHA256SUMS").write_text(f"{'0' * 64}  {FILE}\n")
    done = place.install(VERSION="1.2.3")
    assert done.returncode == 1 and "does not have the SHA-256" in done.stderr
    assert not (place.root / "path").exists()


def test_a_release_tag_brings_its_own_version_and_checksums(place: Place) -> None:
    (place.root / "setup" / "VERSION").write_text("1.2.3\n")
    shutil.move(place.root / "served" / "SHA256SUMS", place.root / "setup" / "SHA256SUMS")
    done = place.install()
    assert done.returncode == 0, done.stderr
    assert [url.rsplit("/", 1)[1] for url in place.asked()] == [FILE]


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"RUNNER_OS": "macOS"}, "no release for macOS"),
        ({"RUNNER_ARCH": "ARM"}, "no release for ARM"),
        ({"VERSION": "1.2.3; id"}, "is not a version"),
        ({"VERSION": "../1.2.3"}, "is not a version"),
        ({"VERIFY_ATTESTATION": "yes"}, "true or false"),
        ({"VERSION": "9.9.9", "RUNNER_ARCH": "ARM64"}, "cannot download"),
    ],
)
def test_what_cannot_be_installed_is_said_in_an_annotation(
    place: Place, environment: dict[str, str], said: str
) -> None:
    done = place.install(**environment)
    assert done.returncode != 0
    assert "::error title=ami-build::" in done.stderr and said in done.stderr


def test_the_attestation_is_left_out_when_asked(place: Place) -> None:
    done = place.install(VERIFY_ATTESTATION="false")
    assert done.returncode == 0 and "attestation" not in done.stdout
