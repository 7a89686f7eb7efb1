"""Database, translations and demo: each is made again only when what it is made from has changed."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from kaimen.launcher.home import PYTHON, ROOT, fingerprint, var
from kaimen.launcher.say import line, step

LOCALE = ROOT / "kaimen" / "look" / "locale"


def manage(*arguments: str) -> list[str | Path]:
    return [PYTHON, "-m", "kaimen", *arguments]


def translations() -> None:
    """Compile each .po that is newer than its .mo."""
    for po in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns:
            continue
        language = po.parent.parent.name
        # --use-fuzzy is left out: a guessed sentence is worse than the Chinese one.
        step(
            f"编译译文 · translation {language}",
            [
                PYTHON,
                "-m",
                "babel.messages.frontend",
                "compile",
                "-i",
                po,
                "-o",
                mo,
                "-l",
                language,
                "-D",
                po.stem,
            ],
        )


def demo_database(env: Mapping[str, str]) -> None:
    """Migrate and load the demo; both are idempotent, and left out when neither their files nor the code changed."""
    for folder in ("static", "media"):  # the static files' server complains about a folder that is not there
        (var() / folder).mkdir(parents=True, exist_ok=True)
    stamp = var() / "demo.stamp"
    now = fingerprint(_sources(), str(ROOT))
    if stamp.exists() and stamp.read_text() == now and (var() / "kaimen.sqlite3").exists():
        return
    stamp.unlink(missing_ok=True)
    step("建立数据库 · database", manage("migrate", "--no-input"), env)
    step("装入示例社区 · loading the demo", manage("load_demo"), env)
    stamp.write_text(now)


def empty_counts() -> Path:
    """The folder in which the server's processes count together (prometheus_client): those of the last run are gone."""
    folder = var() / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def forget_demo(*, ask: bool) -> bool:
    """Delete the demo's database and files, after saying so; False if somebody said no."""
    doomed = [path for path in (*sorted(var().glob("kaimen.sqlite3*")), var() / "media") if path.exists()]
    if not doomed:
        return True
    line("--fresh：将删除 · will delete\n" + "\n".join(f"    {path}" for path in doomed))
    if ask and input("  确定？· Sure? [y/N] ").strip().lower() not in {"y", "yes", "是"}:
        return False
    (var() / "demo.stamp").unlink(missing_ok=True)
    for path in doomed:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return True


def _sources() -> list[Path]:
    """What database and demo are made from: migrations, what loads the demo, and the packs."""
    code = ROOT / "kaimen"
    found = [
        *code.glob("*/migrations/*.py"),
        *(code / "web" / "demo").glob("*.py"),
        *code.rglob("load_demo.py"),
    ]
    return [
        *found,
        *(path for path in (code / "packs").rglob("*") if path.is_file()),
        ROOT / "requirements.txt",
    ]
