"""A batch was taken to the post: written down once for each letter, of a long one by a job."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult

from kaimen.letters import actions
from kaimen.letters.actions import posting
from kaimen.letters.actions.posting import post_slice
from kaimen.letters.actions.printing import make_batch
from kaimen.letters.jobs import QUIET, mind_mailings, post_slice_of
from kaimen.letters.models import Batch, LetterEvent, Mailing
from tests.cast import MONDAY, World, signed_in
from tests.letters.cast import chairs, counts_agree, sent, states, the

PEOPLE = 5
LATER = MONDAY + timedelta(hours=1)


@pytest.fixture(autouse=True)
def two_at_once(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(posting, "AT_ONCE", 2)
    monkeypatch.setattr(posting, "LARGE", PEOPLE - 1)


@pytest.fixture
def batch(park: World) -> Batch:
    found = sent(park, chairs(PEOPLE), channels=("print",))
    batch = actions.start_batch(mailing=found, by=park.supervisor, now=MONDAY)
    make_batch(pk=batch.pk, now=MONDAY)
    batch.refresh_from_db()
    DBTaskResult.objects.all().delete()
    return batch


def posted(batch: Batch, park: World) -> int | None:
    return actions.post_batch(batch=batch, by=park.supervisor, now=LATER)


def whole(batch: Batch, park: World) -> bool:
    """Each letter sent once, at the hour and by whom the button was pressed; the counts agree."""
    batch.refresh_from_db()
    assert (batch.state, batch.sent_at, states(batch.mailing)) == ("sent", LATER, ["sent"] * PEOPLE)
    events = LetterEvent.objects.filter(verb="send")
    assert sorted(events.values_list("letter__seq", flat=True)) == list(range(1, PEOPLE + 1))
    assert {(one.by, one.at, one.code) for one in events} == {(park.supervisor, LATER, "posted")}
    return counts_agree(batch.mailing)


def test_a_short_one_is_written_down_at_once(
    park: World, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "LARGE", PEOPLE)
    assert posted(batch, park) == PEOPLE
    assert whole(batch, park) and not DBTaskResult.objects.exists()
    assert posted(batch, park) == 0


def test_of_a_long_one_the_request_moves_none_and_the_job_all(park: World, batch: Batch) -> None:
    assert posted(batch, park) is None
    assert set(states(batch.mailing)) == {"made"}
    assert posted(batch, park) == 0  # pressed twice: one job
    assert DBTaskResult.objects.get().args_kwargs["args"] == [batch.pk]
    moved = []
    while post_slice(pk=batch.pk, seconds=0, now=LATER):
        moved.append(states(batch.mailing).count("sent"))
    assert moved == [2, 4, 5] and whole(batch, park)
    assert not post_slice(pk=batch.pk, now=LATER)


def test_killed_in_the_middle_the_next_worker_ends_it(
    park: World, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed when it has moved two more, before they were kept."""
    posted(batch, park)
    assert post_slice(pk=batch.pk, seconds=0, now=LATER)
    real = posting._post

    def dying(*given: Any) -> Any:
        real(*given)
        raise SystemExit

    monkeypatch.setattr(posting, "_post", dying)
    with pytest.raises(SystemExit):
        post_slice(pk=batch.pk, now=LATER)
    assert states(batch.mailing).count("sent") == 2 and counts_agree(batch.mailing)
    monkeypatch.setattr(posting, "_post", real)
    assert not post_slice(pk=batch.pk, now=LATER) and whole(batch, park)


def test_the_job_of_a_slice_asks_for_the_next(
    park: World, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post_slice, "__kwdefaults__", {"seconds": 0.0, "now": LATER})
    posted(batch, park)
    asked = 0
    while waiting := DBTaskResult.objects.first():
        asked += 1
        waiting.delete()
        post_slice_of.func(*waiting.args_kwargs["args"])
    assert asked == 4 and whole(batch, park)


def test_one_that_stands_still_goes_on(park: World, batch: Batch) -> None:
    posted(batch, park)
    DBTaskResult.objects.all().delete()  # its job is lost
    Mailing.objects.update(moved_at=MONDAY)
    mind_mailings(LATER + timedelta(minutes=1))
    assert not DBTaskResult.objects.exists()
    mind_mailings(LATER + QUIET + timedelta(seconds=1))
    assert batch.pk in DBTaskResult.objects.get().args_kwargs["args"]


def test_who_has_theirs_meanwhile_and_who_was_mended_are_left_as_they_are(park: World, batch: Batch) -> None:
    posted(batch, park)
    found = batch.mailing
    actions.move_letter(letter=the(found, 4), verb="deliver", by=park.supervisor, now=LATER)
    actions.mend_letter(
        letter=the(found, 5),
        changes={"address": "示例新路 5 号"},
        channel="",
        by=park.supervisor,
        now=LATER,
        to_directory=False,
    )
    assert not post_slice(pk=batch.pk, now=LATER)
    assert states(found) == ["sent", "sent", "sent", "delivered", "waiting"] and counts_agree(found)


def test_the_page_says_that_it_is_written_down(park: World, batch: Batch, client: Client) -> None:
    sender = signed_in(client, park.supervisor)
    path = f"/letters/{batch.mailing_id}"
    said = sender.post(f"{path}/batch/1/posted", follow=True).content.decode()
    assert "正在记寄出" in said and "这一批寄出了。人多" in said and "重新排印" not in said
    assert "早就记过" in sender.post(f"{path}/batch/1/posted", follow=True).content.decode()
    post_slice(pk=batch.pk, now=LATER)
    assert "正在记寄出" not in sender.get(path).content.decode()
