package cli

import (
	"github.com/spf13/cobra"

	"tracksync/input"
)

func (a *app) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of a YAML or JSON manifest, for editors",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if _, err := a.Out.Write(input.Schema()); err != nil {
				return &failure{code: exitStopped, err: err}
			}
			return nil
		},
	}
}
