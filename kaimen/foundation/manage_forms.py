"""Forms of the managers' pages."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kaimen.foundation.choices import offer
from kaimen.foundation.enums import OrganisationKind, RoleKind
from kaimen.foundation.forms import PhoneField
from kaimen.foundation.models import Absence, Organisation, Webhook
from kaimen.foundation.robots import check_robot_address
from kaimen.logic.identity import check_uscc

USCC_PROBLEMS = {
    "length": _("统一社会信用代码是 18 位，请对着营业执照再看一眼。"),
    "characters": _("里面有不该有的字符（没有字母 I、O、S、V、Z）。"),
    "region": _("登记机关的地区码不对，请再看一眼。"),
    "check_digit": _("最后一位校验码对不上，多半有一位写错了。"),
}
USE_OF_DATA = [("call_back", _("要回电话")), ("verify", _("核对身份")), ("correct", _("更正信息"))]
WHAT = [("name", _("姓名")), ("phone", _("手机号")), ("id_number", _("身份证号")), ("address", _("住址"))]


class RoleForm(forms.Form):
    kind = forms.ChoiceField(label=_("角色"), choices=RoleKind.choices)
    organisation = forms.ModelChoiceField(
        label=_("在哪儿（连同它下面的）"), queryset=Organisation.objects.none()
    )

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "organisation", organisations)


class AbsenceForm(forms.ModelForm):
    class Meta:
        model = Absence
        fields = ["first_day", "last_day", "reason"]
        labels = {"first_day": _("从哪天"), "last_day": _("到哪天"), "reason": _("为什么")}
        widgets = {
            "first_day": forms.DateInput(attrs={"type": "date"}),
            "last_day": forms.DateInput(attrs={"type": "date"}),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("回来的日子比走的日子还早。"))
        return data


class AccountForm(forms.Form):
    username = forms.CharField(
        label=_("用户名"), max_length=30, help_text=_("小写字母开头，3 到 30 个字母、数字或 . _ -")
    )


class RevealForm(forms.Form):
    what = forms.ChoiceField(choices=WHAT)
    purpose = forms.ChoiceField(label=_("为什么要看"), choices=USE_OF_DATA)


class PersonForm(forms.Form):
    """A person typed in by hand, where a roster would be too much."""

    name = forms.CharField(label=_("姓名"), max_length=40)
    phone = PhoneField()
    title = forms.CharField(label=_("职务"), max_length=80, required=False)
    organisation = forms.ModelChoiceField(label=_("在哪儿上班"), queryset=Organisation.objects.none())

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "organisation", organisations)


class OrganisationForm(forms.ModelForm):
    class Meta:
        model = Organisation
        fields = ["name", "name_en", "uscc", "address", "phone", "office_hours", "active"]
        labels = {
            "name": _("名称"),
            "name_en": _("英文名称"),
            "uscc": _("统一社会信用代码"),
            "address": _("地址"),
            "phone": _("电话"),
            "office_hours": _("办公时间"),
            "active": _("还在用"),
        }

    def clean_uscc(self) -> str:
        text = self.cleaned_data["uscc"]
        if not text:
            return ""
        checked = check_uscc(text)
        if checked.value is None:
            raise ValidationError(USCC_PROBLEMS[checked.problem or "check_digit"])
        return checked.value


class NewOrganisationForm(OrganisationForm):
    # a federation and a community shape the tree itself: they come with setting up
    kind = forms.ChoiceField(
        label=_("是什么"),
        choices=[
            (kind.value, kind.label) for kind in OrganisationKind if kind not in {OrganisationKind.FEDERATION}
        ],
    )

    class Meta(OrganisationForm.Meta):
        fields = ["name", "name_en", "uscc", "address", "phone", "office_hours"]


class WebhookForm(forms.ModelForm):
    class Meta:
        model = Webhook
        fields = ["flavour", "url"]
        labels = {"flavour": _("哪一种"), "url": _("机器人的网址")}
        widgets = {"url": forms.URLInput(attrs={"autocomplete": "off"})}

    def clean_url(self) -> str:
        url = self.cleaned_data["url"].strip()
        try:
            check_robot_address(url)
        except OSError:
            raise ValidationError(_("这个网址用不了：要 https 开头，并且是群里机器人给的。")) from None
        return url
