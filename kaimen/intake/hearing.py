"""What is understood of a sentence: domain with confidence and why, urgency, kind, places and enterprises named."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from kaimen.catalogue import search
from kaimen.catalogue.models import Domain, ListRevision, Service
from kaimen.foundation.enums import OrganisationKind
from kaimen.foundation.models import Organisation, Place
from kaimen.foundation.reference import own, recall
from kaimen.foundation.yaml_files import keep_yaml
from kaimen.intake.models import TriageModel
from kaimen.logic.triage import BadModel, Lexicon, Message, Model, Prediction, cold, lexicon_of, load
from kaimen.logic.triage.catalogue import Item, vocabularies_of_list
from kaimen.logic.triage.kinds import Kinds
from kaimen.logic.triage.mentions import Names, short_names
from kaimen.logic.triage.reasons import deciding_words
from kaimen.logic.triage.urgency import SELF_HARM, Alarm, Rules

WORDS = Path(__file__).resolve().parents[1] / "packs" / "words"
ENOUGH = 0.6  # from here a domain is said unasked; below, the person is asked
ASKED = 3  # domains offered in the question


@dataclass(frozen=True)
class Heard:
    """`ranked`: domains with confidence, likeliest first; `because`: words that decided for the first."""

    ranked: tuple[tuple[Domain, float], ...]
    sure: bool
    because: tuple[str, ...]
    alarms: tuple[Alarm, ...]
    kind: str
    places: tuple[Place, ...]
    enterprises: tuple[Organisation, ...]
    model: TriageModel | None

    @property
    def domain(self) -> Domain | None:
        """The likeliest domain, None while nothing in the words is known."""
        return self.ranked[0][0] if self.ranked else None

    @property
    def confidence(self) -> float:
        return self.ranked[0][1] if self.ranked else 0.0

    @property
    def question(self) -> tuple[Domain, ...]:
        """The domains to choose from when it is not clear; empty when it is, or when nothing is known."""
        return () if self.sure else tuple(domain for domain, _confidence in self.ranked[:ASKED])

    @property
    def about_life(self) -> bool:
        return any(alarm.kind == SELF_HARM for alarm in self.alarms)

    @property
    def urgent_why(self) -> list[list[str]]:
        """As a case keeps it."""
        return [[alarm.kind, alarm.words] for alarm in self.alarms]


@dataclass(frozen=True)
class _Ear:
    """One community's model with the list as it was when it was built."""

    stamp: tuple[UUID | None, int | None]
    model: Model
    row: TriageModel | None
    domains: dict[str, Domain]


_ears: dict[int, _Ear] = {}
_building = threading.Lock()


def hear(community: Organisation, words: str, *, about: bool = True, why: bool = True) -> Heard:
    """What `words` say, as far as can be told; writes nothing.

    Without `about` nobody asks for the domain (it is known), without `why` nobody for `because`.
    """
    if not about:
        return _heard(community, words, None, None)
    heard = hear_all(community, [words])[0]
    if not (why and heard.domain):
        return heard
    model = _ear(community).model
    return replace(heard, because=deciding_words(model, Message(words), heard.domain.key, limit=3))


def hear_all(community: Organisation, texts: Sequence[str]) -> list[Heard]:
    """The same for many texts, without `because`: together they cost a fraction of what each costs alone."""
    ear = _ear(community)
    found = ear.model.predict([Message(text) for text in texts]) if ear.domains else [None] * len(texts)
    return [_heard(community, text, ear, each) for text, each in zip(texts, found, strict=True)]


def _heard(community: Organisation, words: str, ear: "_Ear | None", found: Prediction | None) -> Heard:
    ranked: tuple[tuple[Domain, float], ...] = ()
    if ear and found and found.known:
        ranked = tuple((ear.domains[c.label], c.confidence) for c in found.ranked if c.label in ear.domains)
    places, enterprises = _named(community, words)
    return Heard(
        ranked=ranked,
        sure=bool(ranked and found and found.sure(ENOUGH)),
        because=(),
        alarms=rules().heard(words),
        kind=kinds().of_text(words),
        places=places,
        enterprises=enterprises,
        model=ear.row if ear else None,
    )


def place_of(heard: Heard, place: Place | None, place_text: str) -> Place | None:
    """Where it is: as given, else as the words say if they name one place and nothing was written about it."""
    if place or place_text.strip() or len(heard.places) != 1:
        return place
    return heard.places[0]


def find_services(
    community: Organisation,
    words: str,
    heard: Heard,
    audience: str | None = None,
    limit: int = 4,
    why: bool = True,
) -> list[search.Found]:
    """Services that answer, likeliest first, with what was understood of the domain; without `why` not for showing."""
    chance = {domain.key: confidence for domain, confidence in heard.ranked}
    sure_of = heard.domain.key if heard.sure and heard.domain else ""
    return search.find_by_domain(community, words, chance, sure_of, audience, limit, why)


def list_lexicon(community: Organisation) -> tuple[Lexicon, dict[str, Domain]]:
    """Everyday words for each domain of the community's published list, and the domains by their key."""
    services = list(
        Service.objects.published().filter(community=community).select_related("domain").order_by("pk")
    )
    domains = {service.domain.key: service.domain for service in services}
    pack = _yaml("list_domains.yaml")
    items = [Item(s.domain.key, s.name, tuple(s.phrases), s.summary) for s in services]
    by_key = {key: pack.get(domain.name, {}) for key, domain in domains.items()}
    return lexicon_of(vocabularies_of_list(items, by_key, _yaml("everyday.yaml"))), domains


@lru_cache(maxsize=1)
def rules() -> Rules:
    return Rules.of(_yaml("urgent.yaml"))


@lru_cache(maxsize=1)
def kinds() -> Kinds:
    return Kinds.of(_yaml("kinds.yaml"))


def _yaml(name: str) -> Any:
    return keep_yaml(WORDS / name)


def _ear(community: Organisation) -> _Ear:
    """As it is now; a rebuild only when the list or the model changed."""
    revision, active = recall(("ear", community.pk), lambda: _revisions(community))
    kept = _ears.get(community.pk)
    if kept and kept.stamp == (revision, active) and revision is not None:
        return kept
    with _building:
        kept = _ears.get(community.pk)
        if kept is None or kept.stamp != (revision, active) or revision is None:
            kept = _ears[community.pk] = _build(community, (revision, active))
    return kept


def _revisions(community: Organisation) -> tuple[UUID | None, int | None]:
    revision = ListRevision.objects.filter(community=community).values_list("stamp", flat=True).first()
    active = TriageModel.objects.filter(community=community, active=True).values_list("pk", flat=True).first()
    return revision, active


def _build(community: Organisation, stamp: tuple[UUID | None, int | None]) -> _Ear:
    lexicon, domains = list_lexicon(community)
    row = TriageModel.objects.defer("stored").filter(pk=stamp[1]).first() if stamp[1] else None
    model = cold(lexicon) if domains else Model((), lexicon)
    if row:
        try:
            model = load(bytes(row.stored))
        except BadModel:
            row = None  # a damaged row: everyday words still work, and the page for managers says which model runs
    return _Ear(stamp, model, row, domains)


def _named(community: Organisation, words: str) -> tuple[tuple[Place, ...], tuple[Organisation, ...]]:
    """Places and enterprises of this community that the words name, in that order."""
    places, firms, place_names, firm_names = recall(("named", community.pk), lambda: _known(community))
    said = place_names.found(words), firm_names.found(words)
    return tuple(own(places[m.key]) for m in said[0]), tuple(own(firms[m.key]) for m in said[1])


def _known(community: Organisation) -> tuple[dict[str, Place], dict[str, Organisation], Names, Names]:
    places = {str(p.pk): p for p in Place.objects.filter(community=community).order_by("pk")}
    firms = {
        str(o.pk): o
        for o in Organisation.objects.filter(
            kind=OrganisationKind.ENTERPRISE, path__startswith=community.path or "-"
        ).order_by("pk")
    }
    by_place = Names.of((key, (p.name,)) for key, p in places.items())
    return places, firms, by_place, Names.of(_firm_names(firms.items()))


def _firm_names(firms: Iterable[tuple[str, Organisation]]) -> Iterable[tuple[str, Iterable[str]]]:
    return ((key, short_names(firm.name)) for key, firm in firms)
