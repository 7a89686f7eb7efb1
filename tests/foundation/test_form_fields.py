"""A form's fields are its own, though copied cheaply."""

import weakref

from django import forms

from kaimen.foundation.form_fields import Handle, Quick, Said


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
