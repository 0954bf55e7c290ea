//go:build unix

package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A table is printed line by line, as Markdown.
type table struct {
	missed []string // what did not reach its target
}

func (t *table) head() {
	fmt.Println("| | tracksync | against | ratio | target | |")
	fmt.Println("|---|---|---|---|---|---|")
}

// A target is what a value must be: at most limit, or at least.
type target struct {
	limit float64
	least bool
}

func atMost(limit float64) target  { return target{limit: limit} }
func atLeast(limit float64) target { return target{limit: limit, least: true} }

func (t target) String() string {
	if t.least {
		return "≥ " + strconv.FormatFloat(t.limit, 'f', -1, 64)
	}
	return "≤ " + strconv.FormatFloat(math.Round(t.limit*100)/100, 'f', -1, 64)
}

func (t target) met(value float64) bool {
	return value == t.limit || (value > t.limit) == t.least
}

// compared prints a line about two series of figures that were measured in turn.
func (t *table) compared(what, unit string, ours []float64, name string, theirs []float64, target target) {
	ratios := make([]float64, len(ours))
	for i := range ours {
		ratios[i] = ours[i] / theirs[i]
	}
	ratio := median(ratios)
	t.line(what, figure(median(ours), unit), name+" "+figure(median(theirs), unit), fmt.Sprintf("%.2f", ratio),
		target.String(), target.met(ratio))
}

// alone prints a line about figures with a target of their own.
func (t *table) alone(what, unit string, ours []float64, target target) {
	value := median(ours)
	t.line(what, figure(value, unit), "", "", target.String()+" "+unit, target.met(value))
}

func (t *table) line(what, ours, against, ratio, target string, met bool) {
	mark := "yes"
	if !met {
		mark = "no"
		t.missed = append(t.missed, strings.TrimSuffix(what+" against "+against, " against "))
	}
	fmt.Printf("| %s | %s | %s | %s | %s | %s |\n", what, ours, against, ratio, target, mark)
}

// figure writes three digits that count.
func figure(v float64, unit string) string {
	switch {
	case v >= 1000:
		return fmt.Sprintf("%.0f %s", v, unit)
	case v >= 100:
		return fmt.Sprintf("%.4g %s", v, unit)
	}
	return fmt.Sprintf("%.3g %s", v, unit)
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	if n := len(sorted); n%2 == 0 {
		return (sorted[n/2-1] + sorted[n/2]) / 2
	}
	return sorted[len(sorted)/2]
}
