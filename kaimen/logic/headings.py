"""Which column of a stranger's table holds what: guessed from its headings, for a person to correct."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kaimen.logic.text import normalise

# field -> how hotlines, surveys and complaint books head that column, the most telling first
HEADINGS: Final[dict[str, tuple[str, ...]]] = {
    "id": ("工单编号", "工单号", "诉求编号", "留言编号", "受理编号", "编号", "单号", "id", "case id"),
    "subject": ("诉求标题", "留言主题", "标题", "主题", "事项", "subject", "title"),
    "detail": (
        "诉求内容", "留言详情", "问题描述", "反映内容", "内容", "详情", "诉求", "描述", "意见", "建议", "问题",
        "原话", "detail", "words", "content", "description",
    ),
    "time": ("提交答卷时间", "诉求时间", "受理时间", "留言时间", "提交时间", "时间", "日期", "time", "date"),
    "phone": ("手机号码", "手机号", "手机", "联系电话", "联系方式", "电话", "phone", "mobile", "tel"),
    "name": ("诉求人", "留言人", "反映人", "姓名", "称呼", "联系人", "name"),
    "enterprise": ("企业名称", "单位名称", "所在单位", "企业", "单位", "公司", "工厂", "enterprise", "company"),
    "place": ("事发地点", "地点", "地址", "位置", "在哪", "区域", "place", "address", "location"),
}  # fmt: skip
CONTAINED_FROM: Final = 2  # characters: shorter words are only taken as the whole heading


def guess_columns(headings: Sequence[str]) -> dict[str, str]:
    """Field -> heading, each heading at most once: whole headings go before parts of one, then the order above.

    Deterministic; what cannot be guessed is left out. A field whose heading stands twice gets the first.
    """
    plain = {heading: normalise(heading).lower() for heading in headings if heading.strip()}
    guessed: dict[str, str] = {}
    for whole in (True, False):
        for field, words in HEADINGS.items():
            free = {heading: text for heading, text in plain.items() if heading not in guessed.values()}
            found = None if field in guessed else _first(free, words, whole)
            if found is not None:
                guessed[field] = found
    return guessed


def _first(free: dict[str, str], words: Sequence[str], whole: bool) -> str | None:
    for word in words:
        for heading, text in free.items():
            if text == word or (
                not whole and len(word) >= CONTAINED_FROM and not word.isascii() and word in text
            ):
                return heading
    return None
