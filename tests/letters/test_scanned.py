"""The paper read by a machine: the printed QR code leads to the letter's own door, scanned numbers find their letter."""

import re
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from django.test import Client
from django.utils import timezone
from PIL import Image, ImageFilter

from kaimen.letters import actions, files, links
from kaimen.letters.actions.printing import make_batch
from kaimen.letters.doors import letter_behind
from kaimen.letters.models import Mailing
from kaimen.logic.posting import scanned
from tests.cast import MONDAY, World, signed_in
from tests.letters.cast import chairs, counts_agree, made, states, the

MM = 25.4
SMALLEST = 20  # mm: what a telephone reads at arm's length, and a module of more than half a millimetre
QUIET = 4  # modules of white around it (ISO/IEC 18004, 5.3.8)
MODULES = 37  # at the longest link


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.PUBLIC_URL = "https://kaimen.some-district.example"


def pictures(pdf: bytes, dpi: int) -> list[Image.Image]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.render(scale=dpi / 72).to_pil().convert("L") for page in document]


def read(picture: Image.Image) -> list[Any]:
    return list(zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode))


@pytest.mark.parametrize("dpi", [100, 300])
def test_the_printed_code_leads_to_the_letter_s_own_door(park: World, dpi: int) -> None:
    """A page drawn as a printer draws it, also coarse: nobody else's letter, and nothing else."""
    found = made(park)
    for letter in found.letters.order_by("seq"):
        (page,) = pictures(files.read(letter.pdf), dpi)
        (code,) = read(page)
        assert code.text == links.url(letter)
        behind = letter_behind(code.text.rpartition("/")[2])
        assert behind is not None and behind.pk == letter.pk


def test_the_code_is_large_enough_and_has_white_around_it(park: World) -> None:
    dpi = 300
    (page,) = pictures(files.read(the(made(park, chairs(1))).pdf), dpi)
    (code,) = read(page)
    corners = code.position
    side = (corners.top_right.x - corners.top_left.x) * MM / dpi
    assert side >= SMALLEST
    edge = round(QUIET * (corners.top_right.x - corners.top_left.x) / MODULES)
    left, top = corners.top_left.x, corners.top_left.y
    beside = page.crop((left - edge, top, left - 3, corners.bottom_left.y))
    above = page.crop((left, top - edge, corners.top_right.x, top - 3))
    assert beside.getextrema()[0] > 200 and above.getextrema()[0] > 200  # type: ignore[operator]


def test_a_blurred_and_tilted_photo_is_read_too(park: World) -> None:
    (page,) = pictures(files.read(the(made(park, chairs(1))).pdf), 150)
    photo = page.rotate(7, expand=True, fillcolor=255).filter(ImageFilter.GaussianBlur(1.2))
    assert len(read(photo)) == 1


def test_in_the_file_for_the_printer_each_page_has_its_own(park: World) -> None:
    found = made(park)
    batch = actions.start_batch(mailing=found, by=park.supervisor, now=timezone.now())
    make_batch(pk=batch.pk)
    batch.refresh_from_db()
    fronts = pictures(files.read(batch.print_file), 100)[::2]
    said = [code.text for page in fronts for code in read(page)]
    assert len(said) == 3 and set(said) == {links.url(letter) for letter in found.letters.all()}


def posted(park: World) -> Mailing:
    found = made(park)
    batch = actions.start_batch(mailing=found, by=park.supervisor, now=MONDAY)
    make_batch(pk=batch.pk, now=MONDAY)
    batch.refresh_from_db()
    actions.post_batch(batch=batch, by=park.supervisor, now=MONDAY)
    return found


def test_posting_numbers_are_scanned_in_and_scanned_again_when_letters_arrive(
    park: World, client: Client
) -> None:
    """As at the table: letter, posting number, letter, posting number; later only the posting numbers."""
    found = posted(park)
    sender = signed_in(client, park.supervisor)
    numbers = {seq: f"XA{seq:08d}631" for seq in (1, 2, 3)}
    lines = "\r\n".join(f"{the(found, seq).number}\t{number}" for seq, number in numbers.items())
    sender.post(f"/letters/{found.pk}/numbers", {"lines": lines})
    assert [the(found, seq).posting_number for seq in (1, 2, 3)] == list(numbers.values())

    scan = f"/letters/{found.pk}/scan"
    sender.post(scan, {"codes": f"{numbers[1].lower()}\r\n{numbers[1]}\r\nXA99999999631", "verb": "deliver"})
    assert states(found) == ["delivered", "sent", "sent"]
    page = sender.get(f"/letters/{found.pk}").content.decode()
    assert "XA99999999631" in page  # what fits no letter here is named
    sender.post(scan, {"codes": numbers[2], "verb": "return", "reason": "moved"})
    assert states(found) == ["delivered", "returned", "sent"] and counts_agree(found)


def test_the_number_that_a_scanner_reads_from_the_sheet_is_the_letter_s(park: World) -> None:
    """It stands beside the QR code, and is what `scanned` understands."""
    letter = the(posted(park), 2)
    with pypdfium2.PdfDocument(files.read(letter.pdf)) as document:
        said = document[0].get_textpage().get_text_range()
    printed = re.search(r"编号\s*(\d+-\d+)", said)
    assert printed is not None
    (code,) = scanned(printed[1])
    assert (code.mailing, code.seq) == (letter.mailing_id, letter.seq)
