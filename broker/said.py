"""A sentence that is English, and can be told in every language that has a catalogue.

What a person must mend is found deep in rules that know no reader: they yield `Said`, which passes for its English
text wherever a text is logged or compared, and whoever knows the reader's language asks it to be `told`.
"""

from __future__ import annotations

from collections.abc import Callable


class Said(str):
    """``text`` is a msgid of the catalogue, ``values`` fill its {places}; a value may be said in its turn."""

    _text: str
    _values: dict[str, object]

    def __new__(cls, text: str, /, **values: object) -> Said:
        said = super().__new__(cls, text.format(**values) if values else text)
        said._text, said._values = text, values
        return said

    def told(self, say: Callable[[str], str]) -> str:
        """The sentence by ``say``, as `broker.language.catalogue.words` gives it."""
        values = {name: value.told(say) if isinstance(value, Said) else value for name, value in self._values.items()}
        return say(self._text).format(**values) if values else say(self._text)


def fault(key: str, text: str, /, **values: object) -> Said:
    """``key: what is wrong; what is allowed``, of which ``text`` is all after the key."""
    return Said("{key}: {text}", key=key, text=Said(text, **values))
