package whatwg

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

var errHost = errors.New("whatwg: invalid host")

// profile is UTS #46 as the standard uses it: lenient in what DNS would refuse.
var profile = idna.New(
	idna.MapForLookup(),
	idna.Transitional(false),
	idna.StrictDomainName(false),
	idna.CheckHyphens(false),
	idna.CheckJoiners(true),
	idna.BidiRule(),
	idna.VerifyDNSLength(false),
)

// parseHost parses a host, opaque unless the scheme is special.
func parseHost(s string, special bool) (string, error) {
	if strings.HasPrefix(s, "[") {
		if !strings.HasSuffix(s, "]") {
			return "", errHost
		}
		addr, err := parseIPv6(s[1 : len(s)-1])
		if err != nil {
			return "", err
		}
		return "[" + addr + "]", nil
	}
	if !special {
		if strings.ContainsAny(s, "\x00\t\n\r #/:<>?@[\\]^|") {
			return "", errHost
		}
		return encode(s, c0Set), nil
	}
	domain := strings.ToValidUTF8(Decode(s), "\ufffd")
	ascii, err := DomainToASCII(domain)
	if err != nil || ascii == "" {
		return "", errHost
	}
	if endsInNumber(ascii) {
		return parseIPv4(ascii)
	}
	return ascii, nil
}

// DomainToASCII is domain to ASCII, with the forbidden characters checked.
func DomainToASCII(domain string) (string, error) {
	ascii := ""
	if isASCII(domain) && !strings.Contains(strings.ToLower(domain), "xn--") {
		ascii = strings.ToLower(domain)
	} else {
		var err error
		if ascii, err = profile.ToASCII(domain); err != nil {
			return "", errHost
		}
	}
	for i := range len(ascii) {
		c := ascii[i]
		if c <= 0x20 || c == 0x7f || strings.IndexByte("#/:<>?@[\\]^|%", c) >= 0 {
			return "", errHost
		}
	}
	return ascii, nil
}

// DomainToUnicode decodes the labels of a domain that are Punycode.
func DomainToUnicode(domain string) string {
	u, err := profile.ToUnicode(domain)
	if err != nil {
		return ""
	}
	return u
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func endsInNumber(s string) bool {
	parts := strings.Split(s, ".")
	if parts[len(parts)-1] == "" {
		if len(parts) == 1 {
			return false
		}
		parts = parts[:len(parts)-1]
	}
	last := parts[len(parts)-1]
	if last != "" && strings.Trim(last, "0123456789") == "" {
		return true
	}
	_, err := ipv4Number(last)
	return err == nil
}

func ipv4Number(s string) (float64, error) {
	if s == "" {
		return 0, errHost
	}
	base := 10
	if len(s) >= 2 && (s[:2] == "0x" || s[:2] == "0X") {
		s, base = s[2:], 16
	} else if len(s) >= 2 && s[0] == '0' {
		s, base = s[1:], 8
	}
	if s == "" {
		return 0, nil
	}
	for i := range len(s) {
		d, ok := unhex(s[i])
		if !ok || int(d) >= base {
			return 0, errHost
		}
	}
	n, err := strconv.ParseUint(s, base, 64)
	if err != nil {
		return math.MaxFloat64, nil // too large, which is the caller's failure
	}
	return float64(n), nil
}

func parseIPv4(s string) (string, error) {
	parts := strings.Split(s, ".")
	if parts[len(parts)-1] == "" && len(parts) > 1 {
		parts = parts[:len(parts)-1]
	}
	if len(parts) > 4 {
		return "", errHost
	}
	var numbers []float64
	for _, p := range parts {
		n, err := ipv4Number(p)
		if err != nil {
			return "", errHost
		}
		numbers = append(numbers, n)
	}
	for _, n := range numbers[:len(numbers)-1] {
		if n > 255 {
			return "", errHost
		}
	}
	last := numbers[len(numbers)-1]
	if last >= math.Pow(256, float64(5-len(numbers))) {
		return "", errHost
	}
	ip := uint32(last)
	for i, n := range numbers[:len(numbers)-1] {
		ip += uint32(n) << (8 * (3 - i))
	}
	return strconv.Itoa(int(ip>>24)) + "." + strconv.Itoa(int(ip>>16&255)) + "." + strconv.Itoa(int(ip>>8&255)) + "." + strconv.Itoa(int(ip&255)), nil
}

// parseIPv6 parses an address and serializes it, longest run of zeros out.
func parseIPv6(s string) (string, error) {
	var pieces [8]uint16
	index, compress, p := 0, -1, 0
	at := func(i int) byte {
		if i < len(s) {
			return s[i]
		}
		return 0
	}
	if at(0) == ':' {
		if at(1) != ':' {
			return "", errHost
		}
		p, index, compress = 2, 1, 1
		index = 0
		compress = 0
	}
	for p < len(s) {
		if index == 8 {
			return "", errHost
		}
		if s[p] == ':' {
			if compress >= 0 {
				return "", errHost
			}
			p++
			compress = index
			continue
		}
		value, n := 0, 0
		for n < 4 && p < len(s) {
			d, ok := unhex(s[p])
			if !ok {
				break
			}
			value = value*16 + int(d)
			p++
			n++
		}
		switch {
		case at(p) == '.':
			next, err := embeddedIPv4(s[p-n:], &pieces, index)
			if err != nil || n == 0 {
				return "", errHost
			}
			index = next
			p = len(s)
			continue
		case at(p) == ':':
			p++
			if p >= len(s) {
				return "", errHost
			}
		case p < len(s):
			return "", errHost
		}
		if n == 0 {
			return "", errHost
		}
		pieces[index] = uint16(value)
		index++
	}
	if compress >= 0 {
		for from, to := index-1, 7; to > compress && from >= compress; from, to = from-1, to-1 {
			pieces[from], pieces[to] = pieces[to], pieces[from]
		}
	} else if index != 8 {
		return "", errHost
	}
	return serializeIPv6(pieces), nil
}

func embeddedIPv4(s string, pieces *[8]uint16, index int) (int, error) {
	parts := strings.Split(s, ".")
	if index > 6 || len(parts) != 4 {
		return 0, errHost
	}
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || n > 255 || len(part) > 1 && part[0] == '0' || strings.Trim(part, "0123456789") != "" {
			return 0, errHost
		}
		pieces[index+i/2] = pieces[index+i/2]<<8 | uint16(n)
	}
	return index + 2, nil
}

func serializeIPv6(pieces [8]uint16) string {
	best, length := -1, 1
	for i := 0; i < 8; i++ {
		j := i
		for j < 8 && pieces[j] == 0 {
			j++
		}
		if j-i > length {
			best, length = i, j-i
		}
		i = max(i, j)
	}
	var sb strings.Builder
	for i := 0; i < 8; i++ {
		if i == best {
			sb.WriteString("::"[:2])
			i += length - 1
			continue
		}
		if i > 0 && i != best+length {
			sb.WriteByte(':')
		} else if i > 0 && best < 0 {
			sb.WriteByte(':')
		}
		sb.WriteString(strconv.FormatUint(uint64(pieces[i]), 16))
	}
	return sb.String()
}
