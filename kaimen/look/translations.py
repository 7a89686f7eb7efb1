"""Which sentences the product says, and whether each is there in every other language.

Babel instead of Django's makemessages, which needs GNU gettext: Windows and macOS come without it.
"""

import re
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

KAIMEN = Path(__file__).resolve().parents[1]
LOCALE = KAIMEN / "look" / "locale"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w+\}")


def catalogue_files() -> list[Path]:
    """One .po for each language other than Chinese, in which the sentences are written."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def said() -> Catalog:
    """Every sentence marked for translation in Python files and templates, with the files that say it."""
    catalogue = Catalog(project="Kaimen 开门", charset="utf-8")
    for path in sorted(KAIMEN.rglob("*")):
        if path.suffix not in {".py", ".html", ".txt"} or "migrations" in path.parts:
            continue
        for found, comments, context in _sentences(path):
            place = (
                path.relative_to(KAIMEN.parent).as_posix(),
                0,
            )  # line numbers would change with every edit
            catalogue.add(found, locations=[place], auto_comments=comments, context=context)
    return catalogue


def update(path: Path) -> None:
    """Add what is said newly, drop what is said no more; translations are never guessed."""
    known = _read(path)
    created = known.creation_date
    known.update(said(), no_fuzzy_matching=True)
    known.creation_date = created  # otherwise the file would change at every run
    with path.open("wb") as file:
        write_po(file, known, width=100, sort_by_file=True, include_lineno=False, ignore_obsolete=True)


def problems(path: Path) -> list[str]:
    """What is missing, guessed, left over or does not fit its placeholders."""
    known, wanted = _read(path), said()
    found = []
    for message in _messages(wanted):
        translated = known.get(message.id, message.context)
        where = ", ".join(place for place, _ in message.locations)
        if translated is None:
            found.append(f"not in the file: {message.id!r} ({where})")
        elif not _complete(translated):
            found.append(f"not translated: {message.id!r} ({where})")
        elif translated.fuzzy:
            found.append(f"only guessed: {message.id!r} ({where})")
        else:
            found += [f"{error}: {message.id!r} ({where})" for error in _misfits(translated, known)]
    gone = [message for message in _messages(known) if wanted.get(message.id, message.context) is None]
    return found + [f"said nowhere: {message.id!r}" for message in gone]


def _sentences(path: Path) -> Iterator[tuple[str | tuple[str, ...], list[str], str | None]]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        if "{%" not in source and "{{" not in source:
            return
        # templatize leaves pseudo-Python; its indentation is the template's and would confuse a Python reader.
        source = "\n".join(line.strip() for line in templatize(source, origin=path.name).splitlines())
    for _, found, comments, context in extract(
        "python", BytesIO(source.encode()), KEYWORDS, ["Translators:"]
    ):
        yield found, comments, context


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def _messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def _misfits(message: Message, catalogue: Catalog) -> list[str]:
    """What Babel finds (plurals, %-formats), and the {names} of str.format, which it leaves alone."""
    found = [str(error) for error in message.check(catalogue)]
    wanted, given = _forms(message.id), _forms(message.string)
    for number, form in enumerate(given):
        expected = Counter(PLACEHOLDER.findall(wanted[min(number, len(wanted) - 1)]))
        if Counter(PLACEHOLDER.findall(form)) != expected:
            found.append(f"other placeholders than {sorted(expected)}")
    return found


def _forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    if text is None:
        return [""]
    return [text] if isinstance(text, str) else list(text)


def _complete(message: Message) -> bool:
    return all(_forms(message.string))
