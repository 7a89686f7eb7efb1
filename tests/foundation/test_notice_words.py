"""Every notice that any room sends has a sentence, in which nothing is left open."""

import re
from pathlib import Path

import pytest

from kaimen.foundation.notice_words import WORDS, words_for

KAIMEN = Path(__file__).resolve().parents[2] / "kaimen"
TELLING = re.compile(
    r"\b(?:tell_asker|tell_owner|tell_staff|_tell_handlers|_tell|notify|Message)\(((?:[^()]|\([^()]*\))*)\)"
)
CODE = re.compile(r'(?<![=\w"])"([a-z]+(?:_[a-z]+)*)"(?!\s*:)')
PARAMS = {
    "title": "厂门口停车",
    "number": "KM-2026-00418",
    "owner": "示例专员",
    "by": "示例督办",
    "from": "示例前任",
    "organisation": "示例部门",
    "score": 1,
    "days": 3,
    "days_late": 2,
    "role": "服务专员",
    "due": "2026-03-04",
    "count": 2,
    "name": "示例平台",
    "people": 12,
    "organisations": "示例部门",
}


def codes_sent() -> set[str]:
    """String literals in the calls that tell somebody something, over the whole source."""
    found: set[str] = set()
    for path in KAIMEN.rglob("*.py"):
        for call in TELLING.findall(path.read_text(encoding="utf-8")):
            found |= set(CODE.findall(re.sub(r"\*\*\{[^}]*\}|\[[^\]]*\]", "", call)))
    return found


def test_codes_are_found_in_the_source() -> None:
    assert {"case_received", "answered", "rated_bad", "role_given"} <= codes_sent()


def test_every_code_sent_has_a_sentence() -> None:
    assert codes_sent() - set(WORDS) == set()


@pytest.mark.parametrize("code", sorted(WORDS))
def test_every_sentence_is_complete(code: str) -> None:
    needed = set(re.findall(r"%\((\w+)\)s", str(WORDS[code])))
    assert needed <= set(PARAMS), "a parameter that no sender gives"
    text = words_for(code, PARAMS)
    assert "%(" not in text
    assert "“”" not in text


def test_a_missing_parameter_leaves_a_gap_not_an_error() -> None:
    assert words_for("received", {}).startswith("您说的事收到了")


def test_an_unknown_code_still_says_about_what() -> None:
    assert words_for("not_yet_invented", {"number": "KM-1"}) == "有新进展：KM-1"
    assert words_for("not_yet_invented", {}) == "有新进展：您的一件事"
