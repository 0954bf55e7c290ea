"""Puts workbooks together part by part, to write what a program that does not run here writes."""

import io
import zipfile
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PKG = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."


def text(s):
    """A <t>, with the blanks kept that XML programs drop."""
    keep = ' xml:space="preserve"' if s != s.strip() or "\n" in s else ""
    return f"<t{keep}>{escape(s)}</t>"


class Strings:
    """The shared strings of a workbook; an item is a text or XML that begins with <."""

    def __init__(self):
        self.items = []

    def __call__(self, item):
        if item not in self.items:
            self.items.append(item)
        return self.items.index(item)

    def xml(self, main=MAIN):
        n = len(self.items)
        items = "".join("<si>" + (i if i.startswith("<") else text(i)) + "</si>" for i in self.items)
        return HEAD + f'<sst xmlns="{main}" count="{n}" uniqueCount="{n}">{items}</sst>'


def column(i):
    return chr(ord("A") + i)


def cell(ref, value, strings, style=0):
    """A cell: None, a text, a number, a truth, or XML with {} for reference and style."""
    at = f' r="{ref}"' + (f' s="{style}"' if style else "")
    if value is None:
        return f"<c{at}/>" if style else ""
    if isinstance(value, bool):
        return f'<c{at} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, str) and value.startswith("<c"):
        return "<c" + at + value[2:]
    if isinstance(value, str):
        return f'<c{at} t="s"><v>{strings(value)}</v></c>'
    return f"<c{at}><v>{value!r}</v></c>"


def sheet_data(rows, strings, styles=None, attributes=None):
    """The rows; styles by cell ("C2"), attributes of <row> by number."""
    styles, attributes, lines = styles or {}, attributes or {}, []
    for r, row in enumerate(rows, 1):
        cells = "".join(cell(f"{column(c)}{r}", v, strings, styles.get(f"{column(c)}{r}", 0)) for c, v in enumerate(row))
        if cells:
            lines.append(f'<row r="{r}" spans="1:{len(row)}"{attributes.get(r, "")} x14ac:dyDescent="0.25">{cells}</row>')
    return "<sheetData>" + "".join(lines) + "</sheetData>"


def worksheet(data, before="", after="", main=MAIN):
    x14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"
    return (HEAD + f'<worksheet xmlns="{main}" xmlns:r="{REL}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
            f' mc:Ignorable="x14ac" xmlns:x14ac="{x14}"><dimension ref="A1"/><sheetViews><sheetView tabSelected="1" workbookViewId="0"/>'
            f'</sheetViews><sheetFormatPr baseColWidth="10" defaultRowHeight="15" x14ac:dyDescent="0.25"/>{before}{data}'
            f'<pageMargins left="0.7" right="0.7" top="0.78740157499999996" bottom="0.78740157499999996" header="0.3" footer="0.3"/>'
            f"{after}</worksheet>")


def styles(formats, main=MAIN):
    """Styles 1, 2, …: the number formats as (id, code or None)."""
    own = "".join(f'<numFmt numFmtId="{i}" formatCode="{escape(c, {chr(34): "&quot;"})}"/>' for i, c in formats if c)
    count = sum(1 for _, c in formats if c)
    numbers = f'<numFmts count="{count}">{own}</numFmts>' if count else ""
    xfs = "".join(f'<xf numFmtId="{i}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
                  for i, _ in [(0, None)] + formats)
    return (HEAD + f'<styleSheet xmlns="{main}">{numbers}<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
            '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
            "<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
            '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
            f'<cellXfs count="{len(formats) + 1}">{xfs}</cellXfs>'
            '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>')


def package(sheets, shared, style=None, properties="", main=MAIN, rel=REL, names=""):
    """The parts of a workbook as {name: XML}; sheets as [(name, XML)]."""
    listed = "".join(f'<sheet name="{escape(n)}" sheetId="{i}" r:id="rId{i}"/>' for i, (n, _) in enumerate(sheets, 1))
    n = len(sheets)
    relations = "".join(f'<Relationship Id="rId{i}" Type="{rel}/worksheet" Target="worksheets/sheet{i}.xml"/>'
                        for i in range(1, n + 1))
    relations += f'<Relationship Id="rId{n + 1}" Type="{rel}/styles" Target="styles.xml"/>'
    overrides = "".join(f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{TYPE}worksheet+xml"/>'
                        for i in range(1, n + 1))
    if shared is not None:
        relations += f'<Relationship Id="rId{n + 2}" Type="{rel}/sharedStrings" Target="sharedStrings.xml"/>'
        overrides += f'<Override PartName="/xl/sharedStrings.xml" ContentType="{TYPE}sharedStrings+xml"/>'
    parts = {
        "[Content_Types].xml": HEAD + f'<Types xmlns="{PKG}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}sheet.main+xml"/>{overrides}'
        f'<Override PartName="/xl/styles.xml" ContentType="{TYPE}styles+xml"/></Types>',
        "_rels/.rels": HEAD + f'<Relationships xmlns="{PKG}/relationships"><Relationship Id="rId1" Type="{rel}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": HEAD + f'<workbook xmlns="{main}" xmlns:r="{rel}">{properties}<sheets>{listed}</sheets>{names}'
        '<calcPr calcId="191029"/></workbook>',
        "xl/_rels/workbook.xml.rels": HEAD + f'<Relationships xmlns="{PKG}/relationships">{relations}</Relationships>',
        "xl/styles.xml": style or styles([], main),
    }
    for i, (_, xml) in enumerate(sheets, 1):
        parts[f"xl/worksheets/sheet{i}.xml"] = xml
    if shared is not None:
        parts["xl/sharedStrings.xml"] = shared.xml(main)
    return parts


def archive(parts, method=zipfile.ZIP_DEFLATED):
    """A ZIP of parts, with the date that Excel gives every part."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as z:
        for name, xml in parts.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = method
            z.writestr(info, xml.encode() if isinstance(xml, str) else xml)
    return content.getvalue()
