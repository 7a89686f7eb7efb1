"""The filters of the desk: every one in the address, so that a view can be kept, sent and exported."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from kaimen.cases.enums import CaseState, Channel
from kaimen.catalogue.models import Domain
from kaimen.foundation.choices import offer
from kaimen.foundation.enums import OrganisationKind, RoleKind
from kaimen.foundation.models import Organisation, Person, Role

OWNERS = (RoleKind.OFFICER, RoleKind.SUPERVISOR)
WHOSE = [("mine", _("我的")), ("all", _("大家的"))]
DUE = [("", _("到期：不限")), ("late", _("已超时")), ("today", _("今天到期")), ("soon", _("今明到期"))]
STATES = [("", _("没办完的")), ("tasks", _("交办没回的")), ("any", _("全部状态")), *CaseState.choices]
SORTS = [("", _("按到期排")), ("new", _("新的在前")), ("old", _("早的在前"))]


class FilterForm(forms.Form):
    """What to show on the desk; what it does not understand it leaves out: a filter never fails a page."""

    text = forms.CharField(label=_("搜"), required=False, max_length=80)
    whose = forms.ChoiceField(label=_("谁的"), choices=WHOSE, required=False)
    state = forms.ChoiceField(label=_("状态"), choices=STATES, required=False)
    due = forms.ChoiceField(label=_("到期"), choices=DUE, required=False)
    domain = forms.ChoiceField(label=_("领域"), required=False)
    channel = forms.ChoiceField(
        label=_("从哪来"), choices=[("", _("来路：全部")), *Channel.choices], required=False
    )
    enterprise = forms.ModelChoiceField(
        label=_("企业"), queryset=Organisation.objects.none(), required=False, empty_label=_("企业：全部")
    )
    owner = forms.ModelChoiceField(
        label=_("谁管"), queryset=Person.objects.none(), required=False, empty_label=_("谁管：全部")
    )
    sort = forms.ChoiceField(label=_("排序"), choices=SORTS, required=False)

    def __init__(self, data: Any, *, communities: QuerySet[Organisation]) -> None:
        super().__init__(data, auto_id="find_%s")  # the case beside the list has fields of the same names
        domains = {d.key: str(d) for d in Domain.objects.filter(community__in=communities)}
        owners = Role.objects.filter(organisation__in=communities, kind__in=OWNERS).values("person")
        firms = Organisation.objects.filter(community__in=communities, kind=OrganisationKind.ENTERPRISE)
        domain: Any = self.fields["domain"]
        domain.choices = [("", _("领域：全部")), *domains.items()]
        offer(self, "owner", Person.objects.filter(pk__in=owners))
        offer(self, "enterprise", firms)

    def chosen(self) -> dict[str, Any]:
        """Name and value of each filter that is set and understood."""
        self.is_valid()
        return {name: getattr(value, "pk", value) for name, value in self.cleaned_data.items() if value}

    def address(self, **changes: str) -> str:
        """The chosen filters, some changed, as a query string: for links, saved views and the export."""
        query = QueryDict(mutable=True)
        for name, value in (self.chosen() | changes).items():
            if value:
                query[name] = str(value)
        return query.urlencode()
