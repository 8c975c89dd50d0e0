package registry

import (
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/store"
)

const (
	// maxLayers is how many layers a function may use.
	maxLayers = 5
	// maxUnpacked limits a function and its layers together, in bytes.
	maxUnpacked = 262_144_000
)

var layerVersionPattern = regexp.MustCompile(`^arn:[a-zA-Z0-9-]+:lambda:([a-zA-Z0-9-]+):(\d{12}):layer:([a-zA-Z0-9-_]+):(\d{1,18})$`)

// ParseLayerVersionARN takes the ARN of a layer version apart.
func ParseLayerVersionARN(arn string) (id LayerID, account string, number int64, ok bool) {
	m := layerVersionPattern.FindStringSubmatch(arn)
	if m == nil {
		return LayerID{}, "", 0, false
	}
	number, err := strconv.ParseInt(m[4], 10, 64)
	return LayerID{m[1], m[3]}, m[2], number, err == nil
}

// useLayers returns the layer versions that a function of the Region may use,
// named by their ARNs, with their contents.
func (r *Registry) useLayers(ctx context.Context, region string, arns []string) ([]function.Layer, []Package, error) {
	if len(arns) > maxLayers {
		return nil, nil, errorf(InvalidParameter, "Cannot reference more than %d layers.", maxLayers)
	}
	var (
		layers   []function.Layer
		contents []Package
		seen     = map[LayerID]string{}
	)
	for _, arn := range arns {
		id, account, number, ok := ParseLayerVersionARN(arn)
		switch {
		case !ok:
			return nil, nil, errorf(InvalidParameter, "Layer version %s does not exist.", arn)
		case account != r.cfg.Account:
			return nil, nil, errorf(AccessDenied, "User: %s is not authorized to perform: lambda:GetLayerVersion on resource: %s because no resource-based policy allows the lambda:GetLayerVersion action",
				rootARN(region, r.cfg.Account), arn)
		case id.Region != region:
			return nil, nil, errorf(InvalidParameter, "Layers are not in the same region as the function. Layers are expected to be in region %s.", region)
		}
		rec, err := r.layerVersion(ctx, id, number)
		if errors.Is(err, store.ErrNotFound) || IsKind(err, InvalidParameter) {
			return nil, nil, errorf(InvalidParameter, "Layer version %s does not exist.", arn)
		}
		if err != nil {
			return nil, nil, err
		}
		if other, twice := seen[id]; twice {
			return nil, nil, errorf(InvalidParameter, "Two different versions of the same layer are not allowed to be referenced in the same function. %s and %s are versions of the same layer.", other, arn)
		}
		seen[id] = arn
		layers = append(layers, function.Layer{Arn: arn, CodeSize: rec.Content.Size})
		contents = append(contents, rec.Content)
	}
	return layers, contents, nil
}

// checkUnpacked returns an error if code and layers together are too large.
func checkUnpacked(code Package, layers []Package) error {
	var size int64
	for _, layer := range layers {
		size += layer.Unpacked
	}
	if size > maxUnpacked {
		return errorf(InvalidParameter, "Layers consume more than the available size of %d bytes", maxUnpacked)
	}
	if size += code.Unpacked; len(layers) > 0 && size > maxUnpacked {
		return errorf(InvalidParameter, "Function code combined with layers exceeds the maximum allowed size of %d bytes. The actual size is %d bytes.", maxUnpacked, size)
	}
	return nil
}

// rootARN is the ARN of an account's root user.
func rootARN(region, account string) string {
	return strings.Join([]string{"arn", function.Partition(region), "iam", "", account, "root"}, ":")
}
