// The smallest useful function: an async handler whose return value is the
// response.
exports.handler = async (event, context) => {
  console.log('hello from', context.functionName);
  return { message: `hello ${event.name ?? 'world'}`, requestId: context.awsRequestId };
};
