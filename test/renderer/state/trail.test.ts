import { describe, expect, it } from 'vitest';
import type { RunResult, RunState, Setup } from '../../../main/api/contract.ts';
import { trailOf, type TrailFacts } from '../../../renderer/state/trail.ts';

const facts: TrailFacts = {
  screen: 'concepts',
  setup: {
    runs: [{ project: 'b', runId: 'run3', name: 'again' }],
    name: 'birds',
    folder: '/birds',
    model: { fileName: 'birds.onnx' },
  } as unknown as Setup,
  next: { layer: 'layer2', className: 'crow' },
  run: {
    folder: '/birds',
    projectName: 'birds',
    className: 'robin',
    status: 'failed',
    project: 'b',
    runId: 'run3',
  } as RunState,
  result: {
    run: { runId: 'run2', name: null },
    layer: { tensor: 'layer4' },
    className: 'heron',
  } as RunResult,
};

const textOf = (given: TrailFacts) => trailOf(given).map(({ text }) => text);

describe('trailOf()', () => {
  it.each(['concepts', 'image', 'evaluate', 'report'] as const)(
    'names the shown run on the screen "%s", never the class of one that failed',
    (screen) =>
      expect(textOf({ ...facts, screen })).toEqual(['birds', 'birds.onnx', 'Run 2', 'layer4', 'heron']),
  );

  it('names what is set up on the setup', () =>
    expect(textOf({ ...facts, screen: 'setup' })).toEqual(['birds', 'birds.onnx', 'layer2', 'crow']));

  it('names the run under way on its screen, also one of another project', () => {
    expect(textOf({ ...facts, screen: 'run' })).toEqual(['birds', 'birds.onnx', 'again', 'robin']);
    const run = { ...facts.run!, folder: '/trees', projectName: 'trees', project: 't', className: 'oak' };
    expect(textOf({ ...facts, screen: 'run', run })).toEqual(['trees', 'Run 3', 'oak']);
    expect(textOf({ ...facts, run })).toEqual(['birds', 'birds.onnx', 'Run 2', 'layer4', 'heron']);
  });

  it('names the project of results whose model is gone, and nothing where there is nothing', () => {
    expect(textOf({ ...facts, setup: { ...facts.setup!, model: null } })).toEqual([
      'birds',
      'Run 2',
      'layer4',
      'heron',
    ]);
    const none = { screen: 'library', setup: null, next: { layer: undefined, className: null } } as const;
    expect(textOf({ ...none, run: null, result: null })).toEqual([]);
  });
});
