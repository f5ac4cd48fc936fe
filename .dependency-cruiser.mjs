/** Which room may open which door. See CONTRIBUTING, "The house in one picture". */
const inside = (...rooms) => rooms.map((room) => `^core/${room}/`);

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
    {
      name: 'core-stands-alone',
      severity: 'error',
      from: { path: '^core/' },
      to: { path: '^(main|renderer|test|models)/' },
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
      // Through the door that it has for everyone, not to its files.
      name: 'toolkit-by-its-name',
      severity: 'error',
      from: { path: '^(core|main|renderer)/', pathNot: '^core/implicit/' },
      to: { path: '^core/implicit/', dependencyTypesNot: ['aliased'] },
    },
    {
      // Algorithms are handed a Session, Gemm, ImageCodec or Storage; they never reach for the real one.
      name: 'runtime-is-handed-in',
      severity: 'error',
      from: { path: '^core/', pathNot: '^core/runtime/' },
      to: { path: '^core/runtime/' },
    },
    {
      name: 'foundations-know-no-domain',
      severity: 'error',
      from: { path: inside('linalg', 'sampling') },
      to: { path: '^core/[^/]+/', pathNot: inside('linalg', 'sampling') },
    },
    {
      name: 'numerics-know-no-concepts',
      severity: 'error',
      from: { path: inside('factorization', 'sensitivity', 'implicit', 'experiments', 'onnx', 'autodiff') },
      to: { path: inside('attribution', 'concepts', 'metrics', 'project', 'report', 'images', 'pipeline') },
    },
    {
      name: 'explanations-know-no-output',
      severity: 'error',
      from: { path: inside('attribution', 'metrics', 'images') },
      to: { path: inside('report', 'pipeline') },
    },
    {
      name: 'report-is-last',
      severity: 'error',
      from: { path: '^core/', pathNot: '^core/(report|pipeline)/' },
      to: { path: '^core/report/' },
    },
    {
      // Their bytes are checked in: the program needs neither the sources of the kernels nor the assembler.
      name: 'kernel-sources-are-not-shipped',
      severity: 'error',
      from: { path: '^(core|renderer|main)/', pathNot: '^main/build/kernels(/|[.]ts$)' },
      to: { path: '^main/build/kernels(/|[.]ts$)|node_modules/wabt/' },
    },
    {
      // Report, window and command line take number text, palettes and words from here; it takes nothing from them.
      name: 'wording-knows-no-room',
      severity: 'error',
      from: { path: inside('wording') },
      to: { path: '^core/', pathNot: inside('wording') },
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
