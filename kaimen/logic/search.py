"""Find services by what people say: everyday phrases, long complaints, pinyin, a slip of the finger.

Two passes. First every document that shares a gram with the query is scored like BM25, with title above phrases
above body. Then the best are looked at closely: how much of what was said does the document answer, and how much of
a title or phrase was said? That gives a score from 0 to 1 which means the same for every query, so that a page can
show nothing when nothing fits. Only when the words as written find little are homophones (亭车), single wrong
characters (停东位) and, for Latin letters, pinyin (tingche, tcw) tried.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from kaimen.logic import slips
from kaimen.logic.phrasing import cores, sound_terms, terms
from kaimen.logic.stretches import Said, share, stretches
from kaimen.logic.text import normalise

Field = Literal["title", "phrases", "body"]
How = Literal["words", "homophone", "typo", "pinyin", "initials"]

WEIGHTS: Final[Mapping[Field, float]] = {"title": 3.0, "phrases": 2.2, "body": 0.8}
CONFIDENT: Final = 0.4
LONGEST_QUERY: Final = 2000
SENTENCE: Final = 60  # up to here the share of a query that is answered says something
CLOSELY: Final = 40  # how many of the first pass the second looks at
SATURATION: Final = 1.2
# Hits by sound or with a slip never outrank the same hit as written.
TRUST: Final[Mapping[How, float]] = {
    "words": 1.0,
    "homophone": 0.9,
    "typo": 0.75,
    "pinyin": 0.95,
    "initials": 0.9,
}


@dataclass(frozen=True, slots=True)
class Document:
    """A thing to be found. `phrases` are what people say for it; `boost` (about 0.8 … 1.2) orders near equals."""

    key: str
    title: str
    phrases: tuple[str, ...] = ()
    body: str = ""
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Hit:
    """`score` 0 … 1; `matched`: the words said that led here, most telling first; `field`: where they stand."""

    key: str
    score: float
    matched: tuple[str, ...]
    field: Field
    how: How = "words"

    @property
    def confident(self) -> bool:
        """Good enough to show unasked."""
        return self.score >= CONFIDENT


@dataclass(frozen=True, slots=True)
class _Unit:
    """The title or one phrase of a document, with its terms."""

    text: str
    field: Field
    terms: frozenset[str]


class _Postings:
    """One inverted index: term -> (document number, impact), impact already weighted and saturated."""

    def __init__(self, cut: Callable[[str], list[str]]) -> None:
        self.cut = cut
        self.postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        self.units: list[list[_Unit]] = []
        self.body: list[frozenset[str]] = []
        self.idf: dict[str, float] = {}
        self.masses: list[list[float]] = []  # of each unit, the weight of all its terms

    def add(self, doc: Document) -> None:
        number = len(self.units)
        titles: list[tuple[str, Field]] = [(text, "title") for text in (doc.title, *cores(doc.title))]
        phrases: list[tuple[str, Field]] = [(p, "phrases") for p in doc.phrases]
        units = [_Unit(text, field, frozenset(self.cut(text))) for text, field in titles + phrases]
        body = self.cut(doc.body)
        impact: Counter[str] = Counter()
        for unit in units:
            for term in unit.terms:
                impact[term] += WEIGHTS[unit.field]  # type: ignore[assignment]  # a Counter adds floats as well
        length = 1.0 + len(body) / 200
        for term, times in Counter(body).items():
            impact[term] += WEIGHTS["body"] * min(times, 3) / length  # type: ignore[assignment]  # floats too
        for term, weight in impact.items():
            self.postings[term].append((number, weight * (SATURATION + 1) / (weight + SATURATION)))
        self.units.append(units)
        self.body.append(frozenset(body))

    def finish(self) -> None:
        """Weigh each term by how rare it is and how long: three characters in a row say more than two."""
        total = len(self.units)
        self.unknown = math.log(1 + 2 * total)
        self.rarest = math.log(1 + (total - 0.5) / 1.5) + 0.1 if total else 1.0
        for term, listed in self.postings.items():
            self.idf[term] = math.log(1 + (total - len(listed) + 0.5) / (len(listed) + 0.5)) + 0.1
        self.masses = [[sum(map(self.weigh, unit.terms)) for unit in units] for units in self.units]

    def weigh(self, term: str) -> float:
        """The weight of a term; one that stands nowhere weighs as much as the rarest."""
        return self.idf.get(term, self.unknown)

    def first_pass(self, said: Counter[str]) -> dict[int, float]:
        scores: dict[int, float] = defaultdict(float)
        for term, times in said.items():
            listed = self.postings.get(term)
            if listed is None:
                continue
            weight = self.idf[term] * min(times, 3) ** 0.5
            for number, impact in listed:
                scores[number] += weight * impact
        return scores


@dataclass(frozen=True, slots=True)
class _Query:
    """What is asked, cut and weighed once for all documents; `whole`: the weight of all its terms."""

    terms: frozenset[str]
    whole: float
    short: bool  # one sentence
    cut: Said
    how: How


def _said(text: str) -> str:
    return normalise(text[: 2 * LONGEST_QUERY])[:LONGEST_QUERY].lower()


def _standing(doc: Document) -> float:
    """Its boost, and a little less for a title with many words: between equals the plainer one goes first."""
    return doc.boost * (0.94 + 0.06 * min(1.0, 8 / max(1, len(doc.title))))


class Index:
    """An index over all documents, built once and then only read: safe to share between threads."""

    def __init__(
        self,
        documents: Iterable[Document],
        everyday: Mapping[str, Sequence[str]] | None = None,
        deeds: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """`everyday` maps words of officials to those of everyone (最低生活保障: 低保); a document whose title holds
        the one is found by the others too. `deeds` (补办: 丢了) only helps to put those found in order."""
        self.documents: tuple[Document, ...] = tuple(
            _plainly(d, everyday or {}, deeds or {}) for d in documents
        )
        self._words = _Postings(terms)
        self._sounds = _Postings(sound_terms)
        for doc in self.documents:
            self._words.add(doc)
            # By sound only titles and phrases: bodies are long, and sounds are few.
            self._sounds.add(Document(doc.key, doc.title, doc.phrases))
        self._words.finish()
        self._sounds.finish()
        self._spelled = slips.Spelled([(d.title, *d.phrases) for d in self.documents])
        self._near = slips.Near([(d.title, *d.phrases) for d in self.documents])
        self._number = {doc.key: number for number, doc in enumerate(self.documents)}
        self._standing = [_standing(doc) for doc in self.documents]

    def query(self, text: str, limit: int = 5) -> list[Hit]:
        """The best `limit` documents, best first; equal scores in the order of their keys.

        Anything may be passed, up to 2,000 characters are read. Show only hits that are `confident`, unless the person
        asked to see more.
        """
        return self.explained(self.scored(text, limit), text)

    def explained(self, hits: Iterable[Hit], text: str) -> list[Hit]:
        """Hits of `scored` for the same text, with the words that led to them."""
        said = _said(text)
        cut = Said.of(said)
        return [self._explained(self._number[hit.key], hit, said, cut) for hit in hits]

    def scored(self, text: str, limit: int = 5) -> list[Hit]:
        """What `query` finds, without the words that led there: those cost as much as the rest, and are for showing."""
        said = _said(text)
        found: dict[int, Hit] = {}
        self._keep(found, self._closely(self._words, said, "words"))
        if slips.is_latin(said):
            self._keep(found, self._by_pinyin(said))
        elif slips.is_short(said) and not any(hit.score >= 0.6 for hit in found.values()):
            self._keep(found, self._closely(self._sounds, said, "homophone"))
            self._keep(found, self._by_typo(said))
        return sorted(found.values(), key=lambda hit: (-hit.score, hit.key))[:limit]

    @staticmethod
    def _keep(found: dict[int, Hit], more: Iterable[tuple[int, Hit]]) -> None:
        for number, hit in more:
            if number not in found or hit.score > found[number].score:
                found[number] = hit

    def _closely(self, index: _Postings, said: str, how: How) -> list[tuple[int, Hit]]:
        """The best of the first pass, with scores that compare across queries."""
        counted = Counter(index.cut(said))
        scores = index.first_pass(counted)
        best = sorted(scores, key=lambda n: (-scores[n] * self._standing[n], n))[:CLOSELY]
        query = _Query(
            frozenset(counted), sum(map(index.weigh, counted)), len(said) <= SENTENCE, Said.of(said), how
        )
        return [(n, self._judge(index, n, query, scores[n] / scores[best[0]])) for n in best]

    def _judge(self, index: _Postings, number: int, query: _Query, rank: float) -> Hit:
        """Two coverages make the score: of the query by the document, of a title or phrase by the query."""
        answered: set[str] = set()
        # A phrase of one term may be said by chance, in a long text sooner; by sound even more so.
        chance = 0.45 if query.short else 0.32
        best = 0.0
        best_field: Field = "body"
        idf, asked = index.idf, query.terms  # what a document shares with the query stands in the index
        for unit, mass in zip(index.units[number], index.masses[number], strict=True):
            if unit.terms.isdisjoint(asked):
                continue
            shared = unit.terms & asked
            answered |= shared
            said_of_unit = sum([idf[term] for term in shared]) / mass
            trust = min(1.0, chance + 0.15 * len(shared)) if query.how == "words" else 0.0
            value = said_of_unit * trust * (1.0 if said_of_unit > 0.3 else said_of_unit)
            if value > best or best_field == "body":
                best, best_field = max(best, value), unit.field
        in_body = (index.body[number] & asked) - answered
        covered = sum([idf[term] for term in answered]) + 0.4 * sum([idf[term] for term in in_body])
        by_query = (covered / query.whole) ** 0.8 if query.whole else 0.0
        if query.how == "words" and query.short:
            by_query = max(
                by_query,
                share(query.cut, answered | in_body, index.weigh, index.rarest) ** 1.5,
            )
        score = 1 - (1 - 0.95 * best) * (1 - 0.95 * by_query)
        score = min(
            1.0,
            score * (0.85 + 0.15 * rank) * self._standing[number] * TRUST[query.how],
        )
        return Hit(self.documents[number].key, score, (), best_field, query.how)

    def _explained(self, number: int, hit: Hit, said: str, cut: Said) -> Hit:
        """The hit with the words that led to it; done only for those that are returned."""
        if hit.how != "words":
            return replace(hit, matched=(said,))
        answered = self._words.body[number].union(*(unit.terms for unit in self._words.units[number]))
        return replace(hit, matched=stretches(cut, answered, self._words.weigh))

    def _by_pinyin(self, said: str) -> list[tuple[int, Hit]]:
        return [
            (n, self._slip(n, unit, closeness, "pinyin" if full else "initials"))
            for n, unit, closeness, full in self._spelled.find(said)
        ]

    def _by_typo(self, said: str) -> list[tuple[int, Hit]]:
        return [(n, self._slip(n, unit, closeness, "typo")) for n, unit, closeness in self._near.find(said)]

    def _slip(self, number: int, unit: int, closeness: float, how: How) -> Hit:
        doc = self.documents[number]
        score = min(1.0, closeness * TRUST[how] * self._standing[number])
        return Hit(doc.key, score, (), "phrases" if unit else "title", how)


def _plainly(
    doc: Document, everyday: Mapping[str, Sequence[str]], deeds: Mapping[str, Sequence[str]]
) -> Document:
    more = (word for official, words in everyday.items() if official in doc.title for word in words)
    phrases = tuple(dict.fromkeys((*doc.phrases, *more)))
    done = " ".join(word for deed, words in deeds.items() if deed in doc.title for word in words)
    return replace(doc, phrases=phrases, body=f"{doc.body}\n{done}".strip()) if phrases or done else doc


def best_confident(hits: Sequence[Hit]) -> list[Hit]:
    """Only the hits to show unasked: confident, and not far behind the best."""
    return [hit for hit in hits if hit.confident and hit.score >= 0.55 * hits[0].score]
