import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import * as implicit from '../../../core/implicit/index.ts';

const page = readFileSync(join(import.meta.dirname, '../../../core/implicit/README.md'), 'utf8');
const sections = page.split(/^## /m).filter((section) => section.includes('```ts\n'));

/** Runs one example; returns what it showed and what its comments say. */
function runExample(section: string): { shown: number[][]; wanted: number[][] } {
  const code = /```ts\n([\s\S]*?)```/.exec(section)![1];
  const wanted = [...code.matchAll(/^show\(.*\/\/ (.*)$/gm)].map(([, numbers]) =>
    numbers.split(', ').map(Number),
  );
  const shown: number[][] = [];
  const show = (value: tf.Tensor | number): void =>
    void shown.push(typeof value === 'number' ? [value] : Array.from(implicit.toFloat64(value)));
  const scope = { tf, show, ...implicit };
  // The examples are our own page, checked in; they run as a reader would type them.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const body = new Function(...Object.keys(scope), code) as (...values: unknown[]) => void;
  body(...Object.values(scope));
  return { shown, wanted };
}

describe('the examples of the implicit differentiation page', () => {
  it('are seven', () => {
    expect(sections).toHaveLength(7);
  });
  for (const section of sections) {
    it(`${section.split('\n', 1)[0]} shows what it says`, () => {
      implicit.inFloat64(() =>
        tf.tidy(() => {
          const { shown, wanted } = runExample(section);
          expect(shown.length).toBeGreaterThan(0);
          expect(wanted).toHaveLength(shown.length);
          // The page prints four digits.
          shown.forEach((values, i) => expect(values).toBeAllclose(wanted[i], { atol: 1e-4, rtol: 1e-4 }));
        }),
      );
    });
  }
});
