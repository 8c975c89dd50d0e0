// total adds up the prices of items, [{sku, quantity}], in whole cents.
exports.total = (items, catalogue) => {
  const cents = items.reduce((sum, { sku, quantity }) => {
    if (!(sku in catalogue)) throw new Error(`unknown article ${sku}`);
    return sum + catalogue[sku] * quantity;
  }, 0);
  return cents / 100;
};
