"""The wheel is whole: what a force installs works without this repository."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from benchmarks.drawn import draw_portrait

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow


def run(*command: str | Path, **surroundings: str) -> subprocess.CompletedProcess[str]:
    """Run a command outside the repository; PYTHONPATH and the like are not handed on."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return subprocess.run(
        list(map(str, command)), check=True, capture_output=True, text=True, cwd="/", env=kept | surroundings
    )


@pytest.fixture(name="wheel", scope="module")
def the_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from what the repository holds, in a copy, so that nothing is left behind in it."""
    copy, out = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("wheel")
    tracked = run("git", "-C", ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z").stdout
    for name in filter(None, tracked.split("\0")):
        source, target = ROOT / name, copy / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, copy)
    [wheel] = out.iterdir()
    return wheel


@pytest.fixture(name="commands", scope="module")
def an_environment_with_the_wheel(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an environment that has the wheel, and sees the locked dependencies but not this repository."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=True, symlinks=True)
    python = home / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", wheel)
    packages = run(python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])").stdout.strip()
    (Path(packages) / "dependencies.pth").write_text(
        f"import sys; sys.path.append({sysconfig.get_paths()['purelib']!r})\n"  # appended: its .pth files are not read
    )
    return home / "bin"


def names_in(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_neither_tests_nor_benchmarks_are_in_the_wheel(wheel: Path) -> None:
    folders = {name.partition("/")[0] for name in names_in(wheel)}
    assert {name for name in folders if not name.endswith(".dist-info")} == {"detector", "posterwatch"}


def test_the_detectors_data_and_the_typing_marks_are_in_the_wheel(wheel: Path) -> None:
    data = {f"detector/data/{file.name}" for file in (ROOT / "detector" / "data").iterdir()}
    assert data | {"detector/py.typed", "posterwatch/py.typed"} <= set(names_in(wheel))


def test_the_installed_packages_are_those_of_the_wheel(commands: Path) -> None:
    where = run(
        commands / "python", "-c", "import detector, posterwatch; print(*detector.__path__, *posterwatch.__path__)"
    )
    assert all(path.startswith(str(commands.parent)) for path in where.stdout.split())


def test_an_installed_scan_finds_a_drawn_photo(commands: Path, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    Image.fromarray(draw_portrait(3)).save(tmp_path / "photos" / "p3.png")
    Image.fromarray(draw_portrait(3)).save(tmp_path / "copy.jpg", quality=60)
    paths = (tmp_path / "copy.jpg", "--photos", tmp_path / "photos", "--annotate", tmp_path / "found")
    done = run(commands / "posterwatch", "scan", *paths, "--words", XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert "1 matched" in done.stdout
    assert len(list((tmp_path / "found").iterdir())) == 1


def test_an_installed_command_knows_its_version(commands: Path) -> None:
    assert run(commands / "posterwatch", "--version").stdout.startswith("posterwatch 0.")
