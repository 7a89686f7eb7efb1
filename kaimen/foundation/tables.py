"""Tables that people bring, CSV or Excel, row by row; kept for a day between the dry run and the real one."""

import contextlib
import csv
import errno
import json
import logging
import secrets
import subprocess
import sys
import time
import zipfile
from collections.abc import Generator, Iterator
from pathlib import Path

from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import UploadedFile

from kaimen.foundation.open_workbook import BROKEN

log = logging.getLogger(__name__)
READER = Path(__file__).with_name("open_workbook.py")
LARGEST = 30 * 1024 * 1024
UNPACKED_LIMIT = 300 * 1024 * 1024
KEPT_SECONDS = 86400
SUFFIXES = {".csv", ".txt", ".xlsx", ".xls", ".ods"}


class NotATable(ValueError):
    """The file cannot be read as a table. `code`: ending, broken, too_large, gone, no_room."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_table(path: Path) -> Iterator[dict[str, str]]:
    """Rows as column -> text. CSV is streamed (UTF-8 or GB 18030); of xlsx, xls and ods sheet one is read.

    Raises NotATable when it is none of these.
    """
    if path.suffix.lower() in {".csv", ".txt"}:
        yield from _read_text(path)
        return
    with contextlib.closing(sheet_rows(path)) as rows:
        heads = [head.strip() for head in next(rows, [])]
        for cells in rows:
            yield dict(zip(heads, cells, strict=False))


def sheet_rows(path: Path) -> Generator[list[str], None, None]:
    """Rows of the first sheet as texts, read by a process of its own (open_workbook). Raises NotATable."""
    _refuse_bomb(path)
    command = [sys.executable, "-I", str(READER), str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as reader:
        assert reader.stdout is not None  # noqa: S101 - a pipe was asked for
        try:
            for line in reader.stdout:
                yield json.loads(line)
            code = reader.wait()
        finally:
            reader.kill()  # also when nobody wants the rest
    if code:
        log.warning("a workbook was given up: its reader ended with %s", code)
        raise NotATable("broken" if code == BROKEN else "too_large")


def _read_text(path: Path) -> Iterator[dict[str, str]]:
    try:
        with path.open(encoding=_encoding(path), newline="") as file:
            head = file.readline()
            file.seek(0)
            delimiter = max(",\t;", key=head.count)  # Excel writes tabs, or semicolons in some countries
            for row in csv.DictReader(file, delimiter=delimiter):
                yield {str(k).strip(): (v or "") for k, v in row.items() if k is not None}
    except (UnicodeError, csv.Error) as error:
        raise NotATable("broken") from error


def _refuse_bomb(path: Path) -> None:
    """An xlsx or ods is a zip: it must not unpack to many times what anybody's table holds."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > UNPACKED_LIMIT:
                raise NotATable("too_large")
    except zipfile.BadZipFile:
        return  # an old xls, or nothing at all: the reader says so


def keep(upload: UploadedFile) -> str:
    """Store an uploaded table for a day and return a signed handle. Raises NotATable."""
    suffix = Path(upload.name or "").suffix.lower()
    if suffix not in SUFFIXES:
        raise NotATable("ending")
    if (upload.size or 0) > LARGEST:
        raise NotATable("too_large")
    path = _folder() / f"{secrets.token_urlsafe(12)}{suffix}"
    try:
        _write(upload, path)
    except OSError as error:
        log.error("a table could not be kept: %s", type(error).__name__)
        path.unlink(missing_ok=True)
        raise NotATable("no_room") from error
    return signing.dumps(path.name, salt="table")


def _write(upload: UploadedFile, path: Path) -> None:
    if getattr(upload, "no_room", False):
        raise OSError(errno.ENOSPC, "the upload itself was not kept")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("wb") as file:
        for chunk in upload.chunks():
            file.write(chunk)


def kept(handle: str) -> Path:
    """The file behind a handle from `keep`. Raises NotATable("gone") when it is forged, old or removed."""
    try:
        path = _folder() / signing.loads(handle, salt="table", max_age=KEPT_SECONDS)
    except signing.BadSignature as error:
        raise NotATable("gone") from error
    if not path.is_file():
        raise NotATable("gone")
    return path


def forget_old() -> int:
    """Remove kept tables older than a day (they hold personal data). Returns how many."""
    old = [p for p in _folder().glob("*") if p.stat().st_mtime < time.time() - KEPT_SECONDS]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "tables"


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(200_000)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # a cut in the middle of the last character is no sign of another encoding
        return "utf-8-sig" if error.start > len(head) - 4 else "gb18030"
    return "utf-8-sig"
