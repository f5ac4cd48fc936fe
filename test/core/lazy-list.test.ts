import { describe, expect, it } from 'vitest';
import { lazyList } from '../../core/lazy-list.ts';

describe('lazyList', () => {
  const squares = lazyList(5, (index) => ({ value: index ** 2 }));

  it('reads as an array does', () => {
    expect(squares).toHaveLength(5);
    expect(squares[3]).toEqual({ value: 9 });
    expect([squares[5], squares.at(-1), 4 in squares, 5 in squares]).toEqual([
      undefined,
      { value: 16 },
      true,
      false,
    ]);
    expect(squares.map(({ value }) => value)).toEqual([0, 1, 4, 9, 16]);
    expect([...squares.entries()].slice(3)).toEqual([
      [3, { value: 9 }],
      [4, { value: 16 }],
    ]);
    expect(squares.slice(1, 3)).toEqual([{ value: 1 }, { value: 4 }]);
    expect(Array.isArray(squares)).toBe(true);
    expect(JSON.stringify(squares)).toBe(JSON.stringify([...squares]));
    expect(squares).toEqual([...squares]);
    expect(squares).not.toEqual([...squares].reverse());
  });

  it('makes no more than is asked for, and cannot be changed', () => {
    const made: number[] = [];
    const list = lazyList(1_000_000, (index) => made.push(index));
    void list[7];
    expect(list.slice(2, 4)).toHaveLength(2);
    expect(made).toEqual([7, 2, 3]);
    expect(() => ((squares as { value: number }[])[0] = { value: 1 })).toThrow(TypeError);
  });
});
