"""Renders the letters that figures are labelled with: DejaVu Sans in a few sizes, as coverage, into one grey picture.

Writes letters.png and letters.txt into the folder given.
"""

import pathlib
import sys

from PIL import Image, ImageDraw, ImageFont

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
SIZES = (10, 13, 18)
CHARACTERS = [chr(code) for code in (*range(0x20, 0x7F), *range(0xA0, 0x100))]
CHARACTERS += list("–—‘’“”…→←↑↓−≤≥≈∞αβγσ✓�")
WIDTH = 512
HEAD = """\
# DejaVu Sans as pictures, see LICENSES.md. Made by scripts/pictures/make.
# size PIXELS ASCENT DESCENT: what follows is of that size. Then a letter a line:
# code point, x, y, width, height in the picture; from the pen to its left edge, from the line's top to its own; advance.
"""


def main(folder: pathlib.Path) -> None:
    sheet, lines = Image.new("L", (WIDTH, 1024)), []
    x = y = row = 0
    for size in SIZES:
        font = ImageFont.truetype(FONT, size, layout_engine=ImageFont.Layout.BASIC)
        ascent, descent = font.getmetrics()
        lines.append(f"size {size} {ascent} {descent}")
        for character in CHARACTERS:
            left, top, right, bottom = font.getbbox(character)
            width, height = max(right - left, 0), max(bottom - top, 0)
            if x + width > WIDTH:
                x, y, row = 0, y + row, 0
            if width and height:
                ImageDraw.Draw(sheet).text((x - left, y - top), character, fill=255, font=font)
            advance = round(font.getlength(character))
            lines.append(f"{ord(character):04x} {x} {y} {width} {height} {left} {top} {advance}")
            x, row = x + width, max(row, height)
    sheet.crop((0, 0, WIDTH, y + row)).save(folder / "letters.png", optimize=True)
    (folder / "letters.txt").write_text(HEAD + "\n".join(lines) + "\n")


main(pathlib.Path(sys.argv[1]))
