"""A word in letters as high as a hand, out of the half blocks that every terminal has."""

from __future__ import annotations

import shutil

from PIL import Image, ImageDraw, ImageFont

from broker.language.fonts import FontMissing, font_file

SIZES = range(34, 17, -4)  # dots high; smaller ones cannot be read
BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def large(word: str, font: str) -> list[str]:
    """Lines of the word as wide as the terminal allows; none where it does not fit or the face is missing."""
    columns = shutil.get_terminal_size().columns
    try:
        file = str(font_file(font, bold=True))
    except FontMissing:
        return []
    for size in SIZES:
        face = ImageFont.truetype(file, size)
        left, top, right, bottom = (int(edge) for edge in face.getbbox(word))
        if right - left < columns:
            break
    else:
        return []
    height = bottom - top + (bottom - top) % 2
    picture = Image.new("1", (right - left + 1, height))
    ImageDraw.Draw(picture).text((-left, -top), word, fill=1, font=face)
    dots = [[bool(picture.getpixel((x, y))) for x in range(picture.width)] for y in range(height)]
    rows = zip(dots[::2], dots[1::2], strict=True)
    return ["".join(BLOCKS[pair] for pair in zip(upper, lower, strict=True)).rstrip() for upper, lower in rows]
