"""Say a need for somebody, and follow what was said."""

from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Header, Path, Router, Status

from kaimen.cases import links, queries, wording
from kaimen.cases.enums import Channel
from kaimen.cases.models import Case
from kaimen.catalogue.models import Service
from kaimen.foundation.enums import KeyScope, RoleKind
from kaimen.foundation.models import Organisation, Place
from kaimen.foundation.permissions import check_role
from kaimen.intake.actions import Asker, knock
from kaimen.intake.forms import PHONE_PROBLEMS
from kaimen.intake.machines import knock_by_key, once_key
from kaimen.intake.suggest import obvious_service
from kaimen.intake.views.staff import TAKERS
from kaimen.logic.identity import check_phone
from kaimen.web.api import shapes
from kaimen.web.api.doors import Caller, caller_of, community_for, door
from kaimen.web.api.errors import REFUSED, Error, Refused

router = Router(tags=[gettext_noop("说一件事")])
WRITE = door(KeyScope.NEEDS_WRITE, RoleKind.OFFICER, RoleKind.SUPERVISOR)
READ = door(KeyScope.NEEDS_READ)


@router.post(
    "/needs",
    auth=WRITE,
    response={201: shapes.Need, REFUSED: Error},
    url_name="api_needs",
    summary=gettext_noop("替人说一件事；同一个 Idempotency-Key 只记一件"),
)
def say(
    request: HttpRequest,
    given: shapes.NeedGiven,
    idempotency_key: Annotated[str, Header(alias="Idempotency-Key", max_length=200)] = "",
) -> Status[shapes.Need]:
    caller, community = caller_of(request), community_for(request, given.community)
    told: dict[str, Any] = {
        "community": community,
        "words": given.words,
        "service": _service(given, community),
        "place": _place(given, community),
        "place_text": given.place_text,
        "asker": Asker(name=given.name, phone=_phone(given.phone), confidential=given.confidential),
        "now": timezone.now(),
    }
    if caller.machine is not None:
        case = knock_by_key(machine=caller.machine, once=idempotency_key, **told)
    else:
        person = caller.acting
        check_role(person, TAKERS, community)
        key = once_key(f"person-{person.pk}", idempotency_key)
        case = knock(key=key, channel=Channel(given.channel), urgent=given.urgent, by=person, **told)
    return Status(201, _need(case))


@router.get(
    "/needs/{number}",
    auth=READ,
    response={200: shapes.Need, REFUSED: Error},
    url_name="api_need",
    summary=gettext_noop("自己送来的、自己问的一件，办到哪一步"),
)
def follow(request: HttpRequest, number: Annotated[shapes.Number, Path()]) -> shapes.Need:
    case = _mine(caller_of(request)).filter(number=number).select_related("owner", "service").first()
    if case is None:
        raise Http404
    return _need(case)


def _mine(caller: Caller) -> Any:
    if caller.machine is not None:
        return Case.objects.filter(submission__machine=caller.machine)
    return Case.objects.filter(asker=caller.acting)


def _need(case: Case) -> shapes.Need:
    """As the asker sees it on the tracking page."""
    owner = case.owner
    return shapes.Need(
        number=case.number,
        words=case.words,
        state=case.state,
        state_said=wording.state_said(case),
        service=case.service.key if case.service else None,
        owner=shapes.Owner(name=owner.name, phone=owner.public_phone, office_hours=owner.office_hours),
        received_at=timezone.localtime(case.received_at),
        promises=[promise_shape(one) for one in case.promises.all()],
        answers=[answer.text for answer in case.answers.all()],
        steps=steps_of(case, staff=False),
        track_url=links.track_url(case),
    )


def promise_shape(promise: Any) -> shapes.Promise:
    return shapes.Promise(
        kind=promise.kind,
        started_on=promise.started_on,
        days=promise.days,
        extension_days=promise.extension_days,
        due_on=promise.due_on,
        met_at=promise.met_at and timezone.localtime(promise.met_at),
        ended_at=promise.ended_at and timezone.localtime(promise.ended_at),
    )


def steps_of(case: Case, *, staff: bool) -> list[shapes.Step]:
    """The timeline in words, newest first, as this reader sees it on a page."""
    told = wording.lines(queries.timeline_of(case, staff=staff), staff=staff)
    return [shapes.Step(at=timezone.localtime(line.at), said=line.said, text=line.text) for line in told]


def _service(given: shapes.NeedGiven, community: Organisation) -> Service | None:
    """The one that is named; without a name the best that the list has for the words, as an import does."""
    if not given.service:
        return obvious_service(community, given.words)
    service = Service.objects.published().filter(community=community, key=given.service).first()
    if service is None:
        raise Refused(422, "service", _("清单上没有这一项。"), ["service"])
    return service


def _place(given: shapes.NeedGiven, community: Organisation) -> Place | None:
    place = Place.objects.filter(community=community, key=given.place).first() if given.place else None
    if given.place and place is None:
        raise Refused(422, "place", _("没有登记这个地点。"), ["place"])
    return place


def _phone(text: str) -> str:
    checked = check_phone(text) if text.strip() else None
    if checked and not checked.value:
        problem = PHONE_PROBLEMS.get(checked.problem or "", PHONE_PROBLEMS["length"])
        raise Refused(422, "phone", str(problem), ["phone"])
    return checked.value or "" if checked else ""
