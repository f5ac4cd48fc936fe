import { describe, expect, it } from 'vitest';
import { SCREENS } from '../../../core/wording/screen-names.ts';
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
    SCREENS.forEach((_, i) => expect(commandOf(press(String(i + 1)), false)).toBe('screen'));
    expect(commandOf(press(String(SCREENS.length + 1)), false)).toBeNull();
    expect(BINDINGS.find(({ command }) => command === 'screen')?.shown).toBe(`1 – ${SCREENS.length}`);
  });

  it('has every command once in the list that people see', () => {
    const commands = BINDINGS.map(({ command }) => command);
    expect(new Set(commands).size).toBe(commands.length);
  });
});
