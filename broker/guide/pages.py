"""The guide's pages: the text of `th.html` with this centre's own services, buttons and rules in it."""

from __future__ import annotations

from collections import Counter
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template

from broker.centre import Centre, Service
from broker.language.web import STYLE, mark

_DAYS = {"mon": "จันทร์", "tue": "อังคาร", "wed": "พุธ", "thu": "พฤหัสบดี", "fri": "ศุกร์", "sat": "เสาร์", "sun": "อาทิตย์"}
_BUTTONS = {"call": "ปุ่มเรียก", "serve": "ปุ่มบริการ", "more": "ปุ่มเพิ่มเติม"}
_LENGTHS = {"short": "กดสั้น", "long": "กดค้าง"}
_COMMANDS = {
    "next": "เรียกคิวถัดไป ถ้ากำลังให้บริการอยู่จะเสร็จสิ้นคิวนั้นก่อน",
    "recall": "เรียกซ้ำ",
    "start": "เริ่มให้บริการ",
    "provided": "ให้ข้อมูลแล้ว (หยุดนาฬิกา)",
    "finish": "เสร็จสิ้น",
    "no_show": "ข้ามคิว (ไม่มาตามเรียก)",
    "hold": "พักคิวไว้ก่อน",
    "resume": "เรียกคิวที่พักไว้",
    "call_back": "เรียกคิวที่ข้ามไปล่าสุดกลับมา",
    "open": "เปิดจุดบริการ",
    "close": "พักให้บริการ",
    "advance": "ขั้นถัดไป: เรียก › เริ่มให้บริการ › ให้ข้อมูลแล้ว › เสร็จสิ้น",
    "step": "ขั้นถัดไปของคิวนี้: เริ่มให้บริการ › ให้ข้อมูลแล้ว (เฉพาะบริการที่จับเวลา) › เสร็จสิ้น",
    "set_aside": "กำลังเรียก: ข้ามคิว · กำลังให้บริการ: พักคิวไว้ก่อน · ว่าง: เรียกคิวที่พักไว้",
    "transfer": "โอนคิวไป{service}",
    "transfer_or_pause": "มีผู้รับบริการอยู่: โอนคิวไป{service} · ว่าง: พักให้บริการ · พักอยู่: เปิดจุดอีกครั้ง",
    "open_service": "เปิดรับบัตรคิว{service}อีกครั้ง",
    "close_service": "ปิดรับบัตรคิว{service} ผู้ที่รออยู่ยังได้รับบริการ",
    "insist": "กำลังเรียก: เรียกซ้ำ ครบจำนวนแล้วข้ามคิว · กำลังให้บริการ: พักคิวไว้ก่อน · ว่าง: เรียกคิวที่พักไว้",
}


def html(centre: Centre) -> str:
    """The guide as one HTML page for print, its lines ending where ours do.  Raises `ThaiBreakerMissing`."""
    text = files("broker.guide").joinpath("th.html").read_text("utf-8")
    hours, calling = centre.hours, centre.calling
    page = Template(text).substitute(
        lines=STYLE,
        centre=escape(centre.centre.name["th"]),
        font=escape(centre.centre.font),
        services="".join(_service(service) for service in centre.services),
        buttons=_buttons(centre),
        days=_span([_DAYS[d] for d in hours.days]),
        open=f"{hours.open:%H:%M}",
        close=f"{hours.close:%H:%M}",
        day_ends=f"{hours.day_ends:%H:%M}",
        long=f"{centre.buttons_default.long_press_ms / 1000:g}",
        deadline=calling.command_seconds,
        others=calling.others_per_priority,
        max_calls=calling.max_calls,
        answer=calling.answer_seconds,
        latecomer=calling.latecomer_within,
        survey=centre.survey.open_seconds,
        untaken=centre.kiosk_screen.untaken_seconds,
    )
    return mark(page)


def write(centre: Centre, file: Path) -> None:
    """Set the guide as a PDF of A4 pages.  Raises `OSError` where it cannot be written."""
    from weasyprint import HTML  # noqa: PLC0415 -- half a second that only this command needs

    HTML(string=html(centre)).write_pdf(file)


def _service(service: Service) -> str:
    standard = service.standard
    within = f"ภายใน {standard.seconds // 60} นาที" if standard else "ตามความเหมาะสมของงาน"
    points = ", ".join(str(p) for p in service.points)
    return _row(f"{service.id} {service.name['th']}", f"{service.prefix}001, {service.prefix}002 …", points, within)


def _buttons(centre: Centre) -> str:
    """The bindings that all points share, then, button by button, what a point has of its own."""
    rows = [_gesture(gesture, centre, binding) for gesture, binding in centre.buttons_default.bindings.items()]
    own = Counter((g, b) for point in centre.points for g, b in point.bindings.items())
    for gesture, binding in own:
        points = ", ".join(str(p.number) for p in centre.points if p.bindings.get(gesture) == binding)
        rows.append(_gesture(gesture, centre, binding, f" (จุดที่ {points})"))
    return "".join(rows)


def _gesture(gesture: str, centre: Centre, binding: str, where: str = "") -> str:
    button, _, length = gesture.partition(".")
    word, _, service = binding.partition(":")
    does = _COMMANDS[word].format(service=centre.service(service).name["th"] if service else "")
    return _row(_BUTTONS.get(button, button), _LENGTHS[length], does + where)


def _row(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{escape(cell)}" for cell in cells) + "</tr>"


def _span(days: list[str]) -> str:
    """Names of days, the first to the last where none between is missing."""
    week = list(_DAYS.values())
    first = week.index(days[0])
    if len(days) > 2 and days == week[first : first + len(days)]:
        return f"วัน{days[0]}–{days[-1]}"
    return ", ".join(f"วัน{day}" for day in days)
