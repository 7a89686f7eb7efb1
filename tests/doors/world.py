"""One of everything that an address can name, so that every address of the house can be knocked at."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core import signing
from django.test import Client
from django.utils import timezone

from kaimen.cases import actions as cases
from kaimen.cases.actions.feeding import make_feed
from kaimen.cases.links import task_path, track_token
from kaimen.cases.models import AnswerTemplate, SavedView
from kaimen.catalogue import actions as catalogue
from kaimen.catalogue.content import content_of
from kaimen.foundation.keys import make_key
from kaimen.foundation.models import Absence, Attachment, Consent, Notice, Role, Webhook
from kaimen.foundation.secret_links import token_for
from kaimen.hotspots.actions import rename_issue
from kaimen.hotspots.models import HotIssue
from kaimen.intake.actions import make_form_link
from kaimen.intake.models import NeedsTable
from kaimen.letters import actions as post
from kaimen.letters import files as papers
from kaimen.letters import links
from kaimen.letters.models import Batch, Letter, Mailing
from kaimen.letters.recipients import Recipient
from tests.cast import World, signed_in, world


@dataclass
class House:
    """The people, and for each address the arguments it takes."""

    people: World
    outsider: Any
    arguments: dict[str, dict[str, Any]]


def furnish() -> House:
    people = world()
    now = timezone.now()
    outsider = people.elsewhere()
    officer, community = people.officer, people.community
    content = content_of(people.service) | {"who": "园区职工", "phrases": ["没地方停车"]}
    catalogue.save_draft(service=people.service, content=content, by=officer)
    catalogue.publish(service=people.service, by=people.supervisor)
    catalogue.save_draft(service=people.service, content=content | {"fee": "不收费"}, by=officer)
    case = people.case(asker=people.worker, now=now)
    task = cases.give_task(
        cases=[case],
        organisation=people.department,
        title="示例",
        detail="看一下",
        days=3,
        by=officer,
        now=now,
    )
    link, token = cases.make_task_link(task=task, for_person=people.handler, by=officer, now=now)
    assert task_path(link).endswith(token)
    extension = cases.ask_extension(
        promise=case.promises.last(), days=2, reason="等材料", by=officer, now=now
    )
    refusal = cases.propose_refusal(
        case=people.case(now=now), clause="示例条款", reason="示例理由", other_way="", by=officer, now=now
    )
    declined = people.case(asker=people.worker, now=now)
    signed = cases.propose_refusal(
        case=declined, clause="示例条款", reason="示例理由", other_way="", by=officer, now=now
    )
    cases.sign_refusal(refusal=signed, agree=True, note="", by=people.supervisor, now=now)
    cases.appeal(refusal=signed, text="再看看", by=people.worker, now=now)
    form = make_form_link(community=community, name="示例码", by=officer)
    today = date.today()
    absence = Absence.objects.create(person=officer, first_day=today, last_day=today + timedelta(days=1))
    webhook = Webhook.objects.create(organisation=community, url="https://robot.invalid/x", flavour="wecom")
    attachment = Attachment.objects.create(
        file="2026/11/none", name="x.jpg", content_type="image/jpeg", size=1, sha256=""
    )
    consent = Consent.objects.create(person=people.worker, kind="personal_data", text_version="1")
    notice = Notice.objects.create(person=people.worker, code="progress", params={"title": "示例"})
    ready = AnswerTemplate.objects.create(community=community, name="示例", text="示例")
    view = SavedView.objects.create(person=officer, name="示例", query="due=late")
    role = Role.objects.get(person=officer)
    needs = NeedsTable.objects.create(
        community=community, filename="x.csv", created_by=officer, created_at=now, moved_at=now
    )
    mailing, batch, letter = _mailing(people, now)
    _other, _batch, answer = _mailing(people, now, about=case.number)
    key = make_key(
        name="示例平台",
        organisation=community,
        scopes=["needs:write"],
        expires_at=now + timedelta(days=9),
        by=people.manager,
        now=now,
    )
    signed_in(Client(), officer)  # with an account: the feed is for who could sign in
    feed = make_feed(by=officer, now=now)
    issue = HotIssue.objects.create(community=community, title="示例", messages=1)
    rename_issue(issue=issue, title="示例停车", by=officer, now=now)
    deed = issue.deeds.get()
    number, tracked = {"number": case.number}, {"token": track_token(case)}
    service, node, whom = {"key": "parking"}, {"pk": people.firm.pk}, {"pk": people.colleague.pk}
    arguments: dict[str, dict[str, Any]] = {
        "desk_case": number,
        "desk_do": number | {"verb": "note"},
        "desk_reveal": number,
        "desk_print": number,
        "desk_task": number | {"pk": task.pk, "verb": "link"},
        "desk_export": {"kind": "csv"},
        "manage_answer": {"pk": ready.pk},
        "manage_answer_switch": {"pk": ready.pk},
        "watch_export": {"part": "late", "kind": "csv"},
        "desk_drop_view": {"pk": view.pk},
        "hot_issue": {"pk": issue.pk},
        "hot_do": {"pk": issue.pk, "verb": "lock"},
        "hot_undo": {"pk": deed.pk},
        "hot_export": {"kind": "csv"},
        "form_page": {"token": form.token},
        "file": {"signed": signing.dumps(attachment.token, salt="file")},
        "form_poster": {"pk": form.pk},
        "form_stop": {"pk": form.pk},
        "triage_use": {"pk": 0},
        "hsds_service": {"id": None},
        "api_service": service,
        "due_ics": {"token": token_for(feed.salt, "due")},
        "sign_in_as": {"pk": people.worker.pk},
        "first_password": {"token": "x" * 22},
        "service": service,
        "service_versions": service,
        "service_version": service | {"number": 1},
        "manage_organisation": node,
        "manage_organisation_add": node,
        "manage_webhook_add": {"pk": community.pk},
        "manage_webhook_drop": {"pk": community.pk, "webhook": webhook.pk},
        "manage_person": whom,
        "manage_face": whom,
        "manage_face_drop": whom,
        "face": {"token": attachment.token},
        "manage_absence_add": whom,
        "manage_absence_drop": {"pk": officer.pk, "absence": absence.pk},
        "manage_account": whom,
        "manage_password_link": whom,
        "manage_reveal": whom,
        "manage_role_give": whom,
        "manage_role_take": {"pk": officer.pk, "role": role.pk},
        "manage_second_factor": whom,
        "consent_withdraw": {"pk": consent.pk},
        "notice_read": {"pk": notice.pk},
        "track": tracked,
        "track_do": tracked | {"verb": "more"},
        "track_print": tracked,
        "task_link": {"token": token},
        "task_link_do": {"token": token, "verb": "accept"},
        "task": {"pk": task.pk},
        "task_do": {"pk": task.pk, "verb": "accept"},
        "decide_appeal": {"pk": signed.pk},
        "decide_extension": {"pk": extension.pk},
        "sign_refusal": {"pk": refusal.pk},
        "open311_discovery": {"kind": "json"},
        "open311_services": {"kind": "xml"},
        "open311_service": {"kind": "json", "code": "parking"},
        "open311_requests": {"kind": "json"},
        "open311_request": {"kind": "json", "number": case.number},
        "open311_token": {"kind": "xml", "token": track_token(case)},
        "manage_key_revoke": {"pk": key.key.pk},
        "mfa_edit_webauthn": {"pk": 1},
        "mfa_remove_webauthn": {"pk": 1},
    }
    arguments |= {
        "mailing_do": {"pk": mailing.pk, "verb": "send"},
        "mailing_sample": {"pk": mailing.pk, "seq": 1},
        "mailing_export": {"pk": mailing.pk, "kind": "csv"},
        "batch_posted": {"pk": mailing.pk, "number": batch.number},
        "batch_again": {"pk": mailing.pk, "number": batch.number},
        "batch_file": {"pk": mailing.pk, "number": batch.number, "what": "list"},
        "letter_do": {"pk": letter.pk, "verb": "deliver"},
        "letter_template": {"pk": mailing.template_id},
        "letter_template_switch": {"pk": mailing.template_id},
        "answer_letter": number,
        "answer_letter_pdf": number | {"pk": answer.pk},
        "answer_letter_docx": number | {"pk": answer.pk},
    }
    for name in ("mailing", "mailing_recipients", "mailing_words", "mailing_scan", "mailing_numbers"):
        arguments[name] = {"pk": mailing.pk}
    for name in ("letter", "letter_pdf", "letter_docx", "letter_mend"):
        arguments[name] = {"pk": letter.pk}
    for name in ("_door", "_read", "_door_pdf", "_door_docx", "_off", "_address"):
        arguments[f"letter{name}"] = {"token": links.token(letter)}
    for name in ("desk", "inbox", "notices", "visits", "form_links", "needs_tables", "manage_people"):
        arguments[f"{name}_export"] = {"kind": "csv"}
    arguments["manage_organisations_export"] = {"kind": "xlsx"}
    for name in ("need", "case", "case_progress", "case_answer"):
        arguments[f"api_{name}"] = number
    for name in ("task", "task_accept", "task_finish", "task_return"):
        arguments[f"api_{name}"] = {"pk": task.pk}
    for name in ("", "_discard", "_preview", "_publish", "_withdraw"):
        arguments[f"manage_service{name}"] = service
    for name in ("", "_bring", "_drop", "_bad"):
        arguments[f"needs_table{name}"] = {"pk": needs.pk}
    return House(people, outsider, arguments)


def _mailing(people: World, now: datetime, about: str = "") -> tuple[Mailing, Batch, Letter]:
    """A letter on paper, made and on its way; its file is one that the test's own folder holds."""
    text = {"name": f"示例信{about}", "title": "", "greeting": "{姓名}：", "body": "您好", "sender": "示例"}
    template = post.add_template(
        community=people.community, kind="answer", text=text, by=people.supervisor, now=now
    )
    mailing = post.mail_to(
        organisation=people.community,
        community=people.community,
        name="示例来信",
        text=text,
        kind="answer",
        recipients=[Recipient(name="示例周", address="示例路 1 号")],
        channels=["print"],
        by=people.supervisor,
        now=now,
        template=template,
        about=about,
    )
    letter = mailing.letters.get()
    batch = Batch.objects.create(mailing=mailing, number=1, state="ready")
    Letter.objects.filter(pk=letter.pk).update(
        state="made", rank=3, pdf=papers.write(b"%PDF-1.7"), batch=batch
    )
    mailing.counts.update(state="made")
    Mailing.objects.filter(pk=mailing.pk).update(state="sending")
    return mailing, batch, letter
