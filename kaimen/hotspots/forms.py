"""What officers fill in on the page of an issue."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kaimen.catalogue.models import Domain
from kaimen.foundation.choices import offer
from kaimen.hotspots import queries, wording
from kaimen.hotspots.models import HotIssue

DAYS = [("", _("时间：近半年")), ("7", _("近 7 天还有人说")), ("30", _("近 30 天还有人说"))]
SORTS = [("", _("按热度排")), ("people", _("按人数排")), ("new", _("按最近排"))]
OFFERED = 60


class BoardFilter(forms.Form):
    """What to show; what it does not understand it leaves out: a filter never fails a page."""

    domain = forms.ChoiceField(label=_("领域"), required=False)
    days = forms.ChoiceField(label=_("时间"), choices=DAYS, required=False)
    sort = forms.ChoiceField(label=_("排序"), choices=SORTS, required=False)
    place = forms.SlugField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, communities: Any) -> None:
        super().__init__(data, auto_id="hot_%s")
        domains = {domain.key: str(domain) for domain in Domain.objects.filter(community__in=communities)}
        choices: Any = self.fields["domain"]
        choices.choices = [("", _("领域：全部")), *domains.items()]

    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        kept = {name: value for name, value in self.cleaned_data.items() if value}
        return kept | {"days": int(kept.get("days", 0))}


class Named(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{wording.title(obj)}（{obj.messages}）"


class TitleForm(forms.Form):
    title = forms.CharField(label=_("标题"), max_length=120)


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("为什么该大家一起定"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class OtherForm(forms.Form):
    """Another issue of the same community, the hottest first."""

    other = Named(label=_("哪一件"), queryset=HotIssue.objects.none())

    def __init__(self, data: Any = None, *, issue: HotIssue) -> None:
        super().__init__(data, auto_id="other_%s")
        others = queries.beside(issue)
        if data is None:
            shown = list(
                others.select_related("domain").order_by("-heat", "pk").values_list("pk", flat=True)[:OFFERED]
            )
            others = others.filter(pk__in=shown).order_by("-heat", "pk")
        offer(self, "other", others)
