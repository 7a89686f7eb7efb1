"""Promise: services and quick answers for what somebody types within 150 ms (p95) on a list of 2,000 services."""

import itertools
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django

django.setup()

import yaml  # noqa: E402 - Django first
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402

from kaimen.catalogue import actions, search  # noqa: E402
from kaimen.catalogue.models import Service  # noqa: E402
from kaimen.foundation.models import Organisation  # noqa: E402
from kaimen.intake.hearing import find_services, hear  # noqa: E402
from tests.catalogue import cast  # noqa: E402

PROMISE_MS = 150
SERVICES = 2000
ROUNDS = 5
QUESTIONS = Path(__file__).parents[1] / "tests" / "catalogue" / "questions.yaml"
THINGS = [
    "食品经营许可",
    "道路运输证",
    "排污登记",
    "养老保险待遇",
    "医疗救助",
    "临时救助",
    "残疾人证",
    "施工许可",
    "取水许可",
    "户口登记",
    "机动车驾驶证",
    "教师资格",
    "工程造价",
    "职业介绍补贴",
    "林木采伐",
    "广告登记",
    "民办学校",
    "船舶检验",
    "种子经营",
    "药品零售",
]
VERBS = [
    "申请",
    "变更",
    "注销",
    "换发",
    "补办",
    "查询",
    "备案",
    "年检",
    "延续",
    "转移",
    "核定",
    "登记",
    "认定",
    "审批",
    "公示",
    "复核",
    "撤销",
    "代办",
    "咨询",
    "预约",
]
WHERE = ["区级", "市级", "镇级", "园区", "街道"]


def heard_services(community: Organisation, said: str) -> None:
    """As the door asks for them: what the words are about, then the services in its light."""
    find_services(community, said, hear(community, said, why=False))


def main() -> None:
    call_command("migrate", verbosity=0)
    community = cast.organisations()["lingfeng"]
    actions.load_pack(community=community, path=cast.LIST)
    fill(community)
    start = time.perf_counter()
    search.find(community, "先建好索引")
    built = (time.perf_counter() - start) * 1000
    pairs = [pair for group in yaml.safe_load(QUESTIONS.read_text("utf-8")).values() for pair in group]
    asked = [said for said, _key in pairs] * ROUNDS
    client = Client()
    rows = [
        ("find()", [timed(lambda said=said: search.find(community, said)) for said in asked]),
        ("find_services()", [timed(lambda said=said: heard_services(community, said)) for said in asked]),
        ("answers_for()", [timed(lambda said=said: search.answers_for(community, said)) for said in asked]),
        (
            "GET /list/?q=",
            [
                timed(lambda said=said: client.get("/list/", {"q": said}, headers={"HX-Request": "true"}))
                for said in asked
            ],
        ),
    ]
    right = sum(key in [f.service.key for f in search.find(community, said)[:3]] for said, key in pairs)
    figures: dict[str, float] = {}
    for name, times in rows:
        times.sort()
        figures |= {f"{name} p50_ms": times[len(times) // 2], f"{name} p95_ms": times[int(len(times) * 0.95)]}
    if "--json" in sys.argv:
        print(
            json.dumps(
                {"services": Service.objects.count(), "right_in_3": right, "asked": len(pairs), **figures}
            )
        )
        return
    print(f"{Service.objects.count()} services, {len(asked)} questions; index built in {built:.0f} ms")
    print(f"the right one among the first three: {right} of {len(pairs)}")
    print(f"{'':16}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}{'p95 / promise':>15}")
    for name, times in rows:
        p50, p95 = figures[f"{name} p50_ms"], figures[f"{name} p95_ms"]
        print(f"{name:16}{p50:9.2f}{p95:9.2f}{times[-1]:9.2f}{p95 / PROMISE_MS:15.3f}")


def fill(community: Organisation) -> None:
    """Official-sounding services up to the size promised."""
    model = Service.objects.select_related("domain", "organisation").get(key="parking")
    names = (f"{where}{thing}{verb}" for where, thing, verb in itertools.product(WHERE, THINGS, VERBS))
    missing = SERVICES - Service.objects.count()
    Service.objects.bulk_create(
        Service(
            community=community,
            key=f"official-{n}",
            domain=model.domain,
            audience="worker",
            organisation=model.organisation,
            state="published",
            version=1,
            name=name,
            summary=f"{name}，由窗口办理。",
        )
        for n, name in enumerate(itertools.islice(names, missing))
    )
    actions.bump(community)


def timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
