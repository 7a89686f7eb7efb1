"""Places for bodies on their way in: taken while one comes, free when it is there."""

import io
from typing import Any

import pytest

from kaimen.foundation import slow_lines
from kaimen.foundation.slow_lines import KEPT, SMALL, SlowLines
from kaimen.foundation.whole_bodies import LineBroken, whole_bodies

LARGE = SMALL + 1


class Door:
    """A server process with two places; what the application does is given for each request."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(slow_lines, "MOMENT", 0.01)
        self.door = whole_bodies(
            SlowLines(lambda environ, start: environ["do"](environ["wsgi.input"]), KEPT + 2)
        )

    def ask(self, length: int, do: Any, body: bytes | None = None) -> str:
        """The status that the door itself gave, "" when it let the request through."""
        said: list[str] = []
        stream = io.BytesIO(b"x" * length if body is None else body)
        environ = {"CONTENT_LENGTH": str(length), "wsgi.input": stream, "do": do}
        self.door(environ, lambda status, heads: said.append(status))
        return "".join(said)


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Door:
    return Door(monkeypatch)


def nothing(_body: Any) -> list[bytes]:
    return []


def while_two_are_coming(door: Door, do: Any) -> None:
    door.ask(LARGE, lambda _one: door.ask(LARGE, lambda _two: do()))


def test_with_every_place_taken_a_body_is_turned_away_and_a_page_is_not(door: Door) -> None:
    got: list[str] = []
    while_two_are_coming(
        door, lambda: got.extend([door.ask(LARGE, nothing), door.ask(3, nothing), door.ask(0, nothing)])
    )
    assert got == ["503 Service Unavailable", "503 Service Unavailable", ""]
    assert door.ask(LARGE, nothing) == ""  # both places are free again


@pytest.mark.parametrize("length", [5, LARGE])
def test_what_has_arrived_holds_no_place_while_it_is_answered(door: Door, length: int) -> None:
    got: list[str] = []

    def answer(body: Any) -> None:
        read = body.read()
        assert read == b"x" * length
        got.append(door.ask(LARGE, nothing))

    while_one = lambda _other: door.ask(length, answer)  # noqa: E731
    door.ask(LARGE, while_one)
    assert got == [""]


def test_a_small_form_is_there_before_it_is_answered_and_holds_no_place(door: Door) -> None:
    """Whoever answers may look at the words late, or never."""
    got: list[str] = []
    door.ask(5, lambda _unread: while_two_are_coming(door, lambda: got.append("in")))
    assert got == ["in"]


def test_a_place_is_given_back_once(door: Door) -> None:
    for _ in range(3):
        assert door.ask(LARGE, lambda body: body.read()) == ""
    got: list[str] = []
    while_two_are_coming(door, lambda: got.append(door.ask(LARGE, nothing)))
    assert got == ["503 Service Unavailable"]


@pytest.mark.parametrize("length", [5, LARGE])
def test_a_line_that_broke_is_told_to_whoever_reads_and_frees_its_place(door: Door, length: int) -> None:
    def answer(body: Any) -> None:
        with pytest.raises(LineBroken):
            body.read()

    for _ in range(4):
        assert door.ask(length, answer, body=b"xxx") == ""


def test_who_fails_frees_the_place(door: Door) -> None:
    def fail(_body: Any) -> None:
        raise ZeroDivisionError

    for _ in range(4):
        with pytest.raises(ZeroDivisionError):
            door.ask(LARGE, fail)
    assert door.ask(LARGE, nothing) == ""


def test_lines_are_read_as_lines(door: Door) -> None:
    got: list[bytes] = []
    door.ask(4, lambda body: got.extend([body.readline(), body.read(1), body.read()]), body=b"a\nbc")
    assert got == [b"a\n", b"b", b"c"]
