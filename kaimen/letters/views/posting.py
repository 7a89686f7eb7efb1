"""Paper on its way: the files of a batch, posting numbers, scanned letters, lists to take along."""

import csv
import io
import re
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kaimen.foundation import audit, tables
from kaimen.foundation.models import Person
from kaimen.foundation.sheets import at, send_table
from kaimen.foundation.views.roster import TABLE_WORDS
from kaimen.letters import actions, files, queries, wording
from kaimen.letters.actions.printing import in_postal_order, number_columns
from kaimen.letters.errors import NotNow
from kaimen.letters.forms import FilterForm, NumbersForm, ScanForm
from kaimen.letters.models import Batch
from kaimen.logic.identity import mask_phone
from kaimen.logic.posting import pairs, scanned

from .common import login_required, mailing_of, tell

NAMED = 20  # numbers that fitted nothing, in one message


@login_required
@require_safe
def batch_file(request: HttpRequest, pk: int, number: int, what: str) -> HttpResponse:
    """`print` or `labels` of a batch as PDF, `list` as Excel; whoever takes it along stands in the audit."""
    person, batch = _batch(request, pk, number)
    if what == "list":
        return _posting_list(person, batch)
    name = {"print": batch.print_file, "labels": batch.label_file}.get(what)
    if not name:
        raise Http404
    audit.record(verb="batch.take", subject=batch.mailing, by=person, batch=number, what=what)
    return files.response(name, f"{what}-{pk}-{number}.pdf")


@login_required
@require_POST
def batch_posted(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    person, batch = _batch(request, pk, number)
    count = actions.post_batch(batch=batch, by=person, now=timezone.now())
    if count is None:
        messages.success(request, _("记下了，这一批寄出了。人多，一封封记下来要一小会儿。"))
    elif count:
        messages.success(request, _("记下了，这一批 %(n)s 封寄出了。") % {"n": count})
    else:
        messages.info(request, _("这一批早就记过了。"))
    return redirect("mailing", pk)


@login_required
@require_POST
def batch_again(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Its files were removed after their days: make them anew."""
    person, batch = _batch(request, pk, number)
    try:
        actions.print_again(batch=batch, by=person, now=timezone.now())
    except NotNow as error:
        tell(request, error)
    return redirect("mailing", pk)


@login_required
@require_POST
def mailing_scan(request: HttpRequest, pk: int) -> HttpResponse:
    """Numbers of letters that arrived or came back."""
    person, mailing = mailing_of(request, pk)
    form = ScanForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("mailing", pk)
    data = form.cleaned_data
    try:
        outcome = actions.take_scans(
            mailing=mailing,
            codes=scanned(data["codes"]),
            verb=data["verb"],
            reason=data["reason"] if data["verb"] == "return" else "",
            by=person,
            now=timezone.now(),
        )
    except NotNow as error:
        tell(request, error)
        return redirect("mailing", pk)
    messages.success(
        request,
        _("记下了 %(moved)s 封，%(already)s 封早就记过。")
        % {"moved": outcome.moved, "already": outcome.already},
    )
    _strangers(request, outcome.unknown)
    return redirect("mailing", pk)


@login_required
@require_POST
def mailing_numbers(request: HttpRequest, pk: int) -> HttpResponse:
    """Which number the post gave which letter: typed, scanned or from a table."""
    person, mailing = mailing_of(request, pk)
    form = NumbersForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("mailing", pk)
    try:
        rows = _rows(form.cleaned_data)
    except tables.NotATable as error:
        messages.error(request, str(TABLE_WORDS[error.code]))
        return redirect("mailing", pk)
    found, bad = pairs(rows)
    count, strangers = actions.take_numbers(mailing=mailing, pairs=found, by=person)
    messages.success(request, _("对上了 %(n)s 封的邮件号。") % {"n": count})
    _strangers(request, strangers)
    if bad:
        shown = _("、").join(str(number) for number in bad[:NAMED])
        messages.warning(request, _("这几行看不懂：第 %(rows)s 行。") % {"rows": shown})
    return redirect("mailing", pk)


@login_required
@require_safe
def mailing_export(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The list as it is narrowed, with what is needed to bring a letter there; phones masked."""
    person, mailing = mailing_of(request, pk)
    form = FilterForm(request.GET)
    data = form.cleaned_data if form.is_valid() else {}
    chosen = queries.Chosen(data.get("state", ""), data.get("channel", ""), data.get("text", ""))
    heading = [
        _("编号"),
        _("姓名"),
        _("单位"),
        _("职务"),
        _("地址"),
        _("邮编"),
        _("手机号"),
        _("渠道"),
        _("状态"),
        _("什么时候"),
        _("原因"),
        _("邮件号"),
        _("办件编号"),
    ]
    rows = (
        [
            one.number,
            one.name,
            one.unit,
            one.title,
            one.address,
            one.postcode,
            mask_phone(one.phone) if one.phone else "",
            one.get_channel_display(),
            one.get_state_display(),
            at(one.state_at),
            wording.reason(one.reason),
            one.posting_number,
            one.answered_as,
        ]
        for one in queries.rows_for_export(mailing, chosen)
    )
    return send_table(kind=kind, what=f"letters-{pk}", heading=heading, rows=rows, by=person, of=mailing)


def _posting_list(person: Person, batch: Batch) -> HttpResponse:
    heading = [_("编号"), _("邮编"), _("地址"), _("单位"), _("姓名"), _("邮件号")]
    rows = number_columns(in_postal_order(batch))
    what = f"posting-{batch.mailing_id}-{batch.number}"
    return send_table(kind="xlsx", what=what, heading=heading, rows=rows, by=person, of=batch.mailing)


def _batch(request: HttpRequest, pk: int, number: int) -> tuple[Person, Batch]:
    person, mailing = mailing_of(request, pk)
    batch = get_object_or_404(Batch, mailing=mailing, number=number)
    batch.mailing = mailing
    return person, batch


def _rows(data: dict[str, Any]) -> list[list[str]]:
    rows = [re.split(r"[\s,，;；]+", line.strip()) for line in data["lines"].splitlines() if line.strip()]
    upload = data["table"]
    if upload is None:
        return rows
    handle = tables.keep(upload)
    path = tables.kept(handle)
    try:
        if path.suffix in {".csv", ".txt"}:
            text = path.read_bytes().decode("utf-8-sig", errors="replace")
            return rows + list(csv.reader(io.StringIO(text)))
        return rows + list(tables.sheet_rows(path))
    finally:
        path.unlink(missing_ok=True)


def _strangers(request: HttpRequest, codes: list[str]) -> None:
    if codes:
        shown = _("、").join(codes[:NAMED]) + ("…" if len(codes) > NAMED else "")
        messages.warning(request, _("这些号不在这一批里：%(codes)s") % {"codes": shown})
