// Takes orders from an SQS queue. A message that cannot be used is reported
// alone, so that the others of the batch are not delivered again.
const { total } = require('./lib/price');
const catalogue = require('./catalogue.json');

exports.handler = async (event) => {
  const batchItemFailures = [];
  for (const record of event.Records) {
    try {
      const order = JSON.parse(record.body);
      console.log('order %s: %d EUR', order.id, total(order.items, catalogue));
    } catch (err) {
      console.error('message %s: %s', record.messageId, err.message);
      batchItemFailures.push({ itemIdentifier: record.messageId });
    }
  }
  return { batchItemFailures };
};
