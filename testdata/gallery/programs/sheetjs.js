// Files that SheetJS writes. It writes formats that no other program here does: XLSB, XLS
// of Excel 2 to 2003, Numbers, SYLK, DIF.
const path = require("path"), XLSX = require("xlsx"), zahl = require("xlsx/dist/xlsx.zahl.js");
const out = name => path.join(process.argv[2], name);

const header = ["id", "name", "volume", "project_id", "media_url"];
const tracks = [
  [17, "Größe", 55, 3, "https://example.com/groesse.mp3"], [18, "Café au lait", 40, 3, null],
  [19, 'Say "Hello", World', 0, null, null], [20, "Rain; wind", 100, 12, null], [21, "Plain", null, "null", null],
];
function book(rows, change) {
  const workbook = XLSX.utils.book_new(), sheet = XLSX.utils.aoa_to_sheet(rows);
  if (change) change(sheet);
  XLSX.utils.book_append_sheet(workbook, sheet, "Tracks");
  return workbook;
}
const write = (name, workbook, options) => XLSX.writeFile(workbook, out(name), options);
const all = () => book([header, ...tracks]);

write("310-sheetjs.xlsx", all(), { compression: true });
write("311-sheetjs-shared-strings.xlsx", all(), { bookSST: true });
write("312-sheetjs.xlsm", all(), { bookType: "xlsm" });
write("313-sheetjs-dates.xlsx", book([header.slice(0, 3), [17, "Rain", new Date(Date.UTC(2026, 4, 1))], [18, "Wind", 40]]));
write("314-sheetjs-typed-dates.xlsx",
  book([header.slice(0, 3), [17, "Rain", new Date(Date.UTC(2026, 4, 1))]]), { cellDates: true });
write("315-sheetjs-stored-as-shown.xlsx", book([header.slice(0, 3), [17, "Rain", 0.55], [18, "Wind", true]], sheet => {
  sheet.C2.z = "0%";
  sheet.A4 = { t: "n", v: 1234567890123456, z: "0" };
  sheet["!ref"] = "A1:C4";
}));

write("410-sheetjs.xlsb", all(), { bookType: "xlsb" });
write("411-sheetjs-excel97.xls", all(), { bookType: "biff8" });
write("412-sheetjs-excel95.xls", all(), { bookType: "biff5" });
write("413-sheetjs-excel2.xls", all(), { bookType: "biff2" });
write("414-sheetjs-xml-2003.xls", all(), { bookType: "xlml" });
write("415-sheetjs-html.xls", all(), { bookType: "html" });
write("416-sheetjs.ods", all(), { bookType: "ods" });
write("417-sheetjs.fods", all(), { bookType: "fods" });
write("418-sheetjs.numbers", all(), { bookType: "numbers", numbers: zahl });
write("419-sheetjs.slk", all(), { bookType: "sylk" });
write("420-sheetjs.dif", all(), { bookType: "dif" });
write("421-sheetjs.prn", all(), { bookType: "prn" });
write("165-sheetjs.csv", all(), { bookType: "csv" });
write("166-sheetjs-unicode-text.txt", all(), { bookType: "txt" });
write("167-sheetjs-semicolons-quoted.csv", all(), { bookType: "csv", FS: ";", forceQuotes: true });
