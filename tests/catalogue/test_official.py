"""A list as governments publish it, loaded by the command."""

import io
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from kaimen.catalogue import search
from kaimen.catalogue.models import ListRevision, Service
from kaimen.foundation.models import Organisation

CSV = """department,main_item,name,item_code,task_type
示例住建局,未分类,公租房租金收缴,511A-01-00,1
示例税务局,未分类,开具完税证明,511A-02-00,1
示例税务局,未分类,,511A-03-00,1
"""
MAP = ["name=name", "department=department", "code=item_code"]


def load(path: Path, columns: list[str] = MAP) -> str:
    said = io.StringIO()
    call_command("load_services", path, "--community", "lingfeng", "--map", *columns, stdout=said)
    return said.getvalue()


def test_an_official_list_is_loaded_once(park: SimpleNamespace, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(CSV, "utf-8")
    assert load(path).startswith("added 2 · changed 0 · unchanged 0 · refused 1")
    housing = Service.objects.get(key="511a-01-00")
    assert (housing.organisation, housing.domain.key, housing.state) == (park.housing, "general", "published")
    assert Organisation.objects.get(name="示例税务局").kind == "department"
    assert search.find(park.community, "完税证明")[0].service.key == "511a-02-00"
    number = ListRevision.objects.get(community=park.community).number
    assert load(path).startswith("added 0 · changed 0 · unchanged 2 · refused 1")
    assert ListRevision.objects.get(community=park.community).number == number


def test_a_column_that_is_not_there_is_said(park: SimpleNamespace, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(CSV, "utf-8")
    with pytest.raises(CommandError, match="nowhere"):
        load(path, ["name=nowhere"])
    with pytest.raises(CommandError, match="atlantis"):
        call_command("load_services", path, "--community", "atlantis")
