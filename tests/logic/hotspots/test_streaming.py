"""Message by message: like joins like, says why, and one more costs no more because many came before."""

from kaimen.logic.hotspots.alike import Profile, Rule
from kaimen.logic.hotspots.issues import marks_of
from kaimen.logic.hotspots.streaming import BY_ONE_GRAM, COMPARED, Stream
from tests.logic.hotspots.heard import LIGHTS, OTHERS, PARKING, message

TEXTS = [*PARKING, *LIGHTS, *OTHERS]


def test_it_hears_the_same_twice_and_joins_like_with_like() -> None:
    def heard() -> list[int]:
        stream = Stream()
        return [stream.hear(message(n, text)).issue for n, text in enumerate([*TEXTS, *PARKING])]

    first = heard()
    assert heard() == first
    assert first[-6:] == first[:6], "the same words go where they went before"


def test_what_joins_says_by_which_of_its_own_words() -> None:
    stream = Stream()
    for n, text in enumerate(TEXTS):
        stream.hear(message(n, text))
    heard = stream.hear(message(90, PARKING[0]))
    assert heard.joined and 0 < heard.likeness <= 1.001
    assert heard.words and all(word in PARKING[0] for word in heard.words)
    new = stream.hear(message(91, "量子计算机的低温线路要重新焊一遍"))
    assert not new.joined and new.words == ()


def test_issues_taken_up_by_their_marks_are_joined_as_before() -> None:
    """What is kept of an issue overnight is enough to know what belongs to it."""
    stream = Stream()
    keys = [stream.hear(message(n, text)).issue for n, text in enumerate([*TEXTS, *PARKING])]
    again = Stream(weights=stream.weights)
    for key, profile in stream.profiles.items():
        again.know(key, dict(marks_of(profile)), profile.members)
    assert again.hear(message(90, PARKING[3])).issue == keys[3]
    assert again.next_key > max(keys)


class Counted(dict[int, Profile]):
    """The issues, and how often one of them was looked at."""

    looked_at = 0

    def __getitem__(self, key: int) -> Profile:
        self.looked_at += 1
        return super().__getitem__(key)


def test_one_more_is_compared_with_a_dozen_however_many_there_are() -> None:
    """All of one matter at one gate, under a rule that lets nothing join: each could be the right issue for the next."""
    stream = Stream(rule=Rule(whole_of_many=2.0, whole_of_crowd=2.0))
    stream.profiles = Counted()
    for n in range(300):
        stream.profiles.looked_at = 0
        stream.hear(message(n, f"东门停车，{'一二三四五六七'[n % 7]}个人{'春夏秋冬'[n % 4]}天来说"))
        assert (
            stream.profiles.looked_at <= 2 * COMPARED + 1
        )  # for the likeness, for how many speak of it, and the first
    assert len(stream.profiles) == 300
    assert stream.profiles.looked_at >= 2 * COMPARED, "else it was compared with nothing"
    assert max(len(keys) for keys in stream._under.values()) == BY_ONE_GRAM
