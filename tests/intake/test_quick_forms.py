"""The forms of the busiest pages share the fields in which they do not differ: none of them may change one."""

import copy
from typing import Any

import pytest
from django.forms import Form

from kaimen.foundation.form_fields import Quick
from kaimen.intake.forms import SayForm, TakeForm
from tests.cast import World

FORMS: list[type[SayForm]] = [SayForm, TakeForm]


def as_it_is(form: type[Form]) -> dict[str, Any]:
    """Everything that a field and its widget hold, down to what could be changed in place."""
    return {
        name: [_plain(vars(field)), _plain(vars(field.widget))] for name, field in form.base_fields.items()
    }


def _plain(held: dict[str, Any]) -> dict[str, Any]:
    return {
        name: copy.copy(value) if isinstance(value, dict | list) else value for name, value in held.items()
    }


def quick(form: type[Quick] = Quick) -> set[type[Quick]]:
    return {form}.union(*(quick(each) for each in form.__subclasses__()))


def test_every_such_form_is_looked_at_here() -> None:
    assert {form for form in quick() if form.__module__.startswith("kaimen.intake")} == set(FORMS)
    assert {form for form in quick() if form.__module__.startswith("kaimen.")} == {Quick, *FORMS}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "sent",
    [
        None,
        {"words": "东门早上没地方停车", "channel": "phone", "name": "示例周", "consent": "on"},
        {
            "words": "",
            "phone": "12",
            "place": "x",
            "place_text": "字" * 200,
            "code": "1" * 20,
            "enterprise": "x",
        },
    ],
)
def test_showing_and_checking_a_form_changes_no_field_of_its_class(
    park: World, form: type[SayForm], sent: dict[str, str] | None
) -> None:
    before = as_it_is(form)
    for community in (park.community, park.federation):  # the places of one are not those of the other
        filled = form(sent, community=community)
        filled.is_valid()
        assert filled.as_p()
        if filled.is_bound:
            filled.add_error("words", "再看一眼")
    assert as_it_is(form) == before
    one, other = (form(community=park.community) for _ in range(2))
    for name in form.base_fields:
        assert (one.fields[name] is other.fields[name]) == (name not in form.differing), name
