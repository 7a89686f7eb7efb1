"""What import-linter cannot see: names in strings. They too may point downwards only."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KAIMEN = ROOT / "kaimen"
LAYERS = [
    "launcher",
    "config",
    "web",
    "intake",
    "hotspots",
    "cases",
    "letters",  # beside cases: neither knows the other (NEIGHBOURS)
    "catalogue",
    "foundation",
    "look",
    "logic",
]
NEIGHBOURS = [{"cases", "letters"}]  # blocks of one floor
APP_LABELS = {name for name in LAYERS if (KAIMEN / name / "apps.py").exists()}
TEMPLATE_LINK = re.compile(r"""{%\s*(?:include|extends)\s+["']([^"']+)["']""")
FIELDS = {"ForeignKey", "OneToOneField", "ManyToManyField"}


def points_upwards(room: str, target: str) -> bool:
    """Up, or sideways into a block of the same floor."""
    if room != target and any({room, target} <= floor for floor in NEIGHBOURS):
        return True
    return LAYERS.index(target) < LAYERS.index(room)


def room_of(path: Path) -> str:
    return path.relative_to(KAIMEN).parts[0]


def python_files() -> list[Path]:
    return [path for path in sorted(KAIMEN.rglob("*.py")) if path.parent != KAIMEN]


def string_relations(tree: ast.AST) -> Iterator[str]:
    """App labels in ForeignKey("app.Model") and the like, and in settings.AUTH_USER_MODEL's place."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        values = [
            *node.args[:1],
            *(keyword.value for keyword in node.keywords if keyword.arg in {"to", "through"}),
        ]
        if name in FIELDS:
            for value in values:
                if isinstance(value, ast.Constant) and isinstance(value.value, str) and "." in value.value:
                    yield value.value.split(".")[0]


def migration_dependencies(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "dependencies":
            for pair in ast.walk(node.value):
                if isinstance(pair, ast.Tuple) and isinstance(pair.elts[0], ast.Constant):
                    yield str(pair.elts[0].value)


def template_targets(text: str) -> Iterator[str]:
    """The app whose template is included or extended: `cases/_row.html` is of cases, `base.html` of look."""
    for name in TEMPLATE_LINK.findall(text):
        yield name.split("/")[0] if "/" in name else "look"


def test_every_room_has_a_floor() -> None:
    rooms = {path.name for path in KAIMEN.iterdir() if (path / "__init__.py").exists()}
    assert rooms <= set(LAYERS), "a new room needs its place in LAYERS here and in pyproject.toml"


def test_relations_named_in_strings_point_downwards() -> None:
    seen = 0
    for path in python_files():
        for label in string_relations(ast.parse(path.read_text(encoding="utf-8"))):
            seen += 1
            if label in APP_LABELS:
                assert not points_upwards(room_of(path), label), f"{path}: {label} is above"
    assert seen, "no string relation found: the reader of them is broken"


def test_migrations_depend_downwards() -> None:
    seen = 0
    for path in python_files():
        if path.parent.name != "migrations":
            continue
        for label in migration_dependencies(ast.parse(path.read_text(encoding="utf-8"))):
            seen += 1
            if label in APP_LABELS:
                assert not points_upwards(room_of(path), label), f"{path}: {label} is above"
    assert seen, "no migration dependency found: the reader of them is broken"


def test_templates_include_and_extend_downwards() -> None:
    for path in sorted(KAIMEN.rglob("templates/**/*.html")):
        for target in template_targets(path.read_text(encoding="utf-8")):
            if target in LAYERS:
                assert not points_upwards(room_of(path), target), f"{path}: {target} is above"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('models.ForeignKey("cases.Case", on_delete=models.CASCADE)', ["cases"]),
        ('ManyToManyField(to="web.Board", through="web.Link")', ["web", "web"]),
        ('models.CharField("cases.Case")', []),
        ('models.ForeignKey("self", on_delete=models.CASCADE)', []),
    ],
)
def test_string_relations_are_read(source: str, found: list[str]) -> None:
    assert list(string_relations(ast.parse(source))) == found


def test_template_links_are_read() -> None:
    text = '{% extends "base.html" %}{% include "web/_board.html" with x=1 %}{%include \'cases/a.html\'%}'
    assert list(template_targets(text)) == ["look", "web", "cases"]
    assert points_upwards("cases", "web")
    assert not points_upwards("web", "cases")
    assert points_upwards("cases", "letters") and points_upwards("letters", "cases")
    assert not points_upwards("letters", "letters")
