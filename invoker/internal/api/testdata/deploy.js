// Deploys, changes, publishes and deletes a function at ENDPOINT with AWS's SDK
// for JavaScript, and prints "done" if all is as expected.
const assert = require("node:assert");
const lambda = require("@aws-sdk/client-lambda");

const client = new lambda.LambdaClient({
  endpoint: process.env.ENDPOINT,
  region: "us-east-1",
  credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
  maxAttempts: 1,
});
const send = (name, input) => client.send(new lambda[name + "Command"](input));
const FunctionName = "hello";

async function main() {
  const made = await send("CreateFunction", {
    FunctionName,
    Role: "arn:aws:iam::000000000000:role/r",
    Runtime: "nodejs22.x",
    Handler: "index.handler",
    Code: { ZipFile: Buffer.from(process.env.PACKAGE, "base64") },
  });
  assert.equal(made.State, "Pending");
  await lambda.waitUntilFunctionActiveV2({ client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { FunctionName });

  const changed = await send("UpdateFunctionConfiguration", { FunctionName, MemorySize: 256 });
  assert.equal(changed.MemorySize, 256);
  await lambda.waitUntilFunctionUpdatedV2({ client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { FunctionName });

  const published = await send("PublishVersion", { FunctionName, CodeSha256: made.CodeSha256 });
  assert.equal(published.Version, "1");
  await send("CreateAlias", { FunctionName, Name: "live", FunctionVersion: "1" });
  const got = await send("GetFunction", { FunctionName, Qualifier: "live" });
  assert.equal(got.Configuration.FunctionArn, "arn:aws:lambda:us-east-1:000000000000:function:hello:live");
  const code = await fetch(got.Code.Location);
  assert.equal(Buffer.from(await code.arrayBuffer()).toString("base64"), process.env.PACKAGE);

  await send("DeleteFunction", { FunctionName });
  await assert.rejects(send("GetFunction", { FunctionName }), lambda.ResourceNotFoundException);
  console.log("done");
}

main().catch((err) => {
  console.error(err);
  process.exit(1);
});
