import type { Estimate } from '../concepts/explanation.ts';

const MINUS = '\u2212';
const NARROW_SPACE = '\u202f';
const EN_DASH = '\u2013';
/** What is above zero, but would read as zero. */
const SMALLEST = '< 0.1';

/** A fraction as a percentage: one decimal below 10 %, none above; "< 0.1 %" for what would read as zero. */
export function percentText(fraction: number): string {
  return `${percentDigits(fraction)}${NARROW_SPACE}%`;
}

/** The interval of a fraction, "36–46 %"; "−1.0 to 4.2 %" when an end is negative. */
export function intervalText({ low, high }: Estimate): string {
  const separator = low < 0 || high < 0 ? ' to ' : EN_DASH;
  const [from, to] = [low, high].map(percentDigits);
  return from === to && from === SMALLEST ? percentText(low) : `${from}${separator}${to}${NARROW_SPACE}%`;
}

/** A number in at most three significant digits, with a real minus sign and thin spaces between thousands. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return 'not defined';
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e6 || size < 1e-3)) return value.toExponential(2).replaceAll('-', MINUS);
  if (size >= 999.5) return signed(grouped(Number(value.toPrecision(3)).toFixed(0)));
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return signed(value.toFixed(digits));
}

/** A whole number with thin spaces between thousands. */
export function countText(count: number): string {
  return grouped(String(count));
}

/** "1 image", "40 images". */
export function plural(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A duration: "380 ms", "4.2 s", "3 min 05 s". */
export function durationText(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** "a", "a and b", "a, b and c". */
export function listText(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** The last part of a path in either system's notation. */
export function fileNameOf(path: string): string {
  return path.split(/[/\\]/).at(-1) || path;
}

function percentDigits(fraction: number): string {
  if (!Number.isFinite(fraction)) return 'not defined';
  const percent = fraction * 100;
  const size = Math.abs(percent);
  if (percent > 0 && percent < 0.05) return SMALLEST;
  return signed(size < 9.95 && size >= 0.05 ? percent.toFixed(1) : percent.toFixed(0));
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, NARROW_SPACE);
}

function signed(digits: string): string {
  return Number(digits) === 0 ? digits.replace('-', '') : digits.replace('-', MINUS);
}
