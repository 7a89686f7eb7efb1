"""What was understood is kept with each case, once, by a job."""

from kaimen.foundation.models import Place
from kaimen.intake import readings
from kaimen.intake.forms import SayForm
from kaimen.intake.models import Reading
from tests.cast import MONDAY, World
from tests.intake.test_hearing import furnish, tell


def test_every_new_case_is_read_once(park: World) -> None:
    made = furnish(park)
    Place.objects.create(community=park.community, key="gate", name="东门")
    chosen = tell(park, "东门旁边的宿舍热水没了", service=made["dorm"])
    alone = tell(park, "老板两个月不发工资")
    assert not Reading.objects.exists()  # nobody waits for it at the door
    assert readings.read_new(MONDAY) == 2
    assert readings.read_new(MONDAY) == 0
    first, second = Reading.objects.order_by("case_id")
    assert (first.case, second.case) == (chosen, alone)
    assert first.service == made["dorm"] and first.domain == made["dorm"].domain
    assert first.mentions["places"] == ["东门"]
    assert second.service is None and second.domain == made["wages"].domain


def test_who_chose_is_not_overruled_by_the_ear(park: World) -> None:
    made = furnish(park)
    case = tell(park, "宿舍热水没了", service=made["wages"])
    assert case.domain == made["wages"].domain
    readings.read_new(MONDAY)
    assert Reading.objects.get().domain == made["dorm"].domain  # what the words say stays to be compared


def test_a_place_that_is_gone_is_said_kindly(park: World) -> None:
    """The places are kept in memory: one that was taken away must not be chosen any more."""
    place = Place.objects.create(community=park.community, key="gate", name="东门")
    sent = {"words": "没地方停车", "key": "k" * 20, "place": str(place.pk)}
    assert SayForm(sent, community=park.community).is_valid()
    place.delete()
    gone = SayForm(sent, community=park.community)
    assert not gone.is_valid() and "没有这个地方了" in str(gone.errors["place"])
