"""The face that was asked for, or none."""

from __future__ import annotations

import pytest
from PIL import ImageFont

from broker.language.fonts import FontMissing, font_file


def test_the_shipped_centre_s_face_is_there_in_both_weights() -> None:
    for bold, style in ((False, "Regular"), (True, "Bold")):
        assert ImageFont.truetype(font_file("Loma", bold), 12).getname() == ("Loma", style)


def test_another_face_is_never_put_in_its_place() -> None:
    with pytest.raises(FontMissing, match="fonts-tlwg-loma-ttf"):
        font_file("A face that nobody has: bold-1")


def test_without_fontconfig_the_error_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(FontMissing, match="package fontconfig"):
        font_file("A face not asked for before")
