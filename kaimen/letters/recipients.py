"""Who a mailing goes to: holders of a role under an organisation, the rows of a table, or a list of another room."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from kaimen.foundation.models import Account, Employment, Organisation, Person, Role, Webhook
from kaimen.foundation.organisations import phone_digest
from kaimen.letters.enums import LetterChannel
from kaimen.letters.models import Mailing
from kaimen.logic.identity import check_phone
from kaimen.logic.posting import one_line, postcode_in
from kaimen.logic.text import clean

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


def by_roles(*, top: Organisation, role: str, kinds: Sequence[str]) -> Iterator[Recipient]:
    """Holders of `role` (or EVERYBODY who works there) at organisations of `kinds` (all without) under `top`.

    Each person once, with the first organisation in the order of the tree.
    """
    nodes = Organisation.objects.under(top).filter(active=True)
    if kinds:
        nodes = nodes.filter(kind__in=kinds)
    rows: Any
    if role == EVERYBODY:
        rows = Employment.objects.filter(organisation__in=nodes, until=None)
    else:
        rows = Role.objects.filter(organisation__in=nodes, kind=role, active=True)
    seen = set()
    for row in rows.select_related("person", "organisation").order_by("organisation__path", "pk").iterator():
        if row.person_id in seen:
            continue
        seen.add(row.person_id)
        title = row.person.title or (row.get_kind_display() if isinstance(row, Role) else row.post)
        yield of_person(row.person, row.organisation, str(title))


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
    known = _known_people(top)
    nodes = {node.name: node for node in Organisation.objects.under(top).filter(active=True)}
    for row in rows:
        said = {name: _cell(row.get(heading, ""), name) for name, heading in columns.items()}
        if not said.get("name"):
            continue
        checked = check_phone(said.get("phone", ""))
        phone = checked.value or ""
        person = known.get((phone_digest(phone), said["name"])) if phone else None
        named = set(columns.values())
        yield Recipient(
            name=said["name"],
            title=said.get("title", ""),
            unit=said.get("unit", ""),
            phone=phone,
            email=said.get("email", "") if "@" in said.get("email", "") else "",
            address=said.get("address", ""),
            postcode=said.get("postcode", "") or postcode_in(said.get("address", "")),
            channel=CHANNEL_WORDS.get(said.get("channel", ""), ""),
            person=person,
            organisation=nodes.get(said.get("unit", "")),
            fields={h: _cell(v, "")[:500] for h, v in row.items() if h and h not in named},
        )


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


def _known_people(top: Organisation) -> dict[tuple[str, str], Person]:
    works = {"employments__organisation__path__startswith": top.path, "employments__until": None}
    leads = {"roles__organisation__path__startswith": top.path, "roles__active": True}
    people = Person.objects.exclude(phone_digest="")
    found = (people.filter(**works) | people.filter(**leads)).distinct()
    return {(person.phone_digest, person.name): person for person in found}


def _cell(text: str, name: str) -> str:
    """As people paste it: without what cannot be seen; a line break in a name would end a header or a label."""
    return one_line(clean(str(text)), LONGEST.get(name, 500))
