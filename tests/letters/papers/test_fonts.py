"""The office's own fonts come first, and a folder that is not there changes nothing."""

import shutil
from pathlib import Path

from fontTools.ttLib import TTFont

from kaimen.letters.papers import fonts, make_pdf

from .cast import OFFICIAL
from .reading import pages


def test_a_face_of_the_office_is_taken_first(tmp_path: Path) -> None:
    """An invented 仿宋_GB2312: Noto Serif under another name. Rewriting the name table takes a moment."""
    (source,) = (path for path in fonts.folders()[-1].iterdir() if "Serif" in path.name)
    with TTFont(shutil.copy(source, tmp_path / "own.otf")) as face:
        for record in face["name"].names:
            if record.nameID in {1, 16}:
                face["name"].setName(
                    "FangSong_GB2312", record.nameID, record.platformID, record.platEncID, record.langID
                )
        face.save(tmp_path / "own.otf")
    assert fonts.families(tmp_path)["fangsong"][0] == "FangSong_GB2312"
    assert fonts.families()["fangsong"][0] == "Noto Serif SC"
    assert pages(make_pdf("official", OFFICIAL, tmp_path))


def test_a_folder_that_is_not_there_changes_nothing(tmp_path: Path) -> None:
    assert fonts.folders(tmp_path / "none") == fonts.folders()
    assert fonts.missing_glyphs("示例😀", tmp_path / "none") == ["😀"]
