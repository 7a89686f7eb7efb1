"""The virtual environment: made once, looked at on every start, touched again only when the requirements change."""

import contextlib
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from kaimen.launcher.home import PYTHON, ROOT, VENV, WINDOWS, python_version
from kaimen.launcher.say import Stop, line, step

RUN_TIME = "requirements.txt"
DEVELOPMENT = "requirements-dev.txt"  # holds everything of RUN_TIME too
STAMP = VENV / "kaimen-stamp.json"
SYSTEM_PYTHON = "/usr/bin/python3"


def ensure(*, development: bool = False) -> None:
    """Make sure that the packages are there; costs a few milliseconds when they are."""
    wanted = DEVELOPMENT if development else RUN_TIME
    stamp = _stamp()
    if PYTHON.exists() and stamp.get(wanted) == _hash(wanted) and stamp.get("root") == str(ROOT):
        return
    line(
        "准备运行环境（只在第一次或依赖变化时）· Preparing the environment (first start, or requirements changed)"
    )
    if not PYTHON.exists() or stamp.get("python") != python_version():
        _make_venv()
        stamp = {}
    STAMP.unlink(missing_ok=True)  # an install that breaks off half-way must not look complete
    _install(wanted)
    _put_checkout_on_path()
    installed = [RUN_TIME, DEVELOPMENT] if development else [RUN_TIME]
    hashes = {name: _hash(name) for name in installed}
    STAMP.write_text(json.dumps({"python": python_version(), "root": str(ROOT), **hashes}))


def _stamp() -> dict[str, str]:
    try:
        return dict(json.loads(STAMP.read_text()))
    except (OSError, ValueError):
        return {}


def _hash(name: str) -> str:
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def base_python() -> str:
    """The interpreter that the environment is made of.

    The operating system's own where it is of the version that was asked for and can make one: distributions build
    theirs with the compiler's profile and mend it with their updates. A version manager's, first on the path of many
    developers, has neither and is slower by a sixth to a fifth (docs/measurements.md).
    """
    question = "import ensurepip, venv, sys; print('%d.%d' % sys.version_info[:2])"
    with contextlib.suppress(OSError):
        told = subprocess.run([SYSTEM_PYTHON, "-c", question], capture_output=True, text=True, check=False)
        if told.returncode == 0 and told.stdout.strip() == python_version():
            return SYSTEM_PYTHON
    return sys.executable


def _make_venv() -> None:
    if VENV.exists():
        shutil.rmtree(VENV)
    base = base_python()
    uv = shutil.which("uv")
    if uv:
        step(
            "建立虚拟环境 · virtual environment (uv)",
            [uv, "venv", "--quiet", "--python", base, VENV],
        )
        return
    if subprocess.run([base, "-c", "import ensurepip, venv"], capture_output=True).returncode:
        raise Stop(
            "这个 Python 没有 venv。· This Python comes without venv.\n"
            f"  Debian/Ubuntu: sudo apt install python{python_version()}-venv"
        )
    step("建立虚拟环境 · virtual environment", [base, "-m", "venv", VENV])


def _install(requirements: str) -> None:
    uv = shutil.which("uv")
    command: list[str | Path]
    if uv:
        command = [uv, "pip", "install", "--python", PYTHON]
    else:
        command = [
            PYTHON,
            "-m",
            "pip",
            "install",
            "--no-input",
            "--progress-bar=off",
            "--disable-pip-version-check",
        ]
    step("安装依赖 · installing packages", [*command, "--require-hashes", "-r", ROOT / requirements])


def _put_checkout_on_path() -> None:
    """A .pth file instead of an installed project: no build backend has to be downloaded."""
    folder = VENV / "Lib" if WINDOWS else VENV / "lib" / f"python{python_version()}"
    Path(folder / "site-packages" / "kaimen-checkout.pth").write_text(f"{ROOT}\n")
