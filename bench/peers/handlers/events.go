package handlers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// order is transform's event, of about 10 KB.
type order struct {
	OrderID  string `json:"orderId"`
	Currency string `json:"currency"`
	Items    []item `json:"items"`
}

type item struct {
	SKU             string `json:"sku"`
	Name            string `json:"name"`
	Category        string `json:"category"`
	Quantity        int    `json:"quantity"`
	UnitCents       int    `json:"unitCents"`
	DiscountPercent int    `json:"discountPercent"`
	InStock         bool   `json:"inStock"`
}

// pricedOrder is transform's answer, its members in the order in which the
// handler sets them.
type pricedOrder struct {
	OrderID    string       `json:"orderId"`
	Currency   string       `json:"currency"`
	Count      int          `json:"count"`
	GrossCents int          `json:"grossCents"`
	Categories sums         `json:"categories"`
	Items      []pricedItem `json:"items"`
}

type pricedItem struct {
	SKU        string `json:"sku"`
	Title      string `json:"title"`
	Category   string `json:"category"`
	Quantity   int    `json:"quantity"`
	NetCents   int    `json:"netCents"`
	TaxCents   int    `json:"taxCents"`
	GrossCents int    `json:"grossCents"`
}

// sums is a JSON object whose members keep the order in which they were added.
type sums struct {
	names  []string
	values map[string]int
}

func (s *sums) add(name string, n int) {
	if s.values == nil {
		s.values = make(map[string]int)
	}
	if _, known := s.values[name]; !known {
		s.names = append(s.names, name)
	}
	s.values[name] += n
}

func (s sums) MarshalJSON() ([]byte, error) {
	members := make([]string, 0, len(s.names))
	for _, name := range s.names {
		members = append(members, fmt.Sprintf("%q:%d", name, s.values[name]))
	}
	return []byte("{" + strings.Join(members, ",") + "}"), nil
}

// newOrder makes 100 items that differ. The steps are coprime to the counts, so
// that no two columns run in step.
func newOrder() order {
	adjectives := []string{"small", "large", "green", "heavy", "plain", "quiet", "round"}
	nouns := []string{"lamp", "table", "chair", "shelf", "mirror", "carpet", "clock", "vase", "basket", "frame", "stool"}
	categories := []string{"lighting", "furniture", "decor", "storage"}
	o := order{OrderID: "order-2026-000417", Currency: "EUR"}
	for i := range 100 {
		o.Items = append(o.Items, item{
			SKU:             fmt.Sprintf("SKU-%06d", (i*7919+13)%1_000_000),
			Name:            adjectives[i%len(adjectives)] + " " + nouns[i%len(nouns)],
			Category:        categories[i*3%len(categories)],
			Quantity:        1 + i*5%9,
			UnitCents:       199 + i*1237%20_000,
			DiscountPercent: i * 5 % 4 * 5,
			InStock:         i%8 != 5,
		})
	}
	return o
}

// priced computes what the handler must answer.
func (o order) priced() pricedOrder {
	out := pricedOrder{OrderID: o.OrderID, Currency: o.Currency, Items: []pricedItem{}}
	for _, it := range o.Items {
		if !it.InStock {
			continue
		}
		net := it.Quantity * it.UnitCents
		net -= percent(net, it.DiscountPercent)
		tax := percent(net, 19)
		out.Items = append(out.Items, pricedItem{
			SKU: it.SKU, Title: strings.ToUpper(it.Name), Category: it.Category, Quantity: it.Quantity,
			NetCents: net, TaxCents: tax, GrossCents: net + tax,
		})
	}
	slices.SortFunc(out.Items, func(a, b pricedItem) int {
		return cmp.Or(cmp.Compare(b.GrossCents, a.GrossCents), strings.Compare(a.SKU, b.SKU))
	})
	for _, it := range out.Items {
		out.Categories.add(it.Category, it.GrossCents)
		out.GrossCents += it.GrossCents
	}
	out.Count = len(out.Items)
	return out
}

// percent is p % of n, rounded half up as Math.round does. n is not negative.
func percent(n, p int) int { return (n*p + 50) / 100 }

// archive is echo100KB's event.
type archive struct {
	Records []record `json:"records"`
}

type record struct {
	ID       int      `json:"id"`
	Time     string   `json:"time"`
	Weight   float64  `json:"weight"`
	Active   bool     `json:"active"`
	Parent   *int     `json:"parent"`
	Tags     []string `json:"tags"`
	Position position `json:"position"`
	Text     string   `json:"text"`
}

type position struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

// newArchive makes an event of about 100 KB with all that JSON has: nesting,
// fractions, null, escapes and characters beyond ASCII.
func newArchive() archive {
	var a archive
	sentence := "The archivist noted \"nothing unusual\" that day;\nthe café next door was closed. "
	for i := range 296 {
		r := record{
			ID: 100_000 + i*37, Time: fmt.Sprintf("2026-11-%02dT%02d:%02d:00Z", 1+i%28, i%24, i*7%60),
			Weight: float64(i*13%977) / 8, Active: i%3 == 0,
			Tags:     []string{"archive", fmt.Sprintf("shelf-%d", i%17), "row-" + strings.Repeat("x", i%5)},
			Position: position{X: float64(i) / 4, Y: -float64(i*3+1) / 16},
			Text:     strings.Repeat(sentence, 1+i%3) + fmt.Sprint(i),
		}
		if i%4 == 1 {
			parent := r.ID - 37
			r.Parent = &parent
		}
		a.Records = append(a.Records, r)
	}
	return a
}
