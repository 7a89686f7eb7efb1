"""A March counted by hand: nine needs about commuting, three about housing, six about school."""

from kaimen.cases import actions
from kaimen.cases.models import Case
from kaimen.catalogue.models import Domain
from tests.cases.cast import World, at
from tests.cases.stages import declined

NOW = at("2026-03-20", "12:00")
RATED = [(5, "yes"), (4, "yes"), (3, "partly"), (5, "yes"), (1, "no")]


def answer(park: World, case: Case, day: str) -> None:
    actions.answer_case(case=case, text="划了新车位。", by=park.officer, now=at(day))


def play(park: World) -> Case:
    """Play the month; returns the one still without an answer whose day has not come."""
    for score, solved in RATED:  # answered the next working day, each rated
        case = park.case()
        actions.take_case(case=case, by=park.officer, now=at("2026-03-02", "10:30"))
        answer(park, case, "2026-03-03")
        actions.rate_case(case=case, score=score, solved=solved, by=None, now=at("2026-03-04"))
    answer(park, park.case(), "2026-03-09")  # promised for 4 March: three working days late; nobody rates it
    declined(park, park.case(), at("2026-03-03"))  # a signed no is a first answer
    park.case()  # never answered
    for key, name, count in (("housing", "住房保障", 3), ("school", "子女入学", 6)):
        domain = Domain.objects.create(community=park.community, key=key, name=name)
        for _ in range(count):
            answer(park, park.case(service=None, domain=domain), "2026-03-03")
    return park.case(now=at("2026-03-19"))  # promised for 23 March
