"""Each letter is made once: pressed twice, killed in the middle, two workers at once."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django_tasks_db.models import DBTaskResult

from kaimen.letters import actions, files
from kaimen.letters.actions import making
from kaimen.letters.actions.making import LEASE, claim, make_slice
from kaimen.letters.jobs import QUIET, forget_loose_letters, mind_mailings
from kaimen.letters.models import LetterEvent, Mailing
from kaimen.letters.sheets import Writer
from tests.cast import MONDAY, World, world
from tests.letters.cast import chairs, counts_agree, made, mailing, states, the


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> Any:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "letters"


def begun(park: World, n: int = 3) -> Mailing:
    found = mailing(park, chairs(n))
    actions.check_mailing(mailing=found, by=park.supervisor, now=MONDAY)
    actions.make_letters(mailing=found, by=park.supervisor, now=MONDAY)
    return found


def test_all_are_made_with_a_file_each(park: World, folder: Any) -> None:
    found = made(park)
    assert (states(found), found.state) == (["made"] * 3, "ready")
    names = set(found.letters.values_list("pdf", flat=True))
    assert len(names) == 3 and all(files.read(name).startswith(b"%PDF") for name in names)
    assert "示例" not in str(list(folder.rglob("*")))
    assert counts_agree(found)


def test_what_was_not_looked_through_is_not_made(park: World) -> None:
    with pytest.raises(actions.NotNow, match="not_checked"):
        actions.make_letters(mailing=mailing(park), by=park.supervisor, now=MONDAY)


def test_pressed_twice_it_begins_once(park: World) -> None:
    found = begun(park)
    assert not actions.make_letters(mailing=found, by=park.supervisor, now=MONDAY)
    assert DBTaskResult.objects.count() == 1


def test_a_killed_worker_s_letters_are_made_once_by_the_next(park: World) -> None:
    found = begun(park)
    dead = claim(found, "waiting", MONDAY)  # claimed, perhaps even written, and then killed
    assert len(dead) == 3
    assert not make_slice(pk=found.pk, now=MONDAY)
    assert states(found) == ["waiting"] * 3  # its claim still holds
    make_slice(pk=found.pk, now=MONDAY + LEASE + timedelta(seconds=1))
    assert states(found) == ["made"] * 3
    # the dead one wakes up after all: it holds no claim any more and changes nothing
    before = list(found.letters.values_list("pdf", flat=True))
    making._write(found, Writer(found, MONDAY), dead, MONDAY)
    assert list(found.letters.values_list("pdf", flat=True)) == before
    assert LetterEvent.objects.filter(verb="make").count() == 3
    assert counts_agree(found)


def test_a_mailing_that_stands_still_goes_on(park: World) -> None:
    found = begun(park)
    DBTaskResult.objects.all().delete()  # its job is lost
    mind_mailings(MONDAY)
    assert not DBTaskResult.objects.exists()
    mind_mailings(MONDAY + QUIET + timedelta(seconds=1))
    assert DBTaskResult.objects.get().args_kwargs["args"] == [found.pk]


def test_stopped_and_gone_on_with_each_is_made_once(park: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "CHUNK", 2)
    found = begun(park, 5)
    assert make_slice(pk=found.pk, seconds=0, now=MONDAY)
    actions.stop_mailing(mailing=found, by=park.supervisor, now=MONDAY)
    assert not make_slice(pk=found.pk, now=MONDAY)
    assert states(found).count("made") == 2
    actions.make_letters(mailing=found, by=park.supervisor, now=MONDAY)
    make_slice(pk=found.pk, now=MONDAY)
    assert states(found) == ["made"] * 5
    assert LetterEvent.objects.filter(verb="make").count() == 5


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_make_each_once(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> None:
    """Real threads, each with its own connection: about a second."""
    monkeypatch.setattr(making, "CHUNK", 3)
    found = begun(world(), 20)
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        make_slice(pk=found.pk, now=MONDAY)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert states(found) == ["made"] * 20
    assert LetterEvent.objects.filter(verb="make").count() == 20
    assert len({*found.letters.values_list("pdf", flat=True)}) == 20
    assert counts_agree(found)


def test_who_wants_none_gets_none_but_an_official_one(park: World) -> None:
    first = made(park, official=False)
    actions.unsubscribe(letter=the(first, 2), now=MONDAY)
    again = made(park, official=False)
    assert states(again) == ["made", "left_out", "made"]
    assert the(again, 2).reason == "unsubscribed"
    assert states(made(park, official=True)) == ["made"] * 3


def test_who_wants_none_is_left_out_by_the_job_and_made_when_the_sender_mends_the_letter(park: World) -> None:
    first = made(park, official=False)
    actions.unsubscribe(letter=the(first, 2), now=MONDAY)
    again = mailing(park, official=False)
    actions.check_mailing(mailing=again, by=park.supervisor, now=MONDAY)
    actions.make_letters(mailing=again, by=park.supervisor, now=MONDAY)
    assert states(again) == ["waiting"] * 3  # of 100,000 the request looks at none
    make_slice(pk=again.pk, now=MONDAY)
    assert states(again) == ["made", "left_out", "made"]
    actions.mend_letter(
        letter=the(again, 2), changes={}, channel="print", by=park.supervisor, now=MONDAY, to_directory=False
    )
    make_slice(pk=again.pk, now=MONDAY)
    assert states(again) == ["made"] * 3 and counts_agree(again)


def test_files_that_nobody_points_to_are_swept_away(park: World, folder: Any) -> None:
    found = made(park)
    loose = files.write(b"%PDF loose")
    from django.utils import timezone

    forget_loose_letters(timezone.now())
    assert (folder / loose).exists()  # perhaps a worker is just about to point to it
    forget_loose_letters(timezone.now() + timedelta(days=2))
    assert not (folder / loose).exists()
    assert files.read(the(found).pdf)


def test_steps_can_only_be_added(park: World) -> None:
    made(park)
    with pytest.raises(DatabaseError), transaction.atomic():
        LetterEvent.objects.update(verb="read")
    with pytest.raises(DatabaseError), transaction.atomic():
        LetterEvent.objects.all().delete()
