// TypeScript runs as it is: types are stripped, not checked.
interface Event {
  upTo: number;
}

enum Word {
  Fizz = 'fizz',
  Buzz = 'buzz',
}

const word = (n: number): string =>
  [n % 3 === 0 && Word.Fizz, n % 5 === 0 && Word.Buzz].filter(Boolean).join('') || String(n);

export const handler = async (event: Event): Promise<string[]> => {
  if (!Number.isInteger(event.upTo) || event.upTo < 0) throw new RangeError('upTo must be a whole number');
  return Array.from({ length: event.upTo }, (_, i) => word(i + 1));
};
