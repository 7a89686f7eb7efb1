"""A disk that can really be full: a file system of a few megabytes in memory, where the system lets us mount one."""

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

HOW = "a small disk is mounted as root on Linux; here the tests with a full disk are skipped"


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """`folder` with room for so many megabytes; skips the test where nobody may mount (not root, not Linux).

    Not a failure in CI either: a container without the right to mount is no fault of ours.
    """
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "kaimen-test", str(folder)]
    if sys.platform != "linux" or os.geteuid() != 0 or subprocess.run(mount, check=False).returncode:
        pytest.skip(HOW)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """A file that takes all the room there is; deleting it gives the room back."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for piece in (2**20, 2**12, 1):
            try:
                while True:
                    file.write(b"\0" * piece)
            except OSError as error:
                assert error.errno == errno.ENOSPC
    return ballast
