"""What staff take along as Excel or CSV: the table of the page, nothing a spreadsheet would run, noted in the audit."""

import csv
import io
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from kaimen.cases import actions
from kaimen.cases.enums import Channel
from kaimen.cases.models import Task
from kaimen.foundation import sheets
from kaimen.foundation.models import AuditEntry, Person
from kaimen.foundation.notices import notify
from kaimen.foundation.organisations import add_organisation
from kaimen.intake.actions import knock, make_form_link, record_visit
from tests.cast import MONDAY, World, signed_in

EVIL, PHONE = "=HYPERLINK(1)", "13812342201"


def rows(person: Person, path: str) -> list[list[str]]:
    answer = signed_in(Client(), person).get(path)
    assert answer.status_code == 200, path
    if path.partition("?")[0].endswith("csv"):
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    return [[str(cell) for cell in row] for row in book.get_sheet_by_index(0).to_python()]


@pytest.fixture
def busy(park: World) -> World:
    """A case with a task, late and rated badly; a visit, a code, a firm and a notice with a name like a formula."""
    case = park.case(words=f"{EVIL} 我电话 {PHONE}", place_text=PHONE, asker_name="陈小明", now=MONDAY)
    actions.give_task(
        cases=[case],
        organisation=park.department,
        title=f"{EVIL} {PHONE}",
        detail=f"看一下 {PHONE}",
        days=3,
        by=park.officer,
        now=MONDAY,
    )
    rated = park.case(words=f"停车 {PHONE}", asker=park.worker, now=MONDAY)
    actions.answer_case(case=rated, text="好了", by=park.officer, now=MONDAY)
    rated.refresh_from_db()
    actions.rate_case(case=rated, score=1, solved="no", comment=f"{EVIL} {PHONE}", by=park.worker, now=MONDAY)
    visit = record_visit(
        community=park.community,
        organisation=park.firm,
        by=park.officer,
        on=date(2026, 3, 2),
        met=f"{EVIL} {PHONE}",
        note=PHONE,
    )
    knock(
        key="heard",
        community=park.community,
        words=f"空调坏了，打 {PHONE}",
        channel=Channel.VISIT,
        visit=visit,
        by=park.officer,
    )
    make_form_link(community=park.community, name=EVIL, by=park.officer)
    add_organisation(key="evil", name=EVIL, kind="enterprise", parent=park.community, by=None)
    Person.objects.filter(pk=park.officer.pk).update(title=EVIL)
    notify(person=park.officer, code="answered", params={"title": f"示例 {PHONE}"})
    return park


@pytest.mark.parametrize(
    ("who", "table"),
    [
        ("officer", "desk/export"),
        ("supervisor", "watch/late"),
        ("supervisor", "watch/calls"),
        ("handler", "tasks/export"),
        ("officer", "visits/export"),
        ("officer", "forms/export"),
        ("manager", "manage/people/export"),
        ("manager", "manage/organisations/export"),
    ],
)
def test_a_formula_is_text_and_a_phone_is_masked(busy: World, who: str, table: str) -> None:
    person = getattr(busy, who)
    sheet, text = rows(person, f"/{table}.xlsx"), rows(person, f"/{table}.csv")
    assert len(sheet) == len(text) > 1
    assert any(cell.startswith(EVIL) for row in sheet for cell in row)
    assert any(cell.startswith(f"'{EVIL}") for row in text for cell in row)
    assert not any(cell.startswith(EVIL) for row in text for cell in row)
    assert PHONE not in str(sheet) + str(text)
    assert "陈小明" not in str(sheet) + str(text)


def test_what_a_handler_wrote_back_is_masked_too(busy: World) -> None:
    task = Task.objects.get()
    actions.finish_task(task=task, reply=f"{EVIL} 打 {PHONE}", by=busy.handler, now=MONDAY)
    told = str(rows(busy.handler, "/tasks/export.csv?show=done"))
    assert "打 138" in told and PHONE not in told


def test_what_was_heard_on_a_visit_and_what_a_notice_says_is_masked(busy: World) -> None:
    for table, told in (("visits", "空调坏了，打 138"), ("notices", "示例 138")):
        rows_told = str(rows(busy.officer, f"/{table}/export.csv"))
        assert told in rows_told and PHONE not in rows_told


def test_who_took_what_along_stands_in_the_audit(busy: World) -> None:
    taken = {
        "/desk/export.csv?whose=all": busy.officer,
        "/watch/loads.xlsx": busy.supervisor,
        "/manage/people/export.csv": busy.manager,
        "/notices/export.csv": busy.officer,
        "/needs/export.csv": busy.manager,
        "/hot/export.xlsx": busy.officer,
    }
    for path, person in taken.items():
        length = len(rows(person, path)) - 1
        assert "no-store" in signed_in(Client(), person).get(path)["Cache-Control"], path
        last = AuditEntry.objects.filter(verb="export").last()
        assert last and last.actor == person and last.params["rows"] == length
    assert AuditEntry.objects.filter(verb="export").count() == 2 * len(taken)


def test_no_more_rows_than_a_spreadsheet_bears(busy: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST", 1)
    assert len(rows(busy.manager, "/manage/people/export.csv")) == 2
    assert AuditEntry.objects.get(verb="export").params["rows"] == 1


def test_the_people_follow_the_search_and_workers_names_stay_masked(busy: World) -> None:
    everybody = rows(busy.manager, "/manage/people/export.csv")
    assert "示例韩" not in str(everybody) and "13800000021" not in str(everybody)
    assert len(rows(busy.manager, "/manage/people/export.csv?who=staff")) < len(everybody)
    assert [row[0] for row in rows(busy.manager, "/manage/people/export.csv?q=示例王")[1:]] == ["示例王"]


def test_a_table_that_is_none_is_not_found(busy: World) -> None:
    client = signed_in(Client(), busy.supervisor)
    for path in ("/watch/nothing.csv", "/watch/late.pdf", "/visits/export.pdf"):
        assert client.get(path).status_code == 404
    assert not AuditEntry.objects.filter(verb="export").exists()


def test_confidential_askers_are_in_no_export_of_others(park: World) -> None:
    park.case(asker_name="示例周明", confidential=True, now=timezone.now())
    assert "不公开" in str(rows(park.colleague, "/desk/export.csv?whose=all"))
