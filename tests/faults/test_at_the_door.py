"""One real server, and people in front of it whose lines break, who send twice, or who mean it no good."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from html import unescape
from urllib.parse import urlencode

import pytest
from django.db import connection

from kaimen.cases.links import track_path
from kaimen.cases.models import Case
from kaimen.config.environment import PATIENCE
from kaimen.foundation.models import Attachment
from kaimen.intake.models import Submission
from tests.faults.conftest import House
from tests.faults.house import FORM, HOST, Answer, multipart, need, wait_for
from tests.faults.stalling import another_connection
from tests.foundation.test_files import photo

pytestmark = pytest.mark.django_db(transaction=True)


def count() -> int:
    return Submission.objects.count()


def case_of(n: int) -> Case:
    return Submission.objects.select_related("case").get(key=f"say-{need(n)['key']}").case


def test_the_same_form_eight_times_at_one_moment_is_one_case(house: House) -> None:
    """Two server processes; each form with its photo, as a thumb on a slow line presses again and again."""
    before, start, answers = count(), threading.Barrier(8), []

    def press() -> None:
        with closing(house.visitor()) as visitor:
            visitor.get("/say")
            start.wait()
            answers.append(visitor.post("/say/confirm", need(1), ("a.jpg", photo())))

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status for answer in answers] == [302] * 8
    assert {answer.location for answer in answers} == {track_path(case_of(1))}
    assert count() == before + 1
    assert case_of(1).attachments.count() == 1


@contextmanager
def held() -> Iterator[None]:
    """Another process writes, and does not finish for longer than anybody waits."""
    other = another_connection()
    if connection.vendor == "sqlite":
        other.execute("BEGIN IMMEDIATE")
    else:
        other.execute("LOCK TABLE cases_numbercounter, intake_submission IN ACCESS EXCLUSIVE MODE")
    try:
        yield
    finally:
        other.close()


def test_a_database_held_too_long_is_said_kindly_and_the_form_counts_once(house: House) -> None:
    """Waits out the patience of a form a few times."""
    before, answers = count(), []

    def press(n: int) -> None:
        with closing(house.visitor()) as visitor:
            answers.append((n, visitor.post("/say/confirm", need(n))))

    with held():
        threads = [threading.Thread(target=press, args=[n]) for n in range(10, 14)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for n, answer in answers:
        kept_words(answer, n)
    assert count() == before, "a form that was told to come again was taken"
    for n in range(10, 14):
        with closing(house.visitor()) as visitor:
            assert visitor.post("/say/confirm", need(n)).status == 302
            assert visitor.post("/say/confirm", need(n)).location == track_path(case_of(n))
    assert count() == before + 4


def test_everybody_waits_as_long_as_the_setting_says_and_no_longer() -> None:
    """What the database itself says: without it SQLite gives up after Python's five seconds, PostgreSQL never."""
    asked = {"sqlite": "PRAGMA busy_timeout", "postgresql": "SHOW lock_timeout"}[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(asked)
        assert cursor.fetchone()[0] in (PATIENCE * 1000, f"{PATIENCE}s")


def kept_words(answer: Answer, n: int) -> None:
    assert answer.status == 503
    assert answer.headers["Retry-After"]
    page = unescape(answer.text)
    assert (
        "再送一次" in page
        and need(n)["words"] in page
        and need(n)["key"] in page
        and need(n)["phone"] in page
    )


def test_reading_goes_on_while_somebody_writes(house: House) -> None:
    with held(), closing(house.visitor()) as visitor:
        assert visitor.get("/").status == 200
        assert visitor.get("/healthz").status == 200


def raw(house: House, data: bytes, wait: float = 5) -> bytes:
    with socket.create_connection((HOST, house.server.port), timeout=wait) as line:
        line.sendall(data)
        try:
            return line.recv(65536)
        except OSError:
            return b""


BROKEN_HEADS = {
    "two lengths that differ": b"Content-Length: 5\r\nContent-Length: 70\r\n",
    "a negative length": b"Content-Length: -5\r\n",
    "a length that is no number": b"Content-Length: five\r\n",
    "a length with a sign": b"Content-Length: +5\r\n",
    "chunks that are none": b"Content-Length: 5\r\nTransfer-Encoding: xchunked\r\n",
    "a space before the colon": b"Content-Length: 5\r\nTransfer-Encoding : chunked\r\n",
    "a header of a megabyte": b"X-Long: " + b"x" * 1_000_000 + b"\r\n",
}
HEAD = b"POST /say/confirm HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n"
NEXT = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


def statuses(house: House, request: bytes) -> list[int]:
    """What a line is told that sends this request and, right behind it, another one."""
    said = b""
    with socket.create_connection((HOST, house.server.port), timeout=5) as line:
        line.sendall(request + NEXT)
        with suppress(ConnectionResetError):  # closed with more on its way
            while part := line.recv(65536):
                said += part
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3})", said)]


@pytest.mark.parametrize("which", BROKEN_HEADS)
def test_a_request_that_can_be_read_two_ways_is_refused_and_nothing_behind_it_answered(
    house: House, which: str
) -> None:
    """A proxy in front could see another request in it than we do, and take our second answer for somebody else's."""
    assert statuses(house, HEAD + BROKEN_HEADS[which] + b"\r\nhello") in ([], [400], [431])


def test_a_length_beside_chunks_is_not_believed_and_ends_the_line(house: House) -> None:
    """As RFC 9112, 6.3 says: the chunks count (here a form without its token), and what stands behind is not read."""
    both = b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert statuses(house, HEAD + both + b"5\r\nhello\r\n0\r\n\r\n") == [403]


def test_what_can_be_read_in_one_way_only_is_answered_and_so_is_the_next(house: House) -> None:
    """So that the refusals above are those of the head."""
    assert statuses(house, HEAD + b"Content-Length: 5\r\n\r\nhello") == [403, 200]
    chunks = b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    assert statuses(house, HEAD + chunks) == [403, 200]


def test_a_line_that_breaks_in_the_middle_leaves_nothing_and_the_whole_form_counts(house: House) -> None:
    """Half a sentence is no need, half a document no attachment; the same form in full is then the first."""
    before, files = count(), Attachment.objects.count()
    with closing(house.visitor()) as visitor:
        visitor.get("/say")
        token = visitor.cookies["csrftoken"]
    fields = {"csrfmiddlewaretoken": token} | need(20)
    pdf = ("a.pdf", b"%PDF-1.7\n" + b"x" * 5000)
    for body, kind in (multipart(fields, pdf), (urlencode(fields).encode(), FORM)):
        head = (
            f"POST /say/confirm HTTP/1.1\r\nHost: {HOST}\r\nCookie: csrftoken={token}\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode()
        for part in (len(body) // 2, len(body) - 10):
            with socket.create_connection((HOST, house.server.port)) as line:
                line.sendall(head + body[:part])
                time.sleep(0.2)  # until the server has begun to read
    time.sleep(0.3)  # for what must not happen
    assert count() == before and Attachment.objects.count() == files
    with closing(house.visitor()) as visitor:
        assert visitor.post("/say/confirm", need(20), pdf).status == 302
    assert case_of(20).attachments.get().attachment.size == len(pdf[1])
    assert case_of(20).words == need(20)["words"]


def test_a_photo_larger_than_any_form_is_answered_before_it_is_read(house: House) -> None:
    with closing(house.visitor()) as visitor:
        visitor.get("/say")
        token = visitor.cookies["csrftoken"]
    head = (
        f"POST /say/confirm HTTP/1.1\r\nHost: {HOST}\r\nCookie: csrftoken={token}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 4000000000\r\n\r\n"
    )
    said = raw(house, head.encode())
    assert said[9:12] == b"413"


def test_sixty_megabytes_do_not_stay_in_memory(house: House) -> None:
    """Sixty megabytes over a socket: a second."""
    with closing(house.visitor()) as visitor:
        assert (
            visitor.post("/say/confirm", need(30, phone="13"), ("a.jpg", photo())).status == 422
        )  # warmed up
        peak = house.server.memory()
        answer = visitor.post("/say/confirm", need(30), ("a.jpg", b"\xff\xd8" + b"\0" * (60 * 2**20)))
    assert answer.status == 422
    assert "60 MB" in answer.text and need(30)["words"] in answer.text
    assert house.server.memory() - peak < 35 * 2**20


def test_slow_lines_leave_threads_to_those_who_read(house: House) -> None:
    """Many more forms that never end than the server has threads; then all of them hang up."""
    with closing(house.visitor()) as visitor:
        visitor.get("/say")
        token = visitor.cookies["csrftoken"]
    head = (
        f"POST /say/confirm HTTP/1.1\r\nHost: {HOST}\r\nCookie: csrftoken={token}\r\n"
        f"Content-Type: {FORM}\r\nContent-Length: 5000\r\n\r\nwords="
    ).encode()
    before = count()
    lines = [socket.create_connection((HOST, house.server.port)) for _ in range(40)]
    try:
        for line in lines:
            line.sendall(head)
        wait_for(lambda: turned_away(lines))  # every place is taken
        for path in ("/healthz", "/say", "/"):
            with closing(house.visitor(timeout=10)) as visitor:
                assert visitor.get(path).status == 200
    finally:
        for line in lines:
            line.close()

    def sent() -> bool:
        with closing(house.visitor()) as visitor:
            return visitor.post("/say/confirm", need(40)).status == 302

    assert wait_for(sent)
    assert count() == before + 1


def turned_away(lines: list[socket.socket]) -> int:
    """How many were told to come again; what they were told is read."""
    told = 0
    for line in lines:
        line.settimeout(0.01)
        with suppress(OSError):
            said = line.recv(4096, socket.MSG_PEEK)
            assert said.startswith(b"HTTP/1.1 503") and b"retry-after: 5" in said.lower()
            told += 1
    return told
