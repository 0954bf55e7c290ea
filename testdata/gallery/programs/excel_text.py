"""Text as Excel saves it, byte for byte. Excel does not run here.

Excel quotes a cell that holds the separator, a quotation mark or a line break, ends
lines with CRLF, keeps a line break inside a cell as LF, and writes what a cell shows:
percents as 55%, numbers with the signs of the country, errors in its language.
"Unicode Text" also quotes cells with commas.
"""

from tracks import HEADER, TRACKS, write


def excel(rows, separator, quoted='"\n\r', null=""):
    def cell(value):
        text = null if value is None else str(value)
        if any(c in text for c in quoted + separator):
            text = '"' + text.replace('"', '""') + '"'
        return text
    return "".join(separator.join(map(cell, row)) + "\r\n" for row in rows)


def percent(rows):
    return [row[:2] + ["" if row[2] is None else f"{row[2]}%"] + row[3:] for row in rows]


table = [HEADER] + percent(TRACKS)
german = [["ID", "Titel", "Lautstärke", "Projekt", "URL"]] + percent(TRACKS)

write("001-excel-us-csv.csv", excel(table, ",").encode("cp1252"))
write("002-excel-us-csv-utf8.csv", excel(table, ",").encode("utf-8-sig"))
write("003-excel-de-csv.csv", excel(table, ";").encode("cp1252"))
write("004-excel-de-csv-utf8.csv", excel(table, ";").encode("utf-8-sig"))
write("005-excel-de-unicode-text.txt", excel(table, "\t", '"\n\r,').encode("utf-16"))
write("006-excel-de-german-headers.csv", excel(german, ";").encode("utf-8-sig"))

french = [["Track ID", "Title", "Volume (%)", "Project", "Media URL"],
          [1017, "L’été à la plage", "55 %", 3, "https://example.com/ete.mp3"],
          [1018, "Œuvre « cœur »", "40 %", 3, ""],
          [1019, "Noël\nà Lille", "0 %", "null", ""]]
write("007-excel-fr-csv.csv", excel(french, ";").encode("cp1252"))
# With "separator of thousands" for the ids: French Excel shows a narrow NBSP, which
# windows-1252 has only as NBSP.
grouped = [french[0]] + [[f"{row[0]:,}".replace(",", "\u00a0")] + row[1:] for row in french[1:]]
write("008-excel-fr-grouped-ids.csv", excel(grouped, ";").encode("cp1252"))

japanese = [["id", "name", "volume", "project_id"],
            [17, "雨の音①", "55%", 3], [18, "ｶﾞｷﾞｸﾞ～波", "40%", "null"], [19, "表示ソ", "", 3]]
write("009-excel-jp-csv.csv", excel(japanese, ",").encode("cp932"))
write("010-excel-jp-csv-utf8.csv", excel(japanese, ",").encode("utf-8-sig"))
write("011-excel-jp-unicode-text.txt", excel(japanese, "\t", '"\n\r,').encode("utf-16"))

without_euro = [[c.replace(" – and €5", "") if isinstance(c, str) else c for c in row] for row in table]
write("012-excel-mac-csv.csv", excel(table, ";").replace("\r\n", "\r").encode("mac_roman"))
write("013-excel-de-msdos-csv.csv", excel(without_euro, ";").encode("cp850"))
write("014-excel-us-tab-text.txt", excel(table, "\t", '"\n\r,').encode("cp1252"))

rounded = [["id", "name", "volume"], ["1.23457E+17", "Long", "55%"], ["1.7E+05", "Short", "40%"],
           [1234567890123450000, "Zeros", "10%"], ["1,234", "Comma", "10%"]]
write("015-excel-us-rounded-ids.csv", excel(rounded, ",").encode("cp1252"))

errors = [["id", "name", "volume", "project_id"], [17, "#NV", "#BEZUG!", 3], ["########", "Schmal", "55%", 3],
          [19, "WAHR", "FALSCH", "WAHR"], [20, "Datum", "05. Mai", 3], [21, "Komma", "0,55", 3],
          [22, "Euro", "55,00 €", 3], [23, "Minus", "-5%", 3]]
write("016-excel-de-errors-and-dates.csv", excel(errors, ";").encode("cp1252"))

notes = [["Background tracks, autumn 2026", "", "", ""], ["", "", "", ""],
         ["As agreed with Léa on 23.11.", "", "", ""], ["", "", "", ""],
         ["id", "name", "volume", "project_id"], [17, "Rain", "55%", 3], [18, "Wind", "40%", 3],
         ["", "", "", ""], ["", "", "", ""]]
write("017-excel-us-notes-above.csv", excel(notes, ",").encode("utf-8-sig"))
write("018-excel-us-header-given.csv", excel([["Our", "list"]] + notes[4:7], ",").encode("utf-8-sig"))

# Written by hand or by a server so that every Excel splits the cells.
write("019-sep-line.csv", ("sep=;\r\n" + excel(table, ";")).encode("utf-8"))
write("020-sep-line-windows.csv", ("sep=;\r\n" + excel(table, ";")).encode("cp1252"))
write("021-sep-line-utf16.csv", ("sep=\t\r\n" + excel(table, "\t")).encode("utf-16"))

# A column of formulas that was filled down below the last row, and a phantom column.
phantom = [row + [""] for row in table] + [[""] * 6] * 40
write("022-excel-us-phantom-cells.csv", excel(phantom, ",").encode("utf-8-sig"))
# Saved as CSV UTF-8 from a file that had been opened with the wrong encoding.
twice = [[c.encode("utf-8").decode("cp1252") if isinstance(c, str) else c for c in row] for row in table[:3]]
write("023-excel-us-decoded-twice.csv", excel(twice, ",").encode("utf-8-sig"))
# Saved in a code page that lacks the letters: Excel writes question marks.
lost = [["id", "name", "volume"], [17, "Żółć", "55%"], [18, "Дождь", "40%"], [19, "雨", "10%"]]
write("024-excel-us-lost-letters.csv", excel(lost, ",").encode("cp1252", "replace"))
