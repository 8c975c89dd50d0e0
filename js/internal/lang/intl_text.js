const { list, resolve, option, supported, NumberFormat, DateTimeFormat, formatDate } = shared;

class Collator {
  #tag; #numeric; #sensitivity; #ignore; #usage; #caseFirst;
  constructor(locales, options) {
    options = options === undefined ? {} : Object(options);
    this.#tag = (list(locales)[0] || 'en-US').replace(/-u-.*$/, '');
    this.#usage = option(options, 'usage', ['sort', 'search'], 'sort');
    this.#numeric = Boolean(options.numeric) || /-u(-[a-z0-9]+)*-kn(-true|$|-)/.test(list(locales)[0] || '');
    this.#sensitivity = option(options, 'sensitivity', ['base', 'accent', 'case', 'variant'], 'variant');
    this.#caseFirst = option(options, 'caseFirst', ['upper', 'lower', 'false'], 'false');
    this.#ignore = Boolean(options.ignorePunctuation);
    const strip = (s) => (this.#ignore ? s.replace(/[!-\/:-@\[-`{-~\s]/g, '') : s);
    const compare = (a, b) => native.compare(strip(String(a)), strip(String(b)), this.#tag, this.#numeric, this.#sensitivity);
    Object.defineProperty(this, 'compare', { value: compare, writable: true, enumerable: false, configurable: true });
  }
  resolvedOptions() {
    return { locale: this.#tag, usage: this.#usage, sensitivity: this.#sensitivity, ignorePunctuation: this.#ignore, collation: 'default', numeric: this.#numeric, caseFirst: this.#caseFirst };
  }
  static supportedLocalesOf(locales) { return list(locales); }
}

class PluralRules {
  #tag; #type;
  constructor(locales, options) {
    options = options === undefined ? {} : Object(options);
    this.#tag = resolve(locales).tag;
    this.#type = option(options, 'type', ['cardinal', 'ordinal'], 'cardinal');
  }
  select(n) {
    n = Number(n);
    const language = this.#tag.split('-')[0], abs = Math.abs(n);
    if (language === 'ja') return 'other';
    if (this.#type === 'cardinal') {
      if (language === 'fr' || language === 'pt') return abs < 2 ? 'one' : 'other';
      return abs === 1 ? 'one' : 'other';
    }
    if (language === 'fr') return abs === 1 ? 'one' : 'other';
    if (language === 'it') return [8, 11, 80, 800].includes(abs) ? 'many' : 'other';
    if (language !== 'en') return 'other';
    const ten = abs % 10, hundred = abs % 100;
    if (ten === 1 && hundred !== 11) return 'one';
    if (ten === 2 && hundred !== 12) return 'two';
    return ten === 3 && hundred !== 13 ? 'few' : 'other';
  }
  resolvedOptions() {
    return { locale: this.#tag, type: this.#type, minimumIntegerDigits: 1, minimumFractionDigits: 0, maximumFractionDigits: 3, pluralCategories: this.#type === 'ordinal' ? ['few', 'one', 'two', 'other'] : ['one', 'other'] };
  }
  static supportedLocalesOf(locales) { return supported(locales); }
}

const words = { de: ['und', 'oder'], fr: ['et', 'ou'], es: ['y', 'o'], it: ['e', 'o'], nl: ['en', 'of'], pt: ['e', 'ou'], sv: ['och', 'eller'], en: ['and', 'or'], ja: ['、', 'または'] };
class ListFormat {
  #tag; #type; #style;
  constructor(locales, options) {
    options = options === undefined ? {} : Object(options);
    this.#tag = resolve(locales).tag;
    this.#type = option(options, 'type', ['conjunction', 'disjunction', 'unit'], 'conjunction');
    this.#style = option(options, 'style', ['long', 'short', 'narrow'], 'long');
  }
  formatToParts(items) {
    const values = Array.from(items, (v) => {
      if (typeof v !== 'string') throw new TypeError('Iterable yielded ' + String(v) + ' which is not a string');
      return v;
    });
    const language = this.#tag.split('-')[0];
    const word = words[language][this.#type === 'disjunction' ? 1 : 0];
    let middle = ', ', last = ` ${word} `;
    if (language === 'en' && values.length > 2) last = `, ${this.#style === 'long' || this.#type === 'disjunction' ? word : '&'} `;
    else if (language === 'en' && this.#style !== 'long' && this.#type === 'conjunction') last = ' & ';
    if (language === 'en' && this.#style === 'narrow' && this.#type === 'conjunction') last = ', ';
    if (language === 'ja') [middle, last] = ['、', this.#type === 'disjunction' ? 'または' : '、'];
    if (this.#type === 'unit') middle = last = this.#style === 'narrow' ? ' ' : ', ';
    const parts = [];
    values.forEach((value, i) => {
      if (i > 0) parts.push({ type: 'literal', value: i === values.length - 1 ? last : middle });
      parts.push({ type: 'element', value });
    });
    return parts;
  }
  format(items) { return this.formatToParts(items).map((p) => p.value).join(''); }
  resolvedOptions() { return { locale: this.#tag, type: this.#type, style: this.#style }; }
  static supportedLocalesOf(locales) { return supported(locales); }
}

const nearby = { day: { '-1': 'yesterday', 0: 'today', 1: 'tomorrow' }, second: { 0: 'now' } };
class RelativeTimeFormat {
  #numeric;
  constructor(locales, options) {
    options = options === undefined ? {} : Object(options);
    list(locales);
    this.#numeric = option(options, 'numeric', ['always', 'auto'], 'always');
  }
  format(value, unit) {
    value = Number(value);
    unit = String(unit).replace(/s$/, '');
    if (!['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'].includes(unit)) {
      throw new RangeError('Invalid unit argument for format() \'' + unit + '\'');
    }
    if (!Number.isFinite(value)) throw new RangeError('Value need to be finite number for Intl.RelativeTimeFormat.prototype.format()');
    if (this.#numeric === 'auto') {
      if (nearby[unit] && nearby[unit][value]) return nearby[unit][value];
      if (!nearby[unit] && [-1, 0, 1].includes(value)) return ['last ', 'this ', 'next '][value + 1] + unit;
    }
    const abs = Math.abs(value), text = new NumberFormat('en-US').format(abs) + ' ' + unit + (abs === 1 ? '' : 's');
    return value < 0 || Object.is(value, -0) ? text + ' ago' : 'in ' + text;
  }
  resolvedOptions() { return { locale: 'en-US', style: 'long', numeric: this.#numeric, numberingSystem: 'latn' }; }
  static supportedLocalesOf(locales) { return list(locales).filter((tag) => tag.startsWith('en')); }
}

const Intl = {};
// The classes can be called without new, as those of the language can.
const publish = (name, Class, callable) => {
  const made = callable ? new Proxy(Class, { apply: (target, self, args) => new target(...args) }) : Class;
  Object.defineProperty(Class.prototype, 'constructor', { value: made, writable: true, enumerable: false, configurable: true });
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: 'Intl.' + name, configurable: true });
  Object.defineProperty(Intl, name, { value: made, writable: true, enumerable: false, configurable: true });
};
publish('NumberFormat', NumberFormat, true);
publish('DateTimeFormat', DateTimeFormat, true);
publish('Collator', Collator, true);
publish('PluralRules', PluralRules);
publish('ListFormat', ListFormat);
publish('RelativeTimeFormat', RelativeTimeFormat);
Object.defineProperty(Intl, 'getCanonicalLocales', { value: function getCanonicalLocales(locales) { return list(locales); }, writable: true, configurable: true });
Object.defineProperty(Intl, Symbol.toStringTag, { value: 'Intl', configurable: true });
return { Intl, NumberFormat, DateTimeFormat, Collator, formatDate };
