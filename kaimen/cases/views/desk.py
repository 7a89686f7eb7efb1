"""The officer's desk: where I am, what is due, the one case."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kaimen.cases import queries
from kaimen.cases.actions import desking
from kaimen.cases.errors import NotNow
from kaimen.cases.forms.filters import FilterForm
from kaimen.cases.models import Case, SavedView
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Person
from kaimen.foundation.permissions import has_kind

from .common import desk_people

A_PAGE = 40
ORDERS = {"new": True, "old": False}  # newest first?


@dataclass
class DeskList:
    """The middle column: what is shown of what, and how it was asked for."""

    form: FilterForm
    page: Page[Case]
    load: queries.Load
    views: list[SavedView]
    query: str
    may_work: bool

    @property
    def here(self) -> str:
        """The filters and the page, for the address of a case: whoever comes back finds the list where it was."""
        page = f"page={self.page.number}" if self.page.number > 1 else ""
        return "&".join(filter(None, [self.query, page]))

    @property
    def quick(self) -> list[dict[str, Any]]:
        """The chips above the list, each on or off."""
        now = self.form.chosen()
        wanted = [
            ("late", _("已超时"), self.load.late, "late"),
            ("soon", _("今明到期"), self.load.soon, "soon"),
        ]
        return [
            {
                "label": label,
                "count": count,
                "tone": tone if count else "",
                "on": now.get("due") == due,
                "address": self.form.address(due="" if now.get("due") == due else due),
            }
            for due, label, count, tone in wanted
        ]


@require_safe
@desk_people
def desk(request: HttpRequest, person: Person) -> HttpResponse:
    return render(request, "cases/desk.html", {"list": desk_list(request, person)})


@require_POST
@desk_people
def save_view(request: HttpRequest, person: Person) -> HttpResponse:
    """Keep the filters of the page under a name; the same name again replaces them."""
    name, query = request.POST.get("name", "").strip()[:40], request.POST.get("query", "")[:400]
    if name:
        desking.save_view(name=name, query=query, by=person)
    return redirect(f"/desk/?{query}")


@require_POST
@desk_people
def drop_view(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    try:
        desking.drop_view(pk=pk, by=person)
    except NotNow:
        raise Http404 from None
    return redirect("desk")


def filters(request: HttpRequest, person: Person) -> FilterForm:
    """The filters of the address; who owns nothing by trade (supervisor, manager) starts with everybody's."""
    data = request.GET.copy()
    if not data.get("whose"):
        data["whose"] = "mine" if has_kind(person, RoleKind.OFFICER) else "all"
    return FilterForm(data, communities=queries.communities_of(person))


def found(form: FilterForm, person: Person) -> QuerySet[Case]:
    """The cases the filters ask for, in the order asked for."""
    chosen = form.chosen()
    cases = queries.desk(person, chosen)
    wanted = str(chosen.get("sort", ""))
    if wanted not in ORDERS:
        return cases
    # A queue is found whole, then sorted. Seeing an index in this order PostgreSQL would walk along it instead, past
    # years of closed cases; behind a function it sees none.
    when = F("received_at") if queries.is_endless(chosen) else Coalesce("received_at", "received_at")
    return cases.order_by(*((when.desc(), "-pk") if ORDERS[wanted] else (when.asc(), "pk")))


class _Keys(Paginator):
    """Sorts and cuts keys; only the rows of the page itself are read with all they show."""

    def _get_page(self, keys: Any, *args: Any, **kwargs: Any) -> Page[Case]:
        return Page(queries.as_rows(keys), *args, **kwargs)


class _Counted(_Keys):
    """… and counts them in the same question: a queue has to be found and sorted whole for its first page already."""

    def get_page(self, number: Any) -> Page[Case]:
        asked = int(number) if str(number).isdecimal() and len(str(number)) < 6 else 1
        start = max(asked - 1, 0) * self.per_page
        keys: Any = self.object_list
        counted = keys.annotate(in_all=Window(Count("*"))).values_list("pk", "in_all")
        found = list(counted[start : start + self.per_page])
        if asked < 1 or not found:  # nothing there, or beyond the end: Django says which page that is
            return super().get_page(number)
        self.__dict__["count"] = found[0][1]
        return self._get_page([pk for pk, _ in found], asked, self)


def desk_list(request: HttpRequest, person: Person) -> DeskList:
    form = filters(request, person)
    in_pages = _Keys if queries.is_endless(form.chosen()) else _Counted
    page = in_pages(found(form, person).values_list("pk", flat=True), A_PAGE).get_page(
        request.GET.get("page")
    )
    return DeskList(
        form=form,
        page=page,
        load=queries.owner_load(person),
        views=list(person.saved_views.all()),
        query=form.address(),
        may_work=has_kind(person, RoleKind.OFFICER, RoleKind.SUPERVISOR),
    )
