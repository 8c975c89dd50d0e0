package registry

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// Statement is one permission of a resource policy: a principal may do an
// action, if the conditions hold. Its JSON is that of the policy's document.
type Statement struct {
	Sid       string
	Effect    string // always "Allow": Lambda's operations add no other
	Principal Principal
	Action    string
	// Resource is the ARN that the policy is attached to. Records leave it out:
	// it follows from where the statement is kept.
	Resource  string     `json:",omitempty"`
	Condition *Condition `json:",omitempty"`
}

// Principal is whom a statement is about: one of its members is set, or, for
// everybody, none.
type Principal struct {
	Service string // such as "s3.amazonaws.com"
	AWS     string // ARN of an identity, of which ":root" stands for its account
}

// MarshalJSON implements json.Marshaler.
func (p Principal) MarshalJSON() ([]byte, error) {
	switch {
	case p.Service != "":
		return json.Marshal(struct{ Service string }{p.Service})
	case p.AWS != "":
		return json.Marshal(struct{ AWS string }{p.AWS})
	}
	return []byte(`"*"`), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (p *Principal) UnmarshalJSON(text []byte) error {
	*p = Principal{}
	if bytes.Equal(text, []byte(`"*"`)) {
		return nil
	}
	type members Principal
	if err := json.Unmarshal(text, (*members)(p)); err != nil {
		return err
	}
	if (p.Service == "") == (p.AWS == "") {
		return fmt.Errorf("registry: the principal %s is neither a service nor an identity", text)
	}
	return nil
}

var (
	servicePrincipal  = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal)$`)
	accountPrincipal  = regexp.MustCompile(`^\d{12}$`)
	identityPrincipal = regexp.MustCompile(`^arn:aws[a-zA-Z-]*:(iam|sts)::\d{12}:[^\s]+$`)
)

// parsePrincipal reads a principal as AddPermission takes it: a service, an
// account, the ARN of an identity, or "*". partition is that of the region.
func parsePrincipal(s, partition string) (Principal, error) {
	switch {
	case s == "*":
		return Principal{}, nil
	case servicePrincipal.MatchString(s):
		return Principal{Service: s}, nil
	case accountPrincipal.MatchString(s):
		return Principal{AWS: "arn:" + partition + ":iam::" + s + ":root"}, nil
	case identityPrincipal.MatchString(s):
		return Principal{AWS: s}, nil
	}
	return Principal{}, errorf(InvalidParameter, "The provided principal was invalid. Please check the principal and try again.")
}

// Condition limits a statement to requests of whose context all members hold,
// each under the operator that it is grouped by.
type Condition struct {
	StringEquals *StringEquals `json:",omitempty"`
	ArnLike      *ArnLike      `json:",omitempty"`
	Bool         *Bool         `json:",omitempty"`
}

// StringEquals are the conditions on texts.
type StringEquals struct {
	FunctionURLAuthType string `json:"lambda:FunctionUrlAuthType,omitempty"`
	SourceAccount       string `json:"AWS:SourceAccount,omitempty"`
	EventSourceToken    string `json:"lambda:EventSourceToken,omitempty"`
	PrincipalOrgID      string `json:"aws:PrincipalOrgID,omitempty"`
}

// ArnLike are the conditions on ARNs, in which "*" and "?" stand for other
// characters.
type ArnLike struct {
	SourceARN string `json:"AWS:SourceArn,omitempty"`
}

// Bool are the conditions on truths.
type Bool struct {
	InvokedViaFunctionURL string `json:"lambda:InvokedViaFunctionUrl,omitempty"`
}

// compact returns the condition without empty groups, nil if nothing is left.
func (c Condition) compact() *Condition {
	if c.StringEquals != nil && *c.StringEquals == (StringEquals{}) {
		c.StringEquals = nil
	}
	if c.ArnLike != nil && *c.ArnLike == (ArnLike{}) {
		c.ArnLike = nil
	}
	if c.Bool != nil && *c.Bool == (Bool{}) {
		c.Bool = nil
	}
	if c == (Condition{}) {
		return nil
	}
	return &c
}

// text is the statement's JSON, about the resource.
func (s Statement) text(resource string) string {
	s.Resource = resource
	return compactJSON(s)
}

// compactJSON is JSON as AWS puts it into strings: of one line, and with the
// characters of HTML as they are.
func compactJSON(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(fmt.Sprintf("registry: encode %T: %v", v, err)) // the types above always can be
	}
	return strings.TrimSuffix(b.String(), "\n")
}
