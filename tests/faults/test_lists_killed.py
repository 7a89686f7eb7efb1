"""The worker is killed with SIGKILL while it reads a long list: the next one ends it, and everybody is on it once."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from kaimen.letters import actions
from kaimen.letters.actions.reading import AT_ONCE
from tests.cast import World
from tests.faults.house import wait_for, work
from tests.faults.test_letters_killed import leases_run_out, until_all_is_done
from tests.faults.test_worker_killed import killed_at_the_end
from tests.letters.cast import counts_agree
from tests.letters.test_writing import draft

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 4 * AT_ONCE


def test_a_long_list_killed_half_way_is_read_to_its_end_by_the_next(park: World) -> None:
    """Two starts of a real worker, the first killed between two chunks of 4,000 rows."""
    rows = "\n".join(f"示例{n},示例{n}厂,示例市示例区示例街道示例路 {n} 号" for n in range(PEOPLE))
    upload = SimpleUploadedFile("chairs.csv", f"姓名,单位,地址\n{rows}\n".encode())
    found = draft(park)
    assert not actions.take_table(mailing=found, upload=upload, by=park.supervisor, now=timezone.now())
    with killed_at_the_end(work()):
        wait_for(lambda: found.letters.exists())
    half = found.letters.count()
    assert half < PEOPLE and half % AT_ONCE == 0
    leases_run_out()
    until_all_is_done()
    found.refresh_from_db()
    assert (found.state, found.total, found.last_seq) == ("checked", PEOPLE, PEOPLE)
    assert found.letters.count() == PEOPLE and counts_agree(found)
