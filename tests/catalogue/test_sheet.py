"""Excel out and in again: nothing lost, bad rows named, good rows kept, nothing done twice."""

import io
from types import SimpleNamespace
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from kaimen.catalogue import actions, queries, sheet
from kaimen.catalogue.content import latest
from kaimen.catalogue.models import Service
from kaimen.foundation.models import Organisation

from .cast import content


def book(*rows: list[Any]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        page = made.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return out.getvalue()


HEAD = [
    "编号",
    "名称",
    "一句话说清",
    "领域",
    "给谁",
    "牵头组织",
    "先回话（工作日）",
    "办好（工作日）",
    "大家怎么说",
]
GOOD = ["bike", "借单车", "借一辆单车骑回去。", "生活服务", "职工", "示例住建局", 1, 3, "没车回去\n想骑车"]


def test_the_whole_demo_list_comes_back_unchanged(lingfeng: Organisation) -> None:
    services = list(queries.managed(lingfeng))
    rows = sheet.read(io.BytesIO(sheet.workbook(services)), lingfeng)
    assert [row.problems for row in rows if row.problems] == []
    assert {row.key: row.content for row in rows} == {s.key: latest(s) for s in services}


def test_text_stays_text(park: SimpleNamespace, umbrella: Service) -> None:
    actions.save_draft(service=umbrella, content=content(name="=HYPERLINK(1)"), by=None)
    data = sheet.workbook([Service.objects.get(pk=umbrella.pk)])
    grid = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert grid[1][1] == "=HYPERLINK(1)"


def test_bad_rows_are_named_and_good_rows_kept(park: SimpleNamespace, umbrella: Service) -> None:
    bad_days = ["tent", *GOOD[1:6], "两", 3, ""]
    bad_domain = ["kite", *GOOD[1:3], "没有的领域", *GOOD[4:]]
    client = signed_in(park.manager)
    page = upload(client, book(HEAD, GOOD, bad_days, bad_domain, ["Bad Key!", *GOOD[1:]], GOOD))
    run = page.context["run"]
    assert [row.key for row in run.good] == ["bike"]
    faults = {row.number: [column for column, _reason in row.faults()] for row in run.bad}
    assert faults == {3: ["先回话（工作日）"], 4: ["领域"], 5: ["编号"], 6: ["编号"]}
    assert not Service.objects.filter(key="bike").exists(), "a dry run writes nothing"
    confirm = reverse("manage_services_import_confirm")
    done = client.post(confirm, {"then": "publish"})
    assert done.context["report"].added == ["bike"]
    bike = Service.objects.get(key="bike")
    assert (bike.state, bike.organisation, bike.phrases) == (
        "published",
        park.housing,
        ["没车回去", "想骑车"],
    )
    assert client.post(confirm, {"then": "publish"}).status_code == 302, "confirming again does nothing"
    again = upload(client, book(HEAD, GOOD)).context["run"]
    assert (again.good, again.unchanged) == ([], 1)


def test_columns_that_are_not_there_are_left_alone(park: SimpleNamespace, umbrella: Service) -> None:
    row = ["umbrella", "借雨伞", "换个说法。", "living", "职工", "lingfeng", 1, 3]
    read = sheet.read(io.BytesIO(book(HEAD[:-1], row)), park.community)
    assert read[0].content["phrases"] == umbrella.phrases
    assert read[0].content["summary"] == "换个说法。"


def test_an_officer_takes_in_drafts_only(park: SimpleNamespace) -> None:
    client = signed_in(park.officer)
    upload(client, book(HEAD, GOOD))
    confirm = reverse("manage_services_import_confirm")
    assert client.post(confirm, {"then": "publish"}).status_code == 403
    assert client.post(confirm, {"then": "draft"}).context["report"].added == ["bike"]
    assert Service.objects.get(key="bike").state == "draft"


@pytest.mark.parametrize("data", [b"", b"not a workbook", b"PK\x03\x04broken", book(["甲", "乙"], [1, 2])])
def test_a_file_that_is_no_list_is_answered_kindly(park: SimpleNamespace, data: bytes) -> None:
    page = upload(signed_in(park.manager), data)
    assert page.status_code == 422
    assert page.context["unreadable"]


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person.account)
    return client


def upload(client: Client, data: bytes) -> Any:
    file = SimpleUploadedFile("list.xlsx", data, content_type=sheet.XLSX)
    return client.post(reverse("manage_services_import"), {"file": file})


def test_a_row_that_somebody_changed_meanwhile_is_left_alone(
    park: SimpleNamespace, umbrella: Service
) -> None:
    have = actions.by_key(park.community)
    actions.save_draft(service=umbrella, content=content(fee="别人写的"), by=park.manager)
    report = actions.Report()
    actions.put_service(
        community=park.community,
        have=have,
        key="umbrella",
        content=content(fee="表里写的"),
        by=park.manager,
        report=report,
    )
    assert list(report.refused) == ["umbrella"]
    umbrella.refresh_from_db()
    assert (umbrella.draft["fee"], umbrella.version) == ("别人写的", 1)
