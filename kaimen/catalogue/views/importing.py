"""Excel in: first a dry run that says what every row would do, then, only when confirmed, the good rows."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kaimen.catalogue import actions, permissions, sheet
from kaimen.catalogue import content as contents
from kaimen.catalogue.models import Service
from kaimen.foundation.communities import current_community
from kaimen.foundation.models import Organisation
from kaimen.foundation.permissions import person_of

from .manage import editors_only

KEPT = "service_import"  # in the session: the good rows of the last dry run


@dataclass(frozen=True)
class DryRun:
    """What loading the sheet would do."""

    added: list[sheet.Row]
    changed: list[tuple[sheet.Row, list[contents.Difference]]]
    unchanged: int
    bad: list[sheet.Row]

    @property
    def good(self) -> list[sheet.Row]:
        return [*self.added, *(row for row, _differences in self.changed)]


@require_http_methods(["GET", "HEAD", "POST"])
@editors_only
def manage_services_import(request: HttpRequest) -> HttpResponse:
    """GET: choose a file. POST: the dry run; nothing is written to the list."""
    community = current_community(request)
    page: dict[str, Any] = {"can_publish": permissions.can_publish(person_of(request), community)}
    if request.method != "POST":
        return render(request, "catalogue/import.html", page)
    upload = request.FILES.get("file")
    try:
        if upload is None:
            raise sheet.Unreadable(_("请先选一个 Excel 文件。"))
        run = dry_run(sheet.read(upload, community), community)
    except sheet.Unreadable as unreadable:
        return render(request, "catalogue/import.html", page | {"unreadable": str(unreadable)}, status=422)
    request.session[KEPT] = {
        "community": community.pk,
        "rows": [[row.number, row.key, row.content] for row in run.good],
    }
    return render(request, "catalogue/import.html", page | {"run": run, "filename": upload.name})


@require_POST
@editors_only
def manage_services_import_confirm(request: HttpRequest) -> HttpResponse:
    """Write the good rows of the dry run, as drafts or published at once."""
    community = current_community(request)
    publish = request.POST.get("then") == "publish"
    if publish:
        permissions.check_can_publish(person_of(request), community)
    kept = request.session.pop(KEPT, None)
    if not kept or kept["community"] != community.pk:
        return redirect("manage_services_import")
    report = actions.Report()
    have = actions.by_key(community)
    numbers = {key: number for number, key, _content in kept["rows"]}
    # a transaction for each row: short ones, and a confirmation that is cut off is finished by loading again
    for _number, key, content in kept["rows"]:
        actions.put_service(
            community=community,
            have=have,
            key=key,
            content=content,
            by=person_of(request),
            report=report,
            publish=publish,
        )
    refused = [sheet.Row(numbers[key], key, {}, problems) for key, problems in report.refused.items()]
    page = {"report": report, "refused": refused, "published": publish}
    return render(request, "catalogue/import_done.html", page)


def dry_run(rows: list[sheet.Row], community: Organisation) -> DryRun:
    """Sort rows into added, changed, unchanged and bad, against what the list says now."""
    services = Service.objects.filter(community=community).select_related("domain", "organisation")
    have = {service.key: contents.latest(service) for service in services}
    good = [row for row in rows if not row.problems]
    known = [(row, contents.differences(have[row.key], row.content)) for row in good if row.key in have]
    return DryRun(
        added=[row for row in good if row.key not in have],
        changed=[(row, found) for row, found in known if found],
        unchanged=sum(not found for _row, found in known),
        bad=[row for row in rows if row.problems],
    )
