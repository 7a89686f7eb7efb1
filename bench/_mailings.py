"""A mailing to 100,000: its list read by the job as an office would have it read, and the pages that show it."""

import random
import time
from collections.abc import Callable
from itertools import product
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from bench._pages import cookies_of, page, queries_of
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Organisation
from kaimen.foundation.permissions import holders
from kaimen.letters import actions
from kaimen.letters.actions.dropping import drop_slice
from kaimen.letters.actions.moving import recount
from kaimen.letters.actions.posting import post_slice
from kaimen.letters.enums import RANKS, LetterChannel, LetterState
from kaimen.letters.models import Batch, Letter, LetterTemplate, Mailing, MailingCount

FAMILY = "王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国志文"
EACH = 40
# of a hundred letters: how far they are when most have arrived
STATES = (
    [LetterState.RETURNED]
    + [LetterState.BOUNCED]
    + [LetterState.MADE] * 4
    + [LetterState.SENT] * 14
    + [LetterState.DELIVERED] * 60
    + [LetterState.READ] * 15
    + [LetterState.REPLIED] * 4
    + [LetterState.LEFT_OUT]
)
BLOCK = 5000


def mailing(given: Any) -> Any:
    """A draft with its list, taken from a table in the request and read by the job: seconds of both."""
    number = given["recipients"]
    community = Organisation.objects.get(key="lingfeng")
    by = holders(RoleKind.SUPERVISOR, community)[0].person
    actions.load_templates(community=community, by=by, now=timezone.now())
    found = actions.start_mailing(
        organisation=community,
        community=community,
        name="示例：致十万名会员的一封信",
        template=LetterTemplate.objects.filter(community=community, kind="notice").order_by("pk")[0],
        channels=["email", "print"],
        official=True,
        by=by,
        now=timezone.now(),
    )
    text = {
        "title": "示例通知",
        "greeting": "{姓名}：",
        "body": "{单位}的工友，您好。",
        "sender": "示例总工会",
    }
    actions.change_text(mailing=found, text=text, by=by, now=timezone.now())
    rows = "\n".join(_row(n) for n in range(number))
    upload = SimpleUploadedFile("members.csv", f"姓名,单位,手机号,邮箱,通信地址\n{rows}\n".encode())
    began = time.perf_counter()
    actions.take_table(mailing=found, upload=upload, by=by, now=timezone.now())
    asked = time.perf_counter()
    slices = _slices(lambda: actions.read_list(pk=found.pk))
    found.refresh_from_db()
    if (found.state, found.total) != ("checked", number):
        raise SystemExit(f"not all there: {found.state} {found.total} {found.problem} {found.report}")
    return {"mailing": found.pk, "request_s": round(asked - began, 3), **slices}


def posted(given: Any) -> Any:
    """All letters in one batch that was taken to the post: seconds of the request, and of the jobs that write it down."""
    found = Mailing.objects.get(pk=given["mailing"])
    by = holders(RoleKind.SUPERVISOR, found.community)[0].person
    letters = Letter.objects.filter(mailing=found)
    batch = Batch.objects.create(mailing=found, number=1, state="ready", letters_count=found.total)
    made = LetterState.MADE
    for low in range(0, found.total, BLOCK):
        block = letters.filter(seq__gt=low, seq__lte=low + BLOCK)
        block.update(batch=batch, channel=LetterChannel.PRINT, state=made, rank=RANKS[made])
    MailingCount.objects.filter(mailing=found).delete()
    MailingCount.objects.create(mailing=found, channel=LetterChannel.PRINT, state=made, letters=found.total)
    began = time.perf_counter()
    actions.post_batch(batch=batch, by=by, now=timezone.now())
    asked = time.perf_counter()
    slices = _slices(lambda: post_slice(pk=batch.pk))
    if letters.filter(state=LetterState.SENT).count() != found.total:
        raise SystemExit("not all are sent")
    return {"request_s": round(asked - began, 3), **slices}


def dropped(given: Any) -> Any:
    """A draft with its whole list taken back: seconds of the request, and of the jobs that remove it."""
    found = Mailing.objects.get(pk=given["mailing"])
    by = holders(RoleKind.SUPERVISOR, found.community)[0].person
    began = time.perf_counter()
    actions.drop_mailing(mailing=found, by=by, now=timezone.now())
    asked = time.perf_counter()
    slices = _slices(lambda: drop_slice(pk=found.pk))
    if Mailing.objects.filter(pk=found.pk).exists():
        raise SystemExit("it is still there")
    return {"request_s": round(asked - began, 3), **slices}


def _slices(one: Callable[[], bool]) -> dict[str, Any]:
    """One job after the other, as a worker does them, until nothing is left."""
    times, more = [], True
    while more:
        began = time.perf_counter()
        more = one()
        times.append(time.perf_counter() - began)
    return {"job_s": round(sum(times), 1), "slices": len(times), "longest_s": round(max(times), 1)}


def _row(n: int) -> str:
    name = f"示例{FAMILY[n % 20]}{GIVEN[n % 29]}{GIVEN[n * 7 % 27]}"
    mail = f"member{n}@example.org" if n % 3 else ""
    return f"{name},示例第{n % 4000}精密机械厂,139{n:08d},{mail},3158{n % 90:02d} 示例市示例路 {n} 号"


def on_its_way(given: Any) -> Any:
    """Most have theirs, some came back; as far as the pages can tell, all of it happened."""
    found = Mailing.objects.get(pk=given["mailing"])
    for at, state in enumerate(STATES):
        for low in range(0, found.total, BLOCK):
            here = [
                seq for seq in range(low + 1, min(low + BLOCK, found.total) + 1) if seq % len(STATES) == at
            ]
            Letter.objects.filter(mailing=found, seq__in=here).update(state=state, rank=RANKS[state])
    MailingCount.objects.filter(mailing=found).delete()
    counted = recount(found)
    MailingCount.objects.bulk_create(
        MailingCount(mailing=found, channel=channel, state=state, letters=n)
        for (channel, state), n in counted.items()
    )
    Mailing.objects.filter(pk=found.pk).update(state="sending")
    return {}


def pages_of(given: Any) -> Any:
    """Addresses by page, with the cookies of who asks; and the most queries one of them took."""
    found = Mailing.objects.get(pk=given["mailing"])
    who = cookies_of(holders(RoleKind.SUPERVISOR, found.community)[0].person)
    paths = {"draft": [f"/letters/{found.pk}"] * EACH} if given["draft"] else _work(found)
    asked = {name: [page(path, who) for path in wanted] for name, wanted in paths.items()}
    return {
        "pages": asked,
        "queries": {name: max(queries_of(one) for one in wanted) for name, wanted in asked.items()},
    }


def _work(found: Mailing) -> dict[str, list[str]]:
    rng = random.Random(5)
    here = f"/letters/{found.pk}"
    narrowed = [
        f"{here}?state={state}&channel={channel}"
        for state, channel in product(["", *RANKS], ["", LetterChannel.PRINT, LetterChannel.EMAIL])
    ]
    turned = [
        f"{here}?after={RANKS[state]}.{rng.randrange(found.total)}"
        for state in (LetterState.SENT, LetterState.DELIVERED, LetterState.READ)
        for _n in range(EACH // 3)
    ]
    letters = list(Letter.objects.filter(mailing=found, seq__in=rng.sample(range(1, found.total), EACH)))
    searched = [f"{here}?text={text}" for one in letters[:10] for text in _searches(one)]
    return {
        "mailings": ["/letters/"] * EACH,
        "list": narrowed,
        "turned": turned,
        "search": [*searched, f"{here}?text=没有这个人", f"{here}?text=示例"],
        "letter": [f"/letters/one/{one.pk}" for one in letters],
    }


def _searches(one: Letter) -> list[str]:
    return [one.name, one.name[2:], one.unit, one.unit[2:6], f"{one.mailing_id}-{one.seq:04d}"]
