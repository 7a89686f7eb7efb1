"""The documents tell the truth: what they name is there, and what must be named is.

Commands of `./run` and the names of settings in general are held by test_house_rules.py.
"""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from django.core.management import get_commands
from django.test import Client
from django.urls import Resolver404, resolve

from kaimen.cases import enums
from kaimen.foundation.enums import OrganisationKind, RoleKind
from kaimen.foundation.jobs import TIMETABLE
from kaimen.foundation.models import Account, Organisation

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "docs" / "deploy"
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
SETTING = re.compile(r"\bKAIMEN_[A-Z0-9_]*[A-Z0-9]\b")
# What a deployment never sets: the demo's switch and the tests' own two.
NOT_DEPLOYED = {"KAIMEN_DEMO", "KAIMEN_TEST_DATABASE", "KAIMEN_REQUIRE_ALL"}
LINK = re.compile(r"\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
OUR_FILE = re.compile(r"(?:kaimen|docs|tests|bench|\.ci)/[\w./-]+|[\w-]+\.(?:toml|txt)")
ADDRESS = re.compile(r"/(?:[a-z][\w/.…?=&-]*)?")
# Folders of a server and routes of other programs, which only look like addresses of ours.
ELSEWHERE = re.compile(r"/(?:etc|opt|var|root|run|usr|primary)(?:/|$)")
MANAGED = re.compile(r"(?:\./run |kaimen-)manage ([a-z_]+)")


def spans(text: str) -> list[str]:
    """What stands between single backticks, and every line of fenced blocks is left out."""
    return SPAN.findall(re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))


def addresses(text: str) -> list[str]:
    return [s for s in spans(text) if ADDRESS.fullmatch(s) and not ELSEWHERE.match(s)]


def answers(address: str) -> bool:
    """Does a view stand there? `…` is any number or token."""
    try:
        resolve(urlsplit(address.replace("…", "1")).path)
    except Resolver404:
        return False
    return True


def anchors(path: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def in_the_code() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "kaimen").rglob("*.py"):
        found |= set(SETTING.findall(path.read_text(encoding="utf-8")))
    return found


def test_what_is_read_from_a_document() -> None:
    text = "At `/desk/…` and `/etc/kaimen`, in `kaimen/x.py`.\n```\n`/no`\n```\n`/list/?a=b`"
    assert spans(text) == ["/desk/…", "/etc/kaimen", "kaimen/x.py", "/list/?a=b"]
    assert addresses(text) == ["/desk/…", "/list/?a=b"]
    assert answers("/desk/…")
    assert answers("/list/?audience=enterprise")
    assert not answers("/no-such-page/")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_files_and_pages_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    missing = []
    for groups in LINK.findall(text):
        target = "".join(groups)
        if re.match(r"https?:", target):
            continue
        name, _, anchor = target.partition("#")
        goal = (path.parent / name) if name else path
        if not goal.exists() or (anchor and anchor not in anchors(goal)):
            missing.append(target)
    missing += [s for s in spans(text) if OUR_FILE.fullmatch(s) and not (ROOT / s).exists()]
    missing += [s for s in addresses(text) if not answers(s)]
    assert missing == []


def test_pages_are_found_at_all() -> None:
    named = {s for path in DOCUMENTS for s in addresses(path.read_text(encoding="utf-8"))}
    assert {"/", "/in", "/desk/", "/board/", "/t/…"} <= named


def test_management_commands_exist() -> None:
    known = set(get_commands())
    for path in [*DOCUMENTS, *DEPLOY.iterdir()]:
        named = set(MANAGED.findall(path.read_text(encoding="utf-8")))
        assert named <= known, path


def test_settings_table_and_example_are_complete() -> None:
    wanted = in_the_code() - NOT_DEPLOYED
    assert "KAIMEN_FIELD_KEY" in wanted
    table = SETTING.findall((ROOT / "docs" / "settings.md").read_text(encoding="utf-8"))
    example = SETTING.findall((DEPLOY / "kaimen.env.example").read_text(encoding="utf-8"))
    assert wanted - set(table) == set()
    assert set(example) == wanted


def test_deployment_files_are_all_explained() -> None:
    text = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert {p.name for p in DEPLOY.iterdir() if p.is_file() and f"(deploy/{p.name})" not in text} == set()


def test_every_decision_is_listed_once() -> None:
    files = sorted(p.name for p in (ROOT / "docs" / "adr").glob("0*.md"))
    listed = re.findall(
        r"\]\((\d{4}-[\w-]+\.md)\)", (ROOT / "docs/adr/README.md").read_text(encoding="utf-8")
    )
    assert listed == files
    assert [int(name[:4]) for name in files] == list(range(1, len(files) + 1))


def test_words_cover_the_enums() -> None:
    text = (ROOT / "docs" / "concepts.md").read_text(encoding="utf-8")
    values = [*OrganisationKind, *RoleKind, *enums.PromiseKind, *enums.Channel]
    assert [v.value for v in values if f"`{v.value}`" not in text] == []
    assert [str(v.label) for v in [*enums.PromiseKind, *enums.Channel] if str(v.label) not in text] == []


def test_timetable_is_told_as_it_is() -> None:
    for jobs in (ROOT / "kaimen").glob("*/jobs.py"):
        __import__(f"kaimen.{jobs.parent.name}.jobs")
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(\w+)` \| (\d* ?(?:minutes|hours?)) \|$", text, flags=re.MULTILINE))
    real = {}
    for timed in TIMETABLE.values():
        minutes = int(timed.every.total_seconds() // 60)
        hours = "hour" if minutes == 60 else f"{minutes // 60} hours"
        if timed.run.__module__.startswith("kaimen."):
            real[timed.run.__name__] = hours if minutes >= 60 else f"{minutes} minutes"
    assert told == real


@pytest.mark.django_db
def test_first_house_opens_an_empty_database(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    script = compile((DEPLOY / "first_house.py").read_text(encoding="utf-8"), "first_house.py", "exec")
    exec(script, {})  # noqa: S102  as `manage shell` does
    address = urlsplit(capsys.readouterr().out.strip()).path
    assert client.get(address).status_code == 200
    new = "a-long-new-passphrase-7"
    client.post(address, {"new_password1": new, "new_password2": new, "password1": new, "password2": new})
    manager = Account.objects.get(username="manager")
    assert manager.check_password(new)
    assert {role.kind for role in manager.person.roles.filter(active=True)} == {RoleKind.MANAGER}
    assert Organisation.objects.filter(kind=OrganisationKind.COMMUNITY).count() == 1
    with pytest.raises(SystemExit):
        exec(script, {})  # noqa: S102 - the document of this repository


def test_buttons_and_people_of_the_story_exist() -> None:
    """What the Chinese README says to press is written on some page; whom it says to play is in the demo."""
    text = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
    pages = "".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "kaimen").rglob("*")
        if path.suffix in {".html", ".py"} and "/packs/" not in str(path)
    )
    pressed = set(re.findall(r"按“([^”]+)”", text))
    assert {"就这事", "接手", "答复"} <= pressed
    pressed.discard("当某某")  # stands for 当 and a name
    assert [words for words in pressed if words not in pages] == []
    people = yaml.safe_load((ROOT / "kaimen/packs/demo/people.yaml").read_text(encoding="utf-8"))["people"]
    names = {person["name"] for person in people}
    rows = re.findall(r"^\| (\S+?) \| .* \| `/", text, flags=re.MULTILINE)
    played = {name for row in rows for name in row.split("、")} - {"不登录的人"}
    assert played, "the table of people is not read"
    assert played - names == set()
