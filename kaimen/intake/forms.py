"""What people fill in at the door. Messages say what to do next, in the words of the shop floor."""

import re
import secrets
from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from kaimen.cases.enums import Channel
from kaimen.catalogue.models import Domain, Service
from kaimen.catalogue.queries import published_service
from kaimen.foundation.choices import offer
from kaimen.foundation.enums import OrganisationKind
from kaimen.foundation.form_fields import Handle, Light, Quick, Said, Tick
from kaimen.foundation.models import Organisation, Place
from kaimen.foundation.reference import own, recall
from kaimen.intake.actions import NotTaken, check_words
from kaimen.logic.identity import check_phone
from kaimen.logic.routing import NoOwner

PHOTOS_AT_ONCE = 6
KEY = re.compile(
    r"[A-Za-z0-9_-]{20,44}"
)  # the page gives 24 characters; the column holds 64 with their prefix

LONGEST_PHONE = 60  # with whatever stands between its digits; a pasted novel is not read to its end

NOT_TAKEN_WORDS = {
    "empty": _("还没写呢。说一句就行，比如“宿舍热水晚上十点就停”。"),
    "too_long": _(
        "写得很细，谢谢。现在有 %(length)s 个字，一次最多 %(longest)s 个字：请先说最要紧的，其余可以放进附件或之后补充。"
    ),
    "nothing_said": _("没看出是什么事。请用几个字说一说，比如“食堂周末不开”。"),
    "wait": _("刚才已经收到您好几件了，都在办。请过一会儿再说新的；要补充，打开原来的那件写就行。"),
    "no_owner": _("这里还没有登记服务专员和督办，暂时没人能接。您写的都还在，请先打社区电话。"),
    "ask_code": _(
        "这个网络刚刚说的事很多，要看一眼手机是不是您的：填上短信里的 6 位数字再交一次，您写的都还在。"
    ),
    "code_wrong": _("数字不对，或者已经过期。再看一眼短信；没收到，就把这一格空着再交一次。"),
    "code_wait": _("这个号码的验证码要得太快了，过一会儿再交一次；急事请直接打社区电话。您写的都还在。"),
    "code_unsent": _("短信现在发不出去。您写的都还在，请过一会儿再交，或者直接打社区电话。"),
    "ask_phone": _("这个网络刚刚说的事很多。请留个手机号再提交，您写的都还在。"),
}

PHONE_PROBLEMS = {
    "length": _("手机号是 11 位数字，请看看是不是多了或少了。"),
    "characters": _("手机号只写数字就行。"),
    "prefix": _("手机号是 1 开头的 11 位数字，这个号多半有一位写错了，请再看一眼。"),
}
NO_SUCH_PLACE = {"invalid_choice": _("没有这个地方了，请再选一次，不选也行。")}


def not_taken_words(error: NotTaken | NoOwner) -> str:
    if isinstance(error, NoOwner):
        return str(NOT_TAKEN_WORDS["no_owner"])
    return str(NOT_TAKEN_WORDS[error.code]) % error.params


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(Light, forms.FileField):
    widget = ManyFiles
    default_error_messages = {"empty": _("有一个文件是空的，请重新选。")}

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = [f for f in (data if isinstance(data, (list, tuple)) else [data]) if f]
        if len(files) > PHOTOS_AT_ONCE:
            raise forms.ValidationError(
                _("一次最多 %(most)s 个文件，其余的之后可以补。"), params={"most": PHOTOS_AT_ONCE}
            )
        return [super(ManyFilesField, self).clean(f, initial) for f in files]


class PlaceField(Light, forms.ChoiceField):
    """One of the community's places, from memory: every need asks for them."""

    places: Mapping[str, Place] = {}

    def offer(self, community: Organisation) -> None:
        places = self.places = recall(("places", community.pk), lambda: _places(community))
        self.choices = lambda: [("", _("不选也行")), *((key, str(place)) for key, place in places.items())]

    def clean(self, value: Any) -> Place | None:
        if value in self.empty_values:
            return None
        if place := self.places.get(str(value)):
            return own(place)
        raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")


def _places(community: Organisation) -> dict[str, Place]:
    return {str(place.pk): place for place in Place.objects.filter(community=community)}


class SayForm(Quick):
    """One need, said by the person themselves."""

    differing = frozenset({"place", "files"})  # a file's widget notes whether "take away" was ticked

    key = Handle(widget=forms.HiddenInput)
    words = Said(label=_("有什么事？"), required=False, widget=forms.Textarea(attrs={"rows": 4}))
    service = Handle()
    domain = Handle()
    join = Handle(widget=forms.HiddenInput)
    place = PlaceField(label=_("在哪儿"), required=False, error_messages=NO_SUCH_PLACE)
    place_text = Said(label=_("说具体点"), required=False, max_length=120)
    files = ManyFilesField(label=_("照片或文件"), required=False)  # type: ignore[assignment]  # Django takes it away
    name = Said(label=_("怎么称呼您"), required=False, max_length=40)
    phone = Said(
        label=_("手机号"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    code = Handle(
        label=_("短信里的 6 位数字"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    confidential = Tick(label=_("办事的人不要看到我是谁"), required=False)
    consent = Tick(label=_("我知道这些信息只用来办这件事"), required=False)

    def __init__(self, *args: Any, community: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.community = community
        cast(PlaceField, self.fields["place"]).offer(community)

    def clean_key(self) -> str:
        """Under a name of its own, and long: whoever could guess another's key would be shown their case."""
        key = self.cleaned_data["key"]
        return f"say-{key if KEY.fullmatch(key) else secrets.token_urlsafe(18)}"

    def clean_words(self) -> str:
        try:
            return check_words(self.cleaned_data["words"])
        except NotTaken as error:
            raise forms.ValidationError(not_taken_words(error), code=error.code) from error

    def clean_phone(self) -> str:
        text = self.cleaned_data["phone"]
        if not text:
            return ""
        checked = check_phone(text[:LONGEST_PHONE])
        if not checked.ok:
            raise forms.ValidationError(PHONE_PROBLEMS.get(checked.problem or "", PHONE_PROBLEMS["length"]))
        return checked.value or ""

    def clean_service(self) -> Service | None:
        key = self.cleaned_data["service"]
        return published_service(self.community, key) if key else None

    def clean_domain(self) -> Domain | None:
        key = self.cleaned_data["domain"]
        return Domain.objects.filter(community=self.community, key=key).first() if key else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        told = data.get("name") or data.get("phone")
        if told and not data.get("consent") and self.consent_needed:
            self.add_error("consent", _("留了称呼或手机号，请在这里打个勾：我们只用它来办这件事、给您回话。"))
        return data

    consent_needed = True


class TakeForm(SayForm):
    """The same, written down by an officer for somebody on the phone or at the counter."""

    differing = SayForm.differing | {"enterprise"}
    consent_needed = False  # told by word of mouth; the officer's screen says what to tell
    channel = forms.ChoiceField(
        label=_("怎么来的"),
        choices=[(c.value, c.label) for c in (Channel.PHONE, Channel.COUNTER)],
        initial=Channel.PHONE,
        widget=forms.RadioSelect,
    )
    enterprise = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("单位"),
        required=False,
        empty_label=_("不清楚"),
        error_messages={"invalid_choice": _("没有这家单位了，请再选一次，不清楚也行。")},
    )
    urgent = forms.BooleanField(label=_("急事：有人受伤、有危险、孩子的事、欠薪"), required=False)

    def __init__(self, *args: Any, community: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, community=community, **kwargs)
        offer(self, "enterprise", enterprises(community))


class FormLinkForm(forms.Form):
    name = Said(label=_("给这个码起个名字"), max_length=80)
    question = Said(label=_("问什么（不写就是“有什么事？”）"), max_length=120, required=False)
    place = forms.ModelChoiceField(
        Place.objects.none(), label=_("贴在哪儿"), required=False, empty_label=_("不限")
    )
    enterprise = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("给哪家单位"), required=False, empty_label=_("不限")
    )
    service = forms.ModelChoiceField(
        Service.objects.none(), label=_("关于哪一项"), required=False, empty_label=_("不限")
    )

    def __init__(self, *args: Any, community: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "place", Place.objects.filter(community=community))
        offer(self, "enterprise", enterprises(community))
        offer(self, "service", Service.objects.published().filter(community=community))


class VisitForm(forms.Form):
    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("去了哪家"))
    on = forms.DateField(label=_("哪天"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    met = Said(label=_("见了谁"), max_length=120, required=False)
    needs = Said(label=_("听到的事，一行一件，照原话写"), widget=forms.Textarea(attrs={"rows": 6}))
    note = Said(label=_("自己记一笔"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    key = Handle(widget=forms.HiddenInput)

    def __init__(self, *args: Any, community: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "organisation", enterprises(community))

    def clean_key(self) -> str:
        key = self.cleaned_data["key"]
        return key if KEY.fullmatch(key) else secrets.token_urlsafe(18)

    def clean_needs(self) -> list[str]:
        said = []
        for number, line in enumerate(self.cleaned_data["needs"].splitlines(), 1):
            if not line.strip():
                continue
            try:
                said.append(check_words(line))
            except NotTaken as error:
                raise forms.ValidationError(
                    _("第 %(number)s 行：%(why)s"), params={"number": number, "why": not_taken_words(error)}
                ) from error
        if not said:
            raise forms.ValidationError(NOT_TAKEN_WORDS["empty"])
        return said


def enterprises(community: Organisation) -> Any:
    return Organisation.objects.filter(
        community=community, kind=OrganisationKind.ENTERPRISE, active=True
    ).order_by("name")
