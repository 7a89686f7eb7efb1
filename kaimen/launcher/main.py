"""The command line of `./run`."""

import argparse
import sys
from collections.abc import Callable, Sequence

from kaimen.launcher import demo, develop, production
from kaimen.launcher.say import Stop

HELP = """\
开门 Kaimen — 一扇门，一个人 · one door, one person

  ./run demo      示例社区，装好就能用 · the demo, ready to play  [--port N] [--host H] [--fresh] [--no-input]
  ./run serve     正式网页服务 · production web server            [--port N] [--host H]
  ./run work      正式后台任务 · production job worker
  ./run manage …  管理命令 · Django's commands, e.g. ./run manage audit verify
  ./run test …    测试（其余参数交给 pytest）· tests, the rest goes to pytest
  ./run check     检查，不改动任何文件 · checks, changes nothing
  ./run fix       自动修整 · mends what a machine can mend
  ./run bench …   速度测量 · measures speed
  ./run lock      重写 requirements*.txt · locks the dependencies
"""
PASSING_ON: dict[str, Callable[[Sequence[str]], int]] = {
    "manage": develop.manage,
    "test": develop.test,
    "bench": develop.bench,
}
PLAIN: dict[str, Callable[[], int]] = {
    "work": production.work,
    "check": develop.check,
    "fix": develop.fix,
    "lock": develop.lock,
}


def main(arguments: Sequence[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a console without Chinese must not stop it
    try:
        return _dispatch(list(arguments))
    except Stop as stop:
        print(stop, file=sys.stderr)
        return stop.code
    except KeyboardInterrupt:
        return 130


def _dispatch(arguments: list[str]) -> int:
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        print(HELP, end="")
        return 0
    name, rest = arguments[0], arguments[1:]
    if name in PASSING_ON:
        return PASSING_ON[name](rest)
    if name in PLAIN:
        argparse.ArgumentParser(prog=f"./run {name}", description=PLAIN[name].__doc__).parse_args(rest)
        return PLAIN[name]()
    if name == "demo":
        return demo.run(**vars(_demo_parser().parse_args(rest)))
    if name == "serve":
        return production.serve(**vars(_address_parser("serve", port=8000).parse_args(rest)))
    raise Stop(f"没有这个命令 · no such command: {name}\n\n{HELP}", 2)


def _address_parser(name: str, port: int | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"./run {name}")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=port, help="port to listen on")
    return parser


def _demo_parser() -> argparse.ArgumentParser:
    parser = _address_parser("demo", port=None)
    parser.add_argument("--fresh", action="store_true", help="delete the demo's data first")
    parser.add_argument("--no-input", action="store_true", help="never ask")
    return parser
