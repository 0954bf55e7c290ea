// Command bare is the least that updates tracks from a CSV file: net/http, as many
// workers as it is told, and one line of JSON a row. It checks nothing but the
// status, and a row that fails ends it.
package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"sync"
)

type body struct {
	Name    string  `json:"name"`
	Volume  int     `json:"volume"`
	Project project `json:"project"`
	Media   media   `json:"media"`
}

type project struct {
	ID int64 `json:"id"`
}

type media struct {
	URL string `json:"url"`
}

type result struct {
	ID     string `json:"id"`
	Status int    `json:"http_status"`
}

func main() {
	base := flag.String("base-url", "", "base URL of the API")
	workers := flag.Int("workers", 64, "requests in flight")
	out := flag.String("out", "results.jsonl", "where the results go")
	flag.Parse()

	file, err := os.Create(*out)
	check(err)
	lines := bufio.NewWriter(file)
	encoder := json.NewEncoder(lines)
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = *workers, *workers
	client := &http.Client{Transport: transport}

	rows := make(chan []string, *workers)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range *workers {
		wg.Go(func() {
			for row := range rows {
				status := send(client, *base, row)
				mu.Lock()
				check(encoder.Encode(result{ID: row[0], Status: status}))
				mu.Unlock()
			}
		})
	}
	read(flag.Arg(0), rows)
	wg.Wait()
	check(lines.Flush())
	check(file.Close())
}

// read hands the rows of a CSV file on, without its header.
func read(name string, rows chan<- []string) {
	file, err := os.Open(name)
	check(err)
	defer file.Close()
	defer close(rows)
	reader := csv.NewReader(bufio.NewReader(file))
	_, err = reader.Read()
	check(err)
	for {
		row, err := reader.Read()
		if err == io.EOF {
			return
		}
		check(err)
		rows <- row
	}
}

func send(client *http.Client, base string, row []string) int {
	volume, err := strconv.Atoi(row[2])
	check(err)
	projectID, err := strconv.ParseInt(row[3], 10, 64)
	check(err)
	b, err := json.Marshal(body{Name: row[1], Volume: volume, Project: project{projectID}, Media: media{row[4]}})
	check(err)
	request, err := http.NewRequest(http.MethodPut, base+"/background_tracks/"+row[0], bytes.NewReader(b))
	check(err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Api-Key", "write_speed")
	response, err := client.Do(request)
	check(err)
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	check(err)
	if response.StatusCode != http.StatusOK {
		check(fmt.Errorf("row %s: %s", row[0], response.Status))
	}
	return response.StatusCode
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
