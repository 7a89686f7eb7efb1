"""The whole server is killed in the middle of forms by the hundred: whatever it said yes to is there, whole, once."""

import contextlib
import http.client
import os
import random
import threading
import time
from contextlib import closing
from datetime import timedelta

import pytest
from django.db.models import Count, Q
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from kaimen.cases.links import track_path
from kaimen.cases.models import Case, NumberCounter, Promise, TimelineEntry
from kaimen.foundation import sealing
from kaimen.foundation.models import AuditEntry, Consent, Delivery, Notice
from kaimen.intake.models import Submission
from tests.cast import World
from tests.faults.house import Visitor, need, open_house, wait_for
from tests.faults.stalling import stalled

# KAIMEN_FAULT_FORMS=1000 for the whole of the promise; fewer here, so that the suite stays quick.
FORMS = int(os.environ.get("KAIMEN_FAULT_FORMS", "150"))
CLIENTS = 8
KILLS = 2


class Crowd:
    """People who send their form again until it is acknowledged, whatever becomes of the server meanwhile."""

    def __init__(self, forms: int) -> None:
        self.waiting = list(range(forms))
        self.forms = forms
        self.yes: dict[int, str] = {}  # whose form was acknowledged, and with which address
        self.other: list[int] = []  # statuses that are no answer to a good form
        self.cut = 0  # sent, and nobody knows what became of it
        self.port = 0

    def run(self) -> None:
        visitor: Visitor | None = None
        while len(self.yes) < self.forms and not self.other:
            try:
                n = self.waiting.pop()
            except IndexError:
                time.sleep(0.01)  # somebody else's may come back
                continue
            visitor = visitor or Visitor(self.port)
            try:
                answer = visitor.post("/say/confirm", need(n))
            except (OSError, http.client.HTTPException, KeyError):
                if visitor:
                    visitor.close()
                visitor = None
                self.cut += 1
                self.waiting.append(n)
                time.sleep(0.05)
                continue
            if answer.status == 302:
                self.yes[n] = answer.location
            else:
                self.other.append(answer.status)
        if visitor:
            visitor.close()


@pytest.mark.django_db(transaction=True)
def test_forms_on_their_way_while_the_server_is_killed_twice(park: World) -> None:
    """Three starts of a real server, and real forms: some seconds."""
    crowd = Crowd(FORMS)
    threads = [threading.Thread(target=crowd.run) for _ in range(CLIENTS)]
    for until in [*(FORMS * n // (KILLS + 1) for n in range(1, KILLS + 1)), FORMS]:
        with open_house(workers=1) as server:
            crowd.port = server.port
            for thread in threads:
                if thread.ident is None:
                    thread.start()
            while len(crowd.yes) < until and not crowd.other:
                time.sleep(random.uniform(0.001, 0.005))  # whatever it is doing just then
        # leaving the block is SIGKILL to the server and its workers, with forms on the way
    for thread in threads:
        thread.join()
    assert not crowd.other
    assert crowd.cut >= KILLS, "no form was on its way when the server died"
    check_all_there(crowd.yes)


@pytest.mark.django_db(transaction=True)
def test_killed_when_the_case_is_written_and_its_form_not_yet(park: World) -> None:
    """At the last table of a need, where everything else of it is written: nothing of it may stay. Starts a server."""
    with stalled("intake_submission") as stuck, open_house(workers=1) as server:
        threads = [threading.Thread(target=unanswered, args=[server.port, n]) for n in range(3)]
        for thread in threads:
            thread.start()
        wait_for(stuck)
        server.kill()
        for thread in threads:
            thread.join()
    left = [Case, Promise, TimelineEntry, Consent, Notice, Delivery, DBTaskResult, NumberCounter]
    assert {model.__name__: model.objects.count() for model in left} == {m.__name__: 0 for m in left}
    assert not AuditEntry.objects.filter(subject_kind="cases.case").exists()


def unanswered(port: int, n: int) -> None:
    with closing(Visitor(port)) as visitor, contextlib.suppress(OSError, http.client.HTTPException):
        pytest.fail(f"answered {visitor.post('/say/confirm', need(n)).status}")


def check_all_there(acknowledged: dict[int, str]) -> None:
    """Every acknowledged form is one case at the address that its sender was given, and no part of any is missing."""
    cases = {s.key: s.case for s in Submission.objects.select_related("case")}
    assert {f"say-{need(n)['key']}": where for n, where in acknowledged.items()} == {
        key: track_path(case) for key, case in cases.items()
    }
    count = len(acknowledged)
    assert Case.objects.count() == count
    whole = Case.objects.annotate(
        owed=Count("promises", distinct=True),
        told=Count("timeline", filter=Q(timeline__code="received"), distinct=True),
    ).filter(owed=2, told=1, owner__isnull=False)
    assert whole.count() == count
    assert (
        AuditEntry.objects.filter(subject_kind="cases.case").values("subject_id").distinct().count() == count
    )
    assert Consent.objects.values("reference").distinct().count() == count
    for code in ("case_received", "received"):
        assert Notice.objects.filter(code=code).count() == count
    assert Delivery.objects.count() == DBTaskResult.objects.count() == count
    assert NumberCounter.objects.get().value == count  # numbers without a gap
    assert sealing.seal(timezone.now() + timedelta(minutes=1))
    assert sealing.verify() == []
