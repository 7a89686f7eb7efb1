"""What handlers and supervisors fill in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .fields import Days, Files, Words


class FinishForm(forms.Form):
    reply = Words(
        label=_("办得怎么样"), rows=5, max_length=4000, placeholder=_("怎么办的、结果、还有什么没办完")
    )
    attached = Files(label=_("附件"), most=6, accept="image/*,.pdf,.docx,.xlsx")


class ReturnForm(forms.Form):
    reason = Words(label=_("为什么不归你们管"), rows=3, max_length=1000, placeholder=_("最好写上应该归谁"))


class MoreTimeForm(forms.Form):
    days = Days(label=_("再要几个工作日"), most=30, initial=3)
    reason = Words(label=_("为什么来不及"), rows=3, max_length=1000)


class DecideForm(forms.Form):
    """Yes or no with a note; a no about somebody's words or case has to say why."""

    agree = forms.TypedChoiceField(
        choices=[("yes", _("同意")), ("no", _("不同意"))], coerce=lambda value: value == "yes"
    )
    note = Words(label=_("说明"), required=False, rows=2, max_length=1000)

    def __init__(self, *args: Any, note_for_no: bool = True, **kwargs: Any) -> None:
        self.note_for_no = note_for_no
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        if self.note_for_no and cleaned.get("agree") is False and not cleaned.get("note"):
            self.add_error("note", _("不同意要说明原因。"))
        return cleaned
