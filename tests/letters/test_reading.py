"""A long list is read by a job: pressed twice, killed in the middle, with a file that is none."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django_tasks_db.models import DBTaskResult

from kaimen.foundation.organisations import give_role
from kaimen.letters import actions
from kaimen.letters.actions import reading, writing
from kaimen.letters.actions.reading import Overtaken, _Reading, read_list
from kaimen.letters.errors import NotNow
from kaimen.letters.jobs import QUIET, mind_mailings
from kaimen.letters.models import Mailing
from tests.cast import MONDAY, World, signed_in
from tests.letters.cast import counts_agree, the
from tests.letters.test_writing import draft

PEOPLE = 7
STEPS = 12  # that a worker writes down for them, over three that were there before


@pytest.fixture(autouse=True)
def everything_is_long(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(writing, "LARGE", 0)
    monkeypatch.setattr(writing, "LARGE_FILE", 0)
    monkeypatch.setattr(reading, "AT_ONCE", 2)


def table(people: int = PEOPLE, heading: str = "姓名,单位,地址") -> SimpleUploadedFile:
    rows = [f"示例{n},示例{n}厂,示例路 {n} 号" for n in range(1, people + 1)]
    return SimpleUploadedFile("chairs.csv", "\n".join([heading, *rows, rows[0] if rows else ""]).encode())


def take(found: Mailing, park: World, upload: SimpleUploadedFile) -> bool:
    return actions.take_table(mailing=found, upload=upload, by=park.supervisor, now=MONDAY)


def taken(park: World) -> Mailing:
    found = draft(park)
    assert not take(found, park, table())
    found.refresh_from_db()
    return found


def names(found: Mailing) -> list[str]:
    return list(found.letters.order_by("seq").values_list("name", flat=True))


def whole(found: Mailing) -> bool:
    """Read and looked through: each once, in the order of the table, and the counts agree."""
    found.refresh_from_db()
    assert (found.state, found.problem, found.total, found.last_seq) == ("checked", "", PEOPLE, PEOPLE)
    assert list(found.letters.order_by("seq").values_list("seq", flat=True)) == list(range(1, PEOPLE + 1))
    return names(found) == [f"示例{n}" for n in range(1, PEOPLE + 1)] and counts_agree(found)


class Dying(_Reading):
    """A worker that is killed when it wants to write down its `life`-th step."""

    life = 0

    def keep(self, **changes: Any) -> None:
        if not self.life:
            raise SystemExit
        self.life -= 1
        super().keep(**changes)


def test_the_request_reads_nothing_and_the_job_everything_once(park: World) -> None:
    found = taken(park)
    assert (found.state, found.letters.count()) == ("reading", 0)
    read_list(pk=found.pk, now=MONDAY)
    assert whole(found)
    assert found.columns["name"] == "姓名" and found.headings == ["姓名", "单位", "地址"]


def test_pressed_twice_it_is_read_once(park: World) -> None:
    found = taken(park)
    with pytest.raises(NotNow, match="reading"):
        take(found, park, table())
    with pytest.raises(NotNow, match="reading"):
        actions.look_again(mailing=Mailing(pk=found.pk, total=1), by=park.supervisor, now=MONDAY)
    assert DBTaskResult.objects.count() == 1


@pytest.mark.parametrize("life", range(STEPS))
def test_killed_at_any_step_the_next_worker_ends_it(park: World, life: int) -> None:
    """Over a list that was there before, which is never mixed with the new one."""
    found = draft(park)
    take(found, park, table(3, "企业,姓名,地址"))
    read_list(pk=found.pk, now=MONDAY)
    assert names(found) == ["示例1厂", "示例2厂", "示例3厂"]
    take(found, park, table())
    Mailing.objects.filter(pk=found.pk).update(read_mark="dying")
    dying = Dying(Mailing.objects.get(pk=found.pk), "dying", MONDAY)
    dying.life = life
    with pytest.raises(SystemExit):
        dying.run()
    read_list(pk=found.pk, now=MONDAY)
    assert whole(found)


def test_the_steps_of_the_test_above_are_all_there_are(park: World) -> None:
    """Otherwise a step added later would not be tried."""
    found = draft(park)
    take(found, park, table(3, "企业,姓名,地址"))
    read_list(pk=found.pk, now=MONDAY)
    take(found, park, table())
    Mailing.objects.filter(pk=found.pk).update(read_mark="dying")
    dying = Dying(Mailing.objects.get(pk=found.pk), "dying", MONDAY)
    dying.life = STEPS
    dying.run()
    assert dying.life == 0


def test_a_worker_thought_dead_changes_nothing_any_more(park: World) -> None:
    found = taken(park)
    Mailing.objects.filter(pk=found.pk).update(read_mark="slow")
    slow = _Reading(Mailing.objects.get(pk=found.pk), "slow", MONDAY)
    slow.count()
    read_list(pk=found.pk, now=MONDAY)
    with pytest.raises(Overtaken):
        slow.run()
    assert whole(found)


def test_a_list_that_stands_still_goes_on(park: World) -> None:
    found = taken(park)
    DBTaskResult.objects.all().delete()  # its job is lost
    mind_mailings(MONDAY + QUIET + timedelta(seconds=1))
    assert DBTaskResult.objects.get().args_kwargs["args"] == [found.pk]


@pytest.mark.parametrize(
    ("upload", "code"),
    [
        (lambda: SimpleUploadedFile("chairs.xlsx", b"PK\x03\x04 no workbook"), "broken"),
        (lambda: table(heading="甲,乙,丙"), "no_name_column"),
        (lambda: SimpleUploadedFile("chairs.csv", "姓名\n".encode()), "nobody"),
    ],
)
def test_a_table_that_cannot_be_read_leaves_the_list_of_before(
    park: World, upload: Callable[[], SimpleUploadedFile], code: str
) -> None:
    found = taken(park)
    read_list(pk=found.pk, now=MONDAY)
    take(found, park, upload())
    read_list(pk=found.pk, now=MONDAY)
    found.refresh_from_db()
    assert (found.state, found.problem) == ("draft", code)
    assert found.letters.count() == PEOPLE and counts_agree(found)


def test_half_a_list_is_never_left_behind(park: World) -> None:
    """The kept table is gone when the worker that was killed has read half of it."""
    found = taken(park)
    Mailing.objects.filter(pk=found.pk).update(read_mark="dying")
    dying = Dying(Mailing.objects.get(pk=found.pk), "dying", MONDAY)
    dying.life = 5
    with pytest.raises(SystemExit):
        dying.run()
    assert 0 < found.letters.count() < PEOPLE
    writing.forget_table(dying.mailing)
    read_list(pk=found.pk, now=MONDAY)
    found.refresh_from_db()
    assert (found.state, found.problem, found.total, found.letters.count()) == ("draft", "gone", 0, 0)


def test_a_tree_of_chairs(park: World) -> None:
    give_role(person=park.worker, kind="chair", organisation=park.other_firm, by=None)
    found = draft(park)
    whole_at_once = actions.take_roles(
        mailing=found, top=park.community, role="chair", kinds=[], by=park.supervisor, now=MONDAY
    )
    assert not whole_at_once and not found.letters.exists()
    read_list(pk=found.pk, now=MONDAY)
    assert set(names(found)) == {park.chair.name, park.worker.name} and counts_agree(found)


def test_nothing_is_mended_while_it_is_read(park: World) -> None:
    found = taken(park)
    read_list(pk=found.pk, now=MONDAY)
    found.refresh_from_db()
    actions.look_again(mailing=found, by=park.supervisor, now=MONDAY)
    letter = the(found)
    with pytest.raises(NotNow, match="reading"):
        actions.take_out(letter=letter, by=park.supervisor, now=MONDAY)
    with pytest.raises(NotNow, match="reading"):
        actions.mend_letter(
            letter=letter, changes={}, channel="", by=park.supervisor, now=MONDAY, to_directory=False
        )
    read_list(pk=found.pk, now=MONDAY)
    assert whole(found)


def test_dropped_while_it_is_read_nothing_is_left(park: World) -> None:
    found = taken(park)
    actions.drop_mailing(mailing=found, by=park.supervisor)
    read_list(pk=found.pk or 1, now=MONDAY)
    assert not Mailing.objects.exists()


def test_the_page_says_how_far_it_is_and_turns_to_the_draft(park: World, client: Client) -> None:
    found = taken(park)
    path = f"/letters/{found.pk}"
    sender = signed_in(client, park.supervisor)
    assert "正在读名单" in sender.get(path).content.decode()
    assert "HX-Refresh" not in sender.get(path, headers={"HX-Request": "true"}).headers
    read_list(pk=found.pk, now=MONDAY)
    assert sender.get(path, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert "做这 7 封信" in sender.get(path).content.decode()
