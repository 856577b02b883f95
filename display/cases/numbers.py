"""A case's number as an office writes it: 12/2569, the twelfth of the Buddhist year.

The Rules of the Office of the Prime Minister on correspondence (ระเบียบสำนักนายกรัฐมนตรีว่าด้วยงานสารบรรณ พ.ศ. 2526) have
registers and orders run from 1 through a calendar year and set the Buddhist year behind a stroke.  So a case's number
fits the office's other papers, is short enough to be said on the telephone, and is the same in every language.  The
hall alone gives it, one after the other, and no number is given twice.
"""

from __future__ import annotations

import re

from broker.clock import BUDDHIST

_WRITTEN = re.compile(r"\s*([1-9][0-9]{0,6})\s*/\s*(2[5-9][0-9]{2})\s*")


def written(year: int, number: int) -> str:
    """12/2569 for number 12 of the year 2026 (A.D.)."""
    return f"{number}/{year + BUDDHIST}"


def read(text: str) -> tuple[int, int] | None:
    """Year (A.D.) and number of what a person typed; None where it is no case number."""
    found = _WRITTEN.fullmatch(text)
    return (int(found[2]) - BUDDHIST, int(found[1])) if found else None
