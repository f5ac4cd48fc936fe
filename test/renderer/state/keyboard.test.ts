import { describe, expect, it } from 'vitest';
import { SCREEN_KEYS, screenOfKey, SCREENS } from '../../../core/wording/screen-names.ts';
import { BINDINGS, commandOf } from '../../../renderer/state/keyboard.ts';

const press = (key: string, held: Partial<Parameters<typeof commandOf>[0]> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

describe('commandOf()', () => {
  it.each([
    [press('r'), 'rename'],
    [press('R'), 'rename'],
    [press('4'), 'screen'],
    [press('k', { ctrlKey: true }), 'search'],
    [press('k', { metaKey: true }), 'search'],
    [press('k'), null],
    [press('z'), 'undo'],
    [press('z', { ctrlKey: true }), 'undo'],
    [press('Z', { shiftKey: true }), 'redo'],
    [press('?', { shiftKey: true }), 'keys'],
    [press('h', { shiftKey: true }), null],
    [press('h', { altKey: true }), null],
    [press('r', { ctrlKey: true }), null],
    [press('ArrowDown'), 'next-concept'],
  ])('%o means %s', (key, command) => expect(commandOf(key, false)).toBe(command));

  it('leaves single keys and undo to a text field, but not the search', () => {
    expect(commandOf(press('r'), true)).toBeNull();
    expect(commandOf(press('z', { ctrlKey: true }), true)).toBeNull();
    expect(commandOf(press('k', { ctrlKey: true }), true)).toBe('search');
  });

  it('has a key for every screen, and says which', () => {
    const keys = Object.values(SCREEN_KEYS);
    expect(new Set(keys).size).toBe(SCREENS.length);
    for (const key of keys) {
      expect(BINDINGS.filter((binding) => binding.keys.includes(key))).toHaveLength(1);
      expect(commandOf(press(key), false)).toBe('screen');
    }
    for (const screen of SCREENS) expect(screenOfKey(SCREEN_KEYS[screen])).toBe(screen);
  });

  it('has every command once in the list that people see', () => {
    const commands = BINDINGS.map(({ command }) => command);
    expect(new Set(commands).size).toBe(commands.length);
  });
});
