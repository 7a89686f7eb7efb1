"""The pages that are measured at 100,000 cases: what is asked for, by whom, and how many queries each takes."""

import random
from itertools import islice, product
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.list_search import fill
from kaimen.cases.links import track_path
from kaimen.cases.models import Case
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Account, Organisation, Person
from kaimen.foundation.permissions import holders
from kaimen.intake.invented import Voices

EACH = 80
WORDS = [
    "停车",
    "宿舍",
    "热水",
    "食堂",
    "班车",
    "加班费",
    "孩子上学",
    "工伤",
    "空调",
    "路灯",
    "医保",
    "公租房",
    "培训",
    "图书",
    "快递",
    "体检",
    "合同",
    "补贴",
    "噪声",
    "电梯",
]


def grow(given: Any) -> Any:
    """Fill the house: a list of 2,000 services, and cases over two years."""
    community = Organisation.objects.get(key="lingfeng")
    fill(community)
    call_command("make_cases", str(given["cases"]), "--seed", "3", "--yes")
    return {"cases": Case.objects.count()}


def pages(given: Any) -> Any:
    """Addresses by page, each asked once, with the cookies of who asks; and the most queries one of them took."""
    rng = random.Random(11)
    community = Organisation.objects.get(key="lingfeng")
    officer = cookies_of(holders(RoleKind.OFFICER, community)[0].person)
    watcher = cookies_of(holders(RoleKind.SUPERVISOR, community)[0].person)
    newest = Case.objects.order_by("-pk").values_list("pk", flat=True)[0]
    some = Case.objects.filter(pk__in=[rng.randrange(1, newest) for _ in range(EACH * 2)]).order_by("pk")
    asked: dict[str, list[dict[str, str]]] = {
        "desk": [page(path, officer if n % 2 else watcher) for n, path in enumerate(_desk(rng, some))],
        "search": [page(path, officer if n % 2 else watcher) for n, path in enumerate(_searches(rng))],
        "board": [page(path, "") for path in islice(_boards(), EACH)],
        "track": [page(track_path(case), "") for case in some[:EACH]],
        "open311": [page(path, "") for path in islice(_lists(rng), EACH)],
    }
    queries = {name: max(queries_of(one) for one in wanted) for name, wanted in asked.items()}
    return {"pages": asked, "queries": queries}


def _desk(rng: random.Random, some: Any) -> list[str]:
    """Lists as officers and supervisors filter, turn over and order them, and single cases."""
    lists = [
        f"/desk/?whose={whose}&state={state}&due={due}&sort={sort}&page={rng.choice((1, 1, 2, 9))}"
        for whose, state, due, sort in product(
            ("mine", "all"), ("", "any", "closed", "in_hand", "tasks"), ("", "late", "soon"), ("", "new")
        )
    ]
    rng.shuffle(lists)
    return lists[: EACH // 2] + [f"/desk/{case.number}" for case in some[EACH : EACH + EACH // 2]]


def _searches(rng: random.Random) -> list[str]:
    said = [words for words, _ in islice(Voices(99), EACH)]
    texts = WORDS + [f"{a} {b}" for a, b in zip(WORDS, reversed(WORDS), strict=True)]
    texts += [words[n : n + 4] for n, words in enumerate(said[: EACH - len(texts)], 2)]
    return [f"/desk/?whose=all&state=any&text={text}" for text in texts]


def _boards() -> Any:
    months = [f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 13)]
    for month, domain in product(["", *months], ["", "housing", "commuting", "rights", "living"]):
        yield f"/board/?month={month}&domain={domain}"


def _lists(rng: random.Random) -> Any:
    """Open311: the list of requests as the standard gives it without a wish, by state, by a page further on."""
    for kind, status, page in product(("json", "xml"), ("", "open", "closed"), (1, 1, 2)):
        chosen = f"status={status}&" if status else ""
        yield f"/open311/v2/requests.{kind}?{chosen}page={page}"
    while True:
        yield f"/open311/v2/requests.json?page={rng.randrange(1, 6)}"


def page(path: str, cookies: str) -> dict[str, str]:
    return {"path": path.replace(" ", "%20"), "cookies": cookies}


def queries_of(asked: dict[str, str]) -> int:
    client = Client(headers={"host": settings.ALLOWED_HOSTS[0], "x-forwarded-proto": "https"})
    if asked["cookies"]:
        name, value = asked["cookies"].split("=", 1)
        client.cookies[name] = value
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(asked["path"])
    if answer.status_code != 200:
        raise SystemExit(f"{asked['path']}: {answer.status_code}")
    return len(captured)


def cookies_of(person: Person) -> str:
    """A session as signing in with a second step leaves it."""
    account = Account.objects.get(person=person)
    Authenticator.objects.get_or_create(
        user=account, type=Authenticator.Type.TOTP, defaults={"data": {"secret": "bench"}}
    )
    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
