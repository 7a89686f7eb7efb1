"""The edit form: every field of a service; lists are text areas with one entry per line."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kaimen.foundation.models import Organisation

from . import lines, queries
from .checking import LONGEST, Problem
from .content import LABELS, LISTS, Content, empty
from .enums import Audience
from .models import Domain

HELP = {
    "name": _("大家一眼认得出的名字，例如“宿舍维修”。"),
    "summary": _("一句大白话，60 个字以内；公布以前要写上。"),
    "who": _("谁能用，有什么条件。"),
    "documents": _("一行一样；什么都不用带就空着。"),
    "steps": _("一行一步，从职工要做的那一步写起。"),
    "phrases": _("一行一句，职工平时怎么说：热水没了、洗澡水是冷的……搜索靠它。"),
    "answers": _("一行一条，写成“问题｜回答”。能当场答的，就不用立件。"),
    "legal_basis": _("一行一条，写成“名称｜条款｜日期”。有把握才写。"),
    "first_answer_days": _("承诺，写得到的才写。"),
    "point": _("1 到 10；不是企服十条里的就空着。"),
    "organisation": _("不管谁牵头，职工只找服务专员。"),
}
ROWS = {"who": 2, "phrases": 7, "steps": 5, "documents": 5}


class ServiceForm(forms.Form):
    """Reads and writes a `Content`. What is right is judged by `checking`, not here."""

    key = forms.CharField(
        max_length=80,
        label=_("编号（网址里用）"),
        help_text=_("小写字母、数字和短横线，定了就不再改，例如 dorm-repair。"),
    )
    audience = forms.ChoiceField(choices=Audience.choices)
    point = forms.IntegerField(required=False, min_value=1, max_value=10)
    first_answer_days = forms.IntegerField(min_value=1)
    solve_days = forms.IntegerField(min_value=1)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    ORDER = ("key", *LABELS, "seen")

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        community: Organisation,
        content: Content,
        is_new: bool,
        seen: str = "",
    ) -> None:
        super().__init__(data, initial=as_text(content) | {"seen": seen})
        domains = Domain.objects.filter(community=community)
        self._choose("domain", [(domain.key, str(domain)) for domain in domains])
        self._choose("organisation", [(o.key, str(o)) for o in queries.responsible(community)])
        for name in LABELS:
            if name not in self.fields:
                self.fields[name] = self._text(name)
            self.fields[name].label = LABELS[name]
            self.fields[name].help_text = HELP.get(name, "")
        self.order_fields(self.ORDER)
        if not is_new:
            del self.fields["key"]

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name] = forms.ChoiceField(choices=choices)

    @staticmethod
    def _text(name: str) -> forms.Field:
        if name in LISTS or name == "who":
            widget = forms.Textarea(attrs={"rows": ROWS.get(name, 3)})
            return forms.CharField(required=False, widget=widget)
        return forms.CharField(required=name == "name", max_length=LONGEST[name])

    def content(self) -> Content:
        """What the form says, as content."""
        said = empty()
        for name in LABELS:
            value = self.cleaned_data.get(name)
            said[name] = lines.read(name, value or "") if name in LISTS else value
        return said | {"point": self.cleaned_data.get("point")}

    def refuse(self, problems: list[Problem]) -> None:
        """Put each problem at its field."""
        for problem in problems:
            self.add_error(problem.field if problem.field in self.fields else None, problem.message)

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields in four groups, as the page shows them."""
        parts = [
            (_("这是什么"), ("key", "name", "summary", "domain", "audience", "point", "who")),
            (_("怎么办"), ("documents", "steps", "place", "hours", "fee")),
            (_("谁办，几天"), ("organisation", "first_answer_days", "solve_days", "legal_basis")),
            (_("让人找得到"), ("phrases", "answers", "name_en", "summary_en")),
        ]
        return [(str(title), [self[n] for n in names if n in self.fields]) for title, names in parts]


def as_text(content: Content) -> dict[str, Any]:
    """A content with its lists as lines, for form fields and cells."""
    content = empty() | content
    return {name: lines.written(name, content[name]) if name in LISTS else content[name] for name in LABELS}
