"""Every template of a letter is made, with its own sample values."""

import io
from pathlib import Path
from typing import Any

import pytest
import yaml
from pypdf import PdfReader

from kaimen.letters.papers import (
    Address,
    Kind,
    Sender,
    Sheet,
    envelope_pdf,
    labels_pdf,
    make_docx,
    make_pdf,
    missing_glyphs,
)
from kaimen.logic.letters import check_text, fields_in, fill, fill_body, parse

FOLDER = Path(__file__).resolve().parents[2] / "kaimen" / "packs" / "letter_templates"
PACKS = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))]
ENTRIES = [entry for pack in PACKS for entry in (*pack["templates"], *pack.get("addresses", []))]
TEMPLATES = {entry["key"]: entry for entry in ENTRIES}
ADDRESSES = {Kind.ENVELOPE, Kind.LABELS}


def texts(template: dict[str, Any]) -> dict[str, str]:
    return {name: template.get(name, "") for name in ("title", "greeting", "number", "body")}


def sample(template: dict[str, Any]) -> dict[str, str]:
    """Its own sample; where it has none, the name of each field stands for itself."""
    used = {name for text in texts(template).values() for name in fields_in(text)}
    values: dict[str, str] = template.get("sample") or {name: f"示例{name}" for name in used}
    return values


def test_keys_are_used_once() -> None:
    assert len(TEMPLATES) == len(ENTRIES)


def test_there_is_a_template_of_every_kind() -> None:
    assert {template["kind"] for template in TEMPLATES.values()} == {kind.value for kind in Kind}


@pytest.mark.parametrize("key", TEMPLATES)
def test_its_fields_are_those_of_its_sample(key: str) -> None:
    template = TEMPLATES[key]
    used = {name for text in texts(template).values() for name in fields_in(text)}
    assert used == set(sample(template))
    assert [check_text(text, used) for text in texts(template).values() if text] == [
        [] for text in texts(template).values() if text
    ]
    assert missing_glyphs("".join([*texts(template).values(), *sample(template).values()])) == []


@pytest.mark.parametrize("key", TEMPLATES)
def test_it_is_made_with_its_sample(key: str) -> None:
    template, values = TEMPLATES[key], sample(TEMPLATES[key])
    body = fill_body(parse(template["body"]), values)
    filled = {name: fill(text, values) for name, text in texts(template).items() if name != "body"}
    if template["kind"] in ADDRESSES:
        address = Address(filled["greeting"], tuple(body[0].text.split("\n")), "315800")
        envelope = template["kind"] == Kind.ENVELOPE
        made = envelope_pdf([address], Sender("示例市总工会")) if envelope else labels_pdf([address])
    else:
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
