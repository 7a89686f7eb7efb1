"""What a manager fills in to make a key for another system."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kaimen.foundation import keys
from kaimen.foundation.choices import offer
from kaimen.foundation.enums import KeyScope
from kaimen.foundation.models import Organisation, Person

PROBLEMS = {
    "outside": _("这里或这个人不归您管，钥匙做不了。"),
    "no_scope": _("请至少选一样它能做的事。"),
    "too_long": _("有效期从明天起，最长两年。"),
    "needs_person": _("说进展、答复、回交办要有人负责：请选以谁的名义。"),
    "needs_no_person": _("选的这些事不用以谁的名义，请把人去掉。"),
}


class KeyForm(forms.Form):
    name = forms.CharField(label=_("给哪个系统用"), max_length=80)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("在哪儿（连同它下面的）"), empty_label=None
    )
    scopes = forms.MultipleChoiceField(
        label=_("它能做什么"), choices=KeyScope.choices, widget=forms.CheckboxSelectMultiple
    )
    acts_for = forms.ModelChoiceField(
        Person.objects.none(),
        label=_("以谁的名义（只有答复和回交办才要）"),
        required=False,
        empty_label=_("不用"),
    )
    until = forms.DateField(
        label=_("用到哪天"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    per_minute = forms.IntegerField(label=_("每分钟最多问几次"), min_value=1, max_value=6000, initial=60)
    needs_per_hour = forms.IntegerField(
        label=_("每小时最多送几件事"), min_value=1, max_value=100_000, initial=200
    )
    needs_per_day = forms.IntegerField(
        label=_("每天最多送几件事"), min_value=1, max_value=1_000_000, initial=1000
    )

    def __init__(self, *args: Any, manager: Person, today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"until": today + timedelta(days=365)} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        offer(self, "organisation", keys.places_for_keys(manager))
        offer(self, "acts_for", keys.actors_under(manager))

    def wanted(self) -> dict[str, Any]:
        """Arguments for keys.make_key: a key ends with its last day."""
        given = dict(self.cleaned_data)
        last: date = given.pop("until")
        return given | {"expires_at": timezone.make_aware(datetime.combine(last, time.max))}
