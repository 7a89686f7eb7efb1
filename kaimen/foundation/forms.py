"""Forms of signing in and of my own data."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kaimen.logic.identity import check_phone

PHONE_PROBLEMS = {
    "empty": _("请填手机号。"),
    "length": _("手机号是 11 位数字，请再看一眼。"),
    "characters": _("手机号里只能有数字。"),
    "prefix": _("这不像一个手机号，请再看一眼。"),
}


class PhoneField(forms.CharField):
    """A mobile number as people type it; cleaned to eleven digits."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("手机号"))
        kwargs.setdefault("max_length", 24)
        super().__init__(**kwargs)
        self.error_messages["required"] = PHONE_PROBLEMS["empty"]
        self.widget.attrs |= {"inputmode": "tel", "autocomplete": "tel", "maxlength": 24}

    def clean(self, value: str) -> str:
        text = super().clean(value)
        if not text:
            return ""
        checked = check_phone(text)
        if checked.value is None:
            raise ValidationError(PHONE_PROBLEMS[checked.problem or "prefix"])
        return checked.value


class PhoneForm(forms.Form):
    phone = PhoneField()
    agree = forms.BooleanField(
        label=_("我看过下面的告知，同意这样使用我的手机号和姓名"),
        error_messages={"required": _("要先看过告知并同意，才能往下走。")},
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("短信里的 6 位数字"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": _("请填短信里的 6 位数字。")},
    )

    def clean_code(self) -> str:
        return re.sub(r"\D", "", self.cleaned_data["code"])


class FaceForm(forms.Form):
    face = forms.FileField(
        label=_("照片"),
        help_text=_("正脸、上半身，手机拍的就行。会剪成方的，照片里的位置信息会去掉。"),
        widget=forms.FileInput(attrs={"accept": "image/*"}),
        error_messages={
            "required": _("先选一张照片。"),
            "empty": _("这张照片是空的，请重新选。"),
            "invalid": _("先选一张照片。"),
        },
    )


class MeForm(forms.Form):
    """What a person may correct without anybody's help (PIPL article 46)."""

    name = forms.CharField(label=_("姓名"), max_length=40, required=True)
    email = forms.EmailField(
        label=_("电子邮箱"), required=False, help_text=_("填了就能用邮件收通知，可以不填。")
    )
