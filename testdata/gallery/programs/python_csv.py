"""Text that Python's own modules csv and json write."""

import csv
import io
import json

from tracks import HEADER, TRACKS, out, write


def dictionaries(none=None):
    return [dict(zip(HEADER, [none if c is None else c for c in row])) for row in TRACKS]


def values():
    """The tracks for JSON, where a track of no project has null. pandas and others write
    null for everything that is missing, too."""
    return [{k: None if v == "null" else v for k, v in d.items()} for d in dictionaries()]


def table(name, rows, encoding="utf-8", **kind):
    with open(out(name), "w", newline="", encoding=encoding) as f:
        writer = csv.DictWriter(f, HEADER, **kind)
        writer.writeheader()
        writer.writerows(rows)


table("150-python-csv.csv", dictionaries())
table("151-python-csv-all-quoted.csv", dictionaries(), quoting=csv.QUOTE_ALL)
table("152-python-csv-nonnumeric.csv", dictionaries(), quoting=csv.QUOTE_NONNUMERIC)
table("153-python-csv-excel-tab.tsv", dictionaries(), dialect="excel-tab")
table("154-python-csv-unix.csv", dictionaries(), dialect="unix")
table("155-python-csv-none.csv", dictionaries("None"))
table("156-python-csv-backslashes.csv", dictionaries(), quoting=csv.QUOTE_NONE, escapechar="\\")
table("157-python-csv-backslash-quotes.csv", dictionaries(), doublequote=False, escapechar="\\")

# The file was opened without newline="": on Windows every line then ends with CR CR LF.
text = io.StringIO()
writer = csv.writer(text)
writer.writerows([HEADER] + TRACKS)
write("158-python-csv-windows-newline.csv", text.getvalue().replace("\n", "\r\n").encode("cp1252"))

write("160-python-json.json", json.dumps(values(), indent=2, ensure_ascii=False).encode())
write("161-python-json-lines.jsonl", "".join(json.dumps(d) + "\n" for d in values()).encode())
absent = [{k: v for k, v in d.items() if v is not None} for d in dictionaries()]
absent[-1]["project_id"] = None
write("162-python-json-without-none.json", json.dumps({"tracks": absent}).encode())
write("163-python-json-nan.json", json.dumps([{"id": 17, "volume": float("nan")}, {"id": 18, "volume": 40}]).encode())
