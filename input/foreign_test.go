package input

import (
	"strings"
	"testing"
)

// Files of other kinds are refused with one message that says what they are.
func TestForeignFiles(t *testing.T) {
	owner := "\x03Joe" + strings.Repeat(" ", 51) + "\x03\x00J\x00o\x00e\x00" + strings.Repeat(" \x00", 51)
	for text, want := range map[string]string{
		"<html><body><table><tr><td>id</td></tr></table>":                                      "an HTML table",
		"\r\n <TABLE border=1><tr><td>id":                                                      "an HTML table",
		"\ufeff<!DOCTYPE html>\n<p>Sign in":                                                    "a web page",
		"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n":                 "a single file (MHTML)",
		`<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">`: "XML Spreadsheet 2003",
		`<?xml version="1.0"?><tracks/>`:                                                       "the file is XML",
		"ID;PWXL;N;E\r\nB;Y2;X3\r\nE\r\n":                                                      "SYLK",
		"TABLE\r\n0,1\r\n\"x\"\r\n":                                                            "DIF",
		"version https://git-lfs.github.com/spec/v1\noid sha256:0\n":                           "Git LFS",
		"%PDF-1.6\n%\xc3\xa4":                                                                  "PDF",
		`{\rtf1\ansi id,name}`:                                                                 "RTF",
		"SQLite format 3\x00\x10\x00":                                                          "SQLite",
		"\x09\x04\x06\x00\x00\x00\x10\x00":                                                     "Excel 2, 3 or 4",
		"\x00\x05\x16\x07\x00\x02\x00\x00":                                                     "AppleDouble",
		strings.Repeat("\x00", 512):                                                            "zeros",
		owner:                                                                                  "beside a workbook that is open",
	} {
		for _, name := range []string{"m.csv", "m.xlsx", "m"} {
			_, _, problems := read(t, Options{}, file{name, text})
			if len(problems) != 1 || !strings.Contains(problems[0].Error(), want) || problems[0].Hint == "" {
				t.Errorf("%s: %.40q: %v", name, text, problems)
			}
		}
	}
}

// JSON in a file that is a table by its name is said, unless it was named a table.
func TestJSONNamedAsTable(t *testing.T) {
	text := "{\"message\":\"Not Found\"}\n"
	_, _, problems := read(t, Options{}, file{"m.csv", text})
	wantProblems(t, problems, "m.csv:1:1: the file is JSON, whatever its name says (give it a name that ends with .json")
	if _, _, problems := read(t, Options{Format: CSV}, file{"m.csv", text}); len(problems) < 2 {
		t.Errorf("%v", problems)
	}
}

// Tables may begin in a similar way.
func TestTablesLikeForeignFiles(t *testing.T) {
	for _, text := range []string{
		"ID;Project;Name\n17;3;a\n", "ID;Project;Name\n\n17;3;a\n", "<htm>,id\n,17\n", "table,id\n,17\n",
		"<b>,id\n,17\n", "MIME-Version:,id\n,17\n", "TABLE,id\n,17\n",
	} {
		if rows, _, problems := read(t, Options{IgnoreUnknown: true, AllowEmpty: true}, file{"m.csv", text}); len(rows) != 1 {
			t.Errorf("%q: %v", text, problems)
		}
	}
}
