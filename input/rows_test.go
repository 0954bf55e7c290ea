package input

import (
	"context"
	"testing"
)

// Whoever has had enough rows because the context ended is left alone.
func TestRowsThatEndWithTheContext(t *testing.T) {
	for name, content := range map[string]string{
		"a.csv":   "id,volume\n1,1\n2,2\n3,3\n",
		"a.jsonl": "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n",
		"a.yaml":  "- id: 1\n- id: 2\n- id: 3\n",
	} {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		m := openFiles(Options{AllowEmpty: true}, file{name, content})
		if _, err := m.Check(ctx); err != nil {
			t.Fatal(err)
		}
		rows := 0
		for _, err := range m.Rows(ctx) {
			if err != nil {
				t.Error(err)
			}
			rows++
			cancel()
			break
		}
		if rows != 1 {
			t.Errorf("%s: %d rows", name, rows)
		}
	}
}
