"""What the pages of a mailing show: the draft and its look through, the progress, the list to work through."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from kaimen.foundation.permissions import person_of
from kaimen.letters import queries, wording
from kaimen.letters.enums import BatchState, LetterChannel, LetterState, MailingState, ReadingStep
from kaimen.letters.forms import (
    ColumnsForm,
    FilterForm,
    NumbersForm,
    RolesForm,
    ScanForm,
    TableForm,
    WordsForm,
)
from kaimen.letters.heads import number_on
from kaimen.letters.jobs import QUIET
from kaimen.letters.models import Letter, Mailing
from kaimen.letters.sheets import known_fields
from kaimen.logic.identity import mask_phone

from .common import senders_nodes

SAMPLES = 3
SHOWN = 20  # letters of one kind of problem


def draft_context(request: HttpRequest, mailing: Mailing) -> dict[str, Any]:
    person = person_of(request)
    report = mailing.report
    samples = list(mailing.letters.order_by("seq")[:SAMPLES])
    for letter in samples:
        letter.mailing = mailing
    return {
        "mailing": mailing,
        "words": WordsForm(initial=mailing.text, kind=mailing.kind),
        "roles": RolesForm(
            organisations=senders_nodes(person) if person else None, initial={"top": mailing.organisation_id}
        ),
        "table": TableForm(),
        "columns": ColumnsForm(headings=mailing.headings, initial=mailing.columns)
        if mailing.headings
        else None,
        "fields": known_fields(mailing),
        "report": report,
        "shown": _report(mailing, report) if report else None,
        "samples": samples,
        "ready": mailing.state == MailingState.CHECKED,
        "problem": wording.reading_problem(mailing.problem),
    }


def reading(mailing: Mailing) -> dict[str, Any]:
    """How far the job is that reads a long list."""
    counting = mailing.read_step in (ReadingStep.COUNT, ReadingStep.CLEAR)
    return {
        "mailing": mailing,
        "counting": counting,
        "stands": mailing.moved_at < timezone.now() - QUIET,
    }


def _report(mailing: Mailing, report: dict[str, Any]) -> dict[str, Any]:
    """The report with names: looked up by number, for this page only."""
    numbers = {seq for seq, _name in report["empty"][:SHOWN]} | {
        seq for seq, _signs in report["glyphs"][:SHOWN]
    }
    numbers |= set(report["no_address"][:SHOWN]) | set(report["unsubscribed"][:SHOWN])
    numbers |= {seq for _what, together in report["doubles"][:SHOWN] for seq in together}
    letters = queries.named(mailing, sorted(numbers))
    alike = {"phone": LetterChannel.SMS.label, "email": LetterChannel.EMAIL.label}

    def known(pairs: list[list[Any]]) -> list[tuple[Letter, str]]:
        return [(letters[seq], said) for seq, said in pairs[:SHOWN] if seq in letters]

    return {
        "words": [wording.text_problem(*problem) for problem in report["words"]],
        "signs": report["signs"],
        "head_signs": report.get("head_signs", []),
        "empty": known(report["empty"]),
        "glyphs": [
            (one, " ".join(f"{c}（U+{ord(c):04X}）" for c in signs)) for one, signs in known(report["glyphs"])
        ],
        "no_address": [letters[seq] for seq in report["no_address"][:SHOWN] if seq in letters],
        "unsubscribed": [letters[seq] for seq in report["unsubscribed"][:SHOWN] if seq in letters],
        "doubles": [
            (alike[what], [letters[seq] for seq in together if seq in letters])
            for what, together in report["doubles"][:SHOWN]
        ],
        "channels": [(LetterChannel(channel).label, n) for channel, n in report["channels"].items() if n],
        "ways": [wording.WAYS_SHUT[channel] for channel in report["ways"]],
    }


def progress(mailing: Mailing) -> dict[str, Any]:
    """The figures at the head of the page; asked again while something is under way."""
    counts = queries.counts_of([mailing])[mailing.pk]
    batches = list(mailing.batches.all()[:20])
    making = mailing.state == MailingState.MAKING
    return {
        "mailing": mailing,
        "counts": counts,
        "figures": [
            {
                "state": state.value,
                "label": state.label,
                "n": counts.by_state[state],
                "tone": wording.TONES.get(state, ""),
            }
            for state in LetterState
            if counts.by_state.get(state)
        ],
        "channels": [(LetterChannel(c).label, n) for c, n in counts.by_channel.items() if n],
        "batches": batches,
        "making": making,
        "moving": making
        or any(batch.state in (BatchState.MAKING, BatchState.POSTING) for batch in batches)
        or _under_way(mailing),
        "stands": making and mailing.moved_at < timezone.now() - QUIET,
        "to_print": mailing.letters.filter(
            channel=LetterChannel.PRINT, rank=queries.RANKS[LetterState.MADE], batch=None
        ).exists()
        if mailing.state in (MailingState.READY, MailingState.SENDING)
        else False,
        "may_send": mailing.state == MailingState.READY,
        "may_stop": mailing.state in (MailingState.MAKING, MailingState.READY, MailingState.SENDING),
    }


def _under_way(mailing: Mailing) -> bool:
    return mailing.state == MailingState.SENDING and mailing.moved_at > timezone.now() - QUIET


def work_context(request: HttpRequest, mailing: Mailing) -> dict[str, Any]:
    """The list to work through, what is missing first."""
    form = FilterForm(request.GET)
    data = form.cleaned_data if form.is_valid() else {}
    chosen = queries.Chosen(
        state=data.get("state", ""),
        channel=data.get("channel", ""),
        text=data.get("text", ""),
        after=request.GET.get("after", ""),
    )
    page = queries.page_of(mailing, chosen)
    rows = [
        {
            "letter": letter,
            "reason": wording.reason(letter.reason),
            "tone": wording.TONES.get(LetterState(letter.state), ""),
            "phone": mask_phone(letter.phone) if letter.phone else "",
        }
        for letter in page.letters
    ]
    return progress(mailing) | {
        "number": number_on(mailing),
        "form": FilterForm(initial=data),
        "chosen": chosen,
        "rows": rows,
        "after": page.after,
        "scan": ScanForm(),
        "numbers": NumbersForm(),
    }
