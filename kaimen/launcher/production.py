"""`./run serve` and `./run work`: the production pair. Both refuse to start on an unsafe environment."""

import os
import subprocess

from kaimen.config import cores, environment
from kaimen.launcher import demo, install, prepare
from kaimen.launcher.home import PYTHON, ROOT, WINDOWS
from kaimen.launcher.say import Stop


def serve(*, host: str, port: int) -> int:
    checked = _ready()
    checked["PROMETHEUS_MULTIPROC_DIR"] = str(prepare.empty_counts())
    return _become(demo.server(host, port, workers=cores.usable(), grace=30), checked)


def work() -> int:
    return _become(demo.worker(), _ready())


def _ready() -> dict[str, str]:
    """Everything that must be true first; raises with all that is missing in the environment at once."""
    if os.environ.get("KAIMEN_DEMO"):
        raise Stop(
            "KAIMEN_DEMO 只用于 ./run demo，请去掉。· KAIMEN_DEMO is for ./run demo only; unset it.", 2
        )
    try:
        environment.read(ROOT)
    except environment.NotConfigured as problem:
        raise Stop(f"{problem}\n说明 · how: docs/settings.md", 2) from None
    install.ensure()
    prepare.translations()
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "kaimen.config.settings", "PYTHONUTF8": "1"}
    env.setdefault("KAIMEN_LOG", "json")
    check = subprocess.run(
        [str(part) for part in prepare.manage("migrate", "--check")], cwd=ROOT, env=env, check=False
    )
    if check.returncode:
        raise Stop(
            "数据库还没有更新到这一版。· The database is not at this version yet: ./run manage migrate", 2
        )
    return env


def _become(arguments: list[str], env: dict[str, str]) -> int:
    """Give this process to the child, so that systemd's signals reach it directly."""
    command = [str(PYTHON), *arguments]
    os.chdir(ROOT)
    if not WINDOWS:  # there exec would return to the shell at once
        os.execve(command[0], command, env)
    return subprocess.run(command, env=env, check=False).returncode
