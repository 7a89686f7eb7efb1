"""A form's fields are its own, though copied cheaply."""

from django import forms

from kaimen.foundation.form_fields import Handle, Said


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
