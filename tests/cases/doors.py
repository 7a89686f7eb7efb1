"""Signing people of the small world in, without a password: what a page test needs."""

from typing import Any

from django.test import Client

from kaimen.foundation.models import Account, Person


def signed_in(person: Person, **options: Any) -> Client:
    """A browser in which this person is signed in."""
    account, _ = Account.objects.get_or_create(username=f"p{person.pk}", person=person)
    client = Client(**options)
    client.force_login(account)
    return client
