"""Text as programs write it that do not run here, byte for byte."""

from tracks import HEADER, TRACKS, write


def quote_some(rows, separator, end):
    """As Google Sheets, Numbers and most others: quoted where it must be."""
    def cell(value):
        text = "" if value is None else str(value)
        return '"' + text.replace('"', '""') + '"' if any(c in text for c in separator + '"\r\n') else text
    return end.join(separator.join(map(cell, row)) for row in rows)


def quote_all(rows, separator, end="\r\n"):
    def cell(value):
        return "" if value is None else '"' + str(value).replace('"', '""') + '"'
    return "".join(separator.join(map(cell, row)) + end for row in rows)


table = [HEADER] + TRACKS

# Google Sheets: CRLF, no line end after the last row; TSV never quotes.
write("101-google-sheets.csv", quote_some(table, ",", "\r\n").encode())
tsv = "\r\n".join("\t".join("" if c is None else str(c) for c in row) for row in table)
write("102-google-sheets.tsv", tsv.encode())
tsv = "id\tname\tvolume\r\n17\t\"Hello\" World\t55%\r\n18\tRain 12\"\t40%\r\n19\t\"Wind\"\t10%"
write("103-google-sheets-quotes.tsv", tsv.encode())
checkboxes = [["id", "name", "volume", "Done"], [17, "Rain", "55%", "TRUE"], [18, "Wind", "40%", "FALSE"],
              [19, "Loading...", "#N/A", "FALSE"]]
write("104-google-sheets-checkboxes.csv", quote_some(checkboxes, ",", "\r\n").encode())

# Numbers: the name of the table may stand above it; German settings.
numbers = [["Tabelle 1", "", ""], ["Track ID", "Name", "Volume"], [17, "Größe", "55 %"], [18, "Wind", "40 %"]]
write("105-numbers-de-table-name.csv", (quote_some(numbers, ";", "\r\n") + "\r\n").encode())
write("106-numbers-us.csv", (quote_some(table, ",", "\r\n") + "\r\n").encode("utf-8"))
write("107-numbers-mac-roman.csv", (quote_some(table, ",", "\r\n") + "\r\n").encode("mac_roman"))
write("108-numbers-utf16.csv", (quote_some(table, ",", "\r\n") + "\r\n").encode("utf-16"))

# Windows PowerShell 5.1: Export-Csv, -Encoding Unicode, -Encoding UTF8, -UseCulture,
# -NoTypeInformation; ASCII is its default and loses letters. PowerShell 7: no #TYPE.
type_line = "#TYPE System.Management.Automation.PSCustomObject\r\n"
ps = [["id", "name", "volume", "project_id"], [17, "Größe", 55, 3], [18, "Rain", 40, "null"], [19, "Wind", None, None]]
write("110-powershell5-ascii.csv", (type_line + quote_all(ps, ",")).encode("ascii", "replace"))
write("111-powershell5-unicode.csv", (type_line + quote_all(ps, ",")).encode("utf-16"))
write("112-powershell5-utf8.csv", (type_line + quote_all(ps, ",")).encode("utf-8-sig"))
write("113-powershell5-culture-default.csv", (type_line + quote_all(ps, ";")).encode("cp1252"))
selected = "#TYPE Selected.System.Management.Automation.PSCustomObject\r\n"
write("114-powershell5-selected-tab.csv", (selected + quote_all(ps, "\t")).encode("utf-16"))
write("115-powershell5-no-type.csv", quote_all(ps, ",").encode("utf-16"))
write("116-powershell7.csv", quote_all(ps, ",").encode())
array = [["id", "name", "volume"], [17, "System.Object[]", 55], [18, "System.Collections.Hashtable", 40]]
write("117-powershell7-objects-for-names.csv", quote_all(array, ",").encode())
# Out-File and > of Windows PowerShell: a table for people, in UTF-16.
shown = "\r\nid name  volume\r\n-- ----  ------\r\n17 Größe     55\r\n18 Rain      40\r\n\r\n\r\n"
write("118-powershell5-format-table.txt", shown.encode("utf-16"))

# R: write.csv numbers the rows in a column without a name and writes NA.
r = '"","id","name","volume"\n"1",17,"Größe",55\n"2",18,"Rain",NA\n"3",1e+05,"Wind",40\n'
write("120-r-write-csv.csv", r.encode())
write("121-r-write-csv-no-row-names.csv", '"id","name","volume"\n17,"Größe",55\n18,"Rain",40\n'.encode())

# phpMyAdmin: CSV with its defaults, and "CSV for MS Excel".
write("122-phpmyadmin.csv", '"id","name","volume","project_id"\n"17","Größe","55","3"\n"18","Rain",NULL,NULL\n'.encode())
write("123-phpmyadmin-excel.csv",
      'id;"name";"volume";"project_id"\n"17";"Größe";"55";"3"\n"18";"Rain";"";""\n'.encode("cp1252", "replace"))

# SQL Server Management Studio, "save results with headers"; bcp -w has UTF-16 without a mark.
write("124-ssms-results.csv", "id,name,volume,project_id\r\n17,Größe,55,3\r\n18,Rain,NULL,NULL\r\n".encode("utf-8-sig"))
write("125-bcp-utf16-without-mark.txt", "id\tname\tvolume\r\n17\tGröße\t55\r\n18\tRain\t40\r\n".encode("utf-16-le"))
write("126-utf16be-without-mark.txt", "id\tname\tvolume\r\n17\tGröße\t55\r\n18\tRain\t40\r\n".encode("utf-16-be"))
# sqlcmd -s"," -W: a line of dashes under the header, a count at the end.
write("127-sqlcmd.txt", "id,name,volume\r\n--,----,------\r\n17,Rain,55\r\n18,Wind,40\r\n\r\n(2 rows affected)\r\n".encode())
# Oracle SQL*Plus with "set markup csv on".
write("128-sqlplus-markup.csv", '\n"ID","NAME","VOLUME"\n17,"Größe",55\n18,"Rain",\n\n2 rows selected.\n\n'.encode())

# A table pasted from a web page or a chat: pipes as in Markdown.
write("130-markdown.md", b"| id | name | volume |\n|---:|------|-------:|\n| 17 | Rain | 55 |\n| 18 | Wind | 40 |\n")
write("131-pipes.txt", "id|name|volume\n17|Größe|55\n18|Rain, wind; sun|40\n".encode())
# Copied from a mail: blanks that do not break, zero widths and soft hyphens.
nbsp = "id,name,volume\n\u00a017\u00a0,Rain\u00a0fall,55\u00a0%\n\u200b18,Wind\u200b,40\n1\u00ad9,Sun\u00adny,10\n20,Snow,1\u200b0\n"
write("132-invisible-characters.csv", nbsp.encode())
# Accents as two characters, as macOS names files.
write("133-decomposed-accents.csv", "id,name\n17,Gro\u0308ße\n18,Cafe\u0301\n".encode())
write("134-windows-1250-polish.csv", "id;name;volume\r\n17;Żółć;55\r\n18;Źdźbło;40\r\n".encode("cp1250"))
write("135-windows-1251-russian.csv", "id;name;volume\r\n17;Дождь;55\r\n18;Ветер;40\r\n".encode("cp1251"))
write("136-gbk-chinese.csv", "id,name,volume\r\n17,雨声,55\r\n18,风,40\r\n".encode("gbk"))
write("137-koi8-r.csv", "id,name,volume\n17,Дождь,55\n18,Ветер,40\n".encode("koi8-r"))
write("138-euc-kr-korean.csv", "id,name,volume\r\n17,빗소리,55\r\n18,바람,40\r\n".encode("cp949"))
write("139-utf8-and-one-latin1-line.csv", "id,name\n17,Größe\n18,".encode() + b"Caf\xe9\n19,Rain\n")
write("140-utf32.csv", "id,name\n17,Größe\n".encode("utf-32"))
write("141-two-columns-for-one-field.csv", b"Track ID,Title,Name,Vol,volume %\n17,Rain,Rain,55,55\n18,Wind,Storm,40,41\n")
write("142-header-synonyms.csv",
      b"Background Track ID,Track Name,Volume (percent),Project,Audio URL\n17,Rain,55,3,https://example.com/r.mp3\n")
write("143-columns-that-shifted.csv", b"id,name,volume,project_id\n17,55,Rain,3\n18,40,Wind,3\n19,10,Sun,3\n")
write("144-smells.csv", b"id,name,volume\n1,Rain,50\n2,rain,50\n3,RAIN,50\n4,Wind,50\n5,wind,50\n6,Sun,50\n7,Snow,50\n8,Hail,50\n9,Fog,50\n10,Dew,50\n")
write("145-one-cause-many-rows.csv", b"id,name,volume\n" + b"".join(b"%d,Track %d,0.%d\n" % (i, i, i % 90 + 10) for i in range(17, 429)))
