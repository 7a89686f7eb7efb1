"""Fields that several forms share."""

from typing import Any

from django import forms
from django.utils.functional import Promise as Lazy

from kaimen.foundation.form_fields import Said


class Words(Said):
    """Free text of a few lines, trimmed; empty is not an answer."""

    def __init__(self, *, rows: int = 4, placeholder: str | Lazy = "", **options: Any) -> None:
        attrs: dict[str, Any] = {"rows": rows}
        if placeholder:
            attrs["placeholder"] = placeholder
        options.setdefault("max_length", 2000)
        super().__init__(widget=forms.Textarea(attrs=attrs), **options)


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class Files(forms.FileField):
    """Up to `most` files in one field; what they really are is checked where they are kept."""

    widget = ManyFilesInput

    def __init__(self, *, most: int = 6, accept: str = "image/*", **options: Any) -> None:
        self.most = most
        super().__init__(widget=ManyFilesInput(attrs={"accept": accept}), required=False, **options)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, (list, tuple)) else [data]
        kept = [super(Files, self).clean(file, initial) for file in files if file]
        return kept[: self.most]


class Days(forms.IntegerField):
    """A number of working days."""

    def __init__(self, *, most: int, **options: Any) -> None:
        super().__init__(min_value=1, max_value=most, **options)
        self.widget.attrs["inputmode"] = "numeric"
