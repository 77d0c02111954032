"""The limited child: what kills it is a result, and nothing of it stays behind."""

import os
import signal
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from bot.sheet.child import LimitedReader
from bot.sheet.server import FILES
from bot.values.sheet import SheetLimits, Verdict
from fixtures.sheets.build import FOUR, HEAD, delimited
from fixtures.sheets.odd import bare_xlsx, inline_rows

LIMITS = SheetLimits(seconds=20)
LIST = delimited([HEAD, *FOUR])()


@pytest.fixture(scope="module")
def reader():
    with LimitedReader(LIMITS) as made:
        yield made


def processes_of(group: int) -> list[int]:
    """Living processes of a process group."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[2]) == group and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def gone_within(seconds: float, group: int, but: int = 0) -> bool:
    """Whether every process of the group, but for this one, ends in that time."""
    deadline = time.monotonic() + seconds
    while set(processes_of(group)) - {but}:
        if time.monotonic() > deadline:
            return False
        os.sched_yield()
    return True


def sheet_of(stretch: bytes, times: int, *, lying: bool = False) -> bytes:
    """An .xlsx whose only sheet repeats these bytes: packed once, for two gigabytes take long to pack."""
    with zipfile.ZipFile(BytesIO(bare_xlsx(inline_rows([HEAD, *FOUR]))())) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    head, tail = parts[sheet].split(b"</sheetData>")
    packed = [
        (_deflated(data, final=True), len(data), zlib.crc32(data))
        for name, data in parts.items()
        if name != sheet
    ]
    pieces = _deflated(head) + _deflated(stretch) * times + _deflated(b"</sheetData>" + tail, final=True)
    check = zlib.crc32(head + stretch + b"</sheetData>" + tail)  # right for a file that is to be read
    packed.append((pieces, 1000 if lying else len(parts[sheet]) + len(stretch) * times, check))
    content, directory = b"", b""
    for name, (data, size, crc) in zip([*(n for n in parts if n != sheet), sheet], packed, strict=True):
        facts = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x21, crc, len(data), size, len(name), 0)
        directory += b"PK\1\2\x14\0" + facts + struct.pack("<HHHII", 0, 0, 0, 0, len(content)) + name.encode()
        content += b"PK\3\4" + facts + name.encode() + data
    end = struct.pack("<HHHHIIH", 0, 0, len(packed), len(packed), len(directory), len(content), 0)
    return content + directory + b"PK\5\6" + end


def _deflated(data: bytes, *, final: bool = False) -> bytes:
    packer = zlib.compressobj(level=1, wbits=-15)
    return packer.compress(data) + packer.flush(zlib.Z_FINISH if final else zlib.Z_FULL_FLUSH)


def test_a_sheet_is_read_in_the_child_as_in_this_process(reader):
    reading = reader.read(LIST, "list.csv")
    assert reading.verdict is Verdict.OK
    assert [row.email for row in reading.rows] == [person[2] for person in FOUR]
    assert reading.lists[0].columns[0] == ("first_name", "A")


def test_a_cell_at_the_far_corner_costs_nothing(reader):
    far = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    reading = reader.read(bare_xlsx(inline_rows([HEAD, *FOUR]) + far)(), "far.xlsx")
    assert (reading.verdict, len(reading.rows)) == (Verdict.OK, 4)


@pytest.mark.parametrize("lying", [False, True], ids=["honest", "lying"])
def test_two_gigabytes_of_padding_are_refused(reader, lying):
    content = sheet_of(b" " * (1 << 24), 128, lying=lying)
    assert reader.read(content, "bomb.xlsx").verdict is Verdict.TOO_LARGE


def test_a_million_formatted_but_empty_rows_are_a_normal_file(reader):
    rows = "".join(f'<row r="{row}"><c r="A{row}" s="1"/></row>' for row in range(6, 1_000_006))
    reading = reader.read(sheet_of(rows.encode(), 1), "formatted.xlsx")
    assert (reading.verdict, len(reading.rows)) == (Verdict.OK, 4)


@pytest.mark.parametrize(
    "declaration",
    [
        b'<!DOCTYPE w [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY e "&b;&b;&b;&b;">]>',
    ],
    ids=["external", "laughs"],
)
def test_entities_are_never_expanded(reader, declaration):
    content = (
        b'<?xml version="1.0"?>'
        + declaration
        + b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'
        b"<Worksheet><Table><Row><Cell><Data>&e;</Data></Cell></Row></Table></Worksheet></Workbook>"
    )
    assert reader.read(content, "list.xml").verdict is Verdict.CORRUPT


def test_deep_nesting_is_refused_quickly(reader):
    begun = time.monotonic()
    assert reader.read(b"<html>" + b"<div>" * 2_000_000 + b"<table>", "deep.xls").verdict is Verdict.TOO_LARGE
    assert time.monotonic() - begun < 10


def test_a_child_without_memory_is_a_verdict():
    with LimitedReader(replace(LIMITS, rows=10_000_000, memory_bytes=200_000_000)) as reader:
        reading = reader.read(b"a,b,c@d.com\n" * 1_500_000, "list.csv")
        assert reading.verdict is Verdict.TOO_LARGE
        assert "more work" in reading.problem
        assert reader.read(LIST, "list.csv").verdict is Verdict.OK


def test_a_child_out_of_time_is_a_verdict():
    with LimitedReader(replace(LIMITS, seconds=0.05)) as reader:
        reader.warm()
        slow = b"<html>" + b"<div>" * 20_000 + b"<table><tr><td>a"
        assert reader.read(slow, "slow.xls").verdict is Verdict.TOO_LARGE


def test_a_file_over_the_limit_is_never_handed_to_a_child():
    with LimitedReader(replace(LIMITS, bytes=10)) as reader:
        assert reader.read(LIST, "list.csv").verdict is Verdict.TOO_LARGE
        assert reader._server is None


def test_threads_read_at_the_same_time(reader):
    files = [delimited([HEAD, ("A", "B", f"a{number}@acme.com")])() for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        readings = list(pool.map(lambda content: reader.read(content, "list.csv"), files))
    assert [reading.rows[0].email for reading in readings] == [f"a{number}@acme.com" for number in range(24)]


def test_files_begun_are_read_meanwhile_each_by_itself(reader):
    with ExitStack() as meanwhile:
        begun = [meanwhile.enter_context(reader.begin(a_list(number), "begun.csv")) for number in range(3)]
        assert reader.read(a_list(3), "begun.csv").rows[0].email == "number3@acme.com"
        readings = [reading() for reading in reversed(begun)]
    assert [reading.rows[0].email for reading in readings] == [f"number{n}@acme.com" for n in (2, 1, 0)]


def test_a_reading_that_nobody_waits_for_costs_its_child_and_no_more():
    with LimitedReader(LIMITS) as reader:
        reader.read(a_list(0), "list.csv")
        with reader.begin(a_list(1), "list.csv"):
            assert len(processes_of(reader._server.pid)) == 2
        assert gone_within(5, reader._server.pid, but=reader._server.pid)
        assert reader.read(a_list(2), "list.csv").verdict is Verdict.OK


def test_a_child_killed_while_its_file_is_not_waited_for_is_followed_by_the_other_engine():
    with LimitedReader(LIMITS) as reader:
        reader.warm()
        with reader.begin(bare_xlsx(inline_rows([HEAD, *FOUR]))(), "list.xlsx") as reading:
            for child in set(processes_of(reader._server.pid)) - {reader._server.pid}:
                os.kill(child, signal.SIGKILL)
            assert reading().verdict is Verdict.OK


def a_list(number: int) -> bytes:
    """A file that was not read before: what was just read is told from memory."""
    return delimited([HEAD, ("A", "B", f"number{number}@acme.com")])()


def test_a_killed_server_is_replaced(reader):
    reader.read(a_list(1), "list.csv")
    os.kill(reader._server.pid, signal.SIGKILL)
    reader._server.wait()
    assert reader.read(a_list(2), "list.csv").verdict is Verdict.OK


def test_a_child_reads_ordinary_files_one_after_the_other_and_then_ends():
    with LimitedReader(LIMITS) as reader:
        seen = set()
        for number in range(2 * FILES):
            assert reader.read(a_list(number), "list.csv").verdict is Verdict.OK
            seen |= set(processes_of(reader._server.pid))
        assert len(seen - {reader._server.pid}) == 2


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"PK\3\4 cut off", "cut.xlsx"), (LIST + b"\r\n" * 600_000, "large.csv")],
    ids=["refused", "large"],
)
def test_a_child_that_read_an_odd_file_reads_no_other(content, name):
    with LimitedReader(LIMITS) as reader:
        reader.read(a_list(1), "list.csv")
        before = set(processes_of(reader._server.pid))
        reader.read(content, name)
        assert reader._spare == []
        reader.read(a_list(2), "list.csv")
        assert set(processes_of(reader._server.pid)) - before


def test_a_child_that_died_while_it_waited_costs_nobody_a_verdict():
    with LimitedReader(LIMITS) as reader:
        reader.read(a_list(1), "list.csv")
        (child,) = set(processes_of(reader._server.pid)) - {reader._server.pid}
        os.kill(child, signal.SIGKILL)
        assert gone_within(5, reader._server.pid, but=reader._server.pid)
        assert reader.read(a_list(2), "list.csv").verdict is Verdict.OK


def test_each_file_of_a_child_has_the_whole_time():
    with LimitedReader(replace(LIMITS, seconds=0.3)) as reader:
        reader.warm()
        reader.read(a_list(0), "list.csv")
        began = time.monotonic()
        number = 0
        while time.monotonic() - began < 0.8:
            number += 1
            assert reader.read(a_list(number), "list.csv").verdict is Verdict.OK


def test_nothing_is_left_after_close():
    reader = LimitedReader(LIMITS)
    reader.read(LIST, "list.csv")
    group = reader._server.pid
    assert processes_of(group)
    reader.close()
    assert gone_within(5, group)
    reader.close()


def test_nothing_is_left_after_the_bot_is_killed():
    program = (
        "import sys; from bot.sheet.child import LimitedReader; from bot.values.sheet import SheetLimits\n"
        "r = LimitedReader(SheetLimits()); r.read(b'a,b', 'x.csv'); print(r._server.pid, flush=True)\n"
        "sys.stdin.read()"
    )
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as bot:
        group = int(bot.stdout.readline())
        assert processes_of(group)
        bot.kill()
    assert gone_within(5, group)


def test_importing_the_reader_loads_no_parser():
    program = (
        "import sys; import bot.sheet.child\n"
        "heavy = {'openpyxl', 'python_calamine', 'chardet', 'rapidfuzz'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_the_same_file_again_is_told_from_memory_and_another_name_is_not() -> None:
    content = b"First Name,Last Name,Email\nAnn,Lee,ann@customer.test\n"
    with LimitedReader(SheetLimits()) as reader:
        first = reader.read(content, "a.csv")
        assert reader.read(content, "a.csv") is first
        assert reader.read(content, "b.csv").name == "b.csv"


def test_closing_bears_that_the_process_has_just_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = LimitedReader(SheetLimits())
    reader.read(b"First Name,Last Name,Email address\r\nAda,Byron,ada@learners.example\r\n", "a.csv")
    server = reader._server
    assert server is not None
    killed = os.killpg

    def gone(pid: int, number: int) -> None:
        killed(pid, number)
        raise ProcessLookupError

    monkeypatch.setattr(os, "killpg", gone)
    reader.close()
    assert server.poll() is not None
