"""Static files: built once, under names that change with their content, compressed, served for a year."""

import gzip
import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from app.kit import assets

FIRST_LOAD = 100_000  # bytes of style, script and letters that a first visit may cost


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the sources, so that a test may change them."""
    shutil.copytree(assets.ROOT / "static", tmp_path / "static", ignore=shutil.ignore_patterns("build"))
    return tmp_path


def nothing(_environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("404 NOT FOUND", [])
    return []


def test_a_changed_style_gets_another_address(root: Path) -> None:
    files = assets.Assets(root)
    before = files.url("css/site.css")
    (root / "static" / "css" / "base.css").write_text("@layer base{p{margin:1px}}")
    assert assets.Assets(root, watch=True).url("css/site.css") != before
    assert files.url("css/site.css") == before


def test_the_same_sources_are_not_built_again(root: Path) -> None:
    assets.build(root)
    manifest = root / "static" / "build" / "manifest.json"
    before = manifest.stat().st_mtime_ns
    assets.build(root)
    assert manifest.stat().st_mtime_ns == before


def test_an_unknown_file_is_refused_by_name(root: Path) -> None:
    with pytest.raises(KeyError, match="css/sight"):
        assets.Assets(root).url("css/sight.css")


def test_many_may_build_at_once(root: Path) -> None:
    with ThreadPoolExecutor(8) as crowd:
        built = list(crowd.map(lambda _: assets.build(root, force=True), range(8)))
    assert all(files == built[0] for files in built)
    assert all((root / "static" / "build" / name).exists() for name in built[0].values())


def test_files_of_the_build_before_stay_for_open_pages(root: Path) -> None:
    style, build = root / "static" / "css" / "base.css", root / "static" / "build"
    names = []
    for number in range(3):
        style.write_text(f"@layer base{{p{{margin:{number}px}}}}")
        names.append(assets.build(root)["css/site.css"])
    assert [(build / name).exists() for name in names] == [False, True, True]


def test_a_script_that_imports_another_finds_it_under_its_built_name(root: Path) -> None:
    files = assets.build(root)
    built = root / "static" / "build"
    importing = [path for path in built.glob("js/*.mjs") if ' from "' in path.read_text()]
    assert importing
    for path in importing:
        for name in re.findall(r' from "([^"]+)"', path.read_text()):
            assert (root / name.lstrip("/")).is_file(), f"{path.name} imports {name}"
    before = files["js/screen.mjs"]
    source = root / "static" / "js" / "live.mjs"
    source.write_text(source.read_text() + "// other\n")
    # Another name for what is imported is another content of whoever imports it.
    assert assets.build(root)["js/screen.mjs"] != before


def test_built_files_are_compressed_and_kept_for_a_year(root: Path) -> None:
    address = assets.Assets(root).url("css/site.css")
    client = Client(assets.wrap(nothing, root))
    with client.get(address) as plain, client.get(address, headers={"Accept-Encoding": "gzip"}) as packed:
        assert "immutable" in plain.headers["Cache-Control"]
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
    with client.get(address, headers={"Accept-Encoding": "br"}) as smallest:
        assert smallest.headers["Content-Encoding"] == "br"


def test_the_sources_themselves_are_not_served(root: Path) -> None:
    assets.build(root)
    client = Client(assets.wrap(nothing, root))
    with client.get("/static/css/base.css") as source, client.get("/favicon.ico") as favicon:
        assert source.status_code == 404
        assert favicon.status_code == 200


def test_a_first_visit_is_light() -> None:
    files = assets.build()
    folder = assets.ROOT / "static" / "build"
    first = ["css/site.css", "images/icons.svg", "js/errors.mjs", "js/menu.mjs"]
    size = sum((folder / f"{files[name]}.br").stat().st_size for name in first)
    size += (folder / files[assets.FONT]).stat().st_size
    assert size < FIRST_LOAD


def test_every_layer_stands_in_its_order() -> None:
    css = (assets.ROOT / "static" / "build" / assets.build()["css/site.css"]).read_text()
    assert css.startswith("@layer tokens,base,layout,components,print;")
    assert "light-dark(" not in css


def test_colours_for_the_dark_are_written_out() -> None:
    css = assets.expand_light_dark("@layer tokens{:root{--a: light-dark(#fff, rgb(0 0 0 / .5));--b: 1px;}}")
    assert "--a:#fff;" in css
    assert (
        "(prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;--a:rgb(0 0 0 / .5);}}"
        in css
    )
    assert "[data-theme=dark]{color-scheme:dark;--a:rgb(0 0 0 / .5);}" in css
    assert css.count("--b") == 1


def test_small_styles_mean_the_same() -> None:
    css = assets.minify_css(
        '/* a */ .a > .b , .c :hover { color: red; margin: calc(1px + 2px) ; content: "x  ;  y" }'
    )
    assert css == '.a>.b,.c :hover{color:red;margin:calc(1px + 2px);content:"x  ;  y"}'


def test_every_icon_is_a_symbol_of_its_name() -> None:
    drawing = assets.sprite(assets.ROOT / "static" / "images" / "icons")
    names = {path.stem for path in (assets.ROOT / "static" / "images" / "icons").glob("*.svg")}
    assert set(re.findall(r'<symbol id="([\w-]+)"', drawing)) == names
