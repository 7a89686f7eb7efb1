"""Managers: the tree of organisations, what each says about itself, and its group robots."""

import secrets

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kaimen.foundation import organisations as verbs
from kaimen.foundation.enums import OrganisationKind, RoleKind
from kaimen.foundation.manage_forms import NewOrganisationForm, OrganisationForm, WebhookForm
from kaimen.foundation.models import Organisation
from kaimen.foundation.permissions import scope
from kaimen.foundation.views.guards import manager_only, me_of

LIMIT = 1000  # nodes on one page; a larger tree is searched


@never_cache
@manager_only
def organisations(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:40]
    nodes = scope(me_of(request), RoleKind.MANAGER)
    found = nodes.filter(name__contains=text) if text else nodes
    rows = list(found[:LIMIT])
    top = min((len(node.path_and_above()) for node in rows), default=1)
    for node in rows:
        node.indent = "　" * min(len(node.path_and_above()) - top, 5)  # type: ignore[attr-defined]  # for the template
    return render(
        request, "foundation/organisations.html", {"rows": rows, "q": text, "more": len(rows) == LIMIT}
    )


@never_cache
@manager_only
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    node = _mine(request, pk)
    form = OrganisationForm(request.POST or None, instance=node)
    if request.method == "POST" and form.is_valid():
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        if changed:
            verbs.change_organisation(organisation=node, by=me_of(request), **changed)
        return redirect("manage_organisation", pk)
    return _page(request, node, form=form)


@never_cache
@manager_only
def organisation_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A new node under `pk`."""
    parent = _mine(request, pk)
    form = NewOrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        kind = OrganisationKind(form.cleaned_data.pop("kind"))
        node = verbs.add_organisation(
            key=f"{kind}-{secrets.token_hex(4)}",
            kind=kind,
            parent=parent,
            by=me_of(request),
            **form.cleaned_data,
        )
        return redirect("manage_organisation", node.pk)
    return render(request, "foundation/organisation_add.html", {"parent": parent, "form": form})


@require_POST
@manager_only
def webhook_add(request: HttpRequest, pk: int) -> HttpResponse:
    node, form = _mine(request, pk), WebhookForm(request.POST)
    if not form.is_valid():
        return _page(request, node, webhook_form=form)
    verbs.add_webhook(organisation=node, by=me_of(request), **form.cleaned_data)
    return redirect("manage_organisation", pk)


@require_POST
@manager_only
def webhook_drop(request: HttpRequest, pk: int, webhook: int) -> HttpResponse:
    verbs.drop_webhook(webhook=get_object_or_404(_mine(request, pk).webhooks, pk=webhook), by=me_of(request))
    return redirect("manage_organisation", pk)


def _mine(request: HttpRequest, pk: int) -> Organisation:
    node = scope(me_of(request), RoleKind.MANAGER).filter(pk=pk).first()
    if node is None:
        raise Http404
    return node


def _page(request: HttpRequest, node: Organisation, **forms: object) -> HttpResponse:
    context = {"node": node, "form": OrganisationForm(instance=node), "webhook_form": WebhookForm()}
    return render(
        request, "foundation/organisation.html", context | forms | {"webhooks": node.webhooks.all()}
    )
