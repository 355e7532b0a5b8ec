"""The floors of ARCHITECTURE.md, kept by reading every import, type-only and in-function ones included."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "feedback_engine"

FLOORS = {
    "errors": 1, "domain": 1, "resources": 1, "registry": 1, "documents": 1,
    "config": 2, "lexicon": 2, "stats": 2, "tables": 2,
    "ingest": 3, "nlp": 3, "scoring": 3, "report": 3, "store": 3,
    "catalogs": 4,
    "engine": 5,
    "cli": 6,
    "__init__": 7, "__main__": 7,
}  # fmt: skip
#: What the ground floor's modules may know of each other.
GROUND = {
    "errors": set(), "domain": {"errors"}, "resources": {"errors"}, "registry": {"errors"}, "documents": set(),
}  # fmt: skip


def room_of(module: str) -> str:
    """feedback_engine.ingest.readers.csv → ingest."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def imported_modules(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in names if name.split(".")[0] == "feedback_engine"}


MODULES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_only_downward_or_within_its_own_folder(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    for name in imported_modules(path):
        other = room_of(name)
        if other == own:
            continue
        allowed = other in GROUND[own] if own in GROUND else FLOORS[other] < FLOORS[own]
        assert allowed, f"{own} (floor {FLOORS[own]}) imports {name} (floor {FLOORS[other]})"


def test_every_room_has_a_floor() -> None:
    rooms = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in MODULES}
    assert rooms == set(FLOORS)


def test_stats_knows_no_table_and_no_config() -> None:
    for path in (PACKAGE / "stats").rglob("*.py"):
        assert {room_of(name) for name in imported_modules(path)} <= {"stats", "errors"}, path
