import { describe, expect, it } from 'vitest';
import type { RunResult, RunState, Setup } from '../../../main/api/contract.ts';
import { trailOf, type TrailFacts } from '../../../renderer/state/trail.ts';

const facts: TrailFacts = {
  screen: 'concepts',
  setup: { name: 'birds', folder: '/birds', model: { fileName: 'birds.onnx' } } as Setup,
  next: { layer: 'layer2', className: 'crow' },
  run: { folder: '/birds', projectName: 'birds', className: 'robin', status: 'failed' } as RunState,
  result: { layer: { tensor: 'layer4' }, className: 'heron' } as RunResult,
};

describe('trailOf()', () => {
  it.each(['concepts', 'image', 'evaluate', 'report'] as const)(
    'names the shown run on the screen "%s", never the class of one that failed',
    (screen) => expect(trailOf({ ...facts, screen })).toEqual(['birds', 'birds.onnx', 'layer4', 'heron']),
  );

  it('names what is set up on the setup', () =>
    expect(trailOf({ ...facts, screen: 'setup' })).toEqual(['birds', 'birds.onnx', 'layer2', 'crow']));

  it('names the run under way on its screen, also one of another project', () => {
    expect(trailOf({ ...facts, screen: 'run' })).toEqual(['birds', 'birds.onnx', 'robin']);
    const run = { ...facts.run!, folder: '/trees', projectName: 'trees', className: 'oak' };
    expect(trailOf({ ...facts, screen: 'run', run })).toEqual(['trees', 'oak']);
    expect(trailOf({ ...facts, run })).toEqual(['birds', 'birds.onnx', 'layer4', 'heron']);
  });

  it('names the project of results whose model is gone, and nothing where there is nothing', () => {
    expect(trailOf({ ...facts, setup: { ...facts.setup!, model: null } })).toEqual([
      'birds',
      'layer4',
      'heron',
    ]);
    const none = { screen: 'library', setup: null, next: { layer: undefined, className: null } } as const;
    expect(trailOf({ ...none, run: null, result: null })).toEqual([]);
  });
});
