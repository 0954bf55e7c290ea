#!/usr/bin/env python3
"""Marked workbooks are opened by other programs: openpyxl and LibreOffice.

    check.py TRACKSYNC DIRECTORY

makes workbooks with much in them, lets the program TRACKSYNC mark them, and checks that the
notes stand at the right cells and that nothing else is changed. It needs Python with
openpyxl, and LibreOffice Calc (soffice). DIRECTORY must be new; it gets all files.
"""
import os, re, subprocess, sys, warnings, zipfile

import openpyxl
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, DataBarRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

warnings.simplefilter("ignore")
tracksync, directory = os.path.abspath(sys.argv[1]), sys.argv[2]
os.makedirs(directory)
os.chdir(directory)
COLOUR = re.compile("FFFFC6CD|FFFE(B[EF]|C[0-5])[CD].")
checks = 0


def check(what, good, *details):
    global checks
    checks += 1
    if not good:
        sys.exit("failed: " + what + "".join("\n  " + str(d) for d in details))


def run(*args, code=0):
    done = subprocess.run([tracksync, *args], capture_output=True, text=True,
                          env=dict(os.environ, TRACKSYNC_LOCK_DIR=os.path.abspath("locks")))
    check(f"exit {done.returncode} of {args}", done.returncode == code, done.stdout, done.stderr)
    return done.stderr


def office(name, kind="xlsx"):
    """name as LibreOffice writes it again."""
    subprocess.run(["soffice", "-env:UserInstallation=file://" + os.path.abspath("office"), "--headless", "--convert-to", kind,
                    "--outdir", "saved", name], check=True, capture_output=True)
    return os.path.join("saved", os.path.splitext(os.path.basename(name))[0] + "." + kind)


def workbook(name, filtered=None, table=False, active=0):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "My tracks"
    sheet["A1"] = "The catalogue"
    sheet.append([])
    sheet.append(["id", "name", "volume", "project_id", "#mine"])
    for row in [[17, "Rain", 40, None, "x"], [18, "Wind", 500, "null", "=C5*2"], ["x", "Sea", 50, 3, None],
                [20, " ", 60, None, None], [21, "Fire", None, "none", "y"], [22, "Birds", 10, None, None]]:
        sheet.append(row)
    thin = Side(style="thin", color="FF0000FF")
    for cell in ("C5", "A4", "D8"):
        sheet[cell].font = Font(bold=True, color="FF00AA00", name="Arial", size=13)
        sheet[cell].border = Border(left=thin, bottom=thin)
        sheet[cell].alignment = Alignment(horizontal="center", wrap_text=True)
        sheet[cell].number_format = "0.00"
    sheet["C5"].fill = PatternFill("solid", fgColor="FFFFFF00")
    sheet["C5"].comment = Comment("is this right?", "Ann")
    sheet["B4"].comment = Comment("good one", "Ann")
    sheet.conditional_formatting.add("C4:C9", CellIsRule(operator="greaterThan", formula=["100"], font=Font(italic=True)))
    sheet.conditional_formatting.add("C4:C9", DataBarRule(start_type="min", end_type="max", color="FF638EC6"))
    rule = DataValidation(type="list", formula1='"a,b"')
    sheet.add_data_validation(rule)
    rule.add("E4:E9")
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=3, min_row=3, max_row=9), titles_from_data=True)
    sheet.add_chart(chart, "H2")
    sheet.merge_cells("A1:C1")
    sheet.column_dimensions["B"].width = 33
    sheet.column_dimensions["E"].hidden = True
    sheet.row_dimensions[4].height = 40
    sheet.freeze_panes = "B4"
    sheet.print_title_rows = "3:3"
    if filtered:
        sheet.auto_filter.ref = "A3:E9"
    if table:
        sheet.add_table(Table(displayName="Tracks", ref="A3:E9"))
    other = book.create_sheet("Other")
    other["A1"], other["A2"] = 1, "='My tracks'!C4+1"
    other["A1"].comment = Comment("elsewhere", "Bob")
    book.create_sheet("Third").sheet_state = "hidden"
    book.active = active
    book.save("plain.xlsx")
    enrich("plain.xlsx", name)


def enrich(plain, name):
    """Adds what openpyxl cannot write: extensions, custom XML, a conversation, macros."""
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            text = old.read(part)
            if part == "xl/worksheets/sheet1.xml":
                text = text.decode().replace("<worksheet ", '<worksheet xmlns:xr="http://schemas.microsoft.com/office/'
                    'spreadsheetml/2014/revision" xr:uid="{00000000-0001-0000-0000-000000000000}" ', 1).replace(
                    "</worksheet>", '<extLst><ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
                    'uri="{05C60535-1F16-4fd2-B633-F4F36F0B64E0}"><x14:sparklineGroups xmlns:xm="http://schemas.microsoft.com/'
                    'office/excel/2006/main"><x14:sparklineGroup><x14:sparklines><x14:sparkline><xm:f>Other!A1:A2</xm:f>'
                    '<xm:sqref>G4</xm:sqref></x14:sparkline></x14:sparklines></x14:sparklineGroup></x14:sparklineGroups></ext>'
                    '</extLst></worksheet>').encode()
            new.writestr(part, text)
        new.writestr("customXml/item1.xml", "<mine/>")
        new.writestr("xl/persons/person.xml", "<personList/>")


def parts(name):
    with zipfile.ZipFile(name) as z:
        check("the archive is whole", z.testzip() is None)
        return {n.lstrip("/"): z.read(n) for n in z.namelist()}


def look(cell):
    return (cell.value, cell.number_format, repr(cell.font), repr(cell.border), repr(cell.alignment))


def same(before, after, marked, added):
    """Nothing is changed but the fill of the marked cells and the added column."""
    a, b = openpyxl.load_workbook(before), openpyxl.load_workbook(after)
    check("the same sheets", [s for s in b.sheetnames if s != "_tracksync"] == a.sheetnames)
    for old in a:
        new = b[old.title]
        check("state and merged cells", old.sheet_state == new.sheet_state and str(old.merged_cells) == str(new.merged_cells))
        for row in old.iter_rows():
            for cell in row:
                now = new[cell.coordinate]
                check(f"{old.title}!{cell.coordinate} looks as before", look(cell) == look(now), look(cell), look(now))
                if old.title != "My tracks" or cell.coordinate not in marked:
                    check(f"fill of {cell.coordinate}", repr(cell.fill) == repr(now.fill))
        widths = lambda s: {k: (d.width, d.hidden, d.min, d.max) for k, d in s.column_dimensions.items() if k != added}
        check("widths", widths(old) == widths(new), widths(old), widths(new))
        check("heights", {k: d.height for k, d in old.row_dimensions.items() if d.height} ==
              {k: d.height for k, d in new.row_dimensions.items() if d.height})
        check("validations", [(v.sqref, v.formula1) for v in old.data_validations.dataValidation] ==
              [(v.sqref, v.formula1) for v in new.data_validations.dataValidation])
        check("conditional formats", str([(r.sqref, len(r.rules)) for r in old.conditional_formatting]) ==
              str([(r.sqref, len(r.rules)) for r in new.conditional_formatting]))
        check("charts and tables", len(old._charts) == len(new._charts) and list(old.tables) == list(new.tables))
        check("panes", (old.freeze_panes is None) == (new.freeze_panes is None))
    changed = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
               "xl/worksheets/sheet1.xml", "xl/worksheets/_rels/sheet1.xml.rels"}
    now = parts(after)
    for name, text in parts(before).items():
        if name not in changed and not re.search(r"comments?/?comment1|commentsDrawing1", name):
            check(f"part {name} is as it was", now.get(name) == text)
    for kept in (b'xr:uid="{00000000-0001', b"x14:sparklineGroup", b"Other!A1:A2"):
        check("extensions are kept", kept in now["xl/worksheets/sheet1.xml"])


def marks(name, sheet="My tracks"):
    """The marked cells, the notes, and the texts."""
    s = openpyxl.load_workbook(name)[sheet]
    cells = [c for row in s.iter_rows() for c in row]
    column = [c.column for c in cells if c.value == "#tracksync"]
    texts = {c.row: c.value for c in cells if column and c.column == column[0] and c.value and c.value != "#tracksync"}
    fills = sorted(c.coordinate for c in cells if COLOUR.fullmatch(str(c.fill.fgColor.rgb)) and c.column not in column)
    return fills, {c.coordinate: c.comment.text for c in cells if c.comment}, texts, s


MARKED = ["A6", "B7", "C5", "D8"]

for name, options in {"simple": {}, "filtered": {"filtered": True}, "table": {"table": True}, "other-active": {"active": 1}}.items():
    before, after = name + ".xlsx", name + "-marked.xlsx"
    workbook(before, **options)
    said = run("validate", "--annotate", after, before, code=2)
    same(before, after, MARKED, "F")
    for opened in (after, office(after)):
        fills, notes, texts, sheet = marks(opened)
        check(f"{opened}: the marked cells", fills == MARKED, fills)
        check(f"{opened}: notes", sorted(notes) == sorted(MARKED + ["B4"]), notes)
        check(f"{opened}: a note that was there", notes["C5"].startswith("is this right?") and "more than 100" in notes["C5"],
              notes["C5"])
        check(f"{opened}: texts", sorted(texts) == [5, 6, 7, 8] and all(t.startswith("✗ ") for t in texts.values()), texts)
        check(f"{opened}: a filter", ("no filter" in said) == bool(options.get("table")), said)
        hidden = sorted(r for r, d in sheet.row_dimensions.items() if d.hidden)
        check(f"{opened}: hidden rows", hidden == ([] if options.get("table") else [4, 9]), hidden)
    check("the first problem is selected", openpyxl.load_workbook(after)["My tracks"].sheet_view.selection[-1].activeCell == "C5")
    check("the sheet is shown", openpyxl.load_workbook(after).active.title == "My tracks")

    # Fixed in place, it has no marks any more. LibreOffice does not keep the fill that a cell had.
    for copy, fill in ((after, "FFFFFF00"), (office(after), "00000000")):
        book = openpyxl.load_workbook(copy)
        fixed = book["My tracks"]
        fixed["C5"], fixed["A6"], fixed["B7"], fixed["D8"] = 50, 19, "Bees", "null"
        book.save("fixed.xlsx")
        run("validate", "--sheet", "My tracks", "--annotate", "clean.xlsx", "fixed.xlsx")
        fills, notes, texts, sheet = marks("clean.xlsx")
        check("marks are gone", fills == [] and texts == {} and notes == {"C5": "is this right?", "B4": "good one"},
              fills, notes, texts)
        check("no row is hidden", not [r for r, d in sheet.row_dimensions.items() if d.hidden])
        check(f"{copy}: the fill that was there", sheet["C5"].fill.fgColor.rgb == fill, sheet["C5"].fill)
        check(f"{copy}: no fill where none was", sheet["A6"].fill.fill_type is None, sheet["A6"].fill)

# A CSV file becomes a workbook.
with open("tracks.csv", "w") as f:
    f.write("id,name,volume\n123456789012345678,=1+1,10\n18,Wind,500\n")
run("validate", "--annotate", "csv-marked.xlsx", "tracks.csv", code=2)
for opened in ("csv-marked.xlsx", office("csv-marked.xlsx")):
    fills, notes, texts, sheet = marks(opened, "tracks")
    check(f"{opened}: a table as texts", sheet["A2"].value == "123456789012345678" and sheet["B2"].value == "=1+1" and
          sheet["B2"].data_type == "s" and list(notes) == ["C3"] and fills == ["C3"], fills, notes)

# After a run, exactly the rows that need attention run again, also from LibreOffice's copy.
workbook("run.xlsx")
run("sync", "--sandbox", "--on-invalid", "skip", "--out", "run", "run.xlsx", code=1)
fills, notes, texts, sheet = marks("run/failed.xlsx")
check("failed.xlsx", fills == MARKED and texts[4] == "✓ updated" and texts[9] == "✓ updated", fills, texts)
book = openpyxl.load_workbook(office("run/failed.xlsx"))
fixed = book["My tracks"]
fixed["C5"], fixed["A6"], fixed["B7"], fixed["D8"], fixed["C9"] = 50, 19, "Bees", "null", 11
book.save("failed.xlsx")
said = run("sync", "--sandbox", "--out", "again", "failed.xlsx")
with open("again/results.jsonl") as f:
    ids = sorted(int(i) for i in re.findall(r'"id":(\d+)', f.read()))
check("the fixed and the edited rows ran again", ids == [18, 19, 20, 21, 22], ids, said)

# What pull writes is read back, also from LibreOffice's copy. Its rule for projects means the
# same in both.
run("pull", "--sandbox", "--output", "pulled.xlsx")
for opened in ("pulled.xlsx", office("pulled.xlsx")):
    run("validate", opened)
    sheet = openpyxl.load_workbook(opened).active
    check("ids are texts", all(isinstance(c.value, str) for c in sheet["A"]))
    check("validations", len(sheet.data_validations.dataValidation) == 2)
    # Without a window, LibreOffice saves no panes.
    check("the header stays in sight", sheet.freeze_panes == "A2" or opened != "pulled.xlsx")
rule = [v.formula1 for v in openpyxl.load_workbook("pulled.xlsx").active.data_validations.dataValidation if v.type == "custom"][0]
book = openpyxl.Workbook()
values = {"null": 1, "NULL": 0, "3": 1, 3: 1, "x": 0, "0": 0, -1: 0, 1.5: 0, "123456789012345678": 1, "1234567890123456789": 0,
          "1e3": 0, " 3": 0}
for i, value in enumerate(values, 2):
    book.active.cell(i, 4, value)
    book.active.cell(i, 1, f"=IF({rule.replace('D2', 'D%d' % i)},1,0)")
book.save("rule.xlsx")
with open(office("rule.xlsx", "csv")) as f:
    got = [line.split(",")[0] for line in f.read().splitlines()[1:]]
check("the rule for projects", got == [str(v) for v in values.values()], got, rule)

print(f"{checks} checks of marked workbooks")
