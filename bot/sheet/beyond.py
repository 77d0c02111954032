"""What calamine leaves out, for the formats that keep it in their own ways: links and cell errors."""

from collections.abc import Callable

from bot.sheet.biff import links_of_xls
from bot.sheet.grid import Beyond
from bot.sheet.kinds import Kind
from bot.sheet.links import links_of_xlsx
from bot.sheet.opendocument import links_of_ods

_READERS = {Kind.XLSX: links_of_xlsx, Kind.XLS: links_of_xls, Kind.ODS: links_of_ods}


def beyond_values(content: bytes, kind: Kind) -> Callable[[str], Callable[[], Beyond]]:
    """For each sheet's name a reader of its links and errors that does its work once, when first asked."""
    read = _READERS.get(kind)

    def for_sheet(name: str) -> Callable[[], Beyond]:
        found: list[Beyond] = []

        def ask() -> Beyond:
            if not found:
                found.append(read(content, name) if read is not None else Beyond())
            return found[0]

        return ask

    return for_sheet
