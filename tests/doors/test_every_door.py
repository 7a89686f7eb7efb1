"""Every address × everybody in the cast: who comes in, who does not. A new address without a row here fails."""

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
# `outsider` is an officer of another community: comes in to pages of their own, never to ours
DESK_ANYWHERE = DESK | {"outsider"}
READERS_ANYWHERE = READERS | {"outsider"}

WHO: dict[frozenset[str], str] = {
    CAST: """healthz home say say_suggest say_confirm form_page track track_print task_link task_link_do
        service_list service_list_xlsx hsds_about hsds_services hsds_organizations board board_how board_csv
        board_xlsx set_language elder choose_community sign_out first_password account_inactive sign_in
        account_login mfa_login_webauthn mfa_authenticate""",
    ONLY_OWN_COMMUNITY: "service service_versions service_version hsds_service",
    # need what this world has not: a file, a wanted answer, the demo, codes, a password given minutes ago
    NOBODY: """sign_in_code file track_do sign_in_as mfa_deactivate_totp mfa_view_recovery_codes
        mfa_download_recovery_codes mfa_reauthenticate mfa_activate_totp mfa_generate_recovery_codes
        mfa_add_webauthn mfa_reauthenticate_webauthn mfa_remove_webauthn mfa_edit_webauthn""",
    SIGNED_IN: """mine me elder_mode consent_withdraw me_export me_erase notices notices_read notice_read
        account_reauthenticate account_change_password mfa_index mfa_list_webauthn""",
    DESK_ANYWHERE: "take visits form_links",
    DESK: "form_poster form_stop desk_do desk_task",
    READERS_ANYWHERE: """desk desk_export desk_save_view manage_services manage_services_xlsx manage_service_new
        manage_services_import manage_services_import_confirm""",
    READERS: """desk_case desk_print desk_reveal manage_service manage_service_preview
        manage_service_discard""",
    frozenset({"officer"}): "desk_drop_view",  # whose view it is
    SUPERVISORS: "watch decide_extension sign_refusal",
    frozenset({"above"}): "decide_appeal",  # neither proposed nor signed
    SUPERVISORS | MANAGERS: "manage_service_publish manage_service_withdraw",
    frozenset({"handler", "chair"}): "inbox",
    frozenset({"handler"}): "task task_do",  # the department's, not the firm's chair
    MANAGERS: """roster roster_sample manage_people manage_person_add manage_person manage_reveal manage_role_give
        manage_role_take manage_absence_add manage_absence_drop manage_password_link manage_organisations
        manage_organisation triage triage_use manage_organisation_add manage_webhook_add manage_webhook_drop""",
}
EMPTY_HANDED = (
    "desk_bulk manage_account manage_second_factor"  # refuse everybody an empty form: tested in their rooms
)
EXPECTED = {name: who for who, names in WHO.items() for name in names.split()}


def addresses(patterns: Any = None) -> Iterator[str]:
    """The name of every address; one without a name would escape the matrix."""
    for entry in patterns or get_resolver().url_patterns:
        if hasattr(entry, "url_patterns"):
            yield from addresses(entry.url_patterns)
        else:
            assert entry.name, f"{entry.pattern} has no name"
            yield entry.name


def test_no_address_is_forgotten() -> None:
    assert sorted(set(addresses())) == sorted({*EXPECTED, *EMPTY_HANDED.split()})


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
    wrong = {}
    for name, who in EXPECTED.items():
        answers = [_knock(house, role, name, "get")]
        if answers[0] != "in":  # refused to look: sending something must be refused as well
            answers.append(_knock(house, role, name, "post"))
        assert answers != ["405", "405"], f"{name} takes neither GET nor POST"
        if ("in" in answers) != (role in who):
            wrong[name] = answers
    assert wrong == {}


def _knock(house: House, role: str, name: str, method: str) -> str:
    """`in`, or why not. What the knock changed is taken back, so that the next finds the same world."""
    with transaction.atomic():
        client = Client()
        arguments = house.arguments.get(name, {})
        if name == "hsds_service":
            arguments = {"id": client.get("/hsds/services").json()["contents"][0]["id"]}
        if role != "anonymous":
            person = house.outsider if role == "outsider" else getattr(house.people, role)
            signed_in(client, person)
        response = getattr(client, method)(reverse(name, kwargs=arguments))
        if response.streaming:
            b"".join(response.streaming_content)  # read to its end, so that its files are closed
        transaction.set_rollback(True)
    if response.status_code == 302:
        there = response["Location"]
        to_sign_in = there == "/in" or there.startswith(("/in?", "/in/staff?next=", "/me/again"))
        return "to sign in" if to_sign_in else "in"
    return str(response.status_code) if response.status_code in {403, 404, 405} else "in"
