"""Papers: what a letter is (Sheet), and the PDF it becomes."""

from .fonts import missing_glyphs
from .press import make_pdf, press
from .sheets import Address, CannotMake, Kind, Sender, Sheet

__all__ = ["Address", "CannotMake", "Kind", "Sender", "Sheet", "make_pdf", "missing_glyphs", "press"]
