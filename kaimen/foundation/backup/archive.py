"""The archive: a tar file whose first member, the manifest, says what every other member must be.

The manifest is sealed with HMAC-SHA-256 under KAIMEN_FIELD_KEY. So an archive that somebody altered is told from one
that is as we made it, and one made with another key is told from both, before anything is restored.
"""

import hashlib
import hmac
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from django.conf import settings

FORMAT = 1
MANIFEST, SEAL = "manifest.json", "manifest.seal"
DATABASE = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
MEDIA = "media/"
CHUNK = 2**20
LARGEST_MANIFEST = 64 * 2**20


class BadArchive(Exception):
    """The archive cannot be trusted. `code`: unreadable, altered, other_key, newer, other_database."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Table:
    """What a table held: rows, and SHA-256 over all of them in the order of the primary key."""

    rows: int
    digest: str


@dataclass(frozen=True)
class Member:
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    made_at: str
    version: str  # of Kaimen
    vendor: str  # sqlite | postgresql
    migrations: list[tuple[str, str]]
    tables: dict[str, Table]
    members: dict[str, Member]
    key_check: str
    format: int = FORMAT
    keys_needed: list[str] = field(default_factory=lambda: ["KAIMEN_FIELD_KEY", "KAIMEN_SECRET_KEY"])

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True).encode()


def key_check() -> str:
    """Tells one KAIMEN_FIELD_KEY from another without betraying either."""
    return hmac.new(settings.FIELD_KEY, b"kaimen backup: which key", hashlib.sha256).hexdigest()[:16]


def _seal(manifest: bytes) -> str:
    return hmac.new(settings.FIELD_KEY, b"kaimen backup: manifest\0" + manifest, hashlib.sha256).hexdigest()


def digest_of(path: Path) -> Member:
    with path.open("rb") as file:
        return Member(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def write(target: Path, manifest: Manifest, files: dict[str, Path]) -> None:
    """Pack the manifest, its seal and `files`; the archive appears under its name only when it is whole."""
    text = manifest.to_json()
    partial = target.with_name(f"{target.name}.partial")
    with partial.open("xb") as out:
        partial.chmod(0o600)
        with tarfile.open(fileobj=out, mode="w") as tar:
            for name, content in ((MANIFEST, text), (SEAL, _seal(text).encode())):
                head = tarfile.TarInfo(name)
                head.size, head.mode = len(content), 0o600
                tar.addfile(head, io.BytesIO(content))
            for name, path in files.items():
                head = tarfile.TarInfo(name)
                head.size, head.mode = manifest.members[name].size, 0o600
                with path.open("rb") as file:
                    tar.addfile(head, file)
        out.flush()
        os.fsync(out.fileno())
    partial.rename(target)


@contextmanager
def opened(source: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(source, mode="r:") as tar:
            yield tar
    except (tarfile.TarError, EOFError) as error:
        raise BadArchive("unreadable", str(error)) from error


def read_manifest(tar: tarfile.TarFile, *, any_key: bool = False) -> Manifest:
    """The manifest, if it is as we made it. Raises BadArchive. `any_key`: the key is lost, take it unproven."""
    text, seal = _small(tar, MANIFEST), _small(tar, SEAL)
    try:
        told = json.loads(text)
        manifest = Manifest(
            **{
                **told,
                "migrations": [tuple(pair) for pair in told["migrations"]],
                "tables": {name: Table(**table) for name, table in told["tables"].items()},
                "members": {name: Member(**member) for name, member in told["members"].items()},
            }
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadArchive("unreadable", MANIFEST) from error
    if manifest.format != FORMAT:
        raise BadArchive("newer", f"format {manifest.format}")
    if any_key and manifest.key_check != key_check():
        return manifest
    if not hmac.compare_digest(seal.decode("ascii", "replace"), _seal(text)):
        raise BadArchive("altered" if manifest.key_check == key_check() else "other_key", MANIFEST)
    return manifest


def check_members(tar: tarfile.TarFile, manifest: Manifest) -> None:
    """Every member is there, is a plain file with a harmless name, and holds what the manifest says."""
    seen: set[str] = set()
    for head in tar:
        if head.name in {MANIFEST, SEAL}:
            continue
        wanted = manifest.members.get(head.name)
        if wanted is None or not head.isreg() or head.name in seen or not _harmless(head.name):
            raise BadArchive("altered", head.name)
        if Member(head.size, _digest(_stream(tar, head))) != wanted:
            raise BadArchive("altered", head.name)
        seen.add(head.name)
    if missing := set(manifest.members) - seen:
        raise BadArchive("altered", min(missing))


def extract(tar: tarfile.TarFile, name: str, to: Path) -> None:
    """One member, already checked, written to `to`."""
    to.parent.mkdir(parents=True, exist_ok=True)
    with _stream(tar, tar.getmember(name)) as source, to.open("xb") as out:
        to.chmod(0o600)
        while block := source.read(CHUNK):
            out.write(block)


def _harmless(name: str) -> bool:
    path = PurePosixPath(name)
    inside = name in DATABASE.values() or name.startswith(MEDIA)
    return inside and not path.is_absolute() and ".." not in path.parts


def _small(tar: tarfile.TarFile, name: str) -> bytes:
    try:
        head = tar.getmember(name)
    except KeyError as error:
        raise BadArchive("unreadable", name) from error
    if head.size > LARGEST_MANIFEST:
        raise BadArchive("unreadable", name)
    return _stream(tar, head).read()


def _stream(tar: tarfile.TarFile, head: tarfile.TarInfo) -> IO[bytes]:
    file = tar.extractfile(head)
    if file is None:
        raise BadArchive("altered", head.name)
    return file


def _digest(file: IO[bytes]) -> str:
    total = hashlib.sha256()
    try:
        while block := file.read(CHUNK):
            total.update(block)
    except tarfile.ReadError as error:
        raise BadArchive("unreadable", str(error)) from error
    return total.hexdigest()
