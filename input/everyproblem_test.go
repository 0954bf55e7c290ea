package input

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tracksync/internal/track"
)

// everyProblemOf checks files, and returns what Check lists and what EveryProblem yields.
func everyProblemOf(t *testing.T, opts Options, files ...file) (listed, every Problems, s Summary) {
	t.Helper()
	m := openFiles(opts, files...)
	s, err := m.Check(context.Background())
	if err != nil && !errors.As(err, &listed) {
		t.Fatal(err)
	}
	if err == nil {
		listed = s.Problems
	}
	for p, err := range m.EveryProblem(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		every = append(every, p)
	}
	return listed, every, s
}

// EveryProblem yields what Check lists, in the same order.
func TestEveryProblem(t *testing.T) {
	entries, err := os.ReadDir(manifests)
	if err != nil {
		t.Fatal(err)
	}
	var files []file
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(manifests, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file{e.Name(), string(data)})
	}
	files = append(files,
		file{"twice.csv", "id,volume\n1,5\n2,6\n1,7\nx,5\n1,101\n2?,3\n"}, file{"empty.csv", "id\n"},
		file{"header.csv", "volume,Name,lautstärke,x,x\n1,2,3,4,5\n6,,200\n"},
		file{"fractions.csv", "id,volume\n7,1\n8,0.5\n9, 1\n"}, file{"none.csv", "id,name\n5,\n"},
		file{"wrapped.json", `{"x":1,"x":2,"tracks":[{"id":0},{"id":5,"y":2}],"z":3}`},
		file{"none.json", `{"x":1,"y":2}`}, file{"cut.yaml", "- id: 17\n- id: \"18\n- id: 17\n"})
	found := 0
	for _, opts := range []Options{{}, {Strict: true}, {OnInvalid: Skip}, {OnDuplicate: Last}, {IgnoreUnknown: true},
		{OnInvalid: Skip, OnDuplicate: Last}, {Only: []track.ID{17, 4}}, {Limit: 2, OnInvalid: Skip},
		{Columns: map[string]string{"name": "Title"}, Strict: true}} {
		for i, f := range files {
			listed, every, _ := everyProblemOf(t, opts, f, files[(i+1)%len(files)])
			if found += len(every); !slices.Equal(listed, every) {
				t.Errorf("%+v: %s and the next:\n%s\nCheck lists\n%s", opts, f.name, every, listed)
			}
		}
	}
	if found < 1000 {
		t.Errorf("only %d problems", found)
	}
}

// It yields all of them where Check only counts.
func TestMoreProblemsThanAreListed(t *testing.T) {
	text := "id,volume\n" + strings.Repeat("x,y\n17,1\n", 3000)
	listed, every, s := everyProblemOf(t, Options{}, file{"m.csv", text})
	if len(listed) != maxProblems+1 || !s.Cut || len(every) != s.Found || s.Found != 6000+2999 {
		t.Fatalf("%d of %d are listed, there are %d", len(listed), s.Found, len(every))
	}
	if every[len(every)-1].Position.Line != 6001 {
		t.Errorf("the last is %s", every[len(every)-1])
	}
	listed, every, _ = everyProblemOf(t, Options{}, file{"m.csv", "id,volume\n" + strings.Repeat("x,y\n", 3000)})
	if !slices.Equal(listed[:maxProblems], every[:maxProblems]) || len(every) != 6000 {
		t.Errorf("%d problems, and the first are others", len(every))
	}
	// What is known only when everything was read is never cut off.
	listed, every, _ = everyProblemOf(t, Options{OnInvalid: Skip, Limit: 1000}, file{"m.csv", "id,volume\n17,\n" +
		strings.Repeat("x,y\n", 3000) + "18,5\n"})
	const useless = "none of the selected rows sets anything"
	if last := listed[len(listed)-2:]; last[0].Message != useless || last[1].Message != "and 5000 more problems" ||
		every[len(every)-1].Message != useless {
		t.Errorf("the last are %v", last)
	}
}

// The caller may stop at any problem.
func TestEveryProblemEnds(t *testing.T) {
	m := openFiles(Options{}, file{"a.csv", "id,x\n1,\ny,\n"}, file{"b.csv", "id\n"}, file{"c.csv", "id\nz\n"})
	if _, err := m.Check(context.Background()); err == nil {
		t.Fatal("no problem")
	}
	for most := range 5 {
		n := 0
		for range m.EveryProblem(context.Background()) {
			if n++; n > most {
				break
			}
		}
		if want := min(4, most+1); n != want {
			t.Errorf("%d problems, want %d", n, want)
		}
	}
}

// Problems with one cause are one group: their values are taken out.
func TestGroups(t *testing.T) {
	text := "id,volume,xx,name\n"
	for i := range 412 {
		text += fmt.Sprintf("%d,%d,,\n", 17+i, 101+i)
	}
	text += "x,forty,,\n17,\"50,5\",,\n18,5,, \n"
	_, s, problems := read(t, Options{}, file{"m.csv", text})
	if problems == nil {
		t.Fatal("no problem")
	}
	var got []string
	for _, g := range s.Groups {
		got = append(got, fmt.Sprintf("%d/%d %s %s %v %d at %s", g.Count, g.Rows, g.Field, g.Message, g.Whole,
			len(g.First), g.First[0].Position))
	}
	want := []string{
		`1/0  unknown column "xx" true 1 at m.csv:1:11 (C1)`,
		`412/412 volume volume … is more than 100 false 5 at m.csv:2:4 (B2, volume)`,
		`1/1 id "x" is not an id true 1 at m.csv:414:1 (A414, id)`,
		`1/1 volume "forty" is not a volume true 1 at m.csv:414:3 (B414, volume)`,
		`2/2 id id … is already at m.csv:… (A…, id) true 2 at m.csv:415:1 (A415, id)`,
		`1/1 volume "50,5" is not a whole number true 1 at m.csv:415:4 (B415, volume)`,
		`1/1 name the name is blank true 1 at m.csv:416:7 (D416, name)`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Names of keys and columns are causes, not values; each source has its own groups.
func TestGroupsOfNames(t *testing.T) {
	text := strings.Repeat("- {id: 17, volum: 1, nmae: x}\n", 7)
	_, s, _ := read(t, Options{}, file{"a.yaml", text}, file{"b.yaml", "- {id: 18, volum: 1}\n"})
	var got []string
	for _, g := range s.Groups {
		got = append(got, fmt.Sprintf("%d/%d %s", g.Count, g.Rows, g.Message))
	}
	want := []string{`7/7 unknown key "volum"`, `7/7 unknown key "nmae"`, `6/6 id 17 is already at a.yaml:1:8`,
		`1/1 unknown key "volum"`}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// However many causes there are, few are stored, and no problem is lost.
func TestGroupsAreBounded(t *testing.T) {
	var g groups
	total, r := 0, rand.New(rand.NewPCG(1, 2))
	for i := range 20_000 {
		name := string(rune('a'+i%26)) + strings.Repeat("b", r.IntN(200))
		g.add(0, i+1, track.Problem{Message: `unknown key "` + name + `"`}, 1)
		total++
	}
	sum := g.left
	for _, one := range g.list() {
		sum += one.Count
		if len(one.First) > maxOfGroup || one.Rows != one.Count {
			t.Errorf("%+v", one)
		}
	}
	if sum != total || len(g.list()) != maxGroups {
		t.Errorf("%d problems in %d groups", sum, len(g.list()))
	}
}

func TestSplitMessage(t *testing.T) {
	for message, want := range map[string]string{
		`volume 155 is more than 100`:        `volume |155| is more than |100|`,
		`"a \"b\" 7"… is not a volume`:       `|"a \"b\" 7"…| is not a volume`,
		`"never closed`:                      `"never closed`,
		`unknown column "Spalte 7"`:          `unknown column "Spalte |7|"`,
		``:                                   ``,
		`id 17 is already at m.csv:2:1 (A2)`: `id |17| is already at m.csv:|2|:|1| (A|2|)`,
	} {
		var g groups
		parts := g.split(message)
		var b strings.Builder
		for i, part := range parts {
			if b.WriteString(part); i < len(g.values) {
				b.WriteString("|" + g.values[i] + "|")
			}
		}
		if got := strings.ReplaceAll(b.String(), "||", "|"); got != want {
			t.Errorf("%s: got %s", message, got)
		}
	}
}
