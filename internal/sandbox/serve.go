package sandbox

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// serve answers as the service itself does.
func (s *Sandbox) serve(r *http.Request, x *exchange) answer {
	if !x.route.listing && !x.route.track {
		return failure(http.StatusNotFound)
	}
	if allow := x.route.methods(); !slices.Contains(allow, r.Method) {
		a := failure(http.StatusMethodNotAllowed)
		a.header["Allow"] = allow
		return a
	}
	if status, ok := s.config.Fail[x.route.id]; ok && x.route.track {
		return failure(status)
	}
	if tooLarge := new(http.MaxBytesError); errors.As(x.bodyErr, &tooLarge) {
		return failure(http.StatusRequestEntityTooLarge)
	} else if x.bodyErr != nil {
		return failure(http.StatusBadRequest)
	}
	if x.route.listing {
		return s.list(r.URL.RawQuery)
	}
	if r.Method == http.MethodGet {
		return s.read(r, x)
	}
	return s.update(r, x)
}

func (r route) methods() []string {
	if r.listing {
		return []string{http.MethodGet}
	}
	return []string{http.MethodGet, http.MethodPut}
}

// list answers with a page of tracks, ordered by id.
func (s *Sandbox) list(query string) answer {
	q, problems := parseListing(query, s.config.PageSize)
	if len(problems) > 0 {
		return invalid("Invalid request parameters", problems)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	page := []map[string]any{} // an empty page is [], not null
	for _, id := range s.tracks.page(q.offset, q.limit, q.name) {
		st, _ := s.tracks.get(id)
		page = append(page, s.tracks.answer(id, st))
	}
	return jsonAnswer(http.StatusOK, page)
}

func (s *Sandbox) read(r *http.Request, x *exchange) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, ok := s.tracks.get(x.route.id)
	if !ok {
		return failure(http.StatusNotFound)
	}
	if problems := noQuery(r.URL.RawQuery); len(problems) > 0 {
		return invalid("Invalid request parameters", problems)
	}
	return jsonAnswer(http.StatusOK, s.tracks.answer(x.route.id, st))
}

func (s *Sandbox) update(r *http.Request, x *exchange) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := x.route.id
	if _, ok := s.tracks.get(id); !ok {
		return failure(http.StatusNotFound)
	}
	d := decoder{maxVolume: s.config.MaxVolume, problems: noQuery(r.URL.RawQuery)}
	c, problems := d.decode(strings.Join(r.Header.Values("Content-Type"), ", "), x.body)
	if len(problems) > 0 {
		return invalid("Invalid request body", problems)
	}
	s.tracks.update(id, c, x.body, time.Now())
	st, _ := s.tracks.get(id)
	s.journal.applied(st.applied)
	x.event.Applied = true
	return jsonAnswer(http.StatusOK, s.tracks.answer(id, st))
}

// listing is the query of a listing.
type listing struct {
	limit, offset int
	name          *string // filter[name]: the whole name, case and all
}

// parseListing parses the query of a listing. It refuses unknown parameters, such as
// filter[custom] and filter[scopes]: ignoring them would give a wrong answer that
// looks right.
func parseListing(query string, pageSize int) (listing, []problem) {
	q := listing{limit: pageSize}
	values, err := url.ParseQuery(query)
	if err != nil {
		return q, []problem{{"query", "is malformed"}}
	}
	var problems []problem
	for _, key := range sortedKeys(values) {
		v, wrong := values[key][0], ""
		switch key {
		case "pagination[limit]":
			q.limit, wrong = parseCount(v, 1)
			q.limit = min(q.limit, pageSize)
		case "pagination[offset]":
			q.offset, wrong = parseCount(v, 0)
		case "filter[name]":
			q.name = &v
		default:
			wrong = "is not a known parameter"
		}
		if len(values[key]) > 1 {
			wrong = "is given twice"
		}
		if wrong != "" {
			problems = append(problems, problem{printable(key), wrong})
		}
	}
	return q, problems
}

// parseCount reads an integer that is not less than least. One that has more
// digits than any count is as good as the largest.
func parseCount(s string, least int) (int, string) {
	n, err := strconv.Atoi(s)
	if errors.Is(err, strconv.ErrRange) && s[0] != '-' {
		return n, ""
	}
	if err != nil {
		return 0, "must be an integer"
	}
	if n < least {
		return 0, "must be greater than or equal to " + strconv.Itoa(least)
	}
	return n, ""
}

// noQuery refuses all parameters.
func noQuery(query string) []problem {
	values, err := url.ParseQuery(query)
	if err != nil {
		return []problem{{"query", "is malformed"}}
	}
	var problems []problem
	for _, key := range sortedKeys(values) {
		problems = append(problems, problem{printable(key), "is not a known parameter"})
	}
	return problems
}
