"""Who may open which page: hidden is 404, forbidden is 403, a stranger is asked to sign in."""

import pytest
from django.test import Client

from kaimen.cases import links
from tests.cases.cast import World
from tests.cases.doors import signed_in

pytestmark = pytest.mark.django_db


def test_an_anonymous_visitor_is_asked_to_sign_in(park: World) -> None:
    number = park.case().number
    for path in ("/desk/", f"/desk/{number}", "/desk/export.csv", "/tasks/", "/watch/", "/mine"):
        response = Client().get(path)
        assert response.status_code == 302, path
        assert response.url.startswith("/in"), path


def test_staff_pages_refuse_who_has_not_the_role(park: World) -> None:
    number = park.case(asker=park.asker).number
    for person, paths in {
        park.asker: ("/desk/", f"/desk/{number}", f"/desk/{number}/print", "/tasks/", "/watch/"),
        park.handler: ("/desk/", f"/desk/{number}", "/watch/"),
        park.officer: ("/tasks/", "/watch/"),
    }.items():
        for path in paths:
            assert signed_in(person).get(path).status_code == 403, (person, path)


def test_the_right_people_come_in(park: World) -> None:
    number = park.case(asker=park.asker).number
    for person, paths in {
        park.officer: ("/desk/", f"/desk/{number}", f"/desk/{number}/print", "/desk/export.xlsx", "/mine"),
        park.supervisor: ("/desk/", f"/desk/{number}", "/watch/"),
        park.above: ("/watch/", f"/desk/{number}"),
        park.manager: ("/desk/", f"/desk/{number}"),
        park.handler: ("/tasks/", "/mine"),
        park.asker: ("/mine",),
    }.items():
        for path in paths:
            assert signed_in(person).get(path).status_code == 200, (person, path)


def test_another_communitys_case_is_hidden(park: World) -> None:
    other = park.elsewhere()
    mine = park.case(owner=park.officer)
    for path in (f"/desk/{mine.number}", f"/desk/{mine.number}/print"):
        assert signed_in(other).get(path).status_code == 404
    post = signed_in(other).post(f"/desk/{mine.number}/do/answer", {"text": "不该看到"})
    assert post.status_code == 404
    assert signed_in(other).post(f"/desk/{mine.number}/phone").status_code == 404


def test_a_manager_reads_but_does_not_act(park: World) -> None:
    case = park.case()
    client = signed_in(park.manager)
    assert "回过去" not in client.get(f"/desk/{case.number}").content.decode()
    assert client.post(f"/desk/{case.number}/do/answer", {"text": "好"}).status_code == 403
    assert not case.answers.exists()


def test_nobody_without_the_link_opens_the_tracking_page(park: World) -> None:
    case = park.case()
    page = Client().get(links.track_path(case))
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert page["Referrer-Policy"] == "same-origin"
    assert "noindex" in page["X-Robots-Tag"]
    wrong = Client().get("/t/AAAAAAAAAAAAAAAAAAAAAA")
    assert wrong.status_code == 404
    assert "打服务电话" in wrong.content.decode()
    assert case.number not in wrong.content.decode()


def test_a_secret_address_never_reaches_the_log(park: World, caplog: pytest.LogCaptureFixture) -> None:
    case = park.case()
    path = links.track_path(case)
    assert Client().post(f"{path}/do/reopen", {"reason": "还没答复"}).status_code == 409
    assert Client().post(f"{path}/do/rate", {}).status_code == 422
    assert links.track_token(case) not in caplog.text


def test_guessing_links_is_stopped(park: World) -> None:
    factory = Client(REMOTE_ADDR="192.0.2.77")
    guesses = [factory.get(f"/t/guess{n}").status_code for n in range(25)]
    assert guesses[0] == 404
    assert guesses[-1] == 429
    assert (
        factory.get(links.track_path(park.case())).status_code == 200
    )  # who shares the address still comes in


def test_posts_need_the_csrf_token(park: World) -> None:
    case = park.case()
    strict = signed_in(park.officer, enforce_csrf_checks=True)
    assert strict.post(f"/desk/{case.number}/do/take").status_code == 403
    asker = Client(enforce_csrf_checks=True)
    assert asker.post(f"{links.track_path(case)}/do/revoke").status_code == 403
