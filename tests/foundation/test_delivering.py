"""What is queued goes out once, over real sockets; what cannot go out is tried again and then says so."""

import json
import threading
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from kaimen.foundation import delivering, notices
from kaimen.foundation.delivering import NotDelivered, deliver
from kaimen.foundation.enums import DeliveryChannel
from kaimen.foundation.jobs import PatientWorker
from kaimen.foundation.models import Delivery, Notice, Organisation, Person, Webhook
from tests.foundation.servers import Gateway, Mailbox, post_office

pytestmark = pytest.mark.django_db
PARAMS = {"number": "K-1", "title": "停车", "owner": "示例王"}


def told(email: str = "", sms_to: str = "", **params: str) -> Delivery:
    person = Person.objects.create(name="示例", email=email)
    notices.notify(person=person, code="received", link="/t/abc", sms_to=sms_to, params=PARAMS | params)
    return Delivery.objects.get()


def send(delivery: Delivery) -> str:
    """What the job's worker does."""
    return deliver.func(delivery.pk)


def state(delivery: Delivery) -> tuple[str, str, int]:
    delivery.refresh_from_db()
    return delivery.state, delivery.problem, delivery.attempts


def robot(url: str, flavour: str = "dingtalk") -> Delivery:
    organisation = Organisation.objects.create(kind="community", key="c", name="示例社区", path="/1/")
    webhook = Webhook.objects.create(organisation=organisation, url=url, flavour=flavour)
    notice = Notice.objects.create(code="received", params=PARAMS)
    return Delivery.objects.create(notice=notice, channel=DeliveryChannel.WEBHOOK, address=str(webhook.pk))


class TestQueue:
    def test_a_notice_brings_a_job_for_each_way_it_goes(self) -> None:
        person = Person.objects.create(name="示例", email="a@example.org")
        notices.notify(person=person, code="received", sms_to="13800000001", params=PARAMS)
        queued = {job.args_kwargs["args"][0] for job in DBTaskResult.objects.all()}
        assert queued == set(Delivery.objects.values_list("pk", flat=True))
        assert len(queued) == 2

    def test_nobody_to_write_to_brings_none(self) -> None:
        notices.notify(person=Person.objects.create(name="示例"), code="received", params=PARAMS)
        assert not DBTaskResult.objects.exists()

    def test_what_did_not_happen_is_not_told(self) -> None:
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            told(sms_to="13800000001")
            raise ZeroDivisionError
        assert not Notice.objects.exists()
        assert not DBTaskResult.objects.exists()

    def test_the_job_names_neither_phone_nor_words(self) -> None:
        told(sms_to="13800000001")
        assert "13800000001" not in str(DBTaskResult.objects.values().get())


class TestMail:
    def test_it_arrives_with_the_link_and_the_words(self, settings: Any) -> None:
        settings.PUBLIC_URL = "https://door.example"
        with post_office(Mailbox(), settings) as mailbox:
            assert send(told(email="a@example.org")) == "sent"
        letter = message_from_bytes(mailbox.letters[0].content, policy=policy.default)
        body = letter.get_content()
        assert mailbox.letters[0].rcpt_tos == ["a@example.org"]
        assert "示例王" in body and "https://door.example/t/abc" in body

    def test_a_name_cannot_write_headers_or_add_readers(self, settings: Any) -> None:
        with post_office(Mailbox(), settings) as mailbox:
            send(told(email="a@example.org", owner="王\r\nBcc: b@example.org\r\n\r\nfoo"))
        letter = message_from_bytes(mailbox.letters[0].content, policy=policy.default)
        assert mailbox.letters[0].rcpt_tos == ["a@example.org"]
        assert letter["Bcc"] is None

    def test_an_address_with_a_line_break_fails_once_and_for_all(self, settings: Any) -> None:
        delivery = told(email="a@example.org\nBcc: b@example.org")
        with post_office(Mailbox(), settings) as mailbox:
            assert send(delivery) == "failed"
        assert state(delivery) == ("failed", "ValueError", 1)
        assert not mailbox.letters

    def test_refused_half_way_it_is_tried_again(self, settings: Any) -> None:
        delivery = told(email="a@example.org")
        with post_office(Mailbox("451 later please"), settings) as mailbox:
            with pytest.raises(NotDelivered):
                send(delivery)
            assert state(delivery) == ("queued", "SMTPDataError", 1)
            assert send(delivery) == "sent"
        assert state(delivery) == ("sent", "", 2)
        assert len(mailbox.letters) == 1

    def test_refused_every_time_it_ends_as_failed_and_says_why(self, settings: Any) -> None:
        delivery = told(email="a@example.org")
        with post_office(Mailbox(*["550 no"] * 9), settings):
            for _ in range(delivering.ATTEMPTS - 1):
                with pytest.raises(NotDelivered) as failed:
                    send(delivery)
                assert "example.org" not in str(failed.value)
            assert send(delivery) == "failed"
            assert send(delivery) == "not_mine"
        assert state(delivery) == ("failed", "SMTPDataError", delivering.ATTEMPTS)

    def test_without_a_mail_server_it_does_not_say_sent(self) -> None:
        delivery = told(email="a@example.org")
        assert send(delivery) == "failed"
        assert state(delivery)[1] == "unavailable"


class TestTextMessage:
    @pytest.fixture(autouse=True)
    def gateway(self, settings: Any) -> None:
        settings.SMS_ADAPTER = "kaimen.foundation.sms.Webhook"
        settings.SMS_TOKEN = "secret-token"

    def test_it_arrives(self, settings: Any) -> None:
        with Gateway().open() as gateway:
            settings.SMS_URL = gateway.url
            assert send(told(sms_to="13800000001")) == "sent"
        _path, headers, body = gateway.heard[0]
        assert headers["Authorization"] == "Bearer secret-token"
        heard = json.loads(body)
        assert heard["phone"] == "13800000001" and "示例王" in heard["text"]

    def test_a_redirect_is_not_followed(self, settings: Any) -> None:
        with Gateway().open() as elsewhere, Gateway((302, elsewhere.url)).open() as gateway:
            settings.SMS_URL = gateway.url
            delivery = told(sms_to="13800000001")
            with pytest.raises(NotDelivered):
                send(delivery)
        assert not elsewhere.heard
        assert state(delivery)[:2] == ("queued", "refused")

    def test_a_gateway_that_is_away(self, settings: Any) -> None:
        with Gateway().open() as gateway:
            settings.SMS_URL = gateway.url
        delivery = told(sms_to="13800000001")
        with pytest.raises(NotDelivered):
            send(delivery)
        assert state(delivery)[:2] == ("queued", "unreachable")


class TestRobot:
    @pytest.mark.parametrize("flavour", ["dingtalk", "wecom"])
    def test_it_gets_the_format_of_the_group_robots(self, flavour: str) -> None:
        with Gateway((200, '{"errcode": 0}')).open() as gateway:
            assert send(robot(gateway.url, flavour)) == "sent"
        _path, headers, body = gateway.heard[0]
        heard = json.loads(body)
        assert headers["Content-Type"] == "application/json"
        assert heard["msgtype"] == "text" and "K-1" in heard["text"]["content"]

    @pytest.mark.parametrize(
        ("answer", "problem"),
        [
            ((500, "oops"), "500"),
            ((200, '{"errcode": 310000}'), "OSError"),
            ((200, "<html>login</html>"), "JSONDecodeError"),
            ((200, "[]"), "AttributeError"),
        ],
    )
    def test_whatever_it_answers_the_delivery_does_not_hang(
        self, answer: tuple[int, str], problem: str
    ) -> None:
        with Gateway(answer).open() as gateway:
            delivery = robot(gateway.url)
            with pytest.raises(NotDelivered):
                send(delivery)
        assert state(delivery)[:2] == ("queued", problem)

    def test_a_redirect_is_not_followed(self) -> None:
        with Gateway().open() as elsewhere, Gateway((302, elsewhere.url)).open() as gateway:
            delivery = robot(gateway.url)
            with pytest.raises(NotDelivered):
                send(delivery)
        assert not elsewhere.heard


def test_a_claim_holds_until_its_lease_is_over() -> None:
    delivery = told(sms_to="13800000001")
    now = timezone.now()
    assert delivering.claim(delivery.pk, now)
    assert not delivering.claim(delivery.pk, now + timedelta(minutes=4))
    assert delivering.claim(delivery.pk, now + timedelta(minutes=6))


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_it_once(settings: Any) -> None:
    settings.SMS_ADAPTER = "kaimen.foundation.sms.Webhook"
    with Gateway().open() as gateway:
        settings.SMS_URL = gateway.url
        delivery = told(sms_to="13800000001")
        start, results = threading.Barrier(4), []

        def work() -> None:
            start.wait()
            results.append(send(delivery))
            connection.close()

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(results) == ["not_mine"] * 3 + ["sent"]
    assert len(gateway.heard) == 1


@pytest.mark.django_db(transaction=True)
def test_the_worker_sends_what_a_notice_queued(settings: Any) -> None:
    settings.SMS_ADAPTER = "kaimen.foundation.sms.Webhook"
    with Gateway((503, "")).open() as gateway:
        settings.SMS_URL = gateway.url
        delivery = told(sms_to="13800000001")
        worker = PatientWorker(interval=0, worker_id="w")
        worker.run()
        assert state(delivery)[:2] == ("queued", "refused")
        gateway.answers = [(200, "")]
        DBTaskResult.objects.update(run_after=timezone.now())
        worker.run()
    assert state(delivery) == ("sent", "", 2)
    assert len(gateway.heard) == 2
