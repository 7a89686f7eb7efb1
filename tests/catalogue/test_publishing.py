"""From draft to published, changed, withdrawn: what everybody sees, and when."""

from functools import partial
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, transaction

from kaimen.catalogue import actions
from kaimen.catalogue import content as contents
from kaimen.catalogue.checking import Refused
from kaimen.catalogue.enums import ServiceState
from kaimen.catalogue.models import ListRevision, Service
from kaimen.foundation.models import AuditEntry

from .cast import content


def number_of(park: SimpleNamespace) -> int:
    return ListRevision.objects.get(community=park.community).number


def test_a_draft_is_seen_by_nobody_until_it_is_published(park: SimpleNamespace) -> None:
    before = number_of(park)
    service = actions.add_draft(community=park.community, key="umbrella", content=content(), by=park.officer)
    assert (service.state, service.version, number_of(park)) == (ServiceState.DRAFT, 0, before)
    version = actions.publish(service=service, by=park.supervisor)
    service.refresh_from_db()
    assert (service.state, service.version, service.draft) == (ServiceState.PUBLISHED, 1, None)
    assert version.content == contents.content_of(service)
    assert version.published_by == park.supervisor
    assert number_of(park) == before + 1
    verbs = AuditEntry.objects.filter(subject_kind="catalogue.service", subject_id=service.pk)
    assert list(verbs.order_by("pk").values_list("verb", flat=True)) == ["service.draft", "service.publish"]


def test_changes_wait_and_the_old_version_stays_readable(park: SimpleNamespace, umbrella: Service) -> None:
    actions.save_draft(service=umbrella, content=content(solve_days=20), by=park.officer)
    umbrella.refresh_from_db()
    assert (umbrella.solve_days, umbrella.draft["solve_days"]) == (10, 20)
    actions.publish(service=umbrella, by=park.manager)
    umbrella.refresh_from_db()
    assert (umbrella.solve_days, umbrella.version) == (20, 2)
    old, new = (umbrella.versions.get(number=n).content for n in (1, 2))
    changes = contents.differences(old, new)
    assert [(c.field, c.gone, c.new) for c in changes] == [("solve_days", ["10"], ["20"])]


def test_saving_what_is_published_is_no_draft(park: SimpleNamespace, umbrella: Service) -> None:
    actions.save_draft(service=umbrella, content=content(fee="不收费"), by=park.officer)
    actions.save_draft(service=umbrella, content=content(), by=park.officer)
    umbrella.refresh_from_db()
    assert umbrella.draft is None


def test_the_second_of_two_editors_is_told(park: SimpleNamespace, umbrella: Service) -> None:
    seen = umbrella.updated_at
    other = Service.objects.get(pk=umbrella.pk)
    actions.save_draft(service=other, content=content(fee="甲"), by=park.officer, seen=seen)
    with pytest.raises(actions.Moved) as moved:
        actions.save_draft(service=umbrella, content=content(fee="乙"), by=park.manager, seen=seen)
    assert moved.value.service.draft["fee"] == "甲"
    with pytest.raises(actions.Moved):
        actions.publish(service=umbrella, by=park.manager)  # read before the draft was saved
    assert umbrella.versions.count() == 1


def test_what_is_incomplete_can_be_kept_but_not_published(park: SimpleNamespace) -> None:
    service = actions.add_draft(
        community=park.community, key="umbrella", content=content(summary=""), by=park.officer
    )
    with pytest.raises(Refused) as refused:
        actions.publish(service=service, by=park.manager)
    assert [problem.field for problem in refused.value.problems] == ["summary"]
    service.refresh_from_db()
    assert (service.state, service.version) == (ServiceState.DRAFT, 0)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"domain": "nowhere"}, "domain"),
        ({"organisation": "nobody"}, "organisation"),
        ({"name": ""}, "name"),
        ({"name": "长" * 201}, "name"),
        ({"first_answer_days": 0}, "first_answer_days"),
        ({"first_answer_days": 9, "solve_days": 3}, "solve_days"),
        ({"audience": "everybody"}, "audience"),
        ({"point": 11}, "point"),
        ({"documents": ["x"] * 41}, "documents"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_field(
    park: SimpleNamespace, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        actions.add_draft(community=park.community, key="bad", content=content(**changes), by=park.officer)
    assert field in [problem.field for problem in refused.value.problems]
    assert not Service.objects.filter(key="bad").exists()


def test_only_one_service_has_a_point_of_the_ten(park: SimpleNamespace) -> None:
    def ten(name: str) -> dict[str, object]:
        return content(name=name, domain="ten", audience="enterprise", point=3)

    first = actions.add_draft(community=park.community, key="first", content=ten("甲"), by=None)
    second = actions.add_draft(community=park.community, key="second", content=ten("乙"), by=None)
    actions.publish(service=first, by=None)
    with pytest.raises(Refused) as refused:
        actions.publish(service=second, by=None)
    assert "甲" in refused.value.problems[0].message
    actions.withdraw(service=first, by=park.manager)
    assert actions.publish(service=second, by=None).content["point"] == 3


def test_withdrawn_comes_back_as_a_new_version(park: SimpleNamespace, umbrella: Service) -> None:
    actions.withdraw(service=umbrella, by=park.supervisor)
    assert umbrella.state == ServiceState.WITHDRAWN
    with pytest.raises(actions.Moved):
        actions.withdraw(service=umbrella, by=park.supervisor)
    assert actions.publish(service=umbrella, by=park.supervisor).number == 2
    umbrella.refresh_from_db()
    assert umbrella.state == ServiceState.PUBLISHED


def test_discarding(park: SimpleNamespace, umbrella: Service) -> None:
    actions.save_draft(service=umbrella, content=content(fee="五元"), by=park.officer)
    kept = actions.discard_draft(service=umbrella, by=park.officer)
    assert kept and kept.draft is None and kept.state == ServiceState.PUBLISHED
    new = actions.add_draft(community=park.community, key="never", content=content(), by=park.officer)
    assert actions.discard_draft(service=new, by=park.officer) is None
    assert not Service.objects.filter(key="never").exists()


def test_who_may_edit_and_who_may_publish(park: SimpleNamespace, umbrella: Service) -> None:
    for nobody in (park.worker, park.handler, park.chair, park.officer2):
        with pytest.raises(PermissionDenied):
            actions.save_draft(service=umbrella, content=content(fee="x"), by=nobody)
        with pytest.raises(PermissionDenied):
            actions.withdraw(service=umbrella, by=nobody)
    actions.save_draft(service=umbrella, content=content(fee="x"), by=park.officer)
    with pytest.raises(PermissionDenied):
        actions.publish(service=umbrella, by=park.officer)
    assert actions.publish(service=umbrella, by=park.manager).number == 2


def test_loading_the_pack_twice_changes_nothing_twice(lingfeng: object) -> None:
    from . import cast

    before = list(ListRevision.objects.values_list("number", "stamp"))
    entries = AuditEntry.objects.count()
    report = actions.load_pack(community=lingfeng, path=cast.LIST)  # type: ignore[arg-type]
    assert (report.added, report.changed, report.refused) == ([], [], {})
    assert len(report.unchanged) >= 55
    assert list(ListRevision.objects.values_list("number", "stamp")) == before
    assert AuditEntry.objects.count() == entries
    points = Service.objects.filter(point__isnull=False).order_by("point").values_list("point", flat=True)
    assert list(points) == list(range(1, 11))


def pack(tmp_path: Path, **changes: object) -> Path:
    """A pack with one service, `umbrella`, as the fixture has it, some of it changed."""
    said = content(**changes)
    entry = {name: value for name, value in said.items() if not name.endswith("_days")}
    entry |= {"key": "umbrella", "promise": {"first": 2, "solve": 10}}
    path = tmp_path / "pack.yaml"
    path.write_text(yaml.safe_dump({"services": [entry]}, allow_unicode=True), encoding="utf-8")
    return path


def test_a_pack_brings_up_to_date_what_nobody_has_touched(park: SimpleNamespace, tmp_path: Path) -> None:
    load = partial(actions.load_pack, community=park.community)
    assert load(path=pack(tmp_path)).added == ["umbrella"]
    assert load(path=pack(tmp_path, fee="一元")).changed == ["umbrella"]
    assert load(path=pack(tmp_path, fee="一元")).unchanged == ["umbrella"]
    assert Service.objects.get(key="umbrella").fee == "一元"


@pytest.mark.parametrize("how", ["published", "drafted", "withdrawn"])
def test_what_staff_have_edited_since_is_kept_unless_asked(
    park: SimpleNamespace, tmp_path: Path, how: str
) -> None:
    load = partial(actions.load_pack, community=park.community)
    load(path=pack(tmp_path))
    service = Service.objects.get(key="umbrella")
    if how == "withdrawn":
        actions.withdraw(service=service, by=park.supervisor)
    else:
        actions.save_draft(service=service, content=content(fee="两元"), by=park.officer)
    if how == "published":
        actions.publish(service=service, by=park.supervisor)
    before = Service.objects.filter(key="umbrella").values().get()

    for path in (pack(tmp_path), pack(tmp_path, fee="一元")):  # the pack as it was, and a newer one
        report = load(path=path)
        assert (report.kept, report.changed, report.refused) == (["umbrella"], [], {})
        assert Service.objects.filter(key="umbrella").values().get() == before

    assert load(path=pack(tmp_path, fee="一元"), overwrite=True).changed == ["umbrella"]
    service.refresh_from_db()
    assert (service.fee, service.draft, service.state) == ("一元", None, ServiceState.PUBLISHED)
    assert load(path=pack(tmp_path, fee="三元")).changed == ["umbrella"]  # the pack's again


def test_what_was_loaded_before_loads_were_remembered_is_told_by_who_published_it(
    park: SimpleNamespace, tmp_path: Path
) -> None:
    load = partial(actions.load_pack, community=park.community)
    load(path=pack(tmp_path))
    Service.objects.update(loaded=None)
    assert load(path=pack(tmp_path, fee="一元")).changed == ["umbrella"]
    Service.objects.update(loaded=None)
    service = Service.objects.get(key="umbrella")
    actions.save_draft(service=service, content=content(fee="两元"), by=park.officer)
    actions.publish(service=service, by=park.supervisor)
    assert load(path=pack(tmp_path, fee="三元")).kept == ["umbrella"]


def test_a_service_written_by_hand_is_nobodys_to_overwrite(park: SimpleNamespace, tmp_path: Path) -> None:
    umbrella = actions.add_draft(community=park.community, key="umbrella", content=content(), by=park.officer)
    actions.publish(service=umbrella, by=park.supervisor)
    said = StringIO()
    call_command("load_services", pack(tmp_path, fee="一元"), "--community", park.community.key, stdout=said)
    assert "kept 1" in said.getvalue()
    assert "umbrella" in said.getvalue()
    umbrella.refresh_from_db()
    assert umbrella.fee != "一元"
    path = pack(tmp_path, fee="一元")
    call_command("load_services", path, "--community", park.community.key, "--overwrite", stdout=said)
    umbrella.refresh_from_db()
    assert umbrella.fee == "一元"


def test_the_database_itself_refuses_an_impossible_promise(umbrella: Service) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Service.objects.filter(pk=umbrella.pk).update(first_answer_days=5, solve_days=2)
