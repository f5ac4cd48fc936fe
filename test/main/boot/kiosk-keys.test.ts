import type { Input } from 'electron';
import { describe, expect, it } from 'vitest';
import { kioskKey } from '../../../main/boot/kiosk-keys.ts';
import { KIOSK_KEYS } from '../../../main/services/desktop.ts';

const press = (keys: string, type: 'keyDown' | 'keyUp' = 'keyDown') => {
  const parts = keys.split('+');
  const input = {
    type,
    key: parts.at(-1),
    control: parts.includes('Ctrl'),
    meta: parts.includes('Meta'),
    alt: parts.includes('Alt'),
    shift: parts.includes('Shift'),
  };
  return kioskKey(input as Input);
};

describe('keys in the kiosk', () => {
  it('lead out, or to the next participant, by what the researcher was told', () => {
    expect(press(KIOSK_KEYS.leave)).toBe('leave');
    expect(press(KIOSK_KEYS.next)).toBe('next');
    expect(press('Meta+Shift+q')).toBe('leave');
    // Once, and not again when they are let go.
    expect(press(KIOSK_KEYS.leave, 'keyUp')).toBe('ignore');
    expect(press(KIOSK_KEYS.next, 'keyUp')).toBe('ignore');
  });

  it('do nothing else that a browser would do', () => {
    for (const keys of [
      'Ctrl+W',
      'Ctrl+R',
      'Ctrl+Q',
      'Alt+F4',
      'F5',
      'F11',
      'Ctrl+Shift+I',
      'Alt+ArrowLeft',
      'Meta+Tab',
      'BrowserBack',
      'Ctrl+Alt+Shift+Q',
    ])
      expect([keys, press(keys)]).toEqual([keys, 'ignore']);
  });

  it('answer and go on', () => {
    for (const keys of ['1', '5', 'Enter', 'Tab', 'Shift+Tab', ' ', 'ArrowDown', 'f'])
      expect([keys, press(keys)]).toEqual([keys, 'page']);
  });
});
