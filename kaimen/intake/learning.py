"""Learning from what officers decided: which cases may be learnt from, a new model each night, the old ones kept."""

import logging
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from kaimen.cases.enums import CaseState
from kaimen.cases.models import Case, TimelineEntry
from kaimen.foundation import audit
from kaimen.foundation.enums import OrganisationKind
from kaimen.foundation.models import Organisation, Person
from kaimen.intake.hearing import list_lexicon
from kaimen.intake.models import Reading, TriageModel
from kaimen.logic.triage import (
    BadModel,
    Lexicon,
    Message,
    NotEnough,
    Settings,
    load,
    near_duplicates,
    score,
    train,
)

log = logging.getLogger(__name__)
LARGEST = 50_000  # newest cases first; beyond it older wordings add nothing
KEPT = 8  # models of a community, the active one always among them
PEOPLE = 3  # a word must have been said by so many different people before it enters the model
WORSE = 0.02  # macro-F1 by which a new model may be behind the present one and still take over


def lessons(community: Organisation) -> QuerySet[Case]:
    """Cases whose domain a person has settled: closed under it, or put under it by an officer. Never confidential ones:
    what was told under that promise is not taken up into something that works for others."""
    changed = TimelineEntry.objects.filter(case=OuterRef("pk"), code="service_changed")
    found = Case.objects.filter(community=community, confidential=False, domain__isnull=False)
    return (
        found.annotate(corrected=Exists(changed))
        .exclude(corrected=False, state__in=[s for s in CaseState if s != CaseState.CLOSED])
        .select_related("domain")
        .order_by("-pk")
    )


def learn(*, community: Organisation, now: datetime) -> TriageModel | None:
    """Train on the community's lessons and put the model to work unless it is clearly worse than the one there.

    None when there is too little, or nothing new. Either way the present model goes on working.
    """
    lexicon, domains = list_lexicon(community)
    settled = lessons(community)[:LARGEST]
    cases = [case for case in settled if case.domain and case.domain.key in domains]
    newest = TriageModel.objects.filter(community=community).first()
    active = TriageModel.objects.filter(community=community, active=True).first()
    taught = _digest(cases, lexicon)
    nothing_new = newest and newest.figures.get("taught") == taught
    if nothing_new and (active is None or readable(active)):
        return None
    messages = [Message(case.words) for case in cases]
    try:
        model = train(
            messages,
            [case.domain.key for case in cases if case.domain],
            lexicon,
            labels=sorted(domains),
            groups=_voices(cases, messages),
            settings=Settings(fewest=PEOPLE),
        )
    except NotEnough:
        return None
    corrections = sum(case.corrected for case in cases)  # type: ignore[attr-defined]  # annotated in lessons
    figures = model.notes | {"taught": taught}
    return _keep(community, model.to_bytes(), figures, len(messages), corrections, now)


def _digest(cases: list[Case], lexicon: Lexicon) -> str:
    """Which cases, each under which domain, and the list's words beside them: what the night could learn from.

    The number of cases alone stays the same when a correction is corrected, or one comes while another goes.
    """
    told = ",".join(f"{case.pk}:{case.domain_id}" for case in cases) + ",".join(lexicon.labels)
    return sha256(told.encode() + lexicon.buckets.tobytes() + lexicon.weights.tobytes()).hexdigest()[:16]


def readable(model: TriageModel) -> bool:
    """False for a damaged one, and for one that an older version stored: everyday words go on until the next night."""
    try:
        load(bytes(model.stored))
    except BadModel:
        return False
    return True


def _voices(cases: list[Case], messages: list[Message]) -> list[int]:
    """One number for all that one person, or one phone, has said, and for what was written alike."""
    alike = near_duplicates(messages)
    first: dict[Any, int] = {}
    voices = []
    for case, group in zip(cases, alike, strict=True):
        who = case.asker_id or case.asker_phone_digest or f"alike-{group}"
        voices.append(first.setdefault(who, len(first)))
    return voices


@transaction.atomic
def _keep(
    community: Organisation,
    stored: bytes,
    figures: dict[str, Any],
    texts: int,
    corrections: int,
    now: datetime,
) -> TriageModel:
    present = TriageModel.objects.filter(community=community, active=True).first()
    better = _takes_over(community, present, figures["macro_f1"])
    if better:
        TriageModel.objects.filter(community=community, active=True).update(active=False)
    row = TriageModel.objects.create(
        community=community,
        made_at=now,
        texts=texts,
        corrections=corrections,
        figures=figures,
        stored=stored,
        active=better,
    )
    old = TriageModel.objects.filter(community=community, active=False).values_list("pk", flat=True)
    TriageModel.objects.filter(pk__in=list(old[KEPT - 1 :])).delete()
    audit.record(
        verb="triage.learn", subject=row, by=None, community_id=community.pk, texts=texts, active=better
    )
    return row


def _takes_over(community: Organisation, present: TriageModel | None, f1: float) -> bool:
    """Unless it is clearly worse than the one at work. Where a person has chosen what is at work (an older model, or the
    everyday words alone), only if it is better than every one that is kept: their choice outlasts the night."""
    if present and not readable(present):
        return True
    if present and not present.chosen_by_id:
        return bool(f1 >= present.figures.get("macro_f1", 0) - WORSE)
    kept = TriageModel.objects.filter(community=community).values_list("figures", flat=True)
    return all(f1 > figures.get("macro_f1", 0) for figures in kept)


@transaction.atomic
def use_model(*, community: Organisation, model: TriageModel | None, by: Person) -> None:
    """Put an older model (None: the everyday words alone) to work at once. Nights go on learning; a new one takes over
    when it is better than all that are kept."""
    TriageModel.objects.filter(community=community, active=True).update(active=False)
    if model is not None:
        TriageModel.objects.filter(pk=model.pk, community=community).update(active=True, chosen_by=by)
    audit.record(
        verb="triage.use",
        subject=model or community,
        by=by,
        community_id=community.pk,
        model=model.pk if model else None,
    )


def learn_everywhere(now: datetime) -> int:
    """Every community in turn; how many got a new model. One that fails does not stop the others."""
    made = 0
    for community in Organisation.objects.filter(kind=OrganisationKind.COMMUNITY).order_by("pk"):
        try:
            made += learn(community=community, now=now) is not None
        except Exception:
            log.exception("triage could not learn for community %s", community.pk)
    return made


@dataclass(frozen=True)
class Change:
    """What one model does better or worse than the one before, in a domain."""

    name: str
    now: float
    before: float | None

    @property
    def points(self) -> float:
        """Percentage points."""
        return 100 * (self.now - self.before) if self.before is not None else 0.0


@dataclass(frozen=True)
class Account:
    """How the understanding did with real cases since: first reading against what it turned out to be."""

    settled: int
    right: int
    unsure: int
    corrected: int
    ece: float

    @property
    def share(self) -> float:
        return self.right / self.settled if self.settled else 0.0


def account(community: Organisation, limit: int = 2000) -> Account:
    """Over the newest `limit` settled cases that were read when they came in."""
    cases = {case.pk: case for case in lessons(community)[:limit]}
    read = list(Reading.objects.filter(case__in=cases).select_related("domain").order_by("pk"))
    truth = [str(cases[r.case_id].domain_id) for r in read]
    said = [str(r.domain_id) for r in read]
    found = score(truth, said, [r.confidence for r in read])
    return Account(
        settled=len(read),
        right=sum(a == b for a, b in zip(truth, said, strict=True)),
        unsure=sum(not r.sure for r in read),
        corrected=sum(bool(getattr(case, "corrected", False)) for case in cases.values()),
        ece=found.ece,
    )


def changes(model: TriageModel, before: TriageModel | None, names: dict[str, str]) -> list[Change]:
    """Domain by domain, largest change first."""
    old = before.figures.get("per_class", {}) if before else {}
    rows = [Change(names.get(k, k), f1, old.get(k)) for k, f1 in model.figures.get("per_class", {}).items()]
    return sorted(rows, key=lambda row: (-abs(row.points), row.name))
