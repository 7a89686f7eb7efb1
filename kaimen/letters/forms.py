"""Forms of mailings and letter templates."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kaimen.foundation.enums import OrganisationKind, RoleKind
from kaimen.foundation.form_fields import Said
from kaimen.foundation.forms import PhoneField
from kaimen.foundation.models import Organisation
from kaimen.letters.actions.templates import TEXT
from kaimen.letters.enums import (
    NUMBERED,
    NUMBERED_EACH,
    LetterChannel,
    LetterKind,
    LetterState,
    ReturnReason,
    SignatureForm,
)
from kaimen.letters.models import LetterTemplate
from kaimen.letters.recipients import EVERYBODY
from kaimen.logic.posting import RECIPIENT_HEADINGS

ORDERS = (
    ("app,email,print", _("能在站内收的站内，其次邮件，都没有就纸信")),
    ("email,print", _("有邮箱的邮件，没有就纸信")),
    ("print", _("都用纸信")),
    ("sms,print", _("有手机的短信，没有就纸信")),
    ("robot,app,email,print", _("有群机器人的先进群，其次站内、邮件、纸信")),
)
COLUMN_WORDS: dict[str, Any] = {
    "name": _("姓名"),
    "unit": _("单位"),
    "title": _("职务"),
    "phone": _("手机号"),
    "email": _("邮箱"),
    "address": _("地址"),
    "postcode": _("邮编"),
    "channel": _("怎么送"),
}


def number_field() -> forms.Field:
    return Said(
        label=_("发文字号"),
        max_length=80,
        required=False,
        help_text=_(
            "红头文件、复函、建议才印。写成 {代字}发〔{年}〕{号}号，号按年自己往下编；也可以写死一个。"
        ),
    )


def signed_field() -> forms.Field:
    return forms.ChoiceField(
        label=_("盖不盖章"), choices=SignatureForm.choices, required=False, initial=SignatureForm.SEALED
    )


class TemplateForm(forms.Form):
    name = Said(label=_("叫什么"), max_length=60, help_text=_("挑模板时看到的名字"))
    kind = forms.ChoiceField(label=_("哪一种"), choices=LetterKind.choices)
    title = Said(label=_("标题"), max_length=80, required=False, help_text=_("也是邮件的主题，可以不写"))
    greeting = Said(label=_("称呼"), max_length=120, required=False)
    body = forms.CharField(
        label=_("正文"),
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("大括号里的名字换成每个人自己的；空一行是新的一段；两边各两个星号是加粗。"),
    )
    sender = Said(label=_("署名"), max_length=80, required=False)
    number = number_field()
    signed = signed_field()
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_body(self) -> str:
        return str(self.cleaned_data["body"]).replace("\r\n", "\n")

    @property
    def text(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in TEXT}


class MailingForm(forms.Form):
    name = Said(label=_("这次叫什么"), max_length=80, help_text=_("比如：2026 年末致工会主席的一封信"))
    organisation = forms.ModelChoiceField(
        label=_("谁来发"), queryset=Organisation.objects.none(), empty_label=None
    )
    template = forms.ModelChoiceField(
        label=_("用哪个模板"), queryset=LetterTemplate.objects.none(), empty_label=None
    )
    channels = forms.ChoiceField(label=_("怎么送"), choices=ORDERS)
    official = forms.BooleanField(
        label=_("这是公务信函（说过“不再收”的人也要送）"), required=False, initial=True
    )

    def __init__(self, *args: Any, organisations: Any, templates: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        self.fields["template"].queryset = templates  # type: ignore[attr-defined]


class WordsForm(forms.Form):
    """The words of one mailing."""

    title = Said(label=_("标题"), max_length=80, required=False)
    greeting = Said(label=_("称呼"), max_length=120, required=False)
    body = forms.CharField(label=_("正文"), max_length=6000, widget=forms.Textarea(attrs={"rows": 12}))
    sender = Said(label=_("署名"), max_length=80, required=False)
    number = number_field()
    signed = signed_field()

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind not in NUMBERED:
            del self.fields["signed"]
        if kind in NUMBERED_EACH:
            self.fields["number"].label, self.fields["number"].help_text = _("证书编号"), ""
        elif kind not in NUMBERED:
            del self.fields["number"]

    def clean_body(self) -> str:
        return str(self.cleaned_data["body"]).replace("\r\n", "\n")


class RolesForm(forms.Form):
    top = forms.ModelChoiceField(
        label=_("哪个组织下面"), queryset=Organisation.objects.none(), empty_label=None
    )
    role = forms.ChoiceField(
        label=_("哪些人"),
        choices=[(RoleKind.CHAIR.value, RoleKind.CHAIR.label)]
        + [(k.value, k.label) for k in RoleKind if k != RoleKind.CHAIR]
        + [(EVERYBODY, _("那里的每个人"))],
    )
    kinds = forms.MultipleChoiceField(
        label=_("只要这几种单位"),
        choices=OrganisationKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不选就是所有单位"),
    )

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["top"].queryset = organisations  # type: ignore[attr-defined]


class TableForm(forms.Form):
    table = forms.FileField(
        label=_("收信人名单（Excel 或 CSV）"),
        error_messages={"required": _("请先选一个文件。"), "empty": _("这个文件是空的。")},
    )


class ColumnsForm(forms.Form):
    """Which column is what; "" means that the table has none."""

    def __init__(self, *args: Any, headings: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("表里没有")), *((heading, heading) for heading in headings)]
        for name in RECIPIENT_HEADINGS:
            self.fields[name] = forms.ChoiceField(choices=choices, label=COLUMN_WORDS[name], required=False)

    @property
    def columns(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if value}


class FilterForm(forms.Form):
    state = forms.ChoiceField(
        label=_("状态"), choices=[("", _("所有状态")), *LetterState.choices], required=False
    )
    channel = forms.ChoiceField(
        label=_("渠道"), choices=[("", _("所有渠道")), *LetterChannel.choices], required=False
    )
    text = Said(label=_("姓名、单位或编号"), max_length=60, required=False)


class ScanForm(forms.Form):
    codes = forms.CharField(
        label=_("编号或邮件号"),
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        max_length=200_000,
        help_text=_("用扫码枪一张张扫，或者粘贴一列；一行一个。"),
        error_messages={"required": _("先扫一个编号。")},
    )
    verb = forms.ChoiceField(
        label=_("这些信"), choices=[("deliver", _("送到了")), ("return", _("退回来了"))], initial="deliver"
    )
    reason = forms.ChoiceField(
        label=_("为什么退回"), choices=[("", "—"), *ReturnReason.choices], required=False
    )


class NumbersForm(forms.Form):
    lines = forms.CharField(
        label=_("编号 邮件号"),
        required=False,
        max_length=500_000,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        help_text=_("一行一封：信上的编号，空一格，邮局的邮件号。"),
    )
    table = forms.FileField(label=_("或者传一张表（Excel、CSV）"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("lines") and not data.get("table"):
            raise ValidationError(_("写几行，或者选一张表。"))
        return data


class AddressForm(forms.Form):
    """How to reach one recipient."""

    address = Said(label=_("地址"), max_length=200, required=False)
    postcode = forms.RegexField(
        r"^\d{6}$", label=_("邮编"), required=False, error_messages={"invalid": _("邮编是 6 位数字。")}
    )
    phone = PhoneField(required=False)
    email = forms.EmailField(label=_("邮箱"), max_length=200, required=False)


class MendForm(AddressForm):
    name = Said(label=_("姓名"), max_length=80)
    unit = Said(label=_("单位"), max_length=120, required=False)
    title = Said(label=_("职务"), max_length=80, required=False)
    channel = forms.ChoiceField(label=_("这回怎么送"), choices=LetterChannel.choices)
    to_directory = forms.BooleanField(label=_("地址也改到人员资料里"), required=False, initial=True)

    field_order = (
        "name",
        "unit",
        "title",
        "address",
        "postcode",
        "phone",
        "email",
        "channel",
        "to_directory",
    )
