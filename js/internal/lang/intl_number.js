const { resolve, option, integer, supported, NBSP } = shared;
const symbols = { USD: '$', EUR: '€', GBP: '£', JPY: '¥', INR: '₹', CNY: 'CN¥', KRW: '₩', BRL: 'R$', CAD: 'CA$', AUD: 'A$', MXN: 'MX$', NZD: 'NZ$', ILS: '₪', VND: '₫', TWD: 'NT$', HKD: 'HK$' };
const currencyNames = { USD: ['US dollar', 'US dollars'], EUR: ['euro', 'euros'], GBP: ['British pound', 'British pounds'], JPY: ['Japanese yen', 'Japanese yen'], CAD: ['Canadian dollar', 'Canadian dollars'] };
const noDecimals = ['JPY', 'KRW', 'VND', 'CLP', 'ISK', 'UGX', 'XAF', 'XOF', 'XPF', 'PYG', 'RWF'];
const threeDecimals = ['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'];
const units = { kilometer: 'km', meter: 'm', centimeter: 'cm', millimeter: 'mm', mile: 'mi', foot: 'ft', inch: 'in', kilogram: 'kg', gram: 'g', pound: 'lb', ounce: 'oz', liter: 'L', milliliter: 'mL', second: 'sec', minute: 'min', hour: 'hr', day: 'day', week: 'wk', month: 'mth', year: 'yr', millisecond: 'ms', byte: 'byte', kilobyte: 'kB', megabyte: 'MB', gigabyte: 'GB', terabyte: 'TB', bit: 'bit', percent: '%', celsius: '°C', fahrenheit: '°F', 'kilometer-per-hour': 'km/h', 'mile-per-hour': 'mph' };
const glued = ['percent', 'celsius', 'fahrenheit'];

// digitsOf splits a finite number of at least 0 into its digits and the
// place of the decimal point among them.
const digitsOf = (x) => {
  const [mantissa, exponent = '0'] = String(x).split('e');
  const [whole, fraction = ''] = mantissa.split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  const point = whole.length + Number(exponent) - ((whole + fraction).length - digits.length);
  return digits === '' ? { digits: '', point: 0 } : { digits, point };
};
// cut rounds to n digits, halves away from zero.
const cut = ({ digits, point }, n) => {
  if (n >= digits.length) return { digits, point };
  if (n < 0) return { digits: '', point: 0 };
  const up = digits[n] >= '5';
  let kept = digits.slice(0, n);
  if (up) {
    let i = n - 1;
    while (i >= 0 && kept[i] === '9') i--;
    if (i < 0) return { digits: '1' + '0'.repeat(n), point: point + 1 };
    kept = kept.slice(0, i) + (Number(kept[i]) + 1) + '0'.repeat(n - 1 - i);
  }
  return { digits: kept, point };
};
const spell = ({ digits, point }) => {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '';
  const fraction = point < 0 ? '0'.repeat(-point) + digits : digits.slice(Math.max(point, 0));
  return [whole === '' ? '0' : whole, fraction.replace(/0+$/, '')];
};

class NumberFormat {
  #o;
  constructor(locales, options) {
    options = options === undefined ? {} : Object(options);
    const { tag, data } = resolve(locales);
    const style = option(options, 'style', ['decimal', 'percent', 'currency', 'unit'], 'decimal');
    const currency = options.currency === undefined ? undefined : String(options.currency).toUpperCase();
    if (currency !== undefined && !/^[A-Z]{3}$/.test(currency)) throw new RangeError('Invalid currency code : ' + options.currency);
    if (style === 'currency' && currency === undefined) throw new TypeError('Currency code is required with currency style.');
    const unit = options.unit === undefined ? undefined : String(options.unit);
    if (style === 'unit' && unit === undefined) throw new TypeError('Unit is required with unit style.');
    if (unit !== undefined && !(unit in units)) throw new RangeError('Invalid unit argument for Intl.NumberFormat() \'' + unit + '\'');
    const notation = option(options, 'notation', ['standard', 'scientific', 'engineering', 'compact'], 'standard');
    const money = noDecimals.includes(currency) ? 0 : threeDecimals.includes(currency) ? 3 : 2;
    const compact = notation === 'compact';
    const minDefault = style === 'currency' && !compact ? money : 0;
    const maxDefault = compact ? 0 : style === 'currency' ? money : style === 'percent' ? 0 : 3;
    let min = integer(options, 'minimumFractionDigits', 0, 20, undefined);
    let max = integer(options, 'maximumFractionDigits', 0, 20, undefined);
    const given = min !== undefined || max !== undefined;
    if (min === undefined) min = max === undefined ? minDefault : Math.min(minDefault, max);
    if (max === undefined) max = Math.max(maxDefault, min);
    if (min > max) throw new RangeError('maximumFractionDigits value is out of range.');
    const significant = options.minimumSignificantDigits !== undefined || options.maximumSignificantDigits !== undefined;
    const grouping = options.useGrouping === undefined ? (compact ? 'min2' : 'auto') : options.useGrouping;
    this.#o = {
      tag, data, style, currency, unit, notation, min, max, significant,
      minSig: integer(options, 'minimumSignificantDigits', 1, 21, 1),
      maxSig: integer(options, 'maximumSignificantDigits', 1, 21, 21),
      minInt: integer(options, 'minimumIntegerDigits', 1, 21, 1),
      grouping: grouping === 'false' ? false : grouping,
      compactDisplay: option(options, 'compactDisplay', ['short', 'long'], 'short'),
      currencyDisplay: option(options, 'currencyDisplay', ['symbol', 'narrowSymbol', 'code', 'name'], 'symbol'),
      currencySign: option(options, 'currencySign', ['standard', 'accounting'], 'standard'),
      unitDisplay: option(options, 'unitDisplay', ['short', 'narrow', 'long'], 'short'),
      signDisplay: option(options, 'signDisplay', ['auto', 'never', 'always', 'exceptZero', 'negative'], 'auto'),
      compactRounding: compact && !given && !significant,
    };
    const format = (x) => this.#parts(x).map((p) => p.value).join('');
    Object.defineProperty(this, 'format', { value: format, writable: true, enumerable: false, configurable: true });
  }

  #round(x) {
    const o = this.#o;
    const d = digitsOf(x);
    if (o.significant) {
      const [whole, fraction] = spell(cut(d, o.maxSig));
      const have = (whole === '0' ? 0 : whole.length) + fraction.length;
      return [whole, fraction.padEnd(fraction.length + Math.max(0, o.minSig - have), '0')];
    }
    if (o.compactRounding && d.point < 2) return spell(cut(d, 2));
    const [whole, fraction] = spell(cut(d, d.point + o.max));
    return [whole, fraction.padEnd(o.min, '0')];
  }

  #scale(x) {
    const o = this.#o;
    if (o.notation !== 'compact') return [x, ''];
    const names = o.compactDisplay === 'long' ? ['', ' thousand', ' million', ' billion', ' trillion'] : ['', 'K', 'M', 'B', 'T'];
    x = Number(x);
    let power = x < 1000 ? 0 : Math.min(4, Math.floor((digitsOf(x).point - 1) / 3));
    let scaled = x / 1000 ** power;
    if (power < 4 && Number(this.#round(scaled).join('.')) >= 1000) {
      power++;
      scaled = x / 1000 ** power;
    }
    return [scaled, names[power]];
  }

  #group(whole) {
    const { data, grouping } = this.#o;
    const parts = [];
    const least = grouping === 'min2' ? 2 : grouping === 'always' || grouping === true ? 1 : data.minGroup;
    if (grouping === false || whole.length < 3 + least) return [{ type: 'integer', value: whole }];
    const head = whole.length % 3 || 3;
    parts.push({ type: 'integer', value: whole.slice(0, head) });
    for (let i = head; i < whole.length; i += 3) parts.push({ type: 'group', value: data.group }, { type: 'integer', value: whole.slice(i, i + 3) });
    return parts;
  }

  #sign(negative, zero) {
    switch (this.#o.signDisplay) {
      case 'never': return '';
      case 'always': return negative ? '-' : '+';
      case 'exceptZero': return zero ? '' : negative ? '-' : '+';
      case 'negative': return negative && !zero ? '-' : '';
    }
    return negative ? '-' : '';
  }

  #parts(x) {
    const o = this.#o, { data } = o;
    if (typeof x !== 'bigint') x = typeof x === 'string' && /^-?\d{16,}$/.test(x) ? BigInt(x) : Number(x);
    const negative = typeof x === 'bigint' ? x < 0n : x < 0 || Object.is(x, -0);
    let number = [], zero = false;
    if (Number.isNaN(x)) number = [{ type: 'nan', value: 'NaN' }];
    else if (x === Infinity || x === -Infinity) number = [{ type: 'infinity', value: '∞' }];
    else {
      let abs = negative ? -x : x;
      if (o.style === 'percent') abs = typeof abs === 'bigint' ? abs * 100n : Number((abs + 'e2').replace(/e([+-]?\d+)e2$/, (_, e) => 'e' + (Number(e) + 2)));
      let exponent = 0, suffix = '';
      if (o.notation === 'scientific' || o.notation === 'engineering') {
        exponent = Number(abs) === 0 ? 0 : digitsOf(abs).point - 1;
        if (o.notation === 'engineering') exponent = Math.floor(exponent / 3) * 3;
        abs = Number(abs) / 10 ** exponent;
      } else [abs, suffix] = this.#scale(abs);
      const [whole, fraction] = this.#round(abs);
      zero = !/[1-9]/.test(whole + fraction);
      number = this.#group(whole.padStart(o.minInt, '0'));
      if (fraction !== '') number.push({ type: 'decimal', value: data.decimal }, { type: 'fraction', value: fraction });
      if (o.notation === 'scientific' || o.notation === 'engineering') {
        number.push({ type: 'exponentSeparator', value: 'E' });
        if (exponent < 0) number.push({ type: 'exponentMinusSign', value: '-' });
        number.push({ type: 'exponentInteger', value: String(Math.abs(exponent)) });
      }
      if (suffix !== '') {
        if (suffix[0] === ' ') number.push({ type: 'literal', value: ' ' });
        number.push({ type: 'compact', value: suffix.trim() });
      }
    }
    return this.#decorate(number, this.#sign(negative && !Number.isNaN(x), zero));
  }

  #decorate(number, sign) {
    const o = this.#o, { data } = o;
    const minus = sign === '' ? [] : [{ type: sign === '-' ? 'minusSign' : 'plusSign', value: sign === '-' ? data.minus || '-' : '+' }];
    if (o.style === 'percent') {
      const gap = data.percent.slice(0, -1);
      return [...minus, ...number, ...(gap ? [{ type: 'literal', value: gap }] : []), { type: 'percentSign', value: '%' }];
    }
    if (o.style === 'unit') {
      const text = o.unitDisplay === 'long' ? o.unit.replace('-per-', 's per ') + (number.length === 1 && number[0].value === '1' || o.unit.includes('-per-') ? '' : 's') : units[o.unit];
      const gap = glued.includes(o.unit) || o.unitDisplay === 'narrow' ? [] : [{ type: 'literal', value: ' ' }];
      return [...minus, ...number, ...gap, { type: 'unit', value: text }];
    }
    if (o.style !== 'currency') return [...minus, ...number];
    if (o.currencyDisplay === 'name') {
      const [one, many] = currencyNames[o.currency] || [o.currency, o.currency];
      const single = number.length === 1 && number[0].value === '1';
      return [...minus, ...number, { type: 'literal', value: ' ' }, { type: 'currency', value: single ? one : many }];
    }
    const symbol = o.currencyDisplay === 'code' ? o.currency
      : (o.currencyDisplay === 'narrowSymbol' ? symbols[o.currency] : data.symbols[o.currency] || symbols[o.currency]) || o.currency;
    const money = { type: 'currency', value: symbol };
    if (data.before) {
      const gap = data.gap || (/[A-Za-z]$/.test(symbol) ? NBSP : '');
      const body = [money, ...(gap ? [{ type: 'literal', value: gap }] : []), ...number];
      if (o.currencySign === 'accounting' && sign === '-') return [{ type: 'literal', value: '(' }, ...body, { type: 'literal', value: ')' }];
      return [...minus, ...body];
    }
    return [...minus, ...number, { type: 'literal', value: data.gap }, money];
  }

  formatToParts(x) { return this.#parts(x); }
  formatRange(a, b) { return this.format(a) + '–' + this.format(b); }
  resolvedOptions() {
    const o = this.#o;
    const out = { locale: o.tag, numberingSystem: 'latn', style: o.style };
    if (o.style === 'currency') Object.assign(out, { currency: o.currency, currencyDisplay: o.currencyDisplay, currencySign: o.currencySign });
    if (o.style === 'unit') Object.assign(out, { unit: o.unit, unitDisplay: o.unitDisplay });
    out.minimumIntegerDigits = o.minInt;
    if (o.significant) Object.assign(out, { minimumSignificantDigits: o.minSig, maximumSignificantDigits: o.maxSig });
    else Object.assign(out, { minimumFractionDigits: o.min, maximumFractionDigits: o.max });
    return Object.assign(out, { useGrouping: o.grouping, notation: o.notation, ...(o.notation === 'compact' && { compactDisplay: o.compactDisplay }), signDisplay: o.signDisplay, roundingIncrement: 1, roundingMode: 'halfExpand', roundingPriority: 'auto', trailingZeroDisplay: 'auto' });
  }
  static supportedLocalesOf(locales) { return supported(locales); }
}
shared.NumberFormat = NumberFormat;
