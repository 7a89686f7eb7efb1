"""A .docx for whoever may read the PDF: the same words, the same number, the same day; only of papers to work on in."""

import io
from datetime import timedelta
from typing import Any

import docx
import pytest
from django.test import Client

from kaimen.letters import actions, links
from kaimen.letters.models import Letter, Mailing
from tests.cast import MONDAY, World, signed_in
from tests.letters.cast import TEXT, chairs, made, the


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def official(park: World, kind: str = "reply", **more: str) -> Mailing:
    actions.change_head(organisation=park.community, code="示例工", lines="", by=park.supervisor, now=MONDAY)
    words = TEXT | {"number": "{代字}函〔{年}〕{号}号", "signed": "unsealed"} | more
    return made(park, chairs(2), kind=kind, text=words)


def said(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs]


def test_the_word_file_says_what_the_paper_says(park: World) -> None:
    found = official(park)
    arrived = MONDAY + timedelta(days=9)  # the paper bears the day on which it was made
    actions.move_letter(letter=the(found), verb="deliver", by=park.supervisor, now=arrived)
    client = signed_in(Client(), park.supervisor)
    answer = client.get(f"/letters/one/{the(found).pk}/docx")
    assert answer["Content-Disposition"] == f'attachment; filename="letter-{the(found).number}.docx"'
    assert answer["Cache-Control"] == "no-store"
    lines = said(answer.content)
    assert f"示例工函〔{MONDAY.year}〕1号" in lines
    assert "示例主席1主席：" in lines and "感谢您在示例1厂的工作。" in lines
    assert lines[-2:] == ["示例总工会", f"{MONDAY.year}年{MONDAY.month}月{MONDAY.day}日"]


def test_the_receiver_has_it_behind_their_link_and_only_theirs(park: World) -> None:
    first, second = (the(official(park), seq) for seq in (1, 2))
    answer = Client().get(f"/l/{links.token(first)}/docx")
    assert first.name in "".join(said(answer.content))
    assert second.name not in "".join(said(answer.content))
    actions.close_link(letter=first, by=park.supervisor, now=MONDAY)
    assert Client().get(f"/l/{links.token(first)}/docx").status_code == 404


def test_a_letter_to_read_has_none_and_its_page_offers_none(park: World) -> None:
    client = signed_in(Client(), park.supervisor)
    for kind, there in (("personal", False), ("answer", True), ("official", True)):
        letter = the(official(park, kind))
        assert (client.get(f"/letters/one/{letter.pk}/docx").status_code == 200) is there
        for page in (
            client.get(f"/letters/one/{letter.pk}"),
            Client().get(f"/l/{links.token(letter)}"),
        ):
            assert ("下载 Word" in page.content.decode()) is there


def test_a_letter_that_is_not_made_or_was_erased_has_none(park: World) -> None:
    letter = the(official(park))
    Letter.objects.filter(pk=letter.pk).update(pdf="")
    assert signed_in(Client(), park.supervisor).get(f"/letters/one/{letter.pk}/docx").status_code == 404
