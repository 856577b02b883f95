"""The same lines on web pages and in printed HTML: marks that let a browser break where `broker.language.lines` says.

Browsers and Pango break Thai by dictionaries of their own, each another.  So every phrase is a span that is not to be
parted (``STYLE``), and between two phrases without a space stands a ``<wbr>``: no letter, so what a reader copies or
searches is the text as it was written.

The limit: a phrase is parted nowhere, so one that is wider than its column (title and name, a whole date) sticks out.
A column needs the room of the longest phrase that may stand in it, some twenty letters.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape

from broker.language.lines import WORD_JOINER, ZERO_WIDTH_SPACE, phrases

STYLE = ".w { white-space: nowrap }"  # every page with marked text needs this rule
_MAY_BREAK = "<wbr>"
# A comment, an element whose text stays as it is, a tag, or text.  Pages are our own: no attribute holds a bare ">".
_PART = re.compile(
    r"<!--.*?--> | <(style|script|title|code|pre|textarea|select)\b.*?</\1\s*> | <[^>]*> | (?P<text>[^<]+)",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)


@lru_cache(4096)  # a page says the same heads and figures many times
def marked(text: str) -> str:
    """HTML that shows this text and ends its lines between phrases.  Raises `ThaiBreakerMissing`."""
    html = ""
    for phrase in phrases(text):
        shown = phrase.replace(ZERO_WIDTH_SPACE, "").replace(WORD_JOINER, "")
        word = shown.rstrip()
        html += f'<span class="w">{escape(word)}</span>' if _may_be_parted(word) else escape(word)
        html += shown[len(word) :] or _MAY_BREAK
    return html.removesuffix(_MAY_BREAK)


def whole(name: str) -> str:
    """HTML of a person's name, whose lines end between its words alone: no dictionary knows where a surname may end."""
    return " ".join(f'<span class="w">{escape(word)}</span>' for word in name.split())


def mark(page: str) -> str:
    """The page with all text in its elements `marked`, but for code, style, title, what is typed and what is chosen."""
    return _PART.sub(lambda part: marked(unescape(text)) if (text := part["text"]) else part[0], page)


def _may_be_parted(word: str) -> bool:
    return not (word.isascii() and word.isalnum()) and len(word) > 1
