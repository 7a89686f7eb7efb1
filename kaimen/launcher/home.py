"""Where things are in a checkout, and the environment that its processes get."""

import hashlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")


def var() -> Path:
    """The folder of everything a running Kaimen writes."""
    return Path(os.environ.get("KAIMEN_VAR", ROOT / "var")).absolute()


def demo_environment(**more: str) -> dict[str, str]:
    """The demo never touches a production database, whatever the shell has set."""
    kept = {name: value for name, value in os.environ.items() if name != "KAIMEN_DATABASE_URL"}
    return {
        **kept,
        "KAIMEN_DEMO": "1",
        "KAIMEN_VAR": str(var()),
        "DJANGO_SETTINGS_MODULE": "kaimen.config.settings",
        "PYTHONUTF8": "1",
        **more,
    }


def fingerprint(files: Iterable[Path], *extra: str) -> str:
    """One hash of the files' names and contents, to know later whether anything changed."""
    digest = hashlib.sha256("\0".join(extra).encode())
    for path in sorted(files):
        digest.update(str(path.name).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def python_version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"
