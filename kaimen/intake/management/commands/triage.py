"""`triage evaluate`: train on one table of messages, or on none, and say how well it does on another."""

import csv
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kaimen.logic.triage import Message, Model, NotEnough, Settings, cold, lexicon_of, score, train
from kaimen.logic.triage.taxonomy import vocabularies_of

WORDS = Path(__file__).resolve().parents[3] / "packs" / "words" / "domains.yaml"


class Command(BaseCommand):
    """Numbers about the model itself, on tables from outside; nothing is stored."""

    help = "triage evaluate --train FILE|none --test FILE [--taxonomy FILE] [--json]"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["evaluate"])
        parser.add_argument("--train", required=True, help="table with subject, detail, label; or none")
        parser.add_argument("--test", required=True, help="table with subject, detail, label")
        parser.add_argument("--taxonomy", help="table with level1, level2, level3: names of the classes")
        parser.add_argument("--json", action="store_true", help="one line of JSON and nothing else")

    def handle(self, **options: Any) -> None:
        figures = evaluate(
            options["train"], read_table(options["test"]), read_levels(options["taxonomy"]), Settings()
        )
        if options["json"]:
            self.stdout.write(json.dumps(figures, ensure_ascii=False))
            return
        for name, value in figures.items():
            self.stdout.write(f"{name}: {value}")


Table = tuple[list[Message], list[str]]


def evaluate(
    source: str | Table, test: Table, levels: Sequence[Sequence[str]], settings: Settings
) -> dict[str, Any]:
    """Train (or not, for "none"), predict each message by itself, measure. Speed is that of the stored model."""
    messages, truth = test
    given: Table | None = None
    if source != "none":
        given = read_table(source) if isinstance(source, str) else source
    start = time.perf_counter()
    model = _model(given, truth, levels, settings)
    trained = time.perf_counter() - start
    stored = model.to_bytes()
    model.predict(messages[:32])  # the word list is read at the first use
    start = time.perf_counter()
    said = [prediction.best for prediction in model.predict(messages)]
    seconds = time.perf_counter() - start
    found = score(truth, [best.label for best in said], [best.confidence for best in said])
    return {
        "macro_f1": round(found.macro_f1, 4),
        "accuracy": round(found.accuracy, 4),
        "per_class": {label: round(f1, 4) for label, f1 in found.per_class.items()},
        "texts_per_s": round(len(messages) / seconds) if seconds else 0,
        "train_s": round(trained, 2) if given else 0.0,
        "model_mb": round(len(stored) / 1e6, 2),
        "ece": round(found.ece, 4),
    }


def _model(
    given: Table | None, truth: Sequence[str], levels: Sequence[Sequence[str]], settings: Settings
) -> Model:
    """Without training the classes are those that the test asks about; its texts are never looked at."""
    labels = sorted(set(given[1] if given else truth))
    pack = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    lexicon = lexicon_of(vocabularies_of(pack, levels, labels))
    if given is None:
        return cold(lexicon, labels)
    try:
        return train(*given, lexicon, settings=settings)
    except NotEnough as error:
        raise CommandError("--train: too few messages, or all of one label") from error


def read_table(path: str) -> Table:
    """Messages and labels; rows without a label are an error that names the row."""
    messages: list[Message] = []
    labels: list[str] = []
    for number, row in enumerate(_rows(path, ("subject", "detail", "label")), start=2):
        if not (row["label"] or "").strip():
            raise CommandError(f"{path}: row {number} has no label")
        messages.append(Message(row["subject"] or "", row["detail"] or ""))
        labels.append(row["label"].strip())
    if not messages:
        raise CommandError(f"{path}: no rows")
    return messages, labels


def read_levels(path: str | None) -> list[list[str]]:
    """Rows of names, the class first."""
    if not path:
        return []
    columns = ("level1", "level2", "level3")
    return [[(row[c] or "").strip() for c in columns] for row in _rows(path, columns)]


def _rows(path: str, needed: Sequence[str]) -> list[dict[str, str]]:
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = set(needed) - set(reader.fieldnames or ())
            if missing:
                raise CommandError(f"{path}: no column {', '.join(sorted(missing))}")
            return list(reader)
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path}: {error}") from error
