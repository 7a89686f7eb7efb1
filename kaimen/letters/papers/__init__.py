"""Papers: what is printed or sent as a file. Knows no models; everything it needs stands in a Sheet."""

from kaimen.letters.papers.fonts import missing_glyphs
from kaimen.letters.papers.many import make_many
from kaimen.letters.papers.press import make_pdf
from kaimen.letters.papers.sheets import Address, CannotMake, Kind, Labels, Made, Missing, Sender, Sheet

__all__ = [
    "Address",
    "CannotMake",
    "Kind",
    "Labels",
    "Made",
    "Missing",
    "Sender",
    "Sheet",
    "make_many",
    "make_pdf",
    "missing_glyphs",
]
