package input

// Numbers of styles in xl/styles.xml below.
const (
	styleText = iota + 1
	styleNumber
	styleGrey
	styleHead
	styleGreyHead
)

const (
	xmlHead       = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	mainNamespace = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	linkNamespace = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	linksRoot     = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	typeRoot      = "application/vnd.openxmlformats-officedocument.spreadsheetml."
	typesRoot     = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">`
)

// workbookParts are the parts of a workbook with one sheet, except the sheet. The numbers
// of formats are those that every spreadsheet knows: 49 is text (@), 1 a whole number (0).
var workbookParts = []struct{ name, content string }{
	{"[Content_Types].xml", xmlHead + typesRoot +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="` + typeRoot + `sheet.main+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="` + typeRoot + `worksheet+xml"/>` +
		`<Override PartName="/xl/styles.xml" ContentType="` + typeRoot + `styles+xml"/></Types>`},
	{"_rels/.rels", xmlHead + linksRoot +
		`<Relationship Id="rId1" Type="` + linkNamespace + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	{"xl/workbook.xml", xmlHead + `<workbook ` + mainNamespace + ` xmlns:r="` + linkNamespace + `">` +
		`<sheets><sheet name="tracks" sheetId="1" r:id="rId1"/></sheets></workbook>`},
	{"xl/_rels/workbook.xml.rels", xmlHead + linksRoot +
		`<Relationship Id="rId1" Type="` + linkNamespace + `/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="rId2" Type="` + linkNamespace + `/styles" Target="styles.xml"/></Relationships>`},
	{"xl/styles.xml", xmlHead + `<styleSheet ` + mainNamespace + `>` +
		`<fonts count="4">` +
		`<font><sz val="11"/><name val="Calibri"/></font>` +
		`<font><b/><sz val="11"/><name val="Calibri"/></font>` +
		`<font><sz val="11"/><color rgb="FF808080"/><name val="Calibri"/></font>` +
		`<font><b/><sz val="11"/><color rgb="FF808080"/><name val="Calibri"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill>` +
		`<fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
		`<cellXfs count="6"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
		`<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="1" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="49" fontId="2" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>` +
		`<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>` +
		`<xf numFmtId="49" fontId="3" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs>` +
		`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`},
}

// sheetHead is the beginning of the sheet, whose header is frozen.
const sheetHead = xmlHead + `<worksheet ` + mainNamespace + `><sheetViews><sheetView tabSelected="1" workbookViewId="0">` +
	`<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft"/>` +
	`</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>`
