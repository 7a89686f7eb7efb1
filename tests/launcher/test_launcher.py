"""The launcher as its users meet it: real processes, real ports, real signals."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kaimen.launcher import children, demo, home, install, prepare, production, say
from kaimen.launcher.main import main

ROOT = Path(__file__).resolve().parents[2]
SLEEPER = ["-c", "import time; time.sleep(60)"]
STUBBORN = ["-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"]
# A launcher of two sleeping children, as a process of its own: signals must not reach the test runner.
SCENE = """
import sys
from pathlib import Path
from kaimen.launcher import children
children.PYTHON = Path(sys.executable)
family = children.Children({})
def start():
    family.start("one", ["-c", sys.argv[1]])
    family.start("two", ["-c", "import time; time.sleep(60)"])
    print(*(process.pid for process in family.running.values()), flush=True)
sys.exit(children.together(family, start))
"""


@pytest.fixture
def this_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """The suite may run in another environment than .venv."""
    monkeypatch.setattr(children, "PYTHON", Path(sys.executable))


def launch(first: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SCENE, first],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_without_a_command_it_shows_what_it_can_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "./run demo" in capsys.readouterr().out


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serv"]) == 2
    assert "serv" in capsys.readouterr().err


def test_an_old_python_is_told_so() -> None:
    code = f"import sys; sys.version_info = (3, 8, 0); sys.argv = ['run']; exec(open({str(ROOT / 'run')!r}).read())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert "3.11" in done.stderr
    assert "请先安装" in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="a shell script stands for a Python")
@pytest.mark.parametrize(
    ("script", "taken"),
    [
        (f'exec "{sys.executable}" "$@"', True),
        ("echo 3.99", False),  # of another version than the one that was asked for
        ("echo 没有 ensurepip >&2; exit 1", False),
    ],
)
def test_the_environment_is_made_of_the_systems_own_python_of_the_same_version(
    script: str, taken: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    systems = tmp_path / "python3"
    systems.write_text(f"#!/bin/sh\n{script}\n")
    systems.chmod(0o755)
    monkeypatch.setattr(install, "SYSTEM_PYTHON", str(systems))
    assert install.base_python() == (str(systems) if taken else sys.executable)


def test_without_a_python_of_the_system_the_one_that_runs_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install, "SYSTEM_PYTHON", str(tmp_path / "none"))
    assert install.base_python() == sys.executable


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_all_children(number: int) -> None:
    launcher = launch("import time; time.sleep(60)")
    assert launcher.stdout
    pids = [int(word) for word in launcher.stdout.readline().split()]
    launcher.send_signal(number)
    out, _ = launcher.communicate(timeout=20)
    assert launcher.returncode == 0
    assert "Stopped" in out
    assert [pid for pid in pids if alive(pid)] == []


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_a_child_that_dies_takes_the_others_along_with_its_code() -> None:
    launcher = launch("import sys, time; time.sleep(0.3); sys.exit(7)")
    assert launcher.stdout
    pids = [int(word) for word in launcher.stdout.readline().split()]
    _, err = launcher.communicate(timeout=20)
    assert launcher.returncode == 7
    assert "one" in err
    assert [pid for pid in pids if alive(pid)] == []


def test_a_child_that_does_not_listen_is_killed(this_python: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "PATIENCE", 0.3)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        with children.Children({}) as family:
            family.start("stubborn", STUBBORN)
            time.sleep(0.5)  # until it ignores the signal
        assert family.running["stubborn"].returncode == -signal.SIGKILL
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def test_a_taken_port_is_passed_over_unless_it_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(say.Stop, match=str(port)):
            demo.choose_port("127.0.0.1", port)
        old, demo.FIRST_PORT = demo.FIRST_PORT, port
        try:
            chosen = demo.choose_port("127.0.0.1", None)
        finally:
            demo.FIRST_PORT = old
    assert chosen > port
    assert str(chosen) in capsys.readouterr().out


def test_a_failed_step_shows_its_output() -> None:
    with pytest.raises(say.Stop, match="what went wrong") as stopped:
        say.step("a step", [sys.executable, "-c", "import sys; print('what went wrong'); sys.exit(4)"])
    assert stopped.value.code == 4


def test_fresh_deletes_the_demo_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAIMEN_VAR", str(tmp_path))
    for name in ("kaimen.sqlite3", "kaimen.sqlite3-wal", "demo.stamp", "demo_secret_key", "letter.pdf"):
        (tmp_path / name).write_text("x")
    (tmp_path / "media").mkdir()
    assert prepare.forget_demo(ask=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["demo_secret_key", "letter.pdf"]


def test_the_demo_never_gets_the_production_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAIMEN_DATABASE_URL", "postgresql://real")
    assert "KAIMEN_DATABASE_URL" not in home.demo_environment()


def test_serve_refuses_an_unsafe_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("KAIMEN_")]:
        monkeypatch.delenv(name)
    with pytest.raises(say.Stop, match="KAIMEN_SECRET_KEY") as stopped:
        production.serve(host="127.0.0.1", port=1)
    assert "KAIMEN_HOSTS" in str(stopped.value)
    monkeypatch.setenv("KAIMEN_DEMO", "1")
    with pytest.raises(say.Stop, match="KAIMEN_DEMO"):
        production.work()
