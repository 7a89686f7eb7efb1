"""Addresses that no page can do anything with: answered before PostgreSQL, which refuses to look for a NUL, is asked."""

import pytest
from django.test import Client

from tests.cast import World


@pytest.mark.parametrize("address", ["/t/a%00b", "/f/%00", "/find?q=%00", "/board/?domain=a%00"])
def test_a_nul_in_an_address_leads_nowhere_in_our_own_look(park: World, address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code == 404
    assert "<h1" in answer.content.decode()


@pytest.mark.parametrize("address", ["/api/v1/services/a%00b", "/api/v1/services?community=%00"])
def test_a_program_is_told_so_in_its_own_words(park: World, address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"
