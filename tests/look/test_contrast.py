"""Every pair of colours that tokens.css promises meets WCAG 2.2 AA, in elder mode too."""

import re
from pathlib import Path

import pytest

import kaimen.look

FOLDER = Path(kaimen.look.__file__).parent / "static" / "look"
TEXT = (FOLDER / "tokens.css").read_text(encoding="utf-8")


def tokens(selector: str) -> dict[str, str]:
    block = re.search(re.escape(selector) + r"\s*\{(.*?)\n\}", TEXT, re.DOTALL)
    assert block, selector
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", block[1]))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def promised(kind: str) -> list[tuple[str, str]]:
    lines = re.findall(rf"^\s+{kind}: ([\w-]+) on ([\w, -]+)", TEXT, re.MULTILINE)
    return [(ink, ground.strip()) for ink, grounds in lines for ground in grounds.split(",")]


NORMAL = tokens(":root")
ELDER = NORMAL | tokens("html.elder")


@pytest.mark.parametrize("mode", [NORMAL, ELDER], ids=["normal", "elder"])
@pytest.mark.parametrize(
    ("kind", "least"), [("pair", 4.5), ("mark", 3.0)], ids=["text 4.5:1", "marks and borders 3:1"]
)
def test_promised_pairs_are_readable(mode: dict[str, str], kind: str, least: float) -> None:
    pairs = promised(kind)
    assert len(pairs) > 5
    weak = {pair: round(contrast(mode[pair[0]], mode[pair[1]]), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < least} == {}


def test_the_measure_is_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_words_are_never_set_in_a_colour_that_is_not_promised() -> None:
    """The pale ink and the light gold are for lines and marks: `color:` may only use inks of a promised pair."""
    inks = {ink for ink, _ in promised("pair")}
    for path in FOLDER.glob("*.css"):
        used = set(re.findall(r"[^-]color:\s*var\(--([\w-]+)\)", path.read_text(encoding="utf-8")))
        assert used <= inks, (path.name, used - inks)


def test_every_variable_used_is_defined() -> None:
    defined = set(re.findall(r"--([\w-]+):", TEXT))
    for path in FOLDER.glob("*.css"):
        used = set(re.findall(r"var\(--([\w-]+)\)", path.read_text(encoding="utf-8")))
        assert used <= defined, (path.name, used - defined)
