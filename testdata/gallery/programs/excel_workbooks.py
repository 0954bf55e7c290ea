"""Workbooks as Excel and others save them, part by part. The programs do not run here."""

from parts import HEAD, MAIN, REL, Strings, archive, package, sheet_data, styles, text, worksheet
from tracks import write

SHORT = ["id", "name", "volume", "project_id"]
NAME = "Tracks"


def book(rows, styled=None, formats=(), attributes=None, before="", after="", properties="", names=""):
    shared = Strings()
    sheet = worksheet(sheet_data(rows, shared, styled, attributes), before, after)
    return package([(NAME, sheet)], shared, styles(list(formats)), properties, names=names)


def save(name, parts):
    write(name, archive(parts))


def value(v, kind=""):
    return f"<c{kind}><v>{v}</v></c>"


PERCENT = (9, None)

# Numbers with 17 digits, as Excel stores them; a number stored as text, which Excel marks
# with a green triangle; a formula with its result.
save("340-excel-365.xlsx", book(
    [SHORT, [17, "Größe", value("0.55000000000000004"), 3], ["18", "Café", value("0.28999999999999998"), "3"],
     [value("19", "").replace("<c>", "<c><f>A2+2</f>"), "Sun", value("0.56999999999999995"), "null"],
     [20, "Snow", None, None]],
    {"C2": 1, "C3": 1, "C4": 1, "C5": 1}, [PERCENT],
    after='<ignoredErrors><ignoredError sqref="A3 D3" numberStoredAsText="1"/></ignoredErrors>'))
full = [["id", "name", "volume"], [17, "Rain", 1], [18, "Wind", 0], [19, "Sun", 1]]
save("339-excel-full-volumes.xlsx", book(full, {"C2": 1, "C3": 1, "C4": 1}, [PERCENT]))
percents = [["id", "name", "volume"]] + [[17 + i, f"Track {i}", value(f"{i / 100:.17g}")] for i in range(101)]
save("341-excel-all-percents.xlsx", book(percents, {f"C{i}": 1 for i in range(2, 103)}, [PERCENT]))
computed = [["id", "name", "volume"], [17, "Rain", value("55.000000000000007")], [18, "Wind", value("28.999999999999996")],
            [19, "Sun", value("54.999999999")], [20, "Snow", value("5.5E1")], [value("2.1E+1"), "Hail", 10]]
save("342-excel-computed-volumes.xlsx", book(computed))
ids = [["id", "name"], [value("1.2345678901234568E+17"), "Eighteen"], [value("1234567890123450"), "Sixteen"],
       [value("123456789012345"), "Fifteen"], ["123456789012345678", "As text"], [value("17.000000000000004"), "Noise"]]
save("343-excel-long-ids.xlsx", book(ids, {"A2": 1}, [(1, None)]))

dates = [SHORT, [17, "Rain", 46143, 3], [18, "Wind", 46143, 3], [19, "Sun", 46143, 3], [46143, "Snow", 10, 3],
         [20, 46143, 10, 3], [21, "Hail", 0.125, 3]]
date_formats = [(14, None), (164, "[$-407]d/\\ mmm/;@"), (165, "[$-409]mmmm\\ d\\,\\ yyyy;@"), (166, "dd\\.mm\\.yyyy"), (20, None)]
save("344-excel-dates.xlsx", book(dates, {"C2": 1, "C3": 2, "C4": 3, "A5": 4, "B6": 1, "C7": 5}, date_formats))
save("345-excel-mac-1904.xlsx", book(dates[:2] + [[18, "Wind", 55, 3]], {"C2": 1}, date_formats,
                                      properties='<workbookPr date1904="1"/>'))
shown = [SHORT, [17, "Rain", 55, 3], [18, "Wind", 55, 3], [19, "Sun", 55, 3], [20, "Snow", 55, 3], [21, "Hail", 0.5, 3],
         [22, "Fog", 55, 3], [23, "Dew", 55, 3]]
save("346-excel-number-formats.xlsx", book(
    shown, {f"C{i}": i - 1 for i in range(2, 9)},
    [(164, '0"\xa0%"'), (165, "[Red]0;[Blue]-0"), (44, None), (166, '"loud";"quiet";"silent"'), (13, None), (167, ";;;"), (49, None)]))

formulas = [SHORT, [17, "Rain", value(55), 3],
            ['<c><f t="shared" ref="A3:A4" si="0">A2+1</f><v>18</v></c>', '<c t="str"><f>"Wi"&amp;"nd"</f><v>Wind</v></c>',
             '<c t="e"><f>1/0</f><v>#DIV/0!</v></c>', 3],
            ['<c><f t="shared" si="0"/><v>19</v></c>', '<c t="str"><f>""</f><v></v></c>', '<c cm="1"><f t="array" ref="C4">SUM(1,39)</f><v>40</v></c>',
             '<c t="b"><f>A2=17</f><v>1</v></c>'],
            [20, '<c t="e" vm="1"><v>#VALUE!</v></c>', '<c><f>C2</f></c>', '<c t="str"><f>"null"</f><v>null</v></c>']]
save("347-excel-formulas-and-picture-in-cell.xlsx", book(formulas))
rich = '<r><t xml:space="preserve">Heavy </t></r><r><rPr><b/><sz val="11"/></rPr><t>Rain</t></r>'
japanese = '<t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/>'
texts = [["id", '<t>name</t><rPh sb="0" eb="2"><t>ナマエ</t></rPh>', "volume"], [17, rich, 55], [18, japanese, 40],
         [19, "Two_x000D_\nlines", 10], [20, "A_x005F_x0041_B", 10], [21, " blanks ", 10]]
save("348-excel-rich-text-and-furigana.xlsx", book(texts))
many = [SHORT] + [[i, f"Track {i}", 55, i % 3 + 1] for i in range(17, 29)]
save("349-excel-filtered.xlsx", book(
    many, attributes={r: ' hidden="1"' for r in range(2, 14) if many[r - 1][3] != 1},
    after='<autoFilter ref="A1:D13"><filterColumn colId="3"><filters><filter val="1"/></filters></filterColumn></autoFilter>',
    names='<definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">Tracks!$A$1:$D$13</definedName></definedNames>'))

strict = book([SHORT, [17, "Rain", 0.55, 3], [18, "Wind", '<c t="d"><v>2026-05-01T00:00:00</v></c>', 3]], {"C2": 1, "C3": 2}, [PERCENT, (14, None)])
for part, xml in strict.items():
    xml = xml.replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
    strict[part] = xml.replace(REL, "http://purl.oclc.org/ooxml/officeDocument/relationships")
strict["xl/workbook.xml"] = strict["xl/workbook.xml"].replace("<workbook ", '<workbook conformance="strict" ')
save("350-excel-strict.xlsx", strict)
fine = dict(strict)
fine["xl/worksheets/sheet1.xml"] = fine["xl/worksheets/sheet1.xml"].replace(' t="d"><v>2026-05-01T00:00:00', "><v>0.4")
fine["xl/styles.xml"] = fine["xl/styles.xml"].replace('numFmtId="14"', 'numFmtId="10"')
save("351-excel-strict-percents.xlsx", fine)

# Google Sheets: no spans, its own styles, numbers with .0, an empty row of 1000.
google = Strings()
rows = [SHORT, [17, "Größe", 55, 3], [18, "Wind", 40, "null"]]
cells = []
for r, row in enumerate(rows, 1):
    line = "".join(f'<c r="{"ABCD"[c]}{r}" s="1" t="s"><v>{google(v)}</v></c>' if isinstance(v, str)
                   else f'<c r="{"ABCD"[c]}{r}" s="1"><v>{v}.0</v></c>' for c, v in enumerate(row))
    cells.append(f'<row r="{r}">{line}</row>')
sheet = (HEAD.replace("\r\n", "") + f'<worksheet xmlns="{MAIN}" xmlns:r="{REL}"><sheetPr><outlinePr summaryBelow="0" summaryRight="0"/></sheetPr>'
         '<sheetViews><sheetView workbookViewId="0"/></sheetViews><sheetFormatPr customHeight="1" defaultColWidth="12.63" defaultRowHeight="15.75"/>'
         '<sheetData>' + "".join(cells) + '<row r="1000" ht="15.75" customHeight="1"/></sheetData></worksheet>')
save("352-google-sheets.xlsx", package([("Sheet1", sheet)], google, styles([(0, None)])))

# Numbers: a sheet that sums the export up, and a title over the table.
numbers = Strings()
summary = worksheet(sheet_data([["This document was exported from Numbers. Each table was converted to an Excel worksheet."],
                                ["Numbers Sheet Name", "Numbers Table Name", "Excel Worksheet Name"], ["Sheet 1"],
                                [None, "Table 1", "Sheet 1 - Table 1"]], numbers))
table = worksheet(sheet_data([["Table 1"], SHORT, [17, "Rain", 0.55, 3], [18, "Wind", 0.4, 3]], numbers, {"C3": 1, "C4": 1}),
                  after='<mergeCells count="1"><mergeCell ref="A1:D1"/></mergeCells>')
save("353-numbers-export.xlsx", package([("Export Summary", summary), ("Sheet 1 - Table 1", table)], numbers, styles([PERCENT])))

# The Open XML SDK, ClosedXML, EPPlus: a prefix for every element, a byte order mark before
# every part, texts in their cells, backslashes in the names of parts.
inline = "".join(
    "<x:row>" + "".join(f'<x:c t="inlineStr"><x:is><x:t>{v}</x:t></x:is></x:c>' if isinstance(v, str)
                        else f"<x:c><x:v>{v}</x:v></x:c>" for v in row) + "</x:row>"
    for row in [SHORT, [17, "Rain", 55, 3], [18, "Wind", 40, 3]])
sdk = package([(NAME, f'\ufeff<?xml version="1.0" encoding="utf-8"?><x:worksheet xmlns:x="{MAIN}"><x:sheetData>{inline}</x:sheetData></x:worksheet>')], None)
save("354-openxml-sdk-prefixes-no-references.xlsx", sdk)
dotnet = {part.replace("/", "\\"): xml for part, xml in book([SHORT, [17, "Rain", 55, 3]]).items()}
save("355-dotnet-backslashes.xlsx", dotnet)
renamed = book([SHORT, [17, "Rain", 55, 3]])
renamed["xl/SharedStrings.xml"] = renamed.pop("xl/sharedStrings.xml")
save("356-other-case-of-part-names.xlsx", renamed)
moved = book([SHORT, [17, "Rain", 55, 3]])
moved["xl/worksheets/data-7.xml"] = moved.pop("xl/worksheets/sheet1.xml")
moved["xl/_rels/workbook.xml.rels"] = moved["xl/_rels/workbook.xml.rels"].replace("worksheets/sheet1.xml", "/xl/worksheets/data-7.xml")
moved["[Content_Types].xml"] = moved["[Content_Types].xml"].replace("sheet1.xml", "data-7.xml")
save("357-absolute-part-names.xlsx", moved)

# A list that grew: the header is not the first row, its id column is not the first, a
# second small table stands beside it, a third below.
grown = [["Track list (last change 23.11.2026, Léa)"], [], [None, "Nr.", "Title", "Vol.", "Track ID"],
         [None, 1, "Rain", 55, 17], [None, 2, "Wind", 40, 18], [], [None, None, "Average", 47.5]]
save("358-excel-grown-list.xlsx", book(grown, after=""))
beside = [SHORT + [None, "project_id", "Project"], [17, "Rain", 55, 3, None, 3, "Weather"], [18, "Wind", 40, 3, None, 12, "City"],
          [None, None, None, None, None, 13, "Sea"]]
save("359-excel-table-beside.xlsx", book(beside))
keys = [["ID", "Name", "Volume"], [17, "Rain", "laut"], [18, "Wind", "55 Prozent"], [19, "Sun", "0,55"], [20, "Snow", "55,0"],
        [21, "Hail", "'55"], [22, "Fog", "５５"], [23, "Dew", "l00"], [24, "Mist", "O"]]
save("360-excel-volumes-in-words.xlsx", book(keys))
