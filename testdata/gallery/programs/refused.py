"""Files that are no manifest, byte for byte as programs, disks and networks leave them."""

import gzip

from parts import Strings, archive, package, sheet_data, worksheet
from tracks import write

shared = Strings()
parts = package([("Tracks", worksheet(sheet_data([["id", "name", "volume"], [17, "Rain", 55], [18, "Wind", 40]], shared)))], shared)
good = archive(parts)
csv = "id,name,volume\r\n17,Größe,55\r\n18,Wind,40\r\n".encode()

write("430-empty.xlsx", b"")
write("431-empty.csv", b"")
write("432-half-a-workbook.xlsx", good[:len(good) // 2])
write("433-workbook-without-its-end.xlsx", good[:-30])
write("434-zip-of-csv.zip", archive({"tracks.csv": csv}))
write("435-zip-of-workbooks.zip", archive({"export/tracks.xlsx": good, "export/old.xlsx": good}))
flipped = bytearray(good)
at = flipped.index(b"xl/worksheets/sheet1.xml") + len("xl/worksheets/sheet1.xml") + 40
flipped[at] ^= 0x10
write("436-flipped-bit.xlsx", bytes(flipped))
write("437-csv-named-xlsx.xlsx", csv)
write("438-workbook-named-csv.csv", good)
write("439-tabs-named-xls.xls", "id\tname\tvolume\r\n17\tGröße\t55\r\n".encode("utf-16"))
write("440-login-page.csv", b"<!DOCTYPE html>\n<html lang=\"en\"><head><title>Sign in</title></head>\n<body><form>...</form></body></html>\n")
write("441-php-html-table.xls", b"<table border='1'><tr><th>id</th><th>name</th></tr><tr><td>17</td><td>Rain</td></tr></table>")
write("442-single-file-web-page.xls",
      b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\nContent-Type: multipart/related; boundary=\"----=_NextPart_01\"\r\n\r\n"
      b"------=_NextPart_01\r\nContent-Location: file:///C:/tracks.htm\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<html></html>\r\n")
owner = "Léa Martin"
write("443-owner-file-of-open-workbook.xlsx", bytes([len(owner)]) + owner.encode("cp1252").ljust(54)
      + len(owner).to_bytes(2, "little") + owner.ljust(54).encode("utf-16-le"))
write("444-apple-double.csv", b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        \x00\x02\x00\x00\x00\x09\x00\x00\x00\x32" + bytes(90))
write("445-workbook-packed.xlsx.gz", gzip.compress(good, mtime=1))
write("446-zeros-after-power-loss.csv", bytes(512))
write("447-blank-lines.csv", b"\r\n\r\n ,,\r\n")
write("448-lfs-pointer.csv", b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n")
write("449-merge-conflict.csv", b"id,name,volume\n17,Rain,55\n<<<<<<< HEAD\n18,Wind,40\n=======\n18,Wind,45\n>>>>>>> spring\n19,Sun,10\n")
write("450-error-of-an-api.csv", b'{"message":"Not Found","documentation_url":"https://example.com/docs"}\n')
write("451-no-workbook-part.xlsx", archive({k: v for k, v in parts.items() if k != "xl/workbook.xml"}))
write("452-no-sheet-part.xlsx", archive({k: v for k, v in parts.items() if "sheet1" not in k}))
write("453-no-shared-strings-part.xlsx", archive({k: v for k, v in parts.items() if "sharedStrings" not in k}))
write("454-no-styles-part.xlsx", archive({k: v for k, v in parts.items() if "styles" not in k}))
write("455-sheet-cut-off.xlsx", archive({k: v[:-150] if "sheet1" in k else v for k, v in parts.items()}))
write("456-python-source.csv", b"import csv\n\nrows = [(17, 'Rain', 55)]\nprint(rows)\n")
write("457-only-a-header.csv", b"id,name,volume\r\n")
empty = Strings()
write("458-only-a-header.xlsx", archive(package([("Tracks", worksheet(sheet_data([["id", "name", "volume"]], empty)))], empty)))
write("459-empty-sheet.xlsx", archive(package([("Sheet1", worksheet("<sheetData/>"))], None)))
