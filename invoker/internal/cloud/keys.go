package cloud

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/smithy-go"

	"github.com/lambent-run/lambent/runtime/registry"
)

// keys is KMS.
type keys struct{ aws *AWS }

var _ registry.KeyWrapper = (*keys)(nil)

// client returns a client for the region of a key.
func (k *keys) client(ctx context.Context, keyARN string) (*kms.Client, error) {
	region := ""
	if name, err := arn.Parse(keyARN); err == nil {
		region = name.Region
	}
	cfg, err := k.aws.config(ctx, region)
	if err != nil {
		return nil, err
	}
	return kms.NewFromConfig(cfg), nil
}

// Wrap implements registry.KeyWrapper. The binding is the encryption context,
// for which a key's policy may ask.
func (k *keys) Wrap(ctx context.Context, keyARN string, key []byte, binding map[string]string) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errPatience)
	defer cancel()
	client, err := k.client(ctx, keyARN)
	if err != nil {
		return nil, unreachable("KMS", err)
	}
	out, err := client.Encrypt(ctx, &kms.EncryptInput{KeyId: &keyARN, Plaintext: key, EncryptionContext: binding})
	if err != nil {
		return nil, encryptError(err)
	}
	return out.CiphertextBlob, nil
}

// Unwrap implements registry.KeyWrapper.
func (k *keys) Unwrap(ctx context.Context, keyARN string, wrapped []byte, binding map[string]string) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errPatience)
	defer cancel()
	client, err := k.client(ctx, keyARN)
	if err != nil {
		return nil, decryptError(err)
	}
	out, err := client.Decrypt(ctx, &kms.DecryptInput{KeyId: &keyARN, CiphertextBlob: wrapped, EncryptionContext: binding})
	if err != nil {
		return nil, decryptError(err)
	}
	return out.Plaintext, nil
}

// encryptError is what whoever sets a key gets to hear: the key is theirs to
// correct.
func encryptError(err error) error {
	var answer smithy.APIError
	if !errors.As(err, &answer) {
		return unreachable("KMS", err)
	}
	return &registry.Error{
		Kind: registry.InvalidParameter,
		Message: fmt.Sprintf("Lambda was unable to configure access to your environment variables because the KMS key is invalid for Encrypt. "+
			"Please check your KMS key settings. KMS Exception: %s KMS Message: %s", answer.ErrorCode(), answer.ErrorMessage()),
		Err: err,
	}
}

// decryptError is what whoever invokes the function gets to hear.
func decryptError(err error) error {
	kind, reason := registry.KMSAccessDenied, "KMS access was denied"
	var answer smithy.APIError
	if errors.As(err, &answer) {
		switch answer.ErrorCode() {
		case "NotFoundException":
			kind, reason = registry.KMSNotFound, "the KMS key was not found"
		case "DisabledException":
			kind, reason = registry.KMSDisabled, "the KMS key used is disabled"
		case "KMSInvalidStateException":
			kind, reason = registry.KMSInvalidState, "the state of the KMS key used is not valid for Decrypt"
		}
	}
	return &registry.Error{
		Kind:    kind,
		Message: "Lambda was unable to decrypt the environment variables because " + reason + ". Please check the function's KMS key settings.",
		Err:     err,
	}
}
