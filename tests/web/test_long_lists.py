"""Nothing is left out without a word: long lists have pages that keep the question, cut ones say how many there are."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kaimen.cases import actions
from kaimen.cases.models import Case, Promise
from kaimen.foundation.models import Person
from tests.cast import World, signed_in

pytestmark = pytest.mark.django_db


def read(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def turned(client: Client, path: str, row: str) -> list[list[str]]:
    """What each page shows, leafed through as a reader does."""
    pages, there = [], path
    while there and len(pages) < 9:
        text = read(client, there)
        pages.append(re.findall(row, text))
        onward = re.search(r'rel="next" href="([^"]+)"', text)
        there = path.partition("?")[0] + unescape(onward[1]) if onward else ""
    return pages


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], None]:
    """Pages short enough for a few rows."""
    return lambda name, rows: monkeypatch.setattr(f"kaimen.{name}", rows)


def test_a_department_with_many_tasks_sees_each_of_them(park: World, short: Any) -> None:
    short("cases.views.tasks.A_PAGE", 2)
    given = {"organisation": park.department, "detail": "", "by": park.officer, "now": timezone.now()}
    for n in range(5):
        task = actions.give_task(cases=[park.case(now=timezone.now())], title=f"第{n}样", days=9 - n, **given)
        if n < 2:
            actions.finish_task(task=task, reply="好了", by=park.handler, now=timezone.now())
    handler = signed_in(Client(), park.handler)
    assert turned(handler, "/tasks/", "第.样") == [["第4样", "第3样"], ["第2样"]]
    assert turned(handler, "/tasks/?show=done", "第.样") == [["第1样", "第0样"]]


def test_who_said_much_finds_all_of_it_the_open_ones_first(park: World, short: Any) -> None:
    short("cases.views.mine.A_PAGE", 2)
    for n in range(5):
        case = park.case(f"第{n}件事", asker=park.worker, now=timezone.now() - timedelta(hours=9 - n))
        if n > 2:
            actions.answer_case(case=case, text="好了", by=park.officer, now=timezone.now())
            actions.close_case(case=park.fresh(case), by=park.officer, now=timezone.now())
    worker = signed_in(Client(), park.worker)
    pages = turned(worker, "/mine", "第.件事")
    assert pages == [["第2件事", "第1件事"], ["第0件事", "第4件事"], ["第3件事"]]
    text = read(worker, "/mine?page=2")
    assert re.findall(r'<span class="quiet">(\d)</span></h2>', text) == ["3", "2"], "counted over all pages"


def test_who_acts_on_a_case_finds_the_list_where_it_was(park: World, short: Any) -> None:
    short("cases.views.desk.A_PAGE", 2)
    for n in range(5):
        task = actions.give_task(
            cases=[park.case(f"第{n}件事", now=timezone.now())],
            organisation=park.department,
            title="看一下",
            detail="",
            days=3,
            by=park.officer,
            now=timezone.now(),
        )
    officer = signed_in(Client(), park.officer)
    at = "?whose=all&sort=old&page=3"
    listed = read(officer, f"/desk/{at}")
    assert re.findall("第.件事", listed) == ["第4件事"]
    opened = unescape(re.search(r'href="(/desk/KM-[^"]+)"', listed)[1])  # type: ignore[index]
    assert opened.endswith(at)
    number = opened.partition("?")[0].rpartition("/")[2]
    text = read(officer, f"{opened}&do=note")
    goals = {unescape(goal) for goal in re.findall(r'action="(/desk/KM-[^"]+)"', text)}
    assert len(goals) > 5 and all(goal.endswith(at) for goal in goals)
    assert f'href="/desk/{at}"' in unescape(text), "back to the list"
    for verb, typed in (("do/note", {"text": "看过了"}), (f"tasks/{task.pk}/cancel", {})):
        answer = officer.post(f"/desk/{number}/{verb}{at}&do=note", typed)
        assert (answer.status_code, answer["Location"]) == (302, f"/desk/{number}{at}"), verb
    bulk = re.search(r'name="back" value="([^"]*)"', listed)
    assert bulk and unescape(bulk[1]) == at[1:]


def test_leafing_through_people_keeps_what_was_asked(park: World, short: Any) -> None:
    short("foundation.views.people.PER_PAGE", 1)
    manager = signed_in(Client(), park.manager)
    name = r'row__title">([^<]+)<'
    everybody = turned(manager, "/manage/people", name)
    staff = turned(manager, "/manage/people?who=staff", name)
    assert 1 < len(staff) < len(everybody)
    Person.objects.filter(pk__in=[park.officer.pk, park.colleague.pk]).update(name="示例王王")
    assert turned(manager, "/manage/people?q=示例王王", name) == [["示例王王"], ["示例王王"]]


def test_the_supervisors_figures_count_what_does_not_fit(park: World, short: Any) -> None:
    short("cases.views.watch.A_PART", 2)
    now = timezone.now()
    for n in range(3):
        late = park.case(f"第{n}件热水停了 13812342201", asker=park.worker, now=now - timedelta(days=20))
        actions.answer_case(case=late, text="好了", by=park.officer, now=now)
        actions.rate_case(
            case=park.fresh(late), score=1, solved="no", comment="打我 13812342201", by=park.worker, now=now
        )
        park.case(now=now - timedelta(days=20))
        promise = Promise.objects.get(case=park.case(now=now), kind="solved")
        actions.ask_extension(promise=promise, days=3, reason="等批复", by=park.officer, now=now)
    supervisor = signed_in(Client(), park.supervisor)
    text = read(supervisor, "/watch/")
    figures = dict(re.findall(r'figure__name">([^<]+)</p><p class="figure__value">(\d+)<', text))
    assert (figures["等我定"], figures["差评要跟"]) == ("3", "6"), "each bad rating wants a call and mending"
    late_in_all = int(figures["已超时"])
    assert late_in_all >= 3
    assert all(f"先列 2 条，一共 {n} 条。" in text for n in (3, 6, late_in_all))
    assert "13812342201" not in text
    link = unescape(re.search(r'href="(/desk/\?whose=all[^"]*late)"', text)[1])  # type: ignore[index]
    shown = read(supervisor, link)
    assert shown.count("data-row") == late_in_all
    assert Case.objects.count() == 9


def test_what_fits_has_neither_pages_nor_a_word_about_it(park: World) -> None:
    park.case(asker=park.worker, now=timezone.now() - timedelta(days=20))
    for person, path in ((park.worker, "/mine"), (park.supervisor, "/watch/"), (park.handler, "/tasks/")):
        text = read(signed_in(Client(), person), path)
        assert "先列" not in text and 'class="pager"' not in text
