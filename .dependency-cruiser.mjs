/**
 * Every room, and the rooms whose doors it may open: `core` is all of core, `core/*` its files outside rooms, which every
 * room may import but those that stand alone (null). CONTRIBUTING, "The house in one picture", shows the same, and a test compares the two.
 */
export const ROOMS = {
  'main/boot': [
    ...[
      'main/web-host',
      'main/study-host',
      'main/cli',
      'main/engines',
      'main/services',
      'main/compute',
      'main/http',
      'main/api',
      'main/build',
    ],
    ...['core/runtime', 'core/wording'],
  ],
  'main/cli': ['main/engines', 'main/study-host', 'main/compute', 'main/api', 'main/build', 'core'],
  'main/engines': ['core/pipeline', 'core/project', 'core/wording'],
  'main/web-host': ['main/services', 'main/http', 'main/api', 'core/project'],
  'main/services': ['main/engines', 'main/study-host', 'main/compute', 'main/http', 'main/api', 'core'],
  'main/study-host': ['main/http', 'main/api', 'core/project', 'core/study'],
  'main/compute': ['main/api', 'core'],
  'main/http': [],
  'main/api': [
    'core/editing',
    'core/concepts',
    'core/images',
    'core/metrics',
    'core/score',
    'core/study',
    'core/tables',
    'core/wording',
  ],
  'main/build': ['core/autodiff', 'core/implicit', 'core/linalg'],
  'core/pipeline': [
    ...[
      'core/report',
      'core/study',
      'core/editing',
      'core/comparison',
      'core/project',
      'core/concepts',
      'core/attribution',
    ],
    'core/images',
    'core/tables',
    'core/embedding',
    ...[
      'core/metrics',
      'core/sensitivity',
      'core/factorization',
      'core/autodiff',
      'core/onnx',
      'core/score',
      'core/linalg',
      'core/wording',
    ],
  ],
  'core/runtime': ['core/project', 'core/images', 'core/onnx', 'core/linalg'],
  'core/report': [
    ...[
      'core/study',
      'core/editing',
      'core/comparison',
      'core/project',
      'core/concepts',
      'core/attribution',
      'core/images',
      'core/metrics',
    ],
    ...['core/score', 'core/wording'],
  ],
  'core/tables': ['core/images', 'core/metrics', 'core/wording'],
  'core/editing': [
    ...['core/concepts', 'core/metrics', 'core/factorization', 'core/onnx', 'core/linalg', 'core/wording'],
  ],
  'core/comparison': ['core/concepts', 'core/metrics', 'core/sensitivity', 'core/score', 'core/linalg'],
  'core/project': ['core/study', 'core/concepts', 'core/metrics', 'core/score', 'core/linalg'],
  'core/study': ['core/mixed-model', 'core/images', 'core/metrics', 'core/linalg', 'core/wording'],
  'core/mixed-model': ['core/metrics', 'core/linalg'],
  'core/concepts': [
    ...['core/attribution', 'core/images', 'core/metrics', 'core/sensitivity', 'core/factorization'],
    ...['core/autodiff', 'core/onnx', 'core/score', 'core/sampling', 'core/linalg', 'core/wording'],
  ],
  'core/attribution': ['core/sensitivity', 'core/autodiff', 'core/onnx', 'core/sampling'],
  'core/images': ['core/metrics', 'core/onnx', 'core/linalg'],
  'core/metrics': ['core/sensitivity', 'core/factorization', 'core/linalg'],
  'core/embedding': ['core/factorization', 'core/linalg'],
  'core/experiments': ['core/implicit', 'core/linalg'],
  'core/sensitivity': ['core/sampling', 'core/linalg'],
  'core/factorization': ['core/implicit', 'core/linalg'],
  'core/autodiff': ['core/onnx'],
  'core/onnx': [],
  'core/score': [],
  'core/sampling': ['core/linalg'],
  'core/linalg': [],
  'core/*': ['core/linalg'],
  'core/implicit': null,
  'core/wording': null,
};

/** The paths of a room's files. */
const pathOf = (room) => (room === 'core' ? '^core/' : room === 'core/*' ? '^core/[^/]+$' : `^${room}/`);

/** One rule a room: what it imports of the house is its own, or of a room that the table gives it. */
const roomRules = Object.entries(ROOMS).map(([room, others]) => ({
  name: `doors-of-${room}`,
  severity: 'error',
  from: { path: pathOf(room) },
  to: {
    path: '^(core|main|renderer|test)/',
    pathNot: [room, ...(others === null ? [] : ['core/*', ...others])].map(pathOf),
  },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^electron$' },
    },
    ...roomRules,
    {
      name: 'every-room-is-in-the-table',
      severity: 'error',
      from: { path: '^(core|main)/', pathNot: Object.keys(ROOMS).map(pathOf) },
      to: {},
    },
    {
      name: 'native-libraries-only-in-runtime',
      severity: 'error',
      // The icon is drawn by hand, not by the program.
      from: { path: '^(core|renderer|main)/', pathNot: '^(core/runtime/|main/build/packaging/)' },
      to: { path: 'onnxruntime-node|@tensorflow/tfjs-(node|backend)|node_modules/sharp/' },
    },
    {
      name: 'no-node-builtins-in-core',
      severity: 'error',
      from: { path: '^core/', pathNot: '^core/runtime/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'tensor-library-only-in-implicit',
      severity: 'error',
      // The experiments are written with the toolkit, and with the tensors that it takes.
      from: { path: '^(core|renderer|main)/', pathNot: '^core/(runtime|implicit|experiments)/' },
      to: { path: '@tensorflow/' },
    },
    {
      // A package of its own: nothing of the product, nothing installed but TensorFlow.js, which its users bring.
      name: 'toolkit-stands-alone',
      severity: 'error',
      from: { path: '^core/implicit/' },
      to: { pathNot: ['^core/implicit/', 'node_modules/@tensorflow/tfjs-core/'] },
    },
    {
      // Through the door that it has for everyone, not to its files; what makes its kernels knows their layout.
      name: 'toolkit-by-its-name',
      severity: 'error',
      from: { path: '^(core|main|renderer)/', pathNot: '^(core/implicit|main/build/kernels)/' },
      to: { path: '^core/implicit/', dependencyTypesNot: ['aliased'] },
    },
    {
      // Their bytes are checked in: the program needs neither the sources of the kernels nor the assembler.
      name: 'kernel-sources-are-not-shipped',
      severity: 'error',
      from: { path: '^(core|renderer|main)/', pathNot: '^main/build/kernels(/|[.]ts$)' },
      to: { path: '^main/build/kernels(/|[.]ts$)|node_modules/wabt/' },
    },
    {
      name: 'renderer-sees-only-contract-and-wording',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^(core|main|test)/', pathNot: ['^main/api/contract.ts$', '^core/wording/'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^core/implicit/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
