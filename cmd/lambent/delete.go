package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/spf13/cobra"
)

func deleteCommand() *cobra.Command {
	var server remote
	var version string
	cmd := &cobra.Command{
		Use:   "delete [flags] NAME",
		Short: "Delete a function, or one of its versions",
		Example: `  lambent delete orders
  lambent delete orders --version 3`,
		Args: oneName,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := server.connect(cmd.Context())
			if err != nil {
				return err
			}
			in := &lambda.DeleteFunctionInput{FunctionName: &args[0]}
			if version != "" {
				in.Qualifier = &version
			}
			if _, err := c.DeleteFunction(cmd.Context(), in); err != nil {
				return c.explain("delete "+args[0], err)
			}
			if c.json {
				return nil
			}
			what := args[0]
			if version != "" {
				what = "version " + version + " of " + what
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "deleted %s\n", what)
			return err
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().StringVar(&version, "version", "", "delete only this published version")
	server.register(cmd.Flags())
	return cmd
}

// sortedKeys returns a map's keys in order.
func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
