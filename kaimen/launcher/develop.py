"""`./run test | check | fix | bench | lock | manage`: for those who work on Kaimen."""

import contextlib
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent import futures
from pathlib import Path

from kaimen.launcher import install, prepare
from kaimen.launcher.home import PYTHON, ROOT, demo_environment
from kaimen.launcher.say import Stop, line

NO_TEST_SELECTED = 5  # pytest's exit code
# The one that is done takes over from the other: journeys take seconds, laws of pure logic milliseconds.
WORKERS = ["-n", "2", "--dist", "worksteal"]
CHECKS_AT_ONCE = 2
# Run once: what another database could not change, and what takes long and rests on what is tested on both anyway
# (who may enter which address; long jobs killed half-way; hundreds of senders).
ONCE = [
    "doors",
    "faults/test_letters_killed.py",
    "faults/test_lists_killed.py",
    "intake/test_confirming.py",
    "launcher",
    "letters/papers",
    "logic",
    "look",
    "packs",
    "repo",
]


def manage(arguments: Sequence[str]) -> int:
    """Django's commands; with nothing set in the environment they work on the demo."""
    _ensure_aside()
    production = any(os.environ.get(name) for name in ("KAIMEN_SECRET_KEY", "KAIMEN_DATABASE_URL"))
    env = dict(os.environ) if production else demo_environment()
    return _run(prepare.manage(*arguments), env)


def test(arguments: Sequence[str]) -> int:
    """The whole suite on SQLite, then on a throw-away PostgreSQL cluster; browser journeys once, on SQLite."""
    install.ensure(development=True)
    prepare.translations()
    parallel = [] if any(a.startswith(("-n", "--pdb")) for a in arguments) else WORKERS
    codes = []
    for database in ("sqlite", "postgresql"):
        line(f"── {database} ──")
        env = {**os.environ, "KAIMEN_TEST_DATABASE": database, "PYTHONUTF8": "1"}
        once = [f"--ignore=tests/{room}" for room in ONCE if database == "postgresql" and not arguments]
        codes.append(_run([PYTHON, "-m", "pytest", *parallel, *once, *arguments], env))
    if set(codes) == {NO_TEST_SELECTED}:
        return NO_TEST_SELECTED
    return next((code for code in codes if code not in {0, NO_TEST_SELECTED}), 0)


def check() -> int:
    """Everything that can be told without running the product; changes nothing, reports every failure."""
    install.ensure(development=True)
    failed = []
    with tempfile.TemporaryDirectory() as scratch:
        env = demo_environment(KAIMEN_VAR=scratch, NO_COLOR="1")
        with futures.ThreadPoolExecutor(CHECKS_AT_ONCE) as pool:
            running = [pool.submit(_checked, title, command, env) for title, command in _checks()]
            for done in futures.as_completed(running):
                title, code, seconds, said = done.result()
                line(f"  {'failed' if code else 'ok    '}  {title} ({seconds:.1f} s)")
                if code:
                    failed.append(title)
                    line(said)
    if failed:
        line(f"没有通过 · failed: {', '.join(failed)}（./run fix 能改一部分 · mends some of it）")
    return 1 if failed else 0


def _checked(title: str, command: Sequence[str | Path], env: dict[str, str]) -> tuple[str, int, float, str]:
    """One check: its exit code, its seconds and what it said."""
    started = time.monotonic()
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    return title, done.returncode, time.monotonic() - started, done.stdout + done.stderr


def fix() -> int:
    """What machines can mend: formatting, simple lint, the list of sentences to translate, generated documents."""
    install.ensure(development=True)
    with tempfile.TemporaryDirectory() as scratch:
        env = demo_environment(KAIMEN_VAR=scratch)
        commands: list[list[str | Path]] = [
            [PYTHON, "-m", "ruff", "check", "--fix", "--quiet", "."],
            [PYTHON, "-m", "ruff", "format", "--quiet", "."],
            prepare.manage("translations", "update"),
        ]
        commands += [prepare.manage(name) for name in _drawing_commands()]
        return max(_run(command, env) for command in commands)


def bench(arguments: Sequence[str]) -> int:
    """Every file in bench/, or those named first: each prints a table of ratios. Options go on to the files."""
    names = list(itertools.takewhile(lambda argument: not argument.startswith("-"), arguments))
    options = list(arguments[len(names) :])
    _ensure_aside(development=True)
    files = [path for path in sorted((ROOT / "bench").glob("*.py")) if not path.name.startswith("_")]
    known = [path.stem for path in files]
    if unknown := sorted(set(names) - set(known)):
        raise Stop(f"bench/ 里没有 · not in bench/: {', '.join(unknown)} ({', '.join(known)})", 2)
    chosen = [path for path in files if not names or path.stem in names]
    if not chosen:
        raise Stop("bench/ 里没有可运行的文件。· Nothing in bench/ to run.", 2)
    with tempfile.TemporaryDirectory() as scratch:
        env = demo_environment(KAIMEN_VAR=scratch)
        return max(_run([PYTHON, path, *options], env) for path in chosen)


def _ensure_aside(development: bool = False) -> None:
    """Install with the progress on stderr: stdout belongs to the command, which may print JSON for another program."""
    with contextlib.redirect_stdout(sys.stderr):
        install.ensure(development=development)


def lock() -> int:
    """Write requirements*.txt with hashes from pyproject.toml; needs uv."""
    uv = shutil.which("uv")
    if not uv:
        raise Stop("./run lock 需要 uv。· needs uv: pip install uv", 2)
    options = [
        "--universal",
        "--python-version",
        "3.11",
        "--generate-hashes",
        "--no-annotate",
        "--no-header",
        "--quiet",
    ]
    # No index addresses in the files: they would be those of whoever ran this.
    options += ["--no-emit-index-url", "--no-emit-find-links", "--upgrade"]
    for target, extras in ((install.RUN_TIME, ["pg"]), (install.DEVELOPMENT, ["pg", "dev"])):
        chosen = [option for extra in extras for option in ("--extra", extra)]
        code = _run(
            [uv, "pip", "compile", "pyproject.toml", *chosen, *options, "-o", target], dict(os.environ)
        )
        if code:
            return code
    return 0


def _checks() -> list[tuple[str, list[str | Path]]]:
    tool: list[str | Path] = [PYTHON, "-m"]
    lint_imports = (
        "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    )
    return [
        ("mypy", [*tool, "mypy"]),  # the longest first
        ("ruff check", [*tool, "ruff", "check", "--output-format=concise", "."]),
        ("ruff format", [*tool, "ruff", "format", "--check", "--output-format=concise", "."]),
        ("import-linter", [PYTHON, "-c", lint_imports]),
        ("django check", prepare.manage("check", "--fail-level", "WARNING")),
        ("migrations", prepare.manage("makemigrations", "--check", "--dry-run")),
        ("translations", prepare.manage("translations", "check")),
        *((name, prepare.manage(name, "--check")) for name in _drawing_commands()),
    ]


def _drawing_commands() -> list[str]:
    """Commands that write docs/generated/ and compare it with --check."""
    return sorted(path.stem for path in ROOT.glob("kaimen/*/management/commands/draw_*.py"))


def _run(command: Sequence[str | Path], env: dict[str, str]) -> int:
    sys.stdout.flush()
    try:
        return subprocess.run([str(part) for part in command], cwd=ROOT, env=env, check=False).returncode
    except KeyboardInterrupt:
        return 130
