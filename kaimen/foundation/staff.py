"""Managing people: roles, absences, staff accounts and their first password.

A manager acts inside the subtree of their role, and on an account only if every role of its owner lies inside too:
otherwise whoever manages a village could take over the account of the district.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet

from kaimen.foundation import audit
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Absence, Account, Employment, Organisation, PasswordLink, Person, Role
from kaimen.foundation.notices import notify
from kaimen.foundation.organisations import add_person, give_role, phone_digest
from kaimen.foundation.permissions import has_kind, roles_of, scope
from kaimen.foundation.secret_links import new_salt, token_digest, token_for
from kaimen.logic.identity import check_phone

LINK_LIFE = timedelta(hours=48)

# What rooms above do, in the same transaction, when a role of somebody or their account has ended: (who, by whom).
LEAVING: "list[Callable[[Person, Person], None]]" = []
USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,29}")


class NotAllowed(Exception):
    """The rules forbid it; `code` is one of own_role, outside, phone_taken, username_form, username_taken."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


# ── reading ──


def people_under(manager: Person) -> QuerySet[Person]:
    """Everybody who works or holds a role under what `manager` manages; two index ranges, no row twice."""
    nodes = scope(manager, RoleKind.MANAGER).order_by().values("pk")
    return Person.objects.filter(
        Q(pk__in=Role.objects.order_by().filter(organisation__in=nodes).values("person"))
        | Q(pk__in=Employment.objects.order_by().filter(organisation__in=nodes, until=None).values("person"))
    )


def search_people(manager: Person, text: str) -> QuerySet[Person]:
    """Under `manager`, by part of a name or by a whole phone number (only its digest is compared)."""
    people, text = people_under(manager), text.strip()
    if not text:
        return people
    phone = check_phone(text).value
    return people.filter(phone_digest=phone_digest(phone)) if phone else people.filter(name__contains=text)


def with_places(people: QuerySet[Person]) -> QuerySet[Person]:
    """With `present_roles` and `present_jobs`, in two queries whatever the number of people."""
    roles = Role.objects.filter(active=True).select_related("organisation")
    jobs = Employment.objects.filter(until=None).select_related("organisation")
    return people.prefetch_related(
        Prefetch("roles", roles, "present_roles"), Prefetch("employments", jobs, "present_jobs")
    )


def may_manage_account(manager: Person, person: Person) -> bool:
    """Do all roles of `person` lie inside what `manager` manages? (Nobody manages their own account here.)"""
    tops = [path for kind, path in roles_of(manager) if kind == RoleKind.MANAGER]
    inside = all(any(path.startswith(top) for top in tops) for _, path in roles_of(person))
    return inside and person.pk != manager.pk


def may_see(manager: Person, person: Person) -> bool:
    return people_under(manager).filter(pk=person.pk).exists()


@transaction.atomic
def reveal(*, person: Person, what: str, purpose: str, by: Person) -> str:
    """The unmasked `what` (name, phone, id_number, address) of somebody under the manager; the person sees who looked.

    The reading is written before the value leaves (PIPL articles 17, 44; 51: access is limited and recorded).
    """
    if not may_see(by, person):
        raise NotAllowed("outside")
    audit.record_read(person=person, reader=by, what=what, purpose=purpose)
    return str(getattr(person, what))


@transaction.atomic
def add_employee(*, name: str, phone: str, title: str, organisation: Organisation, by: Person) -> Person:
    """Somebody new at `organisation`; NotAllowed("phone_taken") when the phone already belongs to a person."""
    if not _inside(by, organisation):
        raise NotAllowed("outside")
    if Person.objects.filter(phone_digest=phone_digest(phone)).exists():
        raise NotAllowed("phone_taken")
    person = add_person(name=name, phone=phone, title=title, by=by)
    Employment.objects.create(person=person, organisation=organisation)
    return person


# ── roles and absences ──


@transaction.atomic
def grant(*, person: Person, kind: RoleKind, organisation: Organisation, by: Person) -> Role:
    """Give a role inside the manager's own subtree, and tell the person."""
    if not _inside(by, organisation):
        raise NotAllowed("outside")
    role = give_role(person=person, kind=kind, organisation=organisation, by=by)
    _tell(role, "role_given")
    return role


@transaction.atomic
def take_back(*, role: Role, by: Person) -> None:
    """End a role; nobody takes their own manager's role, so that no subtree is left without a manager by a slip."""
    if not _inside(by, role.organisation):
        raise NotAllowed("outside")
    if role.person_id == by.pk and role.kind == RoleKind.MANAGER:
        raise NotAllowed("own_role")
    if Role.objects.filter(pk=role.pk, active=True).update(active=False):
        audit.record(
            verb="role.take",
            subject=role.person,
            by=by,
            community_id=role.organisation.community_id,
            kind=role.kind,
        )
        _tell(role, "role_taken")
        _left(role.person_id, by)


def _left(pk: int, by: Person) -> None:
    person = Person.objects.get(pk=pk)  # read anew: this object may remember the roles it had
    for look in LEAVING:
        look(person, by)


def _tell(role: Role, code: str) -> None:
    shown = {"role": str(RoleKind(role.kind).label), "organisation": role.organisation.name}
    notify(person=role.person, code=code, link="/me", params=shown)


@transaction.atomic
def add_absence(*, person: Person, first_day: date, last_day: date, reason: str, by: Person) -> Absence:
    """Days off duty: new cases pass the person by. `first_day` <= `last_day`."""
    absence = Absence.objects.create(person=person, first_day=first_day, last_day=last_day, reason=reason)
    audit.record(verb="absence.add", subject=person, by=by, absence=absence.pk)
    return absence


@transaction.atomic
def drop_absence(*, absence: Absence, by: Person) -> None:
    audit.record(verb="absence.drop", subject=absence.person, by=by, absence=absence.pk)
    absence.delete()


# ── accounts ──


@dataclass(frozen=True)
class FreshLink:
    token: str
    expires_at: datetime


@transaction.atomic
def make_password_link(*, person: Person, username: str, by: Person, now: datetime) -> FreshLink:
    """A link to set the password once, within 48 hours; older links of the account end.

    Opens the account under `username` (3-30 of a-z 0-9 . _ -) when there is none. The token is shown once and
    only its digest kept. The present password goes on working until the link is used.
    """
    _check_manages(by, person)
    account = Account.objects.filter(person=person).first()
    if account is None or account.username != username:
        if not USERNAME.fullmatch(username):
            raise NotAllowed("username_form")
        if Account.objects.filter(username__iexact=username).exists():
            raise NotAllowed("username_taken")
        account = account or Account(person=person)
        account.username = username
        if not account.pk:
            account.set_unusable_password()
        account.save()
    account.password_links.filter(used_at=None).update(used_at=now)
    token = token_for(new_salt(), "password")
    link = PasswordLink.objects.create(
        account=account, digest=token_digest(token), made_by=by, made_at=now, expires_at=now + LINK_LIFE
    )
    audit.record(verb="account.password_link", subject=account, by=by)
    return FreshLink(token, link.expires_at)


def find_password_link(token: str, now: datetime) -> PasswordLink | None:
    """The link if it still works: unused, in time, its account active."""
    return (
        PasswordLink.objects.filter(
            digest=token_digest(token), used_at=None, expires_at__gt=now, account__is_active=True
        )
        .select_related("account__person")
        .first()
    )


@transaction.atomic
def use_password_link(*, link: PasswordLink, password: str, now: datetime) -> bool:
    """Set the password, exactly once; False when somebody was quicker. The password is already checked."""
    if not PasswordLink.objects.filter(pk=link.pk, used_at=None, expires_at__gt=now).update(used_at=now):
        return False
    link.account.set_password(password)  # also ends every session of this account
    link.account.save(update_fields=["password"])
    audit.record(verb="account.password_set", subject=link.account, by=link.account.person)
    return True


@transaction.atomic
def set_active(*, person: Person, active: bool, by: Person) -> None:
    """Stop an account, or let it in again; a stopped account's sessions end at their next request."""
    _check_manages(by, person)
    if Account.objects.filter(person=person, is_active=not active).update(is_active=active):
        audit.record(verb="account.start" if active else "account.stop", subject=person, by=by)
        if not active:
            _left(person.pk, by)


@transaction.atomic
def drop_second_factor(*, person: Person, by: Person) -> None:
    """The phone with the authenticator is lost: the next sign-in has to set up a new second factor."""
    _check_manages(by, person)
    account = Account.objects.get(person=person)
    Authenticator.objects.filter(user=account).delete()
    audit.record(verb="account.drop_second_factor", subject=account, by=by)


def _check_manages(manager: Person, person: Person) -> None:
    if not has_kind(manager, RoleKind.MANAGER) or not may_manage_account(manager, person):
        raise NotAllowed("outside")


def _inside(manager: Person, organisation: Organisation) -> bool:
    return scope(manager, RoleKind.MANAGER).filter(pk=organisation.pk).exists()
