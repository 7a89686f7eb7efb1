"""A form's fields are its own, though copied cheaply."""

import weakref

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from kaimen.foundation.form_fields import Handle, Quick, Said, Tick


class Form(forms.Form):
    words = Said(label="x", max_length=5, widget=forms.Textarea(attrs={"rows": 4}))
    key = Handle(widget=forms.HiddenInput)


def test_what_one_form_changes_the_next_does_not_see() -> None:
    first = Form()
    words = first.fields["words"]
    words.required, words.label = False, "y"
    words.widget.attrs["rows"] = 9
    words.error_messages["required"] = "!"
    words.validators.clear()
    second = Form({"words": "", "key": "k"})
    assert second.errors["words"] != ["!"] and second.fields["words"].label == "x"
    assert second.fields["words"].widget.attrs["rows"] == 4
    assert not Form({"words": "六个字的一句"}).is_valid()
    assert Form({"words": "短"}).is_valid()


class Sent(Quick):
    differing = frozenset({"words"})
    words = Said(label="x", max_length=5)
    key = Handle(widget=forms.HiddenInput)


def test_a_quick_form_is_gone_with_its_last_user() -> None:
    def use() -> "weakref.ref[Sent]":
        form = Sent({"words": "一句", "key": "k"})
        assert form.is_valid() and form["words"].value() == "一句"
        assert [field.name for field in form] == ["words", "key"]
        return weakref.ref(form)

    assert use()() is None, "the collector would have to find it"


def test_what_a_quick_form_changes_of_its_own_the_next_does_not_see() -> None:
    first = Sent()
    first.fields["words"].label = "y"
    del first.fields["key"]
    assert Sent().fields["words"].label == "x" and "key" in Sent().fields
    assert Sent().fields["key"] is Sent.base_fields["key"]  # the same for all: not copied for every need


class Many(forms.Form):
    words = Said(label="x", max_length=5)
    fixed = forms.CharField(disabled=True, initial="as it was")
    ticked = Tick(required=False)
    paper = forms.FileField(required=False)
    chosen = forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B")])

    def clean_words(self) -> str:
        if self.cleaned_data["words"] == "no":
            raise forms.ValidationError("not this one", code="no")
        return str(self.cleaned_data["words"]).upper()


class Quickly(Quick, Many):
    pass


@pytest.mark.parametrize("prefix", [None, "p"])
@pytest.mark.parametrize("words", ["short", "no", "", "much too long"])
@pytest.mark.parametrize("chosen", [["a", "b"], ["c"], []])
def test_a_quick_form_reads_as_djangos_does(words: str, chosen: list[str], prefix: str | None) -> None:
    before = f"{prefix}-" if prefix else ""
    data = QueryDict(mutable=True)
    data.setlist(f"{before}chosen", chosen)
    data[f"{before}words"], data[f"{before}ticked"], data[f"{before}fixed"] = words, "on", "changed"
    files = MultiValueDict({f"{before}paper": [SimpleUploadedFile("a.txt", b"x")]})
    quick, plain = (kind(data, files, prefix=prefix) for kind in (Quickly, Many))
    assert quick.errors.as_json() == plain.errors.as_json()
    assert quick.cleaned_data == plain.cleaned_data
    assert quick.cleaned_data["fixed"] == "as it was"
