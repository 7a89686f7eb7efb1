"""One file that holds everything but the keys: the database as of one moment, and the files that it names."""

from .archive import BadArchive, Manifest
from .making import make
from .restoring import NotEmpty, restore

__all__ = ["BadArchive", "Manifest", "NotEmpty", "make", "restore"]
