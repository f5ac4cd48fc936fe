// Prints the closing line of a CI run from vitest's JSON report. Skipped tests fail the run here, since
// everything they could miss (models, photos, browser) is present; the exceptions name what no CI has.
import { readFileSync } from 'node:fs';

const MAY_SKIP = process.env.WITHOUT_PYTHON_RUNTIME
  ? /needs (CUDA|an NVIDIA GPU|tfjs-node-gpu|macOS|Windows|Python with ONNX Runtime)/
  : /needs (CUDA|an NVIDIA GPU|tfjs-node-gpu|macOS|Windows)/;

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const tests = report.testResults.flatMap((file) => file.assertionResults);
const skipped = tests.filter((test) => ['pending', 'skipped', 'todo'].includes(test.status));
const wrongly = skipped.filter((test) => !MAY_SKIP.test(test.fullName));
for (const test of wrongly) console.log(`skipped, but could have run here: ${test.fullName}`);
const failedFiles = report.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.length === 0,
);
for (const file of failedFiles) console.log(`did not load: ${file.name}`);
const passed = tests.filter((test) => test.status === 'passed').length;
const failed = tests.filter((test) => test.status === 'failed').length + failedFiles.length;
console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
process.exitCode = failed > 0 || wrongly.length > 0 || passed === 0 ? 1 : 0;
