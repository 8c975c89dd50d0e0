// util.parseArgs
const { Object, Array, TypeError } = globalThis;
const errors = require('internal/errors');
const { nodeError } = errors;

function check(config) {
  errors.validateObject(config, 'config');
  const { args, options = {}, strict = true, allowPositionals = !strict, tokens: wantTokens = false, allowNegative = false } = config;
  if (args !== undefined) errors.validateArray(args, 'args');
  errors.validateBoolean(strict, 'strict');
  errors.validateBoolean(allowPositionals, 'allowPositionals');
  errors.validateBoolean(wantTokens, 'tokens');
  errors.validateObject(options, 'options');
  for (const [name, o] of Object.entries(options)) {
    errors.validateObject(o, `options.${name}`);
    if (o.type !== 'string' && o.type !== 'boolean') throw errors.invalidArgType(`options.${name}.type`, "('string|boolean')", o.type);
    if (Object.hasOwn(o, 'short')) {
      errors.validateString(o.short, `options.${name}.short`);
      if (o.short.length !== 1) throw errors.invalidArgValue(`options.${name}.short`, o.short, 'must be a single character');
    }
    if (Object.hasOwn(o, 'multiple')) errors.validateBoolean(o.multiple, `options.${name}.multiple`);
    const value = o.default;
    if (value !== undefined) {
      const one = o.type === 'string' ? errors.validateString : errors.validateBoolean;
      if (o.multiple) {
        errors.validateArray(value, `options.${name}.default`);
        value.forEach((v, i) => one(v, `options.${name}.default[${i}]`));
      } else {
        one(value, `options.${name}.default`);
      }
    }
  }
  return { args: args ?? require('process').argv.slice(2), options, strict, allowPositionals, wantTokens, allowNegative };
}
const looksLikeOption = (a) => a !== undefined && a.length > 1 && a[0] === '-';

// scan splits the arguments into tokens.
function scan(args, options) {
  const tokens = [];
  const short = (c) => Object.keys(options).find((k) => options[k].short === c) ?? c;
  const takes = (name) => Object.hasOwn(options, name) && options[name].type === 'string';
  const queue = args.map((arg, index) => ({ arg, index }));
  while (queue.length > 0) {
    const { arg, index } = queue.shift();
    if (arg === '--') {
      tokens.push({ kind: 'option-terminator', index });
      for (const q of queue) tokens.push({ kind: 'positional', index: q.index, value: q.arg });
      break;
    }
    const option = (name, rawName, value, inline) => tokens.push({ kind: 'option', name, rawName, index, value, inlineValue: inline });
    const next = (name, rawName) => {
      if (takes(name) && queue.length > 0) option(name, rawName, queue.shift().arg, false);
      else option(name, rawName, undefined, undefined);
    };
    if (/^-[^-]$/.test(arg)) {
      next(short(arg[1]), arg);
    } else if (/^-[^-]./.test(arg)) {
      const name = short(arg[1]);
      if (takes(name)) {
        option(name, `-${arg[1]}`, arg.slice(2), true);
      } else {
        const parts = [];
        for (let i = 1; i < arg.length; i++) {
          const n = short(arg[i]);
          if (!takes(n) || i === arg.length - 1) {
            parts.push({ arg: `-${arg[i]}`, index });
          } else {
            parts.push({ arg: `-${arg.slice(i)}`, index });
            break;
          }
        }
        queue.unshift(...parts);
      }
    } else if (/^--[^=]+$/.test(arg)) {
      next(arg.slice(2), arg);
    } else if (/^--[^=]+=/.test(arg)) {
      const at = arg.indexOf('=', 3);
      option(arg.slice(2, at), arg.slice(0, at), arg.slice(at + 1), true);
    } else {
      tokens.push({ kind: 'positional', index, value: arg });
    }
  }
  return tokens;
}

function parseArgs(config = {}) {
  const { args, options, strict, allowPositionals, wantTokens, allowNegative } = check(config);
  const tokens = scan(args, options);
  const values = Object.create(null);
  const positionals = [];
  const store = (name, value) => {
    if (name === '__proto__') return;
    const v = value ?? true;
    if (options[name]?.multiple) (values[name] ??= []).push(v);
    else values[name] = v;
  };
  for (const t of tokens) {
    if (t.kind === 'positional') {
      if (!allowPositionals) throw nodeError(TypeError, 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL', `Unexpected argument '${t.value}'. This command does not take positional arguments`);
      positionals.push(t.value);
    }
    if (t.kind !== 'option') continue;
    let { name, value } = t;
    if (allowNegative && name.startsWith('no-') && value === undefined && options[name.slice(3)]?.type === 'boolean') {
      name = name.slice(3);
      value = false;
    }
    if (strict) {
      const known = Object.hasOwn(options, name) ? options[name] : undefined;
      if (known === undefined) {
        const hint = allowPositionals ? `. To specify a positional argument starting with a '-', place it at the end of the command after '--', as in '-- "${t.rawName}"` : '';
        throw nodeError(TypeError, 'ERR_PARSE_ARGS_UNKNOWN_OPTION', `Unknown option '${t.rawName}'${hint}`);
      }
      const label = `${known.short ? `-${known.short}, ` : ''}--${name}`;
      if (known.type === 'string' && typeof value !== 'string') throw nodeError(TypeError, 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE', `Option '${label} <value>' argument missing`);
      if (known.type === 'boolean' && value != null && value !== false) throw nodeError(TypeError, 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE', `Option '${label}' does not take an argument`);
      if (t.inlineValue === false && looksLikeOption(value)) {
        const example = t.rawName.startsWith('--') ? `'${t.rawName}=-XYZ'` : `'--${name}=-XYZ' or '${t.rawName}-XYZ'`;
        throw nodeError(TypeError, 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE', `Option '${t.rawName}' argument is ambiguous.\nDid you forget to specify the option argument for '${t.rawName}'?\nTo specify an option argument starting with a dash use ${example}.`);
      }
    }
    store(name, value);
  }
  for (const [name, o] of Object.entries(options)) {
    if (o.default !== undefined && values[name] === undefined) values[name] = o.default;
  }
  const result = { values, positionals };
  if (wantTokens) result.tokens = tokens;
  return result;
}
exports.parseArgs = parseArgs;
