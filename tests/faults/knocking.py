"""A process that takes one need: `python -m tests.faults.knocking KEY COMMUNITY [hold]`.

Says "comes" before it begins, "taken" when the need is written but not committed; with `hold` it commits when a line
comes in. Then it says the case's number.
"""

import sys

import django
from django.db import transaction


def main(key: str, community: str, *hold: str) -> None:
    django.setup()
    from kaimen.cases.enums import Channel
    from kaimen.foundation.models import Organisation
    from kaimen.intake.actions import knock

    Organisation.objects.get(key=community)  # connected
    say("comes")
    # As machines.knock_by_key and other callers do: what belongs to the need is written in one transaction with it.
    with transaction.atomic():
        place = Organisation.objects.get(key=community)
        case = knock(key=key, community=place, words="东门早上没地方停车", channel=Channel.API, by=None)
        say("taken")
        if hold:
            sys.stdin.readline()
    say(case.number)


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
