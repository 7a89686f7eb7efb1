"""Files to print hold the addresses of a whole batch: they go after their days, and can be made again."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult
from pypdf import PdfReader

from kaimen.foundation.models import AuditEntry
from kaimen.letters import actions, files
from kaimen.letters.actions.printing import make_batch
from kaimen.letters.jobs import forget_printed_batches
from kaimen.letters.models import Batch, Mailing
from kaimen.logic.posting import scanned
from tests.cast import MONDAY, World, signed_in
from tests.letters.cast import sent, states, the

KEPT = timedelta(days=30)
AFTER = MONDAY + KEPT + timedelta(minutes=1)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def printed(park: World) -> tuple[Mailing, Batch]:
    found = sent(park, channels=("print",))
    batch = actions.start_batch(mailing=found, by=park.supervisor, now=MONDAY)
    make_batch(pk=batch.pk, now=MONDAY)
    batch.refresh_from_db()
    return found, batch


def again(batch: Batch, park: World) -> Batch:
    actions.print_again(batch=batch, by=park.supervisor, now=AFTER)
    make_batch(pk=batch.pk, now=AFTER)
    batch.refresh_from_db()
    return batch


def fronts(batch: Batch) -> list[str]:
    pages = PdfReader(files.folder() / batch.print_file).pages
    return [page.extract_text().replace(" ", "") for page in pages[::2]]


def test_after_their_days_the_files_go_and_the_letters_stay(park: World) -> None:
    found, batch = printed(park)
    names = [batch.print_file, batch.label_file]
    forget_printed_batches(MONDAY + KEPT - timedelta(minutes=1))
    assert all((files.folder() / name).is_file() for name in names)
    forget_printed_batches(AFTER)
    batch.refresh_from_db()
    assert (batch.print_file, batch.label_file, batch.state) == ("", "", "ready")
    assert not any((files.folder() / name).exists() for name in names)
    assert all(files.read(letter.pdf) for letter in found.letters.all())
    assert AuditEntry.objects.filter(verb="batch.forget").count() == 1


def test_when_everybody_has_theirs_they_go_the_next_night(park: World) -> None:
    found, batch = printed(park)
    actions.post_batch(batch=batch, by=park.supervisor, now=MONDAY)
    forget_printed_batches(MONDAY)
    assert Batch.objects.exclude(print_file="").exists()
    codes = scanned(" ".join(one.number for one in found.letters.all()))
    actions.take_scans(mailing=found, codes=codes, verb="deliver", by=park.supervisor, now=MONDAY)
    forget_printed_batches(MONDAY)
    assert not Batch.objects.exclude(print_file="").exists()


@pytest.mark.parametrize("days", [1, 90])
def test_the_house_says_how_many_days(park: World, settings: Any, days: int) -> None:
    settings.KEEP_PRINTED_DAYS = days
    printed(park)
    forget_printed_batches(MONDAY + timedelta(days=days, minutes=-1))
    assert Batch.objects.exclude(print_file="").exists()
    forget_printed_batches(MONDAY + timedelta(days=days, minutes=1))
    assert not Batch.objects.exclude(print_file="").exists()


@pytest.mark.parametrize("posted", [False, True])
def test_made_again_it_holds_whoever_has_not_got_theirs(park: World, posted: bool) -> None:
    found, batch = printed(park)
    if posted:
        actions.post_batch(batch=batch, by=park.supervisor, now=MONDAY)
    before = fronts(batch)
    forget_printed_batches(AFTER)
    actions.move_letter(letter=the(found, 2), verb="deliver", by=park.supervisor, now=AFTER)
    batch = again(batch, park)
    assert batch.state == ("sent" if posted else "ready")
    assert fronts(batch) == [said for said in before if "示例主席2" not in said]  # of the day they were made
    assert states(found)[0] == ("sent" if posted else "made")


def test_asked_for_twice_they_are_made_once(park: World) -> None:
    _found, batch = printed(park)
    forget_printed_batches(AFTER)
    DBTaskResult.objects.all().delete()
    actions.print_again(batch=batch, by=park.supervisor, now=AFTER)
    with pytest.raises(actions.NotNow, match="moved"):
        actions.print_again(batch=batch, by=park.supervisor, now=AFTER)
    assert DBTaskResult.objects.count() == 1


def test_files_that_are_there_are_not_made_again(park: World) -> None:
    _found, batch = printed(park)
    with pytest.raises(actions.NotNow, match="moved"):
        actions.print_again(batch=batch, by=park.supervisor, now=MONDAY)


def test_who_was_erased_is_not_printed_again(park: World) -> None:
    found, batch = printed(park)
    forget_printed_batches(AFTER)
    found.letters.filter(seq=1).update(name="已注销", address="", pdf="")
    assert len(fronts(again(batch, park))) == 2


def test_the_page_says_why_they_are_gone_and_makes_them_again(park: World, client: Client) -> None:
    found, batch = printed(park)
    forget_printed_batches(AFTER)
    sender = signed_in(client, park.supervisor)
    page = sender.get(f"/letters/{found.pk}").content.decode()
    assert "按期清掉了" in page and f"/letters/{found.pk}/batch/1/again" in page
    assert f"/letters/{found.pk}/batch/1/print" not in page
    sender.post(f"/letters/{found.pk}/batch/1/again")
    batch.refresh_from_db()
    assert batch.state == "making"


def test_whoever_takes_the_addresses_along_stands_in_the_audit(park: World, client: Client) -> None:
    found, _batch = printed(park)
    answer = signed_in(client, park.supervisor).get(f"/letters/{found.pk}/batch/1/labels")
    assert answer.getvalue().startswith(b"%PDF")
    taken = AuditEntry.objects.get(verb="batch.take")
    assert (taken.actor, taken.params["what"]) == (park.supervisor, "labels")
