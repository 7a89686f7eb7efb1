"""What must be seen at once, with a no in front, in talk about it, and in other wordings."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import kaimen
from kaimen.cases.enums import Alarm, Wish
from kaimen.logic.triage.kinds import Kinds
from kaimen.logic.triage.mentions import Names, short_names
from kaimen.logic.triage.phrases import LONGEST, told
from kaimen.logic.triage.urgency import Rules

WORDS = Path(kaimen.__file__).parent / "packs" / "words"
URGENT = yaml.safe_load((WORDS / "urgent.yaml").read_text("utf-8"))
KINDS = yaml.safe_load((WORDS / "kinds.yaml").read_text("utf-8"))
rules, kinds = Rules.of(URGENT), Kinds.of(KINDS)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("老板三个月不发工资", "wages"),
        ("工資拖了三個月沒發", "wages"),
        ("拖欠我们工程队两个月工资", "wages"),
        ("老板跑路了，人找不到", "wages"),
        ("昨天机器把手压断了", "injury"),
        ("有工友从架子上摔下来", "injury"),
        ("夜班有人中 暑", "injury"),
        ("活着没意思，真的撑不下去了", "self_harm"),
        ("我不想活了", "self_harm"),
        ("我不想自杀，就是心里难受", "self_harm"),
        ("他说要跳楼", "self_harm"),
        ("车间一股煤气味", "danger"),
        ("电梯坏了，三个人被困", "danger"),
        ("主管动手打人", "violence"),
        ("身份证被扣，不让走", "violence"),
        ("厂里有童工", "minors"),
        ("孩子在宿舍区走丢了", "minors"),
        ("未成年的孩子在上班", "minors"),
    ],
)
def test_raises_an_alarm(text: str, kind: str) -> None:
    assert kind in [alarm.kind for alarm in rules.heard(text)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "😀 123",
        "没有人受伤，就是机器坏了",
        "公司没有拖欠工资",
        "想报名急救培训班，讲怎么处理流血",
        "消防演练什么时候，模拟起火",
        "超市跳楼价甩卖太吵",
        "工伤保险怎么买",
        "孩子暑假没人管，有没有托管",
        "车胎漏气了哪里能补",
        "说话老被打断",
        "请跟踪办理",
        "工资条没发给我们",
        "怎样避免中暑",
        "食堂太难吃",
        "停" * 20_000,
    ],
)
def test_raises_none(text: str) -> None:
    assert rules.heard(text) == ()


ALARMS = [
    "老板三个月不发工资",
    "昨天机器把手压断了",
    "我不想活了",
    "厂里有童工",
    "食堂太难吃",
    "13800000000",
    "WiFi",
    "",
]


@given(st.lists(st.sampled_from(ALARMS) | st.text(max_size=30), max_size=6))
@settings(max_examples=60, deadline=None)
def test_any_text_raises_at_most_one_alarm_of_a_kind_the_gravest_first(texts: list[str]) -> None:
    text = "。".join(texts)
    heard = [alarm.kind for alarm in rules.heard(text)]
    assert heard == [kind for kind in Alarm.values if kind in heard]
    assert kinds.of_text(text) in Wish.values
    assert "self_harm" in heard or "我不想活了" not in texts


@given(st.from_regex(r"[0-9０-９ .,:：-]{0,60}", fullmatch=True))
@settings(max_examples=40, deadline=None)
def test_digits_alone_raise_nothing(text: str) -> None:
    assert rules.heard(text) == () and kinds.of_text(text) == Wish.HELP


@pytest.mark.parametrize("said", ["我不想活了", "老板三个月不发工资", "厂里有童工"])
def test_in_twenty_thousand_characters_opening_and_end_are_heard(said: str) -> None:
    novel = "食堂的菜，" * 4_000
    for text in (said + "，" + novel, novel + said):
        assert len(rules.heard(text)) == 1
    assert len(told(novel)) <= LONGEST + 1, "and no more is looked through"


def test_width_capitals_and_traditional_characters_say_the_same() -> None:
    names = Names.of([("lab", ["ABC 电子"]), ("dorm", ["A3 栋"])])
    for text in ("abc电子的人住a3栋", "ＡＢＣ电子的人住Ａ３栋", "ABC電子的人住A3棟"):
        assert [mention.key for mention in names.found(text)] == ["lab", "dorm"], text
    for text in ("請問怎麼申請", "请问怎么申请"):
        assert kinds.of_text(text) == "consultation"


def test_gravest_first_and_each_once() -> None:
    heard = rules.heard("不发工资，不发工资，我不想活了，手也压伤了")
    assert [alarm.kind for alarm in heard] == ["self_harm", "injury", "wages"]


def test_somebody_in_despair_is_heard_even_among_talk_of_other_things() -> None:
    assert rules.heard("听了心理讲座还是不想活了")[0].kind == "self_harm"


def test_only_in_the_same_clause_does_a_no_count() -> None:
    assert rules.heard("没有办法，有人受伤了")


def test_the_pack_and_the_words_of_the_pages_agree() -> None:
    assert list(URGENT["kinds"]) == list(Alarm.values)
    assert set(KINDS) == set(Wish.values)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("请问公租房怎么申请", "consultation"),
        ("生育津贴要带什么材料", "consultation"),
        ("食堂太难吃，反映了好几次没人管", "complaint"),
        ("保安态度很差", "complaint"),
        ("建议晚上加一趟班车", "suggestion"),
        ("希望增设几个充电桩", "suggestion"),
        ("举报隔壁厂半夜偷排废水", "report"),
        ("无证经营的小作坊，请查处", "report"),
        ("孩子生病借不到钱，帮帮我", "help"),
        ("宿舍热水没了", "help"),
        ("停车", "help"),
        ("", "help"),
    ],
)
def test_knows_what_is_wanted(text: str, kind: str) -> None:
    assert kinds.of_text(text) == kind


def test_places_and_enterprises_are_known_by_half_their_name_and_other_digits() -> None:
    names = Names.of(
        [
            ("gate", ["3 号门"]),
            ("dorm", ["一号宿舍楼"]),
            ("firm", short_names("示例·恒铸模具")),
            ("other", short_names("宁波拓力压铸有限公司（示例）")),
        ]
    )
    said = names.found("恒铸的人在三号门停车，1号宿舍楼和拓力也一样，三号门最挤")
    assert [mention.key for mention in said] == ["firm", "gate", "dorm", "other"]
    assert names.found("十三号门、13号门都不是") == ()
    assert names.found("") == ()


def test_a_name_that_two_share_names_neither() -> None:
    names = Names.of([("a", ["东门", "东区东门"]), ("b", ["东门"])])
    assert names.found("东门堵车") == ()
    assert [m.key for m in names.found("东区东门堵车")] == ["a"]
