"""Renders the emoji that the rules name: Noto Color Emoji, 64 x 64 pixels each, into one picture with alpha.

Reads emoji-rules.txt in the folder given and writes emoji.png and emoji.txt beside it.
"""

import json
import pathlib
import sys

from PIL import Image, ImageDraw, ImageFont

FONT = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"
STRIKE = 109  # the one size that the font has pictures of
CELL, COLUMNS = 64, 20
FALLBACK = "▫️"
# Colours of an emoji. Their edges are smooth by alpha, so that few are enough, and the file a third of what it would be.
COLOURS = 48
ALPHA_STEP = 17


def wanted(folder: pathlib.Path) -> list[str]:
    """The fallback, then every emoji of the rules and of the demo model in the order in which they come."""
    rules = (folder / "emoji-rules.txt").read_text().splitlines()
    emoji = [FALLBACK, *(line.split()[0] for line in rules if line.strip() and not line.startswith("#"))]
    demo = folder.parents[2] / "config/demo/shapes/config.json"
    emoji += json.loads(demo.read_text())["id2emoji"].values()
    return list(dict.fromkeys(emoji))


def picture(font: ImageFont.FreeTypeFont, emoji: str) -> Image.Image:
    left, top, right, bottom = font.getbbox(emoji)
    if right - left > 140 or right <= left:
        sys.exit(f"{emoji} ({[hex(ord(c)) for c in emoji]}) is no single picture of the font")
    large = Image.new("RGBA", (136, 136))
    draw = ImageDraw.Draw(large)
    draw.text(((136 - right - left) / 2, (136 - top - bottom) / 2), emoji, font=font, embedded_color=True)
    # By area, over premultiplied colours, so that nothing dark creeps in from where there is nothing.
    small = large.convert("RGBa").resize((CELL, CELL), Image.Resampling.BOX).convert("RGBA")
    if small.getextrema()[3][1] == 0:
        sys.exit(f"{emoji} is not in the font")
    return small


def simplified(cell: Image.Image) -> Image.Image:
    alpha = cell.getchannel("A").point(lambda a: min(255, round(a / ALPHA_STEP) * ALPHA_STEP))
    colours = cell.convert("RGB").quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).convert("RGB")
    colours.putalpha(alpha)
    blank = Image.new("RGBA", cell.size)
    blank.paste(colours, mask=alpha.point(lambda a: 255 if a else 0))
    return blank


def main(folder: pathlib.Path) -> None:
    emoji = wanted(folder)
    font = ImageFont.truetype(FONT, STRIKE)
    sheet = Image.new("RGBA", (COLUMNS * CELL, -(-len(emoji) // COLUMNS) * CELL))
    for index, each in enumerate(emoji):
        sheet.paste(simplified(picture(font, each)), (index % COLUMNS * CELL, index // COLUMNS * CELL))
    sheet.save(folder / "emoji.png", optimize=True)
    (folder / "emoji.txt").write_text("\n".join(emoji) + "\n")
    print(len(emoji), "emoji,", (folder / "emoji.png").stat().st_size, "bytes")


main(pathlib.Path(sys.argv[1]))
