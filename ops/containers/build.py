"""Build every image for real, without a Docker engine, and look at each; as root, on Debian.

Where that cannot be (no root and no sudo, or no apt) one line says so, and the status is 0: the
files are still checked by `python -m ops.containers check`.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ops.containers import image_proof
from ops.containers.base_image import make_base
from ops.containers.buildah import Buildah, BuildFailed
from ops.containers.images import IMAGES, Image
from ops.containers.package_access import PackageAccess, package_access

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("buildah", "mmdebstrap")


def build(root: Path = ROOT) -> int:
    """Return 0 when every image is built and sound, or when none can be built here."""
    if os.geteuid() != 0:
        return _again_as_root()
    if (missing := [tool for tool in TOOLS if shutil.which(tool) is None]) and not _install(
        missing
    ):
        return 0 if shutil.which("apt-get") is None else 1
    # Below /var/tmp: images are gigabytes, and /tmp is often memory.
    with tempfile.TemporaryDirectory(prefix="sales-crew-images-", dir="/var/tmp") as directory:
        buildah = Buildah(Path(directory))
        try:
            return _build_all(buildah, root)
        except BuildFailed as error:
            print(f"containers: {error}")
            return 1
        finally:
            # Mounts go before the directory does.
            subprocess.run(buildah.command("rm", "--all"), capture_output=True, check=False)


def _build_all(buildah: Buildah, root: Path) -> int:
    began = time.monotonic()
    access = package_access(buildah.directory)
    make_base(buildah)
    print(f"containers: base made from Debian's packages, {time.monotonic() - began:.0f} s")
    # Two at a time: one waits for packages while another is written. The largest comes first.
    with ThreadPoolExecutor(2) as pool:
        sound = list(pool.map(lambda image: _is_sound(buildah, root, access, image), IMAGES))
    print(
        f"containers: {sum(sound)} of {len(sound)} sound, {time.monotonic() - began:.0f} s in all"
    )
    return 0 if all(sound) else 1


def _is_sound(buildah: Buildah, root: Path, access: PackageAccess, image: Image) -> bool:
    began = time.monotonic()
    buildah.build(root, image.dockerfile, image.name, access.secrets)
    built = time.monotonic()
    found = image_proof.faults(buildah, image, access.marks)
    print(
        f"containers: {image.name} {buildah.size(image.name)}, built in {built - began:.0f} s, "
        f"run in {time.monotonic() - built:.0f} s{'' if found else ', sound'}"
    )
    for fault in found:
        print(f"containers: {image.name}: {fault}")
    return not found


def _again_as_root() -> int:
    sudo = shutil.which("sudo")
    if sudo is None or subprocess.run((sudo, "-n", "true"), check=False).returncode != 0:
        print("containers: NOT BUILT: building images needs root, or sudo without a password")
        return 0
    # With our environment: it may say where packages come from.
    command = (sudo, "-n", "-E", sys.executable, "-m", "ops.containers", "build")
    return subprocess.run(command, check=False, cwd=ROOT).returncode


def _install(missing: list[str]) -> bool:
    apt = shutil.which("apt-get")
    if apt is None:
        print(f"containers: NOT BUILT: {' and '.join(missing)} missing, and no apt to install them")
        return False
    for step in (("update",), ("install", "-y", "--no-install-recommends", *missing)):
        done = subprocess.run(
            (apt, "-qq", *step),
            capture_output=True,
            check=False,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            text=True,
        )
        if done.returncode != 0:
            print(f"containers: apt-get {step[0]} failed: {done.stderr.strip()[-500:]}")
            return False
    return True
