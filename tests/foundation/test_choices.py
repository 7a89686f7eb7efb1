"""A form offers what was found for this person, and nothing else."""

import pytest
from django import forms

from kaimen.foundation.choices import offer
from kaimen.foundation.models import Organisation


class Where(forms.Form):
    organisation = forms.ModelChoiceField(Organisation.objects.none())
    words = forms.CharField(required=False)


@pytest.mark.django_db
def test_what_is_offered_is_accepted_and_only_in_this_form() -> None:
    here = Organisation.objects.create(name="示例厂", kind="enterprise", path="/1/")
    asked, other = Where({"organisation": here.pk}), Where({"organisation": here.pk})
    offer(asked, "organisation", Organisation.objects.filter(pk=here.pk))
    assert asked.is_valid()
    assert not other.is_valid()


def test_a_field_of_another_kind_offers_no_rows() -> None:
    with pytest.raises(TypeError, match="words"):
        offer(Where(), "words", Organisation.objects.none())
