"""What a value of centre.toml may be, in words for whoever writes the file.  Pure."""

from __future__ import annotations

from typing import Any

import msgspec.inspect as i

from broker.language.catalogue import N_
from broker.said import Said

PLAIN: dict[type[i.Type], Said] = {
    i.BoolType: Said(N_("true or false")),
    i.TimeType: Said(N_("a time without quotation marks, such as 08:30:00")),
    i.DateType: Said(N_("a date of the Common Era without quotation marks, such as 2026-12-31")),
    i.DateTimeType: Said(N_("date and time without quotation marks, such as 2026-12-31T08:30:00+07:00")),
    i.DictType: Said(N_("a table in braces")),
}


def allowed(kind: Any, value: object = None) -> Said:
    """What may stand in the place of ``value``.  Of a text that is none for its letters, what its `Meta` says."""
    info = i.type_info(kind)
    what = ""
    if isinstance(info, i.Metadata):
        what, info = (info.extra_json_schema or {}).get("description", ""), info.type
    match info:
        case i.LiteralType(values):
            return Said(", ".join(map(str, values)))
        case i.IntType(ge=least, le=most):
            return _number(least, most)
        case i.FloatType(ge=least, le=most) if least is not None:
            return Said(N_("a number from {least} to {most}"), least=least, most=most)
        case i.StrType() if what:
            return Said(what) if isinstance(value, str) else Said(N_("in quotation marks, {what}"), what=Said(what))
        case i.StrType():
            return Said(N_("a text in quotation marks"))
        case i.TupleType(parts):
            return Said(N_("a list of {size} in brackets, such as {example}"), size=len(parts), example="[1, 999]")
        case i.VarTupleType():
            return Said(N_("a list in brackets, such as {example}"), example="[2, 3]")
    return PLAIN.get(type(info)) or Said(N_("a value of another kind"))


def _number(least: int | None, most: int | None) -> Said:
    if least is None:
        return Said(N_("a whole number"))
    if most is None:
        return Said(N_("a whole number, {least} or more"), least=least)
    return Said(N_("a whole number from {least} to {most}"), least=least, most=most)
