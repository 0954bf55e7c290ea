package cli

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"tracksync/internal/run"
)

// notRecorded are the flags that are about one process, and not about what the
// run does. The base URL is recorded beside them.
var notRecorded = []string{"resume", "out", "keep", "json", "stream", "yes", "no-lock", "help", "log-format", "log-level", "base-url"}

// narrowing are options that, named when a run is resumed, are about that session:
// the next one has all rows of the run again.
var narrowing = []string{"only", "limit"}

// fileFlags name files, which are recorded so that they are found from anywhere.
var fileFlags = []string{"api-key-file", "ca-file", "state"}

// recordedName is how run.json names the option of a flag.
func recordedName(flag string) string { return strings.ReplaceAll(flag, "-", "_") }

// options are the options that decide what a run does, by their flags' names.
func (s settings) options() map[string]any {
	all := map[string]any{}
	s.flags.VisitAll(func(f *pflag.Flag) {
		if slices.Contains(notRecorded, f.Name) {
			return
		}
		var v any = f.Value.String()
		switch list, isList := f.Value.(pflag.SliceValue); {
		case isList:
			v = append([]string{}, list.GetSlice()...)
		case f.Value.Type() == "bool":
			v = f.Value.String() == "true"
		case f.Value.Type() == "int":
			v, _ = strconv.Atoi(f.Value.String())
		case slices.Contains(fileFlags, f.Name) && f.Value.String() != "":
			if path, err := filepath.Abs(f.Value.String()); err == nil {
				v = run.PastLatest(path)
			}
		}
		all[recordedName(f.Name)] = v
	})
	return all
}

// applyOptions gives the flags that were not named again the values that were
// recorded. Flags that are at their default stay unnamed.
func applyOptions(options map[string]any, flags *pflag.FlagSet) error {
	for name, value := range options {
		f := flags.Lookup(strings.ReplaceAll(name, "_", "-"))
		switch {
		case f == nil:
			return fmt.Errorf("%s names the option %q, which this version does not know", run.DescriptionFile, name)
		case f.Changed, name == "max_rate" && flags.Changed("rate"):
			continue // a fixed rate named now ends what was said about auto
		}
		if err := applyOption(flags, f, value); err != nil {
			return fmt.Errorf("%s: option %q: %w", run.DescriptionFile, name, err)
		}
	}
	return nil
}

func applyOption(flags *pflag.FlagSet, f *pflag.Flag, value any) error {
	if list, ok := value.([]any); ok {
		for _, v := range list {
			if err := flags.Set(f.Name, fmt.Sprint(v)); err != nil {
				return err
			}
		}
		return nil
	}
	var text string
	switch v := value.(type) {
	case string:
		text = v
	case bool:
		text = fmt.Sprint(v)
	case float64:
		text = fmt.Sprintf("%.0f", v)
	default:
		return fmt.Errorf("%v is no value", value)
	}
	if text == f.DefValue || f.DefValue == off && (text == "0" || text == "0s") {
		return nil
	}
	return flags.Set(f.Name, text)
}
