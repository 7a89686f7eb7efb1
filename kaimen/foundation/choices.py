"""What a form offers to choose from, when that depends on who asks."""

from typing import Any

from django import forms
from django.db.models import QuerySet


def offer(form: forms.BaseForm, name: str, found: QuerySet[Any]) -> None:
    """Let the field `name` of this one form offer what was found, and accept nothing else."""
    field = form.fields[name]
    if not isinstance(field, forms.ModelChoiceField):
        raise TypeError(f"{name} does not offer rows")
    field.queryset = found
