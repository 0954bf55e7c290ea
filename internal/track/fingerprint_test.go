package track

import "testing"

func TestFingerprint(t *testing.T) {
	values := map[string]Values{
		"volume":            {Volume: Value(5)},
		"another volume":    {Volume: Value(55)},
		"name":              {Name: Value("5")},
		"name null":         {Name: Value("null")},
		"no name":           {Name: Null[string]()},
		"project":           {Project: Value[ID](3)},
		"no project":        {Project: Null[ID]()},
		"media":             {Media: Value("https://example.com/a.mp3")},
		"volume and name":   {Volume: Value(5), Name: Value("5")},
		"a name like both":  {Name: Value("1:5;volume=1:5;")},
		"composed":          {Name: Value("\u00e9")},
		"decomposed":        {Name: Value("e\u0301")},
		"name with a blank": {Name: Value("5 ")},
	}
	seen := map[string]string{}
	for name, v := range values {
		f := v.Fingerprint()
		if len(f) != 16 {
			t.Errorf("%s: %q", name, f)
		}
		if other, ok := seen[f]; ok {
			t.Errorf("%s and %s have the same fingerprint", name, other)
		}
		seen[f] = name
	}
	if f := (Values{}).Fingerprint(); f != "" {
		t.Errorf("nothing asked: %q", f)
	}
	// Runs are taken up again by later versions: this must stay.
	if f := (Values{Volume: Value(55), Project: Null[ID]()}).Fingerprint(); f != "00b68047cae79e83" {
		t.Errorf("got %s", f)
	}
}

func BenchmarkFingerprint(b *testing.B) {
	v := Values{
		Name: Value("Background track number 23"), Volume: Value(55), Project: Value(ID(3)),
		Media: Value("https://media.example.com/audio/background/23/track.mp3"),
	}
	b.ReportAllocs()
	for b.Loop() {
		if v.Fingerprint() == "" {
			b.Fatal("none")
		}
	}
}

// Every field of the table counts, in its order.
func TestFingerprintOfEveryField(t *testing.T) {
	for _, a := range attributes {
		full := Values{Name: Value("n"), Volume: Value(1), Project: Value(ID(2)), Media: Value("m")}
		if full.Fingerprint() == a.Drop(full).Fingerprint() {
			t.Errorf("%s does not count", a.Name())
		}
	}
}
