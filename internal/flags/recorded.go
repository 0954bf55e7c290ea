package flags

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// RecordedName is the name under which a flag is recorded.
func RecordedName(flag string) string { return strings.ReplaceAll(flag, "-", "_") }

// Record returns the values of the flags by their recorded names, without the flags in but.
// The flags in files name files: path converts their values.
func Record(f *pflag.FlagSet, but, files []string, path func(string) string) map[string]any {
	all := map[string]any{}
	f.VisitAll(func(f *pflag.Flag) {
		if slices.Contains(but, f.Name) {
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
		case slices.Contains(files, f.Name) && f.Value.String() != "":
			v = path(f.Value.String())
		}
		all[RecordedName(f.Name)] = v
	})
	return all
}

// Restore sets the flags that the user has not named to the recorded values. A flag whose
// recorded value is its default stays unset. ends maps a flag to another one: if the user
// has named that other flag, the recorded value of the first does not count.
func Restore(f *pflag.FlagSet, recorded map[string]any, ends map[string]string) error {
	for name, value := range recorded {
		flag := f.Lookup(strings.ReplaceAll(name, "_", "-"))
		switch {
		case flag == nil:
			return fmt.Errorf("the option %q is not known to this version", name)
		case flag.Changed, ends[flag.Name] != "" && f.Changed(ends[flag.Name]):
			continue
		}
		if err := restore(f, flag, value); err != nil {
			return fmt.Errorf("option %q: %w", name, err)
		}
	}
	return nil
}

// Words returns the flags that were named and that keep selects, as words of a command
// line. A flag that names an instant is left out: that time may be over when the words are
// used.
func Words(f *pflag.FlagSet, keep func(name string) bool) (words []string) {
	f.Visit(func(f *pflag.Flag) {
		if !keep(f.Name) {
			return
		}
		if u, ok := f.Value.(offUntil); ok && u.u.instant {
			return
		}
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		for _, v := range values {
			word := "--" + f.Name
			if f.Value.Type() != "bool" || v != "true" {
				word += "=" + v
			}
			words = append(words, word)
		}
	})
	return words
}

func restore(flags *pflag.FlagSet, f *pflag.Flag, value any) error {
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
		return fmt.Errorf("%v is not a value", value)
	}
	if text == f.DefValue || f.DefValue == Off && (text == "0" || text == "0s") {
		return nil
	}
	return flags.Set(f.Name, text)
}
