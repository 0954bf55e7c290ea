package journal

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// reflected is the line of a result as encoding/json writes it.
type reflected struct {
	track.Result
	FinishedAt stamp `json:"finished_at"`
}

type stamp time.Time

func (s stamp) MarshalJSON() ([]byte, error) {
	return time.Time(s).UTC().AppendFormat(nil, `"`+stampLayout+`"`), nil
}

// fill sets every field of v to a random value or leaves it empty.
func fill(v reflect.Value, r *rand.Rand) {
	if r.IntN(3) == 0 {
		return
	}
	text := []string{"", "plain", `"Ü" <&>`, "a\x9b\u202e\x00", "\xff", "null", "  ", "1.5"}[r.IntN(8)]
	switch to := v.Addr().Interface().(type) {
	case *time.Time:
		*to = time.UnixMicro(r.Int64N(1 << 50))
	case *track.Field[string]:
		*to = []track.Field[string]{track.Value(text), track.Null[string](), track.Odd[string](text)}[r.IntN(3)]
	case *track.Field[int]:
		*to = []track.Field[int]{track.Value(r.IntN(101) - 50), track.Null[int](), track.Odd[int]("77.5")}[r.IntN(3)]
	case *track.Field[track.ID]:
		*to = []track.Field[track.ID]{track.Value(track.ID(r.Int64())), track.Null[track.ID](),
			track.Odd[track.ID]("x")}[r.IntN(3)]
	default:
		fillKind(v, text, r)
	}
}

func fillKind(v reflect.Value, text string, r *rand.Rand) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), r)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), r)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), r.IntN(3), 3))
		for i := range v.Len() {
			fill(v.Index(i), r)
		}
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat([]float64{0, 0.001, 412.6, 1e21, 1e-7, 123456789.125}[r.IntN(6)])
	default:
		v.SetInt(r.Int64N(1000))
	}
}

// A line is what encoding/json would write, for any result, and also for fields that
// Result gets later.
func TestLinesAreThoseOfEncodingJSON(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 12))
	for range 5000 {
		var r track.Result
		fill(reflect.ValueOf(&r).Elem(), random)
		want, err := safe.JSON(reflected{Result: r, FinishedAt: stamp(r.FinishedAt)})
		if err != nil {
			t.Fatal(err)
		}
		got, err := encode(nil, r)
		if err != nil || string(got) != string(want) {
			t.Fatalf("%+v is written as\n%s, %v; want\n%s", r, got, err, want)
		}
	}
}
