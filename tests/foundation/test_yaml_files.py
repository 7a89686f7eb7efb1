from pathlib import Path

import pytest
import yaml

from kaimen.foundation.yaml_files import keep_yaml, read_yaml


def test_a_kept_file_is_parsed_once_until_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "words.yaml"
    file.write_text("住房: [宿舍]", encoding="utf-8")
    first = keep_yaml(file)
    assert first == {"住房": ["宿舍"]} and keep_yaml(file) is first
    file.write_text("住房: [宿舍, 租房]", encoding="utf-8")
    assert keep_yaml(file) == {"住房": ["宿舍", "租房"]}


def test_no_file_makes_an_object(tmp_path: Path) -> None:
    file = tmp_path / "words.yaml"
    file.write_text("!!python/object/apply:os.getcwd []", encoding="utf-8")
    with pytest.raises(yaml.YAMLError):
        read_yaml(file)
