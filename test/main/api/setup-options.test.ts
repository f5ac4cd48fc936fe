import { describe, expect, it } from 'vitest';
import { OPTION_NAMES } from '../../../core/concepts/run-options.ts';
import { parsePreprocessing } from '../../../core/images/preprocessing.ts';
import { callHandler, type Handlers } from '../../../main/api/call-handler.ts';
import { schemas } from '../../../main/api/schemas.ts';
import { optionControls } from '../../../main/api/setup-options.ts';

describe('optionControls()', () => {
  it('are there for every option that the setup does not hold in another part', () => {
    const parts = ['model', 'class', 'images', 'labels', 'preprocessing'];
    expect([...parts, ...optionControls().map(({ name }) => name)].sort()).toEqual([...OPTION_NAMES].sort());
  });
});

describe('the schema of setOptions', () => {
  it('takes every control back, and its usual value', () => {
    const controls = optionControls();
    const taken = Object.fromEntries(controls.map(({ name }) => [name, null]));
    expect(schemas.setOptions.parse({ ...taken, classIndex: null })).toEqual({ ...taken, classIndex: null });
    const usual = Object.fromEntries(
      controls.flatMap((one) => ('usual' in one ? [[one.name, one.usual]] : [])),
    );
    expect(schemas.setOptions.parse(usual)).toEqual(usual);
  });

  it.each([
    [{ seed: 2 ** 32 }, 'expected a whole number from 0 to 4,294,967,295'],
    [{ recurse: 5 }, 'expected a whole number from 1 to 4, or "auto"'],
    [{ maps: ['risen'] }, 'expected one of upsampled-coefficients'],
    [{ maps: [] }, 'expected one or more of upsampled-coefficients'],
    [{ maps: 'rise' }, 'expected one or more of upsampled-coefficients'],
    [{ layer: '' }, 'expected a text of 1 to 4,096 characters'],
    [{ craft: 1 }, 'expected true or false'],
    [{ colour: 'blue' }, 'Unrecognized key'],
    [{ model: '/other.onnx' }, 'Unrecognized key'],
  ])('refuses %j', (changes, message) => {
    const { error } = schemas.setOptions.safeParse(changes);
    expect(error?.issues[0].message).toContain(message);
  });
});

describe('the argument of a call', () => {
  const refusalOf = async (method: 'setOptions' | 'decomposeConcept' | 'getTree', argument: unknown) => {
    const outcome = await callHandler({} as Handlers, method, argument);
    return outcome.ok ? undefined : outcome.error.message;
  };

  it('is called as the window calls it where a person may have typed it', async () => {
    const taken = 'expected a whole number from 1 to 256, or "auto"';
    expect(await refusalOf('setOptions', { concepts: 0 })).toBe(`Concepts: ${taken}.`);
    expect(await refusalOf('setOptions', { concepts: 2.5, craft: 'yes' })).toBe(
      `Concepts: ${taken}; As in the paper: expected true or false.`,
    );
    expect(
      await refusalOf('decomposeConcept', { project: 'p1', runId: 'run1', concept: 'c0', parts: 65 }),
    ).toBe('Parts of a concept: expected a whole number from 1 to 64.');
  });

  it('names method and field to whoever wrote the call', async () => {
    expect(await refusalOf('getTree', { project: 'p1', runId: '../x' })).toMatch(/^getTree: runId: /);
    expect(await refusalOf('setOptions', { colour: 'blue' })).toMatch(/^setOptions: argument: Unrecognized/);
  });

  it('counts a map that is said twice once', () => {
    expect(schemas.setOptions.parse({ maps: ['rise', 'saliency', 'rise'] })).toEqual({
      maps: ['rise', 'saliency'],
    });
  });
});

describe('the schema of choosePreprocessing', () => {
  it('takes every field of a card, and no other', () => {
    const card = parsePreprocessing({ size: 32, width: 48, resizeShort: 40 });
    const parse = (preprocessing: object) => schemas.choosePreprocessing.safeParse({ preprocessing });
    expect(parse(card).data).toEqual({ preprocessing: card });
    expect(parse({ width: 48 }).data).toEqual({ preprocessing: { width: 48 } });
    expect(parse({ ...card, colour: 'blue' }).success).toBe(false);
  });
});
