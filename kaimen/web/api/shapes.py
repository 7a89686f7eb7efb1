"""What goes in and comes out. Dates are days, times carry their zone, codes are those of docs/concepts.md."""

from datetime import date, datetime
from typing import Annotated, Generic, TypeVar

from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field, StrictBool, StringConstraints

from kaimen.logic.text import clean

Row = TypeVar("Row")
MOST = 100
Text = Annotated[str, AfterValidator(clean)]
Key = Annotated[str, StringConstraints(pattern=r"^[-a-zA-Z0-9_]{0,80}$")]
Number = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,8}[0-9]{0,8}-[0-9]{4}-[0-9]{1,10}$")]
Id = Annotated[int, Field(ge=1, le=2**53)]
Size = Annotated[int, Field(ge=1, le=MOST)]
PageNumber = Annotated[int, Field(ge=1, le=10_000)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 1, 1))]


class Given(Schema):
    """What is sent: a name that nobody knows is a mistake, not a secret wish."""

    model_config = ConfigDict(extra="forbid")


class Page(Schema, Generic[Row]):
    items: list[Row]
    page: int
    size: int
    more: bool


class ServiceRow(Schema):
    key: str
    name: str
    name_en: str
    summary: str
    domain: str
    audience: str
    organisation: str
    first_answer_days: int
    solve_days: int


class ServiceWhole(ServiceRow):
    summary_en: str
    who: str
    documents: list[str]
    steps: list[str]
    place: str
    hours: str
    fee: str
    phrases: list[str]


class NeedGiven(Given):
    words: str = Field(max_length=20_000)
    community: Key = ""
    service: Key = ""
    place: Key = ""
    place_text: Annotated[Text, Field(max_length=120)] = ""
    name: Annotated[Text, Field(max_length=40)] = ""
    phone: Annotated[str, Field(max_length=40)] = ""
    confidential: StrictBool = False
    channel: Annotated[str, StringConstraints(pattern="^(phone|counter)$")] = "phone"
    urgent: StrictBool = False


class Owner(Schema):
    name: str
    phone: str
    office_hours: str


class Step(Schema):
    at: datetime
    said: str
    text: str


class Promise(Schema):
    kind: str
    started_on: date
    days: int
    extension_days: int
    due_on: date | None
    met_at: datetime | None
    ended_at: datetime | None


class Need(Schema):
    number: str
    words: str
    state: str
    state_said: str
    service: str | None
    owner: Owner
    received_at: datetime
    promises: list[Promise]
    answers: list[str]
    steps: list[Step]
    track_url: str


class CaseRow(Schema):
    """`title` is null for a key that did not bring the case."""

    number: str
    title: str | None
    state: str
    state_said: str
    community: str
    service: str | None
    domain: str | None
    channel: str
    owner: str
    urgent: bool
    received_at: datetime
    next_due_on: date | None
    answered_at: datetime | None
    closed_at: datetime | None
    escalation_level: int


class Asker(Schema):
    name: str
    phone: str


class TaskOfCase(Schema):
    id: int
    organisation: str
    state: str
    due_on: date | None


class CaseWhole(CaseRow):
    """`words`, `place`, `steps` only for people and for the key that brought it; `asker` masked, for people only."""

    words: str | None
    asker: Asker | None
    confidential: bool
    enterprise: str | None
    place: str | None
    promises: list[Promise]
    tasks: list[TaskOfCase]
    steps: list[Step]


class Said(Given):
    """`seen`: the state in which the caller saw it; if it has moved on since, nothing is written (409)."""

    text: Annotated[Text, Field(max_length=5000)]
    seen: Annotated[str, StringConstraints(pattern="^[a-z_]{0,10}$")] = ""


class AnswerGiven(Said):
    also_group: StrictBool = False


class Seen(Given):
    seen: Annotated[str, StringConstraints(pattern="^[a-z_]{0,10}$")] = ""


class CaseOfTask(Schema):
    number: str
    words: str


class TaskWhole(Schema):
    id: int
    title: str
    detail: str
    organisation: str
    state: str
    asked_by: str
    asked_at: datetime
    due_on: date | None
    reply: str
    cases: list[CaseOfTask]


class Rate(Schema):
    """null while it would be about fewer than five."""

    value: float | None
    of: int | None


class FiguresOf(Schema):
    domain: str | None
    received: int
    done: int
    answered_in_time: Rate
    solved: Rate
    satisfied: Rate


class Figures(Schema):
    """`total` null: too few to show. Groups under five are folded, as on the public board."""

    community: str
    months: list[str]
    total: FiguresOf | None
    by_domain: list[FiguresOf]
    folded_domains: int
    computed_at: datetime | None


class CalendarDay(Schema):
    date: date
    working: bool
    code: str
    name: str
    provisional: bool


class Counted(Schema):
    date: date
    ordinal: int
    code: str


class Skipped(Schema):
    date: date
    code: str
    name: str


class Deadline(Schema):
    start: date
    days: int
    due: date
    provisional: bool
    counted: list[Counted]
    skipped: list[Skipped]
