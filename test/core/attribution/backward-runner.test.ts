import { describe, expect, it } from 'vitest';
import { createBackwardRunner } from '../../../core/attribution/backward-runner.ts';
import { vjp, type BackwardModel } from '../../../core/autodiff/vjp.ts';
import { TesseraError } from '../../../core/errors.ts';
import type { DeviceName, Session, SessionFactory } from '../../../core/platform.ts';
import { sizeOf, type Tensor } from '../../../core/tensor.ts';
import { randomTensor, referenceModel } from '../onnx/example-models.ts';
import { ortSessions } from '../onnx/ort-sessions.ts';

interface Fake {
  readonly device: DeviceName;
  /** Parts whose sessions have fallen back to the CPU. */
  readonly fallen?: readonly string[];
  /** More cotangents run out of memory. */
  readonly most?: number;
}

/** Sessions on the CPU that say they are elsewhere, and a log of their runs: the cotangents of each, or the forward pass. */
function fakeSessions({ device, fallen = [], most = Infinity }: Fake) {
  const runs: string[] = [];
  const cpu = ortSessions();
  const logged = (session: Session): Session => {
    const isForward = !session.inputNames.includes('v');
    const part = isForward ? 'forward' : session.outputNames.includes('a') ? 'whole' : 'backward';
    return {
      ...session,
      device: fallen.includes(part) ? 'cpu' : device,
      run(feeds, wanted) {
        const count = feeds['v']?.dims[0] ?? 0;
        runs.push(isForward ? part : `${part} ${count}`);
        if (count > most) throw new TesseraError('out-of-memory', 'too much');
        return session.run(feeds, wanted);
      },
    };
  };
  const sessions: SessionFactory = { device, open: async (model) => logged(await cpu.open(model)) };
  return { sessions, runs };
}

/** A network of 3 x 32 x 32 input values, so that the CPU's batches hold 16 cotangents. */
function example(name = 'resnet_bottleneck_ts17'): { backward: BackwardModel; x: Tensor<'float32'> } {
  const { model, cuts, tensors } = referenceModel(name);
  const x = tensors.get('x')!;
  const from = model.graph.inputs[0].name;
  return { backward: vjp(model, { from, to: cuts[0].tensor, inputDims: new Map([[from, x.dims]]) }), x };
}

async function runOn(fake: Fake, counts: readonly number[], { backward, x } = example()) {
  const { sessions, runs } = fakeSessions(fake);
  const runner = createBackwardRunner(backward, sessions);
  let gradients: Float32Array = new Float32Array();
  for (const count of counts) gradients = await runner.run(x, cotangents(backward, count));
  await runner.dispose();
  return { runs, gradients };
}

const cotangents = ({ aDims }: BackwardModel, count: number) => randomTensor([count, ...aDims], 3).data;

describe('createBackwardRunner()', () => {
  it('runs the whole graph on the CPU where the cotangents make one batch, else forward once and batches', async () => {
    const { runs } = await runOn({ device: 'cpu' }, [16, 20]);
    expect(runs).toEqual(['whole 16', 'forward', 'backward 16', 'backward 4']);
  });

  it('takes larger batches on a graphics card', async () => {
    const { runs } = await runOn({ device: 'webgpu' }, [20, 32, 40]);
    expect(runs).toEqual(['whole 20', 'whole 32', 'forward', 'backward 32', 'backward 8']);
  });

  it('goes on with the parts, in as large batches, where the whole graph has gone to the CPU', async () => {
    const { runs } = await runOn({ device: 'webgpu', fallen: ['whole'] }, [20, 20]);
    expect(runs).toEqual(['whole 20', 'forward', 'backward 20']);
  });

  it("takes the CPU's batches once the backward part has gone there too", async () => {
    const { runs } = await runOn({ device: 'webgpu', fallen: ['whole', 'backward'] }, [20, 20, 20]);
    expect(runs.slice(3)).toEqual(['forward', 'backward 16', 'backward 4']);
  });

  it.each(['cpu', 'webgpu'] as const)(
    'halves batches that do not fit the memory of %s, and keeps to it',
    async (device) => {
      const { runs } = await runOn({ device, most: 5 }, [10, 6]);
      expect(runs).toEqual(['whole 10', 'whole 5', 'whole 5', 'forward', 'backward 5', 'backward 1']);
    },
  );

  it('tells that memory ran out where one cotangent does not fit', async () => {
    await expect(runOn({ device: 'webgpu', most: 0 }, [3])).rejects.toMatchObject({ code: 'out-of-memory' });
  });

  it.each(['resnet_bottleneck_ts17', 'squeezenet_dyn20', 'nhwc_cnn_ts17'])(
    '%s: batches that share a forward pass give the gradients of the whole graph',
    async (name) => {
      const given = example(name);
      const count = 20;
      const staged = await runOn({ device: 'cpu' }, [count], given);
      const whole = await runOn({ device: 'webgpu' }, [count], given);
      expect([staged.runs[0], whole.runs]).toEqual(['forward', [`whole ${count}`]]);
      expect(staged.gradients).toHaveLength(count * sizeOf(given.backward.xDims));
      expect(staged.gradients).toBeCloseInNorm(whole.gradients, 1e-6);
    },
  );
});
