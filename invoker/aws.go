package invoker

import "github.com/lambent-run/lambent/invoker/internal/cloud"

// AWS reaches AWS's services, or what stands in for them, by the AWS SDK's
// standard settings: its Objects and Keys are for a registry.Config, and what
// its Ship returns is a LogTap for a runtime.Config, to be closed after the
// Runtime.
type AWS = cloud.AWS

// ShipConfig says how log events are shipped to CloudWatch Logs.
type ShipConfig = cloud.ShipConfig

// NewAWS returns an AWS. The settings are read when they are first needed.
func NewAWS() *AWS { return cloud.New(nil) }
