const MINUS = '\u2212';
const NO_BREAK_SPACE = '\u00a0';
const EN_DASH = '\u2013';
const NOT_DEFINED = 'not defined';
/** What is not nothing but would read as nothing, and what is not all but would read as all. */
const [LEAST, MOST] = [`<${NO_BREAK_SPACE}0.1`, `>${NO_BREAK_SPACE}99.9`];

/**
 * A measured share as a percentage, with one decimal: "57.4 %". Only nothing reads "0 %" and only all "100 %"; what
 * comes close reads "< 0.1 %" or "> 99.9 %".
 */
export function percentText(fraction: number): string {
  return withSign(percentDigits(fraction));
}

/**
 * The interval of a share, "55.1–59.8 %"; "−1.0 to 4.2 %" when an end is negative; one number where both ends read alike.
 * An end close to nothing or all is rounded outwards, so that no mark stands in an interval: "0–0.2 %", "99.9–100 %".
 */
export function intervalText({ low, high }: { readonly low: number; readonly high: number }): string {
  const separator = low < 0 || high < 0 ? ' to ' : EN_DASH;
  const [from, to] = [low, high].map(percentDigits);
  if (from === to) return percentText(low);
  const outwards = (digits: string, least: string, most: string): string =>
    digits === LEAST ? least : digits === MOST ? most : digits;
  return withSign(`${outwards(from, '0', '99.9')}${separator}${outwards(to, '0.1', '100')}`);
}

/** Has an interval a width to be drawn? Over one image, or over copies of one, both ends are the same but for rounding. */
export function hasInterval({ low, high }: { readonly low: number; readonly high: number }): boolean {
  return high - low > 1e-9;
}

/** The interval of a mean over images; over one image, or images that are all alike, there is none. */
export function overImagesText(
  interval: { readonly low: number; readonly high: number },
  images: number,
): string {
  if (images < 2) return 'no interval over one image';
  // That all or nothing goes through a concept in each of several images is known.
  const isCertain = interval.low === 0 || interval.low === 1;
  return hasInterval(interval) || isCertain ? intervalText(interval) : 'no interval';
}

/** A share that somebody set, a bound, or a tick of an axis, as short as it goes: "65 %", "97.5 %". */
export function shortPercentText(fraction: number): string {
  return withSign(numberText(100 * fraction));
}

/** A figure that is read against 1 (R², a cosine, a correlation, an area) or a logit: two decimals, "0.83". */
export function decimalText(value: number): string {
  return fixed(value, 2);
}

/** Such a figure with its interval, "0.22 (0.20 to 0.24)". */
export function decimalEstimateText(
  value: number | undefined,
  interval?: readonly [low: number, high: number] | null,
): string {
  return `${decimalText(value ?? NaN)}${interval ? ` (${interval.map(decimalText).join(' to ')})` : ''}`;
}

/** Most digits that a figure near a bound is given. */
const MOST_DIGITS = 7;

/**
 * {@link decimalText} with as many digits as show on which side of each bound the value lies, so that a grade follows
 * from what is printed: against 0.9 "0.898" rather than "0.90".
 */
export function gradedDecimalText(value: number, bounds: readonly number[]): string {
  return fixed(value, digitsBeside(value, bounds, 2));
}

/** {@link percentText} likewise. */
export function gradedPercentText(fraction: number, bounds: readonly number[]): string {
  const inPercent = bounds.map((bound) => Number((100 * bound).toPrecision(12)));
  const digits = digitsBeside(100 * fraction, inPercent, 1);
  return digits === 1 ? percentText(fraction) : withSign(fixed(100 * fraction, digits));
}

function digitsBeside(value: number, bounds: readonly number[], least: number): number {
  const isOnItsSide = (digits: number): boolean =>
    bounds.every((bound) => Math.sign(Number(value.toFixed(digits)) - bound) === Math.sign(value - bound));
  let digits = least;
  while (digits < MOST_DIGITS && !isOnItsSide(digits)) digits++;
  return digits;
}

/** Any other number, in at most three significant digits and without an exponent where it can be: "0.0457", "12,345". */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return NOT_DEFINED;
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(2).replaceAll('-', MINUS);
  return size >= 99.95 ? fixed(value, 0) : String(Number(value.toPrecision(3))).replace('-', MINUS);
}

/** A change in at most three significant digits, with its sign: "+1.25", "−0.4". */
export function changeText(value: number): string {
  return value > 0 ? `+${numberText(value)}` : numberText(value);
}

/** A change with its sign and so many decimals: "+0.57"; what rounds to nothing has no sign. */
export function signedText(value: number, digits = 2): string {
  const text = fixed(value, digits);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** How many times as much: "× 0.50". */
export function factorText(factor: number): string {
  return `×${NO_BREAK_SPACE}${decimalText(factor)}`;
}

/** How many times as fast: "3.2×". */
export function speedText(speed: number): string {
  return `${fixed(speed, 1)}×`;
}

/** Digits with a real minus sign and commas between thousands; what rounds to nothing has no sign. */
export function fixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return NOT_DEFINED;
  const [whole, decimals] = Math.abs(value).toFixed(digits).split('.');
  const text = [whole.replace(/\B(?=(\d{3})+$)/g, ','), ...(decimals === undefined ? [] : [decimals])].join(
    '.',
  );
  return value < 0 && /[1-9]/.test(text) ? `${MINUS}${text}` : text;
}

function percentDigits(fraction: number): string {
  if (fraction === 0 || fraction === 1) return String(100 * fraction);
  const digits = fixed(100 * fraction, 1);
  if (fraction > 0 && digits === '0.0') return LEAST;
  return fraction < 1 && digits === '100.0' ? MOST : digits;
}

function withSign(digits: string): string {
  return digits === NOT_DEFINED ? digits : `${digits}${NO_BREAK_SPACE}%`;
}
