"""The form of a ready-made answer."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kaimen.cases import ready_answers

from .fields import Words


class AnswerTemplateForm(forms.Form):
    name = forms.CharField(label=_("叫什么"), max_length=60, help_text=_("专员选的时候看到的名字"))
    text = Words(
        label=_("正文"),
        rows=10,
        max_length=4000,
        help_text=_("大括号里的名字，用的时候换成那一件的；留的空，专员自己补。"),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n")
        if wrong := ready_answers.wrong_with(text):
            raise ValidationError([ValidationError(sentence) for sentence in wrong])
        return text
