"""The reader of sentences finds them in code and templates, and says what is missing in a language."""

import re
from pathlib import Path

import pytest

from kaimen.look import translations

TEMPLATE = """{% load i18n %}
    <p>{% translate "有什么事？说一句" %}</p>
  {% if a > 1 %}
<a title="{% translate '开门' context "door" %}">
        {% blocktranslate count n=n trimmed %}
            {{ n }} 件
        {% plural %}
            {{ n }} 件事
        {% endblocktranslate %}</a>{% endif %}
"""


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tiny tree with one template, one module and an empty English file."""
    kaimen = tmp_path / "kaimen"
    po = kaimen / "look" / "locale" / "en" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    po.write_text('msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Language: en\\n"\n')
    (kaimen / "page.html").write_text(TEMPLATE, encoding="utf-8")
    (kaimen / "code.py").write_text('LABEL = _("您好，%(name)s")\nOTHER = "不翻译"\n', encoding="utf-8")
    monkeypatch.setattr(translations, "KAIMEN", kaimen)
    return po


def test_sentences_are_found_in_code_and_templates(house: Path) -> None:
    found = {(message.id, message.context) for message in translations.said() if message.id}
    assert found == {
        ("有什么事？说一句", None),
        ("开门", "door"),
        (("%(n)s 件", "%(n)s 件事"), None),
        ("您好，%(name)s", None),
    }


def test_what_is_missing_wrong_or_left_over_is_said(house: Path) -> None:
    assert len(translations.problems(house)) == 4
    translations.update(house)
    assert all(problem.startswith("not translated") for problem in translations.problems(house))
    text = house.read_text(encoding="utf-8")
    text = text.replace(
        'msgid "您好，%(name)s"\nmsgstr ""', 'msgid "您好，%(name)s"\nmsgstr "Hello, %(who)s"'
    )
    house.write_text(text + '\nmsgid "没人说"\nmsgstr "nobody"\n', encoding="utf-8")
    problems = translations.problems(house)
    assert any("您好" in problem and not problem.startswith("not translated") for problem in problems)
    assert "said nowhere: '没人说'" in problems


def test_updating_twice_changes_nothing(house: Path) -> None:
    translations.update(house)
    once = house.read_bytes()
    translations.update(house)
    assert house.read_bytes() == once


@pytest.mark.parametrize(
    ("translated", "reported"),
    [
        ('msgstr "{who} took it on {day}"', ""),
        ('msgstr ""', "not translated"),
        ('msgstr "somebody took it on {day}"', "other placeholders"),
        ('msgstr "{who} took it on {date}"', "other placeholders"),
        ("#, fuzzy", "only guessed"),
    ],
)
def test_the_check_fails_on_empty_guessed_and_misfitting(house: Path, translated: str, reported: str) -> None:
    (house.parents[4] / "page.html").write_text("{% if a %}{% endif %}", encoding="utf-8")
    (house.parents[4] / "code.py").write_text('LINE = _("{day}{who}接手")\n', encoding="utf-8")
    msgid = 'msgid "{day}{who}接手"\n'
    guessed = translated.startswith("#,")
    entry = f'{translated}\n{msgid}msgstr "{{who}} {{day}}"\n' if guessed else f"{msgid}{translated}\n"
    house.write_text(house.read_text(encoding="utf-8") + "\n" + entry, encoding="utf-8")
    problems = translations.problems(house)
    assert [problem.split(":")[0].startswith(reported) for problem in problems] == [True] * bool(reported)


def test_english_is_complete() -> None:
    files = translations.catalogue_files()
    assert [path.parent.parent.name for path in files] == ["en"]
    assert translations.problems(files[0]) == []


COMMENT = re.compile(r"\{#.*?#\}|\{% comment.*?endcomment %\}", re.DOTALL)
MARKED = re.compile(r"\{% blocktranslate.*?endblocktranslate %\}|\{%.*?%\}|_\(\"[^\"]*\"\)", re.DOTALL)
CHINESE = re.compile("[\u3001-\u3002\u4e00-\u9fff\uff08-\uff1b]+")  # with 、 。 （ ） ， ： ；
BILINGUAL = {
    "500.html",
    "503.html",
    "_tools.html",
}  # the pages without a database, and the button that changes the language


def unmarked(template: str) -> list[str]:
    """Chinese that a template says in every language."""
    return CHINESE.findall(MARKED.sub("", COMMENT.sub("", template)))


def test_templates_say_nothing_chinese_outside_the_marks() -> None:
    assert unmarked('<p>{% translate "开门" %}：{{ who }}</p>') == ["："]
    found = {
        path.relative_to(translations.KAIMEN).as_posix(): unmarked(path.read_text(encoding="utf-8"))
        for path in translations.KAIMEN.rglob("templates/**/*.html")
        if path.name not in BILINGUAL
    }
    assert found
    assert {path: words for path, words in found.items() if words} == {}
