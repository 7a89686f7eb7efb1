"""What is told of an issue, counted anew from its members and kept in its row."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from kaimen.cases.models import Case
from kaimen.hotspots.models import HotIssue, IssueMembership
from kaimen.hotspots.reading import Said, joined, said_in
from kaimen.logic.hotspots.heat import Voice, heat, people_in, trend
from kaimen.logic.hotspots.issues import nearest_to
from kaimen.logic.hotspots.names import mentioned
from kaimen.logic.hotspots.titles import title_of
from kaimen.logic.identity import mask_text

READ = 60  # members whose words are read for title and names
LISTED = 12  # places and enterprises kept
KEPT = [
    "title", "domain", "messages", "people", "support", "heat", "parts", "trend", "places", "enterprises",
    "matter", "named_firms", "marks", "first_at", "last_at", "told_at",
]  # fmt: skip


def tell(issues: Iterable[HotIssue], now: datetime, *, rename: bool = False) -> None:
    """Count each issue anew and save it; one query for all their members. Titles are chosen again with `rename`.

    An officer's title and that of a locked issue stay.
    """
    wanted = {issue.pk: issue for issue in issues}
    members: dict[int, list[Said]] = {pk: [] for pk in wanted}
    rows = Case.objects.filter(issue_membership__issue__in=wanted).order_by("received_at", "pk")
    placed = dict(IssueMembership.objects.filter(issue__in=wanted).values_list("case_id", "issue_id"))
    for said in said_in(rows):
        members[placed[int(said.message.id)]].append(said)
    for pk, issue in wanted.items():
        _count(issue, members[pk], now)
        if members[pk] and (rename or not issue.title):
            _choose_title(issue, members[pk])
    HotIssue.objects.bulk_update(wanted.values(), KEPT, batch_size=200)


def _count(issue: HotIssue, members: Sequence[Said], now: datetime) -> None:
    at = now.timestamp()
    times = [said.message.at for said in members]
    support = joined(members)
    voices = [Voice(said.message.user, said.message.at) for said in members]
    if voices:
        voices[0] = Voice(voices[0].user, voices[0].at, support)
    warmth = heat(voices, at)
    domains = Counter(said.domain for said in members if said.domain)
    issue.messages, issue.support = len(members), support
    issue.people = people_in(voice.user for voice in voices)
    issue.heat = round(warmth.points, 1) if members else 0.0
    issue.parts = [[part.code, part.counted, part.points] for part in warmth.parts]
    issue.trend = trend(times, at)
    issue.domain_id = min(domains, key=lambda key: (-domains[key], key)) if domains else None
    matters = Counter(said.matter for said in members if said.matter)
    issue.matter = min(matters, key=lambda name: (-matters[name], name))[:160] if matters else ""
    issue.places = _places(members)
    issue.enterprises = _enterprises(members)
    issue.first_at = _moment(min(times)) if times else None
    issue.last_at = _moment(max(times)) if times else None
    issue.told_at = now


def _places(members: Sequence[Said]) -> list[list[object]]:
    """What was written instead of a listed place is somebody's words: masked, and not at all of who stays unknown."""
    counted = Counter(
        (key, name if key else mask_text(name))
        for said in members
        for key, name in [said.place]
        if name and (key or said.message.shown)
    )
    ranked = sorted(counted.items(), key=lambda row: (-row[1], row[0]))
    return [[key, name, times] for (key, name), times in ranked[:LISTED]]


def _enterprises(members: Sequence[Said]) -> list[list[object]]:
    """Where those who spoke work, by people; who wants to stay unknown is not counted to a firm."""
    people: dict[str, set[str]] = {}
    for number, said in enumerate(members):
        if said.enterprise and said.message.shown:
            people.setdefault(said.enterprise, set()).add(said.message.user or f"?{number}")
    ranked = sorted(people.items(), key=lambda row: (-len(row[1]), row[0]))
    return [[name, len(who)] for name, who in ranked[:LISTED]]


def _choose_title(issue: HotIssue, members: Sequence[Said]) -> None:
    marks = {int(gram): float(weight) for gram, weight in issue.marks}
    messages = [said.message for said in members[-READ * 3 :]]
    ranked = nearest_to(marks, messages)
    issue.named_firms = mentioned(m.detail for m in ranked[:READ] if m.shown)[1]
    if not (issue.named_by_id or issue.locked_at):
        issue.title = mask_text(title_of(ranked))[:120]


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
