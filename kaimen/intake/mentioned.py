"""What a case named when it came in, for the desk: its reading kept the names, here they are looked up again."""

from kaimen.cases.mentioned import Mentioned
from kaimen.cases.models import Case
from kaimen.foundation.enums import OrganisationKind
from kaimen.foundation.models import Organisation, Place
from kaimen.intake.models import Reading


def of_case(case: Case) -> Mentioned:
    """In the order in which the words name them; without those that the case has already or that have gone."""
    reading = Reading.objects.filter(case=case).values_list("mentions", flat=True).first() or {}
    firms, places = reading.get("enterprises") or [], reading.get("places") or []
    return Mentioned(_firms(case, firms) if firms else (), _places(case, places) if places else ())


def _firms(case: Case, names: list[str]) -> tuple[Organisation, ...]:
    listed = Organisation.objects.filter(
        community=case.community_id, kind=OrganisationKind.ENTERPRISE, active=True, name__in=names
    ).exclude(pk=case.enterprise_id or 0)
    return tuple(sorted(listed, key=lambda firm: names.index(firm.name)))


def _places(case: Case, names: list[str]) -> tuple[Place, ...]:
    listed = Place.objects.filter(community=case.community_id, name__in=names).exclude(pk=case.place_id or 0)
    return tuple(sorted(listed, key=lambda place: names.index(place.name)))
