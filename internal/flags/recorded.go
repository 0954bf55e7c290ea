package flags

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// RecordedName is how the flag of a name is recorded.
func RecordedName(flag string) string { return strings.ReplaceAll(flag, "-", "_") }

// Record returns the values of flags by their recorded names, but for some. A name of a
// file is recorded as path says.
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

// Restore gives the flags that were not named again the values that were recorded. Flags
// that are at their default stay unnamed. ends names the flags that count no more when
// another is named: by its own name that other one.
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

// Words are the flags that were named and are kept, as words of a command line. One that
// names an instant is left out: it may be past by then.
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
		return fmt.Errorf("%v is no value", value)
	}
	if text == f.DefValue || f.DefValue == Off && (text == "0" || text == "0s") {
		return nil
	}
	return flags.Set(f.Name, text)
}
