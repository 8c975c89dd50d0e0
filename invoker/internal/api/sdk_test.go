package api_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go"

	"github.com/lambent-run/lambent/invoker/internal/api/apitest"
	"github.com/lambent-run/lambent/runtime/registry"
)

const role = "arn:aws:iam::000000000000:role/r"

// client is AWS's own SDK with made-up credentials, without retries.
func client(url, region string) *lambda.Client {
	return lambda.New(lambda.Options{
		Region:       region,
		BaseEndpoint: aws.String(url),
		Retryer:      aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}, nil
		}),
	})
}

// start returns a client of an empty account.
func start(t *testing.T) *lambda.Client {
	t.Helper()
	return client(apitest.Start(t, registry.Config{}).URL, apitest.Region)
}

// create makes a function and waits for it as the SDK does.
func create(t *testing.T, c *lambda.Client, name string, publish bool) {
	t.Helper()
	_, err := c.CreateFunction(t.Context(), &lambda.CreateFunctionInput{
		FunctionName: &name, Role: aws.String(role), Runtime: types.RuntimeNodejs22x, Handler: aws.String("index.handler"),
		Code: &types.FunctionCode{ZipFile: apitest.Zip(name)}, Publish: publish,
	})
	if err != nil {
		t.Fatal(err)
	}
	waiter := lambda.NewFunctionActiveV2Waiter(c, func(o *lambda.FunctionActiveV2WaiterOptions) {
		o.MinDelay, o.MaxDelay = time.Millisecond, 50*time.Millisecond
	})
	if err := waiter.Wait(t.Context(), &lambda.GetFunctionInput{FunctionName: &name}, time.Minute); err != nil {
		t.Fatal(err)
	}
}

func TestSDKDeploysAndChangesAFunction(t *testing.T) {
	t.Parallel()
	c, name := start(t), aws.String("hello")
	create(t, c, "hello", false)

	changed, err := c.UpdateFunctionConfiguration(t.Context(), &lambda.UpdateFunctionConfigurationInput{
		FunctionName: name, Timeout: aws.Int32(20), Environment: &types.Environment{Variables: map[string]string{"STAGE": "test"}},
	})
	if err != nil || *changed.Timeout != 20 || changed.Environment.Variables["STAGE"] != "test" || changed.LastUpdateStatus != types.LastUpdateStatusInProgress {
		t.Fatalf("update of the settings: %+v, %v", changed, err)
	}
	code, err := c.UpdateFunctionCode(t.Context(), &lambda.UpdateFunctionCodeInput{FunctionName: name, ZipFile: apitest.Zip("other")})
	if err != nil || *code.CodeSha256 == *changed.CodeSha256 {
		t.Fatalf("update of the code: %+v, %v", code, err)
	}
	waiter := lambda.NewFunctionUpdatedV2Waiter(c, func(o *lambda.FunctionUpdatedV2WaiterOptions) {
		o.MinDelay, o.MaxDelay = time.Millisecond, 50*time.Millisecond
	})
	if err := waiter.Wait(t.Context(), &lambda.GetFunctionInput{FunctionName: name}, time.Minute); err != nil {
		t.Fatal(err)
	}
	configuration, err := c.GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: name})
	if err != nil || *configuration.CodeSha256 != *code.CodeSha256 || configuration.State != types.StateActive {
		t.Fatalf("settings: %+v, %v", configuration, err)
	}
	if _, err := c.DeleteFunction(t.Context(), &lambda.DeleteFunctionInput{FunctionName: name}); err != nil {
		t.Fatal(err)
	}
	_, err = c.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: name})
	var missing *types.ResourceNotFoundException
	if !errors.As(err, &missing) || missing.ErrorMessage() != "Function not found: arn:aws:lambda:us-east-1:000000000000:function:hello" {
		t.Errorf("after the deletion: %v", err)
	}
}

func TestSDKDownloadsTheCode(t *testing.T) {
	t.Parallel()
	c := start(t)
	create(t, c, "hello", false)
	got, err := c.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: aws.String("hello")})
	if err != nil {
		t.Fatal(err)
	}
	if body, status := download(t, *got.Code.Location); status != 200 || !bytes.Equal(body, apitest.Zip("hello")) {
		t.Errorf("the link leads to %d, %d bytes", status, len(body))
	}
	if body, status := download(t, *got.Code.Location+"x"); status != 403 {
		t.Errorf("a forged link leads to %d, %d bytes", status, len(body))
	}
}

func download(t *testing.T, url string) (body []byte, status int) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if body, err = io.ReadAll(res.Body); err != nil {
		t.Fatal(err)
	}
	return body, res.StatusCode
}

func TestSDKPublishesAndAliases(t *testing.T) {
	t.Parallel()
	c, name := start(t), aws.String("hello")
	create(t, c, "hello", true)
	if _, err := c.UpdateFunctionCode(t.Context(), &lambda.UpdateFunctionCodeInput{FunctionName: name, ZipFile: apitest.Zip("two")}); err != nil {
		t.Fatal(err)
	}
	second, err := c.PublishVersion(t.Context(), &lambda.PublishVersionInput{FunctionName: name, Description: aws.String("second")})
	if err != nil || *second.Version != "2" {
		t.Fatalf("publish: %+v, %v", second, err)
	}
	versions, err := c.ListVersionsByFunction(t.Context(), &lambda.ListVersionsByFunctionInput{FunctionName: name})
	if err != nil || len(versions.Versions) != 3 {
		t.Fatalf("versions: %+v, %v", versions, err)
	}
	alias, err := c.CreateAlias(t.Context(), &lambda.CreateAliasInput{
		FunctionName: name, Name: aws.String("live"), FunctionVersion: aws.String("1"),
		RoutingConfig: &types.AliasRoutingConfiguration{AdditionalVersionWeights: map[string]float64{"2": 0.25}},
	})
	if err != nil || alias.RoutingConfig.AdditionalVersionWeights["2"] != 0.25 {
		t.Fatalf("alias: %+v, %v", alias, err)
	}
	moved, err := c.UpdateAlias(t.Context(), &lambda.UpdateAliasInput{
		FunctionName: name, Name: aws.String("live"), FunctionVersion: aws.String("2"), RevisionId: alias.RevisionId,
		RoutingConfig: &types.AliasRoutingConfiguration{AdditionalVersionWeights: map[string]float64{}},
	})
	if err != nil || *moved.FunctionVersion != "2" || moved.RoutingConfig != nil {
		t.Fatalf("moved alias: %+v, %v", moved, err)
	}
	_, err = c.UpdateAlias(t.Context(), &lambda.UpdateAliasInput{FunctionName: name, Name: aws.String("live"), RevisionId: alias.RevisionId})
	var stale *types.PreconditionFailedException
	if !errors.As(err, &stale) {
		t.Errorf("a stale RevisionId: %v", err)
	}
	got, err := c.GetAlias(t.Context(), &lambda.GetAliasInput{FunctionName: name, Name: aws.String("live")})
	if err != nil || *got.RevisionId != *moved.RevisionId {
		t.Errorf("alias: %+v, %v", got, err)
	}
	aliases, err := c.ListAliases(t.Context(), &lambda.ListAliasesInput{FunctionName: name})
	if err != nil || len(aliases.Aliases) != 1 {
		t.Errorf("aliases: %+v, %v", aliases, err)
	}
	if _, err := c.DeleteAlias(t.Context(), &lambda.DeleteAliasInput{FunctionName: name, Name: aws.String("live")}); err != nil {
		t.Error(err)
	}
}

func TestSDKReservesAndProvisions(t *testing.T) {
	t.Parallel()
	c, name := start(t), aws.String("hello")
	create(t, c, "hello", true)
	if out, err := c.PutFunctionConcurrency(t.Context(), &lambda.PutFunctionConcurrencyInput{FunctionName: name, ReservedConcurrentExecutions: aws.Int32(5)}); err != nil || *out.ReservedConcurrentExecutions != 5 {
		t.Fatalf("reserve: %+v, %v", out, err)
	}
	if out, err := c.GetFunctionConcurrency(t.Context(), &lambda.GetFunctionConcurrencyInput{FunctionName: name}); err != nil || *out.ReservedConcurrentExecutions != 5 {
		t.Fatalf("reserved: %+v, %v", out, err)
	}
	put, err := c.PutProvisionedConcurrencyConfig(t.Context(), &lambda.PutProvisionedConcurrencyConfigInput{
		FunctionName: name, Qualifier: aws.String("1"), ProvisionedConcurrentExecutions: aws.Int32(3),
	})
	if err != nil || put.Status != types.ProvisionedConcurrencyStatusEnumInProgress {
		t.Fatalf("provision: %+v, %v", put, err)
	}
	get, err := c.GetProvisionedConcurrencyConfig(t.Context(), &lambda.GetProvisionedConcurrencyConfigInput{FunctionName: name, Qualifier: aws.String("1")})
	if err != nil || *get.RequestedProvisionedConcurrentExecutions != 3 {
		t.Fatalf("provisioned: %+v, %v", get, err)
	}
	list, err := c.ListProvisionedConcurrencyConfigs(t.Context(), &lambda.ListProvisionedConcurrencyConfigsInput{FunctionName: name})
	if err != nil || len(list.ProvisionedConcurrencyConfigs) != 1 {
		t.Fatalf("list: %+v, %v", list, err)
	}
	if _, err := c.DeleteProvisionedConcurrencyConfig(t.Context(), &lambda.DeleteProvisionedConcurrencyConfigInput{FunctionName: name, Qualifier: aws.String("1")}); err != nil {
		t.Fatal(err)
	}
	_, err = c.GetProvisionedConcurrencyConfig(t.Context(), &lambda.GetProvisionedConcurrencyConfigInput{FunctionName: name, Qualifier: aws.String("1")})
	var none *types.ProvisionedConcurrencyConfigNotFoundException
	if !errors.As(err, &none) {
		t.Errorf("after the deletion: %v", err)
	}
	if _, err := c.DeleteFunctionConcurrency(t.Context(), &lambda.DeleteFunctionConcurrencyInput{FunctionName: name}); err != nil {
		t.Error(err)
	}
}

func TestSDKListsPageByPage(t *testing.T) {
	t.Parallel()
	c := start(t)
	want := []string{"a", "b", "c", "d", "e"}
	for _, name := range want {
		create(t, c, name, false)
	}
	var got []string
	pages := lambda.NewListFunctionsPaginator(c, &lambda.ListFunctionsInput{MaxItems: aws.Int32(2)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range page.Functions {
			got = append(got, *f.FunctionName)
		}
	}
	if len(got) != len(want) || got[0] != "a" || got[4] != "e" {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestRegionsAreApart(t *testing.T) {
	t.Parallel()
	server := apitest.Start(t, registry.Config{})
	here, there := client(server.URL, "us-east-1"), client(server.URL, "cn-north-1")
	create(t, there, "hello", false)
	if _, err := here.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: aws.String("hello")}); err == nil {
		t.Error("a function is visible in another Region")
	}
	got, err := there.GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: aws.String("hello")})
	if err != nil || *got.FunctionArn != "arn:aws-cn:lambda:cn-north-1:000000000000:function:hello" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestSDKSeesValidationErrors(t *testing.T) {
	t.Parallel()
	_, err := start(t).GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: aws.String("a!b")})
	var e smithy.APIError
	if !errors.As(err, &e) || e.ErrorCode() != "ValidationException" {
		t.Errorf("got %v, want a ValidationException", err)
	}
}
