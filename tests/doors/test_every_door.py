"""Every address × everybody in the cast: who comes in, who does not. A new address without a row here fails."""

import copy
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from tests.cast import signed_in
from tests.doors.world import House, furnish

NOBODY: frozenset[str] = frozenset()
CAST = frozenset(
    [
        "anonymous",
        "worker",
        "worker_elsewhere",
        "chair",
        "handler",
        "officer",
        "colleague",
        "supervisor",
        "above",
        "manager",
        "outsider",
    ]
)
SIGNED_IN = CAST - {"anonymous"}
ANONYMOUS = frozenset({"anonymous"})
ONLY_OWN_COMMUNITY = CAST - {"outsider"}  # the outsider stands before another community's list
DESK = frozenset({"officer", "colleague", "supervisor", "above"})
READERS = DESK | {"manager"}
SUPERVISORS = frozenset({"supervisor", "above"})
MANAGERS = frozenset({"manager"})
SENDERS = SUPERVISORS | MANAGERS
# `outsider` is an officer of another community: comes in to pages of their own, never to ours
DESK_ANYWHERE = DESK | {"outsider"}
READERS_ANYWHERE = READERS | {"outsider"}
STAFF = READERS_ANYWHERE | {"handler"}

# One row for each address. NOBODY: needs what this world has not, as a file, a wanted answer, the demo, codes, a
# password given minutes ago.
WHO: dict[str, frozenset[str]] = {
    "healthz": CAST,
    "home": CAST,
    "say": CAST,
    "say_suggest": CAST,
    "say_confirm": CAST,
    "form_page": CAST,
    "track": CAST,
    "track_print": CAST,
    "task_link": CAST,
    "task_link_do": CAST,
    "service_list": CAST,
    "service_list_xlsx": CAST,
    "hsds_about": CAST,
    "hsds_services": CAST,
    "hsds_organizations": CAST,
    "board": CAST,
    "hot_public": CAST,
    "hot_board": READERS_ANYWHERE,
    "hot_export": READERS_ANYWHERE,
    "hot_issue": READERS,
    "hot_do": DESK,
    "hot_undo": DESK,
    "board_how": CAST,
    "board_csv": CAST,
    "board_xlsx": CAST,
    "set_language": CAST,
    "elder": CAST,
    "choose_community": CAST,
    "sign_out": CAST,
    "first_password": CAST,
    "account_inactive": CAST,
    "sign_in": CAST,
    "account_login": CAST,
    "mfa_login_webauthn": CAST,
    "mfa_authenticate": CAST,
    "service": ONLY_OWN_COMMUNITY,
    "service_versions": ONLY_OWN_COMMUNITY,
    "service_version": ONLY_OWN_COMMUNITY,
    "hsds_service": ONLY_OWN_COMMUNITY,
    "sign_in_code": NOBODY,
    "file": NOBODY,
    "face": NOBODY,
    "track_do": NOBODY,
    "sign_in_as": NOBODY,
    "mfa_deactivate_totp": NOBODY,
    "mfa_view_recovery_codes": NOBODY,
    "mfa_download_recovery_codes": NOBODY,
    "mfa_reauthenticate": NOBODY,
    "mfa_activate_totp": NOBODY,
    "mfa_generate_recovery_codes": NOBODY,
    "mfa_add_webauthn": NOBODY,
    "mfa_reauthenticate_webauthn": NOBODY,
    "mfa_remove_webauthn": NOBODY,
    "mfa_edit_webauthn": NOBODY,
    "mine": SIGNED_IN,
    "me": SIGNED_IN,
    "me_face_drop": SIGNED_IN,
    "elder_mode": SIGNED_IN,
    "consent_withdraw": SIGNED_IN,
    "me_export": SIGNED_IN,
    "me_erase": SIGNED_IN,
    "notices": SIGNED_IN,
    "notices_read": SIGNED_IN,
    "notices_export": SIGNED_IN,
    "notice_read": SIGNED_IN,
    "account_reauthenticate": SIGNED_IN,
    "account_change_password": SIGNED_IN,
    "mfa_index": SIGNED_IN,
    "mfa_list_webauthn": SIGNED_IN,
    "take": DESK_ANYWHERE,
    "visits": DESK_ANYWHERE,
    "form_links": DESK_ANYWHERE,
    "visits_export": DESK_ANYWHERE,
    "form_links_export": DESK_ANYWHERE,
    "form_poster": DESK,
    "form_stop": DESK,
    "desk_do": DESK,
    "desk_task": DESK,
    "desk": READERS_ANYWHERE,
    "desk_export": READERS_ANYWHERE,
    "desk_save_view": READERS_ANYWHERE,
    "manage_services": READERS_ANYWHERE,
    "manage_services_xlsx": READERS_ANYWHERE,
    "manage_service_new": READERS_ANYWHERE,
    "manage_services_import": READERS_ANYWHERE,
    "manage_services_import_confirm": READERS_ANYWHERE,
    "needs_tables": READERS_ANYWHERE,
    "needs_tables_export": READERS_ANYWHERE,
    "needs_table": READERS,
    "needs_table_bring": READERS,
    "needs_table_drop": READERS,
    "needs_table_bad": READERS,
    "desk_case": READERS,
    "desk_print": READERS,
    "desk_reveal": READERS,
    "manage_service": READERS,
    "manage_service_preview": READERS,
    "manage_service_discard": READERS,
    "me_face": STAFF,
    "find": STAFF,
    "desk_drop_view": frozenset({"officer"}),
    "watch": SUPERVISORS,
    "watch_export": SUPERVISORS,
    "decide_extension": SUPERVISORS,
    "sign_refusal": SUPERVISORS,
    "decide_appeal": frozenset({"above"}),  # neither proposed nor signed
    "manage_service_publish": SUPERVISORS | MANAGERS,
    "manage_service_withdraw": SUPERVISORS | MANAGERS,
    "mailings": SENDERS,
    "mailing_new": SENDERS,
    "letter_templates": SENDERS,
    "letterhead": SENDERS,
    "letterhead_logo": SENDERS,
    "letterhead_logo_drop": SENDERS,
    "letterhead_sample": SENDERS,
    "letter_templates_load": SENDERS,
    "letter_template_new": SENDERS,
    "letter_template_preview": SENDERS,
    "letter_template": SENDERS,
    "letter_template_switch": SENDERS,
    "mailing": SENDERS,
    "mailing_recipients": SENDERS,
    "mailing_words": SENDERS,
    "mailing_do": SENDERS,
    "mailing_sample": SENDERS,
    "mailing_scan": SENDERS,
    "mailing_numbers": SENDERS,
    "mailing_export": SENDERS,
    "batch_posted": SENDERS,
    "batch_again": SENDERS,
    "batch_file": SENDERS,
    "letter": SENDERS,
    "letter_pdf": SENDERS,
    "letter_docx": SENDERS,
    "letter_mend": SENDERS,
    "letter_do": SENDERS,
    "answer_letter": DESK,
    "answer_letter_pdf": DESK,
    "answer_letter_docx": DESK,
    "letter_door": CAST,
    "letter_read": CAST,
    "letter_door_pdf": CAST,
    "letter_door_docx": CAST,
    "letter_off": CAST,
    "letter_address": CAST,
    "manage_answers": SUPERVISORS | MANAGERS,
    "manage_answer_new": SUPERVISORS | MANAGERS,
    "manage_answer": SUPERVISORS | MANAGERS,
    "manage_answer_preview": SUPERVISORS | MANAGERS,
    "manage_answer_switch": SUPERVISORS | MANAGERS,
    "inbox": frozenset({"handler", "chair"}),
    "inbox_export": frozenset({"handler", "chair"}),
    "task": frozenset({"handler"}),  # the department's, not the firm's chair
    "task_do": frozenset({"handler"}),
    "roster": MANAGERS,
    "roster_sample": MANAGERS,
    "manage_people": MANAGERS,
    "manage_person_add": MANAGERS,
    "manage_person": MANAGERS,
    "manage_reveal": MANAGERS,
    "manage_role_give": MANAGERS,
    "manage_role_take": MANAGERS,
    "manage_absence_add": MANAGERS,
    "manage_absence_drop": MANAGERS,
    "manage_password_link": MANAGERS,
    "manage_organisations": MANAGERS,
    "manage_face": MANAGERS,
    "manage_face_drop": MANAGERS,
    "manage_organisation": MANAGERS,
    "manage_organisation_add": MANAGERS,
    "manage_webhook_add": MANAGERS,
    "manage_webhook_drop": MANAGERS,
    "manage_people_export": MANAGERS,
    "manage_organisations_export": MANAGERS,
    "open311_discovery": CAST,
    "open311_services": CAST,
    "open311_service": CAST,
    "open311_requests": CAST,
    "open311_request": CAST,
    "open311_token": CAST,
    "api_schema": CAST,
    "api_docs": CAST,
    "api_services": SIGNED_IN,
    "api_figures": SIGNED_IN,
    "api_calendar_days": SIGNED_IN,
    "api_deadline": SIGNED_IN,
    "api_service": SIGNED_IN - {"outsider"},
    "api_need": frozenset({"worker"}),  # who asked
    # the next three say what is missing before they look for the case: their own tests know the outsider
    "api_needs": DESK_ANYWHERE,
    "api_case_progress": DESK_ANYWHERE,
    "api_case_answer": DESK_ANYWHERE,
    "api_cases": READERS_ANYWHERE,
    "api_case": READERS,
    "api_tasks": frozenset({"handler", "chair"}),
    "api_task_accept": frozenset({"handler", "chair"}),
    "api_task_finish": frozenset({"handler", "chair"}),
    "api_task_return": frozenset({"handler", "chair"}),
    "api_task": frozenset({"handler"}),
    "manage_keys": MANAGERS,
    "manage_key_revoke": MANAGERS,
    "readyz": CAST,
    "metrics": NOBODY,
    "due_ics": CAST,
    "due_feed": READERS_ANYWHERE | {"handler", "chair"},
    "triage": MANAGERS,
    "triage_use": MANAGERS,
}
EMPTY_HANDED = (
    "desk_bulk manage_account manage_second_factor"  # refuse everybody an empty form: tested in their rooms
)


def addresses(patterns: Any = None) -> Iterator[str]:
    """The name of every address; one without a name would escape the matrix."""
    for entry in patterns or get_resolver().url_patterns:
        if hasattr(entry, "url_patterns"):
            yield from addresses(entry.url_patterns)
        else:
            assert entry.name, f"{entry.pattern} has no name"
            yield entry.name


def test_no_address_is_forgotten() -> None:
    assert sorted(set(addresses())) == sorted({*WHO, *EMPTY_HANDED.split()})


@pytest.fixture
def quiet_refusals() -> Iterator[None]:
    """Hundreds of refusals, each with its traceback in the log, would cost more than the requests."""
    logger = logging.getLogger("django.request")
    level, logger.level = logger.level, logging.CRITICAL
    yield
    logger.level = level


@pytest.mark.django_db
@pytest.mark.usefixtures("quiet_refusals")
@pytest.mark.parametrize("role", sorted(CAST))
def test_who_comes_in(role: str) -> None:
    house = furnish()
    someone = Client()
    if role != "anonymous":
        signed_in(someone, house.outsider if role == "outsider" else getattr(house.people, role))
    wrong = {}
    for name, who in WHO.items():
        answers = [_knock(house, someone, name, "get")]
        if answers[0] != "in":  # refused to look: sending something must be refused as well
            answers.append(_knock(house, someone, name, "post"))
        assert answers != ["405", "405"], f"{name} takes neither GET nor POST"
        if ("in" in answers) != (role in who):
            wrong[name] = answers
    assert wrong == {}


def _knock(house: House, someone: Client, name: str, method: str) -> str:
    """`in`, or why not. What the knock changed is taken back, so that the next finds the same world."""
    with transaction.atomic():
        client = Client()
        client.cookies = copy.deepcopy(someone.cookies)  # signed in a moment ago, and nothing since
        arguments = house.arguments.get(name, {})
        if name == "hsds_service":
            arguments = {"id": Client().get("/hsds/services").json()["contents"][0]["id"]}
        response = getattr(client, method)(reverse(name, kwargs=arguments))
        if response.streaming:
            b"".join(response.streaming_content)  # read to its end, so that its files are closed
        transaction.set_rollback(True)
    if response.status_code == 302:
        there = response["Location"]
        to_sign_in = there == "/in" or there.startswith(("/in?", "/in/staff?next=", "/me/again"))
        return "to sign in" if to_sign_in else "in"
    return str(response.status_code) if response.status_code in {401, 403, 404, 405} else "in"
