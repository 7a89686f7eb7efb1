"""A need becomes a case: number, promises, first step, audit, notices, all or nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kaimen.cases import actions, links, queries
from kaimen.cases.models import Case, CaseText
from kaimen.foundation.models import AuditEntry, Delivery, Notice
from kaimen.foundation.organisations import add_organisation
from tests.cases.cast import MONDAY, World, at


def test_numbers_run_through_the_year_and_begin_again(park: World) -> None:
    numbers = [park.case().number, park.case().number, park.case(now=at("2027-01-04")).number]
    assert numbers == ["KM-2026-00001", "KM-2026-00002", "KM-2027-00001"]
    numbers = [park.case().number, park.case(now=at("2027-01-04")).number]
    assert numbers == ["KM-2026-00003", "KM-2027-00002"], "each year counts by itself"


def test_the_year_of_a_number_is_the_parks_not_utcs(park: World) -> None:
    assert park.case(now=at("2027-01-01", "00:30")).number.startswith("KM-2027-")


def test_a_second_community_never_takes_a_number_of_the_first(park: World) -> None:
    other = add_organisation(key="other", name="另一个", kind="community", parent=park.federation, by=None)
    first, second = park.case(), park.case(community=other, service=None)
    again = park.case(community=other, service=None, now=at("2027-01-04"))
    assert first.number == "KM-2026-00001"
    assert second.number == f"KM{other.pk}-2026-00001"
    assert again.number == f"KM{other.pk}-2027-00001"


def test_promises_follow_the_service(park: World) -> None:
    park.service.first_answer_days, park.service.solve_days = 1, 7
    case = park.case()
    due = {p.kind: p.due_on.isoformat() for p in case.promises.all()}
    assert due == {"first_answer": "2026-03-03", "solved": "2026-03-11"}
    assert case.next_due_on.isoformat() == "2026-03-03"


def test_without_a_service_two_and_ten_working_days(park: World) -> None:
    case = park.case(service=None)
    assert sorted(case.promises.values_list("kind", "days")) == [("first_answer", 2), ("solved", 10)]


def test_everything_is_written_at_once(park: World) -> None:
    case = park.case()
    [step] = queries.timeline_of(case, staff=True)
    assert step.code == "received"
    assert step.params == {
        "channel": "web",
        "owner": "示例王",
        "first_answer": "2026-03-04",
        "solved": "2026-03-16",
    }
    audit = AuditEntry.objects.get(verb="case.received")
    assert (audit.subject_id, audit.community_id) == (case.pk, park.community.pk)
    assert "示例" not in str(audit.params)
    assert [n.code for n in Notice.objects.filter(person=park.officer)] == ["case_received"]
    sms = Delivery.objects.get(channel="sms")
    assert (sms.address, sms.notice.link) == ("13800000001", links.track_path(case))


def test_the_database_holds_neither_phone_nor_link_in_the_clear(park: World) -> None:
    case = park.case()
    with connection.cursor() as cursor:
        cursor.execute("SELECT asker_phone, track_salt, track_digest FROM cases_case")
        row = str(cursor.fetchall())
        cursor.execute("SELECT link FROM foundation_notice")
        row += str(cursor.fetchall())
    assert "13800000001" not in row
    assert links.track_token(case) not in row
    assert queries.by_track_token(links.track_token(case)) == case
    assert queries.by_track_token(links.track_token(case)[:-1]) is None


def test_a_changed_link_opens_and_the_old_one_does_not(park: World) -> None:
    case = park.case()
    old = links.track_token(case)
    actions.revoke_link(case=case, by=None, now=MONDAY)
    assert queries.by_track_token(old) is None
    assert queries.by_track_token(links.track_token(park.fresh(case))) == case


def test_nothing_said_is_no_case(park: World) -> None:
    with pytest.raises(actions.NotNow) as stopped:
        park.case(words=" \u200b \n")
    assert stopped.value.code == "no_words"
    assert not Case.objects.exists()
    assert not CaseText.objects.exists()


def test_the_words_stay_as_said_and_the_title_is_their_first_sentence(park: World) -> None:
    case = park.case(words="早班车 6 点半才来！\n天天迟到，怎么办？")
    assert case.words == "早班车 6 点半才来！\n天天迟到，怎么办？"
    assert case.title == "早班车 6 点半才来"


def test_opening_costs_few_statements(park: World) -> None:
    park.case()
    with CaptureQueriesContext(connection) as asked:
        park.case()
    writes = [q for q in asked if q["sql"].startswith(("INSERT", "UPDATE"))]
    assert len(writes) <= 10  # the tenth is the job that sends the text message
    assert len(asked) <= 16


def test_an_asker_with_an_account_is_told_in_the_app_and_gets_no_text_message(park: World) -> None:
    park.case(asker=park.asker, asker_name="", asker_phone="13800000002")
    assert Notice.objects.get(person=park.asker).code == "received"
    assert not Delivery.objects.filter(channel="sms").exists()
