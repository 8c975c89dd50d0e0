package registry

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/store"
)

// schema is the version of the records that this release writes.
const schema = 1

// Document is all that is known of a function but for its published versions:
// one record of the store, so that each change is seen whole or not at all.
// Documents that are in use are never changed; change works on a copy.
type Document struct {
	Schema int `json:"schema"`
	// Generation is new whenever a function of this name is created.
	Generation string
	// Latest is $LATEST.
	Latest Record
	// Serving is what runs as $LATEST instead, if the last update failed.
	Serving *Record `json:",omitempty"`
	// Published are the published versions, in ascending order.
	Published []Published `json:",omitempty"`
	// Next is the number of the next version; numbers are never used again.
	Next int
	// Aliases by name.
	Aliases map[string]*Alias `json:",omitempty"`
	// Reserved is the reserved concurrency; nil: none.
	Reserved *int `json:",omitempty"`
	// Provisioned is the provisioned concurrency by version or alias.
	Provisioned map[string]*Provisioned `json:",omitempty"`
	// Resources are what other operations attach to the function.
	Resources
}

// Record is code with its settings: what a version freezes.
type Record struct {
	// Schema is set in records of published versions, which are on their own.
	Schema int `json:"schema,omitempty"`
	// Configuration lacks what follows from where it is kept (name, ARN) and the
	// variables of the environment.
	Configuration function.Configuration
	// Sealed are the variables, encrypted; nil: never given.
	Sealed *Sealed `json:",omitempty"`
	Code   Package
	// Layers are the contents behind Configuration.Layers, in the same order.
	Layers []Package `json:",omitempty"`
	// Revision changes whenever code or settings do.
	Revision string
	// Described is the description of $LATEST when the version was published
	// with one of its own.
	Described *string `json:",omitempty"`
	// Settling says what becomes of the status.
	Settling *Settling `json:",omitempty"`
}

// Package is code or the content of a layer: a content of the blob store, or a
// path of this machine.
type Package struct {
	// Sum is the content's SHA-256; with Local the hash of its files.
	Sum Sum
	// Size is in bytes, Unpacked that of all files.
	Size, Unpacked int64
	// Local is the path of a file or folder that is served from where it is.
	Local string `json:",omitempty"`
}

// Settling is a change of status that comes by itself.
type Settling struct {
	// At is when.
	At         time.Time
	RevisionID string
	Status     function.Status
}

// Published is a published version in its function's document.
type Published struct {
	Number int
	// Packages are the contents that the version refers to: its code, then its
	// layers.
	Packages []Package
	// SnapStart says that the version starts from a snapshot.
	SnapStart bool `json:",omitempty"`
	// RevisionID is set if it is no longer the one of the version's record.
	RevisionID string `json:",omitempty"`
}

// Alias is a name for a version, or for two.
type Alias struct {
	Version     string
	Description string             `json:",omitempty"`
	Weights     map[string]float64 `json:",omitempty"` // of other versions, one at most
	RevisionID  string
}

// Provisioned is a provisioned concurrency.
type Provisioned struct {
	Requested    int
	LastModified time.Time
}

// Sum is a SHA-256, in base64 where it is text.
type Sum store.Sum

// functionKey is the key of a function's document.
func functionKey(id function.ID) string { return "functions/" + id.Region + "/" + id.Name }

// versionKey is the key of a published version's record. Keys sort as numbers do.
func versionKey(id function.ID, generation string, number int) string {
	return fmt.Sprintf("versions/%s/%s/%s/%010d", id.Region, id.Name, generation, number)
}

// clone returns a copy that shares nothing with d.
func (d *Document) clone() *Document {
	text, err := json.Marshal(d)
	if err != nil {
		panic(fmt.Sprintf("registry: a document cannot be written: %v", err)) // it has only plain values
	}
	c := new(Document)
	if err := json.Unmarshal(text, c); err != nil {
		panic(fmt.Sprintf("registry: a document cannot be read back: %v", err))
	}
	return c
}

// published returns a published version's entry; nil: there is none.
func (d *Document) published(qualifier string) *Published {
	number, err := strconv.Atoi(qualifier)
	if err != nil || strconv.Itoa(number) != qualifier {
		return nil
	}
	i, ok := slices.BinarySearchFunc(d.Published, number, func(p Published, n int) int { return p.Number - n })
	if !ok {
		return nil
	}
	return &d.Published[i]
}

// has reports whether a qualifier exists: "", $LATEST, a version or an alias.
func (d *Document) has(qualifier string) bool {
	return qualifier == "" || qualifier == function.Latest || d.published(qualifier) != nil || d.Aliases[qualifier] != nil
}

// touch gives what a qualifier names a new RevisionId, as changes of its policy
// or tags do.
func (d *Document) touch(qualifier string) {
	if p := d.published(qualifier); p != nil {
		p.RevisionID = newID()
	} else if a := d.Aliases[qualifier]; a != nil {
		a.RevisionID = newID()
	} else {
		d.Latest.Configuration.RevisionID = newID()
	}
}

// drop forgets what is attached to a qualifier that is gone.
func (d *Document) drop(qualifier string) {
	delete(d.Provisioned, qualifier)
	d.Resources.drop(qualifier)
}

// deployment is what a runtime is told of the function.
func (d *Document) deployment() *function.Deployment {
	out := &function.Deployment{Versions: make(map[string]string, 1+len(d.Published)), Reserved: d.Reserved}
	out.Versions[function.Latest] = d.serving().Revision
	for _, p := range d.Published {
		number := strconv.Itoa(p.Number)
		out.Versions[number] = d.versionRevision(p.Number)
		if p.SnapStart {
			if out.SnapStart == nil {
				out.SnapStart = map[string]bool{}
			}
			out.SnapStart[number] = true
		}
	}
	if len(d.Aliases) > 0 {
		out.Aliases = make(map[string]function.Alias, len(d.Aliases))
	}
	for name, a := range d.Aliases {
		to := function.Alias{Version: a.Version}
		for other, weight := range a.Weights {
			to.Other, to.Weight = other, weight
		}
		out.Aliases[name] = to
	}
	for qualifier, p := range d.Provisioned {
		if out.Provisioned == nil {
			out.Provisioned = make(map[string]int, len(d.Provisioned))
		}
		if a := d.Aliases[qualifier]; a != nil {
			qualifier = a.Version
		}
		out.Provisioned[qualifier] += p.Requested
	}
	return out
}

// eager reports whether a runtime must know the function before it is called.
func (d *Document) eager() bool {
	return d.Reserved != nil || len(d.Provisioned) > 0 || slices.ContainsFunc(d.Published, func(p Published) bool { return p.SnapStart })
}

// serving is what runs as $LATEST.
func (d *Document) serving() *Record {
	if d.Serving != nil {
		return d.Serving
	}
	return &d.Latest
}

// versionRevision is the revision of a published version, which never changes.
func (d *Document) versionRevision(number int) string {
	return d.Generation + "/" + strconv.Itoa(number)
}

// sameDeployment reports whether a runtime needs to be told nothing.
func sameDeployment(a, b *function.Deployment) bool {
	sameReserved := a.Reserved == b.Reserved || a.Reserved != nil && b.Reserved != nil && *a.Reserved == *b.Reserved
	return sameReserved && maps.Equal(a.Versions, b.Versions) && maps.Equal(a.Aliases, b.Aliases) &&
		maps.Equal(a.Provisioned, b.Provisioned) && maps.Equal(a.SnapStart, b.SnapStart)
}
