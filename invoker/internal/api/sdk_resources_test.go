package api_test

import (
	"bytes"
	"errors"
	"maps"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/lambent-run/lambent/invoker/internal/api/apitest"
)

const functionARN = "arn:aws:lambda:us-east-1:000000000000:function:hello"

func TestSDKTagsAFunction(t *testing.T) {
	t.Parallel()
	c, arn := start(t), aws.String(functionARN)
	create(t, c, "hello", false)
	if _, err := c.TagResource(t.Context(), &lambda.TagResourceInput{Resource: arn, Tags: map[string]string{"team": "a", "a b/c": "ü"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.UntagResource(t.Context(), &lambda.UntagResourceInput{Resource: arn, TagKeys: []string{"team", "other"}}); err != nil {
		t.Fatal(err)
	}
	got, err := c.ListTags(t.Context(), &lambda.ListTagsInput{Resource: arn})
	if err != nil || !maps.Equal(got.Tags, map[string]string{"a b/c": "ü"}) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestSDKGrantsAndRevokesAPermission(t *testing.T) {
	t.Parallel()
	c, name := start(t), aws.String("hello")
	create(t, c, "hello", false)
	added, err := c.AddPermission(t.Context(), &lambda.AddPermissionInput{
		FunctionName: name, StatementId: aws.String("s3"), Action: aws.String("lambda:InvokeFunction"),
		Principal: aws.String("s3.amazonaws.com"), SourceArn: aws.String("arn:aws:s3:::bucket"),
	})
	const want = `{"Sid":"s3","Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction",` +
		`"Resource":"` + functionARN + `","Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::bucket"}}}`
	if err != nil || *added.Statement != want {
		t.Fatalf("got %+v, %v", added, err)
	}
	policy, err := c.GetPolicy(t.Context(), &lambda.GetPolicyInput{FunctionName: name})
	if err != nil || *policy.Policy != `{"Version":"2012-10-17","Id":"default","Statement":[`+want+`]}` {
		t.Fatalf("policy: %+v, %v", policy, err)
	}
	_, err = c.RemovePermission(t.Context(), &lambda.RemovePermissionInput{FunctionName: name, StatementId: aws.String("s3"), RevisionId: aws.String("other")})
	var stale *types.PreconditionFailedException
	if !errors.As(err, &stale) {
		t.Errorf("with another RevisionId: %v", err)
	}
	if _, err := c.RemovePermission(t.Context(), &lambda.RemovePermissionInput{FunctionName: name, StatementId: aws.String("s3"), RevisionId: policy.RevisionId}); err != nil {
		t.Fatal(err)
	}
	_, err = c.GetPolicy(t.Context(), &lambda.GetPolicyInput{FunctionName: name})
	var none *types.ResourceNotFoundException
	if !errors.As(err, &none) {
		t.Errorf("after the removal: %v", err)
	}
}

func TestSDKPublishesALayerAndUsesIt(t *testing.T) {
	t.Parallel()
	c, name := start(t), aws.String("layer")
	layer, err := c.PublishLayerVersion(t.Context(), &lambda.PublishLayerVersionInput{
		LayerName: name, Content: &types.LayerVersionContentInput{ZipFile: apitest.Zip("layer")},
		CompatibleRuntimes: []types.Runtime{types.RuntimeNodejs22x}, CompatibleArchitectures: []types.Architecture{types.ArchitectureArm64},
	})
	if err != nil || layer.Version != 1 {
		t.Fatalf("layer: %+v, %v", layer, err)
	}
	byARN, err := c.GetLayerVersionByArn(t.Context(), &lambda.GetLayerVersionByArnInput{Arn: layer.LayerVersionArn})
	if err != nil || *byARN.CreatedDate != *layer.CreatedDate {
		t.Fatalf("by its ARN: %+v, %v", byARN, err)
	}
	if body, status := download(t, *byARN.Content.Location); status != 200 || !bytes.Equal(body, apitest.Zip("layer")) {
		t.Errorf("the link leads to %d, %d bytes", status, len(body))
	}
	create(t, c, "hello", false)
	changed, err := c.UpdateFunctionConfiguration(t.Context(), &lambda.UpdateFunctionConfigurationInput{
		FunctionName: aws.String("hello"), Layers: []string{*layer.LayerVersionArn},
	})
	if err != nil || len(changed.Layers) != 1 || *changed.Layers[0].Arn != *layer.LayerVersionArn {
		t.Fatalf("function with a layer: %+v, %v", changed, err)
	}
	list, err := c.ListLayers(t.Context(), &lambda.ListLayersInput{CompatibleRuntime: types.RuntimeNodejs22x, CompatibleArchitecture: types.ArchitectureArm64})
	if err != nil || len(list.Layers) != 1 || *list.Layers[0].LayerName != "layer" || list.Layers[0].LatestMatchingVersion.Version != 1 {
		t.Errorf("layers: %+v, %v", list, err)
	}
	permission, err := c.AddLayerVersionPermission(t.Context(), &lambda.AddLayerVersionPermissionInput{
		LayerName: name, VersionNumber: aws.Int64(1), StatementId: aws.String("all"), Action: aws.String("lambda:GetLayerVersion"), Principal: aws.String("*"),
	})
	if err != nil {
		t.Fatal(err)
	}
	policy, err := c.GetLayerVersionPolicy(t.Context(), &lambda.GetLayerVersionPolicyInput{LayerName: name, VersionNumber: aws.Int64(1)})
	if err != nil || *policy.RevisionId != *permission.RevisionId {
		t.Errorf("policy: %+v, %v", policy, err)
	}
	if _, err := c.DeleteLayerVersion(t.Context(), &lambda.DeleteLayerVersionInput{LayerName: name, VersionNumber: aws.Int64(1)}); err != nil {
		t.Fatal(err)
	}
	versions, err := c.ListLayerVersions(t.Context(), &lambda.ListLayerVersionsInput{LayerName: name})
	if err != nil || len(versions.LayerVersions) != 0 {
		t.Errorf("after the deletion: %+v, %v", versions, err)
	}
}

func TestSDKConfiguresAsynchronousInvocations(t *testing.T) {
	t.Parallel()
	c, name := start(t), aws.String("hello")
	create(t, c, "hello", false)
	queue := aws.String("arn:aws:sqs:us-east-1:000000000000:queue")
	put, err := c.PutFunctionEventInvokeConfig(t.Context(), &lambda.PutFunctionEventInvokeConfigInput{
		FunctionName: name, MaximumRetryAttempts: aws.Int32(0), DestinationConfig: &types.DestinationConfig{OnFailure: &types.OnFailure{Destination: queue}},
	})
	if err != nil || put.LastModified.IsZero() || *put.MaximumRetryAttempts != 0 || *put.DestinationConfig.OnFailure.Destination != *queue {
		t.Fatalf("put: %+v, %v", put, err)
	}
	updated, err := c.UpdateFunctionEventInvokeConfig(t.Context(), &lambda.UpdateFunctionEventInvokeConfigInput{FunctionName: name, MaximumEventAgeInSeconds: aws.Int32(90)})
	if err != nil || *updated.MaximumEventAgeInSeconds != 90 || *updated.MaximumRetryAttempts != 0 {
		t.Fatalf("update: %+v, %v", updated, err)
	}
	list, err := c.ListFunctionEventInvokeConfigs(t.Context(), &lambda.ListFunctionEventInvokeConfigsInput{FunctionName: name})
	if err != nil || len(list.FunctionEventInvokeConfigs) != 1 || *list.FunctionEventInvokeConfigs[0].FunctionArn != functionARN+":$LATEST" {
		t.Errorf("list: %+v, %v", list, err)
	}
}

func TestSDKMakesACodeSigningConfigurationAndUsesIt(t *testing.T) {
	t.Parallel()
	c, name := start(t), aws.String("hello")
	create(t, c, "hello", false)
	made, err := c.CreateCodeSigningConfig(t.Context(), &lambda.CreateCodeSigningConfigInput{
		AllowedPublishers: &types.AllowedPublishers{SigningProfileVersionArns: []string{"arn:aws:signer:us-east-1:000000000000:/signing-profiles/p/v"}},
	})
	if err != nil || made.CodeSigningConfig.CodeSigningPolicies.UntrustedArtifactOnDeployment != types.CodeSigningPolicyWarn {
		t.Fatalf("create: %+v, %v", made, err)
	}
	arn := made.CodeSigningConfig.CodeSigningConfigArn
	if _, err := c.PutFunctionCodeSigningConfig(t.Context(), &lambda.PutFunctionCodeSigningConfigInput{FunctionName: name, CodeSigningConfigArn: arn}); err != nil {
		t.Fatal(err)
	}
	of, err := c.GetFunctionCodeSigningConfig(t.Context(), &lambda.GetFunctionCodeSigningConfigInput{FunctionName: name})
	if err != nil || *of.CodeSigningConfigArn != *arn {
		t.Errorf("of the function: %+v, %v", of, err)
	}
	_, err = c.DeleteCodeSigningConfig(t.Context(), &lambda.DeleteCodeSigningConfigInput{CodeSigningConfigArn: arn})
	var used *types.ResourceConflictException
	if !errors.As(err, &used) {
		t.Errorf("deletion of one in use: %v", err)
	}
	_, err = c.PutFunctionCodeSigningConfig(t.Context(), &lambda.PutFunctionCodeSigningConfigInput{
		FunctionName: name, CodeSigningConfigArn: aws.String("arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-00000000000000000"),
	})
	var missing *types.CodeSigningConfigNotFoundException
	if !errors.As(err, &missing) {
		t.Errorf("one that does not exist: %v", err)
	}
}

func TestSDKReadsTheAccount(t *testing.T) {
	t.Parallel()
	c := start(t)
	create(t, c, "hello", true)
	got, err := c.GetAccountSettings(t.Context(), &lambda.GetAccountSettingsInput{})
	if err != nil || got.AccountUsage.FunctionCount != 1 || got.AccountUsage.TotalCodeSize != 2*int64(len(apitest.Zip("hello"))) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestSDKSetsHowAFunctionIsRun(t *testing.T) {
	t.Parallel()
	c, name := start(t), aws.String("hello")
	create(t, c, "hello", true)
	if _, err := c.PutFunctionRecursionConfig(t.Context(), &lambda.PutFunctionRecursionConfigInput{FunctionName: name, RecursiveLoop: types.RecursiveLoopAllow}); err != nil {
		t.Fatal(err)
	}
	recursion, err := c.GetFunctionRecursionConfig(t.Context(), &lambda.GetFunctionRecursionConfigInput{FunctionName: name})
	if err != nil || recursion.RecursiveLoop != types.RecursiveLoopAllow {
		t.Errorf("recursion: %+v, %v", recursion, err)
	}
	if _, err := c.PutRuntimeManagementConfig(t.Context(), &lambda.PutRuntimeManagementConfigInput{FunctionName: name, UpdateRuntimeOn: types.UpdateRuntimeOnFunctionUpdate}); err != nil {
		t.Fatal(err)
	}
	management, err := c.GetRuntimeManagementConfig(t.Context(), &lambda.GetRuntimeManagementConfigInput{FunctionName: name})
	if err != nil || management.UpdateRuntimeOn != types.UpdateRuntimeOnFunctionUpdate {
		t.Errorf("runtime: %+v, %v", management, err)
	}
	if _, err := c.PutFunctionScalingConfig(t.Context(), &lambda.PutFunctionScalingConfigInput{
		FunctionName: name, Qualifier: aws.String("1"), FunctionScalingConfig: &types.FunctionScalingConfig{MaxExecutionEnvironments: aws.Int32(4)},
	}); err != nil {
		t.Fatal(err)
	}
	scaling, err := c.GetFunctionScalingConfig(t.Context(), &lambda.GetFunctionScalingConfigInput{FunctionName: name, Qualifier: aws.String("1")})
	if err != nil || *scaling.AppliedFunctionScalingConfig.MaxExecutionEnvironments != 4 {
		t.Errorf("scaling: %+v, %v", scaling, err)
	}
}
