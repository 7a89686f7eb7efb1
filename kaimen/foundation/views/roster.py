"""A roster: upload, see what would happen row by row, then do it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kaimen.foundation import roster, tables
from kaimen.foundation.communities import current_community
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Organisation, Person
from kaimen.foundation.permissions import check_role, person_of
from kaimen.foundation.roster_words import words
from kaimen.foundation.sheets import csv_file

TABLE_WORDS = {
    "ending": gettext_lazy("请用 Excel（.xlsx）或 CSV 文件。"),
    "broken": gettext_lazy("这个文件打不开，请在 Excel 里另存为 .xlsx 再传。"),
    "too_large": gettext_lazy("文件太大了，请分成几份传。"),
    "no_room": gettext_lazy("这份文件这会儿存不下，是我们这边满了。请告诉管理员，过一会儿再传。"),
    "gone": gettext_lazy("刚才那份文件已经清掉了，请重新传一次。"),
}


class RosterForm(forms.Form):
    table = forms.FileField(label=gettext_lazy("名册（Excel 或 CSV）"), required=False)
    kept = forms.CharField(required=False, widget=forms.HiddenInput)
    add_units = forms.BooleanField(label=gettext_lazy("表里有信用代码的新单位一起登记"), required=False)


@login_required
def import_page(request: HttpRequest) -> HttpResponse:
    """GET: the form. POST with a file: what would happen. POST with the kept handle: it happens."""
    person, community = _manager(request)
    form = RosterForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "columns": roster.COLUMNS, "community": community}
    if request.method == "POST" and form.is_valid():
        try:
            return _work(request, form.cleaned_data, person, community, context)
        except tables.NotATable as error:
            form.add_error("table", str(TABLE_WORDS[error.code]))
        except roster.WrongRoster as error:
            form.add_error(
                "table", _("表里没有这些列：%(missing)s。第一行请写列名。") % {"missing": str(error)}
            )
    return render(request, "foundation/roster.html", context, status=422 if form.errors else 200)


def _work(
    request: HttpRequest,
    data: dict[str, Any],
    person: Person,
    community: Organisation,
    context: dict[str, Any],
) -> HttpResponse:
    if not data["table"] and not data["kept"]:
        raise tables.NotATable("ending")
    handle = tables.keep(data["table"]) if data["table"] else data["kept"]
    path = tables.kept(handle)
    dry_run = bool(data["table"])
    try:
        report = roster.import_roster(
            rows=tables.read_table(path),
            community=community,
            by=person,
            dry_run=dry_run,
            add_units=data["add_units"],
        )
    except (tables.NotATable, roster.WrongRoster):
        path.unlink(missing_ok=True)  # nobody comes back for it, and it may hold personal data
        raise
    if dry_run:
        bad = [(row.row, row.column, words(row.code)) for row in report.bad]
        context |= {"report": report, "bad": bad, "handle": handle, "add_units": data["add_units"]}
        return render(request, "foundation/roster.html", context)
    path.unlink(missing_ok=True)
    messages.success(
        request,
        _("新增 %(added)s 人，更新 %(changed)s 人，没变 %(same)s 人，没收 %(bad)s 处。")
        % {"added": report.added, "changed": report.changed, "same": report.same, "bad": len(report.bad)},
    )
    return redirect("roster")


@login_required
def sample(request: HttpRequest) -> HttpResponse:
    """An empty table with the right headings and one made-up row."""
    _manager(request)
    return csv_file("roster", [roster.COLUMNS, ["示例人物", "13800000099", "", "", "", "操作工", "否"]])


def _manager(request: HttpRequest) -> tuple[Person, Organisation]:
    community = current_community(request)
    person = person_of(request)
    if person is None:
        raise PermissionDenied
    check_role(person, RoleKind.MANAGER, community)
    return person, community
