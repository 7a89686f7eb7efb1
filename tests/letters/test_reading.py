"""A long list is read by a job: pressed twice, killed in the middle, with a file that is none."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django_tasks_db.models import DBTaskResult

from kaimen.foundation.models import Account
from kaimen.foundation.organisations import give_role
from kaimen.letters import actions, doors, links, looking, recipients
from kaimen.letters.actions import dropping, reading, writing
from kaimen.letters.actions.dropping import drop_slice, forget_table
from kaimen.letters.actions.reading import Overtaken, _Reading, read_list
from kaimen.letters.errors import NotNow
from kaimen.letters.jobs import QUIET, mind_mailings, read_list_of
from kaimen.letters.models import Letter, Mailing
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


def test_a_slice_does_some_and_leaves_the_rest_to_the_next(
    park: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However short: so that notices, mails and escalations of a single worker go between."""
    monkeypatch.setattr(looking, "AT_ONCE", 2)
    monkeypatch.setattr(reading, "TAKEN_AT_ONCE", 1)
    monkeypatch.setattr(recipients, "AT_ONCE", 1)
    found = draft(park)
    take(found, park, table(3, "企业,姓名,地址"))
    read_list(pk=found.pk, now=MONDAY)
    take(found, park, table())
    far = []
    while read_list(pk=found.pk, seconds=0, now=MONDAY):
        found.refresh_from_db()
        assert len(far) < STEPS  # else a step begins again and again
        far.append((found.read_step, found.letters.count(), found.read_done, found.read_rows))
    assert far == [
        ("clear", 1, 0, 0),
        ("clear", 0, 0, 0),
        ("fill", 2, 2, 1),
        ("fill", 4, 4, 3),
        ("fill", 6, 6, 5),
        ("fill", 7, 7, 7),
        ("look", 7, 2, 7),
        ("look", 7, 4, 7),
        ("look", 7, 6, 7),
        ("look", 7, 7, 7),
    ]
    assert whole(found)


def test_what_the_slices_before_saw_stands_in_the_report(
    park: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "AT_ONCE", 2)
    monkeypatch.setattr(looking, "SHOWN", 3)
    found = draft(park)
    rows = "\n".join(f"示例{n}\U0002a6a5,,{'' if n % 2 else '示例路'}" for n in range(PEOPLE))
    take(found, park, SimpleUploadedFile("chairs.csv", f"姓名,单位,地址\n{rows}\n".encode()))
    for _ in range(STEPS):
        more = read_list(pk=found.pk, seconds=0, now=MONDAY)
    assert not more
    found.refresh_from_db()
    at_once = looking.look_through(found, MONDAY)
    assert found.report == at_once and found.read_look == {}
    assert (at_once["total"], at_once["glyph_count"], at_once["no_address"]) == (PEOPLE, PEOPLE, [2, 4, 6])
    assert [seq for seq, _signs in at_once["glyphs"]] == [1, 2, 3]


def test_the_job_of_a_slice_asks_for_the_next(park: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SLICE", 0)
    monkeypatch.setattr(reading.read_list, "__kwdefaults__", {"seconds": 0.0, "now": MONDAY})
    found = taken(park)
    DBTaskResult.objects.all().delete()
    asked = 0
    read_list_of.func(found.pk)
    while waiting := DBTaskResult.objects.first():
        asked += 1
        waiting.delete()
        read_list_of.func(*waiting.args_kwargs["args"])
    assert asked > PEOPLE / 2 and whole(found)


def test_people_added_by_a_former_slice_are_not_read_again(park: World) -> None:
    give_role(person=park.worker, kind="chair", organisation=park.other_firm, by=None)
    asked = {"top": park.community, "role": "chair", "kinds": []}
    assert len(list(recipients.by_roles(**asked))) == 2
    rest = list(recipients.by_roles(**asked, besides={f"p{park.worker.pk}"}))
    assert [one.person for one in rest] == [park.chair]


def test_whoever_was_stopped_is_written_to_by_no_role(park: World) -> None:
    give_role(person=park.worker, kind="chair", organisation=park.other_firm, by=None)
    Account.objects.update_or_create(person=park.worker, defaults={"username": "w", "is_active": False})
    asked = {"top": park.community, "role": "chair", "kinds": []}
    assert [one.person for one in recipients.by_roles(**asked)] == [park.chair]
    assert recipients.count_roles(**asked) == 1


def test_a_worker_thought_dead_changes_nothing_any_more(park: World) -> None:
    found = taken(park)
    Mailing.objects.filter(pk=found.pk).update(read_mark="slow")
    slow = _Reading(Mailing.objects.get(pk=found.pk), "slow", MONDAY)
    slow.count()
    assert read_list(pk=found.pk, seconds=0, now=MONDAY)  # it is still being read, by another
    with pytest.raises(Overtaken):
        slow.run()
    assert found.letters.count() == 2
    while read_list(pk=found.pk, now=MONDAY):
        pass
    assert whole(found)


def test_killed_between_the_letters_and_their_count_neither_is_kept(
    park: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = taken(park)
    assert read_list(pk=found.pk, seconds=0, now=MONDAY)

    def dying(*_given: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as killed:
        killed.setattr(reading, "add_counts", dying)
        with pytest.raises(SystemExit):
            read_list(pk=found.pk, now=MONDAY)
    found.refresh_from_db()
    assert (found.total, found.letters.count()) == (2, 2) and counts_agree(found)
    read_list(pk=found.pk, now=MONDAY)
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
    forget_table(dying.mailing)
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
    actions.drop_mailing(mailing=found, by=park.supervisor, now=MONDAY)
    read_list(pk=found.pk or 1, now=MONDAY)
    assert not Mailing.objects.exists()


def test_a_long_list_is_dropped_by_a_job_and_nobody_sees_it_any_more(
    park: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dropping, "LARGE", 6)
    monkeypatch.setattr(dropping, "AT_ONCE", 3)
    found = taken(park)
    read_list(pk=found.pk, now=MONDAY)
    one = the(found)
    path, token = f"/letters/{found.pk}", links.token(one)
    assert doors.letter_behind(token) == one
    DBTaskResult.objects.all().delete()
    sender = signed_in(client, park.supervisor)
    sender.post(f"{path}/do/drop")
    assert Letter.objects.count() == PEOPLE  # the request removes none
    assert DBTaskResult.objects.get().args_kwargs["args"] == [found.pk]
    assert {sender.get(at).status_code for at in (path, f"/letters/one/{one.pk}")} == {404}
    assert f'href="{path}"' not in sender.get("/letters/").content.decode()
    assert doors.letter_behind(token) is None
    with pytest.raises(NotNow, match="moved"):
        actions.drop_mailing(mailing=found, by=park.supervisor, now=MONDAY)
    left = []
    while drop_slice(pk=found.pk, seconds=0, now=MONDAY):
        left.append(Letter.objects.count())
    assert left == [4, 1, 0] and not Mailing.objects.exists()


def test_a_drop_that_stands_still_goes_on(park: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dropping, "LARGE", 0)
    found = taken(park)
    read_list(pk=found.pk, now=MONDAY)
    actions.drop_mailing(mailing=found, by=park.supervisor, now=MONDAY)
    DBTaskResult.objects.all().delete()  # its job is lost
    mind_mailings(MONDAY + QUIET + timedelta(seconds=1))
    assert DBTaskResult.objects.get().args_kwargs["args"] == [found.pk]


def test_only_a_draft_is_dropped(park: World) -> None:
    found = taken(park)
    read_list(pk=found.pk, now=MONDAY)
    actions.make_letters(mailing=found, by=park.supervisor, now=MONDAY)
    with pytest.raises(NotNow, match="moved"):
        actions.drop_mailing(mailing=found, by=park.supervisor, now=MONDAY)
    assert not drop_slice(pk=found.pk, now=MONDAY)
    assert found.letters.count() == PEOPLE


def test_the_page_says_how_far_it_is_and_turns_to_the_draft(park: World, client: Client) -> None:
    found = taken(park)
    path = f"/letters/{found.pk}"
    sender = signed_in(client, park.supervisor)
    assert "正在读名单" in sender.get(path).content.decode()
    assert "HX-Refresh" not in sender.get(path, headers={"HX-Request": "true"}).headers
    read_list(pk=found.pk, now=MONDAY)
    assert sender.get(path, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert "做这 7 封信" in sender.get(path).content.decode()
