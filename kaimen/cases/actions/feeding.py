"""A person's own calendar address: made, made anew, taken back."""

from datetime import datetime

from django.db import transaction

from kaimen.cases.models import DueFeed
from kaimen.foundation import audit
from kaimen.foundation.models import Person
from kaimen.foundation.secret_links import new_salt, token_digest, token_for


@transaction.atomic
def make_feed(*, by: Person, now: datetime) -> DueFeed:
    """A new address for this person's due days; an older one opens nothing any more."""
    salt = new_salt()
    fields = {"salt": salt, "digest": token_digest(token_for(salt, "due")), "made_at": now, "read_at": None}
    feed, _ = DueFeed.objects.update_or_create(person=by, defaults=fields)
    audit.record(verb="feed.make", subject=feed, by=by)
    return feed


@transaction.atomic
def revoke_feed(*, by: Person) -> None:
    """Nothing is read under the address any more. Twice is the same as once."""
    feed = DueFeed.objects.filter(person=by).first()
    if feed is not None:
        audit.record(verb="feed.revoke", subject=feed, by=by)
        feed.delete()
