"""Reads on the list: what a page shows, with a fixed number of queries whatever the number of services."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.translation import get_language

from kaimen.foundation.models import Organisation
from kaimen.foundation.reference import own, recall

from .checking import Known
from .content import Content, empty
from .enums import ServiceState
from .models import Domain, Service, ServiceVersion

SHORT_LIST = 300  # up to here the whole list stands on one page
PER_DOMAIN = 12  # above it, so many per domain with a link to all of them


@dataclass(frozen=True)
class Section:
    """A domain with (the first of) its published services."""

    domain: Domain
    services: list[Service]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.services)


def published(community: Organisation) -> QuerySet[Service]:
    return (
        Service.objects.filter(community=community, state=ServiceState.PUBLISHED)
        .select_related("domain", "organisation")
        .order_by("domain__order", "domain_id", "point", "pk")
    )


def published_service(community: Organisation, key: str) -> Service | None:
    """The published service of this key, as the list has it now; None if there is none."""
    found = recall(("service", community.pk, key), lambda: published(community).filter(key=key).first())
    return own(found) if found else None


def counts(community: Organisation) -> dict[str, int]:
    """Published services by audience."""
    rows = published(community).order_by().values_list("audience").annotate(n=Count("pk"))
    return dict(rows)


def sections(community: Organisation, audience: str) -> list[Section]:
    """The published list of one audience, domain by domain; long lists are cut and say so."""
    shown = Q(services__state=ServiceState.PUBLISHED, services__audience=audience)
    counted = Domain.objects.filter(community=community).annotate(n=Count("services", filter=shown))
    domains = [domain for domain in counted.order_by("order", "pk") if domain.n]
    wanted = published(community).filter(audience=audience)
    if sum(domain.n for domain in domains) <= SHORT_LIST:
        by_domain: dict[int, list[Service]] = {domain.pk: [] for domain in domains}
        for service in wanted:
            by_domain[service.domain_id].append(service)
    else:
        by_domain = {domain.pk: list(wanted.filter(domain=domain)[:PER_DOMAIN]) for domain in domains}
    return [Section(domain, by_domain[domain.pk], domain.n) for domain in domains]


def known(community: Organisation, besides: Service | None = None) -> Known:
    """What `checking` needs to know; `besides` is the service that is being checked itself."""
    others = Service.objects.filter(community=community, point__isnull=False)
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    return Known(
        domains=dict(Domain.objects.filter(community=community).values_list("key", "audience")),
        organisations=frozenset(responsible(community).values_list("key", flat=True)),
        points={point: name for point, name in others.values_list("point", "name") if point},
    )


def responsible(community: Organisation) -> QuerySet[Organisation]:
    """Who can be responsible for a service: the community's own tree, what stands above it, and departments."""
    own = Q(path__startswith=community.path) | Q(path__in=community.path_and_above())
    return Organisation.objects.filter(own | Q(kind="department"), active=True).order_by("kind", "name")


def managed(community: Organisation, *, state: str = "", text: str = "") -> QuerySet[Service]:
    """Every service of the community for those who edit it; `state` may be "changed": with an open draft."""
    found = Service.objects.filter(community=community).select_related("domain", "organisation")
    if state == "changed":
        found = found.filter(draft__isnull=False)
    elif state:
        found = found.filter(state=state)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(key__icontains=text))
    return found.order_by("domain__order", "domain_id", "point", "pk")


@dataclass(frozen=True)
class Shown:
    """A content ready for the page: a published service, a draft or an old version look the same."""

    content: Content
    domain: Domain | None
    organisation: Organisation | None

    @property
    def in_english(self) -> bool:
        return (get_language() or "").startswith("en")

    @property
    def name(self) -> str:
        return (self.content["name_en"] if self.in_english else "") or self.content["name"]

    @property
    def summary(self) -> str:
        return (self.content["summary_en"] if self.in_english else "") or self.content["summary"]


def shown(community: Organisation, content: Content) -> Shown:
    content = empty() | content
    return Shown(
        content=content,
        domain=Domain.objects.filter(community=community, key=content["domain"]).first(),
        organisation=Organisation.objects.filter(key=content["organisation"]).first(),
    )


def versions(service: Service) -> QuerySet[ServiceVersion]:
    return service.versions.select_related("published_by").order_by("-number")
