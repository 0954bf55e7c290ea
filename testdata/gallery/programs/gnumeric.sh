#!/usr/bin/env bash
# Workbooks that Gnumeric writes. $1 is the directory to write to; its text files are read.
set -euo pipefail
out=$1
from="$out/002-excel-us-csv-utf8.csv"
ssconvert -T Gnumeric_Excel:xlsx "$from" "$out/330-gnumeric-ecma-first.xlsx" 2>/dev/null
ssconvert -T Gnumeric_Excel:xlsx2 "$from" "$out/331-gnumeric-iso.xlsx" 2>/dev/null
ssconvert -T Gnumeric_Excel:excel_dsf "$from" "$out/406-gnumeric-excel95-and-97.xls" 2>/dev/null
ssconvert -T Gnumeric_XmlIO:sax "$from" "$out/429-gnumeric.gnumeric" 2>/dev/null
