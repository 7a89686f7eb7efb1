"""A table of needs from upload to the last case, whatever is pressed twice or killed on the way."""

import io
import re
import signal
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from kaimen.cases.models import Case
from kaimen.foundation import jobs
from kaimen.foundation.models import AuditEntry, Notice, Place, Role
from kaimen.intake import needs_tables
from kaimen.intake.bringing import _bring_row, bring_slice, reads_of
from kaimen.intake.importing import Need
from kaimen.intake.models import NeedsTable, Submission
from tests.cast import World, signed_in, world
from tests.foundation.test_jobs import wait_for, worker

HEAD = "诉求内容,提交时间,联系电话,姓名,事发地点,所在单位\n"
ROWS = [
    "东门没地方停车,2026-03-01 08:05,13800000031,示例冯,东门,示例模具厂",
    "热水十点就停,昨天,,,,",
    "班车太早,,12345,,,",
    "食堂周末不开,,,示例陈二,二号楼,示例没登记的厂",
    "？,,,,,",
]


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def upload(*rows: str, name: str = "需求.csv", head: str = HEAD) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, (head + "\n".join(rows)).encode("utf-8-sig"))


def start(park: World, *rows: str, name: str = "需求.csv") -> NeedsTable:
    return needs_tables.start_table(
        upload=upload(*rows, name=name), community=park.community, by=park.officer, now=timezone.now()
    )


def bring(table: NeedsTable, park: World) -> None:
    needs_tables.bring_table(table=table, by=park.officer, now=timezone.now())


def work() -> None:
    jobs.PatientWorker(interval=0, worker_id="w").run()


def many(n: int) -> list[str]:
    return [f"第{i}宿舍热水早停了,,,,," for i in range(n)]


@pytest.mark.django_db(transaction=True)
def test_from_upload_to_cases_with_every_bad_row_named(client: Client, media: Path) -> None:
    park = world()
    Place.objects.create(community=park.community, key="east", name="东门")
    signed_in(client, park.officer)
    there = client.post("/needs/", {"table": upload(*ROWS)})["Location"]
    page = client.get(there).content.decode()
    assert "5 行：新收 <b>2</b> 件" in page and "收不了 <b>3</b> 行" in page
    assert "示例没登记的厂" in page and park.service.name in page  # where the first row would go
    assert "13800000031" not in page and "示例冯" not in page
    assert not Case.objects.exists()
    bad = client.get(f"{there}/bad.csv").content.decode("utf-8-sig").splitlines()[1:]
    assert [line.split(",")[:2] for line in bad] == [["3", "提交时间"], ["4", "联系电话"], ["6", "诉求内容"]]
    client.post(f"{there}/bring")
    work()
    first, second = Case.objects.order_by("pk")
    assert (first.words, first.asker_phone, first.asker_name) == ("东门没地方停车", "13800000031", "示例冯")
    assert (first.place.key if first.place else "", first.enterprise) == ("east", park.firm)
    assert (second.enterprise, second.place_text) == (None, "示例没登记的厂 二号楼")
    assert "收下 <b>2</b> 件" in client.get(there).content.decode()
    assert not list((media / "tables").iterdir())  # it held names and phones
    assert set(AuditEntry.objects.values_list("verb", flat=True)) >= {"needs_table.bring", "needs_table.done"}


@pytest.mark.django_db(transaction=True)
def test_columns_are_corrected_by_hand(client: Client) -> None:
    park = world()
    signed_in(client, park.officer)
    file = upload("食堂周末不开,不归我管", head="甲,乙\n")
    there = client.post("/needs/", {"table": file})["Location"]
    assert "/bring" not in client.get(there).content.decode()
    client.post(f"{there}/bring")  # nobody has said where the words are
    work()
    assert not Case.objects.exists()
    assert client.post(there, {"detail": "丙"}).status_code == 422
    client.post(there, {"detail": "甲"})
    client.post(f"{there}/bring")
    work()
    assert Case.objects.get().words == "食堂周末不开"


@pytest.mark.django_db(transaction=True)
def test_the_same_file_again_changes_nothing_under_whatever_name_and_columns(client: Client) -> None:
    park = world()
    signed_in(client, park.officer)
    first = start(park, *ROWS)
    waiting = start(park, *ROWS, name="别的名字.csv")  # looked through beside it
    bring(first, park)
    work()
    again = client.post("/needs/", {"table": upload(*ROWS, name="改了名.csv")})
    assert again["Location"] == f"/needs/{first.pk}"
    assert client.post(f"/needs/{waiting.pk}/bring")["Location"] == f"/needs/{first.pk}"
    work()
    assert Case.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_table_that_has_grown_brings_only_what_is_new() -> None:
    park = world()
    bring(start(park, *many(3)), park)
    work()
    grown = start(park, *many(5))
    assert (grown.good, grown.known) == (5, 3)
    bring(grown, park)
    Notice.objects.all().delete()
    work()
    grown.refresh_from_db()
    told = Notice.objects.all()  # each owner once a table, not once a row
    assert {n.code for n in told} == {"cases_imported"} and sum(n.params["count"] for n in told) == 2
    assert (grown.made, grown.already, Case.objects.count()) == (2, 3, 5)


@pytest.mark.django_db(transaction=True)
def test_pressed_twice_it_begins_once() -> None:
    park = world()
    table = start(park, *many(3))
    bring(table, park)
    bring(table, park)
    assert DBTaskResult.objects.filter(task_path__contains="bring_needs_in").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_leaves_whole_rows_and_the_next_goes_on() -> None:
    park = world()
    table = start(park, *many(5))
    bring(table, park)
    DBTaskResult.objects.all().delete()  # its worker was killed; only what it committed is left
    assert bring_slice(pk=table.pk, seconds=0)
    assert bring_slice(pk=table.pk, seconds=0)
    table.refresh_from_db()
    assert (table.made, table.row, Case.objects.count()) == (2, 3, 2)
    bring(table, park)  # not yet: it has only just moved
    assert not DBTaskResult.objects.exists()
    NeedsTable.objects.update(moved_at=timezone.now() - timedelta(minutes=3))
    bring(table, park)
    work()
    table.refresh_from_db()
    assert (table.state, table.made, table.already) == ("done", 5, 0)
    assert Case.objects.count() == Submission.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_one_table_make_each_row_once() -> None:
    park = world()
    table = start(park, *many(12))
    bring(table, park)
    together = threading.Barrier(3)

    def one() -> None:
        together.wait()
        bring_slice(pk=table.pk)
        connection.close()

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    bring_slice(pk=table.pk)
    table.refresh_from_db()
    assert (table.state, table.made, table.already) == ("done", 12, 0)
    assert Case.objects.count() == 12


def test_a_worker_that_comes_second_to_a_row_leaves_it_and_the_counts_alone(park: World) -> None:
    table = start(park, *many(3))
    bring(table, park)
    late = NeedsTable.objects.get(pk=table.pk)
    assert bring_slice(pk=table.pk, seconds=0)
    assert not _bring_row(late, next(read for read in reads_of(late) if isinstance(read, Need)))
    table.refresh_from_db()
    assert (table.row, table.made, table.already) == (2, 1, 0)


@pytest.mark.django_db(transaction=True)
def test_nobody_to_own_them_is_said_and_it_goes_on_later(client: Client) -> None:
    park = world()
    table = start(park, *many(2))
    Role.objects.exclude(kind="manager").update(active=False)
    bring(table, park)
    work()
    signed_in(client, park.manager)
    assert "没人能接" in client.get(f"/needs/{table.pk}").content.decode()
    Role.objects.update(active=True)
    client.post(f"/needs/{table.pk}/bring")
    work()
    assert Case.objects.count() == 2


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (SimpleUploadedFile("a.pdf", b"x"), "请用 Excel"),
        (SimpleUploadedFile("a.xlsx", b"x"), "打不开"),
        (SimpleUploadedFile("a.csv", "内容\n".encode()), "除了第一行没有别的"),
    ],
)
def test_a_file_that_is_no_table_leaves_nothing_behind(
    park: World, client: Client, media: Path, file: SimpleUploadedFile, why: str
) -> None:
    signed_in(client, park.officer)
    answer = client.post("/needs/", {"table": file})
    assert answer.status_code == 422 and why in answer.content.decode()
    assert not [path for path in media.rglob("*") if path.is_file()]
    assert not NeedsTable.objects.exists()


def test_an_excel_sheet_with_an_empty_line_and_a_draft_dropped(
    park: World, client: Client, media: Path
) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["内容", "手机"])
        sheet.write_row(1, 0, ["班车太早", 13800000031])
        sheet.write_row(2, 0, ["", ""])
        sheet.write_row(3, 0, ["热水早停", ""])
    signed_in(client, park.officer)
    there = client.post("/needs/", {"table": SimpleUploadedFile("a.xlsx", out.getvalue())})["Location"]
    page = client.get(there).content.decode()
    assert re.search(r"2\s*行：新收 <b>2</b> 件", page)
    client.post(f"{there}/drop")
    assert not NeedsTable.objects.exists() and not list((media / "tables").iterdir())


def test_a_time_to_come_is_no_time_of_receipt(park: World) -> None:
    table = start(park, "食堂周末不开,2999-01-01,,,,")
    assert table.bad_count == 0
    needs_tables.choose_columns(
        table=table, columns=table.columns, keep_times=True, by=park.officer, now=timezone.now()
    )
    table.refresh_from_db()
    assert table.bad == [[2, "提交时间", "future"]]


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_between_two_rows_has_made_none_twice(settings: Any, tmp_path: Path) -> None:
    """A real worker process is started and killed, which takes some seconds."""
    settings.MEDIA_ROOT = tmp_path / "media"
    park = world()
    table = start(park, *many(120))
    bring(table, park)
    process = worker(KAIMEN_VAR=str(tmp_path))
    try:
        wait_for(lambda: Case.objects.count() >= 5)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    table.refresh_from_db()
    assert table.state == "running" and 5 <= table.made == Case.objects.count() < 120
    while bring_slice(pk=table.pk):
        pass
    table.refresh_from_db()
    assert (table.state, table.made, table.already) == ("done", 120, 0)
    assert Case.objects.values("words").distinct().count() == 120
