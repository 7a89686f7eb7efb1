from pathlib import Path
from typing import Any

import yaml

import kaimen
from kaimen.logic.search import Document, Index, best_confident
from kaimen.logic.text import is_meaningful, normalise

WORDS = yaml.safe_load(
    (Path(kaimen.__file__).parent / "packs/words/everyday.yaml").read_text(encoding="utf-8")
)


def test_every_line_maps_an_official_word_to_words_as_people_say_them() -> None:
    for official, said in WORDS.items():
        assert is_meaningful(official), official
        assert said
        assert all(isinstance(word, str) and normalise(word) == word for word in said), official
        assert len(set(said)) == len(said), official


def test_an_official_list_without_phrases_is_found_by_everyday_words() -> None:
    titles = [
        "最低生活保障",
        "食品经营许可",
        "机动车驾驶证换领",
        "学前教育、义务教育阶段入学办理",
        "结婚登记预约",
    ]
    index = Index([Document(title, title) for title in titles], WORDS)
    for said, title in [
        ("我要吃低保", 0),
        ("想开饭店", 1),
        ("换驾照", 2),
        ("孩子怎么上学", 3),
        ("领证", 4),
    ]:
        assert best_confident(index.query(said))[0].key == titles[title], said


def _pack(name: str) -> Any:
    return yaml.safe_load((Path(kaimen.__file__).parent / "packs" / name).read_text(encoding="utf-8"))


def test_the_needs_of_the_demo_find_their_service_among_the_first_three() -> None:
    index = Index(
        [
            Document(s["key"], s["name"], tuple(s["phrases"]), s["summary"])
            for s in _pack("services/lingfeng.yaml")["services"]
        ],
        WORDS,
    )
    needs = [need for need in _pack("demo/needs.yaml")["needs"] if need.get("service")]
    found = [
        need["service"] in [h.key for h in best_confident(index.query(need["text"], 3))] for need in needs
    ]
    assert len(found) > 50
    assert sum(found) / len(found) > 0.85


def test_a_title_that_only_shares_a_word_is_not_what_was_asked_for() -> None:
    titles = [
        "公司设立登记",
        "公司注销登记",
        "食品小经营店备案发放",
        "仅销售预包装食品经营者备案注销",
        "机动车驾驶证公证（指引）",
        "欠税人处置不动产或大额资产报告",
    ]
    index = Index([Document(title, title) for title in titles], WORDS)
    found = {
        said: [hit.key for hit in best_confident(index.query(said))]
        for said in ("公司注册", "开饭店", "换驾照", "房产证过户")
    }
    assert found["公司注册"][0] == "公司设立登记"
    assert found["开饭店"] == ["食品小经营店备案发放"]
    assert found["换驾照"] == found["房产证过户"] == []


def test_no_word_stands_twice() -> None:
    """YAML would take the later line and forget the earlier one without a word."""
    for path in (Path(kaimen.__file__).parent / "packs/words").glob("*.yaml"):
        names = [
            line.split(":")[0]
            for line in path.read_text("utf-8").splitlines()
            if line[:1] not in ("", " ", "#", "-")
        ]
        assert [name for name in names if names.count(name) > 1] == [], path.name
