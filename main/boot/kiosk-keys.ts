import type { Input } from 'electron';

/** What a press of keys means to the kiosk; all other keys with Ctrl, Alt or Meta, and those of functions, do nothing. */
export function kioskKey({
  type,
  key,
  control,
  meta,
  alt,
  shift,
}: Input): 'leave' | 'next' | 'ignore' | 'page' {
  const isCommand = (control || meta) && shift && !alt;
  if (isCommand && key.toLowerCase() === 'q') return type === 'keyDown' ? 'leave' : 'ignore';
  if (isCommand && key === 'Enter') return type === 'keyDown' ? 'next' : 'ignore';
  return control || meta || alt || /^(F\d+|Browser\w+)$/.test(key) ? 'ignore' : 'page';
}
