package cli

import (
	"testing"

	"tracksync/internal/terminal"
)

func TestEveryCommandHasHelp(t *testing.T) {
	a := &app{log: &terminal.Messages{}}
	root := a.root()
	for _, cmd := range append(root.Commands(), root) {
		if cmd.Long == "" || cmd.Example == "" || cmd.Short == "" {
			t.Errorf("%s: long %q, example %q", cmd.Name(), cmd.Long, cmd.Example)
		}
	}
	texts, err := helpTexts.ReadDir("help")
	if err != nil || len(texts) != len(root.Commands())+1 {
		t.Errorf("%d texts, %v", len(texts), err)
	}
}
