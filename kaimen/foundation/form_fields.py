"""Text as people type or paste it: what cannot be seen is dropped, and what is too long is said in plain words."""

import copy
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from kaimen.logic.text import clean


class Light(forms.Field):
    """Every form takes copies of its class's fields; this copy is as deep as one form may differ from the next (its own
    settings, its widget's attributes), and much cheaper: a page of twelve fields is made for every need."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        twin, widget = object.__new__(type(self)), object.__new__(type(self.widget))
        widget.__dict__ |= {**self.widget.__dict__, "attrs": dict(self.widget.attrs)}
        twin.__dict__ |= {**self.__dict__, "widget": widget, "error_messages": dict(self.error_messages)}
        twin.validators = list(self.validators)
        return twin


class Quick(forms.Form):
    """A form for a page that very many send. It copies only the fields that differ from form to form (`differing`); the
    others are those of its class, which nobody may change. And what it hands out by name does not stay with it: two
    things that hold each other are only freed when Python's collector comes by, which then costs every need after it."""

    differing: frozenset[str] = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        own = {name: copy.deepcopy(self.base_fields[name]) for name in self.differing}
        self.base_fields = _Ready({**self.base_fields, **own})  # type: ignore[misc]  # what Django copies from
        super().__init__(*args, **kwargs)

    def __getitem__(self, name: str) -> forms.BoundField:
        return self.fields[name].get_bound_field(self, name)

    def _clean_fields(self) -> None:
        """As Django does it, without making what a template asks of a field for those that only have to be read."""
        for name, field in self.fields.items():
            try:
                if field.disabled or type(field)._clean_bound_field is not forms.Field._clean_bound_field:  # type: ignore[attr-defined]  # Django's
                    value = field._clean_bound_field(self[name])  # type: ignore[attr-defined]  # such as files
                else:
                    given = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
                    value = field.clean(given)
                self.cleaned_data[name] = value
                if more := getattr(self, f"clean_{name}", None):
                    self.cleaned_data[name] = more()
            except forms.ValidationError as error:
                self.add_error(name, error)


class _Ready(dict[str, forms.Field]):
    """Fields that are copied as far as they have to be."""

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, forms.Field]:
        return dict(self)


class Tick(Light, forms.BooleanField):
    """A box to tick."""


class Said(Light, forms.CharField):
    """A text field. Control and zero-width characters and direction overrides never get past it (logic.text.clean):
    PostgreSQL refuses NUL, and an override turns round whatever stands behind it on an officer's screen."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.error_messages["max_length"] = _(
            "写得很细。这里最多 %(limit_value)d 个字，现在有 %(show_value)d 个：请先写最要紧的。"
        )

    def to_python(self, value: Any) -> str:
        return clean(str(value)) if value not in self.empty_values else ""


class Handle(Light, forms.CharField):
    """What the page itself put there: a key, a choice, a signed handle. One that is none is as good as nothing; an
    error would stand at a field that nobody sees."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)

    def to_python(self, value: Any) -> str:
        text = "" if value in self.empty_values else str(value)
        return text if text.isascii() and text.isprintable() else ""
