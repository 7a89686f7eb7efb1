"""Existing needs from a table: upload, say what each column is, see what would happen, bring them in."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kaimen.foundation import tables
from kaimen.foundation.communities import current_community
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Organisation, Person
from kaimen.foundation.permissions import check_role, person_of
from kaimen.foundation.sheets import csv_file
from kaimen.foundation.views.roster import TABLE_WORDS
from kaimen.intake import needs_tables
from kaimen.intake.enums import TableState
from kaimen.intake.importing import FIELDS, WrongTable
from kaimen.intake.models import NeedsTable
from kaimen.logic.identity import mask_name, mask_phone, mask_text

BRINGERS = (RoleKind.OFFICER, RoleKind.SUPERVISOR, RoleKind.MANAGER)
SHOWN_BAD = 100
LISTED = 30

COLUMN_WORDS = {
    "subject": gettext_lazy("标题"),
    "detail": gettext_lazy("事情本身"),
    "time": gettext_lazy("什么时候说的"),
    "name": gettext_lazy("谁说的"),
    "phone": gettext_lazy("手机号"),
    "place": gettext_lazy("地点"),
    "enterprise": gettext_lazy("单位"),
    "id": gettext_lazy("原来的编号"),
}
BAD_WORDS = {
    "empty": gettext_lazy("没写是什么事"),
    "nothing_said": gettext_lazy("没看出是什么事"),
    "time": gettext_lazy("时间看不懂，请写成 2026-03-01 08:30"),
    "future": gettext_lazy("这个时间还没到"),
    "phone": gettext_lazy("这不是手机号，请核对"),
}
PROBLEM_WORDS = {
    **TABLE_WORDS,
    "no_rows": gettext_lazy("这张表里除了第一行没有别的。第一行写列名，下面一行一件。"),
    "too_many_rows": gettext_lazy("一次最多五万行，请分成几份。"),
    "no_words_column": gettext_lazy("请选出哪一列写的是事情本身，或者标题。"),
    "no_column": gettext_lazy("选的列不在这张表里，请重新选。"),
    "no_owner": gettext_lazy("这里还没有登记服务专员和督办，没人能接。先登记，再接着导。"),
    "moved": gettext_lazy("这份表刚才已经有人接着导了。"),
}


class UploadForm(forms.Form):
    table = forms.FileField(
        label=gettext_lazy("诉求表（Excel 或 CSV）"),
        error_messages={
            "required": gettext_lazy("请先选一个文件。"),
            "empty": gettext_lazy("这个文件是空的。"),
        },
    )


class ColumnsForm(forms.Form):
    """Which column is what; "" means that the table has none."""

    keep_times = forms.BooleanField(
        label=gettext_lazy("按表里的时间算收到的日子（期限也从那天算起，多半已经过了）"), required=False
    )

    def __init__(self, *args: Any, headings: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", gettext_lazy("表里没有")), *((heading, heading) for heading in headings)]
        for name in FIELDS:
            self.fields[name] = forms.ChoiceField(choices=choices, label=COLUMN_WORDS[name], required=False)

    @property
    def columns(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in FIELDS if self.cleaned_data[name]}

    @property
    def columns_fields(self) -> list[Any]:
        return [self[name] for name in FIELDS]


@never_cache
@login_required
def needs_tables_page(request: HttpRequest) -> HttpResponse:
    """GET: the form and the tables of before. POST: a file, looked through at once and kept for a day."""
    person, community = bringer(request)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            table = needs_tables.start_table(
                upload=form.cleaned_data["table"], community=community, by=person, now=timezone.now()
            )
            return redirect("needs_table", table.pk)
        except tables.NotATable as error:
            form.add_error("table", str(PROBLEM_WORDS[error.code]))
        except needs_tables.NotBrought as error:
            return _same(request, error)
    listed = NeedsTable.objects.filter(community=community).select_related("created_by").defer("bad")[:LISTED]
    context = {"form": form, "tables": listed}
    return render(request, "intake/needs_tables.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
def needs_table(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: what would happen, what is happening, or what happened. POST: the columns, chosen by hand."""
    person, table = _theirs(request, pk)
    if request.method == "POST":
        return _choose(request, person, table)
    if request.htmx:  # type: ignore[attr-defined]  # set by django_htmx's middleware
        return render(request, "intake/_needs_progress.html", _progress(table))
    return _page(request, table)


@login_required
@require_POST
def needs_table_bring(request: HttpRequest, pk: int) -> HttpResponse:
    person, table = _theirs(request, pk)
    try:
        needs_tables.bring_table(table=table, by=person, now=timezone.now())
    except needs_tables.NotBrought as error:
        return _same(request, error)
    except (tables.NotATable, WrongTable) as error:
        messages.error(request, str(PROBLEM_WORDS[error.code]))
    return redirect("needs_table", table.pk)


@login_required
@require_POST
def needs_table_drop(request: HttpRequest, pk: int) -> HttpResponse:
    person, table = _theirs(request, pk)
    needs_tables.drop_table(table=table, by=person)
    messages.success(request, _("这份表删掉了，什么也没导入。"))
    return redirect("needs_tables")


@login_required
@require_safe
def needs_table_bad(request: HttpRequest, pk: int) -> HttpResponse:
    """Every row that cannot be taken, for whoever mends the table: where and why, nothing of what it says."""
    _person, table = _theirs(request, pk)
    return csv_file(f"needs-{table.pk}-bad", [[_("第几行"), _("哪一列"), _("为什么")], *_bad(table)])


def _choose(request: HttpRequest, person: Person, table: NeedsTable) -> HttpResponse:
    try:
        form = ColumnsForm(request.POST, headings=needs_tables.headings_of(tables.kept(table.handle)))
        if form.is_valid():
            needs_tables.choose_columns(
                table=table,
                columns=form.columns,
                keep_times=form.cleaned_data["keep_times"],
                by=person,
                now=timezone.now(),
            )
            return redirect("needs_table", table.pk)
        return _page(request, table, form=form, status=422)
    except (tables.NotATable, WrongTable, needs_tables.NotBrought) as error:
        messages.error(request, str(PROBLEM_WORDS[error.code]))
        return redirect("needs_table", table.pk)


def _page(
    request: HttpRequest, table: NeedsTable, form: ColumnsForm | None = None, status: int = 200
) -> HttpResponse:
    context = _progress(table) | {"bad": list(_bad(table))[:SHOWN_BAD]}
    if table.state in (TableState.DRAFT, TableState.FAILED):
        try:
            headings = needs_tables.headings_of(tables.kept(table.handle))
            context |= {
                "form": form
                or ColumnsForm(headings=headings, initial=table.columns | {"keep_times": table.keep_times}),
                "samples": [_sample(sample) for sample in needs_tables.samples(table)],
                "ready": {"subject", "detail"} & set(table.columns) and table.good > table.known,
            }
        except (tables.NotATable, WrongTable) as error:
            context["problem"] = str(PROBLEM_WORDS[error.code])
    return render(request, "intake/needs_table.html", context, status=status)


def _sample(sample: needs_tables.Sample) -> dict[str, Any]:
    """What a row would become, masked: the file is the uploader's, the screen may be anybody's."""
    need = sample.need
    return {
        "row": need.row,
        "words": mask_text(need.words),
        "service": sample.service,
        "name": mask_name(need.name),
        "phone": mask_phone(need.phone) if need.phone else "",
        "at": need.at,
        "place": need.place or need.place_text,
        "enterprise": need.enterprise or "",
    }


def _progress(table: NeedsTable) -> dict[str, Any]:
    running = table.state == TableState.RUNNING
    return {
        "table": table,
        "running": running,
        "new": table.good - table.known,
        "done": table.made + table.already,
        "stands": running and table.moved_at < timezone.now() - needs_tables.QUIET,
        "problem": str(PROBLEM_WORDS[table.problem]) if table.problem else "",
    }


def _bad(table: NeedsTable) -> Any:
    return ((row, column, str(BAD_WORDS[code])) for row, column, code in table.bad)


def _same(request: HttpRequest, error: needs_tables.NotBrought) -> HttpResponse:
    if error.table is None:
        return redirect("needs_tables")
    messages.info(request, _("这份文件已经导过了，再导一遍也不会多出一件。这是那一次的结果。"))
    return redirect("needs_table", error.table.pk)


def _theirs(request: HttpRequest, pk: int) -> tuple[Person, NeedsTable]:
    person, community = bringer(request)
    tables_here = NeedsTable.objects.select_related("community", "created_by")
    return person, get_object_or_404(tables_here, pk=pk, community=community)


def bringer(request: HttpRequest) -> tuple[Person, Organisation]:
    community = current_community(request)
    person = person_of(request)
    if person is None:
        raise PermissionDenied
    check_role(person, BRINGERS, community)
    return person, community
