"""Files that pandas writes."""

import pandas

from tracks import HEADER, TRACKS, out

# Numbers with gaps become floats: 55.0. A project that is text stays text.
frame = pandas.DataFrame(TRACKS, columns=HEADER)
# An id column with a gap too, as after a merge: 17.0.
outer = frame.drop(columns="project_id")
outer["id"] = outer["id"].astype(float)
missing = pandas.concat([outer, pandas.DataFrame([{"name": "No track"}])], ignore_index=True)

frame.to_csv(out("170-pandas.csv"), index=False)
frame.to_csv(out("171-pandas-index.csv"))
outer.to_csv(out("172-pandas-float-ids.csv"), index=False)
missing.to_csv(out("173-pandas-missing-id.csv"), index=False)
outer.to_csv(out("174-pandas-nan.csv"), index=False, na_rep="nan")
frame.to_csv(out("175-pandas-utf16.csv"), index=False, encoding="utf-16")
frame.to_csv(out("176-pandas-packed.csv.gz"), index=False, compression={"method": "gzip", "mtime": 1})
plain = frame.replace({"project_id": {"null": None}})
plain.to_json(out("177-pandas-records.json"), orient="records")
plain.to_json(out("178-pandas-lines.jsonl"), orient="records", lines=True)
plain.to_json(out("179-pandas-columns.json"))
outer.assign(volume=outer["volume"] / 100).to_csv(out("180-pandas-fractions.csv"), index=False)
frame.to_string(out("181-pandas-to-string.txt"), index=False)

frame.to_excel(out("230-pandas.xlsx"), index=False, engine="openpyxl")
frame.to_excel(out("231-pandas-index.xlsx"), engine="openpyxl")
outer.to_excel(out("232-pandas-float-ids.xlsx"), index=False, engine="xlsxwriter")
outer.to_excel(out("233-pandas-nan.xlsx"), index=False, na_rep="nan", engine="openpyxl")
outer.assign(volume=outer["volume"] / 100).to_excel(out("234-pandas-fractions.xlsx"), index=False, engine="openpyxl")
dated = frame.assign(volume=pandas.to_datetime(["2026-05-01", "2026-05-02", None, "2026-05-04", "2026-05-05"]))
dated.to_excel(out("235-pandas-dates.xlsx"), index=False, engine="openpyxl")
wide = frame.set_index(["project_id", "id"])
wide.to_excel(out("236-pandas-merged-index.xlsx"), engine="openpyxl")
