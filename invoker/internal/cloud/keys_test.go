package cloud

import (
	"encoding/json"
	"net/http"
	"reflect"
	"testing"

	"github.com/lambent-run/lambent/runtime/registry"
)

const keyARN = "arn:aws:kms:ap-south-1:123456789012:key/k"

// kmsCall is a request to KMS and its answer; []byte is base64 there as here.
type kmsCall struct {
	KeyId                     string
	Plaintext, CiphertextBlob []byte
	EncryptionContext         map[string]string
}

// fakeKMS turns keys around. What it decrypts must be bound as it was encrypted.
func fakeKMS(t *testing.T) http.HandlerFunc {
	bound := map[string]string{}
	turn := func(b []byte) []byte {
		out := make([]byte, len(b))
		for i, c := range b {
			out[i] = ^c
		}
		return out
	}
	return func(w http.ResponseWriter, r *http.Request) {
		var in, out kmsCall
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.KeyId != keyARN {
			t.Errorf("request %+v, %v", in, err)
		}
		switch r.Header.Get("X-Amz-Target") {
		case "TrentService.Encrypt":
			bound = in.EncryptionContext
			out = kmsCall{KeyId: in.KeyId, CiphertextBlob: turn(in.Plaintext)}
		case "TrentService.Decrypt":
			if !reflect.DeepEqual(in.EncryptionContext, bound) {
				w.WriteHeader(http.StatusBadRequest)
				_, _ = w.Write([]byte(`{"__type":"InvalidCiphertextException"}`))
				return
			}
			out = kmsCall{KeyId: in.KeyId, Plaintext: turn(in.CiphertextBlob)}
		default:
			t.Errorf("operation %q", r.Header.Get("X-Amz-Target"))
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		_ = json.NewEncoder(w).Encode(out)
	}
}

func TestKeysAreWrappedByKMS(t *testing.T) {
	t.Parallel()
	keys := configured(t, standIn(t, "kms", "ap-south-1", fakeKMS(t))).Keys(t.Context())
	binding := map[string]string{"aws:lambda:FunctionArn": "arn"}
	wrapped, err := keys.Wrap(t.Context(), keyARN, []byte("data key"), binding)
	if err != nil || string(wrapped) == "data key" {
		t.Fatalf("wrapped %q, %v", wrapped, err)
	}
	got, err := keys.Unwrap(t.Context(), keyARN, wrapped, binding)
	if err != nil || string(got) != "data key" {
		t.Errorf("unwrapped %q, %v; want the data key", got, err)
	}
	_, err = keys.Unwrap(t.Context(), keyARN, wrapped, map[string]string{"aws:lambda:FunctionArn": "other"})
	wantError(t, err, registry.KMSAccessDenied, "because KMS access was denied")
}

func TestErrorsOfKMSAreWordedAsLambdaDoes(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]struct {
		kind   registry.Kind
		reason string
	}{
		"AccessDeniedException":    {registry.KMSAccessDenied, "because KMS access was denied."},
		"NotFoundException":        {registry.KMSNotFound, "because the KMS key was not found."},
		"DisabledException":        {registry.KMSDisabled, "because the KMS key used is disabled."},
		"KMSInvalidStateException": {registry.KMSInvalidState, "because the state of the KMS key used is not valid for Decrypt."},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			keys := configured(t, standIn(t, "kms", "ap-south-1", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/x-amz-json-1.1")
				w.WriteHeader(http.StatusBadRequest)
				_, _ = w.Write([]byte(`{"__type":"` + code + `","message":"why"}`))
			})).Keys(t.Context())
			_, err := keys.Unwrap(t.Context(), keyARN, []byte("wrapped"), nil)
			wantError(t, err, want.kind, "Lambda was unable to decrypt the environment variables "+want.reason+" Please check the function's KMS key settings.")
			_, err = keys.Wrap(t.Context(), keyARN, []byte("key"), nil)
			wantError(t, err, registry.InvalidParameter, "KMS Exception: "+code+" KMS Message: why")
		})
	}
}
