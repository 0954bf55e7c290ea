// Command reading reads a whole manifest with nothing but a library:
//
//	reading gocsv tracks.csv        gocsv's UnmarshalToCallback
//	reading yaml tracks.yaml        the YAML library's decoding of a whole document
//	reading excelize tracks.xlsx    excelize's iterator over rows
//
// It prints the number of tracks.
package main

import (
	"bufio"
	"fmt"
	"log"
	"os"

	"github.com/gocarina/gocsv"
	"github.com/xuri/excelize/v2"
	"go.yaml.in/yaml/v4"
)

type row struct {
	ID        int64  `csv:"id"`
	Name      string `csv:"name"`
	Volume    int    `csv:"volume"`
	ProjectID int64  `csv:"project_id"`
	MediaURL  string `csv:"media_url"`
}

type track struct {
	ID      int64   `yaml:"id"`
	Name    string  `yaml:"name"`
	Volume  int     `yaml:"volume"`
	Project project `yaml:"project"`
	Media   media   `yaml:"media"`
}

type project struct {
	ID int64 `yaml:"id"`
}

type media struct {
	URL string `yaml:"url"`
}

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: reading gocsv|yaml|excelize FILE")
	}
	read := map[string]func(string) (int, error){"gocsv": readCSV, "yaml": readYAML,
		"excelize": readWorkbook}[os.Args[1]]
	n, err := read(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(n)
}

func readCSV(name string) (n int, err error) {
	file, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	err = gocsv.UnmarshalToCallback(bufio.NewReader(file), func(row) { n++ })
	return n, err
}

func readYAML(name string) (int, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return 0, err
	}
	var tracks []track
	err = yaml.Unmarshal(b, &tracks)
	return len(tracks), err
}

func readWorkbook(name string) (n int, err error) {
	file, err := excelize.OpenFile(name)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	rows, err := file.Rows(file.GetSheetName(0))
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for ; rows.Next(); n++ {
		if _, err := rows.Columns(); err != nil {
			return n, err
		}
	}
	return n - 1, rows.Error()
}
