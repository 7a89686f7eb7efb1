"""Papers for the tests; everybody on them is invented."""

from dataclasses import replace
from typing import Any

from kaimen.letters.papers import Sender, Sheet
from kaimen.logic.letters import parse

LONG = (
    "园区停车一直是工友说得最多的一件事。今年以来，一百八十位工友从各自的厂里说起同一个难处："
    "下了夜班，厂门口没有地方停车，路边停了又怕被贴条。"
)
LETTER = Sheet(
    key="7",
    recipient="示例王",
    salutation="示例王同志：",
    body=parse("见信好。\n\n**谢谢您。**\n\n> 冬安"),
    signature=("示例工会",),
    date="2026年11月22日",
    link="https://door.example/l/abc",
    caption="扫一扫，回个话",
    sender=Sender("示例市总工会", ("示例路 1 号",)),
)
OFFICIAL = Sheet(
    sender=Sender("示例市总工会"),
    number="示例工发〔2026〕3号",
    title="示例市总工会关于办好园区停车这件工友最盼望的事的通知",
    salutation="各企业工会：",
    body=parse(f"{LONG}\n\n# 一、先把缺口数清楚\n\n{LONG * 16}"),
    signature=("示例市总工会",),
    date="2026年11月22日",
    copies_to="示例市人民政府办公室。",
    printed_by="示例市总工会办公室",
    printed_on="2026年11月23日",
)


def letter(**changed: Any) -> Sheet:
    return replace(LETTER, **changed)
