package cli

import (
	"fmt"
	"math"

	"github.com/spf13/pflag"

	"tracksync/input"
	"tracksync/internal/flags"
	"tracksync/internal/track"
)

// manifestOptions are the flags of every command that reads manifests.
type manifestOptions struct {
	format        input.Format
	encoding      string
	delimiter     string
	sheet         string
	headerRow     int
	skipHidden    bool
	columns       []string
	set           []string
	ignoreUnknown bool
	maxVolume     int
	onInvalid     input.Handling
	onDuplicate   input.Handling
	allowEmpty    bool
	strict        bool
	only          []string
	limit         int
	shard         track.Shard
}

// addReading adds the flags that say how to read.
func (o *manifestOptions) addReading(f *pflag.FlagSet) {
	flags.AddChoice(f, &o.format, "input-format", input.Formats(),
		"`FORMAT` of the manifests: "+input.FormatNames()+"; by default from their names or content")
	f.StringVar(&o.encoding, "encoding", "",
		"encoding of the manifests, if it is not UTF-8: `LABEL`, for example windows-1252, macintosh, shift_jis; "+
			"a byte order mark counts more")
	f.StringVar(&o.delimiter, "delimiter", "",
		"`CHARACTER` between the cells of a CSV file: comma, semicolon, tab, pipe; by default found from the header")
	f.StringVar(&o.sheet, "sheet", "", "`NAME` of the sheet of a workbook, or its number among the visible tabs; "+
		"by default the one visible sheet with an id column")
	f.IntVar(&o.headerRow, "header-row", 0, "row `N` of a sheet or a CSV file has the names of the columns; "+
		"by default found within the first 50")
	f.BoolVar(&o.skipHidden, "skip-hidden", false, "leave out the hidden rows of a sheet")
	f.StringArrayVar(&o.columns, "map", nil,
		"read a field from another column: `FIELD=COLUMN`, for example volume=Loudness; may be repeated")
	f.StringArrayVar(&o.set, "set", nil,
		"value of a field for the rows that leave it empty: `FIELD=VALUE`, for example volume=40 or project=null; may be "+
			"repeated")
	f.BoolVar(&o.ignoreUnknown, "ignore-unknown", false, "ignore unknown columns and keys")
	f.IntVar(&o.maxVolume, "max-volume", 100, "largest volume, in percent, that is not an error: `N`, or 0 for any")
}

// addHandling adds the flags that say what is done about rows that cannot be used.
func (o *manifestOptions) addHandling(f *pflag.FlagSet) {
	o.onInvalid, o.onDuplicate = input.Fail, input.Fail
	flags.AddChoice(f, &o.onInvalid, "on-invalid", []input.Handling{input.Fail, input.Skip},
		"`WHAT` to do when rows are invalid: fail, or skip them and continue")
	flags.AddChoice(f, &o.onDuplicate, "on-duplicate", []input.Handling{input.Fail, input.Last},
		"`WHAT` to do when an id appears twice: fail, or last, which uses the last row")
	f.BoolVar(&o.allowEmpty, "allow-empty", false, "accept manifests without a row, or in which none sets anything")
	f.BoolVar(&o.strict, "strict", false, "treat warnings about the manifests as errors")
}

// addChoosing adds the flags that select rows.
func (o *manifestOptions) addChoosing(f *pflag.FlagSet) {
	f.StringSliceVar(&o.only, "only", nil, "only the rows with these `IDS`")
	flags.AddOffInt(f, &o.limit, "limit", "only the first `N` rows")
}

// largestVolume is the largest volume that the reader accepts, for a sandbox that must accept
// the same.
func (o manifestOptions) largestVolume() int {
	if o.maxVolume == 0 {
		return math.MaxInt32
	}
	return o.maxVolume
}

// parse checks the flags and turns them into the reader's options.
func (o manifestOptions) parse() (input.Options, error) {
	opts := input.Options{
		Format: o.format, Sheet: o.sheet, HeaderRow: o.headerRow, SkipHidden: o.skipHidden,
		IgnoreUnknown: o.ignoreUnknown, MaxVolume: o.maxVolume, OnInvalid: o.onInvalid, OnDuplicate: o.onDuplicate,
		AllowEmpty: o.allowEmpty, Strict: o.strict, Limit: o.limit, Shard: o.shard,
	}
	if o.maxVolume == 0 {
		opts.MaxVolume = -1 // no limit
	}
	var err error
	if opts.Encoding, err = input.ParseEncoding(o.encoding); err != nil {
		return opts, usage(fmt.Errorf("--encoding: %w", err), "for example --encoding windows-1252")
	}
	if opts.Columns, err = input.ParseMap(o.columns); err != nil {
		return opts, usage(fmt.Errorf("--map: %w", err), "for example --map volume=Loudness")
	}
	if opts.Set, err = input.ParseSet(o.set, opts.MaxVolume); err != nil {
		return opts, usage(fmt.Errorf("--set: %w", err), "for example --set volume=40")
	}
	if opts.Delimiter, err = input.ParseDelimiter(o.delimiter); err != nil {
		return opts, usage(fmt.Errorf("--delimiter %w", err), `for example --delimiter semicolon, or --delimiter ";"`)
	}
	if opts.Only, err = input.ParseIDs(o.only); err != nil {
		return opts, usage(fmt.Errorf("--only: %w", err), "for example --only 17,18")
	}
	if o.maxVolume < 0 {
		return opts, usage(fmt.Errorf("--max-volume %d is negative", o.maxVolume), "")
	}
	return opts, nil
}
