"""Public images to build from, the same in every region under ids of its own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .images import Image

CANONICAL, AMAZON, DEBIAN, CENTOS = "099720109477", "137112412989", "136693071363", "125523088429"


@dataclass(frozen=True)
class Public:
    """An image that everybody may use."""

    name: str
    owner: str
    created: str
    architecture: str = "x86_64"
    root: str = "/dev/sda1"
    volume_type: str = "gp2"
    size: int = 8
    alias: str | None = None


def _ubuntu() -> list[Public]:
    made = []
    for path, release, volume_type in [
        ("hvm-ssd", "xenial-16.04", "gp2"),
        ("hvm-ssd", "bionic-18.04", "gp2"),
        ("hvm-ssd", "focal-20.04", "gp2"),
        ("hvm-ssd", "jammy-22.04", "gp2"),
        ("hvm-ssd", "noble-24.04", "gp3"),
        ("hvm-ssd-gp3", "noble-24.04", "gp3"),
    ]:
        for arch, architecture in [("amd64", "x86_64"), ("arm64", "arm64")]:
            for date in ("20240101", "20240801"):
                name = f"ubuntu/images/{path}/ubuntu-{release}-{arch}-server-{date}"
                made.append(Public(name, CANONICAL, date, architecture, volume_type=volume_type))
    return made


CATALOGUE = [
    *_ubuntu(),
    *[
        Public(name, AMAZON, date, architecture, "/dev/xvda", volume_type, alias="amazon")
        for name, date, architecture, volume_type in [
            ("al2023-ami-2023.3.20240108.0-kernel-6.1-x86_64", "20240108", "x86_64", "gp3"),
            ("al2023-ami-2023.5.20240805.0-kernel-6.1-x86_64", "20240805", "x86_64", "gp3"),
            ("al2023-ami-2023.5.20240805.0-kernel-6.1-arm64", "20240805", "arm64", "gp3"),
            ("amzn2-ami-hvm-2.0.20240109.0-x86_64-gp2", "20240109", "x86_64", "gp2"),
            ("amzn2-ami-hvm-2.0.20240109.0-x86_64-ebs", "20240109", "x86_64", "standard"),
        ]
    ],
    Public("debian-12-amd64-20240102-1614", DEBIAN, "20240102", root="/dev/xvda", volume_type="gp3"),
    Public("CentOS Stream 9 x86_64 20240101", CENTOS, "20240101", volume_type="gp3", size=10),
]


def load(backend: Any) -> None:
    """Puts the catalogue into a region's backend. Replaces moto's own list of images."""
    for public in CATALOGUE:
        image = _image(backend, public)
        backend.amis[image.id] = image


def image_id(region: str, name: str) -> str:
    """The id of a public image in a region, the same in every run."""
    return "ami-" + hashlib.sha256(f"{region}/{name}".encode()).hexdigest()[:17]


def _image(backend: Any, public: Public) -> Image:
    made = image_id(backend.region_name, public.name)
    ebs = {
        "SnapshotId": "snap-" + made[4:],
        "VolumeSize": public.size,
        "VolumeType": public.volume_type,
        "DeleteOnTermination": True,
        "Encrypted": False,
    }
    if public.volume_type == "gp3":
        ebs |= {"Iops": 3000, "Throughput": 125}
    image = Image(
        backend,
        made,
        public.name,
        [{"DeviceName": public.root, "Ebs": ebs}],
        owner_id=public.owner,
        owner_alias=public.alias,
        image_location=f"{public.alias or public.owner}/{public.name}",
        architecture=public.architecture,
        root_device_name=public.root,
        description=public.name.rsplit("/", 1)[-1],
        creation_date=datetime.strptime(public.created, "%Y%m%d"),
        state="available",
    )
    image.launch_permissions.append({"Group": "all"})
    return image
