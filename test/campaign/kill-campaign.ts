import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { createRandom } from '../../core/random.ts';
import { differences, projectFacts } from './project-facts.ts';

/** What is killed, how often, and what it is about. */
export interface KillCampaign {
  /** A folder of its own. */
  readonly folder: string;
  /** The built command line. */
  readonly cli: string;
  readonly model: string;
  readonly images: string;
  readonly kills: number;
  readonly seed: number;
  readonly say?: (text: string) => void;
}

/** What came of a campaign. */
export interface CampaignOutcome {
  /** Processes that were killed, by command. */
  readonly kills: Readonly<Record<string, number>>;
  /** Finished projects that were compared. */
  readonly projects: number;
  readonly differences: readonly string[];
}

/** The commands that lead to a finished project, in their order. */
function commandsOf({ model, images, folder }: KillCampaign): readonly (readonly string[])[] {
  const out = path.join(folder, 'colours.tessera');
  const asked = ['--model', model, '--images', images, '--class', 'red', '--concepts', '2'];
  const how = ['--rows', 'grid', '--device', 'cpu', '--evaluate', 'full', '--map', 'gated-gradient'];
  return [
    ['explain', ...asked, ...how, '--map', 'occlusion', '--out', out],
    ['decompose', out, '--concept', 'Concept 1', '--parts', '2', '--device', 'cpu'],
    ['what-if', out, '--scale', 'Concept 1=0.5', '--json'],
    ['report', out],
    [
      'predict',
      '--model',
      model,
      '--images',
      images,
      '--csv',
      path.join(out, 'answers.csv'),
      '--device',
      'cpu',
    ],
  ];
}

/**
 * Kills the commands one after the other at random moments, lets each be done in the end, and compares the project with
 * one whose commands were left alone; as often as it takes to reach the number of kills.
 */
export async function killCampaign(campaign: KillCampaign): Promise<CampaignOutcome> {
  const { folder, say = () => undefined } = campaign;
  const random = createRandom(campaign.seed);
  const commands = commandsOf(campaign);
  const project = path.join(folder, 'colours.tessera');
  const durations: number[] = [];
  const answers: string[] = [];
  for (const argv of commands) {
    const begunMs = Date.now();
    const whole = await runFor(campaign, argv);
    if (whole.code !== 0) throw new Error(`${argv[0]} failed undisturbed: ${whole.stderr}`);
    durations.push(Date.now() - begunMs);
    answers.push(argv[0] === 'what-if' ? whole.stdout : '');
  }
  const expected = await projectFacts(project);
  const kills = Object.fromEntries(commands.map(([name]) => [name, 0]));
  const found: string[] = [];
  let [total, projects] = [0, 0];
  while (total < campaign.kills) {
    await rm(project, { recursive: true });
    for (const [index, argv] of commands.entries()) {
      const share = Math.ceil(KILLS_A_PROJECT[index] * Math.min(1, (campaign.kills - total) / 4));
      let done: Ended | undefined;
      for (let kill = 0; done === undefined && kill < share && total < campaign.kills; kill++) {
        const outcome = await runFor(campaign, argv, random.uniform() * durations[index]);
        say(`${total} ${argv[0]} ${outcome.signal ?? `ended with ${outcome.code}`}`);
        const isKilled = outcome.signal === 'SIGKILL';
        if (isKilled) [total, kills[argv[0]]] = [total + 1, kills[argv[0]] + 1];
        // The same command again would be another run.
        const isOver = argv[0] === 'explain' && (await isComplete(project));
        if (!isKilled || isOver) done = isKilled ? { ...outcome, code: 0 } : outcome;
      }
      done ??= await runFor(campaign, argv);
      if (done.code !== 0) found.push(`${argv[0]} after kills: exit code ${done.code}: ${done.stderr}`);
      if (answers[index] !== '' && done.stdout !== answers[index]) found.push(`${argv[0]}: another answer`);
    }
    found.push(...differences(expected, await projectFacts(project)), ...(await leftovers(project)));
    projects++;
    say(`project ${projects}: ${found.length} differences so far`);
  }
  return { kills, projects, differences: found };
}

/** Of each command, as many as make a campaign of some breadth. */
const KILLS_A_PROJECT = [6, 3, 2, 2, 2];

/** Has the first run ended, its report included? Then a kill came too late to be one. */
async function isComplete(project: string): Promise<boolean> {
  const text = await readFile(path.join(project, 'runs/run1/run.json'), 'utf8').catch(() => '{}');
  const { explanation, reportPending } = JSON.parse(text) as Record<string, unknown>;
  return explanation !== undefined && reportPending !== true;
}

async function leftovers(project: string): Promise<string[]> {
  const names = existsSync(project) ? await readdir(project, { recursive: true }) : [];
  return names.filter((name) => /\.(tmp|lock)$/.test(name)).map((name) => `${name} was left behind`);
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command, and kills it after so many ms where that is given. */
function runFor({ cli }: KillCampaign, argv: readonly string[], killAfterMs?: number): Promise<Ended> {
  const child = spawn(process.execPath, [cli, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout, stderr });
    });
  });
}
