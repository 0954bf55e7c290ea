"""Workbooks that openpyxl writes. It stores no results of formulas."""

import datetime

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from tracks import HEADER, TRACKS, out

SHORT = ["id", "name", "volume", "project_id"]


def book(*rows, title="Tracks"):
    workbook = Workbook()
    workbook.active.title = title
    for row in rows:
        workbook.active.append(row)
    return workbook


def save(name, workbook):
    workbook.save(out(name))


def plain():
    return book(HEADER, *TRACKS)


def formats(rows, formats_by_cell, name):
    workbook = book(*rows)
    for cell, number_format in formats_by_cell.items():
        workbook.active[cell].number_format = number_format
    save(name, workbook)


save("240-openpyxl.xlsx", plain())

# A title over merged cells, a note, a blank row, then the header.
titled = book(["Background tracks 2026"], [], ["Ask Léa before you change the volume."], [], SHORT,
              [17, "Rain", 55, 3], [18, "Wind", 40, "null"])
titled.active.merge_cells("A1:D1")
titled.active.merge_cells("A3:D3")
titled.active["A1"].font = Font(bold=True, size=18)
save("241-openpyxl-title-and-notes.xlsx", titled)

merged = book(SHORT, [17, "Rain", 55, 3], [18, "Wind", None, 3], [19, "Sun", None, 3], [20, "Snow", 10, 3])
merged.active.merge_cells("C2:C4")
save("242-openpyxl-merged-volumes.xlsx", merged)
across = book(SHORT + ["note", "more"], [17, "Rain", 55, 3, "one"], [18, "Wind", 40, 3, "two"], [19, "Sun", 10, 3])
across.active.merge_cells("E2:F2")  # over two columns that are not used
across.active.merge_cells("E3:E4")
save("243-openpyxl-merged-notes.xlsx", across)
section = book(SHORT, ["Weather"], [17, "Rain", 55, 3], ["City"], [18, "Tram", 40, 3])
section.active.merge_cells("A2:D2")
section.active.merge_cells("A4:D4")
save("244-openpyxl-section-rows.xlsx", section)

hidden = book(SHORT, [17, "Rain", 55, 3], [18, "Wind", 40, 3], [19, "Sun", 10, 3])
hidden.active.row_dimensions[3].hidden = True
save("245-openpyxl-hidden-row.xlsx", hidden)
filtered = book(SHORT, *[[i, f"Track {i}", 55, i % 3 + 1] for i in range(17, 29)])
filtered.active.auto_filter.ref = "A1:D13"
filtered.active.auto_filter.add_filter_column(3, ["1"])
for row in range(2, 14):
    filtered.active.row_dimensions[row].hidden = filtered.active.cell(row, 4).value != 1
save("246-openpyxl-filtered.xlsx", filtered)

sheets = plain()
notes = sheets.create_sheet("Notes", 0)
notes.append(["Read me first"])
old = sheets.create_sheet("Old")
old.append(SHORT)
old.append([99, "Old", 1, 1])
old.sheet_state = "hidden"
very = sheets.create_sheet("Very old")
very.append(SHORT)
very.append([98, "Older", 1, 1])
very.sheet_state = "veryHidden"
save("247-openpyxl-hidden-sheets.xlsx", sheets)
several = plain()
spring = several.create_sheet("Spring")
spring.append(SHORT)
spring.append([31, "Birds", 20, 4])
several.create_sheet("Notes").append(["nothing"])
save("248-openpyxl-two-sheets-of-tracks.xlsx", several)
months = Workbook()
months.remove(months.active)
for month in range(1, 13):
    sheet = months.create_sheet(f"2026-{month:02}")
    sheet.append(SHORT if month == 11 else ["Nothing this month"])
    if month == 11:
        sheet.append([17, "Rain", 55, 3])
save("249-openpyxl-twelve-sheets.xlsx", months)
none = book(["Title", "Volume"], ["Rain", 55])
save("250-openpyxl-no-id-column.xlsx", none)

formats([SHORT, [17, "Rain", 0.55, 3], [18, "Wind", 0.29, 3], [19, "Sun", 1, 3], [20, "Snow", 0, 3],
         [21, "Hail", 0.07, 3], [22, "Half", 0.555, 3]],
        {f"C{r}": "0%" for r in range(2, 7)} | {"C7": "0.0%"}, "251-openpyxl-percents.xlsx")
formats([SHORT, [17, "Rain", 55, 3], [18, "Wind", 0.4, 3]], {"C2": "0%", "C3": "0%"}, "252-openpyxl-5500-percent.xlsx")
day = datetime.datetime(2026, 5, 1)
formats([SHORT, [17, "Rain", day, 3], [18, "Wind", 55, 3], [19, "Sun", day, 3]],
        {"C2": "DD.MM.YYYY", "C3": "d. mmm", "C4": "mm/dd/yyyy"}, "253-openpyxl-dates-as-volumes.xlsx")
mac = Workbook()
mac.epoch = CALENDAR_MAC_1904
for row in (SHORT, [17, "Rain", day, 3], [day, "Wind", 40, 3], [19, day, 10, 3]):
    mac.active.append(row)
save("254-openpyxl-1904-dates.xlsx", mac)
formats([SHORT, [17, "Rain", 40, 3], [18, datetime.time(3, 14), 40, 3], [19, datetime.timedelta(hours=30), 10, 3],
         [20, 1984, 10, 3], [21, 0.5, 10, 3], [22, True, 10, 3]],
        {"C2": "[h]:mm", "B6": "0%"}, "255-openpyxl-times-and-numbers-as-names.xlsx")
formats([SHORT, ["17", "Rain", "55", "3"], ["18", "Wind", "40%", "null"], ["19", "Sun", "10.0", "3.0"], [20, "007", 5, 3]],
        {"A2": "@", "C2": "@"}, "256-openpyxl-numbers-as-text.xlsx")
save("257-openpyxl-long-ids.xlsx", book(SHORT, [1234567890123456789, "Rounded", 55, 3], [123456789012345, "Fits", 40, 3],
                                        ["1234567890123456", "Text", 10, 3], [1e15, "Sixteen", 10, 3], [1.7e5, "Short", 10, 3]))
save("258-openpyxl-formulas-without-results.xlsx",
     book(SHORT, [17, "Rain", "=50+5", 3], ["=A2+1", "Wind", 40, 3], [19, '="Su"&"n"', 10, "=D2"]))
errors = book(SHORT, ["#REF!", "Rain", 55, 3], [18, "#N/A", 40, 3], [19, "Sun", "#DIV/0!", 3], [20, "Snow", 10, "#VALUE!"])
save("259-openpyxl-errors.xlsx", errors)
save("260-openpyxl-booleans.xlsx", book(SHORT, [True, "Rain", 55, 3], [18, False, 40, 3], [19, "Sun", True, 3],
                                        [20, "Snow", 10, False]))
save("261-openpyxl-invisible-characters.xlsx",
     book(SHORT, ["\u00a017\u00a0", "Rain\u00a0fall", "55\u00a0%", 3], ["\u200b18", "Wind\u200b", 40, 3],
          ["1\u00ad9", "Sun", 10, 3], [20, "Snow", "1\u200b0", 3]))
template = plain()
template.template = True
save("262-openpyxl-template.xltx", template)

rich = book(SHORT + ["Done by"], [17, "Rain", 55, 3, "Léa"], [18, "Wind", 40, 3, "Tom"])
sheet = rich.active
sheet["C2"].comment = Comment("too loud?", "Léa")
sheet.conditional_formatting.add("C2:C3", CellIsRule("greaterThan", ["50"], fill=PatternFill(bgColor="FFC7CE")))
validation = DataValidation("whole", operator="between", formula1="0", formula2="100")
sheet.add_data_validation(validation)
validation.add("C2:C100")
sheet.add_table(Table(displayName="TracksTable", ref="A1:E3"))
sheet.freeze_panes = "A2"
sheet.column_dimensions["B"].width = 40
save("263-openpyxl-table-comment-validation.xlsx", rich)

streamed = Workbook(write_only=True)
stream = streamed.create_sheet("Tracks")
for row in [HEADER] + TRACKS:
    stream.append(row)
save("264-openpyxl-write-only.xlsx", streamed)

indented = Workbook()
for r, row in enumerate([SHORT, [17, "Rain", 55, 3], [], [18, "Wind", 40, 3]]):
    for c, value in enumerate(row):
        indented.active.cell(5 + r, 3 + c, value)
save("265-openpyxl-table-not-at-a1.xlsx", indented)
wrapped = book(["Track\nID", " Name\u00a0", "Volume\n(percent)", "Project"], [17, "Rain", 55, 3])
for cell in wrapped.active[1]:
    cell.alignment = Alignment(wrap_text=True)
save("266-openpyxl-wrapped-headers.xlsx", wrapped)
formats([SHORT, [17, "Rain", 55, 3], [1234, "Wind", 55, 3], [170000, "Sun", 55, 3], [18, "Snow", 54.6, 3],
         [19, "Hail", 17.0, 3], [20, "Fog", 55, 1234], [21, "Dew", 55, 3]],
        {"A2": "0000", "A3": "#,##0", "A4": "0.00E+00", "C5": "0", "C6": "0.00", "C2": '0" %"', "D7": "#,##0", "C8": "0.0"},
        "267-openpyxl-number-formats.xlsx")
links = book(["id", "name", "media_url"], [17, "Rain", "Listen"], [18, "Wind", "https://example.com/w.mp3"])
links.active["C2"].hyperlink = "https://example.com/r.mp3"
links.active["C3"].hyperlink = "https://example.com/w.mp3"
save("268-openpyxl-links.xlsx", links)
totals = book(SHORT, [17, "Rain", 55, 3], [18, "Wind", 40, 3], ["Total", 2, 95])
save("269-openpyxl-total-row.xlsx", totals)
double = book(["Track ID", "id", "name", "Title"], [17, 17, "Rain", "Rain"], [18, 19, "Wind", "Storm"])
save("270-openpyxl-two-id-columns.xlsx", double)
columns = plain()
columns.active.column_dimensions["C"].hidden = True
columns.active.column_dimensions.group("D", "E", hidden=True)
save("271-openpyxl-hidden-columns.xlsx", columns)
dangling = book(SHORT, [17, "Rain", 55, 3], [], [None, None, None, None], ["", " ", None, None], [18, "Wind", 40, 3])
for row in range(7, 60):
    dangling.active.cell(row, 2).fill = PatternFill("solid", fgColor="FFFF00")
save("272-openpyxl-coloured-blank-rows.xlsx", dangling)
save("273-openpyxl-names-like-formulas.xlsx", book(SHORT, [17, "+49 Rain", 55, 3], [18, "-- Wind", 40, 3],
                                                   [19, "@home", 10, 3], [20, "'quoted", 10, 3]))
strings = book(SHORT, [17, "#N/A", 55, 3], [18, "NULL", "NULL", "NULL"], [19, "nan", "nan", "None"], [20, "Snow", "-", ""])
for cell in ("B2",):
    strings.active[cell].data_type = "s"
save("274-openpyxl-words-for-nothing.xlsx", strings)
late = book(*[[f"Note {i}"] for i in range(1, 56)], SHORT, [17, "Rain", 55, 3])
save("275-openpyxl-header-in-row-56.xlsx", late)
