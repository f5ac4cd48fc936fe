import demoRun from '../../fixtures/workbench/demo-run.json';
import type { DemoRun } from '../../fakes/demo-run.ts';
import { createFakeWorkbench, type FakeOptions } from '../../fakes/fake-workbench-api.ts';

// The address of the page says what the fake workbench should hold: ?options={"state":"done"}
const options = JSON.parse(
  new URLSearchParams(location.search).get('options') ?? '{"state":"done"}',
) as FakeOptions;
Object.assign(window, { workbench: createFakeWorkbench(demoRun as unknown as DemoRun, options) });
await import('../../../renderer/main.ts');
