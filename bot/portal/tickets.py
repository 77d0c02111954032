"""New ticket, the second door: a form, a link to the address on it, and then the way of every mail."""

import secrets

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.portal.desk import Desk, address_of, by_method, text_of
from bot.portal.newlink import ascii_address, read_address
from bot.portal.throttle import TICKET_ADDRESS, TICKET_EMAIL, turnstile
from bot.portal.ticket_mail import SUBJECT, Form, ticket_arrival, write_ticket
from bot.sheet.file_names import TEMPLATE_NAME
from bot.sheet.workbooks import write_template
from bot.values.address import identity_key
from bot.values.ledger import Arrival
from bot.values.portal import Ticket, token_digest

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHOICES = ("yes", "no", "unsure")
LONGEST_NOTE = 4000


class TicketDesk:
    """`/ticket`, `/ticket/confirm/{token}` and `/template`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        """The pages, their forms, and the sheet to fill in."""
        both = ["GET", "POST"]
        confirm = by_method(get=self.show_confirm, post=self.confirm)
        return [
            Route("/ticket", by_method(get=self.show, post=self.submit), methods=both),
            Route("/ticket/confirm/{token}", confirm, methods=both),
            Route("/template", self.template, methods=["GET"]),
        ]

    async def show(self, request: Request) -> Response:
        """The form."""
        return self._form(request, Form(email="", notify=""))

    async def submit(self, request: Request) -> Response:
        """Keep the ticket and mail its link; nobody learns here whether we know the address."""
        desk = self._desk
        at_the_door = turnstile("ticket from", address_of(request), TICKET_ADDRESS)
        if wait := desk.throttle.closed(at_the_door):
            return desk.too_often(request, wait)
        posted = await desk.form(request)
        form, errors = await self._read(posted)
        await posted.close()
        if errors:
            return self._form(request, form, errors)
        # Megabytes are packed there where a moment's work holds nobody else up.
        ticket = await desk.crews.hashing.do(self._ticket_of, form)
        counted = (at_the_door, turnstile("ticket of", identity_key(form.email), TICKET_EMAIL))
        if wait := await desk.throttle.admit_with(lambda: desk.tickets.submit(ticket, counted), *counted):
            return desk.too_often(request, wait)
        desk.on_letter()
        return desk.page(request, "ticket_sent", email=form.email)

    def _ticket_of(self, form: Form) -> Ticket:
        desk = self._desk
        letter_id, ticket_id = (
            f"<{kind}.{secrets.token_hex(12)}@{desk.message_id_domain}>" for kind in ("link", "ticket")
        )
        raw = write_ticket(
            form, mailbox=desk.mailbox_address, message_id=letter_id, ticket_id=ticket_id, now=desk.now()
        )
        return Ticket(email=form.email, subject=SUBJECT, message_id=letter_id, raw=raw)

    async def _read(self, posted: FormData) -> tuple[Form, dict[str, str]]:
        typed = text_of(posted, "email").strip()[:320]
        email = ascii_address(read_address(typed))
        notify = text_of(posted, "notify")
        upload = posted.get("sheet")
        sheet = await upload.read() if isinstance(upload, UploadFile) else b""
        name = (upload.filename or "") if isinstance(upload, UploadFile) else ""
        errors = {}
        if not typed:
            errors["email"] = "missing"
        elif not email or identity_key(email) in self._desk.own_addresses:
            errors["email"] = "bad_email"
        if len(sheet) > self._desk.upload_bytes:
            errors["sheet"] = "too_large"
        elif name and not sheet:
            errors["sheet"] = "empty"
        if notify not in CHOICES:
            errors["notify"] = "choose"
        form = Form(
            email=email or typed,
            notify=notify,
            note=text_of(posted, "note")[:LONGEST_NOTE],
            sheet=sheet,
            sheet_name=name[-200:],
        )
        return form, errors

    def _form(self, request: Request, form: Form, errors: dict[str, str] | None = None) -> Response:
        return self._desk.page(
            request,
            "ticket",
            status=422 if errors else 200,
            form=form,
            errors=errors or {},
            megabytes=self._desk.upload_bytes // (1024 * 1024),
        )

    async def show_confirm(self, request: Request) -> Response:
        """A button to press; looking at the page sends nothing."""
        ticket = await self._ticket(request)
        if ticket is None:
            return self._desk.page(request, "ticket_gone", status=410)
        return self._desk.page(request, "ticket_confirm", email=ticket.email)

    async def confirm(self, request: Request) -> Response:
        """The address is theirs: the ticket becomes a message like any other."""
        desk = self._desk
        await desk.form(request)
        ticket = await self._ticket(request)
        if ticket is None:
            return desk.page(request, "ticket_gone", status=410)
        arrival = await desk.crews.hashing.do(self._arrival_of, ticket)
        digest = token_digest(request.path_params["token"])
        if not await desk.crews.ledger.do(desk.tickets.confirm, digest, arrival):
            return desk.page(request, "ticket_gone", status=410)
        desk.on_message()
        desk.log("ticket_confirmed", size=arrival.size)
        return desk.page(request, "ticket_done", email=ticket.email)

    def _arrival_of(self, ticket: Ticket) -> Arrival:
        return ticket_arrival(ticket.raw, mailbox=self._desk.mailbox_name, now=self._desk.now())

    async def _ticket(self, request: Request) -> Ticket | None:
        digest = token_digest(request.path_params["token"])
        return await self._desk.crews.ledger.do(self._desk.tickets.find, digest)

    async def template(self, request: Request) -> Response:
        """The sheet to fill in."""
        content = await self._desk.crews.hashing.do(write_template)
        headers = {"content-disposition": f'attachment; filename="{TEMPLATE_NAME}"'}
        return Response(content, media_type=XLSX, headers=headers)
