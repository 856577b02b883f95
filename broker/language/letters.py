"""Every letter that a centre prints or draws, and whether its face has them all.

Asked at start by whatever draws (kiosk, screen, guide) and by ``khiu-centre --check``: a box in place of a letter is
found there and not on the wall.
"""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterable, Iterator

from babel import Locale

from broker.centre import Centre
from broker.language.catalogue import messages
from broker.language.fonts import FontMissing, face

# What code draws of itself, between the texts: numbers and names of nodes, ranges, dashes, quotation marks, steps
SIGNS = string.digits + string.ascii_letters + string.punctuation + "–—·…“”‘’›"
_NEVER_DRAWN = frozenset("\n\t\u200b\u2060")
# Any Thai name may come to the board or the paper: letters, vowels, marks, ฿, ๆ, ฯ
_ALPHABETS = {"th": "".join(map(chr, (*range(0x0E01, 0x0E3B), *range(0x0E3F, 0x0E4F))))}
_ADVICE = (
    "centre.font: name a face with Thai, Latin letters and digits, such as Loma (Debian package fonts-tlwg-loma-ttf), "
    "or change the texts named above"
)
_NAMED = 4  # letters of one place that the error names; more tell nothing new


class FontLacksLetters(FontMissing):
    """The face has no letter for something that this centre prints."""


def require(centre: Centre) -> None:
    """Raises `FontMissing` unless the centre's face is there, regular and bold, with every letter that is printed.

    The error names the face, the letters by sign and code point with where each first stands, and what to do.
    """
    name, letters = centre.centre.font, printed(centre)
    faults = []
    for weight, bold in (("regular", False), ("bold", True)):
        if missing := lacking(name, bold, letters):
            places = dict.fromkeys(letters[letter] for letter in missing)
            told = "; ".join(_told(place, [each for each in missing if letters[each] == place]) for place in places)
            faults.append(f"centre.font: {name}, {weight}, lacks letters that are printed here: {told}")
    if faults:
        raise FontLacksLetters("\n".join([*faults, _ADVICE]))


def lacking(name: str, bold: bool, letters: Iterable[str]) -> list[str]:
    """Those of the letters that this face does not have.  Raises `FontMissing`."""
    drawn = face(name, bold)
    return [letter for letter in letters if letter not in drawn]


def printed(centre: Centre) -> dict[str, str]:
    """Each letter that may be drawn → where it first stands: a key of centre.toml, a catalogue, or the code."""
    where: dict[str, str] = {}
    for place, text in _texts(centre):
        for letter in text:
            if letter not in _NEVER_DRAWN:
                where.setdefault(letter, place)
    return where


def _texts(centre: Centre) -> Iterator[tuple[str, str]]:
    yield "numbers and signs", SIGNS + " "
    for key, by_language in centre.texts():
        yield from ((f"{key}.{language}", text) for language, text in by_language.items())
    for language in centre.centre.languages:
        for text in messages(language):
            yield f"{language}.po", text
        locale = Locale.parse(language)
        names = [*locale.days["format"]["wide"].values(), str(locale.get_display_name(language))]
        for width in ("wide", "abbreviated"):
            names += locale.months["format"][width].values()
        yield f"dates in {language}", "".join(names)
        yield f"alphabet of {language}", _ALPHABETS.get(language, "")


def _told(place: str, missing: list[str]) -> str:
    named = ", ".join(f"{_sign(letter)} U+{ord(letter):04X}" for letter in missing[:_NAMED])
    return f"{named}{f' and {len(missing) - _NAMED} more' if len(missing) > _NAMED else ''} ({place})"


def _sign(letter: str) -> str:
    """A mark stands on a dotted circle, as in Unicode's charts."""
    return f"\u25cc{letter}" if unicodedata.combining(letter) or unicodedata.category(letter) == "Mn" else letter
