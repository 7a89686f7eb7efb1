"""For managers: how well sentences are understood, what the last learning changed, and the way back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kaimen.catalogue.models import Domain
from kaimen.foundation.communities import current_community
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Organisation, Person
from kaimen.foundation.permissions import check_role, person_of
from kaimen.intake import learning
from kaimen.intake.models import TriageModel


def _manager(request: HttpRequest) -> tuple[Person, Organisation]:
    community, person = current_community(request), person_of(request)
    if person is None:
        raise PermissionDenied
    check_role(person, RoleKind.MANAGER, community)
    return person, community


@require_safe
@login_required
def triage(request: HttpRequest) -> HttpResponse:
    """Accuracy on real cases and on unseen texts, each kept model, one click to return to it."""
    _person, community = _manager(request)
    models = list(TriageModel.objects.filter(community=community).defer("stored").select_related("chosen_by"))
    active = next((model for model in models if model.active), None)
    older = [model for model in models if active is None or model.made_at < active.made_at]
    names = {domain.key: str(domain) for domain in Domain.objects.filter(community=community)}
    page = {
        "account": learning.account(community),
        "models": models,
        "active": active,
        "changes": learning.changes(active, older[0] if older else None, names) if active else [],
        "before": older[0] if active and older else None,
        "people": learning.PEOPLE,
    }
    return render(request, "intake/triage.html", page)


@require_POST
@login_required
def triage_use(request: HttpRequest, pk: int) -> HttpResponse:
    """Return to the model `pk`; 0 is the everyday words alone."""
    person, community = _manager(request)
    model = get_object_or_404(TriageModel.objects.defer("stored"), pk=pk, community=community) if pk else None
    learning.use_model(community=community, model=model, by=person)
    messages.success(request, _("换好了，从下一句话起就用它。"))
    return redirect("triage")
