"""Address labels: A4 sheets of 3 × 8, as offices buy them (70 × 37 mm), in the order they are given."""

import json
from collections.abc import Sequence

import typst

from kaimen.letters.papers import Address
from kaimen.letters.papers.fonts import shelf

SOURCE = """
#let given = json(bytes(sys.inputs.at("given")))
#set page(paper: "a4", margin: (x: 0mm, top: 0.5mm, bottom: 0mm))
#set text(font: ("Noto Serif SC", "Noto Sans CJK SC"), size: 10.5pt, lang: "zh")
#set par(leading: 0.5em)
#grid(columns: (70mm,) * 3, rows: 37mm, ..given.map(one => box(width: 70mm, height: 37mm, inset: (x: 6mm, y: 5mm), clip: true, {
  text(11pt, one.postcode)
  linebreak()
  one.lines.join(linebreak())
  linebreak()
  text(13pt, one.name)
  h(0.5em)
  text(9pt, "收")
  place(bottom + right, text(8pt, one.number))
})))
"""


def labels_pdf(addresses: Sequence[Address]) -> bytes:
    """One PDF with a label for each address; names and addresses go in as data, never as markup."""
    given = [
        {"name": one.name, "lines": list(one.lines), "postcode": one.postcode, "number": one.number}
        for one in addresses
    ]
    made = typst.compile(
        SOURCE.encode(),
        sys_inputs={"given": json.dumps(given, ensure_ascii=False)},
        font_paths=shelf(),
        ignore_system_fonts=True,
        format="pdf",
    )
    assert isinstance(made, bytes)  # noqa: S101 - one format, no output file: always bytes
    return made
