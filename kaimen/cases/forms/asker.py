"""What the asker can do from the tracking page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kaimen.cases.enums import Score, Solved

from .fields import Files, Words


class SupplyForm(forms.Form):
    text = Words(label=_("补充什么"), required=False, placeholder=_("把缺的说清楚，也可以只发照片"))
    attached = Files(label=_("照片"), help_text=_("最多 6 张，位置信息会抹掉"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("text") and not cleaned.get("attached"):
            self.add_error("text", _("写一句，或者发一张照片。"))
        return cleaned


class RateForm(forms.Form):
    score = forms.TypedChoiceField(
        label=_("满意吗"),
        choices=[(score.value, score.label) for score in reversed(Score)],
        coerce=int,
        widget=forms.RadioSelect,
    )
    solved = forms.ChoiceField(label=_("事情解决了吗"), choices=Solved.choices, widget=forms.RadioSelect)
    comment = Words(label=_("还想说什么"), required=False, rows=3, max_length=1000)


class ReopenForm(forms.Form):
    reason = Words(label=_("哪里没办好"), placeholder=_("说清楚还差什么，我们接着办"), max_length=1000)


class AppealForm(forms.Form):
    text = Words(label=_("为什么不服"), placeholder=_("说说哪一条不对，由上一级来看"), max_length=1000)


class ConfirmForm(forms.Form):
    """Nothing to fill in: pressing is the answer."""
