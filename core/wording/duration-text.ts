import { fixed } from './number-text.ts';

/** How long something took, in milliseconds: "380 ms", "4.2 s", "3 min 05 s". */
export function durationText(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${twoDigits(seconds % 60)} s`;
}

/** A clock that runs, in seconds: "0:02", "3:40", "1:02:09". */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours > 0 ? `${hours}:${twoDigits(minutes)}:${twoDigits(rest)}` : `${minutes}:${twoDigits(rest)}`;
}

/** About how long something will take, in seconds: "about 40 s", "3 to 5 min". */
export function durationRangeText(low: number, high: number): string {
  const unit = high >= 5400 ? 3600 : high >= 90 ? 60 : 1;
  const name = unit === 3600 ? 'h' : unit === 60 ? 'min' : 's';
  const [from, to] = [low / unit, high / unit].map((value) =>
    unit === 3600 ? Math.round(value * 10) / 10 : Math.max(1, Math.round(value)),
  );
  return from === to ? `about ${to} ${name}` : `${from} to ${to} ${name}`;
}

/** How many a second: "3.2/s", "240/s". */
export function rateText(perSecond: number): string {
  return `${fixed(perSecond, perSecond < 10 ? 1 : 0)}/s`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
