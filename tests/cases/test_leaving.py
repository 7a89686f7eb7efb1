"""Whoever stops working here leaves no case that nobody knows about, and gets no new one."""

from django.test import Client
from django.utils import timezone

from kaimen.foundation import staff
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Account, Notice, Person, Role
from kaimen.foundation.notice_words import sentence
from kaimen.foundation.organisations import give_role
from kaimen.intake.owners import owner_for
from tests.cast import World, signed_in


def told() -> list[Notice]:
    return list(Notice.objects.filter(code="owner_left").order_by("pk"))


def role_of(person: Person) -> Role:
    return Role.objects.select_related("organisation", "person").get(person=person, active=True)


def account_of(person: Person) -> Account:
    return Account.objects.create(person=person, username=f"p{person.pk}")


def test_a_role_taken_back_tells_the_nearest_supervisors_once(park: World) -> None:
    last = [park.case() for _ in range(4)][-1]
    staff.take_back(role=role_of(park.officer), by=park.manager)
    assert {notice.person for notice in told()} == {park.supervisor, park.deputy_supervisor}
    assert [notice.params for notice in told()] == [{"name": "示例王", "count": 4}] * 2
    assert "示例王不在这里办事了，手上还有 4 件" in sentence(told()[0])
    page = signed_in(Client(), park.supervisor).get(told()[0].link)
    assert last.number in page.content.decode()


def test_who_may_work_on_by_another_role_has_not_left(park: World) -> None:
    park.case()
    give_role(person=park.officer, kind=RoleKind.SUPERVISOR, organisation=park.federation, by=None)
    role = Role.objects.select_related("organisation", "person").get(
        person=park.officer, kind=RoleKind.OFFICER
    )
    staff.take_back(role=role, by=park.manager)
    assert told() == []


def test_who_leaves_nothing_behind_is_no_news(park: World) -> None:
    staff.take_back(role=role_of(park.colleague), by=park.manager)
    assert told() == []


def test_an_account_stopped_tells_them_too_and_gets_nothing_new(park: World) -> None:
    park.case()
    account_of(park.officer)
    staff.take_back(role=role_of(park.colleague), by=park.manager)
    staff.set_active(person=park.officer, active=False, by=park.manager)
    assert {notice.person for notice in told()} == {park.supervisor, park.deputy_supervisor}
    staff.set_active(person=park.officer, active=True, by=park.manager)
    assert len(told()) == 2


def test_a_stopped_account_is_given_no_case(park: World) -> None:
    account_of(park.officer)

    def owner() -> Person:
        return owner_for(
            community=park.community, service=None, domain=None, place=None, today=timezone.localdate()
        ).person

    park.case(owner=park.colleague)  # so that the officer is the one with less to do
    assert owner() == park.officer
    staff.set_active(person=park.officer, active=False, by=park.manager)
    assert owner() == park.colleague


def test_where_nobody_watches_whoever_took_the_role_hears_it(park: World) -> None:
    park.case()
    Role.objects.filter(kind=RoleKind.SUPERVISOR).update(active=False)
    staff.take_back(role=role_of(park.officer), by=park.manager)
    assert [notice.person for notice in told()] == [park.manager]


def test_a_watcher_who_was_stopped_is_not_told(park: World) -> None:
    park.case()
    account_of(park.supervisor)
    staff.set_active(person=park.supervisor, active=False, by=park.manager)
    staff.take_back(role=role_of(park.officer), by=park.manager)
    assert [notice.person for notice in told()] == [park.deputy_supervisor]


def test_a_supervisor_above_is_told_only_where_none_is_nearer(park: World) -> None:
    park.case()
    above = park.manager
    give_role(person=above, kind=RoleKind.SUPERVISOR, organisation=park.community.parent, by=None)
    staff.take_back(role=role_of(park.officer), by=park.manager)
    assert above not in {notice.person for notice in told()}


def test_who_comes_back_without_a_role_is_no_news(park: World) -> None:
    park.case()
    account_of(park.officer)
    staff.set_active(person=park.officer, active=False, by=park.manager)
    staff.take_back(role=role_of(park.officer), by=park.manager)
    before = len(told())
    staff.set_active(person=park.officer, active=True, by=park.manager)
    assert len(told()) == before
