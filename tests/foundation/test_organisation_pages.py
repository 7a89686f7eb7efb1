"""The tree as managers see and change it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kaimen.foundation.models import AuditEntry, Organisation, Webhook
from tests.foundation.cast import Cast, build

pytestmark = pytest.mark.django_db
GOOD_USCC = "91350100M000100Y43"  # the example of GB 32100-2015
ROBOT = "https://oapi.dingtalk.com/robot/send?access_token=x"


@pytest.fixture
def cast() -> Cast:
    return build()


@pytest.fixture
def office(cast: Cast) -> Client:
    return cast.client(cast.manager)


def test_the_tree_ends_at_the_managers_own_node(cast: Cast, office: Client) -> None:
    text = office.get(reverse("manage_organisations")).content.decode()
    assert cast.firm.name in text
    assert cast.elsewhere.name not in text
    assert office.get(reverse("manage_organisation", args=[cast.elsewhere.pk])).status_code == 404
    assert office.get(reverse("manage_organisation", args=[cast.federation.pk])).status_code == 404


def test_a_node_is_added_in_its_place(cast: Cast, office: Client) -> None:
    new = {"name": "示例新厂", "kind": "enterprise", "uscc": GOOD_USCC.lower()}
    office.post(reverse("manage_organisation_add", args=[cast.community.pk]), new)
    node = Organisation.objects.get(name="示例新厂")
    assert node.path == f"{cast.community.path}{node.pk}/"
    assert node.community == cast.community
    assert node.uscc == GOOD_USCC
    assert AuditEntry.objects.filter(verb="organisation.add", subject_id=node.pk, actor=cast.manager).exists()


def test_a_wrong_credit_code_is_explained(cast: Cast, office: Client) -> None:
    for wrong in (GOOD_USCC[:-1] + "5", "123", GOOD_USCC[:-1] + "I"):
        new = {"name": "示例错码", "kind": "enterprise", "uscc": wrong}
        answer = office.post(reverse("manage_organisation_add", args=[cast.community.pk]), new)
        assert "errorlist" in answer.content.decode()
    assert not Organisation.objects.filter(name="示例错码").exists()


def test_the_same_credit_code_twice_is_refused(cast: Cast, office: Client) -> None:
    for name in ("示例甲", "示例乙"):
        new = {"name": name, "kind": "enterprise", "uscc": GOOD_USCC}
        office.post(reverse("manage_organisation_add", args=[cast.community.pk]), new)
    assert Organisation.objects.filter(uscc=GOOD_USCC).count() == 1


def test_changes_are_kept_and_audited(cast: Cast, office: Client) -> None:
    changed = {"name": "示例改名", "address": "3 号门", "active": "on"}
    office.post(reverse("manage_organisation", args=[cast.firm.pk]), changed)
    cast.firm.refresh_from_db()
    assert (cast.firm.name, cast.firm.address) == ("示例改名", "3 号门")
    entry = AuditEntry.objects.get(verb="organisation.change")
    assert entry.params == {"fields": ["address", "name"]}


def test_robots_are_added_and_dropped(cast: Cast, office: Client) -> None:
    office.post(reverse("manage_webhook_add", args=[cast.firm.pk]), {"flavour": "dingtalk", "url": ROBOT})
    webhook = Webhook.objects.get(organisation=cast.firm)
    assert webhook.url == ROBOT
    assert (
        "access_token" not in office.get(reverse("manage_organisation", args=[cast.firm.pk])).content.decode()
    )
    office.post(reverse("manage_webhook_drop", args=[cast.firm.pk, webhook.pk]))
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/x", "https://127.0.0.1/x", "ftp://oapi.dingtalk.com/", "x"]
)
def test_a_robot_inside_our_own_network_is_refused(
    cast: Cast, office: Client, settings: Any, url: str
) -> None:
    settings.DEMO = False
    answer = office.post(reverse("manage_webhook_add", args=[cast.firm.pk]), {"flavour": "wecom", "url": url})
    assert answer.status_code == 200
    assert not Webhook.objects.exists()


def test_nobody_touches_another_tree(cast: Cast, office: Client) -> None:
    webhook = Webhook.objects.create(organisation=cast.elsewhere, url=ROBOT, flavour="dingtalk")
    for pk in (cast.elsewhere.pk, cast.firm.pk):
        assert office.post(reverse("manage_webhook_drop", args=[pk, webhook.pk])).status_code == 404
    new = {"name": "示例越界", "kind": "team"}
    assert office.post(reverse("manage_organisation_add", args=[cast.elsewhere.pk]), new).status_code == 404
