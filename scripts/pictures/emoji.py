"""Renders the emoji that the rules name: Noto Color Emoji, 64 x 64 pixels each, in cells of one picture.

Reads emoji-rules.txt in the folder given and writes emoji.png, emoji-alpha.png and emoji.txt beside it.
"""

import json
import pathlib
import sys

from PIL import Image, ImageDraw, ImageFont

FONT = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"
STRIKE = 109  # the one size that the font has pictures of
CELL, COLUMNS = 64, 20
FALLBACK = "▫️"
# Of transparency; sixteen are as smooth as all, and half the size.
LEVELS = 16


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


def main(folder: pathlib.Path) -> None:
    emoji = wanted(folder)
    font = ImageFont.truetype(FONT, STRIKE)
    sheet = Image.new("RGBA", (COLUMNS * CELL, -(-len(emoji) // COLUMNS) * CELL))
    for index, each in enumerate(emoji):
        sheet.paste(picture(font, each), (index % COLUMNS * CELL, index // COLUMNS * CELL))
    # Colours and transparency apart: the emoji share so few colours that a palette of 256 shows no difference, and no
    # palette could hold them in every degree of transparency.
    alpha = sheet.getchannel("A")
    colours = sheet.convert("RGB")
    colours.paste((0, 0, 0), mask=alpha.point(lambda value: 0 if value else 255))
    colours = colours.quantize(256, Image.Quantize.MEDIANCUT, kmeans=1, dither=Image.Dither.NONE)
    step = 255 // (LEVELS - 1)
    alpha = alpha.point(lambda value: round(value / step) * step)
    colours.save(folder / "emoji.png", optimize=True)
    alpha.save(folder / "emoji-alpha.png", optimize=True)
    (folder / "emoji.txt").write_text("\n".join(emoji) + "\n")
    print(len(emoji), "emoji")


main(pathlib.Path(sys.argv[1]))
