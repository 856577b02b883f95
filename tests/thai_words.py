# ruff: noqa: SIM905 -- words in rows read better than a column of quotes
"""The words that go wrong first when Thai is shaped badly, in a real window beside the same words set by Pillow.

Pillow's raqm shapes through HarfBuzz by itself; both draw from the centre's face, so their pixels may be compared.
As a program: ``thai_words.py SCRIPT FACE FILE`` draws in a window told that the script is SCRIPT, and prints how
alike the words are.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

WORDS = (
    "ที่นั่ง น้ำดื่ม กตัญญู ปั๊ม ญู ฐู ปี่ ฟ้า ฝ้าย ต่ำ ซ้ำ เก้าอี้ "  # every reader's list
    "สัญญา ปัญหา ญาณี รัฐ ราษฎร กฎหมาย ฎีกา ชฎา "  # ญ ฐ ฎ lose or keep their feet
    "ป้า ปู่ ป๋า ปิ่น ฝี ฟื้น ผึ้ง ฬ่อ "  # tall letters push their marks aside
    "ผู้ ขึ้น ยิ่ง พื้นที่ เชื้อ ครั้งที่ เปลี่ยน "  # a mark above a mark
    "น้ำมัน กำลัง ทำ จำนวน ซ้ำซ้อน ค่ำ "  # sara am, alone and under a tone
    "ฤๅษี ๆ ต่างๆ ฯลฯ กรุงเทพฯ ฿100 สิทธิ์ พันธุ์ "
).split()
CLOSE = ("น้ำมัน", "น้ำดื่ม")  # shaped as Latin, their tone stands beside the ring of sara am
ALIKE, ALIKE_CLOSE = 0.88, 0.98  # of all ink; hinting moves a mark by a pixel, no more
SIZE = 96  # px: at smaller ones the two libraries' hinting moves edges by more than a misplaced mark would


def faults(likeness: dict[str, float]) -> list[str]:
    """What is less alike than it should be."""
    return [
        f"{word}: {share:.3f} alike"
        for word, share in likeness.items()
        if share < (ALIKE_CLOSE if word in CLOSE else ALIKE)
    ]


def compare(script: str, face: str, sheet: Path) -> dict[str, float]:
    """Draw all words in a window on a virtual screen; word → its likeness, 0 … 1."""
    from broker.morning.glass import VirtualScreen

    display = VirtualScreen((320, 200))
    env = os.environ | {"DISPLAY": display.display, "KHIU_WINDOW": "320x200+0+0"}
    try:
        command = [sys.executable, __file__, script, face, sheet]
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)
    finally:
        display.stop()
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return dict(json.loads(done.stdout))


def _main(script: str, face: str, sheet: str) -> None:
    from broker.window.configure import configure

    configure("words")
    import numpy as np
    from kivy.core.window import Window
    from PIL import Image, ImageDraw, ImageFont

    from broker.language.fonts import font_file
    from broker.window import text

    assert Window
    text.use_font(face)
    if script != "Thai":
        own = text.Drawing
        text.Drawing = lambda **options: own(**options | {"font_script_name": script})
    likeness: dict[str, float] = {}
    cells: list[tuple[Any, Any]] = []
    type_ = ImageFont.truetype(str(font_file(face)), SIZE, layout_engine=ImageFont.Layout.RAQM)
    for word in WORDS:
        label = text._drawing(SIZE, False, padding=(SIZE, 0))
        label.text = word
        label.refresh()
        width, height = label.texture.size
        window = np.frombuffer(label.texture.pixels, np.uint8).reshape(height, width, 4)[:, :, 3]
        reference = Image.new("L", (width, 2 * SIZE))
        ImageDraw.Draw(reference).text((SIZE, SIZE // 4), word, 255, type_, language="th")
        one, other = _inked(window), _inked(np.asarray(reference))
        likeness[word] = _alike(one, other)
        cells.append((one, other))
    _draw_sheet(cells, Path(sheet))
    print(json.dumps(likeness, ensure_ascii=False))


def _inked(picture: Any) -> Any:
    """Its inked part."""
    import numpy as np

    rows, columns = (np.flatnonzero((picture > 96).any(axis=axis)) for axis in (1, 0))
    return picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _alike(one: Any, other: Any) -> float:
    """Common ink ÷ all ink, both brought to one frame; where their frames differ by more than an edge, nought."""
    import numpy as np
    from PIL import Image

    height, width = np.maximum(one.shape, other.shape)
    if any(abs(a - b) > 0.04 * max(a, b) + 2 for a, b in zip(one.shape, other.shape, strict=True)):
        return 0.0
    both = [np.asarray(Image.fromarray(part).resize((width, height))).astype(float) for part in (one, other)]
    return float(np.minimum(*both).sum() / np.maximum(*both).sum())


def _draw_sheet(cells: list[tuple[Any, Any]], file: Path) -> None:
    """Each word twice: as the window draws it, dark, and as Pillow sets it, blue beneath."""
    from PIL import Image

    across, wide, high = 6, 330, 290
    page = Image.new("RGB", (across * wide, -(-len(cells) // across) * high), "white")
    for place, pair in enumerate(cells):
        for line, (cell, ink) in enumerate(zip(pair, ((20, 32, 46), (11, 87, 164)), strict=True)):
            mask = Image.fromarray(cell)
            mask.thumbnail((wide - 20, high))
            left, top = place % across * wide + 10, place // across * high + 8 + line * 140
            page.paste(Image.new("RGB", mask.size, ink), (left, top), mask)
    page.quantize(32).save(file, optimize=True)


if __name__ == "__main__":
    _main(*sys.argv[1:])
