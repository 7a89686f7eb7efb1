"""Letters leave by real SMTP, SMS and in the app; what is refused is tried again or bounces, with its reason."""

import json
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest

from kaimen.foundation.models import Account, Notice, Webhook
from kaimen.letters import links
from kaimen.letters.actions.making import LEASE, claim
from kaimen.letters.actions.moving import add_counts
from kaimen.letters.actions.sending import ATTEMPTS
from kaimen.letters.enums import RANKS
from kaimen.letters.models import LetterEvent
from kaimen.letters.recipients import of_person
from tests.cast import MONDAY, World
from tests.foundation.servers import Gateway, Mailbox, post_office
from tests.letters.cast import chairs, counts_agree, go_out, made, sent, states, the


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.PUBLIC_URL = "https://door.example"


class Picky(Mailbox):
    """Refuses some readers for ever, as a real server does at RCPT."""

    def __init__(self, *, never: str = "", refuse: tuple[str, ...] = ()) -> None:
        super().__init__(*refuse)
        self.never = never

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.never and address.startswith(self.never):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"


class Tired(Mailbox):
    """Takes some letters, then refuses every further one until it is `rested`: at its door, or by hanging up in the middle of
    a letter."""

    def __init__(self, *, takes: int, hangs_up: bool) -> None:
        super().__init__()
        self.takes, self.hangs_up, self.rested = takes, hangs_up, False

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self._tired and not self.hangs_up:
            return "421 too many, closing"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self._tired:
            server.transport.close()
            return "421 closing"
        return await super().handle_DATA(server, session, envelope)

    @property
    def _tired(self) -> bool:
        return len(self.letters) >= self.takes and not self.rested


class TestMail:
    def test_each_gets_their_own_with_the_paper_and_the_door(self, park: World, settings: Any) -> None:
        with post_office(Mailbox(), settings) as mailbox:
            found = sent(park)
        assert states(found) == ["sent"] * 3
        assert sorted(m.rcpt_tos[0] for m in mailbox.letters) == [f"chair{n}@example.org" for n in (1, 2, 3)]
        mail = message_from_bytes(mailbox.letters[0].content, policy=policy.default)
        attached = next(mail.iter_attachments())
        assert attached.get_content().startswith(b"%PDF")
        assert "示例" not in attached.get_filename()
        assert links.url(the(found)) in mail.get_body().get_content()
        assert mail["List-Unsubscribe"] is None  # official

    def test_no_letter_of_thanks_without_a_way_to_end_it(self, park: World, settings: Any) -> None:
        with post_office(Mailbox(), settings) as mailbox:
            found = sent(park, chairs(1), official=False)
        mail = message_from_bytes(mailbox.letters[0].content, policy=policy.default)
        assert f"{links.path(the(found))}/off" in mail["List-Unsubscribe"].replace("\n ", "")

    def test_refused_half_way_those_alone_are_sent_again(self, park: World, settings: Any) -> None:
        with post_office(Picky(refuse=("451 later", "421 closing")), settings) as mailbox:
            found = sent(park)
            assert sorted(states(found)) == ["made", "made", "sent"]
            assert {one.reason for one in found.letters.filter(state="made")} == {"smtp_451", "smtp_421"}
            go_out(found, MONDAY + timedelta(seconds=30))
            assert sorted(states(found)) == ["made", "made", "sent"]  # patience
            go_out(found, MONDAY + timedelta(minutes=3))
        assert states(found) == ["sent"] * 3
        assert len(mailbox.letters) == 3
        assert len({m.rcpt_tos[0] for m in mailbox.letters}) == 3

    @pytest.mark.parametrize("hangs_up", [False, True])
    def test_a_server_that_gives_up_half_way_gets_the_rest_later(
        self, park: World, settings: Any, hangs_up: bool
    ) -> None:
        """Fifteen letters over real SMTP, twice."""
        with post_office(Tired(takes=6, hangs_up=hangs_up), settings) as mailbox:
            found = sent(park, chairs(15))
            assert len(mailbox.letters) == found.letters.filter(state="sent").count() == 6
            assert found.letters.filter(state="made").count() == 9 and counts_agree(found)
            mailbox.rested = True
            go_out(found, MONDAY + timedelta(minutes=3))
        assert states(found) == ["sent"] * 15 and counts_agree(found)
        assert not found.letters.exclude(reason="").exists()  # why it was late is in its history only
        reached = sorted(one.rcpt_tos[0] for one in mailbox.letters)
        assert reached == sorted(f"chair{n}@example.org" for n in range(1, 16))

    def test_no_such_mailbox_bounces_with_the_server_s_number(self, park: World, settings: Any) -> None:
        with post_office(Picky(never="chair2"), settings):
            found = sent(park)
        assert states(found) == ["sent", "bounced", "sent"]
        event = LetterEvent.objects.get(letter=the(found, 2), verb="bounce")
        assert event.code == "smtp_550" and counts_agree(found)

    def test_later_every_time_it_bounces_in_the_end(self, park: World, settings: Any) -> None:
        with post_office(Mailbox(*["450 later"] * 20), settings):
            found = sent(park, chairs(1))
            for day in range(1, ATTEMPTS + 1):
                go_out(found, MONDAY + timedelta(days=day))
        assert states(found) == ["bounced"]

    @pytest.mark.parametrize("evil", ["王\r\nBcc: x@example.org", "王\nSubject: 假", "长" * 80])
    def test_a_name_cannot_write_headers(self, park: World, settings: Any, evil: str) -> None:
        with post_office(Mailbox(), settings) as mailbox:
            found = made(park, chairs(1, name=evil[:80]), ("email",), text={"title": "{姓名}", "greeting": "", "body": "您好", "sender": evil})  # fmt: skip
            from kaimen.letters import actions

            actions.send_letters(mailing=found, by=park.supervisor, now=MONDAY)
            go_out(found)
        mail = message_from_bytes(mailbox.letters[0].content, policy=policy.default)
        assert mailbox.letters[0].rcpt_tos == ["chair1@example.org"]
        assert mail["Bcc"] is None and len(mail.get_all("Subject")) == 1
        assert mail["Subject"].strip().startswith(evil[0])

    @pytest.mark.parametrize(
        "address", ["a@example.org\nBcc: b@example.org", "a b@example.org", "<a@x>, b@y"]
    )
    def test_an_address_that_is_none_bounces(self, park: World, settings: Any, address: str) -> None:
        with post_office(Mailbox(), settings) as mailbox:
            found = sent(park, chairs(1, email=address))
        assert (states(found), the(found).reason) == (["bounced"], "address")
        assert not mailbox.letters

    def test_a_killed_worker_s_letter_waits_for_its_claim_to_end(self, park: World, settings: Any) -> None:
        with post_office(Mailbox(), settings) as mailbox:
            found = made(park, chairs(2), ("email",))
            from kaimen.letters import actions

            actions.send_letters(mailing=found, by=park.supervisor, now=MONDAY)
            claim(found, "made", MONDAY, ["email"])
            go_out(found)
            assert not mailbox.letters
            go_out(found, MONDAY + LEASE + timedelta(seconds=1))
        assert len(mailbox.letters) == 2 and states(found) == ["sent"] * 2

    def test_a_second_copy_bears_the_first_one_s_number(self, park: World, settings: Any) -> None:
        """A worker was killed after the mail had left and before it was written down: mail programs show it once."""
        with post_office(Mailbox(), settings) as mailbox:
            found = sent(park, chairs(2))
            found.letters.filter(seq=1).update(state="made", rank=RANKS["made"])
            add_counts(found.pk, {("email", "sent"): -1, ("email", "made"): 1})
            go_out(found)
        numbers = [message_from_bytes(one.content)["Message-ID"] for one in mailbox.letters]
        assert len(numbers) == 3 and len(set(numbers)) == 2

    def test_without_a_mail_server_nothing_says_sent(self, park: World) -> None:
        found = sent(park, chairs(1))
        assert (states(found), the(found).reason) == (["made"], "unavailable")


def test_a_text_message_holds_the_link(park: World, settings: Any) -> None:
    settings.SMS_ADAPTER = "kaimen.foundation.sms.Webhook"
    with Gateway().open() as gateway:
        settings.SMS_URL = gateway.url
        found = sent(park, chairs(1), ("sms",))
    heard = json.loads(gateway.heard[0][2])
    assert heard["phone"] == "13900000001" and links.url(the(found)) in heard["text"]
    assert states(found) == ["sent"]


class TestRobot:
    """A group robot over real HTTP. It hears that a letter is there, and neither for whom nor what it says."""

    def _to(self, park: World, gateway: Gateway) -> Any:
        Webhook.objects.create(organisation=park.firm, url=gateway.url, flavour="dingtalk")
        return sent(park, [of_person(park.chair, park.firm)], ("robot", "print"))

    def test_the_group_is_told_once_and_the_person_too(self, park: World) -> None:
        with Gateway((200, '{"errcode": 0}')).open() as gateway:
            found = self._to(park, gateway)
            go_out(found)
        assert states(found) == ["sent"] and len(gateway.heard) == 1
        path, headers, body = gateway.heard[0]
        said = json.loads(body)
        assert (path, headers["Content-Type"], said["msgtype"]) == ("/hook", "application/json", "text")
        assert the(found).number in said["text"]["content"]
        for secret in (park.chair.name, links.token(the(found)), park.chair.name[-1], "感谢您"):
            assert secret not in body.decode()
        assert Notice.objects.get(person=park.chair).link == links.path(the(found))

    @pytest.mark.parametrize(
        "answer", [(200, '{"errcode": 310000}'), (500, ""), (200, "<html>"), (302, "/x")]
    )
    def test_refused_it_is_tried_again_and_told_once(self, park: World, answer: tuple[int, str]) -> None:
        with Gateway(answer, (200, '{"errcode": 0}')).open() as gateway:
            found = self._to(park, gateway)
            assert (states(found), the(found).reason) == (["made"], "robot")
            go_out(found, MONDAY + timedelta(seconds=30))
            assert len(gateway.heard) == 1  # patience
            go_out(found, MONDAY + timedelta(minutes=3))
            go_out(found, MONDAY + timedelta(hours=3))
        assert (states(found), the(found).reason, len(gateway.heard)) == (["sent"], "", 2)
        assert Notice.objects.filter(person=park.chair).count() == 1

    def test_taken_away_in_the_meantime_it_bounces(self, park: World) -> None:
        with Gateway((500, "")).open() as gateway:
            found = self._to(park, gateway)
            Webhook.objects.update(active=False)
            go_out(found, MONDAY + timedelta(minutes=3))
        assert (states(found), the(found).reason) == (["bounced"], "robot") and counts_agree(found)


def test_in_the_app_there_is_one_notice(park: World) -> None:
    Account.objects.create(person=park.worker, username="w")
    found = sent(park, [of_person(park.worker, park.firm)], ("app", "print"))
    go_out(found)
    assert states(found) == ["sent"]
    assert Notice.objects.get(person=park.worker).link == links.path(the(found))


def test_paper_waits_for_the_post(park: World) -> None:
    assert states(sent(park, channels=("print",))) == ["made"] * 3


def test_what_was_stopped_is_not_sent(park: World, settings: Any) -> None:
    from kaimen.letters import actions

    with post_office(Mailbox(), settings) as mailbox:
        found = made(park, channels=("email",))
        actions.send_letters(mailing=found, by=park.supervisor, now=MONDAY)
        actions.stop_mailing(mailing=found, by=park.supervisor, now=MONDAY)
        go_out(found)
    assert not mailbox.letters and states(found) == ["made"] * 3
