"""The drawings of pages that were shown just now: a page names them, its browser fetches them at once."""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict

MOST = 64  # some ten pages: far more than are opened within the second that a browser takes


class Drawings:
    """By the digest of what is drawn, so that the same drawing is kept once; the oldest go.

    The digest is keyed: by trying names nobody finds out what a drawing that another was shown looks like.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, str] = OrderedDict()
        self._key = secrets.token_bytes(32)

    def keep(self, svg: str) -> str:
        """Its name."""
        name = hashlib.blake2b(svg.encode(), digest_size=16, key=self._key).hexdigest()
        self._kept[name] = svg
        self._kept.move_to_end(name)
        if len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return name

    def get(self, name: str) -> str | None:
        return self._kept.get(name)
