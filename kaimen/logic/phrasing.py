"""What is said, without the words that only carry it: the terms by which search compares texts."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from kaimen.logic.text import HAN, char_pinyin, is_han, run_grams, runs

# Words that every question has. They part a text, so that no gram runs across them.
_CARRIERS: Final = """
请问 想问 问下 问问 咨询一下 我想 我要 我们 你们 他们 她们 咱们 大家 自己 怎么办 怎么样 怎么 怎样 如何 什么时候 什么 哪里 哪儿
哪个 哪些 为什么 为啥 是不是 有没有 能不能 可不可以 要不要 可以 能否 是否 一下 一直 一个 这个 那个 这些 那些 这里 那里 这样
因为 所以 但是 而且 如果 已经 还是 就是 不是 只是 希望 谢谢 感谢 您好 你好 领导 尊敬的 麻烦 帮忙 一点 有点 有些 非常 特别
需要 应该 可能 知道 觉得 以及 或者 关于 对于
"""
_SINGLE: Final = "的了吗呢吧啊呀嘛么我你您他她它们"
_CARRIER: Final = re.compile("|".join([*sorted(_CARRIERS.split(), key=len, reverse=True), f"[{_SINGLE}]"]))
# 停个车, 请个假: the verb is 停车, 请假.
_PARTED_VERB: Final = re.compile(f"(?<=[{HAN}])个(?=[{HAN}])")


def pieces(text: str) -> list[str]:
    """Han runs without carrier words, and Latin words, in order."""
    return runs(_CARRIER.sub(" ", _PARTED_VERB.sub("", text)))


# Words of offices that say nothing about what a service is for.
_OFFICIAL: Final = """
申请 申领 申报 办理 报名 预约 登记 备案 咨询 服务 意见 建议 管理 增设 调整 调换 查询 指引 对接 补办 领取 发放 反映 投诉 报修 待遇
职工 园区 厂区 员工 企业 工会 公司 个人 相关 事项 其他 以及 和 与 及 或
"""
_OFFICIAL_WORD: Final = re.compile("|".join(sorted(_OFFICIAL.split(), key=len, reverse=True)))


def cores(title: str) -> list[str]:
    """What an official title is about: 职工食堂与用餐意见 -> 食堂, 用餐. Nothing if that is the title itself."""
    found = [run for run in runs(_OFFICIAL_WORD.sub(" ", title)) if len(run) > 1 and run != title]
    return list(dict.fromkeys(found))


def terms(text: str) -> list[str]:
    """Two- and three-grams of the pieces; a piece of one character stands alone. If all were carriers: of the text."""
    found: list[str] = []
    for piece in pieces(text) or runs(text):
        if not is_han(piece) or len(piece) == 1:
            found.append(piece)
        else:
            found.extend(run_grams(piece, (2, 3)))
    return found


def sound_terms(text: str) -> list[str]:
    """The same by sound: pairs and triples of toneless syllables, character by character."""
    found: list[str] = []
    for piece in pieces(text) or runs(text):
        if is_han(piece):
            found.extend(_sounds(piece))
    return found


@lru_cache(maxsize=20_000)
def _sounds(piece: str) -> tuple[str, ...]:
    syllables = [char_pinyin(c) for c in piece]
    return tuple("'".join(syllables[i : i + n]) for n in (2, 3) for i in range(len(syllables) - n + 1))
