"""Cut the site's webfont from the font package: the letters of Dutch and its neighbours, every weight in one file."""

import sys
from pathlib import Path

import fontpkg_source_sans_3
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

SOURCE = Path(fontpkg_source_sans_3.ROOT) / "files" / "SourceSans3[wght].ttf"
FAMILY = "Stad Sans"  # the licence reserves the name of the original for unchanged copies
LETTERS = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x100),
    *(0x0132, 0x0133, 0x0152, 0x0153, 0x0178, 0x011E, 0x011F, 0x0130, 0x0131, 0x015E, 0x015F),
    *(0x2010, 0x2011, 0x2013, 0x2014, 0x2018, 0x2019, 0x201A, 0x201C, 0x201D, 0x201E, 0x2022, 0x2026),
    *(0x202F, 0x2032, 0x2033, 0x20AC, 0x2190, 0x2192, 0x2212, 0x2248, 0x2264, 0x2265, 0x00D7, 0x0301),
)
WEIGHTS = (400, 800)
FEATURES = ["kern", "liga", "ccmp", "locl", "mark", "mkmk", "tnum"]
FAMILY_NAMES = (1, 3, 4, 6, 16, 25)


def cut(source: Path, target: Path) -> None:
    """Write `target` (woff2, variable from regular to bold) from the variable TrueType file `source`."""
    font = TTFont(source)
    options = Options()
    options.layout_features = FEATURES
    options.hinting = False
    options.name_IDs = [0, *FAMILY_NAMES, 13, 14]
    options.flavor = "woff2"
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=LETTERS)
    subsetter.subset(font)
    instantiateVariableFont(font, {"wght": WEIGHTS}, inplace=True)
    for record in font["name"].names:
        if record.nameID in FAMILY_NAMES:
            record.string = FAMILY if record.nameID != 6 else FAMILY.replace(" ", "")
    font.flavor = "woff2"
    font.save(target)


if __name__ == "__main__":
    cut(SOURCE, Path(sys.argv[1]))
