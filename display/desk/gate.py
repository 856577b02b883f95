"""The gate: no page is reached but through it.  Session, role, form token, size and kind of what is sent, headers."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from urllib.parse import quote

from starlette.datastructures import FormData, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from broker.language.catalogue import N_
from display.desk.desk import Desk
from display.desk.page import Page, Visit
from display.desk.sessions import form_token, new_token, same

BY_ITSELF = "x-live"  # a header of what a page asks for by itself: no sign that a person is there
MOST_FIELDS = 500
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
STALE = "stale"  # of a 403: the form's token is not this browser's
UNREADABLE = "unreadable"  # of a 503: the ledger cannot be read
ERRORS: Mapping[int | str, str] = {
    400: N_("This request could not be understood."),
    403: N_("You have no right to this page."),
    404: N_("There is no such page."),
    405: N_("This page cannot do that."),
    411: N_("This request could not be understood."),
    413: N_("That is too large."),
    415: N_("Files of this kind are not taken here."),
    STALE: N_("This form was open too long. Please try once more."),
    UNREADABLE: N_("The ledger cannot be read now. Please try again in a moment."),
}
FAULT = N_("Something went wrong here. Nothing was changed; please try again.")

log = logging.getLogger(__name__)


class Gate:
    """Makes endpoints of pages."""

    def __init__(self, desk: Desk, pages: Sequence[Page]) -> None:
        self._desk, self._pages = desk, pages
        self._cookie = "__Host-khiu" if desk.secure else "khiu"
        self._spoken = "__Host-khiu-language" if desk.secure else "khiu-language"

    def endpoint(self, page: Page) -> Callable[[Request], Awaitable[Response]]:
        """What Starlette calls for this page."""

        async def endpoint(request: Request) -> Response:
            visit = self.visit(request)
            response = await self._enter(visit, page)
            if visit.token != request.cookies.get(self._cookie):
                self._set(response, self._cookie, visit.token)
            if visit.language != request.cookies.get(self._spoken):
                self._set(response, self._spoken, visit.language)
            return response

        return endpoint

    def visit(self, request: Request) -> Visit:
        """Who asks, by their cookies alone."""
        languages = self._desk.centre.centre.languages
        spoken = request.cookies.get(self._spoken, "")
        visit = Visit(
            self._desk,
            request,
            spoken if spoken in languages else languages[0],
            request.cookies.get(self._cookie) or new_token(),
        )
        name = self._desk.sessions.account(visit.token, visit.now, touch=BY_ITSELF not in request.headers)
        account = self._desk.accounts.get(name) if name else None
        visit.account = account if account and not account.disabled else None
        if visit.account:
            visit.menu = tuple(page for page in self._pages if page.menu and visit.may(page))
        return visit

    async def error(self, request: Request, fault: Exception) -> Response:
        """The page of an error, in the visitor's language."""
        status, detail = (fault.status_code, fault.detail) if isinstance(fault, HTTPException) else (500, "")
        visit = self.visit(request)
        return visit.page("error.html", status, text=visit.say(ERRORS.get(detail) or ERRORS.get(status) or FAULT))

    async def _enter(self, visit: Visit, page: Page) -> Response:
        request = visit.request
        work = page.act if request.method == "POST" else page.show
        if work is None and request.method == "POST":
            raise HTTPException(405)
        if work is None:  # it only takes forms: an answer of it was asked for again, or in the other language
            return visit.go("/")
        if page.roles and visit.account is None:
            if BY_ITSELF in request.headers:
                return PlainTextResponse("", 401)
            next = visit.again if request.method != "POST" else "/"
            return visit.go(f"/sign-in?next={quote(next, safe='/')}", "ended" if request.method == "POST" else None)
        if not visit.may(page):
            visit.note("refused", request.url.path)
            raise HTTPException(403)
        if request.method == "POST":
            visit.form = await self._form(visit, page.largest)
        return await work(visit)

    async def _form(self, visit: Visit, largest: int) -> FormData:
        """What was posted.  Raises `HTTPException` for what came from another site, is too large or of another kind."""
        request = visit.request
        length = request.headers.get("content-length", "")
        if not length.isdigit():
            raise HTTPException(411)
        if int(length) > largest:
            raise HTTPException(413)
        kind = request.headers.get("content-type", "").partition(";")[0]
        if kind not in ("application/x-www-form-urlencoded", "multipart/form-data"):
            raise HTTPException(415)
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise HTTPException(403)
        form = await request.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=largest)
        if not same(str(form.get("token", "")), form_token(visit.token)):
            raise HTTPException(403, STALE)
        return form

    def _set(self, response: Response, name: str, value: str) -> None:
        response.set_cookie(name, value, httponly=True, samesite="strict", secure=self._desk.secure, path="/")


class Headers:
    """ASGI: the headers of every answer; what is not a static file is kept by nobody."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers["Cache-Control"] = "no-cache" if scope["path"].startswith("/static/") else "no-store"
            await send(message)

        await self._app(scope, receive, dressed if scope["type"] == "http" else send)
