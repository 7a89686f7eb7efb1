"""From many messages to ranked issues in one go: what the nightly job and the command line both do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from kaimen.logic.hotspots.alike import ORDINARY, Rule
from kaimen.logic.hotspots.gathering import KnownSides, gather
from kaimen.logic.hotspots.heat import Heat, Voice, heat
from kaimen.logic.hotspots.issues import Summary, by_typicality, profile_of, summary
from kaimen.logic.hotspots.meeting import meetings
from kaimen.logic.hotspots.messages import Message
from kaimen.logic.hotspots.terms import Counted, Vectors, Weights, counted, grams_of, vectors_of

BATCH: Final = 5_000
REMEMBERED: Final = 120  # characters of the detail kept for titles and names


@dataclass(slots=True)
class Heap:
    """Messages read in, their grams counted; most of their text is let go."""

    messages: list[Message] = field(default_factory=list)
    weights: Weights = field(default_factory=Weights)
    batches: list[Counted] = field(default_factory=list)

    def take(self, messages: Iterable[Message]) -> None:
        """Read messages in, batch by batch; call it once, or in the order of the messages."""
        coming = iter(messages)
        while batch := list(islice(coming, BATCH)):
            grams = grams_of(batch)
            self.weights.learn(grams)
            self.batches.append(counted(grams, self.weights))
            self.messages.extend(replace(m, detail=m.detail.strip()[:REMEMBERED]) for m in batch)

    def meetings(self) -> list[list[int]]:
        return meetings(self.messages, self.batches, self.weights)

    def vectors(self) -> Vectors:
        return vectors_of(self.batches, self.weights)


@dataclass(frozen=True, slots=True)
class Found:
    """One issue of a heap: the positions of its members in time, and its heat."""

    key: str
    rows: tuple[int, ...]
    heat: Heat


def in_fixed_order(messages: Sequence[Message]) -> list[Message]:
    """An order that only the messages themselves decide, so that their arrival does not.

    By a digest of the words, so that equal texts stand side by side, then by id.
    """
    return sorted(messages, key=lambda message: (_digest(message), message.id))


def _digest(message: Message) -> bytes:
    text = f"{message.subject}\n{message.detail}"
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def find(heap: Heap, vectors: Vectors, now: float, *, rule: Rule = ORDINARY) -> list[Found]:
    """Every issue, the hottest first; each message is in exactly one. Call it once: the counted grams are let go. The key is the id of the first member in time."""
    messages, meet = heap.messages, heap.meetings()
    heap.batches.clear()  # a million messages need the room
    found = []
    for rows in gather(vectors, heap.weights, rule=rule, meetings=meet):
        rows.sort(key=lambda row: (messages[row].at, messages[row].id))
        voices = [Voice(messages[row].user, messages[row].at, messages[row].support) for row in rows]
        found.append(Found(messages[rows[0]].id, tuple(rows), heat(voices, now)))
    return sorted(found, key=lambda issue: (-round(issue.heat.points, 1), issue.key))


def told(heap: Heap, vectors: Vectors, issues: Iterable[Found], now: float) -> Iterator[Summary]:
    """The summaries of some issues."""
    sides = KnownSides(heap.weights)
    for issue in issues:
        profile = profile_of(vectors, issue.rows, sides)
        typical = by_typicality(vectors, issue.rows, profile)
        yield summary([heap.messages[row] for row in issue.rows], typical, now)
