"""The service list: complete, resolvable, plain, and phrased as nobody else on the list is."""

import re
from collections import defaultdict
from importlib.resources import files
from zipfile import ZipFile

from kaimen.catalogue.models import Domain, Service

from .conftest import read_pack

FIVE_DOMAINS = {"住房保障", "通勤交通", "子女入学", "医疗保障", "文体共享"}
FIELDS = {
    *("key", "domain", "audience", "name", "name_en", "summary", "summary_en", "who", "documents", "steps"),
    *("place", "hours", "fee", "organisation", "promise", "legal_basis", "phrases", "answers"),
}


def test_the_five_domains_of_workers_and_one_for_enterprises(domains):
    assert {domain["name"] for domain in domains.values()} >= FIVE_DOMAINS
    assert [key for key, domain in domains.items() if domain["audience"] == "enterprise"] == ["enterprise"]
    assert sorted(domain["order"] for domain in domains.values()) == list(range(1, len(domains) + 1))


def test_every_domain_has_an_icon_that_exists(domains):
    with ZipFile(str(files("lucide") / "lucide.zip")) as icons:
        known = {name.rsplit("/")[-1].removesuffix(".svg") for name in icons.namelist()}
    assert {domain["icon"] for domain in domains.values()} <= known


def test_at_least_48_services_for_workers_in_every_domain(services, domains):
    for_workers = [service for service in services.values() if service["audience"] == "worker"]
    assert len(for_workers) >= 48
    assert {service["domain"] for service in services.values()} == set(domains)


def test_exactly_the_ten_points_for_enterprises(services):
    ten = [service["point"] for service in services.values() if service["audience"] == "enterprise"]
    assert ten == list(range(1, 11))
    assert not [
        key for key, service in services.items() if service["audience"] == "worker" and "point" in service
    ]


def test_every_service_has_exactly_the_fields_of_the_list(services):
    odd = {key: set(service) ^ FIELDS - {"point"} for key, service in services.items()}
    assert {key: fields - {"point"} for key, fields in odd.items() if fields - {"point"}} == {}
    optional = {"documents", "legal_basis", "answers"}
    empty = [(k, f) for k, s in services.items() for f in FIELDS - optional if not s[f]]
    assert empty == []


def test_domains_audiences_and_organisations_resolve(services, domains, organisations):
    for key, service in services.items():
        assert service["organisation"] in organisations, key
        assert domains[service["domain"]]["audience"] == service["audience"], key
    assert read_pack("services/lingfeng.yaml")["list"]["organisation"] in organisations


def test_promises_are_possible(services):
    for key, service in services.items():
        promise = service["promise"]
        assert set(promise) == {"first", "solve"} and 1 <= promise["first"] <= promise["solve"] <= 15, key


def test_words_fit_their_columns_and_summaries_stay_short(services, domains):
    for model, entries in ((Service, services), (Domain, domains)):
        for field in model._meta.get_fields():
            limit = getattr(field, "max_length", None)
            long = [
                key for key, entry in entries.items() if limit and len(str(entry.get(field.name, ""))) > limit
            ]
            assert not long, (field.name, long)
    assert {key: len(s["summary"]) for key, s in services.items() if len(s["summary"]) > 60} == {}


def test_names_summaries_and_questions_are_said_once(services):
    for field in ("name", "name_en", "summary", "summary_en"):
        said = [service[field] for service in services.values()]
        assert len(set(said)) == len(said), field


def test_everyday_phrases_are_enough_and_belong_to_one_service_only(services):
    owners: dict[str, list[str]] = defaultdict(list)
    for key, service in services.items():
        assert 6 <= len(service["phrases"]) <= 12, key
        for phrase in service["phrases"]:
            owners[re.sub(r"\W", "", phrase)].append(key)
    assert {phrase: keys for phrase, keys in owners.items() if len(keys) > 1} == {}


def test_phrases_do_not_repeat_the_official_name(services):
    echoed = [(k, p) for k, s in services.items() for p in s["phrases"] if s["name"] in p or p in s["name"]]
    assert echoed == []


def test_legal_basis_names_title_article_and_a_written_date(services):
    for key, service in services.items():
        for law in service["legal_basis"]:
            assert set(law) == {"title", "article", "date"}, key
            assert re.fullmatch(
                r"第[一二三四五六七八九十百]+条(、第[一二三四五六七八九十百]+条)*", law["article"]
            ), key
            # text, not a date: it is stored as JSON
            assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", law["date"]), key


def test_one_law_is_cited_with_one_date(services):
    dates: dict[str, set[str]] = defaultdict(set)
    for service in services.values():
        for law in service["legal_basis"]:
            dates[law["title"]].add(law["date"])
    assert {title: days for title, days in dates.items() if len(days) > 1} == {}


def test_quick_answers_are_whole(services):
    for key, service in services.items():
        assert len(service["answers"]) <= 3, key
        for answer in service["answers"]:
            assert set(answer) == {"question", "answer"} and answer["question"].endswith("？"), key
            assert len(answer["answer"]) >= 10, key
