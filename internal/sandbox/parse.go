package sandbox

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ParseLimit parses the value of a flag: parts separated by commas,
//
//	20/s                 a token bucket; also 600/m, 9000/h, 1/2s, 50/250ms
//	burst=5              the size of that bucket
//	window=600/m         a fixed window
//	phase=300ms          from the start to an edge of the windows
//	concurrent=8         requests in flight
//	retry-after=seconds  how a 429 tells when to retry: none, seconds, exact, date,
//	                     or always the same time, as in retry-after=2s
//
// for example "20/s,burst=5,retry-after=seconds". "" and "none" mean no limit.
func ParseLimit(s string) (Limit, error) {
	var l Limit
	err := eachPart(s, func(key, value string) (err error) {
		switch key {
		case "":
			l.Rate, err = parseRate(value)
		case "burst":
			l.Burst, err = parsePositive(value)
		case "window":
			l.Window, err = parseRate(value)
		case "phase":
			l.Phase, err = parseDuration(value)
		case "concurrent":
			l.Concurrent, err = parsePositive(value)
		case "retry-after":
			if l.RetryAfter = RetryAfter(value); value == "none" {
				l.RetryAfter = RetryNone
			}
		default:
			return errUnknown("a rate such as 20/s, burst, window, phase, concurrent, retry-after")
		}
		return err
	})
	if err == nil {
		err = l.withDefaults().validate()
	}
	if err != nil {
		return Limit{}, fmt.Errorf("limit %s: %w", quoted(s), err)
	}
	return l, nil
}

// ParseLimits parses a limit and its changes: limits separated by @. Each but the first
// begins with the time from which it applies, for example
// "100/s,burst=20@30s:50/s,burst=20@1m:none".
func ParseLimits(s string) (Limit, []LimitChange, error) {
	first, rest, more := strings.Cut(s, "@")
	l, err := ParseLimit(first)
	if err != nil {
		return Limit{}, nil, err
	}
	var changes []LimitChange
	for more {
		var part string
		part, rest, more = strings.Cut(rest, "@")
		from, limit, ok := strings.Cut(part, ":")
		if !ok {
			return Limit{}, nil, fmt.Errorf("limit %s: must be a time and a limit, for example 30s:50/s", quoted(part))
		}
		var c LimitChange
		if c.From, err = parseDuration(from); err != nil {
			return Limit{}, nil, fmt.Errorf("limit %s: %w", quoted(part), err)
		}
		if c.Limit, err = ParseLimit(limit); err != nil {
			return Limit{}, nil, err
		}
		changes = append(changes, c)
	}
	if err := validateChanges(changes); err != nil {
		return Limit{}, nil, fmt.Errorf("limit %s: %w", quoted(s), err)
	}
	return l, changes, nil
}

// ParseLatency parses "250ms" or "200ms-300ms". "" and "none" mean none.
func ParseLatency(s string) (Latency, error) {
	text := strings.TrimSpace(s)
	if text == "" || text == "none" {
		return Latency{}, nil
	}
	var l Latency
	var err error
	if strings.Contains(text, "-") {
		l.Min, l.Max, err = parseSpan(text)
	} else {
		l.Min, err = parseDuration(text)
		l.Max = l.Min
	}
	if err == nil {
		err = l.validate()
	}
	if err != nil {
		return Latency{}, fmt.Errorf("latency %s: %w", quoted(s), err)
	}
	return l, nil
}

// ParseFaults parses the value of a flag: parts separated by commas, with
// probabilities as percentages (5%) or fractions (0.05),
//
//	503=5%               an error of this status, from 400 to 599
//	reset=1%             half reset-before=, half reset-after= the change
//	hang=0.5%            half hang-before=, half hang-after= the change
//	truncate=1%          half an answer, after the change
//	html=1%              half html-200= (before), half html-502= (after the change)
//	outage=10s-70s       connections are reset
//
// There may be several outages. "" and "none" mean no faults.
func ParseFaults(s string) (Faults, error) {
	f := Faults{}
	chances := map[string][]*float64{
		"reset":        {&f.ResetBefore, &f.ResetAfter},
		"reset-before": {&f.ResetBefore},
		"reset-after":  {&f.ResetAfter},
		"hang":         {&f.HangBefore, &f.HangAfter},
		"hang-before":  {&f.HangBefore},
		"hang-after":   {&f.HangAfter},
		"truncate":     {&f.Truncate},
		"html":         {&f.HTML200, &f.HTML502},
		"html-200":     {&f.HTML200},
		"html-502":     {&f.HTML502},
	}
	err := eachPart(s, func(key, value string) (err error) {
		switch {
		case key == "outage":
			var o Outage
			o.From, o.To, err = parseSpan(value)
			f.Outages = append(f.Outages, o)
			return err
		case chances[key] != nil:
			p, err := parseChance(value)
			for _, c := range chances[key] {
				if *c != 0 {
					return errors.New("this probability is given twice")
				}
				*c = p / float64(len(chances[key]))
			}
			return err
		}
		status, numErr := strconv.Atoi(key)
		if numErr != nil || strconv.Itoa(status) != key {
			return errUnknown("a status such as 503, reset, reset-before, reset-after, hang, hang-before, " +
				"hang-after, truncate, html, html-200, html-502, outage")
		}
		if f.Status == nil {
			f.Status = make(map[int]float64)
		}
		f.Status[status], err = parseChance(value)
		return err
	})
	if err == nil {
		err = f.validate()
	}
	if err != nil {
		return Faults{}, fmt.Errorf("faults %s: %w", quoted(s), err)
	}
	return f, nil
}

// ParseFail parses ids that always fail: "17=422,18=503".
func ParseFail(s string) (map[int64]int, error) {
	fail := make(map[int64]int)
	err := eachPart(s, func(key, value string) error {
		r := routeOf(base + "background_tracks/" + key)
		if !r.track {
			return errors.New("must be the id of a track, an equals sign and a status, for example 17=422")
		}
		status, err := parsePositive(value)
		if err == nil {
			err = checkFailure(status)
		}
		fail[r.id] = status
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("failures %s: %w", quoted(s), err)
	}
	return fail, nil
}

// maxIDs is how many ids ParseIDs returns at most: the listing holds each of them.
const maxIDs = 10_000_000

// ParseIDs parses ids of tracks: "1-1000" or "17,18,30-39".
func ParseIDs(s string) ([]int64, error) {
	var ids []int64
	for part := range strings.SplitSeq(s, ",") {
		from, to, isRange := strings.Cut(strings.TrimSpace(part), "-")
		if !isRange {
			to = from
		}
		first, err1 := strconv.ParseInt(from, 10, 64)
		last, err2 := strconv.ParseInt(to, 10, 64)
		if err1 != nil || err2 != nil || first < 1 || last < first || last-first >= maxIDs-int64(len(ids)) {
			return nil, fmt.Errorf("%s is not a range of ids", quoted(part))
		}
		for id := first; id <= last; id++ {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// eachPart calls f with the key and the value of every part. The key is empty if there
// is no equals sign. Only outages may repeat.
func eachPart(s string, f func(key, value string) error) error {
	if t := strings.TrimSpace(s); t == "" || t == "none" {
		return nil
	}
	seen := make(map[string]bool)
	for part := range strings.SplitSeq(s, ",") {
		part = strings.TrimSpace(part)
		key, value, ok := strings.Cut(part, "=")
		if !ok {
			key, value = "", part
		}
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		switch {
		case part == "":
			return errors.New("there is nothing between two commas")
		case ok && key == "":
			return fmt.Errorf("%s: there is nothing before the equals sign", quoted(part))
		case seen[key] && key != "outage":
			return fmt.Errorf("%s: is given twice", quoted(part))
		}
		seen[key] = true
		if err := f(key, value); err != nil {
			return fmt.Errorf("%s: %w", quoted(part), err)
		}
	}
	return nil
}

func errUnknown(known string) error { return fmt.Errorf("is not known: must be one of %s", known) }

// parseRate parses 20/s, 600/m, 9000/h and 5/2s.
func parseRate(s string) (Rate, error) {
	n, per, ok := strings.Cut(s, "/")
	if !ok {
		return Rate{}, errors.New("must be a number and a time, for example 20/s or 600/m")
	}
	count, err := parsePositive(n)
	if err != nil {
		return Rate{}, fmt.Errorf("%w (for less than one a second write 1/2s)", err)
	}
	if per = strings.TrimSpace(per); per == "s" || per == "m" || per == "h" {
		per = "1" + per
	}
	d, err := parseDuration(per)
	return Rate{N: count, Per: d}, err
}

func parsePositive(s string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("%s must be a positive integer", quoted(s))
	}
	return n, nil
}

func parseDuration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(strings.TrimSpace(s))
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%s must be a time, for example 250ms, 10s or 2m", quoted(s))
	}
	return d, nil
}

// parseSpan parses 10s-70s.
func parseSpan(s string) (from, to time.Duration, err error) {
	a, b, ok := strings.Cut(s, "-")
	if !ok {
		return 0, 0, fmt.Errorf("%s must be two times, for example 10s-70s", quoted(s))
	}
	if from, err = parseDuration(a); err != nil {
		return 0, 0, err
	}
	to, err = parseDuration(b)
	return from, to, err
}

// parseChance parses 5% and 0.05.
func parseChance(s string) (float64, error) {
	number, percent := strings.CutSuffix(s, "%")
	p, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if percent {
		p /= 100
	}
	if err != nil || !(p >= 0 && p <= 1) {
		return 0, fmt.Errorf("%s must be from 0%% to 100%%, or from 0 to 1", quoted(s))
	}
	return p, nil
}

func quoted(s string) string { return `"` + printable(s) + `"` }
