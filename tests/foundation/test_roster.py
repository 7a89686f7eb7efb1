"""Rosters: good rows stay, bad rows are named, the same file again changes nothing, and ten thousand take seconds."""

import csv
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from stdnum.cn import ric, uscc

import kaimen
from kaimen.foundation.enums import OrganisationKind, RoleKind
from kaimen.foundation.models import AuditEntry, Employment, Organisation, Person, Role
from kaimen.foundation.organisations import add_organisation, add_person
from kaimen.foundation.roster import COLUMNS, WrongRoster, import_roster
from kaimen.foundation.tables import NotATable, read_table
from tests.cast import World, signed_in

SAMPLE = Path(kaimen.__file__).parent / "packs" / "demo" / "rosters" / "roster_sample.csv"
FIRM = "示例模具厂"


def row(name: str = "示例甲", phone: str = "13811110001", **more: str) -> dict[str, str]:
    return dict.fromkeys(COLUMNS, "") | {"姓名": name, "手机号": phone} | more


def bring(park: World, *rows: dict[str, str], **options: Any) -> Any:
    return import_roster(rows=list(rows), community=park.community, by=park.manager, **options)


def identity(number: int) -> str:
    front = f"330206{1960 + number % 40}0{1 + number % 9}1{number % 10}{number % 1000:03}"
    return front + ric.calc_check_digit(f"{front}0")


def credit_code(number: int) -> str:
    front = f"91330206{number:09}"
    return front + uscc.calc_check_digit(front)


def state() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Person, Employment, Role, Organisation)]


def test_a_row_becomes_a_person_who_works_there_and_chairs(park: World) -> None:
    report = bring(park, row(单位=FIRM, 岗位="压铸工", 是否工会主席="是", 身份证号=identity(7)))
    assert (report.added, report.bad) == (1, [])
    person = Person.objects.get(name="示例甲")
    assert (person.phone, person.id_number, person.birth_date.year) == ("13811110001", identity(7), 1967)
    assert person.employments.get().post == "压铸工"
    assert person.roles.get().kind == RoleKind.CHAIR
    assert AuditEntry.objects.filter(verb="person.add", subject_id=person.pk, actor=park.manager).exists()


def test_the_same_again_changes_nothing_and_a_new_post_only_that(park: World) -> None:
    rows = [
        row(单位=FIRM, 岗位="压铸工", 是否工会主席="是"),
        row("示例乙", "13811110002", 身份证号=identity(3)),
    ]
    bring(park, *rows)
    before, entries = state(), AuditEntry.objects.count()
    report = bring(park, *rows)
    assert (report.added, report.changed, report.same) == (0, 0, 2)
    assert state() == before
    assert AuditEntry.objects.count() == entries
    report = bring(park, row(单位=FIRM, 岗位="班长", 是否工会主席="是"), rows[1])
    assert (report.changed, report.same) == (1, 1)
    assert Employment.objects.filter(post="班长").count() == 1
    assert bring(park, row(单位=FIRM, 是否工会主席="是")).same == 1  # an empty cell takes nothing away
    assert Employment.objects.filter(post="班长").count() == 1


@pytest.mark.parametrize(
    ("bad", "column", "code"),
    [
        (row(name=""), "姓名", "name_missing"),
        (row(name="长" * 81), "姓名", "too_long"),
        (row(phone=""), "手机号", "phone_missing"),
        (row(phone="1381111000"), "手机号", "phone_length"),
        (row(phone="12811110001"), "手机号", "phone_prefix"),
        (row(身份证号=identity(5)[:-1] + "?"), "身份证号", "id_characters"),
        (row(身份证号="330206196511150050"), "身份证号", "id_check_digit"),
        (row(统一社会信用代码="91330206000000001X"), "统一社会信用代码", "uscc_check_digit"),
        (row(单位="没听说过的厂"), "单位", "unit_unknown"),
        (row(统一社会信用代码=credit_code(9)), "单位", "unit_unknown"),
    ],
)
def test_a_bad_row_is_named_and_the_rows_around_it_stay(
    park: World, bad: dict[str, str], column: str, code: str
) -> None:
    people = Person.objects.count()
    report = bring(park, row("示例前", "13811119998"), bad, row("示例后", "13811119999"))
    assert [(b.row, b.column, b.code) for b in report.bad] == [(3, column, code)]
    assert Person.objects.count() == people + 2 == people + report.added


def test_twice_in_one_table_and_the_id_number_of_another(park: World) -> None:
    bring(park, row("示例甲", 身份证号=identity(1)))
    report = bring(
        park,
        row("示例乙", "13811110002", 身份证号=identity(1)),
        row("示例丙", "13811110003", 身份证号=identity(2)),
        row("示例丁", "13811110003"),
        row("示例戊", "13811110004", 身份证号=identity(2)),
    )
    codes = [(b.row, b.code) for b in report.bad]
    assert codes == [(2, "id_of_another"), (4, "phone_twice"), (5, "id_twice")]
    assert report.added == 1


def test_another_communitys_person_can_be_employed_here_but_not_renamed(park: World) -> None:
    away = add_organisation(
        key="away", name="远处社区", kind=OrganisationKind.COMMUNITY, parent=park.federation, by=None
    )
    person = add_person(name="示例远", phone="13811110001", by=None)
    Employment.objects.create(person=person, organisation=away)
    assert [b.code for b in bring(park, row("别的名字")).bad] == ["name_elsewhere"]
    assert bring(park, row("示例远", 单位=FIRM)).changed == 1
    assert set(person.employments.values_list("organisation__name", flat=True)) == {"远处社区", FIRM}


def test_new_units_only_when_asked_for_and_only_once(park: World) -> None:
    rows = [
        row("示例甲", "13811110001", 单位="示例新厂", 统一社会信用代码=credit_code(1)),
        row("示例乙", "13811110002", 单位="示例新厂", 统一社会信用代码=credit_code(1)),
    ]
    assert [b.code for b in bring(park, *rows).bad] == ["unit_unknown"] * 2
    dry = bring(park, *rows, add_units=True, dry_run=True)
    assert (dry.added, dry.new_units, dry.bad) == (2, ["示例新厂"], [])
    assert not Organisation.objects.filter(name="示例新厂").exists()
    assert bring(park, *rows, add_units=True).added == 2
    assert Organisation.objects.get(name="示例新厂").employments.count() == 2


def test_a_credit_code_of_another_community_is_a_bad_row_not_a_crash(park: World) -> None:
    away = add_organisation(
        key="away", name="远处社区", kind=OrganisationKind.COMMUNITY, parent=park.federation, by=None
    )
    enterprise = OrganisationKind.ENTERPRISE
    add_organisation(key="x", name="远处厂", kind=enterprise, parent=away, by=None, uscc=credit_code(2))
    report = bring(park, row(单位="远处厂", 统一社会信用代码=credit_code(2)), add_units=True)
    assert [b.code for b in report.bad] == ["unit_elsewhere"]


def test_a_dry_run_writes_nothing_and_says_what_would_be(park: World) -> None:
    before = state()
    rows = [row(), row("示例韩", "13800000021"), row(name="")]
    dry = bring(park, *rows, dry_run=True)
    assert state() == before
    real = bring(park, *rows)
    assert (dry.added, dry.changed, dry.same, dry.bad) == (real.added, real.changed, real.same, real.bad)


def test_the_sample_of_the_demo_has_the_faults_its_readme_names(park: World) -> None:
    for sample in read_table(SAMPLE):
        code, name = sample["统一社会信用代码"], sample["单位"]
        if code and not Organisation.objects.filter(uscc=code).exists():
            enterprise = OrganisationKind.ENTERPRISE
            add_organisation(
                key=code.lower(), name=name, kind=enterprise, parent=park.community, by=None, uscc=code
            )
    report = bring(park, *read_table(SAMPLE))
    faults = [(7, "手机号"), (13, "身份证号"), (19, "单位"), (24, "手机号"), (29, "姓名")]
    assert [(bad.row, bad.column) for bad in report.bad] == faults
    assert report.added == 25
    again = bring(park, *read_table(SAMPLE))
    assert (again.added, again.changed, again.same) == (0, 0, 25)
    assert again.bad == report.bad


def test_ten_thousand_rows_with_three_hundred_bad_ones(park: World, tmp_path: Path) -> None:
    """Over a second: it is the size of a whole community."""
    path = tmp_path / "all.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for n in range(10_000):
            broken = n % 33 == 0 and n < 9_900
            phone = "1381" if broken else f"139{n:08}"
            writer.writerow(row(f"示例{n}", phone, 单位=FIRM, 岗位="操作工"))
    started = time.monotonic()
    report = bring(park, *read_table(path))
    took = time.monotonic() - started
    assert (report.added, len(report.bad)) == (9_700, 300)
    assert took < 20
    before = AuditEntry.objects.count()
    with CaptureQueriesContext(connection) as queries:
        again = bring(park, *read_table(path))
    assert (again.added, again.changed, again.same) == (0, 0, 9_700)
    assert len(queries) < 150
    assert not [q for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert AuditEntry.objects.count() == before


class TestTables:
    def test_a_workbook_where_excel_took_phones_for_numbers(self, park: World, tmp_path: Path) -> None:
        path = tmp_path / "a.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, ["姓名", "手机号"])
            sheet.write_row(1, 0, ["示例甲", 13811110001])
        assert bring(park, *read_table(path)).added == 1
        assert Person.objects.get(name="示例甲").phone == "13811110001"

    @pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
    @pytest.mark.parametrize("delimiter", [",", "\t"])
    def test_text_as_different_programs_write_it(
        self, park: World, tmp_path: Path, encoding: str, delimiter: str
    ) -> None:
        path = tmp_path / "a.csv"
        lines = [["姓名", "手机号", "岗位"], ["示例喆", "138 1111 0001", "氩弧焊"]]
        path.write_text("\r\n".join(delimiter.join(line) for line in lines), encoding=encoding)
        assert bring(park, *read_table(path)).bad == []
        assert Person.objects.filter(name="示例喆").exists()

    @pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.ods"])
    def test_what_is_no_table_is_said_so(self, tmp_path: Path, name: str) -> None:
        path = tmp_path / name
        path.write_bytes(b"not a table")
        with pytest.raises(NotATable):
            list(read_table(path))

    def test_a_missing_column_is_named(self, park: World) -> None:
        with pytest.raises(WrongRoster) as wrong:
            bring(park, {"姓名": "示例甲", "电话": "1"})
        assert wrong.value.missing == ["手机号"]

    def test_what_no_database_takes_is_dropped(self, park: World) -> None:
        assert bring(park, row("示例\x00甲")).bad == []
        assert Person.objects.filter(name="示例甲").exists()


class TestPage:
    def upload(self, client: Client, text: str, name: str = "a.csv") -> Any:
        return client.post("/manage/roster", {"table": SimpleUploadedFile(name, text.encode("utf-8-sig"))})

    def test_first_what_would_be_then_once(self, park: World, client: Client) -> None:
        signed_in(client, park.manager)
        seen = self.upload(client, "姓名,手机号\n示例甲,13811110001\n,13811110002\n")
        assert seen.status_code == 200
        assert not Person.objects.filter(name="示例甲").exists()
        page = seen.content.decode()
        assert "没有姓名" in page and "<td>3</td>" in page
        done = client.post("/manage/roster", {"kept": seen.context["handle"]})
        assert done.status_code == 302
        assert Person.objects.filter(name="示例甲").exists()
        gone = client.post("/manage/roster", {"kept": seen.context["handle"]})
        assert gone.status_code == 422 and "重新传" in gone.content.decode()

    @pytest.mark.parametrize(("text", "name"), [("姓名\n示例甲", "a.csv"), ("x", "a.pdf"), ("x", "a.xlsx")])
    def test_a_wrong_table_is_answered_and_not_kept(
        self, park: World, client: Client, settings: Any, tmp_path: Path, text: str, name: str
    ) -> None:
        settings.MEDIA_ROOT = tmp_path
        answer = self.upload(signed_in(client, park.manager), text, name)
        assert answer.status_code == 422
        assert not list((tmp_path / "tables").glob("*"))

    def test_a_forged_handle_opens_nothing(self, park: World, client: Client) -> None:
        assert signed_in(client, park.manager).post("/manage/roster", {"kept": "../x"}).status_code == 422

    @pytest.mark.parametrize("who", ["officer", "supervisor", "handler", "chair", "worker"])
    @pytest.mark.parametrize("page", ["/manage/roster", "/manage/roster/sample.csv"])
    def test_only_for_the_manager(self, park: World, client: Client, who: str, page: str) -> None:
        assert signed_in(client, getattr(park, who)).get(page).status_code == 403
        assert signed_in(client, park.manager).get(page).status_code == 200

    def test_a_visitor_is_asked_to_sign_in(self, park: World, client: Client) -> None:
        assert client.get("/manage/roster").status_code == 302


class TestCommand:
    def test_dry_run_then_real_with_the_bad_rows_in_a_file(self, park: World, tmp_path: Path) -> None:
        path, bad, out = tmp_path / "a.csv", tmp_path / "bad.csv", StringIO()
        path.write_text("姓名,手机号\n示例甲,13811110001\n示例乙,12\n", encoding="utf-8")
        options = {"community": "park", "stdout": out, "stderr": out}
        call_command("import_roster", str(path), dry_run=True, **options)
        assert not Person.objects.filter(name="示例甲").exists()
        call_command("import_roster", str(path), bad=bad, **options)
        assert Person.objects.filter(name="示例甲").exists()
        assert "第 3 行 手机号：手机号不是 11 位" in out.getvalue()
        assert bad.read_text("utf-8-sig").splitlines() == ["行,列,原因", "3,手机号,手机号不是 11 位"]

    @pytest.mark.parametrize("text", ["姓名\n示例甲", None])
    def test_it_fails_in_words(self, park: World, tmp_path: Path, text: str | None) -> None:
        path = tmp_path / "a.csv"
        if text:
            path.write_text(text, encoding="utf-8")
        with pytest.raises(CommandError):
            call_command("import_roster", str(path), community="park")
        with pytest.raises(CommandError):
            call_command("import_roster", str(SAMPLE), community="nowhere")
