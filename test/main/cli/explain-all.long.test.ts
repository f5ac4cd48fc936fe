import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { writePictures } from './colour-case.ts';
import { colourCase, type Facts } from './explained-colours.ts';
import { tessera } from './run-tessera.ts';

/** What is told of all classes at once. */
interface AllFacts {
  readonly explanations: readonly Facts[];
  readonly overview?: {
    readonly bank: string | null;
    readonly report: string;
    readonly classes: readonly { readonly index: number; readonly name: string }[];
  };
}

/** What `overview --json` tells of the model, and of two classes. */
interface ModelFacts {
  readonly bank: { readonly id: string };
  readonly classes: readonly { readonly name: string }[];
  readonly concepts: readonly { readonly importance: readonly unknown[] }[];
}
interface PairFacts {
  readonly mistakes: unknown;
  readonly right: Readonly<
    Record<'truth' | 'predicted', { readonly lead: { readonly mean: number } } | null>
  >;
  readonly concepts: readonly { readonly concept: string }[];
}

describe('tessera explain --class all', { timeout: 400_000 }, () => {
  it('says that no class is predicted often enough to explain every one', async () => {
    const { argv, images } = await colourCase({ pictures: 4 });
    const { code, stderr } = await tessera(...argv, '--images', images, '--class', 'all', '--concepts', '2');
    expect(stderr).toContain('The model predicts no class for at least 5 of the 4 images.');
    expect(stderr).toContain('Give more images, or name one class.');
    expect(code).toBe(2);
  });

  it('explains every class that is predicted often enough, each with a report', async () => {
    const { argv, images } = await colourCase();
    const all = ['--images', images, '--class', 'all', '--concepts', '2', '--json'];
    const few = await tessera(...argv, ...all);
    expect(few.code).toBe(0);
    const more = await writePictures(images, 18);
    const { code, stdout } = await tessera(...argv, ...all, '--images', more);
    expect(code).toBe(0);
    const { explanations, overview } = JSON.parse(stdout) as AllFacts;
    expect(explanations.map((facts) => facts.class.name)).toEqual(['red', 'blue']);
    // Both have the concepts of one bank, by the same names.
    const banks = explanations.map(({ factorization }) => factorization.shared?.bank);
    expect(banks).toEqual([overview!.bank, overview!.bank]);
    const named = explanations.map(({ concepts }) => concepts.map(({ id, name }) => `${id} ${name}`).sort());
    expect(named[0]).toEqual(['c0 Concept 1', 'c1 Concept 2']);
    expect(named[1]).toEqual(named[0]);
    expect(overview!.classes.map(({ name }) => name).sort()).toEqual(['blue', 'red']);
    // It is made again once, whichever class is judged by it.
    const [first, second] = explanations.map(({ evaluation }) => evaluation.stability);
    expect(first.mean).toBeGreaterThan(0);
    expect(second).toEqual(first);
    expect(new Set(explanations.map(({ report }) => report)).size).toBe(2);
    for (const { report } of explanations) expect(await readFile(report, 'utf8')).toContain('</html>');

    expect(await readFile(overview!.report, 'utf8')).toContain('What <em>');
    const folder = path.dirname(explanations[0].report);
    const page = path.join(folder, 'overview.html');
    const whole = await tessera('overview', folder, '--report', page, '--json');
    expect(whole.code, whole.stderr).toBe(0);
    const model = JSON.parse(whole.stdout) as ModelFacts;
    expect(model.bank).toMatchObject({ id: overview!.bank, classes: 2, concepts: 2 });
    expect(model.classes.map(({ name }) => name).sort()).toEqual(['blue', 'red']);
    expect(model.concepts.every(({ importance }) => importance.length === 2)).toBe(true);
    expect(await readFile(page, 'utf8')).toContain('What <em>');
    const pair = await tessera('overview', folder, '--class', 'red', '--against', 'blue', '--json');
    expect(pair.code, pair.stderr).toBe(0);
    const { mistakes, right, concepts } = JSON.parse(pair.stdout) as PairFacts;
    expect(mistakes).toBeNull();
    // Of two colours one argues for one class and one for the other.
    expect(right.truth?.lead.mean).toBeLessThan(0);
    expect(right.predicted?.lead.mean).toBeGreaterThan(0);
    expect(concepts.map(({ concept }) => concept).sort()).toEqual(['c0', 'c1', 'rest']);
    const same = await tessera('overview', folder, '--class', 'red', '--against', 'red');
    expect([same.code, same.stderr]).toEqual([
      2,
      expect.stringContaining('--class and --against are both "red".'),
    ]);
  });

  it('explains every class with concepts of its own where that is asked for', async () => {
    const { argv, images } = await colourCase();
    const all = ['--class', 'all', '--bank', 'each', '--concepts', '2', '--json'];
    const { stdout, stderr, code } = await tessera(...argv, '--images', images, ...all);
    expect(code, stderr).toBe(0);
    const { explanations, overview } = JSON.parse(stdout) as AllFacts;
    expect(overview).toBeUndefined();
    const none = await tessera('overview', path.dirname(explanations[0].report));
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('has no finished run whose concepts other classes have too.');
    for (const { factorization } of explanations) expect(factorization.shared).toBeUndefined();
  });

  it('explains one class with the concepts of all, as when all are explained', async () => {
    const { argv, images } = await colourCase();
    const more = await writePictures(images, 18);
    const given = ['--images', images, '--images', more, '--concepts', '2', '--bank', 'shared', '--json'];
    const one = await tessera(...argv, ...given, '--class', 'blue');
    expect(one.code, one.stderr).toBe(0);
    const all = await tessera(...argv, ...given, '--class', 'all');
    const blue = JSON.parse(one.stdout) as Facts;
    const { explanations } = JSON.parse(all.stdout) as AllFacts;
    const again = explanations.find((facts) => facts.class.name === 'blue')!;
    expect(again.factorization).toEqual(blue.factorization);
    expect(again.concepts).toEqual(blue.concepts);
    const wrong = await tessera(...argv, ...given, '--bank', 'common', '--class', 'blue');
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('--bank takes one of usual, sparse, each, shared; got "common".');
  });
});
