import { execFile } from 'node:child_process';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '..');
const PLANTED = path.join(ROOT, 'core/linalg/planted');
const execute = promisify(execFile);

interface Cruise {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[];
  };
}

async function cruise(...folders: string[]): Promise<Cruise> {
  const cli = path.join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [cli, '--config', '.dependency-cruiser.mjs', '--output-type', 'json', ...folders];
  // The tool's exit code counts violations; its output is what is looked at here.
  const { stdout } = await execute(process.execPath, args, { cwd: ROOT, maxBuffer: 2 ** 28 }).catch(
    (error: unknown) => error as { stdout: string },
  );
  return JSON.parse(stdout) as Cruise;
}

/** A source that breaks each rule when it stands in core/linalg/planted. */
const BREACHES = {
  'core-stands-alone': "export { USAGE } from '../../../main/cli/usage.ts';\n",
  'foundations-know-no-domain': "export type { Graph } from '../../onnx/graph.ts';\n",
  'kernel-sources-are-not-shipped': "export { default } from 'wabt';\n",
  'native-libraries-only-in-runtime': "export { default } from 'sharp';\n",
  'no-node-builtins-in-core': "export { readFile } from 'node:fs';\n",
  'runtime-is-handed-in': "export { fileStorage } from '../../runtime/storage.ts';\n",
  'tensor-library-only-in-implicit': "export { tidy } from '@tensorflow/tfjs-core';\n",
  'toolkit-by-its-name': "export { constant } from '../../implicit/constant.ts';\n",
};

/** Folders where a source breaks a rule of their own: around the toolkit, by the name that leads to it, around words. */
const BY_NAME = "export { constant } from '@tessera/implicit';\n";
const BREACHES_ELSEWHERE = [
  { rule: 'foundations-know-no-domain', folder: 'core/linalg/planted', source: BY_NAME },
  { rule: 'renderer-sees-only-contract-and-wording', folder: 'renderer/planted', source: BY_NAME },
  {
    rule: 'renderer-sees-only-contract-and-wording',
    folder: 'renderer/planted',
    source: "export { trustVerdict } from '../../core/report/trust-verdict.ts';\n",
  },
  {
    rule: 'wording-knows-no-room',
    folder: 'core/wording/planted',
    source: "export type { TrustLevel } from '../../metrics/trust.ts';\n",
  },
  {
    rule: 'toolkit-stands-alone',
    folder: 'core/implicit/planted',
    source: "export { createRandom } from '../../random.ts';\n",
  },
];

/** TypeScript sources below a folder, declarations aside. */
async function sources(folder: string): Promise<string[]> {
  const entries = await readdir(path.join(ROOT, folder), { recursive: true });
  return entries.filter((entry) => entry.endsWith('.ts') && !entry.endsWith('.d.ts'));
}

describe('the dependency rules', () => {
  afterEach(async () => {
    for (const folder of [PLANTED, ...BREACHES_ELSEWHERE.map(({ folder }) => path.join(ROOT, folder))])
      await rm(folder, { recursive: true, force: true });
  });

  it('hold, and the checker sees every source file of core', async () => {
    const { modules, summary } = await cruise('core');
    expect(summary.violations.map(({ rule }) => rule.name)).toEqual([]);
    const seen = modules.filter(({ source }) => /^core\/.*(?<!\.d)\.ts$/.test(source));
    expect(seen).toHaveLength((await sources('core')).length);
  });

  it('catch a planted breach of each', async () => {
    await mkdir(PLANTED, { recursive: true });
    for (const [rule, source] of Object.entries(BREACHES)) {
      await writeFile(path.join(PLANTED, `${rule}.ts`), source);
    }
    const { summary } = await cruise('core/linalg');
    const found = new Set(summary.violations.map((violation) => violation.rule.name));
    expect([...found].sort()).toEqual(Object.keys(BREACHES).sort());
  });

  it('catch each planted breach of a folder of its own', async () => {
    const planted = BREACHES_ELSEWHERE.map((breach, i) => ({
      ...breach,
      file: `${breach.folder}/breach${i}.ts`,
    }));
    for (const { folder, file, source } of planted) {
      await mkdir(path.join(ROOT, folder), { recursive: true });
      await writeFile(path.join(ROOT, file), source);
    }
    const { summary } = await cruise(...new Set(planted.map(({ folder }) => folder)));
    const found = summary.violations.map(({ from, rule }) => `${from} ${rule.name}`);
    expect(found.sort()).toEqual(planted.map(({ file, rule }) => `${file} ${rule}`).sort());
  });
});
