'use strict';

// Prices an order: totals and tax for each item that is in stock, dearest
// first, and the sums of each category.
const TAX_PERCENT = 19;

function price(item) {
  const net = item.quantity * item.unitCents;
  const discount = Math.round((net * item.discountPercent) / 100);
  const tax = Math.round(((net - discount) * TAX_PERCENT) / 100);
  return {
    sku: item.sku,
    title: item.name.toUpperCase(),
    category: item.category,
    quantity: item.quantity,
    netCents: net - discount,
    taxCents: tax,
    grossCents: net - discount + tax,
  };
}

exports.handler = async (event) => {
  const items = event.items
    .filter((item) => item.inStock)
    .map(price)
    .sort((a, b) => b.grossCents - a.grossCents || (a.sku < b.sku ? -1 : 1));
  const categories = {};
  for (const { category, grossCents } of items) {
    categories[category] = (categories[category] || 0) + grossCents;
  }
  return {
    orderId: event.orderId,
    currency: event.currency,
    count: items.length,
    grossCents: items.reduce((sum, item) => sum + item.grossCents, 0),
    categories,
    items,
  };
};
