"""What stands in a letter: fields in braces, and the few marks that shape its text.

A template is a text such as `尊敬的{姓名}：`. It is checked once, parsed once, and filled for each recipient. Values are
plain text wherever they land: braces, stars, `#` or `>` in somebody's name shape nothing, because the text is
parsed before it is filled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final, Literal

from kaimen.logic import placeholders

BlockKind = Literal["paragraph", "heading", "right"]

_FULL_WIDTH: Final = str.maketrans("｛｝", "{}")  # what a Chinese keyboard gives
_FIELD: Final = re.compile(r"\{([^{}\n]*)\}")
_BOLD: Final = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_BREAKS: Final = re.compile(r"\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


@dataclass(frozen=True)
class Problem:
    """Why a template cannot be used.

    `blank`: nothing is written. `unknown`: the `field` stands for nothing, `nearest` is the known one it resembles, or
    "". `empty`: nothing between two braces. `unpaired`: a brace without its partner, `around` it stands this.
    `half_bold`: `**` without its partner, `around` it stands this.
    """

    code: str
    params: Mapping[str, str] = field(default_factory=dict)


class CannotFill(ValueError):
    """A letter that would have a hole; `field` is the name of what is missing."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class EmptyField(CannotFill):
    """The field is known, but there is nothing to write for this recipient."""


class UnknownField(CannotFill):
    """Nobody has ever heard of the field."""


@dataclass(frozen=True)
class Span:
    """Words of one weight; a line break is a newline."""

    text: str
    bold: bool = False


@dataclass(frozen=True)
class Block:
    """`paragraph`, `heading` (from `# `) or `right` (from `> `: signature and date)."""

    kind: BlockKind
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)


Body = tuple[Block, ...]


def fields_in(text: str) -> list[str]:
    """Names in braces in reading order, each once."""
    names = (name.strip() for name in _FIELD.findall(text.translate(_FULL_WIDTH)))
    return list(dict.fromkeys(name for name in names if name))


def check_text(text: str, known: AbstractSet[str]) -> list[Problem]:
    """What is wrong with a template before anybody's name goes into it; [] when it can be filled."""
    if not text.strip():
        return [Problem("blank")]
    return [*map(_told, placeholders.problems(text, sorted(known))), *_half_bold(text)]


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with every field replaced: for one line, such as a subject or a text message.

    Raises EmptyField or UnknownField, so that no letter goes out with a hole. A value is never read as a template
    again. A body is parsed first and filled by `fill_body`, so that no value can shape the text.
    """
    return _FIELD.sub(lambda piece: _value(piece[1].strip(), values), text.translate(_FULL_WIDTH))


def parse(text: str) -> Body:
    """The blocks of `text`. Blank lines part paragraphs; `# ` begins a heading, `> ` a line at the right side;
    `**` around words makes them bold; a single line break stays one. Nothing else has a meaning.
    """
    return tuple(_blocks(_BREAKS.sub("\n", text)))


def fill_body(body: Body, values: Mapping[str, str]) -> Body:
    """`body` for one recipient; raises as `fill` does."""
    return tuple(
        Block(block.kind, tuple(Span(fill(span.text, values), span.bold) for span in block.spans))
        for block in body
    )


def _told(problem: placeholders.Problem) -> Problem:
    if problem.code == "unknown":
        return Problem("unknown", {"field": problem.text, "nearest": problem.nearest})
    return Problem(problem.code, {"around": problem.text} if problem.text else {})


def _half_bold(text: str) -> Iterator[Problem]:
    for block in parse(text):
        for span in block.spans:
            at = span.text.find("**")
            if at >= 0:
                yield Problem("half_bold", {"around": " ".join(span.text[max(0, at - 6) : at + 8].split())})


def _value(name: str, values: Mapping[str, str]) -> str:
    if name not in values:
        raise UnknownField(name)
    if not values[name].strip():
        raise EmptyField(name)
    return values[name]


def _blocks(text: str) -> Iterator[Block]:
    for chunk in re.split(r"\n[ \t\u3000]*\n", text):
        kind: BlockKind = "paragraph"
        lines: list[str] = []
        for line in chunk.split("\n"):
            words = line.strip(" \t\u3000")
            now: BlockKind = (
                "heading" if words.startswith("# ") else "right" if words.startswith("> ") else "paragraph"
            )
            if lines and (now != kind or now == "heading"):
                yield Block(kind, _spans("\n".join(lines)))
                lines = []
            kind = now
            if words:
                lines.append(words[2:].strip(" \t\u3000") if now != "paragraph" else words)
        if lines:
            yield Block(kind, _spans("\n".join(lines)))


def _spans(text: str) -> tuple[Span, ...]:
    spans: list[Span] = []
    end = 0
    for bold in _BOLD.finditer(text):
        spans += [Span(text[end : bold.start()]), Span(bold[1], True)]
        end = bold.end()
    return tuple(span for span in [*spans, Span(text[end:])] if span.text)
