"""Every template of a letter is made, with its own sample values."""

import io
import itertools
from pathlib import Path
from typing import Any

import pytest
import yaml
from pypdf import PdfReader

from kaimen.letters.papers import Kind, Sender, Sheet, make_docx, make_pdf, missing_glyphs
from kaimen.logic.letters import check_text, fields_in, fill, fill_body, parse

FOLDER = Path(__file__).resolve().parents[2] / "kaimen" / "packs" / "letter_templates"
PACKS = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))]
ENTRIES = [entry for pack in PACKS for entry in pack["templates"]]
TEMPLATES = {entry["key"]: entry for entry in ENTRIES}
ADDRESSES = {Kind.ENVELOPE, Kind.LABELS}  # laid out from addresses alone: nobody writes them
ALIKE = 0.3  # of the pieces of the shorter text; two that say the same thing in other words share more


def texts(template: dict[str, Any]) -> dict[str, str]:
    return {name: template.get(name, "") for name in ("title", "greeting", "number", "body")}


def pieces(template: dict[str, Any]) -> set[str]:
    """Three characters in a row, of everything that it says."""
    said = "".join(texts(template).values())
    return {said[at : at + 3] for at in range(len(said) - 2)}


def test_each_is_there_once() -> None:
    assert len(TEMPLATES) == len(ENTRIES)
    assert len({entry["name"] for entry in ENTRIES}) == len(ENTRIES)
    for one, other in itertools.combinations(ENTRIES, 2):
        a, b = pieces(one), pieces(other)
        assert len(a & b) / min(len(a), len(b)) < ALIKE, (one["key"], other["key"])


def test_there_is_a_template_of_every_kind_that_is_written() -> None:
    assert {template["kind"] for template in TEMPLATES.values()} == {*Kind} - ADDRESSES


@pytest.mark.parametrize("key", TEMPLATES)
def test_its_fields_are_those_of_its_sample(key: str) -> None:
    template = TEMPLATES[key]
    used = {name for text in texts(template).values() for name in fields_in(text)}
    assert used == set(template["sample"])
    assert [check_text(text, used) for text in texts(template).values() if text] == [
        [] for text in texts(template).values() if text
    ]
    assert missing_glyphs("".join([*texts(template).values(), *template["sample"].values()])) == []


@pytest.mark.parametrize("key", TEMPLATES)
def test_it_is_made_with_its_sample(key: str) -> None:
    template, values = TEMPLATES[key], TEMPLATES[key]["sample"]
    body = fill_body(parse(template["body"]), values)
    filled = {name: fill(text, values) for name, text in texts(template).items() if name != "body"}
    sheet = Sheet(
        salutation=filled["greeting"],
        title=filled["title"],
        number=filled["number"],
        body=body,
        signature=("示例市总工会",),
        date="2026年11月22日",
        link="https://door.example/l/sample",
        caption="扫一扫，回个话",
        sender=Sender("示例市总工会"),
    )
    made = make_pdf(template["kind"], sheet)
    assert make_docx(template["kind"], sheet)[:2] == b"PK"
    (page, *more) = PdfReader(io.BytesIO(made)).pages
    assert more == [] or template["kind"] in {Kind.OFFICIAL, Kind.MOTION}
    assert filled["greeting"].replace(" ", "") in page.extract_text().replace(" ", "").replace("\n", "")
