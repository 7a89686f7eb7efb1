"""Letter templates that come with the house (packs/letter_templates)."""

from datetime import datetime
from pathlib import Path

from django.db import transaction

from kaimen.foundation.models import Organisation, Person
from kaimen.foundation.yaml_files import read_yaml
from kaimen.letters.models import LetterTemplate

from .templates import TEXT, add_template

FOLDER = Path(__file__).resolve().parents[2] / "packs" / "letter_templates"


@transaction.atomic
def load_templates(*, community: Organisation, by: Person | None, now: datetime) -> int:
    """Take over the templates of the packs that the community does not have yet: how many. What it has stays as it is.

    A template whose name somebody used for one of their own is passed over.
    """
    here = LetterTemplate.objects.filter(community=community)
    keys, names = set(here.values_list("key", flat=True)), set(here.values_list("name", flat=True))
    added = 0
    for path in sorted(FOLDER.glob("*.yaml")):
        for entry in read_yaml(path)["templates"]:
            if entry["key"] in keys or entry["name"] in names:
                continue
            text = {part: str(entry.get(part) or "").strip() for part in TEXT}
            add_template(
                community=community,
                kind=entry["kind"],
                text=text,
                by=by,
                now=now,
                key=entry["key"],
                from_pack=True,
            )
            names.add(entry["name"])
            added += 1
    return added
