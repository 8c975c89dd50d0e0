// The language's own methods that depend on the locale. They ask for Intl only
// when they are called.
const replace = (target, methods) => {
  for (const name of Object.getOwnPropertyNames(methods)) {
    Object.defineProperty(target, name, { value: methods[name], writable: true, enumerable: false, configurable: true });
  }
};
const valueOfNumber = Number.prototype.valueOf, valueOfBigInt = BigInt.prototype.valueOf, getTime = Date.prototype.getTime;
replace(Number.prototype, {
  toLocaleString(locales, options) {
    return new (intl().NumberFormat)(locales, options).format(valueOfNumber.call(this));
  },
});
replace(BigInt.prototype, {
  toLocaleString(locales, options) {
    return new (intl().NumberFormat)(locales, options).format(valueOfBigInt.call(this));
  },
});
const date = (self, locales, options, required, defaults) => {
  const time = getTime.call(self);
  if (Number.isNaN(time)) return 'Invalid Date';
  return intl().formatDate(time, locales, options, required, defaults);
};
replace(Date.prototype, {
  toLocaleString(locales, options) { return date(this, locales, options, 'any', 'all'); },
  toLocaleDateString(locales, options) { return date(this, locales, options, 'date', 'date'); },
  toLocaleTimeString(locales, options) { return date(this, locales, options, 'time', 'time'); },
});
replace(Array.prototype, {
  toLocaleString(locales, options) {
    const out = [];
    for (let i = 0; i < this.length; i++) {
      const v = this[i];
      out.push(v === undefined || v === null ? '' : String(v.toLocaleString(locales, options)));
    }
    return out.join(',');
  },
});
replace(String.prototype, {
  localeCompare(that, locales, options) {
    if (this === undefined || this === null) throw new TypeError('String.prototype.localeCompare called on null or undefined');
    if (locales === undefined && options === undefined) return native.compare(String(this), String(that), 'en-US', false, 'variant');
    return new (intl().Collator)(locales, options).compare(String(this), String(that));
  },
});
Object.defineProperty(globalThis, 'Intl', {
  get() {
    const value = intl().Intl;
    Object.defineProperty(globalThis, 'Intl', { value, writable: true, enumerable: false, configurable: true });
    return value;
  },
  set(value) { Object.defineProperty(globalThis, 'Intl', { value, writable: true, enumerable: false, configurable: true }); },
  enumerable: false,
  configurable: true,
});
