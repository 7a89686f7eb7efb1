"""The worker is killed with SIGKILL while it makes, prints and sends letters: afterwards each recipient has theirs once."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pypdf import PdfReader

from kaimen.foundation import jobs
from kaimen.letters import actions, files
from kaimen.letters.actions.making import CHUNK
from kaimen.letters.jobs import forget_loose_letters
from kaimen.letters.models import Batch, Letter, LetterEvent, Mailing
from tests.cast import World
from tests.faults.house import wait_for, work
from tests.faults.test_worker_killed import PostOffice, killed_at_the_end
from tests.letters.cast import chairs, counts_agree, mailing

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 3 * CHUNK
BY_MAIL = 30


def leases_run_out() -> None:
    """The time goes by after which a silent worker counts as dead."""
    long_ago = timezone.now() - jobs.LEASE - timedelta(minutes=1)
    Letter.objects.exclude(claimed_by="").update(claimed_at=long_ago)
    Mailing.objects.update(moved_at=long_ago)
    DBTaskResult.objects.filter(status="RUNNING").update(started_at=long_ago)


def until_all_is_done(**environment: str) -> None:
    """One more worker, that is left alone until nothing waits."""
    with killed_at_the_end(work(**environment)):
        wait_for(lambda: not DBTaskResult.objects.filter(status__in=("READY", "RUNNING")).exists())


def in_the_middle(found: Mailing) -> bool:
    return found.letters.filter(state="made").exists()


def test_each_has_one_letter_one_place_in_the_post_and_one_mail(park: World) -> None:
    """Six starts of a real worker, three of them killed in the middle of what they do."""
    people = chairs(PEOPLE)
    found = mailing(park, people[:BY_MAIL] + chairs(PEOPLE, email="")[BY_MAIL:], ("email", "print"))
    now = timezone.now()
    actions.check_mailing(mailing=found, by=park.supervisor, now=now)
    actions.make_letters(mailing=found, by=park.supervisor, now=now)
    with killed_at_the_end(work()):
        wait_for(lambda: in_the_middle(found))
    assert found.letters.filter(state="waiting").exists(), "all were made before it was killed"
    leases_run_out()
    until_all_is_done()
    _made_once(found)
    _posted_once(found, park)
    _mailed_once(found, park)


def _made_once(found: Mailing) -> None:
    assert found.letters.filter(state="made").count() == PEOPLE
    assert LetterEvent.objects.filter(verb="make").count() == PEOPLE
    names = set(found.letters.values_list("pdf", flat=True))
    assert len(names) == PEOPLE and all(files.read(name).startswith(b"%PDF") for name in names)
    forget_loose_letters(
        timezone.now() + timedelta(days=2)
    )  # what the killed one wrote in vain is swept away
    kept = {str(path.relative_to(files.folder())) for path in files.folder().glob("*/*.pdf")}
    assert kept == names and counts_agree(found)


def _posted_once(found: Mailing, park: World) -> None:
    actions.start_batch(mailing=found, by=park.supervisor, now=timezone.now())
    with killed_at_the_end(work()):
        wait_for(lambda: list(files.folder().glob("*/*.part")))
    assert Batch.objects.get().state == "making", "it was done before it was killed"
    leases_run_out()
    until_all_is_done()
    batch = Batch.objects.get()
    on_paper = PEOPLE - BY_MAIL
    assert (batch.state, batch.letters.count()) == ("ready", on_paper)
    printed = PdfReader(files.folder() / batch.print_file)
    fronts = [page.extract_text().replace(" ", "") for page in printed.pages[::2]]
    assert [sum(f"示例主席{n}主席" in said for said in fronts) for n in range(BY_MAIL + 1, PEOPLE + 1)] == [
        1
    ] * on_paper
    forget_loose_letters(timezone.now() + timedelta(days=2))
    assert not list(files.folder().glob("*/*.part"))


def _mailed_once(found: Mailing, park: World) -> None:
    """Killed while the mail server has a letter and has not said yes: nobody can know, so it goes out a second time under
    the same Message-ID, by which mail programs show it once. All others go out once."""
    office = PostOffice("after")
    mail: dict[str, Any] = {"KAIMEN_SMTP_HOST": "127.0.0.1", "KAIMEN_SMTP_PORT": str(office.port)}
    found.refresh_from_db()
    actions.send_letters(mailing=found, by=park.supervisor, now=timezone.now())
    try:
        with killed_at_the_end(work(**mail)):
            assert office.reached.wait(20)
        office.go_on.set()
        leases_run_out()
        until_all_is_done(**mail)
    finally:
        office.close()
    assert found.letters.filter(channel="email", state="sent").count() == BY_MAIL
    assert LetterEvent.objects.filter(verb="send").count() == BY_MAIL
    marks = [_header(letter, b"message-id:") for letter in office.letters]
    assert len(marks) == BY_MAIL + 1 and len(set(marks)) == BY_MAIL
    assert len({_header(letter, b"to:") for letter in office.letters}) == BY_MAIL
    assert counts_agree(found)


def _header(letter: bytes, name: bytes) -> bytes:
    return next(line for line in letter.splitlines() if line.lower().startswith(name))


def test_the_worker_writes_where_this_test_looks() -> None:
    assert files.folder().is_relative_to(settings.ENV.var)
