"""Papers: what is printed or sent as a file. Knows no models; everything it needs stands in a Sheet."""

from kaimen.letters.papers.fonts import missing_glyphs
from kaimen.letters.papers.many import labels_pdf, make_many
from kaimen.letters.papers.press import envelope_pdf, make_pdf, press
from kaimen.letters.papers.sheets import Address, CannotMake, Kind, Labels, Made, Missing, Sender, Sheet
from kaimen.letters.papers.word import make_docx

__all__ = [
    "Address",
    "CannotMake",
    "Kind",
    "Labels",
    "Made",
    "Missing",
    "Sender",
    "Sheet",
    "envelope_pdf",
    "labels_pdf",
    "make_docx",
    "make_many",
    "make_pdf",
    "missing_glyphs",
    "press",
]
