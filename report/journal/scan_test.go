package journal

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"tracksync/internal/track"
)

// decodedBrief is the brief of a line that is decoded.
func decodedBrief(text []byte) (brief, error) {
	r, err := decodeAny(text)
	return brief{
		row: r.Row, id: r.ID, status: r.Status, asked: askedNumber([]byte(r.Asked)), at: r.FinishedAt.UnixMilli(),
		media: !r.Changes.Media.To.IsZero(), left: len(r.Left) > 0,
	}, err
}

// sameAsDecoded fails when scanning a line says something else than decoding it.
func sameAsDecoded(t *testing.T, text []byte) (scanned bool) {
	t.Helper()
	if r, ok := scanResult(text); ok {
		want, err := decodeAny(text)
		if r, bad := checked(r); !reflect.DeepEqual(r, want) || (bad == nil) != (err == nil) {
			t.Fatalf("scanned as %+v, %v, decoded as %+v, %v:\n%s", r, bad, want, err, text)
		}
	}
	got, ok := scanBrief(text)
	if !ok {
		return false
	}
	want, err := decodedBrief(text)
	if got.place == 0 {
		t.Errorf("no place in %s", text)
	}
	want.place = got.place
	if err != nil || got != want {
		t.Fatalf("scanned as %+v, decoded as %+v, %v:\n%s", got, want, err, text)
	}
	return true
}

// fullLine is a line of an update as most are.
func fullLine(t testing.TB) []byte {
	t.Helper()
	asked := track.Values{Name: track.Value("Morning “light” \u202e"), Volume: track.Value(55),
		Project: track.Null[track.ID](),
		Media:   track.Value("https://media.example.com/17.mp3")}
	text, err := Encode(track.Result{
		Row: 3, Source: "träcks.csv", Line: 4, ID: 17, Status: track.Updated, HTTPStatus: 200, Attempts: 2,
		RateLimited: 1, DurationMS: 412.6,
		Changes:       track.ChangesBetween(track.Values{Volume: track.Value(40)}, asked),
		AnsweredMedia: asked.Media, Asked: asked.Fingerprint(), FinishedAt: when,
		Error: &track.Error{Code: "odd", Message: `"\`, Field: "name", Retryable: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// What a run usually writes is scanned, and says the same as when it is decoded.
func TestScannedLines(t *testing.T) {
	if _, ok := scanResult(fullLine(t)); !ok || !sameAsDecoded(t, fullLine(t)) {
		t.Errorf("not scanned: %s", fullLine(t))
	}
	random := rand.New(rand.NewPCG(3, 4))
	scanned := 0
	for range 20000 {
		var r track.Result
		fill(reflect.ValueOf(&r).Elem(), random)
		r.Row, r.Status = 1+random.IntN(1000), statuses[random.IntN(len(statuses))]
		if text, err := Encode(r); err == nil && sameAsDecoded(t, text) {
			scanned++
		}
	}
	if scanned < 300 {
		t.Errorf("only %d of the lines were scanned", scanned)
	}
}

// A damaged line is scanned as what it would be decoded as, or not at all.
func TestScannedDamage(t *testing.T) {
	whole := fullLine(t)
	for i := range whole {
		sameAsDecoded(t, whole[:i])
		sameAsDecoded(t, append(whole[:i:i], whole[i+1:]...))
		for _, c := range []byte("\x00\"\\{}[]:,0-9.eEntf \xff") {
			line := append(append(whole[:i:i], c), whole[i+1:]...)
			sameAsDecoded(t, line)
			sameAsDecoded(t, append(append(whole[:i:i], c), whole[i:]...))
		}
	}
}

func FuzzScan(f *testing.F) {
	f.Add(fullLine(f))
	f.Add([]byte(told(1, 17, track.Failed, 5)))
	f.Fuzz(func(t *testing.T, text []byte) { sameAsDecoded(t, text) })
}

func BenchmarkBrief(b *testing.B) {
	text := fullLine(b)
	for _, way := range []struct {
		name string
		read func([]byte) (brief, error)
	}{{"scanned", readBrief}, {"decoded", decodedBrief}} {
		b.Run(way.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := way.read(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkResult(b *testing.B) {
	text := fullLine(b)
	for _, way := range []struct {
		name string
		read func([]byte) (track.Result, error)
	}{{"scanned", decode}, {"decoded", decodeAny}} {
		b.Run(way.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := way.read(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
