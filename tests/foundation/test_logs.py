"""What is logged helps whoever runs the house and betrays nobody: no words, names, phones, tokens, addresses."""

import json
import logging
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from kaimen.cases import actions, links
from kaimen.cases.models import Case
from kaimen.foundation import logs
from kaimen.foundation.models import Notice
from tests.cast import World, signed_in

WORDS = "夜里宿舍门口有人吵架，我住 402，找示例秦"
PHONE = "13812345678"


class Written(logging.Handler):
    """Keeps each line as our two formatters write it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.json: list[str] = []
        self.plain: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.json.append(logs.JsonLines().format(record))
        self.plain.append(logs.Plain().format(record))

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.json]

    def everything(self) -> str:
        return "\n".join([*self.json, *self.plain])


@pytest.fixture
def written(settings: Any) -> Iterator[Written]:
    """Every logger from INFO on, also those that are quieter in the product; SQL at DEBUG is never switched on."""
    handler = Written()
    root = logging.getLogger()
    loggers = [root, *(logging.getLogger(name) for name in ("kaimen.requests", "django.request", "django"))]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.INFO)
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


def say(client: Client) -> Case:
    key = re.search(r'name="key" value="([^"]+)"', client.get("/say").content.decode())
    assert key
    form = {"key": key[1], "words": WORDS, "phone": PHONE, "name": "示例秦某", "consent": "on"}
    client.post("/say/suggest", form)
    assert client.post("/say/confirm", form).status_code == 302
    return Case.objects.get()


def test_a_whole_need_leaves_no_personal_data_in_the_log(park: World, written: Written) -> None:
    """From the sentence to the rating, with everything that is refused or breaks on the way."""
    asker, desk = Client(raise_request_exception=False), Client(raise_request_exception=False)
    case = say(asker)
    token = links.track_token(case)
    track = links.track_path(case)
    officer = case.owner
    signed_in(desk, officer)
    Client().post("/in/staff", {"login": "示例王", "password": "secret-guess-1"})
    desk.get("/desk/", {"q": "402"})
    desk.post(f"/desk/{case.number}/phone", {"purpose": "call"})
    task = actions.give_task(
        cases=[case], organisation=park.department, title="示例秦来找", detail=WORDS, days=3, by=officer,
        now=timezone.now(),
    )  # fmt: skip
    _link, task_token = actions.make_task_link(
        task=task, for_person=park.handler, by=officer, now=timezone.now()
    )
    desk.post(f"/desk/{case.number}/do/answer", {"text": "示例秦，保安今晚去 402。"})
    asker.get(track)
    asker.get(f"/task/{task_token}")
    asker.get("/t/GUESSED-TOKEN-00000000")
    asker.get(f"/nothing/{token}/{PHONE}")
    asker.post(f"{track}/do/rate", {"score": "5", "solved": "yes", "words": WORDS})
    strict = Client(enforce_csrf_checks=True)
    for path in (f"{track}/do/rate", f"/task/{task_token}/do/finish"):
        assert strict.post(path, {"note": WORDS}, headers={"Referer": f"https://x{track}"}).status_code == 403
    for path in (track, f"/task/{task_token}"):
        assert broken(asker, path).status_code == 500
    assert Client().get("/", headers={"Host": f"_{token}.example"}).status_code == 400
    assert written.json
    secret = [
        WORDS,
        "我住 402",
        "去 402",
        "示例秦",
        PHONE,
        token,
        task_token,
        "GUESSED",
        "secret-guess",
        "示例王",
        track,
    ]
    secret += [notice.link for notice in Notice.objects.all() if notice.link]
    assert [word for word in secret if word in written.everything()] == []
    routes = {line.get("route") for line in written.lines()}
    assert {"say_confirm", "track", "task_link", "desk_do", "-"} <= routes
    told = [line for line in written.lines() if line.get("status") == 500]
    assert told, "a page that breaks is told"
    assert told[0]["failure"][-1]["at"], "and where it broke"


def broken(client: Client, path: str) -> Any:
    """The page with a table taken away under it: a real fault, taken back at the end."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE cases_timelineentry RENAME TO elsewhere")
            cursor.execute("ALTER TABLE cases_tasklink RENAME TO elsewhere_too")
        answer = client.get(path)
        transaction.set_rollback(True)
    return answer


def test_each_line_names_its_request_and_the_page_of_an_error_shows_it(park: World, written: Written) -> None:
    client = Client(raise_request_exception=False)
    answer = broken(client, links.track_path(park.case()))
    number = answer["X-Request-ID"]
    assert number in answer.content.decode()
    assert {line["request"] for line in written.lines() if line.get("route") == "track"} == {number}


def test_an_id_from_our_proxy_is_kept_and_one_from_anybody_is_not(client: Client, settings: Any) -> None:
    headers = {"X-Request-ID": "0123456789abcdef"}
    assert client.get("/healthz", headers=headers)["X-Request-ID"] != headers["X-Request-ID"]
    settings.BEHIND_PROXY = True
    assert client.get("/healthz", headers=headers)["X-Request-ID"] == headers["X-Request-ID"]
    odd = client.get("/healthz", headers={"X-Request-ID": "a\tb 张"})["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{16}", odd)


def test_watchers_are_not_logged(client: Client, written: Written) -> None:
    client.get("/healthz")
    assert written.json == []


def record(name: str, message: str, *args: object, error: BaseException | None = None) -> dict[str, Any]:
    caught = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord(name, logging.ERROR, "x.py", 1, message, args, caught)
    return logs.fields(made)


def test_an_exception_is_told_by_type_and_place_only() -> None:
    try:
        try:
            int(PHONE + "x")
        except ValueError as cause:
            raise KeyError(WORDS) from cause
    except KeyError as error:
        told = record("kaimen.some", "failed", error=error)
    assert [failure["type"] for failure in told["failure"]] == ["KeyError", "ValueError"]
    assert "test_logs.py" in told["failure"][0]["at"][0]
    assert PHONE not in str(told) and WORDS not in str(told)


def test_what_was_under_way_is_told_too_and_of_others_only_the_first_line() -> None:
    try:
        try:
            int(PHONE + "x")
        except ValueError:
            raise KeyError(WORDS)  # noqa: B904  what happens when an error meets another
    except KeyError as error:
        told = record("kaimen.some", "failed", error=error)
    assert [failure["type"] for failure in told["failure"]] == ["KeyError", "ValueError"]
    assert record("some.library", f"refused\n{WORDS}")["message"] == "refused"


def test_why_a_database_is_away_is_told_but_not_what_it_was_asked(db: None) -> None:
    from django.db import OperationalError

    assert record("kaimen", "x", error=OperationalError("connection refused\nmore"))["failure"][0][
        "said"
    ] == ("connection refused")
    if connection.vendor == "sqlite":
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SELECT '{WORDS}' FROM 示例秦")
        except OperationalError:
            told = record("kaimen", "x", error=sys.exc_info()[1])
        assert "示例秦" not in str(told)


@pytest.mark.parametrize(
    ("name", "message", "expected"),
    [
        ("kaimen.foundation.jobs", "job %s gave up", "job 示例秦 gave up"),
        ("some.library", "user %s from %(place)s failed %d%%", "user … from … failed …%%"),
        ("kaimenlike", "for %s", "for …"),
    ],
)
def test_only_our_own_messages_are_filled_in(name: str, message: str, expected: str) -> None:
    arguments = ("示例秦",) if name.startswith("kaimen.") else ("示例秦", 3)
    assert record(name, message, *arguments)["message"] == expected
