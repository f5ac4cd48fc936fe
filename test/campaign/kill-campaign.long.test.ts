import { inject, describe, expect, it } from 'vitest';
import path from 'node:path';
import { temporaryFolder } from '../main/cli/colour-case.ts';
import { writeCase } from './campaign-case.ts';
import { killCampaign } from './kill-campaign.ts';

describe('the command line, killed again and again', { timeout: 600_000 }, () => {
  it('leaves a finished project that says what an undisturbed one says, in every byte but times', async () => {
    const folder = await temporaryFolder();
    const cli = path.join(inject('builtCli'), 'tessera.js');
    const outcome = await killCampaign({ ...(await writeCase(folder)), folder, cli, kills: 5, seed: 3 });
    expect(outcome.differences).toEqual([]);
    expect(Object.values(outcome.kills).reduce((sum, count) => sum + count, 0)).toBe(5);
  });
});
