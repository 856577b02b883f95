"""What an officer chooses from at the desk, where centre.toml names nothing else: codes, and their words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from broker.language.catalogue import N_, words

OUTCOMES: Mapping[str, str] = {  # R2.3, R3.2, R4.3
    "advised": N_("Advice given"),
    "documents_given": N_("Documents given"),
    "forwarded": N_("Matter forwarded"),
    "referred": N_("Referred to another office"),
    "not_held": N_("Not held at this centre"),
    "other": N_("Other"),
}
PAUSES: Mapping[str, str] = {
    "lunch": N_("Lunch break"),
    "meeting": N_("Meeting"),
    "errand": N_("Errand"),
    "equipment": N_("Equipment fault"),
    "other": N_("Other"),
}


def worded(choices: Mapping[str, str], languages: Iterable[str]) -> dict[str, dict[str, str]]:
    """Code → its words by language.  Raises `broker.language.catalogue.LanguageMissing`."""
    return {code: {language: words(language)(text) for language in languages} for code, text in choices.items()}
