"""Rebuild the Chinese font that the figures carry: Noto Sans SC, cut to the characters needed.

Run it after a change to the character set below, from any folder::

    python -m pip install 'fonttools>=4.50' 'pylopdf-fonts-zh-cn==0.1.1'
    python tools/subset_font.py

It writes ``NotoSansSC-subset.otf`` and ``OFL.txt`` into ``hotline_sim/plots/fonts``. The same
versions of the two packages give the same bytes. Both are needed only here, so neither is a
dependency of hotline-sim.

The licence that comes with the font declares no Reserved Font Name, so the subset may keep the
name Noto Sans SC. ``OFL.txt`` is that licence under the copyright notice of the font's own name
table, which the shipped licence file leaves out.
"""

from __future__ import annotations

import argparse
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import pylopdf_fonts_zh_cn
from fontTools import subset
from fontTools.ttLib import TTFont

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FOLDER = Path(__file__).resolve().parents[1] / "hotline_sim" / "plots" / "fonts"
FONT_NAME = "NotoSansSC-subset.otf"
LICENSE_NAME = "OFL.txt"

COPYRIGHT, TRADEMARK = 0, 7  # name identifiers of the OpenType name table

BLOCKS = {
    "ASCII": (0x0020, 0x007E),
    "Latin-1: accents, currency, ± × ° ² ³ ·": (0x00A0, 0x00FF),
    "CJK symbols and punctuation: 、。「」《》〇": (0x3000, 0x301F),
    "full-width forms: ，：（）％￥": (0xFF01, 0xFF5E),
    "full-width signs": (0xFFE0, 0xFFE6),
}

SYMBOLS = (
    "‐‑‒–—―‖‘’‚“”„†‡•‥…‰′″‵‹›※€"  # general punctuation, less what is invisible
    "−∓√∞∑∏∫∂∆≈≠≡≤≥"  # U+2212 is the minus sign matplotlib writes
    "←↑→↓↔"
    "■□▲△▼▽◆◇○●★☆"  # legend marks
    "№℃①②③④⑤⑥⑦⑧⑨⑩"
    "ΔΣΦΩαβγδεθλμπρσφω"  # rates and standard deviations in axis labels
)

# Every district and county of the mainland has been looked at: these seven hold the only
# characters outside GB 2312.
COUNTY_CHARACTERS = {
    "埇": "埇桥区, Suzhou, Anhui",
    "沚": "湾沚区, Wuhu, Anhui",
    "浉": "浉河区, Xinyang, Henan",
    "瀍": "瀍河回族区, Luoyang, Henan",
    "猇": "猇亭区, Yichang, Hubei",
    "硚": "硚口区, Wuhan, Hubei",
    "鄠": "鄠邑区, Xi'an, Shaanxi",
}

# Below the county nobody can list them all: well-known towns and streets, so that a scenario
# can name a local branch. Add to them freely.
TOWN_CHARACTERS = {
    "埌": "埌东, Nanning, Guangxi",
    "垟": "ending of village names, Wenzhou, Zhejiang",
    "峃": "大峃镇, Wencheng, Zhejiang",
    "滘": "道滘镇, Dongguan, Guangdong",
    "塱": "西塱, Guangzhou, Guangdong",
    "鲘": "鲘门镇, Haifeng, Guangdong",
    "漷": "漷县镇, Tongzhou, Beijing",
    "甪": "甪直镇, Suzhou, Jiangsu",
    "栟": "栟茶镇, Rudong, Jiangsu",
    "鄌": "鄌郚镇, Changle, Shandong",
    "郚": "鄌郚镇, Changle, Shandong",
    "堌": "青堌集镇, Cao county, Shandong",
    "濛": "濛阳, Pengzhou, Sichuan",
    "㵲": "㵲阳镇, Zhenyuan, Guizhou",
    "洣": "洣江, Chaling, Hunan",
    "崀": "崀山镇, Xinning, Hunan",
    "嵖": "嵖岈山镇, Suiping, Henan",
    "崄": "ending of village names, northern Shaanxi",
    "塆": "ending of village names, Hubei",
    "磜": "ending of village names, Fujian and Jiangxi",
    "氹": "氹仔, Macao",
    "埗": "深水埗, Hong Kong",
    "玥": "a common given name since 2000",
}


def gb2312_characters() -> Iterator[str]:
    """Yield the 6,763 hanzi of GB 2312: rows 16 to 55 (level 1) and 56 to 87 (level 2)."""
    for row in range(16, 88):
        for cell in range(1, 95):
            try:
                yield bytes((0xA0 + row, 0xA0 + cell)).decode("gb2312")
            except UnicodeDecodeError:
                continue  # row 55 ends five cells early


def wanted_characters() -> set[str]:
    """Return every character a figure may need in Chinese or in English."""
    ranges = (map(chr, range(first, last + 1)) for first, last in BLOCKS.values())
    return set(gb2312_characters()).union(
        SYMBOLS, COUNTY_CHARACTERS, TOWN_CHARACTERS, *(set(block) for block in ranges)
    )


def cut(source: Path, target: Path, characters: Iterable[str]) -> None:
    """Write to ``target`` the part of the font at ``source`` that draws ``characters``.

    Raises
    ------
    subset.Subsetter.MissingUnicodesSubsettingError
        Naming the characters for which the source has no glyph.
    """
    options = subset.Options()
    options.layout_features = ["kern"]  # matplotlib sets horizontal lines and no variants
    options.name_IDs = ["*"]  # copyright, trademark and licence stay in the file
    options.name_languages = ["*"]
    options.notdef_outline = True
    options.drop_tables += ["BASE", "DSIG", "VORG", "vhea", "vmtx"]  # vertical writing; signature
    options.hinting = True  # 15 % larger; small hanzi on a screen are blurred without
    options.ignore_missing_unicodes = False
    options.recalc_timestamp = False  # same input, same bytes
    font = TTFont(source, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[ord(character) for character in characters])
    subsetter.subset(font)
    font.save(target)


def license_text(source: Path) -> str:
    """Return the font's licence, headed by the notices its name table holds."""
    names = TTFont(source)["name"]
    notices = [names.getDebugName(COPYRIGHT), names.getDebugName(TRADEMARK)]
    distribution = metadata.distribution("pylopdf-fonts-zh-cn")
    files = [file for file in distribution.files or () if file.name == "LICENSE"]
    licence = files[0].read_text(encoding="utf-8")
    head = "\n".join(notice for notice in notices if notice)
    change = f"{FONT_NAME} is a subset of Noto Sans SC, made by tools/subset_font.py."
    return f"{head}\n{change}\n\n{licence.strip()}\n"


def main() -> None:
    """Write the subset and its licence, and say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder to write to")
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    source = pylopdf_fonts_zh_cn.sans_path()
    characters = wanted_characters()
    cut(source, folder / FONT_NAME, characters)
    (folder / LICENSE_NAME).write_text(license_text(source), encoding="utf-8", newline="\n")
    size = (folder / FONT_NAME).stat().st_size
    print(f"{folder / FONT_NAME}: {len(characters)} characters, {size:,} bytes")


if __name__ == "__main__":
    main()
