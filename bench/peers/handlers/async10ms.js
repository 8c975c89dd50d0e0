'use strict';

exports.handler = async (event) => {
  await new Promise((resolve) => setTimeout(resolve, 10));
  return { statusCode: 200, body: 'hello ' + event.name };
};
