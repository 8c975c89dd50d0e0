package registry

import "strings"

// Access is what somebody wants to do to a resource, as a policy sees it.
type Access struct {
	// Service is the AWS service that calls for itself, such as
	// "s3.amazonaws.com"; empty if an identity calls, or nobody known.
	Service string
	// Identity is the ARN of the caller, Account its account and OrgID the
	// account's organization, each empty if unknown.
	Identity, Account, OrgID string
	// Action is what is to be done, such as "lambda:InvokeFunction".
	Action string
	// SourceARN and SourceAccount say on behalf of which resource a service
	// calls.
	SourceARN, SourceAccount string
	// EventSourceToken is that of an Alexa skill.
	EventSourceToken string
	// FunctionURLAuthType is NONE or AWS_IAM if a function URL was called.
	FunctionURLAuthType string
	// ViaFunctionURL says that the invocation came through a function URL.
	ViaFunctionURL bool
}

// allows reports whether the statement grants the access.
func (s *Statement) allows(a Access) bool {
	return s.Effect == "Allow" && actionMatches(s.Action, a.Action) && s.Principal.covers(a) && s.Condition.holds(a)
}

// actionMatches compares without regard to case, as IAM does.
func actionMatches(granted, asked string) bool {
	if granted == "*" {
		return true
	}
	if service, all := strings.CutSuffix(granted, ":*"); all {
		of, _, ok := strings.Cut(asked, ":")
		return ok && strings.EqualFold(service, of)
	}
	return strings.EqualFold(granted, asked)
}

// covers reports whether the caller is the principal or belongs to it.
func (p Principal) covers(a Access) bool {
	switch {
	case p.Service != "":
		return p.Service == a.Service
	case p.AWS == "":
		return true
	case p.AWS == a.Identity:
		return true
	}
	// arn:PARTITION:iam::ACCOUNT:root
	parts := strings.SplitN(p.AWS, ":", 6)
	return len(parts) == 6 && parts[5] == "root" && a.Service == "" && a.Account != "" && parts[4] == a.Account
}

// holds reports whether all conditions are true. One about something that the
// access does not have is not.
func (c *Condition) holds(a Access) bool {
	if c == nil {
		return true
	}
	if e := c.StringEquals; e != nil {
		for _, pair := range [][2]string{
			{e.FunctionURLAuthType, a.FunctionURLAuthType},
			{e.SourceAccount, a.SourceAccount},
			{e.EventSourceToken, a.EventSourceToken},
			{e.PrincipalOrgID, a.OrgID},
		} {
			if pair[0] != "" && pair[0] != pair[1] {
				return false
			}
		}
	}
	if l := c.ArnLike; l != nil && l.SourceARN != "" && !arnLike(l.SourceARN, a.SourceARN) {
		return false
	}
	if b := c.Bool; b != nil && b.InvokedViaFunctionURL != "" && strings.EqualFold(b.InvokedViaFunctionURL, "true") != a.ViaFunctionURL {
		return false
	}
	return true
}

// arnLike matches an ARN part by part, of which the sixth may itself hold
// colons, with "*" for any text and "?" for any character.
func arnLike(pattern, arn string) bool {
	want, got := strings.SplitN(pattern, ":", 6), strings.SplitN(arn, ":", 6)
	if len(want) != 6 || len(got) != 6 {
		return false
	}
	for i := range want {
		if !wildcard(want[i], got[i]) {
			return false
		}
	}
	return true
}

// wildcard matches s against a pattern in time proportional to the product of
// their lengths at worst: on a mismatch it goes back to the last star only.
func wildcard(pattern, s string) bool {
	p, i := 0, 0
	star, from := -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == s[i]):
			p++
			i++
		case star >= 0:
			from++
			p, i = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
