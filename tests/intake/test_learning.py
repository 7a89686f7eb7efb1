"""Learning by night: from what was settled, never from what was told in confidence, and always with a way back."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from kaimen.cases import actions as cases
from kaimen.cases.enums import CaseState
from kaimen.cases.models import Case
from kaimen.catalogue import actions as lists
from kaimen.catalogue.models import Domain, Service
from kaimen.foundation.models import Organisation
from kaimen.intake import learning
from kaimen.intake.hearing import hear
from kaimen.intake.jobs import learn_from_cases
from kaimen.intake.models import Reading, TriageModel
from kaimen.logic.triage import load
from tests.cast import MONDAY, World, signed_in

from .test_hearing import furnish

HALVES = ("早上", "晚上", "门口", "三楼", "昨天", "又", "总是", "今天")
SAID = {
    "dorm-item": ("咕噜机不转", "咕噜机漏"),
    "wages-item": ("叮当钱没算", "叮当钱少"),
    "parking": ("哐当位满了", "哐当位没有"),
}


@pytest.fixture
def taught(park: World) -> World:
    """Two dozen closed cases in words that no list has."""
    services = furnish(park) | {"parking": park.service}
    by_key = {service.key: service for service in services.values()}
    by_key["parking"] = park.service
    for n in range(48):
        key = list(SAID)[n % 3]
        case = park.case(words=f"{HALVES[n % 8]}{SAID[key][n // 3 % 2]}，第{n}回", service=by_key[key])
        Case.objects.filter(pk=case.pk).update(
            state=CaseState.CLOSED, closed_at=MONDAY, asker=None, asker_phone_digest=f"示例{n}"
        )
    return park


def learn(park: World, day: int = 0) -> TriageModel | None:
    return learning.learn(community=park.community, now=MONDAY + timedelta(days=day))


def test_words_that_no_list_has_are_understood_after_a_night(taught: World) -> None:
    before = hear(taught.community, "咕噜机又坏了")
    assert before.domain is None
    model = learn(taught)
    assert model is not None and model.active and model.texts == 48
    after = hear(taught.community, "咕噜机又坏了")
    assert after.domain is not None and after.domain.key == "dorm" and after.model == model


def test_a_second_night_without_news_changes_nothing(taught: World) -> None:
    assert learn(taught) is not None
    assert learn(taught, 1) is None
    assert TriageModel.objects.count() == 1


def test_confidential_and_open_cases_teach_nothing(taught: World) -> None:
    Case.objects.update(confidential=True)
    assert learn(taught) is None
    Case.objects.update(confidential=False, state=CaseState.IN_HAND)
    assert learn(taught) is None


def test_a_correction_by_an_officer_teaches_though_the_case_is_open(taught: World) -> None:
    open_case = taught.case(words="哐当位又没了")
    assert learning.lessons(taught.community).filter(pk=open_case.pk).count() == 0
    cases.change_service(case=open_case, service=taught.service, by=taught.officer, now=MONDAY)
    lesson = learning.lessons(taught.community).get(pk=open_case.pk)
    assert lesson.corrected  # type: ignore[attr-defined]  # annotated
    model = learn(taught)
    assert model is not None and model.corrections == 1


def test_a_correction_of_a_correction_teaches_too(taught: World) -> None:
    """The number of cases and of corrections is the same as the night before; what they say is not."""
    case = learning.lessons(taught.community)[0]
    first = learn(taught)
    assert first is not None
    service = Service.objects.exclude(domain=case.domain)[0]
    Case.objects.filter(pk=case.pk).update(service=service, domain=service.domain)
    second = learn(taught, 1)
    assert second is not None and second.texts == first.texts
    assert learn(taught, 2) is None


def test_new_words_of_the_list_are_learnt_with_the_next_night(taught: World) -> None:
    assert learn(taught) is not None
    assert hear(taught.community, "滑滑梯").domain is None
    service = taught.service
    service.phrases = [*service.phrases, "滑滑梯"]
    service.save()
    lists.bump(taught.community)
    assert learn(taught, 1) is not None
    heard = hear(taught.community, "滑滑梯")
    assert heard.domain == taught.domain


def test_cases_of_a_domain_that_the_list_lost_teach_nothing_and_are_no_news(taught: World) -> None:
    """Else every night would make the same model again, until all that are kept were the same."""
    gone = Domain.objects.create(community=taught.community, key="gone", name="没有了")
    case = learning.lessons(taught.community)[0]
    Case.objects.filter(pk=case.pk).update(domain=gone)
    row = learn(taught)
    assert row is not None and row.texts == 47
    assert learn(taught, 1) is None


def test_what_one_person_says_again_and_again_does_not_enter_the_model(taught: World) -> None:
    for n in range(12):
        case = taught.case(words=f"鱼腥草住四零二第{n}回", service=taught.service, asker=taught.asker)
        Case.objects.filter(pk=case.pk).update(state=CaseState.CLOSED)
    row = learn(taught)
    assert row is not None
    assert "鱼腥草" not in bytes(row.stored).decode("latin-1")
    secret = hear(taught.community, "鱼腥草")
    assert secret.because == () and load(bytes(row.stored)).texts == 60


def test_a_clearly_worse_model_does_not_take_over(taught: World) -> None:
    first = learn(taught)
    assert first is not None
    TriageModel.objects.filter(pk=first.pk).update(figures={"macro_f1": 2.0})
    case = taught.case(words="哐当位第一百回")
    Case.objects.filter(pk=case.pk).update(state=CaseState.CLOSED)
    second = learn(taught, 1)
    assert second is not None and not second.active
    assert TriageModel.objects.get(active=True) == first


def test_only_so_many_are_kept_and_the_active_one_among_them(taught: World) -> None:
    for day in range(learning.KEPT + 3):
        case = taught.case(words=f"哐当位第{day}天")
        Case.objects.filter(pk=case.pk).update(state=CaseState.CLOSED)
        learn(taught, day)
    assert TriageModel.objects.count() == learning.KEPT
    assert TriageModel.objects.filter(active=True).count() == 1


def test_a_damaged_model_is_passed_over_and_everyday_words_go_on(taught: World) -> None:
    row = learn(taught)
    assert row is not None
    TriageModel.objects.filter(pk=row.pk).update(active=False)
    TriageModel.objects.create(community=taught.community, texts=1, stored=b"no model", active=True)
    heard = hear(taught.community, "宿舍空调坏了")
    assert heard.model is None and heard.domain is not None and heard.domain.key == "dorm"


def test_what_an_older_version_stored_is_learnt_anew_though_nothing_is_new(taught: World) -> None:
    first = learn(taught)
    assert first is not None
    TriageModel.objects.filter(pk=first.pk).update(stored=b"an older form", figures={"macro_f1": 2.0})
    second = learn(taught, 1)
    assert second is not None and second.active
    assert hear(taught.community, "咕噜机又坏了").model == second


def test_what_a_person_chose_outlasts_the_night_until_something_better_is_learnt(taught: World) -> None:
    first = learn(taught)
    assert first is not None
    TriageModel.objects.filter(pk=first.pk).update(active=False, figures={"macro_f1": 0.5})
    worse = TriageModel.objects.create(
        community=taught.community, texts=1, stored=first.stored, figures={"macro_f1": 2.0}, active=True
    )
    for night, chosen in enumerate((first, None), start=1):
        learning.use_model(community=taught.community, model=chosen, by=taught.manager)
        news(taught, night)
        made = learn(taught, night)
        assert made is not None and not made.active, "kept beside, not put to work"
        assert TriageModel.objects.filter(active=True).first() == chosen
    TriageModel.objects.filter(pk=worse.pk).delete()
    TriageModel.objects.update(figures={"macro_f1": 0.5})
    news(taught, 9)
    better = learn(taught, 9)
    assert better is not None and better.active


def test_a_community_where_it_fails_does_not_stop_the_others(taught: World) -> None:
    first = taught.community
    taught.elsewhere()
    second = Organisation.objects.get(key="elsewhere")
    for rows in (Domain, Service, Case):
        rows.objects.update(community=second)
    TriageModel.objects.create(community=first, texts=1, stored=b"", figures=["no figures"])
    learn_from_cases(MONDAY)
    assert TriageModel.objects.get(active=True).community == second


def news(park: World, number: int) -> None:
    case = park.case(words=f"哐当位第{number}回又没了")
    Case.objects.filter(pk=case.pk).update(state=CaseState.CLOSED)


def page(person: Any) -> str:
    client = Client()
    signed_in(client, person)
    return client.get("/manage/triage").content.decode()


def test_a_manager_sees_how_good_it_is_and_goes_back_with_one_click(taught: World) -> None:
    first = learn(taught)
    case = taught.case(words="哐当位第一百回")
    Case.objects.filter(pk=case.pk).update(state=CaseState.CLOSED)
    Reading.objects.create(case=case, domain=taught.domain, confidence=0.9, sure=True, at=MONDAY)
    second = learn(taught, 1)
    assert first is not None and second is not None and second.active
    shown = page(taught.manager)
    assert "通勤" in shown or taught.domain.name in shown
    assert "鱼腥草" not in shown and "咕噜机" not in shown  # figures, never anybody's words
    client = Client()
    signed_in(client, taught.manager)
    assert client.post(f"/manage/triage/{first.pk}/use").status_code == 302
    first.refresh_from_db()
    assert first.active and first.chosen_by == taught.manager
    assert hear(taught.community, "咕噜机").model == first
    assert "由" + taught.manager.name + "选用" in page(taught.manager)
    client.post("/manage/triage/0/use")
    assert hear(taught.community, "咕噜机").domain is None
    assert "有人选了只用清单和日常说法" in page(taught.manager)


def test_the_account_compares_first_readings_with_what_was_settled(taught: World) -> None:
    right, wrong = list(learning.lessons(taught.community)[:2])
    other = next(c for c in learning.lessons(taught.community) if c.domain != wrong.domain)
    Reading.objects.create(case=right, domain=right.domain, confidence=0.9, sure=True, at=MONDAY)
    Reading.objects.create(case=wrong, domain=other.domain, confidence=0.5, sure=False, at=MONDAY)
    found = learning.account(taught.community)
    assert (found.settled, found.right, found.unsure, found.share) == (2, 1, 1, 0.5)
