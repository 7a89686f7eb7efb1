"""Who a mailing goes to: holders of a role under an organisation, the rows of a table, or a list of another room."""

import hashlib
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from kaimen.foundation.models import Account, Employment, Organisation, Person, Role, Webhook
from kaimen.foundation.organisations import phone_digest
from kaimen.letters.enums import LetterChannel
from kaimen.letters.models import Mailing
from kaimen.logic.identity import check_phone
from kaimen.logic.posting import RECIPIENT_HEADINGS, one_line, postcode_in
from kaimen.logic.text import clean

MOST = 100_000  # of one mailing
AT_ONCE = 500  # read together
EVERYBODY = "everybody"  # who works there, whatever their role
LONGEST = {"name": 80, "title": 80, "unit": 120, "address": 200, "email": 200, "postcode": 6}
CHANNEL_WORDS = {
    "纸信": LetterChannel.PRINT,
    "邮寄": LetterChannel.PRINT,
    "信": LetterChannel.PRINT,
    "邮件": LetterChannel.EMAIL,
    "电子邮件": LetterChannel.EMAIL,
    "短信": LetterChannel.SMS,
    "站内": LetterChannel.APP,
    "群机器人": LetterChannel.ROBOT,
}


@dataclass(frozen=True)
class Recipient:
    """One who gets a letter. `key` makes it one letter each: a person's number, or a digest of who the row names."""

    name: str
    title: str = ""
    unit: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    postcode: str = ""
    channel: str = ""  # "" = the first of the mailing's by which they can be reached
    person: Person | None = None
    organisation: Organisation | None = None
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        if self.person:
            return f"p{self.person.pk}"
        said = "\0".join((self.name, self.unit, self.phone, self.email, self.address))
        return hashlib.sha256(said.encode()).hexdigest()[:40]


def by_roles(
    *, top: Organisation, role: str, kinds: Sequence[str], besides: Container[str] = ()
) -> Iterator[Recipient]:
    """Holders of `role` (or EVERYBODY who works there) at organisations of `kinds` (all without) under `top`; nobody by a
    role whose account was stopped.

    Each person once, those of the keys `besides` not at all, with the first organisation in the order of the tree. Who they are is known at once, what stands
    about them is read by the hundred: nothing stays open while the caller writes.
    """
    rows = _holders(top, role, kinds)
    first: dict[int, int] = {}
    for pk, person in rows.order_by("organisation__path", "pk").values_list("pk", "person"):
        first.setdefault(person, pk)
    waiting = (pk for person, pk in first.items() if f"p{person}" not in besides)
    while some := list(islice(waiting, AT_ONCE)):
        found = rows.select_related("person", "organisation").in_bulk(some)
        for row in (found[pk] for pk in some if pk in found):
            title = row.person.title or (row.get_kind_display() if isinstance(row, Role) else row.post)
            yield of_person(row.person, row.organisation, str(title))


def count_roles(*, top: Organisation, role: str, kinds: Sequence[str]) -> int:
    """How many `by_roles` would give."""
    count: int = _holders(top, role, kinds).order_by().values("person").distinct().count()
    return count


def _holders(top: Organisation, role: str, kinds: Sequence[str]) -> Any:
    nodes = Organisation.objects.under(top).filter(active=True)
    if kinds:
        nodes = nodes.filter(kind__in=kinds)
    if role == EVERYBODY:
        return Employment.objects.filter(organisation__in=nodes, until=None)
    stopped = {"person__account__is_active": False}  # the role may stand until somebody takes it back
    return Role.objects.filter(organisation__in=nodes, kind=role, active=True).exclude(**stopped)


def of_person(person: Person, organisation: Organisation | None = None, title: str = "") -> Recipient:
    """A person of the directory; without an address of their own the letter goes to their organisation's."""
    address = person.address or (organisation.address if organisation else "")
    return Recipient(
        name=person.name,
        title=title or person.title,
        unit=organisation.name if organisation else "",
        phone=person.phone,
        email=person.email,
        address=address,
        postcode=postcode_in(address),
        person=person,
        organisation=organisation,
    )


def by_rows(
    *, rows: Iterable[dict[str, str]], columns: dict[str, str], top: Organisation
) -> Iterator[Recipient]:
    """One for each row that has a name. Whoever stands in the directory with this phone and name is that person."""
    nodes = {node.name: node for node in Organisation.objects.under(top).filter(active=True)}
    named, waiting = set(columns.values()), iter(rows)
    while some := list(islice(waiting, AT_ONCE)):
        chunk = [(row, _said(row, columns)) for row in some]
        known = _known_people(top, {phone_digest(said["phone"]) for _row, said in chunk if said["phone"]})
        for row, said in chunk:
            if not said["name"]:
                continue
            phone = said["phone"]
            yield Recipient(
                name=said["name"],
                title=said["title"],
                unit=said["unit"],
                phone=phone,
                email=said["email"] if "@" in said["email"] else "",
                address=said["address"],
                postcode=said["postcode"] or postcode_in(said["address"]),
                channel=CHANNEL_WORDS.get(said["channel"], ""),
                person=known.get((phone_digest(phone), said["name"])) if phone else None,
                organisation=nodes.get(said["unit"]),
                fields={h: _cell(v, "")[:500] for h, v in row.items() if h and h not in named},
            )


def _said(row: dict[str, str], columns: dict[str, str]) -> dict[str, str]:
    said = {name: _cell(row.get(columns.get(name, ""), ""), name) for name in RECIPIENT_HEADINGS}
    return said | {"phone": check_phone(said["phone"]).value or ""}


class Ways:
    """By which channels somebody can be reached; read once for a whole list."""

    def __init__(self, mailing: Mailing) -> None:
        self._accounts = set(Account.objects.filter(person__isnull=False).values_list("person_id", flat=True))
        self._robots = set(Webhook.objects.filter(active=True).values_list("organisation_id", flat=True))
        self._order = [channel for channel in mailing.channels if channel in LetterChannel.values]

    def channel_for(self, one: Recipient) -> str:
        """The wanted one if it works, else the first of the mailing's that does, else paper: it can be handed over."""
        for channel in (one.channel, *self._order):
            if channel and self.reaches(one, channel):
                return channel
        return LetterChannel.PRINT

    def reaches(self, one: Recipient, channel: str) -> bool:
        match channel:
            case LetterChannel.PRINT:
                return bool(one.address)
            case LetterChannel.EMAIL:
                return bool(one.email)
            case LetterChannel.SMS:
                return bool(one.phone)
            case LetterChannel.APP:
                return one.person is not None and one.person.pk in self._accounts
            case _:
                return one.organisation is not None and one.organisation.pk in self._robots


def _known_people(top: Organisation, digests: set[str]) -> dict[tuple[str, str], Person]:
    works = {"employments__organisation__path__startswith": top.path, "employments__until": None}
    leads = {"roles__organisation__path__startswith": top.path, "roles__active": True}
    people = Person.objects.filter(phone_digest__in=digests)
    found = (people.filter(**works) | people.filter(**leads)).distinct()
    return {(person.phone_digest, person.name): person for person in found}


def _cell(text: str, name: str) -> str:
    """As people paste it: without what cannot be seen; a line break in a name would end a header or a label."""
    return one_line(clean(str(text)), LONGEST.get(name, 500))
