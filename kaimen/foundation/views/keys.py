"""Managers: keys for other systems. The secret is shown once, on the answer to the form that made it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kaimen.foundation import keys as verbs
from kaimen.foundation.enums import KeyScope
from kaimen.foundation.key_forms import PROBLEMS, KeyForm
from kaimen.foundation.models import MachineKey
from kaimen.foundation.staff import NotAllowed
from kaimen.foundation.views.guards import manager_only, me_of

SHOWN = 200


@never_cache
@manager_only
def keys(request: HttpRequest) -> HttpResponse:
    manager, now = me_of(request), timezone.now()
    form = KeyForm(request.POST or None, manager=manager, today=timezone.localdate(now))
    fresh = None
    if request.method == "POST" and form.is_valid():
        try:
            fresh = verbs.make_key(by=manager, now=now, **form.wanted())
            form = KeyForm(manager=manager, today=timezone.localdate(now))
        except NotAllowed as error:
            form.add_error(None, PROBLEMS[error.code])
    rows = [(key, _state(key), _scopes(key)) for key in verbs.keys_under(manager)[:SHOWN]]
    return render(request, "foundation/keys.html", {"form": form, "fresh": fresh, "rows": rows})


@require_POST
@manager_only
def key_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    manager = me_of(request)
    key = verbs.keys_under(manager).filter(pk=pk).first()
    if key is None:
        raise Http404
    verbs.revoke_key(key=key, by=manager, now=timezone.now())
    return redirect("manage_keys")


def _state(key: MachineKey) -> str:
    if key.revoked_at:
        return "revoked"
    return "expired" if key.expires_at <= timezone.now() else "good"


def _scopes(key: MachineKey) -> list[KeyScope]:
    return [KeyScope(value) for value in key.scopes]
