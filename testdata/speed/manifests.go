//go:build unix

package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
)

// The forms of a track in a manifest, about 110 bytes each as CSV. Its arguments are
// the id, and a volume and a project that follow from it.
const (
	csvHeader = "id,name,volume,project_id,media_url\n"
	csvTrack  = "%[1]d,Background track number %[1]d of " +
		"all,%[2]d,%[3]d,https://media.example.com/tracks/%09[1]d/loop.mp3\n"
	yamlTrack = "- id: %[1]d\n  name: Background track number %[1]d of all\n  volume: %[2]d\n  project: {id: %[3]d}\n" +
		"  media: {url: https://media.example.com/tracks/%09[1]d/loop.mp3}\n"
	jsonTrack = `{"id":%[1]d,"name":"Background track number %[1]d of all","volume":%[2]d,"project":{"id":%[3]d},` +
		`"media":{"url":"https://media.example.com/tracks/%09[1]d/loop.mp3"}}` + "\n"
)

// manifest writes a manifest of so many tracks, unless it is there, and returns its
// name.
func (b *bench) manifest(tracks int, extension string) (string, error) {
	name := filepath.Join(b.dir, fmt.Sprintf("tracks-%d.%s", tracks, extension))
	if _, err := os.Stat(name); err == nil {
		return name, nil
	}
	header, form := "", map[string]string{"csv": csvTrack, "yaml": yamlTrack, "jsonl": jsonTrack}[extension]
	if extension == "csv" {
		header = csvHeader
	}
	file, err := os.Create(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	out := bufio.NewWriter(file)
	out.WriteString(header)
	for i := range tracks {
		fmt.Fprintf(out, form, 100_000+i, i%101, 1+i%7)
	}
	return name, out.Flush()
}
