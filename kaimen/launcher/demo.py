"""`./run demo`: from a fresh clone to a page in the browser."""

import os
import socket
import subprocess
import sys

from kaimen.launcher import install, prepare
from kaimen.launcher.children import Children, healthy, together
from kaimen.launcher.home import ROOT, demo_environment
from kaimen.launcher.say import Stop, line

FIRST_PORT = 8000


def run(*, host: str, port: int | None, fresh: bool, no_input: bool) -> int:
    install.ensure()
    if fresh and not prepare.forget_demo(ask=sys.stdin.isatty() and not no_input):
        line("什么也没有删。· Nothing was deleted.")
        return 1
    chosen = choose_port(host, port)
    address = f"http://{shown_host(host)}:{chosen}"
    env = demo_environment(KAIMEN_PUBLIC_URL=os.environ.get("KAIMEN_PUBLIC_URL", address))
    prepare.translations()
    prepare.demo_database(env)
    children = Children(env)

    def start() -> None:
        children.start("网页 · web server", server(host, chosen, workers=1, grace=2))
        signins = subprocess.Popen(
            prepare.manage("demo_signins"),
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        local = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104  what was asked for, not a default
        children.wait_until(lambda: healthy(f"http://{local}:{chosen}/healthz"), 60)
        table, _ = signins.communicate()
        # Only now: started with the other two it would hold up the opening by half a second on two cores.
        children.start("后台 · job worker", worker())
        line(f"\n开门了 · The door is open:  {address}\n")
        line(table.decode("utf-8", "replace"))
        line("Ctrl-C 停下 · stops it;  ./run demo --fresh 重新开始 · starts over")

    return together(children, start)


def server(host: str, port: int, *, workers: int, grace: int) -> list[str]:
    """Granian's arguments: blocking threads carry the requests, SQLite or the pool the rest."""
    threads = os.environ.get("KAIMEN_THREADS", "8")
    # Its warnings are about threads outnumbering cores; ours wait for the database most of the time.
    options = ["--interface", "wsgi", "--no-ws", "--log-level", "error"]
    # Now and then a worker does not end when asked; Granian must end it before the launcher loses patience.
    options += ["--workers-kill-timeout", str(grace)]
    size = ["--workers", os.environ.get("KAIMEN_WORKERS", str(workers)), "--blocking-threads", threads]
    return [
        "-m",
        "granian",
        *options,
        *size,
        "--host",
        host,
        "--port",
        str(port),
        "kaimen.config.wsgi:application",
    ]


def worker() -> list[str]:
    return ["-m", "kaimen", "work"]


def choose_port(host: str, port: int | None) -> int:
    """The port asked for or nothing; without a wish the first free one from 8000 on."""
    if port is not None:
        if not free(host, port):
            raise Stop(
                f"端口 {port} 已被占用，请换一个 --port。· Port {port} is taken; choose another --port.", 2
            )
        return port
    for candidate in range(FIRST_PORT, FIRST_PORT + 100):
        if free(host, candidate):
            if candidate != FIRST_PORT:
                line(
                    f"  端口 {FIRST_PORT} 已被占用，改用 {candidate}。· Port {FIRST_PORT} is taken, using {candidate}."
                )
            return candidate
    raise Stop("8000–8099 端口都被占用。· Ports 8000–8099 are all taken; give --port.", 2)


def free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port just left counts as free
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def shown_host(host: str) -> str:
    """An address that a phone in the same network can open when the demo listens on all of them."""
    if host != "0.0.0.0":  # noqa: S104  compared, not bound
        return f"[{host}]" if ":" in host else host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(
                ("192.0.2.1", 9)
            )  # a documentation address: a UDP connect sends nothing, it picks the route
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"
