"""What the README promises a newcomer holds."""

import re
from pathlib import Path

import pytest

from tests.posterwatch.drawn_folders import a_poster_of, photos_of, save

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_two_commands_stand_in_the_first_ten_lines() -> None:
    start = "\n".join(README.splitlines()[:10])
    assert "make demo" in start
    assert "make test" in start
    assert "docs/images/found.jpg" in start


def test_the_lines_of_python_print_the_photo_that_was_reused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [code] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    photos_of(tmp_path / "photos")
    save(a_poster_of(1), tmp_path / "poster.jpg")
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - our own page
    assert capsys.readouterr().out.startswith("p1 ")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_within_the_repository_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]


def test_the_picture_in_the_readme_is_small() -> None:
    assert (ROOT / "docs" / "images" / "found.jpg").stat().st_size < 300_000
