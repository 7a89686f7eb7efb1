"""Two server processes of one house share out the lines that are kept."""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from kaimen.config import cores, even_lines
from kaimen.config.even_lines import Board, EvenLines


class Process:
    """A server process as far as lines go."""

    def __init__(self, path: Path, core: int) -> None:
        self.core, self.lines = core, EvenLines(self._answer, Board(path))

    def serve(self, many: int, protocol: str = "HTTP/1.1") -> int:
        """Answer so many requests that were in hand at once; how many lines were asked to come anew."""
        cores.kept = cores.Kept(self.core, frozenset({0, 1} - {self.core}))
        self.heads: list[dict[str, str]] = []
        self._next(many, protocol)
        assert len(self.heads) == many
        return sum(heads.get("Connection") == "close" for heads in self.heads)

    def _next(self, left: int, protocol: str) -> None:
        self.lines({"SERVER_PROTOCOL": protocol, "left": left - 1}, self._sent)

    def _answer(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if environ["left"]:  # the others come before this one is answered
            self._next(environ["left"], environ["SERVER_PROTOCOL"])
        start("200 OK", [("Content-Type", "text/plain")])
        return [b"here"]

    def _sent(self, _status: str, heads: list[tuple[str, str]]) -> None:
        self.heads.append(dict(heads))


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Process, Board]:
    """One process, and the board on which its neighbour tells."""
    monkeypatch.setattr(cores, "kept", None)
    monkeypatch.setattr(even_lines, "WINDOW", 0.0)
    return Process(tmp_path / "lines", 0), Board(tmp_path / "lines")


def test_who_has_clearly_more_lets_one_go(two: tuple[Process, Board]) -> None:
    one, board = two
    board.tell(1, 2)
    assert one.serve(4) >= 1


@pytest.mark.parametrize("many", [3, 4, 7])
def test_one_more_or_less_comes_and_goes(two: tuple[Process, Board], many: int) -> None:
    one, board = two
    board.tell(1, many)
    assert one.serve(4) == 0


def test_each_tells_the_other(two: tuple[Process, Board]) -> None:
    one, board = two
    board.tell(1, 9)
    one.serve(1)
    assert board.least([0]) == 1
    assert board.least([0, 1]) == 1


def test_one_line_is_asked_in_a_window(two: tuple[Process, Board], monkeypatch: pytest.MonkeyPatch) -> None:
    one, _board = two
    monkeypatch.setattr(even_lines, "WINDOW", 60.0)
    assert one.serve(6) == 0
    one.lines._looked -= 60
    assert one.serve(6) == 1


def test_the_most_of_a_window_counts_not_what_is_left_at_its_end(
    two: tuple[Process, Board], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _board = two
    monkeypatch.setattr(even_lines, "WINDOW", 60.0)
    one.serve(6)
    one.lines._looked -= 60
    assert one.serve(1) == 1
    one.lines._looked -= 60
    assert one.serve(1) == 0


def test_who_tells_nothing_lately_has_nothing_in_hand(
    two: tuple[Process, Board], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, board = two
    board.tell(1, 4)
    assert one.serve(4) == 0
    monkeypatch.setattr(even_lines, "FRESH", 0.0)
    assert one.serve(4) >= 1


def test_what_was_told_before_the_machine_was_started_counts_for_nothing(
    two: tuple[Process, Board], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its clock began anew."""
    one, board = two
    clock = time.monotonic()
    with monkeypatch.context() as before:
        before.setattr(time, "monotonic", lambda: clock + 90_000)
        board.tell(1, 4)
    assert one.serve(4) >= 1


@pytest.mark.parametrize("protocol", ["HTTP/1.0", "HTTP/2"])
def test_only_http_1_1_has_lines_that_are_asked_to_end(two: tuple[Process, Board], protocol: str) -> None:
    one, _board = two
    assert one.serve(4, protocol) == 0


def test_without_cores_of_their_own_all_lines_stay(two: tuple[Process, Board]) -> None:
    lines = two[0].lines
    heads: list[Any] = []
    lines._in_hand = 5
    lines({"SERVER_PROTOCOL": "HTTP/1.1", "left": 0}, lambda _status, given: heads.append(given))
    assert heads == [[("Content-Type", "text/plain")]]
