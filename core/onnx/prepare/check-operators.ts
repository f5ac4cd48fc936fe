import { TesseraError } from '../../errors.ts';
import type { Model, Node } from '../graph.ts';

const OLDEST = 7;
const NEWEST = 24;

/** Refuses a model of an operator set that is not known: 'bad-model'. */
export function checkOpset({ opsets }: Model): void {
  const opset = opsets.get('') ?? 0;
  if (opset >= OLDEST && opset <= NEWEST) return;
  throw new TesseraError(
    'bad-model',
    `The model uses operator set ${opset}; supported are ${OLDEST} to ${NEWEST}.`,
    { hint: 'Export the model again with opset 17, or convert it with onnx.version_converter.' },
  );
}

/** What to do about operators of other domains, by what made them; the first that fits. */
const HINTS: readonly (readonly [fits: (node: Node) => boolean, hint: string])[] = [
  [
    ({ domain, opType }) =>
      domain.startsWith('com.microsoft') &&
      /^(Q[A-Z]|QLinear|MatMulInteger|Dynamic|MatMulNBits)/.test(opType),
    'The model was quantised by ONNX Runtime in a form that has no gradient here: take the model as it was before, or quantise it with QuantFormat.QDQ.',
  ],
  [
    ({ domain }) => domain.startsWith('com.microsoft'),
    'ONNX Runtime fused these when it optimised the model: take the model as it was before, or save it with graph_optimization_level ORT_DISABLE_ALL.',
  ],
  [
    ({ domain }) => domain === 'ai.onnx.ml',
    'These are no layers of a network but trees, tables or text: choose a model of pictures.',
  ],
  [
    ({ domain }) => domain.startsWith('org.pytorch') || domain.startsWith('pkg.'),
    'torch could not write these in standard operators: export the model again with torch.onnx.export(..., dynamo=True), or a newer opset.',
  ],
  [
    ({ domain }) => /^(mmdeploy|mmcv|trt|tensorrt|nvidia)/i.test(domain),
    'These come from a deployment tool and run there only: export the model from its training framework instead.',
  ],
];

/** Refuses operators that are not standard ONNX, named, with a hint that fits them: 'unsupported-operator'. */
export function checkDomains({ graph }: Model): void {
  const foreign = graph.nodes.filter(({ domain }) => domain !== '');
  if (foreign.length === 0) return;
  const names = new Set(foreign.map(({ domain, opType }) => `${domain}.${opType}`));
  const found = HINTS.find(([fits]) => foreign.some(fits));
  throw new TesseraError(
    'unsupported-operator',
    `The model uses operators that are not standard ONNX: ${[...names].join(', ')}.`,
    {
      hint: found?.[1] ?? 'Export the model without operators of its own, so that it has standard ones only.',
    },
  );
}
