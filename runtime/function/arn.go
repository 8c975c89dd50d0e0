package function

import "strings"

// ARN is the Amazon Resource Name of a function, or, if it has a qualifier, of
// one of its versions or aliases.
type ARN struct {
	Region, Account, Name, Qualifier string
}

// String returns the ARN's text. The partition is that of the region.
func (a ARN) String() string { return string(a.Append(nil)) }

// Append appends the ARN's text to dst.
func (a ARN) Append(dst []byte) []byte {
	dst = append(dst, "arn:"...)
	dst = append(dst, Partition(a.Region)...)
	dst = append(dst, ":lambda:"...)
	dst = append(dst, a.Region...)
	dst = append(dst, ':')
	dst = append(dst, a.Account...)
	dst = append(dst, ":function:"...)
	dst = append(dst, a.Name...)
	if a.Qualifier != "" {
		dst = append(dst, ':')
		dst = append(dst, a.Qualifier...)
	}
	return dst
}

// partitions maps the beginning of a region's name to its partition. The
// longer of two beginnings comes first.
var partitions = []struct{ prefix, partition string }{
	{"cn-", "aws-cn"},
	{"us-gov-", "aws-us-gov"},
	{"us-isob-", "aws-iso-b"},
	{"us-isof-", "aws-iso-f"},
	{"eu-isoe-", "aws-iso-e"},
	{"us-iso-", "aws-iso"},
	{"eusc-", "aws-eusc"},
}

// Partition returns the AWS partition of a region: "aws" for all that are not
// set apart.
func Partition(region string) string {
	for _, p := range partitions {
		if strings.HasPrefix(region, p.prefix) {
			return p.partition
		}
	}
	return "aws"
}
