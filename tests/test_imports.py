"""Imports run one way, and each package keeps to what it is for."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HOUSE = ["detector", "watchlist", "workers", "desk", "posterwatch"]
"""From the lowest to the highest: each may import those before it."""

ASIDE = {"benchmarks", "tests"}
NOT_IN_THE_DETECTOR = {
    *("django", "celery", "redis", "socket", "ssl", "http", "urllib", "requests", "httpx", "aiohttp", "asyncio"),
    *("datetime", "sched", "smtplib", "ftplib"),
}
STOPWATCHES = {"monotonic", "perf_counter", "process_time", "sleep"}
"""Deadlines and measurements need a stopwatch; what day or hour it is the detector never asks."""


def modules_of(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imports_of(module: Path) -> Iterator[str]:
    """Name each module that is imported anywhere in the file, under `if` and in functions too."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def clock_names(module: Path) -> set[str]:
    """Name what a file uses of the module `time`."""
    tree = list(ast.walk(ast.parse(module.read_text(encoding="utf-8"))))
    taken = {a.name for n in tree if isinstance(n, ast.ImportFrom) and n.module == "time" for a in n.names}
    attributes = (n for n in tree if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name))
    return taken | {n.attr for n in attributes if isinstance(n.value, ast.Name) and n.value.id == "time"}


@pytest.mark.parametrize("package", [name for name in HOUSE if (ROOT / name).is_dir()])
def test_a_package_imports_only_what_lies_below_it(package: str) -> None:
    forbidden = {*HOUSE[HOUSE.index(package) + 1 :], *ASIDE}
    wrong = {
        f"{module.name}: {name}"
        for module in modules_of(package)
        for name in imports_of(module)
        if name.partition(".")[0] in forbidden
    }
    assert not wrong


@pytest.mark.parametrize("module", modules_of("detector"), ids=lambda path: path.stem)
def test_the_detector_knows_neither_network_nor_hour(module: Path) -> None:
    names = {name.partition(".")[0] for name in imports_of(module)}
    assert not names & NOT_IN_THE_DETECTOR
    assert clock_names(module) <= STOPWATCHES


def test_no_module_is_imported_relatively() -> None:
    nodes = (
        node for package in HOUSE for file in modules_of(package) for node in ast.walk(ast.parse(file.read_text()))
    )
    assert not [node for node in nodes if isinstance(node, ast.ImportFrom) and node.level]


def test_a_scan_never_asks_for_django(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    code = """
import sys
class NoDjango:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("django", "celery", "desk", "workers", "watchlist"):
            print("asked for", name, file=sys.stderr)
            sys.exit(99)
sys.meta_path.insert(0, NoDjango())
from posterwatch.cli import main
import posterwatch.scanning
main()
"""
    command = [sys.executable, "-c", code, "scan", str(tmp_path / "empty"), "--photos", str(tmp_path / "empty")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 2, done.stderr
    assert "no published photos" in done.stderr


def test_help_loads_nothing_heavy() -> None:
    code = "import sys, posterwatch.cli; print([m for m in ('numpy', 'cv2', 'PIL', 'onnxruntime') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
