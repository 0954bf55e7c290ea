"""Workbooks that XlsxWriter writes: formulas with results, rich text, images."""

import base64
import io

import xlsxwriter

from tracks import HEADER, TRACKS, out

SHORT = ["id", "name", "volume", "project_id"]
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


def book(name, rows, **options):
    workbook = xlsxwriter.Workbook(out(name), options)
    sheet = workbook.add_worksheet("Tracks")
    for r, row in enumerate(rows):
        sheet.write_row(r, 0, ["" if c is None else c for c in row])
    return workbook, sheet


workbook, sheet = book("280-xlsxwriter-inline-strings.xlsx", [HEADER] + TRACKS, constant_memory=True)
workbook.close()

workbook, sheet = book("281-xlsxwriter-formulas-with-results.xlsx", [SHORT, [17, "Rain", 0, 3], [18, "", 40, 3], [19, "Sun", 10, 0]])
percent = workbook.add_format({"num_format": "0%"})
sheet.write_formula("C2", "=0.5+0.05", percent, 0.55)
sheet.write_formula("B3", '="Wi"&"nd"', None, "Wind")
sheet.write_formula("D4", "=D2", None, 3)
sheet.write_formula("A5", "=A4+1", None, 20)
sheet.write_formula("B5", '=IF(A5>0,"","x")', None, "")
sheet.write_formula("C5", "=VLOOKUP(1,A:B,2,0)", None, "#N/A")
sheet.write_formula("D5", "=A5>1", None, True)
workbook.close()

workbook, sheet = book("282-xlsxwriter-rich-text.xlsx", [SHORT, [17, "", 55, 3], [18, "Wind", 40, 3]])
bold, red = workbook.add_format({"bold": True}), workbook.add_format({"font_color": "red"})
sheet.write_rich_string("B2", "Heavy ", bold, "Rain", red, " today ")
sheet.write_rich_string("A4", bold, "1", red, "9")
sheet.write("B4", "Sun")
workbook.close()

workbook, sheet = book("283-xlsxwriter-image-chart-sheet.xlsx", [SHORT, [17, "Rain", 55, 3], [18, "Wind", 40, 3]])
sheet.insert_image("F2", "pixel.png", {"image_data": io.BytesIO(PIXEL)})
chart = workbook.add_chart({"type": "column"})
chart.add_series({"values": "=Tracks!$C$2:$C$3"})
workbook.add_chartsheet("Chart").set_chart(chart)
workbook.get_worksheet_by_name("Chart").set_first_sheet()
workbook.close()

workbook, sheet = book("284-xlsxwriter-table-with-totals.xlsx", [])
sheet.add_table("A1:D4", {"data": [[17, "Rain", 55, 3], [18, "Wind", 40, 3]], "total_row": True,
                          "columns": [{"header": "id", "total_string": "Total"}, {"header": "name"},
                                      {"header": "volume", "total_function": "average"}, {"header": "project_id"}]})
workbook.close()

workbook, sheet = book("285-xlsxwriter-outline.xlsx", [SHORT, [17, "Rain", 55, 3], [18, "Wind", 40, 3], [19, "Sun", 10, 3]])
sheet.set_row(1, None, None, {"level": 1, "hidden": True})
sheet.set_row(2, None, None, {"level": 1, "hidden": True})
sheet.set_row(3, None, None, {"collapsed": True})
workbook.close()

workbook, sheet = book("286-xlsxwriter-links.xlsx", [["id", "name", "media_url"], [17, "Rain"], [18, "Wind"]])
sheet.write_url("C2", "https://example.com/rain.mp3")
sheet.write_url("C3", "https://example.com/wind.mp3", None, "Listen")
sheet.write_formula("C4", '=HYPERLINK("https://example.com/sun.mp3","sun")', None, "sun")
sheet.write_row("A4", [19, "Sun"])
workbook.close()

workbook, sheet = book("287-xlsxwriter-protected-sheet.xlsx", [SHORT, [17, "Rain", 55, 3]])
sheet.protect("secret")  # protects from changes; the file is not encrypted
workbook.close()

workbook, sheet = book("288-xlsxwriter-text-of-excel.xlsx", [SHORT, [17, "", 55, 3], [18, "", 40, 3], [19, " Sun ", 10, 3]])
sheet.write_string("B2", "A_x0041_B\tC\x07")  # is stored as _x005F_x0041_ and _x0007_
sheet.write_string("B3", "Two\nlines")
workbook.close()

workbook, sheet = book("289-xlsxwriter-all-percents.xlsx", [SHORT[:3]])
percent = workbook.add_format({"num_format": "0%"})
for i in range(101):
    sheet.write_row(i + 1, 0, [i + 17, f"Track {i}"])
    sheet.write_number(i + 1, 2, i / 100, percent)
workbook.close()

workbook, sheet = book("290-xlsxwriter-last-cell-formatted.xlsx", [SHORT, [17, "Rain", 55, 3]])
sheet.write_blank(1048575, 16383, None, workbook.add_format({"bold": True}))  # the last cell there can be
workbook.close()
