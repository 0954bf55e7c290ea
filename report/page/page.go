package page

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"tracksync/report"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

//go:embed page.js
var pageJS string

// page is what the template shows.
type page struct {
	CSS    template.CSS
	JS     template.JS
	Policy string
	head
	OverTime *overTime // nil: nothing was sent
	Latency  *latency  // nil: nothing was answered
	Causes   []cause
	rows
}

// Write writes the page of a run: its summary, and the rows that need attention. It stores
// the page and no more, so its memory does not grow with the run.
func Write(w io.Writer, s report.Summary, list *List) error {
	p := page{
		CSS: template.CSS(pageCSS), JS: template.JS(pageJS), Policy: policy(pageJS),
		head: headOf(s), OverTime: overTimeOf(s), Latency: latencyOf(s), Causes: causesOf(s.Failures),
		rows: list.rows(list.count(s)),
	}
	tmpl, err := parse()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := tmpl.Execute(&b, p); err != nil {
		return fmt.Errorf("the page: %w", err)
	}
	_, err = b.WriteTo(w)
	return err
}

func parse() (*template.Template, error) {
	tmpl, err := template.New("page").Parse(pageHTML)
	if err != nil {
		return nil, fmt.Errorf("the page's template: %w", err)
	}
	return tmpl, nil
}

// policy is the content security policy of the page: no connection, no image, no frame and
// no script but this one.
func policy(script string) string {
	sum := sha256.Sum256([]byte(script))
	return "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; script-src 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// stamp is a time as people read it; "" for the zero time.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// words turns a word for programs into words for people.
func words(s string) string { return strings.ReplaceAll(s, "_", " ") }
