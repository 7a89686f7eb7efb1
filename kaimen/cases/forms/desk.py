"""What an officer can do with one case."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kaimen.cases.actions.leftovers import still_running
from kaimen.cases.enums import PromiseKind
from kaimen.cases.models import AnswerTemplate, Case, Promise, Task
from kaimen.catalogue.models import Service
from kaimen.foundation.choices import offer
from kaimen.foundation.enums import OrganisationKind, RoleKind
from kaimen.foundation.models import Organisation, Person
from kaimen.foundation.permissions import holders, scope
from kaimen.logic.placeholders import GAP

from .fields import Days, Words


class CaseForm(forms.Form):
    """A form about one case: its choices come from the case's community."""

    def __init__(self, *args: Any, case: Case | None, person: Person, **kwargs: Any) -> None:
        self.case = case
        self.person = person
        super().__init__(*args, **kwargs)
        self.prepare()

    def prepare(self) -> None:
        """Fill the choices; forms without any leave this empty."""


class ConfirmForm(CaseForm):
    """Nothing to fill in: pressing is the answer."""


class Stopped(forms.ModelMultipleChoiceField):
    """Tasks that still run for the case; those ticked are no longer needed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Task.objects.none(), required=False, widget=forms.CheckboxSelectMultiple, **options)
        self.error_messages["invalid_choice"] = _("有一件交办刚才有了变化，看看再定。")

    def label_from_instance(self, task: Any) -> str:
        return f"{task.organisation}{gettext('：')}{task.title}"


class AnswerForm(CaseForm):
    text = Words(
        label=_("答复"), rows=6, max_length=4000, placeholder=_("说清楚：怎么办了、接下来、还有问题找谁")
    )
    text.widget.attrs["data-key"] = "r"  # the key that opens the form then goes to the field
    also_group = forms.BooleanField(label=_("并在一起的都这样答复"), required=False)
    stop = Stopped(label=_("还有交办没回，勾上的就不用办了"), help_text=_("不勾的接着办，回了会告诉您。"))

    def prepare(self) -> None:
        if self.case is None or self.case.group_id is None:
            del self.fields["also_group"]
        running = still_running(self.case, or_group=True) if self.case else Task.objects.none()
        offer(self, "stop", running)
        if not running.exists():
            del self.fields["stop"]

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        if GAP in text:
            raise forms.ValidationError(_("还有空着的“%(gap)s”，补上再发。"), params={"gap": GAP})
        return text


class CloseForm(CaseForm):
    """What still runs is shown, ticked to be stopped: the case is over, so most of it is not needed any more."""

    told = forms.CharField(widget=forms.HiddenInput, initial="1", required=False)
    stop = Stopped(label=_("还有交办没回，勾上的就不用办了"), help_text=_("要接着办的，把勾去掉。"))

    def prepare(self) -> None:
        running = still_running(self.case) if self.case else Task.objects.none()
        offer(self, "stop", running)
        self.fields["stop"].initial = running
        if not running.exists():
            del self.fields["stop"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "stop" in self.fields and not cleaned.get("told"):
            raise forms.ValidationError(_("还有交办没回。先看看哪些不用办了，再办结。"))
        return cleaned


class ProgressForm(CaseForm):
    text = Words(label=_("先回一句"), rows=4, placeholder=_("我在管，已经问了谁，什么时候再告诉您"))


class AskForm(CaseForm):
    question = Words(label=_("请他补充什么"), rows=4, placeholder=_("问得具体些：要哪张单子、哪一天、在哪里"))


class SupplyForm(CaseForm):
    text = Words(label=_("他补充了什么"), rows=4, help_text=_("电话里、当面说的，照他的话记"))


class TaskForm(CaseForm):
    organisations = forms.ModelMultipleChoiceField(
        label=_("交给谁"),
        queryset=Organisation.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("选几家就分别交办几家，各有各的时限"),
    )
    title = forms.CharField(label=_("一句话"), max_length=80)
    detail = Words(label=_("要他们做什么"), rows=4)
    days = Days(label=_("几个工作日"), most=30, initial=3)

    def prepare(self) -> None:
        offer(self, "organisations", asked_organisations(self.person, self.case))
        if self.case is not None:
            self.fields["title"].initial = self.case.title


class ExtensionForm(CaseForm):
    """More time to solve it. A first answer cannot be put off: it is only an answer."""

    days = Days(label=_("再要几个工作日"), most=30, initial=5)
    reason = Words(label=_("为什么来不及"), rows=3, max_length=1000, help_text=_("督办同意才算，只能一次"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        promises = Promise.objects.filter(case=self.case, kind=PromiseKind.SOLVED).order_by("-round")
        promise = promises.first()
        if promise is None:
            raise forms.ValidationError(_("没有可以延的时限。"))
        return cleaned | {"promise": promise}


class RefusalForm(CaseForm):
    clause = forms.CharField(label=_("依据哪一条"), max_length=200, help_text=_("文件名、第几条、哪一年"))
    reason = Words(label=_("为什么办不了"), rows=4, placeholder=_("用他听得懂的话说"))
    other_way = Words(label=_("他还可以怎么办"), rows=3, placeholder=_("去哪里、找谁、电话多少"))


class HandOverForm(CaseForm):
    to = forms.ModelChoiceField(label=_("转给谁"), queryset=Person.objects.none())
    reason = Words(label=_("为什么转"), rows=2, max_length=400)

    def prepare(self) -> None:
        offer(self, "to", colleagues(self.person, self.case))


class JoinForm(CaseForm):
    number = forms.CharField(label=_("并到哪一件"), max_length=24, help_text=_("写编号，例如 KM-2026-00418"))

    def clean_number(self) -> Case:
        number = self.cleaned_data["number"].strip().upper()
        community = self.case.community_id if self.case else None
        other = Case.objects.filter(number=number, community=community).first()
        if other is None or (self.case and other.pk == self.case.pk):
            raise forms.ValidationError(_("没有这个编号。看一眼列表里的编号再填。"))
        return other


class MergeForm(CaseForm):
    title = forms.CharField(
        label=_("放在一起叫什么"), max_length=120, help_text=_("每一件的原话、编号、评价都各自留着")
    )


class NoteForm(CaseForm):
    text = Words(label=_("备注"), rows=3, help_text=_("只有内部看得到"))


class TitleForm(CaseForm):
    title = forms.CharField(label=_("标题"), max_length=60, help_text=_("只是列表里的叫法，他的原话不动"))

    def prepare(self) -> None:
        self.fields["title"].initial = self.case.title if self.case else ""


class CallBackForm(CaseForm):
    text = Words(label=_("电话里怎么说的"), rows=4)


class MendedForm(CaseForm):
    text = Words(label=_("怎么整改的"), rows=4, help_text=_("他看得到，看完可以重新评一次"))


class ReasonForm(CaseForm):
    reason = Words(label=_("为什么重新办"), rows=3, max_length=1000)


class ServiceForm(CaseForm):
    service = forms.ModelChoiceField(
        label=_("清单上哪一项"), queryset=Service.objects.none(), empty_label=_("选一项")
    )

    def prepare(self) -> None:
        if self.case is None:
            return
        services = Service.objects.published().filter(community_id=self.case.community_id)
        offer(self, "service", services.select_related("domain"))
        field: Any = self.fields["service"]
        field.label_from_instance = lambda s: f"{s.domain} · {s}"
        field.initial = self.case.service_id


class EnterpriseForm(CaseForm):
    enterprise = forms.ModelChoiceField(
        label=_("是哪家的事"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("不记在哪家名下"),
    )
    # as it was when the page was drawn: somebody else may have been quicker
    before = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def prepare(self) -> None:
        if self.case is None:
            return
        firms = Organisation.objects.filter(
            community=self.case.community_id, kind=OrganisationKind.ENTERPRISE, active=True
        )
        offer(self, "enterprise", firms.order_by("name"))
        self.fields["enterprise"].initial = self.fields["before"].initial = self.case.enterprise_id


class TemplateChoice(forms.Form):
    """Which ready-made answer to start from."""

    template = forms.ModelChoiceField(
        label=_("用模板"), queryset=AnswerTemplate.objects.none(), required=False, empty_label=_("不用模板")
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "template", AnswerTemplate.objects.filter(community=case.community_id, active=True))
        field: Any = self.fields["template"]
        field.label_from_instance = lambda template: template.name


def asked_organisations(person: Person, case: Case | None) -> Any:
    """Departments everywhere, and the firms and teams of the case's community (or of the officer's)."""
    if case is not None:
        near = Q(community_id=case.community_id)
    else:
        near = Q(pk__in=scope(person, RoleKind.OFFICER, RoleKind.SUPERVISOR))
    kinds = [OrganisationKind.DEPARTMENT, OrganisationKind.ENTERPRISE, OrganisationKind.TEAM]
    wanted = Q(kind=OrganisationKind.DEPARTMENT) | near
    return Organisation.objects.filter(wanted, kind__in=kinds, active=True).order_by("kind", "pk")


def colleagues(person: Person, case: Case | None) -> Any:
    """Officers and supervisors who could own the case instead."""
    community = case.community if case else None
    if community is None:
        own = person.roles.filter(active=True, kind__in=[RoleKind.OFFICER, RoleKind.SUPERVISOR])
        first = own.select_related("organisation").first()
        if first is None:
            return Person.objects.none()
        community = first.organisation
    who = [holders(kind, community).values("person") for kind in (RoleKind.OFFICER, RoleKind.SUPERVISOR)]
    people = Person.objects.filter(pk__in=who[0]) | Person.objects.filter(pk__in=who[1])
    return (people.exclude(pk=case.owner_id) if case else people).order_by("pk")
