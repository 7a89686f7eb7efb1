"""A mailing takes shape: who it goes to, and everything that would be wrong is said before anything is made."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from kaimen.foundation.models import Account, Employment
from kaimen.foundation.organisations import give_role
from kaimen.letters import actions
from kaimen.letters.enums import LetterState
from kaimen.letters.errors import NotNow
from kaimen.letters.models import Letter, LetterTemplate, Mailing
from kaimen.letters.recipients import EVERYBODY, Recipient
from tests.cast import MONDAY, World
from tests.letters.cast import TEXT, chairs, counts_agree, mailing, template, the


def draft(park: World, **more: Any) -> Mailing:
    wanted = {"channels": ["email", "print"], "official": True, "by": park.supervisor} | more
    if "template" not in wanted:
        wanted["template"] = template(park)
    return actions.start_mailing(
        organisation=park.community,
        community=park.community,
        name="示例",
        now=MONDAY,
        **wanted,
    )


def table(text: str, name: str = "chairs.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def check(found: Mailing, park: World) -> dict[str, Any]:
    return actions.check_mailing(mailing=found, by=park.supervisor, now=MONDAY)


def test_only_who_keeps_the_community_writes_to_all(park: World) -> None:
    words = template(park)
    for person in (park.officer, park.handler, park.chair, park.worker):
        with pytest.raises(PermissionDenied):
            draft(park, by=person, template=words)


def test_all_chairs_under_an_organisation(park: World) -> None:
    found = draft(park)
    give_role(person=park.worker, kind="chair", organisation=park.other_firm, by=None)
    actions.take_roles(
        mailing=found, top=park.community, role="chair", kinds=["enterprise"], by=park.supervisor, now=MONDAY
    )
    assert set(found.letters.values_list("name", flat=True)) == {park.chair.name, park.worker.name}
    assert the(found, 1).unit and found.total == 2
    with pytest.raises(PermissionDenied):  # the tree above is not theirs
        actions.take_roles(
            mailing=found, top=park.federation, role="chair", kinds=[], by=park.supervisor, now=MONDAY
        )


def test_everybody_who_works_there_once(park: World) -> None:
    found = draft(park)
    Employment.objects.create(person=park.worker, organisation=park.other_firm)
    actions.take_roles(
        mailing=found, top=park.community, role=EVERYBODY, kinds=[], by=park.supervisor, now=MONDAY
    )
    assert sorted(found.letters.values_list("name", flat=True)) == sorted(
        [park.worker.name, park.worker_elsewhere.name]
    )


def test_a_table_of_chairs(park: World) -> None:
    Account.objects.create(person=park.worker, username="w")
    found = draft(park, channels=["app", "email", "print"])
    rows = (
        "企业名称,主席姓名,手机号,电子邮箱,通信地址,怎么送,孩子\n"
        f"示例模具厂,{park.worker.name},13800000021,w@example.org,315800 示例路 1 号,,示例宝\n"
        "示例二厂,示例乙,13800000032,,宁波示例路 2 号,短信,\n"
        "示例三厂,示例丙,不是号码,c@example.org,,,示例丫\n"
        ",,,,,,\n"
    )
    actions.take_table(mailing=found, upload=table(rows), by=park.supervisor, now=MONDAY)
    one, two, three = found.letters.order_by("seq")
    assert (one.person, one.organisation, one.channel, one.postcode) == (
        park.worker,
        park.firm,
        "app",
        "315800",
    )
    assert (two.channel, two.phone, two.person) == ("sms", "13800000032", None)
    assert (three.channel, three.phone) == ("email", "")
    assert counts_agree(found)


def test_the_same_table_read_again_does_not_double(park: World) -> None:
    found = draft(park)
    for _time in range(2):
        actions.take_table(
            mailing=found,
            upload=table("姓名,地址\n示例甲,a\n示例甲,a\n示例乙,b\n"),
            by=park.supervisor,
            now=MONDAY,
        )
    assert found.letters.count() == 2 and counts_agree(found)


@pytest.mark.parametrize(("rows", "code"), [("单位,地址\nx,y\n", "no_name_column"), ("姓名\n", "nobody")])
def test_a_table_without_anybody_says_so(park: World, rows: str, code: str) -> None:
    with pytest.raises(NotNow) as no:
        actions.take_table(mailing=draft(park), upload=table(rows), by=park.supervisor, now=MONDAY)
    assert no.value.code == code


def test_how_to_reach_somebody_is_encrypted(park: World) -> None:
    from django.db import connection

    mailing(park)
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, email, address FROM letters_letter")
        assert all(cell.startswith("v1:") for row in cursor.fetchall() for cell in row)


class TestLookThrough:
    def test_a_good_one_may_be_made(self, park: World) -> None:
        found = mailing(park)
        report = check(found, park)
        assert not report["blocks"] and report["total"] == 3
        found.refresh_from_db()
        assert found.state == "checked"

    @pytest.mark.parametrize(
        ("body", "code"),
        [("{姓民}您好", "unknown"), ("{姓名您好", "unpaired"), ("", "blank"), ("{}您好", "empty")],
    )
    def test_words_that_cannot_be_filled(self, park: World, body: str, code: str) -> None:
        report = check(mailing(park, text=TEXT | {"body": body}), park)
        assert report["blocks"] and code in [problem[1] for problem in report["words"]]

    def test_an_empty_field_names_the_letter_and_the_field(self, park: World) -> None:
        two = [*chairs(1), Recipient(name="示例乙")]
        report = check(mailing(park, two), park)
        assert report["empty"] == [[2, "单位"]] and report["blocks"]

    def test_a_character_that_no_font_has_is_named(self, park: World) -> None:
        report = check(mailing(park, [*chairs(1), *chairs(1, name="示例\U000f0000", phone="")]), park)
        assert report["glyphs"] == [[2, "\U000f0000"]] and report["blocks"]

    def test_rare_characters_of_names_print(self, park: World) -> None:
        assert check(mailing(park, chairs(1, name="示例𠮷㛃")), park)["glyphs"] == []

    def test_two_with_one_phone_are_named_and_both_get_theirs(self, park: World) -> None:
        report = check(mailing(park, [*chairs(2), *chairs(1, name="示例同号", email="")]), park)
        assert report["doubles"] == [["phone", [1, 3]]]
        assert report["total"] == 3 and not report["blocks"]

    def test_no_address_is_counted_and_does_not_stop_the_rest(self, park: World) -> None:
        report = check(mailing(park, [*chairs(1), *chairs(1, name="示例无", address="", phone="")]), park)
        assert report["no_address"] == [2] and not report["blocks"]

    def test_the_report_holds_nobody_s_name(self, park: World) -> None:
        assert "示例主席" not in str(check(mailing(park, [*chairs(3), Recipient(name="示例乙")]), park))


def test_a_row_mended_wants_another_look(park: World) -> None:
    found = mailing(park, [*chairs(1), Recipient(name="示例乙")])
    check(found, park)
    actions.mend_letter(
        letter=the(found, 2),
        changes={"unit": "示例乙厂", "address": "示例路"},
        channel="",
        by=park.supervisor,
        now=MONDAY,
        to_directory=False,
    )
    assert not check(found, park)["blocks"]


def test_somebody_is_taken_off_the_list(park: World) -> None:
    found = mailing(park)
    actions.take_out(letter=the(found, 2), by=park.supervisor, now=MONDAY)
    found.refresh_from_db()
    assert found.total == 2 and counts_agree(found)
    assert Letter.objects.filter(mailing=found, state=LetterState.WAITING).count() == 2


def test_a_story_that_hands_over_its_list_twice_has_one_mailing(park: World) -> None:
    assert mailing(park, key="story:1").pk == mailing(park, key="story:1").pk


def test_a_mailing_keeps_its_words_when_the_template_changes(park: World) -> None:
    found = draft(park)
    actions.edit_template(
        template=found.template,
        kind="personal",
        text=TEXT | {"body": "别的话"},
        by=park.supervisor,
        now=MONDAY,
    )
    found.refresh_from_db()
    assert found.text["body"] == TEXT["body"]
    assert found.template.versions.count() == 2


class TestTemplates:
    def test_a_brace_without_its_partner_is_not_kept(self, park: World) -> None:
        with pytest.raises(NotNow, match="template_wrong"):
            template(park, body="{姓名，您好")

    def test_a_name_is_given_once(self, park: World) -> None:
        template(park)
        with pytest.raises(NotNow, match="template_name_taken"):
            template(park)

    def test_who_comes_second_overwrites_nothing(self, park: World) -> None:
        seen = template(park)
        first = type(seen).objects.get(pk=seen.pk)
        actions.edit_template(
            template=first, kind="personal", text=TEXT | {"body": "甲"}, by=park.supervisor, now=MONDAY
        )
        with pytest.raises(NotNow, match="template_moved"):
            actions.edit_template(
                template=seen, kind="personal", text=TEXT | {"body": "乙"}, by=park.supervisor, now=MONDAY
            )


def test_the_house_s_templates_are_taken_over_once_and_edits_stay(park: World) -> None:
    assert actions.load_templates(community=park.community, by=park.supervisor, now=MONDAY) >= 4
    care = LetterTemplate.objects.get(community=park.community, key="care")
    changed = TEXT | {"name": "示例我们自己的", "body": "我们自己的话"}
    actions.edit_template(template=care, kind="personal", text=changed, by=park.supervisor, now=MONDAY)
    assert actions.load_templates(community=park.community, by=park.supervisor, now=MONDAY) == 0
    care.refresh_from_db()
    assert (care.name, care.body) == ("示例我们自己的", "我们自己的话")
