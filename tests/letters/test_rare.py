"""Rare characters: those of names print everywhere; what no font has is named before anything is made."""

import io
from typing import Any

import pypdfium2
import pytest
import python_calamine
from django.test import Client

from kaimen.letters import actions, files, wording
from kaimen.letters.actions.printing import address_of, make_batch
from kaimen.letters.errors import NotNow
from kaimen.letters.models import Batch, Letterhead
from tests.cast import MONDAY, World, signed_in
from tests.letters.cast import TEXT, chairs, made, mailing, sent, states, the

RARE = "𠮷㛃"  # in names of people; outside what most fonts have
NONE_HAS = "\U0002a6a5"  # 64 strokes


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def printed(content: bytes) -> str:
    return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content))


def head(park: World, lines: str) -> None:
    actions.change_head(organisation=park.community, code="", lines=lines, by=park.supervisor, now=MONDAY)


def mend(park: World, found: Any, **changes: str) -> None:
    actions.mend_letter(
        letter=the(found),
        changes=changes,
        channel="print",
        by=park.supervisor,
        now=MONDAY,
        to_directory=False,
    )


def test_they_print_in_the_letterhead_the_signature_the_labels_and_the_posting_list(park: World) -> None:
    head(park, f"示例市{RARE}路 1 号")
    people = chairs(1, name=f"示例{RARE}", unit=f"{RARE}示例厂", address=f"示例市{RARE}巷 2 号")
    found = sent(park, people, ("print",), text=TEXT | {"sender": f"示例{RARE}工会"})
    batch = actions.start_batch(mailing=found, by=park.supervisor, now=MONDAY)
    make_batch(pk=batch.pk, now=MONDAY)
    batch = Batch.objects.get()
    paper, labels = printed(files.read(batch.print_file)), printed(files.read(batch.label_file))
    for said in (f"示例市{RARE}路", f"示例{RARE}工会", f"示例{RARE}主席", f"{RARE}示例厂"):
        assert said in "".join(paper.split())
    for said in (f"示例市{RARE}巷", f"示例{RARE}", f"{RARE}示例厂"):
        assert said in "".join(labels.split())
    answer = signed_in(Client(), park.supervisor).get(f"/letters/{found.pk}/batch/1/list")
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer)))
    cells = [str(cell) for row in book.get_sheet_by_index(0).to_python() for cell in row]
    assert {f"示例{RARE}", f"{RARE}示例厂", f"示例市{RARE}巷 2 号"} <= set(cells)


def test_the_letterhead_refuses_what_cannot_be_printed_and_keeps_what_was_typed(park: World) -> None:
    client = signed_in(Client(), park.supervisor)
    where = {"of": park.community.pk}
    answer = client.post("/letters/head", {**where, "code": "", "lines": f"示例{NONE_HAS}路"})
    said = answer.content.decode()
    assert f"印不出来，换个写法：{NONE_HAS}" in said and f"示例{NONE_HAS}路</textarea>" in said
    assert not Letterhead.objects.exclude(lines="").exists()


def test_a_sender_whose_name_cannot_be_printed_is_told_before_anything_is_made(park: World) -> None:
    """The organisation's name and lines may be older than this house's fonts."""
    Letterhead.objects.create(organisation=park.community, lines=f"示例{NONE_HAS}路")
    found = mailing(park)
    report = actions.check_mailing(mailing=found, by=park.supervisor, now=MONDAY)
    assert report["blocks"] and report["head_signs"] == [NONE_HAS]
    assert wording.stands_against(NotNow("blocked", report=report)) == [f"这些字印不出来：{NONE_HAS}"]
    with pytest.raises(NotNow, match="not_checked"):
        actions.make_letters(mailing=found, by=park.supervisor, now=MONDAY)
    page = signed_in(Client(), park.supervisor).get(f"/letters/{found.pk}").content.decode()
    assert "信头上的名称或地址里这些字印不出来" in page


def test_a_signature_that_cannot_be_printed_is_told_too(park: World) -> None:
    found = mailing(park, text=TEXT | {"sender": f"示例{NONE_HAS}工会"})
    report = actions.check_mailing(mailing=found, by=park.supervisor, now=MONDAY)
    assert report["blocks"] and report["signs"] == [NONE_HAS]


@pytest.mark.parametrize("field", ["name", "unit", "title", "address"])
def test_a_mended_letter_is_looked_at_like_the_others(park: World, field: str) -> None:
    found = made(park, chairs(1))
    with pytest.raises(NotNow, match="glyphs"):
        mend(park, found, **{field: f"示例{NONE_HAS}"})
    assert states(found) == ["made"] and the(found).round == 1
    form = {"name": "示例主席1", "channel": "print", field: f"示例{NONE_HAS}"}
    answer = signed_in(Client(), park.supervisor).post(f"/letters/one/{the(found).pk}/mend", form)
    assert answer.status_code == 422
    assert f"印不出来，换个写法：{NONE_HAS}" in answer.content.decode()


def test_a_receiver_is_asked_to_write_it_otherwise(park: World, client: Client) -> None:
    from kaimen.letters import links

    found = sent(park, chairs(1))
    path = f"{links.path(the(found))}/address"
    answer = client.post(path, {"address": f"示例{NONE_HAS}路 2 号"})
    assert answer.status_code == 422 and NONE_HAS in answer.content.decode()
    assert the(found).round == 1
    assert client.post(path, {"address": f"示例{RARE}路 2 号"}).status_code == 302
    assert the(found).round == 2


def test_a_new_address_brings_its_postcode_along(park: World) -> None:
    found = made(park, chairs(1))
    mend(park, found, address="315899 示例新路 1 号", postcode="315801")
    assert the(found).postcode == "315899"
    mend(park, found, address="示例老路 1 号")
    assert the(found).postcode == "315899"  # it says none: what stood there is as good as any
    mend(park, found, address="315811 示例新路 2 号", postcode="315822")
    assert the(found).postcode == "315822"  # written by hand


def test_a_label_bears_the_postcode_once(park: World) -> None:
    found = made(park, chairs(1))
    assert address_of(the(found)).lines == ("示例路 1 号", "示例1厂")
    assert address_of(the(found)).postcode == "315801"
