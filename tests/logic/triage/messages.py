"""A small labelled world of our own, made from halves of sentences; nothing of it is real."""

import random
from functools import lru_cache

from kaimen.logic.triage import Lexicon, Message, Model, Vocabulary, lexicon_of, train

TOPICS = {
    "住": ("宿舍热水", "床位", "房租押金", "空调漏水", "公租房", "隔壁太吵"),
    "行": ("停车位", "末班公交", "班车线路", "红绿灯", "路面坑洼", "电瓶车充电"),
    "薪": ("工资拖着", "加班费", "劳动合同", "社保断缴", "工伤认定", "试用期辞退"),
}
BEFORE = ("我们厂门口的", "想问一下", "反映三车间的", "最近两个月", "一直说了没人管的", "同事都在说")
AFTER = ("怎么办", "能不能解决", "已经好几次了", "希望早点有人来看", "到底归谁管", "大家都等着")


def made(count: int, seed: int = 0) -> tuple[list[Message], list[str]]:
    """`count` messages and their labels, the same for the same seed."""
    dice = random.Random(seed)
    messages, labels = [], []
    for number in range(count):
        label = sorted(TOPICS)[number % len(TOPICS)]
        subject = dice.choice(BEFORE) + dice.choice(TOPICS[label]) + dice.choice(AFTER)
        detail = dice.choice(BEFORE) + dice.choice(TOPICS[label]) + "，" + dice.choice(AFTER) + str(number)
        messages.append(Message(subject, detail))
        labels.append(label)
    return messages, labels


def words() -> Lexicon:
    return lexicon_of(
        {
            "住": Vocabulary(strong=("宿舍", "床位", "公租房"), often=("热水",), names=("住房保障",)),
            "行": Vocabulary(strong=("停车", "公交", "班车"), often=("路面",), names=("通勤交通",)),
            "薪": Vocabulary(strong=("工资", "加班费", "社保"), often=("合同",), names=("劳动权益",)),
        }
    )


@lru_cache(maxsize=1)
def taught() -> Model:
    """A model that has learnt from 150 of them; made once, it takes half a second."""
    messages, labels = made(150)
    return train(messages, labels, words())
