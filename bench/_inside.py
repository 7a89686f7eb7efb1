"""What the bench does on the database itself, as commands: settle, needs, orm, orm_beside_others, check, grow, pages, mailing, posted, dropped."""

import json
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - Django first

from bench import _mailings, _pages  # noqa: E402
from kaimen.cases.models import Case, Promise, TimelineEntry  # noqa: E402
from kaimen.foundation import sealing  # noqa: E402
from kaimen.foundation.models import AuditEntry, Delivery, Notice, Organisation, Place  # noqa: E402
from kaimen.foundation.secret_links import token_digest  # noqa: E402
from kaimen.intake.invented import Voices  # noqa: E402
from kaimen.web.demo import seeding  # noqa: E402

TRANSACTIONS = 3000


def settle(given: Any) -> Any:
    """The demo's park before anybody has said a word: its people, roles, places and published list."""
    seeding.settle(lambda _line: None)


def needs(given: Any) -> Any:
    """What people say: three in four chose the service that the page suggested, half leave their phone."""
    voices = Voices(given["seed"])
    places = [str(pk) for pk in Place.objects.values_list("pk", flat=True)]
    return [
        {
            "words": words,
            "service": service if voices.rng.random() < 0.75 else "",
            "place": voices.rng.choice(places) if voices.rng.random() < 0.3 else "",
            "with_phone": voices.rng.random() < 0.5,
        }
        for words, service in islice(voices, given["number"])
    ]


def orm(given: Any) -> Any:
    """The yardstick: transactions of three plain rows by the ORM, one after the other, on this database."""
    about, number = Organisation.objects.order_by("pk").first(), given.get("transactions", TRANSACTIONS)
    for timed in (False, True):
        start = time.perf_counter()
        for n in range(number if timed else number // 10):
            _three_rows(n)
    seconds = time.perf_counter() - start
    Notice.objects.filter(code="bench").delete()
    return {"per_s": number / seconds, "organisation": about.key if about else ""}


def _three_rows(n: int) -> None:
    with transaction.atomic():
        notice = Notice.objects.create(person=None, code="bench", params={"n": n})
        Delivery.objects.create(notice=notice, channel="sms", address="")
        AuditEntry.objects.create(verb="bench", subject_kind="bench", subject_id=n, params={"n": n})


def orm_beside_others(given: Any) -> Any:
    """The same by as many threads as said, in a process made ready as the server's are, for `seconds` from `start` on:
    other processes do the same meanwhile."""
    import kaimen.config.wsgi  # noqa: F401 - takes a core for this process, as a server does

    def write(thread: int) -> int:
        n = 0
        _three_rows(n)  # the connection is open
        if time.time() > given["start"]:
            raise SystemExit("came too late: the machine is too busy for a figure")
        time.sleep(given["start"] - time.time())
        while time.time() < given["start"] + given["seconds"]:
            _three_rows(n)
            n += 1
        connection.close()
        return n

    with ThreadPoolExecutor(given["threads"]) as threads:
        written = sum(threads.map(write, range(given["threads"])))
    return {"per_s": written / given["seconds"]}


def check(given: Any) -> Any:
    """Has every acknowledged need become one whole case? `tokens` are those of the links that were handed out."""
    problems: Counter[str] = Counter()
    digests = {token_digest(token): token for token in given["tokens"]}
    if len(digests) != len(given["tokens"]):
        problems["the same link twice"] += len(given["tokens"]) - len(digests)
    found: dict[str, Case] = {}
    keys = list(digests)
    for start in range(0, len(keys), 500):
        cases = Case.objects.filter(track_digest__in=keys[start : start + 500]).select_related("owner")
        found |= {case.track_digest: case for case in cases}
    problems["no case behind the link"] += len(keys) - len(found)
    problems["a number twice"] += len(found) - len({case.number for case in found.values()})
    have = _what_exists([case.pk for case in found.values()])
    for case in found.values():
        problems["no owner"] += not case.owner.name
        for what, counted in have.items():
            problems[what] += not counted[case.pk if what != "no notice" else case.number]
        problems["one promise only"] += have["no promise"][case.pk] != 2
    problems["the audit does not add up"] += len(sealing.verify())
    return {name: number for name, number in problems.items() if number}


def _what_exists(pks: list[int]) -> dict[str, Counter[Any]]:
    """How many of each thing each case has; read whole, as the database was made for this run."""
    audit = AuditEntry.objects.filter(subject_kind="cases.case", verb="case.received")
    notices = Notice.objects.filter(code="case_received", person__isnull=False)
    text = "SELECT case_id FROM cases_casetext"
    with connection.cursor() as cursor:
        cursor.execute(text)
        texts = Counter(row[0] for row in cursor.fetchall())
    return {
        "no promise": Counter(Promise.objects.filter(due_on__isnull=False).values_list("case_id", flat=True)),
        "no timeline": Counter(
            TimelineEntry.objects.filter(code="received").values_list("case_id", flat=True)
        ),
        "no audit row": Counter(audit.values_list("subject_id", flat=True)),
        "no notice": Counter(notices.values_list("params__number", flat=True)),
        "no submission": Counter(Case.objects.filter(submission__isnull=False).values_list("pk", flat=True)),
        "not to be found": texts,
    }


COMMANDS = {
    "settle": settle,
    "needs": needs,
    "orm": orm,
    "orm_beside_others": orm_beside_others,
    "check": check,
    "grow": _pages.grow,
    "pages": _pages.pages,
    "mailing": _mailings.mailing,
    "on_its_way": _mailings.on_its_way,
    "pages_of_mailing": _mailings.pages_of,
    "posted": _mailings.posted,
    "dropped": _mailings.dropped,
}

if __name__ == "__main__":
    read = sys.stdin.read()
    print(json.dumps(COMMANDS[sys.argv[1]](json.loads(read) if read else {}), ensure_ascii=False))
