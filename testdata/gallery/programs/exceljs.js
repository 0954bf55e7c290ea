// Workbooks that ExcelJS writes: rich text, notes, images, tables, hidden rows.
const path = require("path"), ExcelJS = require("exceljs");
const out = name => path.join(process.argv[2], name);
const short = ["id", "name", "volume", "project_id"];
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

function book(...rows) {
  const workbook = new ExcelJS.Workbook();
  workbook.created = workbook.modified = new Date(Date.UTC(2026, 10, 23));
  const sheet = workbook.addWorksheet("Tracks");
  sheet.addRows(rows);
  return [workbook, sheet];
}

async function main() {
  let [workbook, sheet] = book(short, [17, "Größe", 55, 3], [18, "Wind", 40, "null"]);
  await workbook.xlsx.writeFile(out("300-exceljs.xlsx"));
  await workbook.csv.writeFile(out("168-exceljs.csv"));

  [workbook, sheet] = book(short, [17, "", 55, 3], [18, "Wind", 40, 3]);
  sheet.getCell("B2").value = { richText: [{ text: "Heavy " }, { font: { bold: true }, text: "Rain" }] };
  sheet.getCell("C2").note = "Too loud?";
  sheet.getCell("C3").dataValidation = { type: "whole", operator: "between", formulae: [0, 100] };
  sheet.addImage(workbook.addImage({ base64: pixel, extension: "png" }), "F2:G4");
  sheet.autoFilter = "A1:D3";
  sheet.views = [{ state: "frozen", ySplit: 1 }];
  await workbook.xlsx.writeFile(out("301-exceljs-rich-text-note-image.xlsx"));

  [workbook, sheet] = book(short, [17, "Rain", 0, 3], [0, "Wind", 40, 3], [19, "Sun", 10, 3]);
  sheet.getCell("C2").value = { formula: "50+5", result: 55 };
  sheet.getCell("A3").value = { formula: "A2+1" };
  sheet.getCell("D4").value = { formula: "D9", result: { error: "#REF!" } };
  await workbook.xlsx.writeFile(out("302-exceljs-formulas.xlsx"));

  [workbook, sheet] = book(short, [17, "Rain", new Date(Date.UTC(2026, 4, 1)), 3], [18, "Wind", { error: "#N/A" }, 3],
    [19, true, false, 3], [20, { text: "Listen", hyperlink: "https://example.com/" }, 0.55, 3]);
  sheet.getCell("C5").numFmt = "0%";
  await workbook.xlsx.writeFile(out("303-exceljs-types.xlsx"));

  [workbook, sheet] = book(short, [17, "Rain", 55, 3], [18, "Wind", 40, 3], [19, "Sun", 10, 3]);
  sheet.getRow(3).hidden = true;
  sheet.mergeCells("D2:D4");
  await workbook.xlsx.writeFile(out("304-exceljs-merged-and-hidden.xlsx"));

  const stream = new ExcelJS.stream.xlsx.WorkbookWriter({ filename: out("305-exceljs-streamed.xlsx"), useSharedStrings: false });
  const streamed = stream.addWorksheet("Tracks");
  for (const row of [short, [17, "Rain", 55, 3], [18, "Wind", 40, 3]]) streamed.addRow(row).commit();
  streamed.commit();
  await stream.commit();
}
main().catch(error => { console.error(error); process.exit(1); });
