const DAY_MS = 86_400_000;

const ISO =
  /^(\d{4})[-/:.](\d{1,2})(?:[-/:.](\d{1,2}))?(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?\s?(Z|[+-]\d{2}:?\d{2})?)?$/i;
const DOTS = /^(\d{1,2})\.(\d{1,2})\.(\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;
const SLASHES = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;
const NAMED = /^(?:(\d{1,2})[ -])?([a-z]{3,9})\.?[ -](?:(\d{1,2})(?:st|nd|rd|th)?,? )?(\d{4})$/i;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Dates of a column, as days since 1970 with the time of day as a fraction. */
export type ParsedDates =
  | { readonly status: 'read'; readonly days: readonly number[] }
  /** Days and months cannot be told apart. */
  | { readonly status: 'ambiguous' }
  | { readonly status: 'no-dates' };

/**
 * Reads texts as dates, all of them or none: ISO 8601 (also with slashes, dots or the colons of Exif, with a time and a
 * zone, UTC where there is none), 31.12.2024, "31 Dec 2024", "Dec 31, 2024", "Dec 2024"; and 31/12/2024 or 12/31/2024
 * where the texts together leave one reading.
 */
export function parseDates(texts: readonly string[]): ParsedDates {
  const plain = texts.map((text) => fromIso(text) ?? fromDots(text) ?? fromNames(text));
  if (plain.every((day) => day !== undefined)) return { status: 'read', days: plain };
  const parts = texts.map((text) => SLASHES.exec(text));
  if (texts.length === 0 || parts.some((part) => part === null)) return { status: 'no-dates' };
  const readings = [dayFirst, monthFirst].map((read) => parts.map((part) => read(part!)));
  const [first, second] = readings.map((days) => (days.every((day) => day !== undefined) ? days : undefined));
  if (first !== undefined && second !== undefined) {
    const isSame = first.every((day, at) => day === second[at]);
    return isSame ? { status: 'read', days: first } : { status: 'ambiguous' };
  }
  const days = first ?? second;
  return days === undefined ? { status: 'no-dates' } : { status: 'read', days };
}

type Parts = readonly (string | undefined)[];

function fromIso(text: string): number | undefined {
  const found = ISO.exec(text);
  if (found === null) return undefined;
  const [, year, month, day = '1', hours, minutes, seconds, zone] = found as Parts;
  const offset = zone === undefined || /z/i.test(zone) ? 0 : zoneMinutes(zone);
  const whole = dayOf(year, month, day, [hours, minutes, seconds]);
  return whole === undefined ? undefined : whole - offset / 1440;
}

function zoneMinutes(zone: string): number {
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  return (zone.startsWith('-') ? -1 : 1) * (60 * hours + minutes);
}

function fromDots(text: string): number | undefined {
  const found = DOTS.exec(text);
  return found === null ? undefined : dayFirst(found);
}

function dayFirst([, day, month, year, ...time]: Parts): number | undefined {
  return dayOf(year, month, day, time);
}

function monthFirst([, month, day, year, ...time]: Parts): number | undefined {
  return dayOf(year, month, day, time);
}

function fromNames(text: string): number | undefined {
  const found = NAMED.exec(text);
  if (found === null) return undefined;
  const [, before, name, after, year] = found as Parts;
  const month = MONTHS.indexOf(name!.slice(0, 3).toLowerCase());
  if (month < 0 || (before !== undefined && after !== undefined)) return undefined;
  return dayOf(year, String(month + 1), before ?? after ?? '1', []);
}

/** Undefined where there is no such day. */
function dayOf(year?: string, month?: string, day?: string, time: Parts = []): number | undefined {
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  const ms = Date.UTC(y, m - 1, d);
  const date = new Date(ms);
  if (date.getUTCMonth() !== m - 1 || date.getUTCDate() !== d) return undefined;
  const [hours, minutes, seconds] = [0, 1, 2].map((at) => Number(time[at] ?? 0));
  if (hours > 24 || minutes > 59 || seconds >= 61) return undefined;
  return ms / DAY_MS + (hours * 60 + minutes + seconds / 60) / 1440;
}

/** "2024-12-31" of days since 1970. */
export function dayText(days: number): string {
  return new Date(days * DAY_MS).toISOString().slice(0, 10);
}
