"""The demo's park as the stage of the journeys: its own list, its own people, nobody's needs but the journey's."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from kaimen.cases.enums import Channel
from kaimen.cases.links import track_path
from kaimen.cases.models import Case
from kaimen.catalogue.models import Service
from kaimen.foundation.models import Person
from kaimen.intake.actions import Asker, knock
from kaimen.web.demo.seeding import settle
from tests.rig.browser import fits

__all__ = ["DRAWN", "PARKING", "Lingfeng", "fits", "open_track", "shown", "sign_in"]
PARKING = "早上八点厂门口没地方停车，绕三圈还是没位子"
DRAWN = "东门路边新画了 20 个车位，12 月 1 日起可以停。"


class Lingfeng:
    """The park; people and organisations by the keys that packs/demo gives them."""

    def __init__(self) -> None:
        self.organisations, self.people = settle(lambda line: None)
        self.community = self.organisations["lingfeng"]
        self.officer = self.people["lin-xiaoman"]
        self.colleague = self.people["zhou-yuanfan"]
        self.supervisor = self.people["shen-anlan"]

    def knock(self, words: str = PARKING, service: str = "parking", **changes: Any) -> Case:
        """A need that somebody said on the web a moment ago, without an account."""
        return knock(
            key=secrets.token_urlsafe(9),
            community=self.community,
            words=words,
            channel=changes.pop("channel", Channel.WEB),
            by=changes.pop("by", None),
            asker=changes.pop("asker", Asker()),
            service=Service.objects.get(community=self.community, key=service),
            **changes,
        )

    def the_case(self) -> Case:
        """The one case there is."""
        return Case.objects.get(community=self.community)


def sign_in(page: Any, person: Person) -> Any:
    """A session as signing in leaves it; signing in itself has its own journey."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.account.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.account.get_session_auth_hash()
    session.save()
    host = page.evaluate("location.origin") if page.url.startswith("http") else _origin(page)
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": host}
    page.context.add_cookies([cookie])
    return page


def _origin(page: Any) -> str:
    page.goto("/healthz")
    return str(page.evaluate("location.origin"))


def shown(page: Any) -> str:
    """What a reader can read on the page, folded parts too, not what the markup says."""
    return str(page.evaluate("document.body.textContent"))


def open_track(page: Any, case: Case) -> Any:
    page.goto(track_path(case))
    return page
