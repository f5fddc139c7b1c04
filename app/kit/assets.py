"""Build the static files into hashed, compressed copies under static/build/ and look up their addresses."""

import fcntl
import gzip
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import brotli
from whitenoise import WhiteNoise

from app.kit import vendor

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "/static/build/"
FONT = "vendor/stad-sans.woff2"
SPRITE = "images/icons.svg"
STYLES = ("tokens.css", "base.css", "layout.css", "components/*.css", "print.css")
TEXT = {".css", ".mjs", ".js", ".svg", ".json", ".txt"}
COPIED = ("js/**/*.mjs", "images/**/*", "vendor/**/*")
HASHED = re.compile(r"\.[0-9a-f]{12}\.[a-z0-9]+(\.br|\.gz)?$")
IMPORT = re.compile(r'(\bfrom ")\./([\w.-]+\.mjs)(";)')
LOOK_AGAIN = 1.0  # seconds between two looks at the sources while developing

Files = dict[str, str]
"""From the path of a source below static/ to its hashed name below static/build/."""


class Assets:
    """The addresses of the built files. With `watch` the sources are looked at again and rebuilt when newer."""

    def __init__(self, root: Path = ROOT, watch: bool = False) -> None:
        self._root, self._watch, self._looked = root, watch, 0.0
        self._files = build(root) if watch or not _manifest(root).exists() else _read(root)["files"]

    def url(self, path: str) -> str:
        """The address of `css/site.css` or another built file; without language prefix. Raises KeyError."""
        if self._watch and time.monotonic() - self._looked > LOOK_AGAIN:
            self._looked = time.monotonic()
            self._files = build(self._root)
        return PREFIX + self._files[path]


def build(root: Path = ROOT, force: bool = False) -> Files:
    """Build what is newer than the last build and return where everything went. Safe to run side by side."""
    out = root / "static" / "build"
    out.mkdir(parents=True, exist_ok=True)
    mark = _mark(root)
    if not force and _current(root, mark):
        return _files(_read(root))
    with (out / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not force and _current(root, mark):
            return _files(_read(root))
        before = _files(_read(root)).values() if _manifest(root).exists() else ()
        files: Files = {}
        for path, content in _contents(root, files):
            files[path] = _store(out, path, content)
        _write(_manifest(root), json.dumps({"mark": mark, "files": files}, indent=1).encode())
        _sweep(out, {*before, *files.values()})
    return files


def wrap(wsgi_app: Callable[..., Any], root: Path = ROOT, watch: bool = False) -> WhiteNoise:
    """Serve static/build/ for a year and static/public/ (the favicon that browsers ask for unasked) for a day."""
    served = WhiteNoise(wsgi_app, autorefresh=watch, max_age=86400, immutable_file_test=_is_hashed)
    served.add_files(str(root / "static" / "build"), prefix=PREFIX.strip("/"))
    served.add_files(str(root / "static" / "public"), prefix="")
    return served


def expand_light_dark(css: str) -> str:
    """Turn each `--name: light-dark(a, b);` into plain rules: light, dark by preference on screen, dark by hook.

    Browsers before 2024 do not know light-dark(); a theme still names both modes of a colour on one line.
    """
    dark: list[str] = []

    def light(found: re.Match[str]) -> str:
        name, first, second = found.groups()
        dark.append(f"{name}:{second};")
        return f"{name}:{first};"

    plain = re.sub(
        r"(--[\w-]+):\s*light-dark\(((?:[^(),]|\([^()]*\))+),\s*((?:[^()]|\([^()]*\))+)\);", light, css
    )
    if not dark:
        return plain
    rules = "".join(dark)
    scheme = "color-scheme:dark;"
    return plain + (
        f"@layer tokens{{@media screen and (prefers-color-scheme:dark)"
        f"{{:root:not([data-theme=light]){{{scheme}{rules}}}}}[data-theme=dark]{{{scheme}{rules}}}}}"
    )


def minify_css(css: str) -> str:
    """Take comments and spare white space out of a style sheet; texts between quotes stay as they are."""
    parts = re.split(r"""("[^"]*"|'[^']*')""", re.sub(r"/\*.*?\*/", "", css, flags=re.S))
    for place in range(0, len(parts), 2):
        part = re.sub(r"\s+", " ", parts[place])
        part = re.sub(r" ?([{};,>]) ?", r"\1", part)
        parts[place] = re.sub(r"(?<=[\w\])-]): ", ":", part).replace(";}", "}")
    return "".join(parts).strip()


def minify_svg(svg: str) -> str:
    """Take comments and the white space between elements out of a drawing."""
    return re.sub(r">\s+<", "><", re.sub(r"<!--.*?-->", "", svg, flags=re.S)).strip()


def sprite(icons: Path) -> str:
    """One drawing with a symbol for every 24 by 24 icon in the folder, named after its file."""
    symbols = []
    for path in sorted(icons.glob("*.svg")):
        inner = re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", path.read_text(), flags=re.S)
        symbols.append(
            f'<symbol id="{path.stem}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
            f'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">{inner}</symbol>'
        )
    return minify_svg(f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>')


def _contents(root: Path, files: Files) -> Iterator[tuple[str, bytes]]:
    """Every file to build; style sheets last, because they point at the hashed names of the others.

    Scripts that import another script come after those that do not, for the same reason; there are no longer chains.
    """
    static = root / "static"
    _ensure_font(static)
    _ensure_map(static)
    yield SPRITE, sprite(static / "images" / "icons").encode()
    for pattern in COPIED:
        for path in sorted(static.glob(pattern), key=lambda path: (_imports(path), path)):
            if path.is_file() and path.parent.name != "icons":
                content = path.read_bytes()
                if path.suffix == ".svg":
                    content = minify_svg(content.decode()).encode()
                elif _imports(path):
                    content = _with_hashed_imports(content.decode(), files).encode()
                yield _below(static, path), content
    bundles = {"css/site.css": [p for pattern in STYLES for p in sorted((static / "css").glob(pattern))]}
    bundles |= {_below(static, path): [path] for path in sorted((static / "css" / "themes").glob("*.css"))}
    for name, sources in bundles.items():
        css = minify_css("".join(expand_light_dark(source.read_text()) for source in sources))
        yield (
            name,
            re.sub(r"url\(/static/([^)]+)\)", lambda found: f"url({PREFIX}{files[found[1]]})", css).encode(),
        )


def _imports(path: Path) -> bool:
    """Whether a file is a script of ours that imports another one beside it."""
    return path.suffix == ".mjs" and path.parent.name == "js" and bool(IMPORT.search(path.read_text()))


def _with_hashed_imports(script: str, files: Files) -> str:
    """The script with the built names of what it imports. Raises KeyError for a script that is not there yet."""
    return IMPORT.sub(lambda found: f"{found[1]}{PREFIX}{files[f'js/{found[2]}']}{found[3]}", script)


def _ensure_font(static: Path) -> None:
    """Cut the webfont once; in a process of its own, so that a web worker never loads the font tools."""
    target, recipe = static / FONT, Path(__file__).with_name("webfont.py")
    if target.exists() and target.stat().st_mtime >= recipe.stat().st_mtime:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(f".{os.getpid()}")
    subprocess.run([sys.executable, "-m", "app.kit.webfont", str(fresh)], check=True, cwd=ROOT)
    fresh.replace(target)


def _ensure_map(static: Path) -> None:
    """Put the map library beside the font, as its packages bring it; pages load it as modules."""
    for target, source in vendor.MAP_FILES.items():
        if not (static / target).exists() or (static / target).stat().st_mtime < vendor.written_at(source):
            fresh = (static / target).with_suffix(f".{os.getpid()}")
            fresh.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text(vendor.content(source), encoding="utf-8")
            fresh.replace(static / target)


def _store(out: Path, path: str, content: bytes) -> str:
    """Write the content, and its compressed forms when it is text, under a name that holds its digest."""
    source = Path(path)
    name = (
        f"{source.parent.as_posix()}/{source.stem}.{hashlib.sha256(content).hexdigest()[:12]}{source.suffix}"
    )
    target = out / name
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix in TEXT:
            _write(out / f"{name}.br", brotli.compress(content))
            _write(out / f"{name}.gz", gzip.compress(content, 9, mtime=0))
        _write(target, content)
    return name


def _write(target: Path, content: bytes) -> None:
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    fresh.write_bytes(content)
    fresh.replace(target)


def _sweep(out: Path, wanted: set[str]) -> None:
    """Remove files of builds before the last one; pages still open may ask for the last one's."""
    for path in out.rglob("*"):
        if (
            path.is_file()
            and HASHED.search(path.name)
            and re.sub(r"\.(br|gz)$", "", _below(out, path)) not in wanted
        ):
            path.unlink(missing_ok=True)


def _mark(root: Path) -> str:
    """A digest of the names, sizes and times of all sources: another digest means that a build is due."""
    static = root / "static"
    digest = hashlib.sha256()
    for path in [Path(__file__), *sorted(static.glob("css/**/*.css")), *sorted(static.glob("images/**/*")),
                 *sorted(static.glob("js/**/*.mjs")), Path(__file__).with_name("webfont.py"),
                 Path(__file__).with_name("vendor.py")]:  # fmt: skip
        state = path.stat()
        digest.update(f"{path} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _current(root: Path, mark: str) -> bool:
    return _manifest(root).exists() and _read(root)["mark"] == mark


def _manifest(root: Path) -> Path:
    return root / "static" / "build" / "manifest.json"


def _read(root: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(_manifest(root).read_text())
    return content


def _files(manifest: dict[str, Any]) -> Files:
    files: Files = manifest["files"]
    return files


def _below(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()


def _is_hashed(_path: str, url: str) -> bool:
    return url.startswith(PREFIX) and bool(HASHED.search(url))


if __name__ == "__main__":
    for source, built in sorted(build(force=True).items()):
        print(f"{source} -> {PREFIX}{built}")
