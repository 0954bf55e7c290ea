// An encrypted workbook that xlsx-populate writes, in Excel's form.
const path = require("path"), populate = require("xlsx-populate");
populate.fromBlankAsync().then(workbook => {
  const rows = [["id", "name", "volume"], [17, "Rain", 55], [18, "Wind", 40]];
  workbook.sheet(0).cell("A1").value(rows);
  return workbook.toFileAsync(path.join(process.argv[2], "424-populate-password.xlsx"), { password: "secret" });
});
