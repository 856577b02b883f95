"""The same lines on web pages and in printed HTML: marks that let a browser break where `broker.language.lines` says.

Browsers and Pango break Thai by dictionaries of their own, each another.  So every phrase is a span that is not to be
parted (``STYLE``), and between two phrases without a space stands a ZERO WIDTH SPACE.

The limit: a phrase is parted nowhere, so one that is wider than its column (title and name, a whole date) sticks out.
A column needs the room of the longest phrase that may stand in it, some twenty letters.
"""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser

from broker.language.lines import WORD_JOINER, ZERO_WIDTH_SPACE, phrases

STYLE = ".w { white-space: nowrap }"  # every page with marked text needs this rule
_CODE = ("style", "script")  # no text: what looks like markup or an entity in it is none
_AS_IT_STANDS = frozenset((*_CODE, "title", "code", "pre", "textarea"))


def marked(text: str) -> str:
    """HTML that shows this text and ends its lines between phrases.  Raises `ThaiBreakerMissing`."""
    html = ""
    for phrase in phrases(text):
        shown = phrase.replace(ZERO_WIDTH_SPACE, "").replace(WORD_JOINER, "")
        word = shown.rstrip()
        html += f'<span class="w">{escape(word)}</span>' if _may_be_parted(word) else escape(word)
        html += shown[len(word) :] or ZERO_WIDTH_SPACE
    return html.removesuffix(ZERO_WIDTH_SPACE)


def mark(page: str) -> str:
    """The page with all text in its elements `marked`, but for code, style and title."""
    marker = _Marker()
    marker.feed(page)
    marker.close()
    return marker.html


def _may_be_parted(word: str) -> bool:
    return not (word.isascii() and word.isalnum()) and len(word) > 1


class _Marker(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.html = ""
        self._as_it_stands: list[str] = []  # the elements around, outermost first, whose text is not marked

    def handle_decl(self, decl: str) -> None:
        self.html += f"<!{decl}>"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 -- the parser's
        if tag in _AS_IT_STANDS:
            self._as_it_stands.append(tag)
        self.html += self.get_starttag_text() or ""

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 -- the parser's
        self.html += self.get_starttag_text() or ""

    def handle_endtag(self, tag: str) -> None:
        if self._as_it_stands and self._as_it_stands[-1] == tag:
            self._as_it_stands.pop()
        self.html += f"</{tag}>"

    def handle_data(self, data: str) -> None:
        if not self._as_it_stands:
            self.html += marked(data)
        elif self._as_it_stands[-1] in _CODE:
            self.html += data
        else:
            self.html += escape(data, quote=False)
