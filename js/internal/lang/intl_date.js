const { resolve, option, integer, supported } = shared;
const fields = ['weekday', 'era', 'year', 'month', 'day', 'dayPeriod', 'hour', 'minute', 'second', 'fractionalSecondDigits'];
const dateFields = ['weekday', 'year', 'month', 'day'];
const timeFields = ['dayPeriod', 'hour', 'minute', 'second', 'fractionalSecondDigits'];
// Zones of North America have abbreviations of their own in English; all
// others are told by their offset.
const abbreviations = ['EST', 'EDT', 'CST', 'CDT', 'MST', 'MDT', 'PST', 'PDT', 'AKST', 'AKDT', 'HST'];
const longZones = { E: 'Eastern', C: 'Central', M: 'Mountain', P: 'Pacific' };
const two = (n) => String(n).padStart(2, '0');

const zoneAt = (name, time) => {
  if (name === 'UTC') return { offset: 0, abbreviation: 'UTC' };
  const [offset, abbreviation] = native.zone(name, time);
  return { offset, abbreviation };
};

// styles are what dateStyle and timeStyle stand for.
const dateStyles = {
  full: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' },
  long: { year: 'numeric', month: 'long', day: 'numeric' },
  medium: { year: 'numeric', month: 'short', day: 'numeric' },
  short: { year: '2-digit', month: 'numeric', day: 'numeric' },
};
const timeStyles = {
  full: { hour: 'numeric', minute: '2-digit', second: '2-digit', timeZoneName: 'long' },
  long: { hour: 'numeric', minute: '2-digit', second: '2-digit', timeZoneName: 'short' },
  medium: { hour: 'numeric', minute: '2-digit', second: '2-digit' },
  short: { hour: 'numeric', minute: '2-digit' },
};

const settle = (locales, options, required, defaults) => {
  options = options === undefined ? {} : Object(options);
  const { tag, data } = resolve(locales);
  const o = { tag, data };
  for (const name of fields) {
    if (name === 'fractionalSecondDigits') o[name] = integer(options, name, 1, 3, undefined);
    else {
      const allowed = name === 'weekday' || name === 'era' || name === 'dayPeriod' ? ['narrow', 'short', 'long']
        : name === 'month' ? ['2-digit', 'numeric', 'narrow', 'short', 'long'] : ['2-digit', 'numeric'];
      o[name] = option(options, name, allowed, undefined);
    }
  }
  o.timeZoneName = option(options, 'timeZoneName', ['short', 'long', 'shortOffset', 'longOffset', 'shortGeneric', 'longGeneric'], undefined);
  o.dateStyle = option(options, 'dateStyle', ['full', 'long', 'medium', 'short'], undefined);
  o.timeStyle = option(options, 'timeStyle', ['full', 'long', 'medium', 'short'], undefined);
  const zone = options.timeZone === undefined ? 'UTC' : String(options.timeZone);
  const offset = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  o.timeZone = offset ? '' : native.zoneName(zone);
  if (!o.timeZone) throw new RangeError('Invalid time zone specified: ' + zone);
  const explicit = fields.some((name) => o[name] !== undefined);
  if (o.dateStyle !== undefined || o.timeStyle !== undefined) {
    if (explicit || o.timeZoneName !== undefined) {
      const name = fields.find((f) => o[f] !== undefined) || 'timeZoneName';
      throw new TypeError(`Can't set option ${name} when ${o.dateStyle ? 'dateStyle' : 'timeStyle'} is used`);
    }
    if (required === 'date' && o.timeStyle !== undefined) throw new TypeError("Invalid option : timeStyle");
    if (required === 'time' && o.dateStyle !== undefined) throw new TypeError("Invalid option : dateStyle");
    Object.assign(o, o.dateStyle && dateStyles[o.dateStyle], o.timeStyle && timeStyles[o.timeStyle]);
  } else {
    const wanted = required === 'date' ? dateFields : required === 'time' ? timeFields : [...dateFields, ...timeFields];
    if (!wanted.some((name) => o[name] !== undefined)) {
      if (defaults !== 'time') o.year = o.month = o.day = 'numeric';
      if (defaults !== 'date') o.hour = o.minute = o.second = 'numeric';
    }
  }
  const cycle = option(options, 'hourCycle', ['h11', 'h12', 'h23', 'h24'], undefined);
  const h12 = options.hour12 === undefined ? undefined : Boolean(options.hour12);
  o.hourCycle = h12 === true ? 'h12' : h12 === false ? (data.h12 ? 'h24' : 'h23') : cycle || (data.h12 ? 'h12' : 'h23');
  return o;
};

// follow fills a pattern in: d, dd, m, mm, y, yy and M (the month's name) are
// fields, quoted text and all else is literal.
const follow = (pattern, values) => {
  const parts = [];
  const literal = (value) => {
    const last = parts[parts.length - 1];
    if (last && last.type === 'literal') last.value += value;
    else parts.push({ type: 'literal', value });
  };
  for (const [piece] of pattern.matchAll(/'[^']*'|dd|d|mm|m|M|yy|y|[^dmMy']+/g)) {
    if (piece[0] === "'") literal(piece.slice(1, -1));
    else if (piece[0] === 'd') parts.push({ type: 'day', value: piece === 'dd' ? two(values.day) : values.dayText });
    else if (piece[0] === 'm') parts.push({ type: 'month', value: piece === 'mm' ? two(values.month) : values.monthText });
    else if (piece === 'M') parts.push({ type: 'month', value: values.monthName });
    else if (piece[0] === 'y') parts.push({ type: 'year', value: piece === 'yy' ? two(values.year % 100) : values.yearText });
    else literal(piece);
  }
  return parts;
};

const dateParts = (o, t) => {
  const { data } = o;
  const month = t.getUTCMonth() + 1, day = t.getUTCDate(), year = t.getUTCFullYear();
  const named = o.month === 'long' || o.month === 'short' || o.month === 'narrow';
  const values = {
    day, month, year,
    dayText: o.day === '2-digit' ? two(day) : String(day),
    monthText: o.month === '2-digit' ? two(month) : String(month),
    monthName: named ? (o.month === 'long' ? data.months : data.shortMonths)[month - 1] : '',
    yearText: o.year === '2-digit' && !o.dateStyle ? two(year % 100) : String(year),
  };
  if (o.month === 'narrow') values.monthName = data.months[month - 1][0].toUpperCase();
  let pattern = '';
  if (o.dateStyle === 'short') pattern = data.shortDate;
  else if (o.dateStyle === 'medium' && data.mediumDate !== 'text') pattern = data.mediumDate;
  else if (named && o.day && o.year) pattern = o.month === 'long' && data.longText || data.text;
  else if (named && o.day) pattern = data.monthDay;
  else if (named && o.year) pattern = data.monthYear;
  else if (named) pattern = 'M';
  else {
    pattern = data.numeric;
    if (o.day === '2-digit') pattern = pattern.replace(/dd?/, 'dd');
    if (o.month === '2-digit') pattern = pattern.replace(/mm?/, 'mm');
    if (!o.day) pattern = pattern.replace(/[^my]?dd?[^my]?/, (s) => (s.length > 2 && /^[^d].*[^d]$/.test(s) ? s[0] : ''));
    if (!o.month) pattern = pattern.replace(/[^dy]?mm?[^dy]?/, (s) => (/^[^m].*[^m]$/.test(s) ? s[0] : ''));
    if (!o.year) pattern = pattern.replace(/^y[^dm]?|[^dm]?y/, '');
  }
  const parts = pattern === 'y' && data.year ? [{ type: 'year', value: values.yearText }, { type: 'literal', value: data.year }] : follow(pattern, values);
  if (!o.weekday) return parts;
  const name = (o.weekday === 'long' ? data.days : data.shortDays)[t.getUTCDay()];
  const weekday = { type: 'weekday', value: o.weekday === 'narrow' ? name[0].toUpperCase() : name };
  if (parts.length === 0) return [weekday];
  if (data.weekLast) return [...parts, weekday];
  return [weekday, { type: 'literal', value: data.week }, ...parts];
};

const zoneText = (o, zone) => {
  const { abbreviation, offset } = zone;
  const sign = offset < 0 ? '-' : '+', hours = Math.floor(Math.abs(offset) / 3600), minutes = Math.floor(Math.abs(offset) / 60) % 60;
  if (o.timeZoneName === 'longOffset') return offset === 0 ? 'GMT' : `GMT${sign}${two(hours)}:${two(minutes)}`;
  if (o.timeZoneName === 'long' || o.timeZoneName === 'longGeneric') {
    if (o.timeZone === 'UTC') return o.data.utc;
    if (abbreviations.includes(abbreviation) && abbreviation.length === 3 && longZones[abbreviation[0]]) {
      return `${longZones[abbreviation[0]]} ${abbreviation[1] === 'D' ? 'Daylight' : 'Standard'} Time`;
    }
    return offset === 0 ? 'GMT' : `GMT${sign}${two(hours)}:${two(minutes)}`;
  }
  if (o.timeZoneName === 'short' && o.timeZone === 'UTC') return 'UTC';
  if (o.timeZoneName === 'short' && abbreviations.includes(abbreviation)) return abbreviation;
  return offset === 0 ? 'GMT' : `GMT${sign}${hours}${minutes ? ':' + two(minutes) : ''}`;
};

const timeParts = (o, t, zone) => {
  const { data } = o;
  const parts = [], hour = t.getUTCHours(), twelve = o.hourCycle === 'h12' || o.hourCycle === 'h11';
  const add = (type, value) => {
    if (parts.length) parts.push({ type: 'literal', value: type === 'fractionalSecond' ? data.decimal : ':' });
    parts.push({ type, value });
  };
  if (o.hour) {
    const h = o.hourCycle === 'h12' ? hour % 12 || 12 : o.hourCycle === 'h11' ? hour % 12 : o.hourCycle === 'h24' ? hour || 24 : hour;
    add('hour', o.hour === '2-digit' || !twelve ? two(h) : String(h));
  }
  if (o.minute) add('minute', o.hour || o.second || o.minute === '2-digit' && o.hour ? two(t.getUTCMinutes()) : String(t.getUTCMinutes()));
  if (o.second) add('second', o.minute ? two(t.getUTCSeconds()) : String(t.getUTCSeconds()));
  if (o.fractionalSecondDigits) add('fractionalSecond', String(t.getUTCMilliseconds()).padStart(3, '0').slice(0, o.fractionalSecondDigits));
  if (data.fullTime && o.timeStyle === 'full') {
    const literals = parts.filter((p) => p.type === 'literal');
    literals.forEach((p, i) => { p.value = data.fullTime[i]; });
    parts.push({ type: 'literal', value: data.fullTime[2] });
  }
  if (o.hour && twelve) {
    const period = { type: 'dayPeriod', value: hour < 12 ? data.am : data.pm };
    if (data.ampmFirst) parts.unshift(period);
    else parts.push({ type: 'literal', value: ' ' }, period);
  }
  if (o.timeZoneName) parts.push({ type: 'literal', value: ' ' }, { type: 'timeZoneName', value: zoneText(o, zone) });
  return parts;
};

const partsOf = (o, time) => {
  const zone = zoneAt(o.timeZone, time);
  const t = new Date(time + zone.offset * 1000);
  const date = o.weekday || o.year || o.month || o.day ? dateParts(o, t) : [];
  if (date.length && o.timeZoneName && !o.hour && !o.minute && !o.second) {
    return [...date, { type: 'literal', value: ', ' }, { type: 'timeZoneName', value: zoneText(o, zone) }];
  }
  const clock = o.hour || o.minute || o.second || o.fractionalSecondDigits || o.timeZoneName ? timeParts(o, t, zone) : [];
  if (!date.length || !clock.length) return [...date, ...clock];
  const { data } = o;
  const long = o.dateStyle === 'full' || o.dateStyle === 'long' || !o.dateStyle && o.month === 'long';
  const named = o.month === 'short' || o.dateStyle === 'medium';
  const join = o.dateStyle === 'full' && data.joinFull || (long ? data.joinLong : named && data.textJoin || data.join);
  return [...date, { type: 'literal', value: join }, ...clock];
};
const text = (parts) => parts.map((p) => p.value).join('');
const timeOf = (date) => {
  const time = date === undefined ? Date.now() : Number(date);
  if (!(Math.abs(time) <= 8.64e15)) throw new RangeError('Invalid time value');
  return time;
};

class DateTimeFormat {
  #o;
  constructor(locales, options) {
    this.#o = settle(locales, options, 'any', 'date');
    const format = (date) => text(partsOf(this.#o, timeOf(date)));
    Object.defineProperty(this, 'format', { value: format, writable: true, enumerable: false, configurable: true });
  }
  formatToParts(date) { return partsOf(this.#o, timeOf(date)); }
  formatRange(a, b) {
    const from = this.format(a), to = this.format(b);
    return from === to ? from : `${from} – ${to}`;
  }
  resolvedOptions() {
    const o = this.#o;
    const out = { locale: o.tag, calendar: 'gregory', numberingSystem: 'latn', timeZone: o.timeZone };
    if (o.hour) Object.assign(out, { hourCycle: o.hourCycle, hour12: o.hourCycle === 'h12' || o.hourCycle === 'h11' });
    if (o.dateStyle || o.timeStyle) return Object.assign(out, o.dateStyle && { dateStyle: o.dateStyle }, o.timeStyle && { timeStyle: o.timeStyle });
    for (const name of [...fields, 'timeZoneName']) if (o[name] !== undefined) out[name] = o[name];
    return out;
  }
  static supportedLocalesOf(locales) { return supported(locales); }
}
shared.DateTimeFormat = DateTimeFormat;
shared.formatDate = (time, locales, options, required, defaults) => text(partsOf(settle(locales, options, required, defaults), time));
