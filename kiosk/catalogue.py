"""The page of documents and what opens it (R7).  Pure; `kiosk.view` has its words."""

from __future__ import annotations

from dataclasses import dataclass

SHEET = {True: 6, False: 3}  # documents at once on an upright glass and on a lying one, where each finds 20 mm


@dataclass(frozen=True)
class Catalogue:
    """The documents of a service from the ``first`` on; with ``document`` that one alone, and its QR code."""

    service: str
    first: int = 0
    document: str = ""


@dataclass(frozen=True)
class CatalogueOpened:
    """Turn to this page: from the steps, to the next documents, to a document or back."""

    page: Catalogue
