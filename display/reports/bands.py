"""What a mean of a five-level survey is called in Thai reports.  Pure.

Five bands of equal width over 1 – 5; the other bands in use (4.51 – 5.00 and so on) are those of rounding.
"""

from __future__ import annotations

from broker.language.catalogue import N_, words

BANDS = ((4.21, N_("Highest")), (3.41, N_("High")), (2.61, N_("Moderate")), (1.81, N_("Low")), (1.00, N_("Lowest")))


def band(mean: float | None, language: str) -> str | None:
    """The name of the band that a mean of two decimals lies in."""
    if mean is None:
        return None
    return words(language)(next(name for least, name in BANDS if mean >= least))


def stated(language: str) -> str:
    """All bands in words: "Highest 4.21–5.00, …"."""
    ends = ("5.00", *(f"{least - 0.01:.2f}" for least, _ in BANDS[:-1]))
    _ = words(language)
    return ", ".join(f"{_(name)} {least:.2f}–{end}" for (least, name), end in zip(BANDS, ends, strict=True))
