package journal

import (
	"bytes"
	"time"

	"tracksync/internal/track"
)

// scanBrief reads a line in the form of appendResult: the same keys in the same order, values
// of the right types, and no blanks. ok is false for any other line, valid or not.
func scanBrief(text []byte) (b brief, ok bool) {
	s := scanner{text: text}
	s.place(&b)
	b.place = placeOf(text[:s.at])
	s.need(`,"status":`)
	status := s.plain()
	for _, known := range statuses {
		if string(status) == string(known) {
			b.status = known
		}
	}
	s.counts()
	if s.skip(`,"changes":`) {
		b.media = s.changes()
	}
	if s.skip(`,"answered_media_url":`) {
		s.textOrNull()
	}
	if s.skip(`,"wanted":`) {
		s.changes()
	}
	if s.skip(`,"asked":`) {
		b.asked = askedNumber(s.plain())
	}
	if s.skip(`,"error":`) {
		s.failure()
	}
	s.need(`,"finished_at":`)
	b.at = s.stamp()
	s.need(`}`)
	return b, !s.bad && s.at == len(text) && b.row >= 1 && b.row <= MaxRow && b.status != ""
}

// scanner reads a line from left to right. After it has found something unexpected, it is bad
// and no longer moves.
type scanner struct {
	text []byte
	at   int
	bad  bool
}

func (s *scanner) place(b *brief) {
	s.need(`{"row":`)
	b.row = int(s.whole())
	s.need(`,"source":`)
	s.quoted()
	s.optional(`,"line":`)
	if s.skip(`,"sheet":`) {
		s.quoted()
	}
	if s.skip(`,"cell":`) {
		s.quoted()
	}
	b.id = track.ID(s.optional(`,"id":`))
}

func (s *scanner) counts() {
	s.optional(`,"http_status":`)
	s.need(`,"attempts":`)
	s.whole()
	s.optional(`,"rate_limited":`)
	s.optional(`,"outage_attempts":`)
	if s.skip(`,"duration_ms":`) {
		s.whole()
		if s.skip(".") {
			s.digits()
		}
	}
}

// changes reports whether media was sent.
func (s *scanner) changes() (media bool) {
	s.need(`{`)
	first := s.at
	if s.member(first, `"name":`) {
		s.change(s.textOrNull)
	}
	if s.member(first, `"volume":`) {
		s.change(s.wholeOrNull)
	}
	if s.member(first, `"project_id":`) {
		s.change(s.wholeOrNull)
	}
	if s.member(first, `"media_url":`) {
		media = s.change(s.textOrNull)
	}
	s.need(`}`)
	return media
}

// change reads the change of a field, and reports whether it has the value that was sent.
func (s *scanner) change(value func()) (to bool) {
	s.need(`{`)
	first := s.at
	if s.member(first, `"from":`) {
		value()
	}
	if to = s.member(first, `"to":`); to {
		value()
	}
	s.need(`}`)
	return to
}

// member skips the key of a member of an object, with the comma before it, if that key comes
// next. first is the offset of the first member.
func (s *scanner) member(first int, key string) bool {
	from := s.at
	if (s.at == first || s.skip(",")) && s.skip(key) {
		return true
	}
	s.at = from
	return false
}

func (s *scanner) failure() {
	s.need(`{"code":`)
	s.quoted()
	s.need(`,"message":`)
	s.quoted()
	if s.skip(`,"field":`) {
		s.quoted()
	}
	s.need(`,"retryable":`)
	if !s.skip("true") {
		s.need("false")
	}
	s.need(`}`)
}

// stamp reads a time in the form of stampLayout, as milliseconds.
func (s *scanner) stamp() int64 {
	s.need(`"`)
	year := s.fixed(4)
	s.need("-")
	month := s.fixed(2)
	s.need("-")
	day := s.fixed(2)
	s.need("T")
	hour := s.fixed(2)
	s.need(":")
	minute := s.fixed(2)
	s.need(":")
	second := s.fixed(2)
	s.need(".")
	at := time.Date(year, time.Month(month), day, hour, minute, second, s.fixed(3)*int(time.Millisecond), time.UTC)
	s.need(`Z"`)
	if year < 1970 || at.Day() != day || at.Month() != time.Month(month) || hour > 23 || minute > 59 || second > 59 {
		s.bad = true // decode then says what is wrong
	}
	return at.UnixMilli()
}

// fixed reads a number of width digits.
func (s *scanner) fixed(width int) int {
	from := s.at
	n := s.digits()
	if s.at-from != width {
		s.bad = true
	}
	return int(n)
}

// skip skips a text if it comes next.
func (s *scanner) skip(next string) bool {
	if s.bad || len(s.text)-s.at < len(next) || string(s.text[s.at:s.at+len(next)]) != next {
		return false
	}
	s.at += len(next)
	return true
}

func (s *scanner) need(next string) {
	if !s.skip(next) {
		s.bad = true
	}
}

// optional reads the whole number of a key that may be missing.
func (s *scanner) optional(key string) int64 {
	if !s.skip(key) {
		return 0
	}
	return s.whole()
}

func (s *scanner) wholeOrNull() {
	if !s.skip("null") {
		s.whole()
	}
}

func (s *scanner) textOrNull() {
	if !s.skip("null") {
		s.quoted()
	}
}

// whole reads a whole number that is not negative.
func (s *scanner) whole() int64 {
	from := s.at
	n := s.digits()
	if s.at-from > 1 && s.text[from] == '0' {
		s.bad = true
	}
	return n
}

// digits reads 1 to 18 of them.
func (s *scanner) digits() (n int64) {
	from := s.at
	for s.at < len(s.text) && s.text[s.at]-'0' < 10 {
		n = n*10 + int64(s.text[s.at]-'0')
		s.at++
	}
	if s.at == from || s.at-from > 18 {
		s.bad = true
	}
	return n
}

// plain reads a string without escapes.
func (s *scanner) plain() []byte {
	text := s.quoted()
	if bytes.IndexByte(text, '\\') >= 0 {
		s.bad = true
	}
	return text
}

// quoted reads a string, and returns it with its escapes.
func (s *scanner) quoted() []byte {
	s.need(`"`)
	if s.bad {
		return nil
	}
	rest := s.text[s.at:]
	for i := 0; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == '"':
			s.at += i + 1
			return rest[:i]
		case c == '\\':
			n := escape(rest[i:])
			if n == 0 {
				s.bad = true
				return nil
			}
			i += n - 1
		case c < ' ':
			s.bad = true
			return nil
		}
	}
	s.bad = true
	return nil
}

// escape is the length of the escape at the beginning of text; 0 if it is none.
func escape(text []byte) int {
	switch {
	case len(text) < 2:
		return 0
	case text[1] == 'u' && len(text) >= 6:
		if len(bytes.Trim(text[2:6], "0123456789abcdefABCDEF")) > 0 {
			return 0
		}
		return 6
	case bytes.IndexByte([]byte(`"\/bfnrt`), text[1]) >= 0:
		return 2
	}
	return 0
}
