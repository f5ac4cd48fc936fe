import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildCommandLine } from '../lanes/built-cli.ts';
import { writeCase } from './campaign-case.ts';
import { killCampaign } from './kill-campaign.ts';

/*
 * npm run campaign:kill [KILLS] [SEED]: kills the command line so many times while it explains, decomposes, tries what
 * if, writes reports and tables of predictions, and compares the finished project with that of a run that nobody
 * disturbed. Some 5 s a kill.
 */
const [kills = '100', seed = '1'] = process.argv.slice(2);
const built = await buildCommandLine();
const folder = await mkdtemp(path.join(tmpdir(), 'tessera-kill-'));
try {
  const cli = path.join(built, 'tessera.js');
  const outcome = await killCampaign({
    ...(await writeCase(folder)),
    folder,
    cli,
    kills: Number(kills),
    seed: Number(seed),
    say: (text) => void process.stdout.write(`${text}\n`),
  });
  process.stdout.write(`${JSON.stringify(outcome, null, 2)}\n`);
  process.exitCode = outcome.differences.length === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
