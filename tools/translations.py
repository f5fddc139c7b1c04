"""Takes new strings of code and templates into the catalogues and names those without a translation."""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
TRANSLATIONS = ROOT / "app" / "translations"
KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None, "_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2)}


def strings() -> Catalog:
    """Every string that can be translated, as it stands in the source now."""
    with (ROOT / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]
    found = Catalog(project="Stem van de stad", copyright_holder="Stem van de stad")
    for folder in ("app", "templates"):
        here = [
            (pattern.removeprefix(f"{folder}/"), how)
            for pattern, how in methods
            if pattern.startswith(folder)
        ]
        chosen = {pattern.removeprefix(f"{folder}/"): choice for pattern, choice in options.items()}
        for _, _, message, _, context in extract_from_dir(
            ROOT / folder, method_map=here, options_map=chosen, keywords=KEYWORDS
        ):
            found.add(message, context=context)
    return found


def catalogues() -> dict[str, Path]:
    """The catalogue of each language that the site speaks beside its source language."""
    return {path.parts[-3]: path for path in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"))}


def read(path: Path) -> Catalog:
    """A catalogue as it is stored."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def main() -> int:
    """Update every catalogue; ends 1 when a translation is missing."""
    template, missing = strings(), 0
    for language, path in catalogues().items():
        catalogue = read(path)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        with path.open("wb") as file:
            write_po(file, catalogue, width=110, sort_output=True, no_location=True)
        bare = [
            m for m in catalogue if m.id and not (all(m.string) if isinstance(m.string, tuple) else m.string)
        ]
        missing += len(bare)
        print(f"  {language}: {len(catalogue)} strings, {len(bare)} without a translation")
        for message in bare:
            print(f"    {message.id!r}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
