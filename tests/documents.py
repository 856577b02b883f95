"""A catalogue of long titles, more than one glass shows at once, the last of them on paper alone."""

from __future__ import annotations

from broker.office import Catalogue, Publication

TITLE = {
    "th": "คู่มือการขอรับการสนับสนุนด้านการอนุรักษ์พลังงานและพลังงานทดแทนสำหรับประชาชน พ.ศ. 2569",
    "en": "Guide to support for energy conservation and renewable energy for the public",
}
LINK = "https://www.example.go.th/th/documents/energy-conservation/guide-2569.pdf"
DOCUMENTS = Catalogue(
    "1.1", (*(Publication(f"d{n}", TITLE, LINK) for n in range(1, 7)), Publication("paper", TITLE, None))
)
