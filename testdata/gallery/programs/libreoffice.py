"""Files that LibreOffice writes, without a screen."""

import os
import subprocess
import sys
import tempfile
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.sheet import TableFilterField
from com.sun.star.sheet.DataPilotFieldOrientation import DATA, ROW
from com.sun.star.sheet.FilterOperator import EQUAL
from com.sun.star.table import CellAddress

from tracks import HEADER, TRACKS, out


def properties(**values):
    return tuple(PropertyValue(Name=k, Value=v) for k, v in values.items())


def connect(pipe):
    context = uno.getComponentContext()
    resolver = context.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", context)
    for _ in range(240):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except Exception:
            time.sleep(0.25)
    raise SystemExit("soffice did not start")


class Office:
    def __init__(self, context):
        self.desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)

    def book(self, rows, sheet="Tracks"):
        document = self.desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, properties(Hidden=True))
        first = document.Sheets.getByIndex(0)
        first.Name = sheet
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                cell = first.getCellByPosition(c, r)
                if isinstance(value, str):
                    cell.String = value
                elif value is not None:
                    cell.Value = value
        return document, first


def save(document, name, kind, **more):
    url = uno.systemPathToFileUrl(os.path.abspath(out(name)))
    document.storeToURL(url, properties(FilterName=kind, **more))


def number_format(document, cell, code, language="en", country="US"):
    locale = uno.createUnoStruct("com.sun.star.lang.Locale", language, country, "")
    key = document.NumberFormats.queryKey(code, locale, False)
    cell.NumberFormat = document.NumberFormats.addNew(code, locale) if key < 0 else key


XLSX, CSV = "Calc MS Excel 2007 XML", "Text - txt - csv (StarCalc)"


def plain(office):
    document, sheet = office.book([HEADER] + TRACKS)
    for r in range(1, 5):
        cell = sheet.getCellByPosition(2, r)
        cell.Value = cell.Value / 100
        number_format(document, cell, "0%")
    save(document, "320-libreoffice.xlsx", XLSX)
    save(document, "321-libreoffice-ooxml.xlsx", "Calc Office Open XML")
    save(document, "322-libreoffice.xlsm", "Calc MS Excel 2007 VBA XML")
    save(document, "323-libreoffice.xltx", "Calc MS Excel 2007 XML Template")
    save(document, "400-libreoffice-excel97.xls", "MS Excel 97")
    save(document, "401-libreoffice.ods", "calc8")
    save(document, "402-libreoffice.fods", "OpenDocument Spreadsheet Flat XML")
    save(document, "403-libreoffice-xml-2003.xls", "MS Excel 2003 XML")
    save(document, "422-libreoffice-html.xls", "HTML (StarCalc)")
    save(document, "423-libreoffice.slk", "SYLK")
    save(document, "407-libreoffice-password.xls", "MS Excel 97", Password="secret")
    save(document, "425-libreoffice-password.ods", "calc8", Password="secret")
    save(document, "426-libreoffice.pdf", "calc_pdf_Export")
    # separator, quotation mark, encoding, first row, columns, language, all quoted, as shown
    save(document, "210-libreoffice-csv-shown.csv", CSV, FilterOptions="44,34,76,1,,0,false,true,false")
    save(document, "211-libreoffice-csv-not-shown.csv", CSV, FilterOptions="44,34,76,1,,0,false,false,false")
    save(document, "212-libreoffice-csv-windows-1252.csv", CSV, FilterOptions="59,34,1,1,,0,true,true,false")
    save(document, "213-libreoffice-csv-utf16.csv", CSV, FilterOptions="9,34,65535,1,,0,false,true,false")
    save(document, "214-libreoffice-fixed-width.txt", CSV, FilterOptions="FIX,34,76,1,,0,false,true,false")
    document.close(True)


def filtered(office):
    document, sheet = office.book([HEADER[:4]] + [[i, f"Track {i}", 55, i % 3 + 1] for i in range(17, 29)])
    area = sheet.getCellRangeByName("A1:D13")
    document.DatabaseRanges.addNewByName("tracks", area.RangeAddress)
    ranged = document.DatabaseRanges.getByName("tracks")
    ranged.AutoFilter = True
    descriptor = ranged.getFilterDescriptor()
    field = TableFilterField()
    field.Field, field.IsNumeric, field.NumericValue, field.Operator = 3, True, 1.0, EQUAL
    descriptor.setFilterFields((field,))
    descriptor.ContainsHeader = True
    ranged.refresh()
    save(document, "324-libreoffice-filtered.xlsx", XLSX)
    document.close(True)


def formulas(office):
    document, sheet = office.book([HEADER[:4], [17, "Rain", 0, 3], [0, "", 40, 3], [19, "Sun", 10, 3], [20, "Snow", 10, 3]])
    sheet.getCellRangeByName("C2").Formula = "=0.5+0.05"
    number_format(document, sheet.getCellRangeByName("C2"), "0%")
    sheet.getCellRangeByName("A3").Formula = "=A2+1"
    sheet.getCellRangeByName("B3").Formula = '="Wi"&"nd"'
    sheet.getCellRangeByName("C4").Formula = "=1/0"
    sheet.getCellRangeByName("D4").Formula = '=VLOOKUP("x";A1:B5;2;0)'
    sheet.getCellRangeByName("C5").Formula = "=DATE(2026;5;1)"
    number_format(document, sheet.getCellRangeByName("C5"), "DD.MM.YYYY", "de", "DE")
    sheet.getCellRangeByName("D5").Formula = "=TRUE()"
    save(document, "325-libreoffice-formulas.xlsx", XLSX)
    document.close(True)


def pivot(office):
    document, sheet = office.book([HEADER[:4]] + [[i, f"Track {i}", 55, i % 3 + 1] for i in range(17, 23)])
    document.Sheets.insertNewByName("Summary", 0)
    tables = document.Sheets.getByName("Summary").DataPilotTables
    descriptor = tables.createDataPilotDescriptor()
    descriptor.setSourceRange(sheet.getCellRangeByName("A1:D7").RangeAddress)
    fields = descriptor.DataPilotFields
    fields.getByName("project_id").Orientation = ROW
    fields.getByName("volume").Orientation = DATA
    tables.insertNewByName("Volumes", CellAddress(Sheet=0, Column=0, Row=0), descriptor)
    sheet.Annotations.insertNew(sheet.getCellRangeByName("C2").CellAddress, "Too loud?")
    save(document, "326-libreoffice-pivot.xlsx", XLSX)
    document.close(True)


def merged(office):
    rows = [["Background tracks"], [], ["id", "name", "volume"], [17, "Rain", 55], [18, "Wind", None], [19, "Sun", 10]]
    document, sheet = office.book(rows)
    sheet.getCellRangeByName("A1:C1").merge(True)
    sheet.getCellRangeByName("C4:C5").merge(True)
    save(document, "327-libreoffice-merged.xlsx", XLSX)
    document.close(True)


def text_document(office):
    document = office.desktop.loadComponentFromURL("private:factory/swriter", "_blank", 0, properties(Hidden=True))
    document.Text.setString("id,name,volume\n17,Rain,55\n")
    save(document, "427-libreoffice.docx", "MS Word 2007 XML")
    save(document, "428-libreoffice.rtf", "Rich Text Format")
    document.close(True)


def main():
    with tempfile.TemporaryDirectory() as profile:
        pipe = f"gallery{os.getpid()}"
        started = subprocess.Popen(
            ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--norestore", "--nologo",
             f"--accept=pipe,name={pipe};urp;"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            office = Office(connect(pipe))
            for part in (plain, filtered, formulas, pivot, merged, text_document):
                part(office)
            try:
                office.desktop.terminate()
            except Exception:
                pass
            started.wait(30)
        finally:
            if started.poll() is None:
                started.kill()


main()
