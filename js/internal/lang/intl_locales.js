// What is known of each locale: separators of numbers, names and orders of dates.
// A date order is a list of fields and literals.
const NBSP = '\u00a0', NNBSP = '\u202f';
const english = {
  decimal: '.', group: ',', minGroup: 1, percent: '%', before: true, gap: '',
  months: ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'],
  shortMonths: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
  days: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
  shortDays: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
  numeric: 'm/d/y', text: 'M d, y', monthDay: 'M d', monthYear: 'M y', week: ', ', join: ', ', joinLong: ' at ',
  h12: true, am: 'AM', pm: 'PM', utc: 'Coordinated Universal Time', symbols: {}, shortDate: 'm/d/yy', mediumDate: 'text',
};
const names = (text) => text.split(' ');
const months = (full, short) => ({ months: names(full), shortMonths: short ? names(short) : names(full) });
const days = (full, short) => ({ days: names(full), shortDays: names(short) });
const european = { ...english, h12: false, before: false, gap: NBSP, decimal: ',', group: '.', joinLong: ', ', percent: NBSP + '%' };
const table = {
  'en-US': () => english,
  'en-GB': () => ({
    ...english, numeric: 'dd/mm/y', text: 'd M y', monthDay: 'd M', h12: false, am: 'am', pm: 'pm',
    shortMonths: names('Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec'),
    shortDate: 'dd/mm/y', symbols: { USD: 'US$', JPY: 'JP¥' },
  }),
  'en-CA': () => ({ ...english, numeric: 'y-mm-dd', shortDate: 'y-mm-dd', am: 'a.m.', pm: 'p.m.', symbols: { USD: 'US$', JPY: 'JP¥', CAD: '$' } }),
  de: () => ({
    ...european, numeric: 'd.m.y', text: 'd. M y', monthDay: 'd. M', monthYear: 'M y', joinLong: ' um ', shortDate: 'dd.mm.yy', mediumDate: 'dd.mm.y',
    ...months('Januar Februar März April Mai Juni Juli August September Oktober November Dezember', 'Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.'),
    ...days('Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag', 'So Mo Di Mi Do Fr Sa'), utc: 'Koordinierte Weltzeit',
  }),
  fr: () => ({
    ...european, group: NNBSP, numeric: 'dd/mm/y', text: 'd M y', monthDay: 'd M', week: ' ', join: ' ', textJoin: ', ', joinLong: ' à ', shortDate: 'dd/mm/y',
    symbols: { USD: '$US', GBP: '£GB', JPY: 'JPY' }, utc: 'temps universel coordonné',
    ...months('janvier février mars avril mai juin juillet août septembre octobre novembre décembre', 'janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.'),
    ...days('dimanche lundi mardi mercredi jeudi vendredi samedi', 'dim. lun. mar. mer. jeu. ven. sam.'),
  }),
  es: () => ({
    ...european, minGroup: 2, numeric: 'd/m/y', text: 'd M y', longText: "d 'de' M 'de' y", monthDay: 'd M', joinLong: ' a las ', joinFull: ', ', shortDate: 'd/m/yy',
    am: 'a. m.', pm: 'p. m.', symbols: { USD: 'US$', GBP: 'GBP', JPY: 'JPY', INR: 'INR', BRL: 'BRL' }, utc: '(tiempo universal coordinado)',
    ...months('enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre', 'ene feb mar abr may jun jul ago sept oct nov dic'),
    ...days('domingo lunes martes miércoles jueves viernes sábado', 'dom lun mar mié jue vie sáb'),
  }),
  it: () => ({
    ...european, minGroup: 2, percent: '%', numeric: 'dd/mm/y', text: 'd M y', monthDay: 'd M', week: ' ', joinLong: ' alle ore ', shortDate: 'dd/mm/yy',
    symbols: { USD: 'USD', JPY: 'JPY', INR: 'INR', BRL: 'BRL' }, utc: 'Tempo coordinato universale',
    ...months('gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre', 'gen feb mar apr mag giu lug ago set ott nov dic'),
    ...days('domenica lunedì martedì mercoledì giovedì venerdì sabato', 'dom lun mar mer gio ven sab'),
  }),
  nl: () => ({
    ...european, percent: '%', before: true, numeric: 'd-m-y', text: 'd M y', monthDay: 'd M', week: ' ', joinLong: ' om ', shortDate: 'dd-mm-y',
    am: 'a.m.', pm: 'p.m.', symbols: { USD: 'US$', JPY: 'JP¥' }, utc: 'gecoördineerde wereldtijd',
    ...months('januari februari maart april mei juni juli augustus september oktober november december', 'jan feb mrt apr mei jun jul aug sep okt nov dec'),
    ...days('zondag maandag dinsdag woensdag donderdag vrijdag zaterdag', 'zo ma di wo do vr za'),
  }),
  pt: () => ({
    ...european, percent: '%', before: true, numeric: 'dd/mm/y', text: "d 'de' M 'de' y", monthDay: "d 'de' M", monthYear: "M 'de' y", joinLong: ' às ', shortDate: 'dd/mm/y',
    symbols: { USD: 'US$', JPY: 'JP¥' }, utc: 'Horário Universal Coordenado',
    ...months('janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro', 'jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.'),
    ...days('domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado', 'dom. seg. ter. qua. qui. sex. sáb.'),
  }),
  ja: () => ({
    ...english, numeric: 'y/m/d', text: "y'年'Md'日'", monthDay: "Md'日'", monthYear: "y'年'M", year: '年', week: '', weekLast: true, join: ' ', joinLong: ' ', h12: false,
    am: '午前', pm: '午後', ampmFirst: true, fullTime: ['時', '分', '秒'], shortDate: 'y/mm/dd', mediumDate: 'y/mm/dd', symbols: { JPY: '￥', CNY: '元' }, utc: '協定世界時',
    ...months('1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月'),
    ...days('日曜日 月曜日 火曜日 水曜日 木曜日 金曜日 土曜日', '日 月 火 水 木 金 土'),
  }),
  sv: () => ({
    ...european, group: NBSP, minus: '−', numeric: 'y-mm-dd', text: 'd M y', monthDay: 'd M', week: ' ', join: ' ', joinLong: ' kl. ', shortDate: 'y-mm-dd',
    am: 'fm', pm: 'em', symbols: { USD: 'US$', GBP: 'GBP', JPY: 'JPY', INR: 'INR', BRL: 'BR$' }, utc: 'koordinerad universell tid',
    ...months('januari februari mars april maj juni juli augusti september oktober november december', 'jan. feb. mars apr. maj juni juli aug. sep. okt. nov. dec.'),
    ...days('söndag måndag tisdag onsdag torsdag fredag lördag', 'sön mån tis ons tors fre lör'),
  }),
};
// Each locale is made when it is first asked for.
const made = new Map();
const get = (name) => {
  if (!Object.prototype.hasOwnProperty.call(table, name)) return undefined;
  if (!made.has(name)) made.set(name, table[name]());
  return made.get(name);
};

// canonical checks a language tag and returns it as it is usually written.
const canonical = (tag) => {
  if (typeof tag !== 'string' && (typeof tag !== 'object' || tag === null)) throw new TypeError('Incorrect locale information provided');
  tag = String(tag);
  if (!/^[a-z]{2,3}(-[a-z]{4})?(-([a-z]{2}|\d{3}))?(-[a-z0-9]{4,8})*(-[a-z]-[a-z0-9]{2,8}(-[a-z0-9]{2,8})*)*$/i.test(tag)) {
    throw new RangeError('Incorrect locale information provided');
  }
  return tag.split('-').map((part, i) => {
    if (i === 0) return part.toLowerCase();
    if (part.length === 4 && /^[a-z]+$/i.test(part)) return part[0].toUpperCase() + part.slice(1).toLowerCase();
    return part.length === 2 && i < 3 ? part.toUpperCase() : part.toLowerCase();
  }).join('-');
};
const list = (locales) => {
  if (locales === undefined) return [];
  if (typeof locales === 'string') return [canonical(locales)];
  if (locales === null) throw new TypeError('Cannot convert undefined or null to object');
  return [...new Set(Array.from(locales, canonical))];
};
const find = (tag) => {
  const base = tag.replace(/-[a-z]-.*$/, '');
  if (get(base)) return { tag: base, data: get(base) };
  const language = base.split('-')[0];
  if (language === 'en') return { tag: base, data: ['US', undefined].includes(base.split('-')[1]) ? get('en-US') : get('en-GB') };
  return get(language) ? { tag: base, data: get(language) } : undefined;
};
// resolve returns the first locale that is known, or en-US.
const resolve = (locales) => {
  for (const tag of list(locales)) {
    const found = find(tag);
    if (found) return found;
  }
  return { tag: 'en-US', data: english };
};
// option reads a member of an options object and checks it.
const option = (options, name, allowed, fallback) => {
  let value = options[name];
  if (value === undefined) return fallback;
  value = String(value);
  if (allowed && !allowed.includes(value)) throw new RangeError(`Value ${value} out of range for Intl options property ${name}`);
  return value;
};
const integer = (options, name, min, max, fallback) => {
  const value = options[name];
  if (value === undefined) return fallback;
  const n = Number(value);
  if (!(n >= min && n <= max)) throw new RangeError(`${name} value is out of range.`);
  return Math.floor(n);
};
const supported = (locales) => list(locales).filter((tag) => find(tag) !== undefined);
return { list, resolve, option, integer, supported, NBSP };
