"""What a case named when it came in, for the desk: its reading keeps the names, here they are looked up."""

from kaimen.cases.mentioned import Mentioned
from kaimen.cases.models import Case
from kaimen.foundation.enums import OrganisationKind
from kaimen.foundation.models import Organisation, Place
from kaimen.intake.hearing import hear
from kaimen.intake.models import Reading


def of_case(case: Case) -> Mentioned:
    """In the order in which the words name them; without those that the case has already or that have gone."""
    kept = Reading.objects.filter(case=case).values_list("mentions", flat=True).first()
    if kept is None:  # so new that no job has read it, or brought in by other ways than the door
        heard = hear(case.community, case.words, about=False, why=False)
        kept = {
            "enterprises": [firm.name for firm in heard.enterprises],
            "places": [p.name for p in heard.places],
        }
    firms, places = kept.get("enterprises") or [], kept.get("places") or []
    return Mentioned(_firms(case, firms) if firms else (), _places(case, places) if places else ())


def _firms(case: Case, names: list[str]) -> tuple[Organisation, ...]:
    listed = Organisation.objects.filter(
        community=case.community_id, kind=OrganisationKind.ENTERPRISE, active=True, name__in=names
    ).exclude(pk=case.enterprise_id or 0)
    return tuple(sorted(listed, key=lambda firm: names.index(firm.name)))


def _places(case: Case, names: list[str]) -> tuple[Place, ...]:
    listed = Place.objects.filter(community=case.community_id, name__in=names).exclude(pk=case.place_id or 0)
    return tuple(sorted(listed, key=lambda place: names.index(place.name)))
