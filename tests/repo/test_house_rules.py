"""The house rules themselves: short files, no inline script or style, and documents that tell the truth."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kaimen.launcher import main

ROOT = Path(__file__).resolve().parents[2]
KAIMEN = ROOT / "kaimen"
LONGEST = 300
SETTING = re.compile(r"\bKAIMEN_[A-Z0-9_]*[A-Z0-9]\b")
# Only the rig and CI read these; a deployment never sets them.
OF_THE_TESTS = {"KAIMEN_TEST_DATABASE", "KAIMEN_REQUIRE_ALL", "KAIMEN_FAULT_FORMS", "KAIMEN_DATA"}
COMMAND = re.compile(r"(?:\./run|python run) ([a-z]+)")


def documents() -> list[Path]:
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def settings_in(paths: list[Path]) -> set[str]:
    return {name for path in paths for name in SETTING.findall(path.read_text(encoding="utf-8"))}


class Inline(HTMLParser):
    """Collects what the content security policy would refuse."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        # Template tags may stand inside an element and hold quotes and > of their own.
        self.feed(re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", " ", text, flags=re.DOTALL))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(f"<{tag}>")
        self.found += [f"{name}=" for name in sorted(names) if name == "style" or name.startswith("on")]


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<p style="color:red">', ["style="]),
        ("<script>go()</script>", ["<script>"]),
        ('<script src="{% static "x.js" %}" defer></script>', []),
        ("<style>p {}</style>", ["<style>"]),
        ('<a {% if x > 1 %}onclick="go()"{% endif %}>', ["onclick="]),
        ('<form hx-on:submit="go()" hx-post="/x">', []),
    ],
)
def test_inline_code_is_found(html: str, found: list[str]) -> None:
    assert Inline(html).found == found


def test_templates_hold_no_inline_script_or_style() -> None:
    for path in sorted(KAIMEN.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        assert Inline(text).found == [], path
        assert "hx-on" not in text, f"{path}: htmx would need eval for it"


def test_no_file_grows_past_its_length() -> None:
    lengths = {
        path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines())
        for path in KAIMEN.rglob("*.py")
        if path.parent.name != "migrations"
    }
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST} == {}


def test_commands_named_in_documents_exist() -> None:
    known = {*main.PASSING_ON, *main.PLAIN, "demo", "serve"}
    for path in documents():
        assert set(COMMAND.findall(path.read_text(encoding="utf-8"))) <= known, path


def test_help_names_every_command() -> None:
    assert set(COMMAND.findall(main.HELP)) == {*main.PASSING_ON, *main.PLAIN, "demo", "serve"}


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    code = settings_in(sorted(KAIMEN.rglob("*.py")))
    described = settings_in(documents())
    assert code - described == set(), "settings that no document describes (docs/settings.md)"
    assert described - code - OF_THE_TESTS == set(), "documents name settings that do not exist"


def test_requirements_hold_hashes_and_no_addresses() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"https?://|file:|--(extra-)?index-url|--find-links", text), name
        packages = [block for block in re.split(r"\n(?=\S)", text) if "==" in block]
        assert packages
        assert [block.split()[0] for block in packages if "--hash=sha256:" not in block] == []
