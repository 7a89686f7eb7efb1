"""Finds services by what people say. Each process keeps an index per community and rebuilds it when the list changed."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from kaimen.foundation.models import Organisation
from kaimen.foundation.reference import own, recall
from kaimen.foundation.yaml_files import keep_yaml
from kaimen.logic.ranking import Ranker, blended
from kaimen.logic.search import Document, Hit, Index, best_confident

from . import queries
from .enums import Audience
from .models import ListRevision, Service

EVERYDAY = Path(__file__).resolve().parents[1] / "packs" / "words" / "everyday.yaml"
DEEDS = EVERYDAY.with_name("deeds.yaml")
WIDE = 40  # asked of the index when an audience is filtered out afterwards


@dataclass(frozen=True)
class QuickAnswer:
    """A question that can be answered on the spot, without a case."""

    question: str
    answer: str
    service: Service
    score: float = 0.0


@dataclass(frozen=True)
class Found:
    """`matched`: the words of the query that led here; `how`: words, homophone, typo, pinyin or initials."""

    service: Service
    score: float
    matched: tuple[str, ...]
    how: str
    answers: tuple[QuickAnswer, ...]
    sure: bool
    rank: float = 0.0  # by which find_by_domain put it where it is


@dataclass(frozen=True)
class _Snapshot:
    stamp: UUID | None
    services: dict[str, Service]
    domain_of: dict[str, str]
    index: Index
    answers: dict[str, QuickAnswer]
    answer_index: Index
    ranker: Ranker


_snapshots: dict[int, _Snapshot] = {}
_building = threading.Lock()


def find(
    community: Organisation,
    text: str,
    audience: str | None = None,
    limit: int = 6,
    unsure: bool = False,
) -> list[Found]:
    """Published services that answer `text`, best first: only those to show unasked, unless `unsure`.

    Understands everyday words, long complaints, pinyin and its initials, homophones and a slip of the finger.
    """
    snapshot = _snapshot(community)
    hits = snapshot.index.scored(text, limit=WIDE if audience else limit)
    if audience:
        hits = [hit for hit in hits if snapshot.services[hit.key].audience == audience]
    chosen = (hits if unsure else best_confident(hits))[:limit]
    answers = _answers(snapshot, text, limit=12) if chosen else []
    return [_found(snapshot, hit, answers) for hit in snapshot.index.explained(chosen, text)]


def find_by_domain(
    community: Organisation,
    text: str,
    chance: Mapping[str, float],
    sure_of: str = "",
    audience: str | None = None,
    limit: int = 4,
    why: bool = True,
) -> list[Found]:
    """The same for whole sentences, in the order of logic.ranking, with what was understood of the domain.

    `chance`: confidence of each domain's key. `sure_of`: the key of a domain that is clear; then its items among the
    best three are shown too, though the words alone would not have been enough. Without `why` nobody is shown them:
    they come without quick answers and without the words that led there.
    """
    snapshot = _snapshot(community)
    hits = {hit.key: hit for hit in snapshot.index.scored(text, limit=WIDE)}
    domain_of = snapshot.domain_of
    close = {key: hit.score for key, hit in hits.items()}
    order = blended(snapshot.ranker.scores(text), close, domain_of, chance)
    if audience:
        order = [(key, score) for key, score in order if snapshot.services[key].audience == audience]
    shown = {hit.key for hit in best_confident(sorted(hits.values(), key=lambda hit: -hit.score))}
    shown |= {key for key, _score in order[:3] if sure_of and domain_of[key] == sure_of}
    chosen = [(key, score) for key, score in order if key in shown][:limit]
    answers = _answers(snapshot, text, limit=12) if chosen and why else []
    if why:
        hits |= {hit.key: hit for hit in snapshot.index.explained(_those(hits, chosen), text)}
    return [
        replace(_found(snapshot, hits.get(key, Hit(key, score, (), "body")), answers), rank=score)
        for key, score in chosen
    ]


def _those(hits: Mapping[str, Hit], chosen: list[tuple[str, float]]) -> list[Hit]:
    return [hits[key] for key, _score in chosen if key in hits]


def answers_for(community: Organisation, text: str, limit: int = 3) -> list[QuickAnswer]:
    """Quick answers to `text`, whichever service they belong to."""
    return _answers(_snapshot(community), text, limit)


def _found(snapshot: _Snapshot, hit: Hit, answers: list[QuickAnswer]) -> Found:
    # a copy: the snapshot is shared by all threads of this process
    service = own(snapshot.services[hit.key])
    its = tuple(answer for answer in answers if answer.service.pk == service.pk)
    return Found(service, hit.score, hit.matched, hit.how, its, hit.confident)


def _answers(snapshot: _Snapshot, text: str, limit: int) -> list[QuickAnswer]:
    hits = best_confident(snapshot.answer_index.scored(text, limit=limit))
    found = [(snapshot.answers[hit.key], hit.score) for hit in hits]
    return [QuickAnswer(a.question, a.answer, own(a.service), score) for a, score in found]


def _snapshot(community: Organisation) -> _Snapshot:
    """The index of the list as it is now: a look at one stamp, and a rebuild only when the list changed."""
    stamp = recall(("list", community.pk), lambda: _revision(community))
    kept = _snapshots.get(community.pk)
    if kept and kept.stamp == stamp and stamp is not None:
        return kept
    # While one thread builds, others go on with the old index; only the very first have to wait.
    if not _building.acquire(blocking=kept is None) and kept is not None:
        return kept
    try:
        kept = _snapshots.get(community.pk)
        if kept is None or kept.stamp != stamp or stamp is None:
            kept = _snapshots[community.pk] = _build(community, stamp)
        return kept
    finally:
        _building.release()


def _revision(community: Organisation) -> UUID | None:
    return ListRevision.objects.filter(community=community).values_list("stamp", flat=True).first()


def _build(community: Organisation, stamp: UUID | None) -> _Snapshot:
    services = {service.key: service for service in queries.published(community)}
    answers = {
        f"{service.key}#{n}": QuickAnswer(entry["question"], entry["answer"], service)
        for service in services.values()
        for n, entry in enumerate(service.answers)
    }
    everyday, deeds = (keep_yaml(path) for path in (EVERYDAY, DEEDS))
    index = Index([_document(service) for service in services.values()], everyday, deeds)
    return _Snapshot(
        stamp=stamp,
        services=services,
        domain_of={key: service.domain.key for key, service in services.items()},
        index=index,
        ranker=Ranker(index.documents),
        answers=answers,
        answer_index=Index(
            [Document(key, title=a.question, phrases=(), body=a.answer) for key, a in answers.items()]
        ),
    )


def _document(service: Service) -> Document:
    english = (service.name_en,) if service.name_en else ()
    body = [service.summary, service.summary_en, service.who, *service.steps, *service.documents]
    body += [service.domain.name, service.organisation.name]
    body += [entry["question"] for entry in service.answers]
    return Document(
        key=service.key,
        title=service.name,
        phrases=(*service.phrases, *english),
        body="\n".join(body),
        boost=_boost(service),
    )


def _boost(service: Service) -> float:
    """Between near equals: what was written for people here before bare official items, workers before firms."""
    return (1.0 if service.phrases else 0.95) * (1.0 if service.audience == Audience.WORKER else 0.96)
