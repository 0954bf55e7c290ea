"""An XLS workbook that xlwt writes, as older scripts do."""

import xlwt

from tracks import HEADER, TRACKS, out

workbook = xlwt.Workbook()
sheet = workbook.add_sheet("Tracks")
for r, row in enumerate([HEADER] + TRACKS):
    for c, value in enumerate(row):
        if value is not None:
            sheet.write(r, c, value)
workbook.save(out("404-xlwt.xls"))
