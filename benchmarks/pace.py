"""How slow this machine is now, beside the one on which the targets were set.

Machines differ and slow down when others share them: a figure in seconds says little without this.
"""

from __future__ import annotations

import io
import time
from functools import cache

import xlsxwriter
from python_calamine import CalamineWorkbook

# A workbook of this size was read in so many seconds by calamine alone where the targets were set.
SHEETS, ROWS, COLUMNS, SECONDS = 5, 200, 12, 0.0103
READS = 25
PACE_SAID = (
    f"De doelen zijn gesteld op een machine waarop calamine alleen een werkmap van {SHEETS} × {ROWS} × {COLUMNS} "
    f"cellen in {SECONDS * 1000:.1f} ms las. De laatste kolom deelt door hoeveel langer dat hier duurde, "
    "direct na de meting."
)


def slowness() -> float:
    """How many times as long calamine takes for the same workbook: the median of several, in CPU seconds."""
    content = _workbook()
    took = []
    for _ in range(READS):
        begin = time.process_time()
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            for place in range(SHEETS):
                workbook.get_sheet_by_index(place).to_python()
        took.append(time.process_time() - begin)
    return sorted(took)[READS // 2] / SECONDS


@cache
def _workbook() -> bytes:
    """Half texts, half numbers, all different."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as workbook:
        for number in range(SHEETS):
            sheet = workbook.add_worksheet(f"Blad{number}")
            for row in range(ROWS):
                for column in range(COLUMNS):
                    value = f"tekst {number}-{row}-{column}" if column % 2 else number * 1e6 + row * 100 + column / 7
                    sheet.write(row, column, value)
    return written.getvalue()
