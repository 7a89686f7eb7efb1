"""Which fonts print, and which characters they have.

Fonts come with the dependencies and from one folder of the house, never from the machine, so that every machine
makes the same page. The house may put its licensed fonts there (方正小标宋, 仿宋_GB2312); they are taken first.
"""

from __future__ import annotations

import functools
from importlib.util import find_spec
from pathlib import Path

import typst
from fontTools.ttLib import TTFont

# Families by what they are for, in the order of preference. The last two are always there: Noto Sans CJK has the rare
# characters of names that the serif font lacks.
ALWAYS = ("Noto Serif SC", "Noto Sans CJK SC")
FAMILIES: dict[str, tuple[str, ...]] = {
    # GB/T 9704-2012 names the faces; what has no free font falls back to Noto Serif
    "fangsong": (
        "FangSong_GB2312",
        "仿宋_GB2312",
        "FZFangSong-Z02",
        "FangSong",
        "STFangsong",
        "Zhuque Fangsong (technical preview)",
        *ALWAYS,
    ),
    "title": ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋简体", "STZhongsong", *ALWAYS),
    "hei": ("SimHei", "STHeiti", "Noto Sans CJK SC"),
    "kai": ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "STKaiti", "LXGW WenKai", *ALWAYS),
    "song": ("SimSun", "STSong", *ALWAYS),
    "serif": ALWAYS,
    "sans": ("Noto Sans CJK SC",),
}
SUFFIXES = {".ttf", ".otf", ".ttc", ".otc"}
# Characters that print nothing by nature: line breaks, tabs, joiners, variation selectors.
INVISIBLE = {*"\n\r\t \u3000\u00a0\u200b\u200c\u200d\u2060\ufeff", *map(chr, range(0xFE00, 0xFE10))}


def folders(own: Path | None = None) -> tuple[Path, ...]:
    """The house's own folder first, then those of the packages."""
    packages = [_package("manimgx_fonts_cjk"), _package("pylopdf_fonts_zh_cn")]
    return (*([own] if own and own.is_dir() else []), *packages)


@functools.cache
def families(own: Path | None = None) -> dict[str, tuple[str, ...]]:
    """FAMILIES without those that are not installed: typst warns about each otherwise, for every letter."""
    there = {name.lower() for name in shelf(own).families()}
    return {use: tuple(name for name in names if name.lower() in there) for use, names in FAMILIES.items()}


@functools.cache
def shelf(own: Path | None = None) -> typst.Fonts:
    """The fonts as the compiler wants them, read once."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders(own))
    )


@functools.cache
def printable(own: Path | None = None) -> frozenset[int]:
    """Code points that some font has."""
    points: set[int] = set()
    for folder in folders(own):
        for path in sorted(folder.iterdir()):
            if path.suffix.lower() in SUFFIXES:
                points |= _points(path)
    return frozenset(points)


def missing_glyphs(text: str, own: Path | None = None) -> list[str]:
    """Characters of `text` that would come out as empty boxes, each once, in reading order."""
    has = printable(own)
    return list(dict.fromkeys(c for c in text if ord(c) not in has and c not in INVISIBLE))


def _points(path: Path) -> set[int]:
    # the faces of one collection have the same characters, drawn as each country draws them
    with TTFont(path, fontNumber=0, lazy=True) as face:
        return set(face.getBestCmap())


def _package(name: str) -> Path:
    found = find_spec(name)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(name)
    return Path(found.origin).parent
