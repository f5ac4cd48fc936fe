import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { build } from 'vite';

const ROOT = path.join(import.meta.dirname, '../..');
const OUT = path.join(ROOT, 'out/study');
/** What the page is made of. */
const SOURCES = ['renderer', 'core/wording', 'main/api', 'package.json'];

/**
 * Builds the page of a study's participants into out/study: by the renderer's configuration, but with nothing of the workbench
 * beside it.
 */
export async function buildStudyPage(): Promise<void> {
  await build({
    configFile: path.join(ROOT, 'renderer/vite.config.ts'),
    logLevel: 'warn',
    root: path.join(ROOT, 'renderer/study'),
    base: '/',
    build: { outDir: OUT, emptyOutDir: true },
  });
}

/** The folder of the built page; it is built where it is not there, or where a source is newer. */
export async function studyPageFolder(): Promise<string> {
  const page = path.join(OUT, 'index.html');
  const isFresh =
    existsSync(page) &&
    Math.max(...SOURCES.map((name) => newest(path.join(ROOT, name)))) <= statSync(page).mtimeMs;
  if (!isFresh) await buildStudyPage();
  return OUT;
}

function newest(file: string): number {
  const facts = statSync(file);
  if (!facts.isDirectory()) return facts.mtimeMs;
  return Math.max(0, ...readdirSync(file).map((name) => newest(path.join(file, name))));
}
