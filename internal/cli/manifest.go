package cli

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"tracksync/input"
	"tracksync/internal/flags"
	"tracksync/internal/run"
	"tracksync/internal/safe"
)

// manifestOptions are the flags of every command that reads manifests.
type manifestOptions struct {
	format        string
	delimiter     string
	columns       []string
	ignoreUnknown bool
	maxVolume     int
	onInvalid     string
	onDuplicate   string
	allowEmpty    bool
	strict        bool
	only          []string
	limit         int
}

// addReading adds the flags that say how to read.
func (o *manifestOptions) addReading(f *pflag.FlagSet) {
	f.StringVar(&o.format, "input-format", "", "`FORMAT` of the manifests: "+input.FormatNames()+"; by default from their names or content")
	f.StringVar(&o.delimiter, "delimiter", "", "`CHARACTER` between the cells of a CSV file: comma, semicolon, tab, pipe; by default found from the header")
	f.StringArrayVar(&o.columns, "map", nil, "read a field from another column: `FIELD=COLUMN`, for example volume=Loudness; may be repeated")
	f.BoolVar(&o.ignoreUnknown, "ignore-unknown", false, "ignore unknown columns and keys")
	f.IntVar(&o.maxVolume, "max-volume", 100, "largest volume, in percent, that is not an error: `N`, or 0 for any")
}

// addChoosing adds the flags that say which rows count.
func (o *manifestOptions) addChoosing(f *pflag.FlagSet) {
	f.StringVar(&o.onInvalid, "on-invalid", "fail", "`WHAT` to do when rows are invalid: fail, or skip them and continue")
	f.StringVar(&o.onDuplicate, "on-duplicate", "fail", "`WHAT` to do when an id appears twice: fail, or last, which uses the last row")
	f.BoolVar(&o.allowEmpty, "allow-empty", false, "accept manifests without a row, or in which none sets anything")
	f.BoolVar(&o.strict, "strict", false, "treat warnings about the manifests as errors")
	f.StringSliceVar(&o.only, "only", nil, "only the rows with these `IDS`")
	flags.AddOffInt(f, &o.limit, "limit", "only the first `N` rows")
}

// largestVolume is what a sandbox accepts that shall take what the reader takes.
func (o manifestOptions) largestVolume() int {
	if o.maxVolume == 0 {
		return math.MaxInt32
	}
	return o.maxVolume
}

// parse checks the flags and makes the reader's options of them.
func (o manifestOptions) parse() (input.Options, error) {
	opts := input.Options{
		Format: input.Format(strings.ToLower(o.format)), IgnoreUnknown: o.ignoreUnknown, MaxVolume: o.maxVolume,
		OnInvalid: input.Handling(o.onInvalid), OnDuplicate: input.Handling(o.onDuplicate),
		AllowEmpty: o.allowEmpty, Strict: o.strict, Limit: o.limit,
	}
	if o.maxVolume == 0 {
		opts.MaxVolume = -1 // no bound
	}
	var err error
	if opts.Columns, err = input.ParseMap(o.columns); err != nil {
		return opts, usage(fmt.Errorf("--map: %w", err), "for example --map volume=Loudness")
	}
	if opts.Delimiter, err = input.ParseDelimiter(o.delimiter); err != nil {
		return opts, usage(fmt.Errorf("--delimiter %w", err), `for example --delimiter semicolon, or --delimiter ";"`)
	}
	if opts.Only, err = input.ParseIDs(o.only); err != nil {
		return opts, usage(fmt.Errorf("--only: %w", err), "for example --only 17,18")
	}
	switch {
	case o.format != "" && !slices.Contains(input.Formats(), opts.Format):
		err = fmt.Errorf("--input-format %q is not a format: %s", o.format, input.FormatNames())
	case o.onInvalid != "" && opts.OnInvalid != input.Fail && opts.OnInvalid != input.Skip:
		err = fmt.Errorf("--on-invalid %q is neither fail nor skip", o.onInvalid)
	case o.onDuplicate != "" && opts.OnDuplicate != input.Fail && opts.OnDuplicate != input.Last:
		err = fmt.Errorf("--on-duplicate %q is neither fail nor last", o.onDuplicate)
	case o.maxVolume < 0:
		err = fmt.Errorf("--max-volume %d is negative", o.maxVolume)
	}
	if err != nil {
		return opts, usage(err, "")
	}
	return opts, nil
}

// readManifests opens and checks manifests. The Manifest is not nil whenever
// there is something to close.
func (a *app) readManifests(ctx context.Context, opts input.Options, args []string, copies *run.InputCopies) (*input.Manifest, input.Summary, error) {
	m, err := input.Open(ctx, args, a.In, copies.Create, opts)
	if err != nil {
		return nil, input.Summary{}, err
	}
	s, err := m.Check(ctx)
	return m, s, err
}

// warn says the doubts about manifests that can be used all the same, and why
// rows of them are left out.
func (a *app) warn(s input.Summary) {
	for _, p := range s.Problems {
		a.log.Warn().Msg(safe.ErrorLine(p))
	}
	for _, p := range slices.Concat(s.Warnings, s.MoreWarnings) {
		a.log.Warn().Msg(safe.ErrorLine(p))
	}
}

// checkForRun reads the manifests for a command that sends, and says every
// problem as an error of its own.
func (a *app) checkForRun(ctx context.Context, opts input.Options, args []string, copies *run.InputCopies) (*input.Manifest, input.Summary, error) {
	m, s, err := a.readManifests(ctx, opts, args, copies)
	var problems input.Problems
	switch {
	case errors.As(err, &problems):
		a.log.Error().Int("problems", max(s.Found, len(problems))).Msg("the manifest cannot be used, and nothing was sent:")
		for _, p := range problems {
			a.log.Error().Msg(safe.ErrorLine(p))
		}
		a.warn(s)
		return m, s, &failure{code: exitUsage}
	case err != nil:
		return m, s, localFailure(err, "")
	}
	a.warn(s)
	return m, s, nil
}

// manifestIDs returns the ids that manifests name.
func (a *app) manifestIDs(ctx context.Context, o manifestOptions, args []string) ([]int64, error) {
	opts, err := o.parse()
	if err != nil {
		return nil, err
	}
	opts.OnDuplicate, opts.AllowEmpty = input.Last, true // the ids are all that is wanted
	copies := &run.InputCopies{}
	defer a.tidy(copies.Remove)
	m, _, err := a.checkForRun(ctx, opts, args, copies)
	if m != nil {
		defer a.tidy(m.Close)
	}
	if err != nil {
		return nil, err
	}
	var ids []int64
	for row, err := range m.Rows(ctx) {
		if err != nil {
			return nil, usage(err, "")
		}
		if !row.Superseded {
			ids = append(ids, int64(row.Update.ID))
		}
	}
	if len(ids) == 0 {
		return nil, usage(errors.New("the manifests name no tracks"), "name one that does, or pass --tracks 1-1000")
	}
	return ids, nil
}
