"""What cases give a person of their own data, and what stays when they ask to be deleted."""

import pytest

from kaimen.cases import actions
from kaimen.cases.models import Case
from kaimen.foundation import my_data
from kaimen.foundation.organisations import add_person
from tests.cases.cast import MONDAY, World

pytestmark = pytest.mark.django_db


def test_the_export_holds_own_words_also_those_said_without_signing_in(park: World) -> None:
    asker = add_person(name="示例吴", phone="13900000077", by=None)
    signed_in = park.case(words="第一件。", asker=asker, asker_phone="")
    by_phone = park.case(words="第二件。", asker_phone="13900000077")
    park.case(words="别人的。", asker=park.stranger)
    held = my_data.export(asker)["cases"]
    assert {row["number"] for row in held} == {signed_in.number, by_phone.number}
    assert {row["words"] for row in held} == {"第一件。", "第二件。"}


def test_an_open_case_holds_deletion_up_and_a_closed_one_keeps_only_the_words(park: World) -> None:
    case = park.case(asker=park.asker, asker_name=park.asker.name, asker_phone="13900000078")
    with pytest.raises(my_data.NotYet) as waits:
        my_data.erase(person=park.asker, by=park.asker, now=MONDAY)
    assert case.number in waits.value.matters[0]
    actions.answer_case(case=case, text="停车场改造好了。", by=park.officer, now=MONDAY)
    actions.close_case(case=park.fresh(case), by=park.officer, now=MONDAY)
    named = "".join(case.text.body.split())
    assert "示例钱" in named
    my_data.erase(person=park.asker, by=park.asker, now=MONDAY)
    kept = Case.objects.get(pk=case.pk)
    assert kept.words == case.words
    assert (kept.asker_name, kept.asker_phone, kept.asker_phone_digest) == ("", "", "")
    assert kept.asker is not None
    assert kept.asker.name == "已注销"
    assert "示例钱" not in "".join(kept.text.body.split())
