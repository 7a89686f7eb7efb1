"""Search on the real demo list: everyday words, whole complaints, pinyin, slips, English."""

import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from kaimen.catalogue import actions, search
from kaimen.catalogue.models import Service
from kaimen.foundation.models import Organisation

from .cast import content

QUESTIONS = yaml.safe_load((Path(__file__).parent / "questions.yaml").read_text("utf-8"))
# measured on 74 questions: 0.91 first, 0.96 among the first three; 3 ms at the 95th percentile
RECALL_AT_1, RECALL_AT_3, SLOWEST_S = 0.85, 0.92, 0.15


def test_questions_find_their_service(lingfeng: Organisation) -> None:
    search.find(lingfeng, "先建好索引")
    first = third = 0
    times, missed = [], []
    asked = [(how, said, key) for how, pairs in QUESTIONS.items() for said, key in pairs]
    keys = set(Service.objects.values_list("key", flat=True))
    for how, said, key in asked:
        assert key in keys, f"{key} is not on the list"
        start = time.perf_counter()
        found = [entry.service.key for entry in search.find(lingfeng, said)]
        times.append(time.perf_counter() - start)
        first += found[:1] == [key]
        third += key in found[:3]
        missed += [(how, said, found[:3])] if key not in found[:3] else []
    assert first / len(asked) >= RECALL_AT_1, missed
    assert third / len(asked) >= RECALL_AT_3, missed
    assert sorted(times)[int(len(times) * 0.95)] < SLOWEST_S
    for how in ("pinyin", "initials", "typo", "homophone", "english"):
        assert sum(m[0] == how for m in missed) <= 1, missed


def test_answers_audience_and_nothing(lingfeng: Organisation) -> None:
    best = search.find(lingfeng, "房租能用公积金付吗")[0]
    assert best.sure and best.matched and best.answers[0].service.key == "housing-fund"
    assert "公积金" in search.answers_for(lingfeng, "租房能不能提公积金")[0].question
    for audience in ("worker", "enterprise"):
        found = search.find(lingfeng, "停车", audience=audience)
        assert found and {entry.service.audience for entry in found} == {audience}
    assert search.find(lingfeng, "阿斯顿马丁") == []
    assert search.find(lingfeng, "") == []


def test_what_is_published_is_found_at_once_and_what_is_withdrawn_never(park: SimpleNamespace) -> None:
    assert search.find(park.community, "没带伞") == []
    service = actions.add_draft(community=park.community, key="umbrella", content=content(), by=None)
    assert search.find(park.community, "没带伞") == []
    actions.publish(service=service, by=None)
    assert [entry.service.key for entry in search.find(park.community, "没带伞")] == ["umbrella"]
    assert search.find(park.elsewhere, "没带伞") == []
    actions.withdraw(service=service, by=None)
    assert search.find(park.community, "没带伞") == []


def test_what_is_handed_out_may_be_changed_by_its_reader(park: SimpleNamespace, umbrella: Service) -> None:
    search.find(park.community, "没带伞")[0].service.name = "别的"
    assert search.find(park.community, "没带伞")[0].service.name == "借雨伞"


@pytest.mark.django_db(transaction=True)
def test_while_one_thread_builds_the_others_go_on(park: SimpleNamespace, umbrella: Service) -> None:
    search.find(park.community, "没带伞")
    actions.bump(park.community)
    seen: list[int] = []

    def ask() -> None:
        from django.db import connection

        seen.append(len(search.find(park.community, "没带伞")))
        connection.close()

    with search._building:  # another thread is building and takes its time
        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=10)
    assert seen == [1, 1, 1, 1]
