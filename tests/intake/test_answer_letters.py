"""A case answered on paper: plainly, or by an official reply with its 发文字号."""

import io
from datetime import timedelta
from typing import Any

import docx
import pytest
from django.test import Client

from kaimen.cases import actions as cases
from kaimen.cases.models import Case
from kaimen.letters import actions
from kaimen.letters.models import IssuedNumber, Letter, LetterTemplate
from tests.cast import MONDAY, World, signed_in


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def answered(park: World) -> Case:
    """An answered case, and the house's own templates."""
    actions.load_templates(community=park.community, by=park.supervisor, now=MONDAY)
    case = park.case(asker=park.worker, now=MONDAY)
    cases.take_case(case=case, by=park.officer, now=MONDAY + timedelta(minutes=1))
    case.refresh_from_db()
    cases.answer_case(
        case=case, text="12月1日起新增20个车位。", by=park.officer, now=MONDAY + timedelta(hours=1)
    )
    return case


def write(park: World, case: Case, template: str) -> Any:
    chosen = LetterTemplate.objects.get(community=park.community, key=template)
    fields = {"key": "k1", "name": "示例赵", "address": "", "template": str(chosen.pk)}
    return signed_in(Client(), park.officer).post(f"/desk/{case.number}/letter", fields)


def test_an_official_reply_without_the_office_s_code_names_the_field(park: World, answered: Case) -> None:
    page = write(park, answered, "official_answer")
    assert page.status_code == 422
    assert "发文字号：本单位的发文代字还没填" in page.content.decode()
    assert not Letter.objects.exists() and not IssuedNumber.objects.exists()


def test_an_official_reply_bears_the_next_number_on_paper_and_in_word(park: World, answered: Case) -> None:
    actions.change_head(organisation=park.community, code="示例工", lines="", by=park.supervisor, now=MONDAY)
    assert write(park, answered, "official_answer").status_code == 302
    assert write(park, answered, "official_answer").status_code == 302, "the same press again"
    letter = Letter.objects.get()
    (issued,) = IssuedNumber.objects.all()
    assert (issued.code, issued.serial, letter.mailing.text["number"]) == ("示例工函", 1, str(issued))
    officer = signed_in(Client(), park.officer)
    page = officer.get(f"/desk/{answered.number}/letter").content.decode()
    there = f"/desk/{answered.number}/letter/{letter.pk}.docx"
    assert there in page
    lines = [line.text for line in docx.Document(io.BytesIO(officer.get(there).content)).paragraphs]
    assert str(issued) in lines and "12月1日起新增20个车位。" in lines


def test_a_plain_answer_needs_no_number(park: World, answered: Case) -> None:
    assert write(park, answered, "answer").status_code == 302
    assert Letter.objects.get().state == "made" and not IssuedNumber.objects.exists()


def test_a_letter_is_found_under_its_own_case_only(park: World, answered: Case) -> None:
    """The numbers of letters can be counted up."""
    assert write(park, answered, "answer").status_code == 302
    letter, other = Letter.objects.get(), park.case(now=MONDAY)
    officer = signed_in(Client(), park.officer)
    for ending in ("pdf", "docx"):
        assert knock(officer, f"/desk/{answered.number}/letter/{letter.pk}.{ending}") == 200
        assert knock(officer, f"/desk/{other.number}/letter/{letter.pk}.{ending}") == 404
    moved = {"move": "send", "letter": str(letter.pk)}
    assert officer.post(f"/desk/{other.number}/letter", moved).status_code == 404
    letter.refresh_from_db()
    assert letter.state == "made"


def test_who_may_not_know_who_asked_or_only_reads_sees_no_letter(park: World, answered: Case) -> None:
    """Its name and address stand on it."""
    assert write(park, answered, "answer").status_code == 302
    Case.objects.filter(pk=answered.pk).update(confidential=True)
    there = f"/desk/{answered.number}/letter"
    for address in (
        there,
        f"{there}/{Letter.objects.get().pk}.pdf",
        f"{there}/{Letter.objects.get().pk}.docx",
    ):
        assert knock(signed_in(Client(), park.officer), address) == 200
        for person in (park.colleague, park.manager):
            assert knock(signed_in(Client(), person), address) in (403, 404)


def knock(client: Client, address: str) -> int:
    answer = client.get(address)
    if answer.streaming:
        b"".join(answer.streaming_content)  # to its end: then the file is closed
    return int(answer.status_code)
