"""Names of places, firms and schemes in running text, found by how they end.

Not a dictionary: in 丽发新城小区 the ending gives it away. The left border is where a word stands that no name holds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final


def _words(text: str) -> list[str]:
    return text.split()


_PLACES: Final = _words(
    "小区 花园 家园 公馆 公寓 新城 国际 苑 府 湾 城 郡 庄 园 山庄 广场 大厦 市场 学校 小学 中学 幼儿园 医院 公园 "
    "地铁站 公交站 站台 号线 食堂 宿舍楼 宿舍 厂区 车间 路口 路 大道 街 巷 高速 村 镇 乡 街道 社区 "
    "酒店 县 楼盘 片区 桥 湖 大学 学院 号楼 号门 充电棚 篮球场 阅览室 车棚 滩 期 栋"
)
_FIRMS: Final = _words("有限公司 公司 集团 银行 物业 车贷 理财 培训机构 培训学校 健身房 超市 燃气 水务 协会")
# Characters of prepositions, verbs and particles: a name does not run across them.
_BORDER: Final = (
    "在于和与的对向请把被是位近诉映询报议望给让将从到及我有了要去来就都不没很太去他她你们这那该某个看管"
)
_WHOLE: Final = "|".join(  # names by themselves in a park, without anything before them
    _words("阅览室 充电棚 篮球场 健身房 职工食堂 食堂 医务室 诊所 党群服务中心 公交站 宿舍楼 宿舍 幼儿园")
)
_ENDS: Final = "|".join(sorted({*_PLACES, *_FIRMS}, key=lambda end: (-len(end), end)))
NAME: Final = re.compile(
    rf"\x02[^\x03]*\x03|[^\W{_BORDER}]{{1,7}}?(?:{_ENDS})|[东西南北]门|(?:{_WHOLE})"
)  # what is marked as one, or ends so
_FIRM: Final = re.compile(rf"(?:{'|'.join(_FIRMS)})$")
_REGION: Final = re.compile(
    r"^(?:[a-z]\d*[省市区县州]|西地省|本市|全市|市区|省|市|区|县|镇|乡|街道|社区)+", re.IGNORECASE
)
_VERBS: Final = re.compile(
    r"^(?:咨询|投诉|反映|反应|关于|举报|建议|希望|请问|恳请|请求|强烈|要求|反对|质疑|严查|附近|旁边|楼下|再次|坚决|影响|解决)+"
)
_EMPTY: Final = frozenset(
    _words(
        "小区 社区 街道 公司 学校 医院 幼儿园 小学 中学 宿舍 食堂 公园 市场 项目 楼盘 银行 物业 平台 超市 停车场 工地 "
        "路口 地铁站 公交站 大门 上线 下线 开门 部门 专门 热线 一线 道路 马路 公路 铁路 网站 城市 城区 地区 园区 市区 "
        "城 县 门口 楼门 出门 有关部门 相关部门 各部门 职能部门 政府部门 该小区 本小区 上路 让路 走路 修路 多条线 自来水公司 物业公司 公交公司 电力公司 燃气公司 热力公司 开发公司 房地产公司 投资公司 有限公司"
    )
)
_AUTHORITY: Final = re.compile(
    r"政府$|^(?:自来|来)?水公司$|^(?:供[水电气热]|电力|燃气|公交|物业)公司$|^[一二三四五六七八九十\d]+期$|^旧城$|^新城$"
)
LONGEST: Final = 7  # characters before the ending


def mentioned(texts: Iterable[str], limit: int = 5, at_least: int = 1) -> tuple[list[str], list[str]]:
    """(places, firms) that the texts name, the most often named first; each text counts a name once."""
    places: Counter[str] = Counter()
    firms: Counter[str] = Counter()
    for text in texts:
        for name in named_in(text):
            (firms if _FIRM.search(name) else places)[name] += 1
    return _top(places, limit, at_least), _top(firms, limit, at_least)


def named_in(text: str) -> frozenset[str]:
    """Every name in the text, without regions, verbs and what is no name by itself."""
    found = (_bare(match.group().strip("\x02\x03")) for match in NAME.finditer(text))
    return frozenset(
        name for name in found if len(name) > 1 and name not in _EMPTY and not _AUTHORITY.search(name)
    )


def _bare(name: str) -> str:
    before = ""
    while before != name:
        before = name
        name = _VERBS.sub("", _REGION.sub("", name))
    return name


def _top(counted: Counter[str], limit: int, at_least: int) -> list[str]:
    ranked = sorted(counted.items(), key=lambda row: (-row[1], len(row[0]), row[0]))
    kept: list[str] = []
    for name, times in ranked:
        if times >= at_least and not any(name in other or other in name for other in kept):
            kept.append(name)
    return kept[:limit]
