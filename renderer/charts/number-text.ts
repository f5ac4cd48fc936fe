/** A share as percent: "72.1 %"; "< 0.1 %" where it is not nothing. */
export function percent(fraction01: number, digits = 1): string {
  const least = 10 ** -digits;
  const value = fraction01 * 100;
  if (value > 0 && value < least / 2) return `< ${least} %`;
  return `${value.toFixed(digits)} %`;
}

/** Three significant digits, without an exponent where a person can do without. */
export function figure(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(2).replace('-', '−');
  const text = size >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
  return text.replace('-', '−');
}

/** With its sign: "+1.25", "−0.4". */
export function change(value: number): string {
  return value > 0 ? `+${figure(value)}` : figure(value);
}

/** With its sign and so many decimals: "+0.57"; what rounds to nothing has no sign. */
export function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return (value > 0 ? '+' : '−') + text;
}

/** A whole number with thousands separated. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A number with its noun. */
export function countOf(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Seconds as "0:02", "3:40", "1:02:09". */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** A length of time in words: "about 40 s", "3 to 5 min". */
export function duration(low: number, high: number): string {
  const unit = high >= 5400 ? 3600 : high >= 90 ? 60 : 1;
  const name = unit === 3600 ? 'h' : unit === 60 ? 'min' : 's';
  const [from, to] = [low / unit, high / unit].map((value) =>
    unit === 3600 ? Math.round(value * 10) / 10 : Math.max(1, Math.round(value)),
  );
  return from === to ? `about ${to} ${name}` : `${from} to ${to} ${name}`;
}

/** Bytes as "4.2 MB". */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = value < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  const scaled = value / 1000 ** power;
  return `${scaled >= 100 || power === 0 ? Math.round(scaled) : scaled.toFixed(1)} ${units[power]}`;
}

/** A sentence with its paths shortened to their last parts: "from the card /a/b/card.json" gives "from the card card.json". */
export function withoutFolders(text: string): string {
  return text.replace(/(^|\s)(?:[A-Za-z]:)?[\\/](?:[^\\/]*[\\/])+/g, '$1');
}
