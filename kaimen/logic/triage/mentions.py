"""Places and enterprises of the community that a text names, also by half their name or with other digits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from kaimen.logic.triage.phrases import told

_NUMERALS: Final = str.maketrans("零一二三四五六七八九两", "01234567892")
_TEN: Final = re.compile("([1-9]?)十([1-9]?)")
_BRACKETS: Final = re.compile(r"[(（][^)）]*[)）]")
_TAIL: Final = re.compile("(股份|集团|控股|实业)?(有限责任公司|有限公司|股份公司|公司|集团|厂)$")
_TRADE: Final = re.compile(
    "(机械|模具|电子|科技|塑料|塑胶|五金|精密|汽车|部件|零部件|服装|服饰|食品|纺织|制造|工业|贸易|物流|注塑|电器|电机|包装|新材料|材料|设备|智能|精工|压铸|铸造|汽配|热处理|数控|餐饮|公寓管理)+$"
)
_FORE: Final = re.compile("^(示例|宁波|北仑|浙江)[·・]?")
SHORTEST: Final = 2


@dataclass(frozen=True, slots=True)
class Mention:
    """`key` of what is named, and the words that name it."""

    key: str
    words: str


def flat(text: str) -> str:
    """Numerals as digits (十二号 -> 12号), no spaces: 三 号门, 3号门 and ３号门 are the same."""
    digits = told(text).translate(_NUMERALS)
    return _TEN.sub(lambda m: f"{m[1] or 1}{m[2] or 0}", digits)


def short_names(name: str) -> tuple[str, ...]:
    """What people call an enterprise: 宁波恒达模具有限公司 -> itself, 恒达模具, 恒达."""
    bare = _FORE.sub("", _BRACKETS.sub("", name).strip())
    without = _TAIL.sub("", bare)
    brand = _TRADE.sub("", without)
    return tuple(dict.fromkeys(n for n in (name, bare, without, brand) if len(n) >= SHORTEST))


@dataclass(frozen=True)
class Names:
    """Names to look for; built once for a community."""

    keys: Mapping[str, str]
    pattern: re.Pattern[str] | None

    @classmethod
    def of(cls, named: Iterable[tuple[str, Iterable[str]]]) -> Names:
        """`named`: key and all its names. A name that two keys share names neither."""
        holders: dict[str, set[str]] = {}
        for key, names in named:
            for name in names:
                if len(flat(name)) >= SHORTEST:
                    holders.setdefault(flat(name), set()).add(key)
        keys = {name: next(iter(held)) for name, held in holders.items() if len(held) == 1}
        ordered = sorted(keys, key=lambda name: (-len(name), name))
        # 13号门 must not be taken for 3号门.
        parts = [(r"(?<![0-9])" if name[0].isdigit() else "") + re.escape(name) for name in ordered]
        return cls(keys, re.compile("|".join(parts)) if parts else None)

    def found(self, text: str) -> tuple[Mention, ...]:
        """Each thing once, in the order in which it is named; the longest name wins."""
        if self.pattern is None:
            return ()
        mentions: dict[str, Mention] = {}
        for match in self.pattern.finditer(flat(text)):
            key = self.keys[match.group()]
            mentions.setdefault(key, Mention(key, match.group()))
        return tuple(mentions.values())
