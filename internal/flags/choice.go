package flags

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// choice is one of several lowercase words, or empty.
type choice[Word ~string] struct {
	word    *Word
	allowed []Word
}

// AddChoice adds a flag for one of several words, or for an empty text. Its default is the
// present value of word.
func AddChoice[Word ~string](f *pflag.FlagSet, word *Word, name string, allowed []Word, usage string) {
	f.Var(choice[Word]{word, allowed}, name, usage)
}

func (c choice[Word]) Set(text string) error {
	word := Word(strings.ToLower(strings.TrimSpace(text)))
	if word == "" || slices.Contains(c.allowed, word) {
		*c.word = word
		return nil
	}
	list := "use "
	for i, w := range c.allowed {
		switch {
		case i > 0 && i == len(c.allowed)-1:
			list += " or "
		case i > 0:
			list += ", "
		}
		list += string(w)
	}
	return errors.New(list)
}

func (c choice[Word]) String() string {
	if c.word == nil {
		return ""
	}
	return string(*c.word)
}

func (choice[Word]) Type() string { return "string" }
