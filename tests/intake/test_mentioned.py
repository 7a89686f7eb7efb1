"""What the words name stands on the desk, and one press makes it the case's own."""

from typing import Any

import pytest
from django.test import Client

from kaimen.cases import actions
from kaimen.cases.enums import Channel
from kaimen.cases.mentioned import Mentioned, mentioned_in
from kaimen.cases.models import Case
from kaimen.foundation.enums import OrganisationKind
from kaimen.foundation.models import Organisation, Place
from kaimen.foundation.organisations import add_organisation
from kaimen.intake.actions import knock
from kaimen.intake.readings import read_new
from tests.cast import MONDAY, World, signed_in


@pytest.fixture
def tuoli(park: World) -> Organisation:
    return add_organisation(
        key="tuoli",
        name="宁波拓力压铸有限公司（示例）",
        kind=OrganisationKind.ENTERPRISE,
        parent=park.community,
        by=None,
    )


def told(park: World, words: str = "拓力压铸三号门口大车乱停，走不了路") -> Case:
    case = knock(key=words, community=park.community, words=words, channel=Channel.WEB, by=None)
    Case.objects.filter(pk=case.pk).update(owner=park.officer)
    return park.fresh(case)


def page(case: Case, client: Client) -> str:
    return client.get(f"/desk/{case.number}").content.decode()


def press(client: Client, case: Case, firm: Organisation, before: Any = "") -> Any:
    given = {"seen": case.state, "enterprise": firm.pk, "before": before}
    return client.post(f"/desk/{case.number}/do/enterprise", given)


def test_an_enterprise_named_in_the_words_is_shown_and_set_by_one_press(
    park: World, tuoli: Organisation, client: Client
) -> None:
    case = told(park)
    signed_in(client, park.officer)
    assert case.enterprise is None
    shown = page(case, client)
    assert read_new(MONDAY) == 1
    for each in (shown, page(case, client)):  # before and after a job has read it
        assert "话里提到" in each and tuoli.name in each and f'name="enterprise" value="{tuoli.pk}"' in each
    assert press(client, case, tuoli).status_code == 302
    case = park.fresh(case)
    assert case.enterprise == tuoli
    step = case.timeline.last()
    assert step is not None and step.code == "enterprise_set" and step.reader == "staff"
    assert "话里提到" not in page(case, client)  # it stands with the case now


def test_who_only_reads_sees_what_is_named_and_cannot_set_it(
    park: World, tuoli: Organisation, client: Client
) -> None:
    case = told(park)
    signed_in(client, park.manager)
    shown = page(case, client)
    assert tuoli.name in shown and "记成这家的事" not in shown
    assert press(client, case, tuoli).status_code == 403
    assert park.fresh(case).enterprise is None


def test_a_press_on_an_old_page_does_not_write_over_what_a_colleague_set(
    park: World, tuoli: Organisation, client: Client
) -> None:
    case = told(park)
    signed_in(client, park.officer)
    actions.set_enterprise(case=park.fresh(case), enterprise=park.firm, by=park.colleague, now=MONDAY)
    assert press(client, case, tuoli).status_code == 409
    assert park.fresh(case).enterprise == park.firm
    # and nothing is offered that would: the case has one
    assert "记成这家的事" not in page(case, client)
    assert press(client, case, tuoli, before=park.firm.pk).status_code == 302


def test_an_enterprise_of_another_community_is_refused(park: World, client: Client) -> None:
    case = told(park)
    signed_in(client, park.officer)
    other = add_organisation(
        key="far", name="示例远方", kind=OrganisationKind.COMMUNITY, parent=park.federation, by=None
    )
    firm = add_organisation(
        key="far-firm", name="示例远方厂", kind=OrganisationKind.ENTERPRISE, parent=other, by=None
    )
    assert press(client, case, firm).status_code == 422
    with pytest.raises(actions.NotNow):
        actions.set_enterprise(case=case, enterprise=firm, by=park.officer, now=MONDAY)
    with pytest.raises(actions.NotNow):
        actions.set_enterprise(case=case, enterprise=park.department, by=park.officer, now=MONDAY)
    assert park.fresh(case).enterprise is None


@pytest.fixture
def far(park: World) -> Organisation:
    """Another community, with a firm and a gate of the same names as here."""
    other = add_organisation(
        key="far", name="示例远方", kind=OrganisationKind.COMMUNITY, parent=park.federation, by=None
    )
    name = "宁波拓力压铸有限公司（示例）"
    add_organisation(key="far-tuoli", name=name, kind=OrganisationKind.ENTERPRISE, parent=other, by=None)
    Place.objects.create(community=other, key="far-g3", name="3 号门")
    return other


def test_only_what_is_here_and_still_there_is_offered(
    park: World, tuoli: Organisation, far: Organisation
) -> None:
    gate = Place.objects.create(community=park.community, key="g3", name="3 号门")
    case = told(park)
    assert read_new(MONDAY) == 1
    assert case.place == gate  # the only one that is named: it stands with the case
    assert mentioned_in(case) == Mentioned((tuoli,), ())
    Case.objects.filter(pk=case.pk).update(place=None)
    assert mentioned_in(park.fresh(case)) == Mentioned((tuoli,), (gate,))
    Organisation.objects.filter(pk=tuoli.pk).update(active=False)
    assert mentioned_in(park.fresh(case)) == Mentioned((), (gate,))


def test_they_stand_in_the_order_of_the_words(park: World, tuoli: Organisation) -> None:
    first = add_organisation(
        key="hengda", name="恒达模具有限公司（示例）", kind="enterprise", parent=park.community, by=None
    )
    case = told(park, "恒达模具和拓力压铸门口大车乱停")
    assert mentioned_in(case).enterprises == (first, tuoli)
    assert mentioned_in(told(park, "拓力压铸和恒达模具门口大车乱停")).enterprises == (tuoli, first)


def test_places_named_beside_the_one_of_the_case_are_shown(park: World, client: Client) -> None:
    for key, name in (("g3", "3 号门"), ("g4", "4 号门")):
        Place.objects.create(community=park.community, key=key, name=name)
    case = told(park, "三号门和四号门都停不了车")
    signed_in(client, park.officer)
    assert "3 号门" in page(case, client) and "4 号门" in page(case, client)


def test_a_case_that_names_nothing_shows_nothing(park: World, client: Client) -> None:
    case = told(park, "早上停不了车")
    signed_in(client, park.officer)
    assert "话里提到" not in page(case, client)
