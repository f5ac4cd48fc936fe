import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadStudyData } from '../../core/project/participant-files.ts';
import type { Project } from '../../core/project/project-folder.ts';
import { studyPath } from '../../core/project/study-folder.ts';
import { sharpCodec } from '../../core/runtime/image-codec.ts';
import { fileStorage } from '../../core/runtime/storage.ts';
import { planParticipant } from '../../core/study/plan-participant.ts';
import type { AskStep } from '../../core/study/participant-plan.ts';
import type { FrozenStudy } from '../../core/study/study.ts';
import { freezeExample, projectWithRun } from '../core/project/study-project.ts';
import { exampleChoice, exampleIntruder, exampleUtility } from '../core/study/example-study.ts';
import { findBrowser } from '../renderer/find-browser.ts';
import { sharedBrowser } from '../renderer/shared-browser.ts';
import { violations } from '../renderer/violations.ts';
import { watchedPage } from './browser-page.ts';
import { removeHome, temporaryHome } from './host-program.ts';
import { serveStudy, type ServedProgram } from './study-program.ts';
import { FINGERS, KEYS, MOUSE, takePart } from './study-steps.ts';

describe.skipIf(findBrowser() === undefined)(
  'a study on its host (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
  { timeout: 500_000 },
  () => {
    const home = temporaryHome();
    let project: Project;
    let utility: FrozenStudy;
    let browser: Browser;
    let host: ServedProgram | undefined;

    beforeAll(async () => {
      browser = await sharedBrowser();
      project = await projectWithRun(home);
      const sizes = { conditions: ['control', 'concept-maps'], sessions: 2, train: 2, test: 2 };
      utility = await freezeExample(project, await exampleUtility(sizes, sharpCodec));
      await freezeExample(project, await exampleIntruder({ count: 3 }, sharpCodec));
      await freezeExample(project, await exampleChoice({ count: 2 }, sharpCodec));
    }, 300_000);

    afterAll(async () => {
      await browser?.close();
      await host?.kill();
      removeHome(home);
    });

    const dataOf = (id: string, sha256: string) =>
      loadStudyData({ storage: fileStorage, folder: studyPath(project, id), sha256 });
    const openPage = async (link: string, options: BrowserContextOptions = {}) => {
      const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
      const watched = await watchedPage(context);
      await watched.page.goto(link);
      return { ...watched, context };
    };
    /** Ends the browser, and with it all but what it keeps of cookies on its disk. */
    const killBrowser = async (context: BrowserContext) => {
      const kept = await context.storageState();
      await context.close();
      return kept;
    };

    it('three take part at once: one by keys, one by touch, one whose browser and host are killed', async () => {
      host = await serveStudy(project.folder, 'study1', 3);
      const links = host.links;
      const keys = await openPage(links.get(1)!);
      const touch = await openPage(links.get(2)!, { hasTouch: true, viewport: { width: 820, height: 1180 } });
      const mouse = await openPage(links.get(3)!);
      const axe: string[] = [];
      const seen = new Set<string>();
      const looked = async (page: Page, { heading }: { heading: string }): Promise<boolean> => {
        if (!seen.has(heading)) axe.push(...(await violations(page)));
        seen.add(heading);
        return false;
      };
      let stopped = '';
      await Promise.all([
        takePart(keys.page, KEYS, looked),
        takePart(touch.page, FINGERS),
        takePart(mouse.page, MOUSE, (_, { bar, doneOf }) => {
          stopped = doneOf;
          return bar === 'Round 1 of 2 · question 2 of 3';
        }),
      ]);
      expect(axe).toEqual([]);
      expect(seen).toContain('Thank you');
      // In the middle of a question, with the browser and the host gone.
      await mouse.page.locator('.there').waitFor();
      const cookies = await killBrowser(mouse.context);
      await host.kill();
      expect((await dataOf('study1', utility.sha256)).participants.map(({ status }) => status)).toEqual([
        'finished',
        'finished',
        'started',
      ]);

      host = await serveStudy(project.folder, 'study1', 3);
      expect(host.links.size).toBe(0);
      expect(host.output()).toContain('3 links given out before stay good.');
      const again = await openPage(links.get(3)!.replace(/#.*/, ''), { storageState: cookies });
      await again.page.locator('.there').waitFor();
      expect(await again.page.locator('.step').getAttribute('data-at')).toBe(stopped);
      await takePart(again.page, MOUSE);

      const { participants, trials } = await dataOf('study1', utility.sha256);
      for (const { participant, status, condition } of participants) {
        const plan = planParticipant(utility.study, participant);
        expect([status, condition]).toEqual(['finished', plan.condition]);
        const own = trials.filter((trial) => trial.participant === participant);
        const asked = plan.steps.filter((step): step is AskStep => step.kind === 'ask');
        expect(own.map(({ trial }) => trial)).toEqual(
          asked.filter(({ trial }) => own.some((one) => one.trial === trial)).map(({ trial }) => trial),
        );
        expect(own.filter(({ session }) => session > 0)).toHaveLength(6);
        expect(
          own.every(
            ({ response, confidence, kind }) => response === 0 && confidence === (kind === 'quiz' ? null : 4),
          ),
        ).toBe(true);
        expect(own.every(({ milliseconds }) => milliseconds >= 0 && milliseconds < 60_000)).toBe(true);
      }
      for (const { faults } of [keys, touch, again]) expect(faults).toEqual([]);
      expect(await host.stop()).toBe(0);
      expect(host.output()).toContain('Stopped. All answers are kept');
      const kept = readFileSync(path.join(studyPath(project, 'study1'), 'links.json'), 'utf8');
      for (const link of links.values()) expect(kept).not.toContain(new URL(link).hash.slice(1));
    });

    it('a lost host is told, the answer waits on the page, and the clock stands during a pause', async () => {
      host = await serveStudy(project.folder, 'study1', 4);
      const { page } = await openPage(host.links.get(4)!);
      await takePart(page, MOUSE, (_, { bar }) => bar.startsWith('Round 1'));
      await takePart(page, MOUSE, (_, { heading }) => heading === 'What will the program say?');
      const at = await page.locator('.step').getAttribute('data-at');
      await page.locator('.there').waitFor();
      await MOUSE.press(page, 'Pause');
      expect(await page.locator('.step').isVisible()).toBe(false);
      await page.waitForTimeout(3000);
      await MOUSE.press(page, 'Go on');
      await host.kill();
      // A double press is one answer.
      await page.locator('.answers button').nth(1).dblclick();
      await page.waitForTimeout(400);
      await MOUSE.beSure(page, 2);
      await page.getByRole('alert').waitFor();
      expect(await page.getByRole('alert').innerText()).toContain('is kept on this page');
      host = await serveStudy(project.folder, 'study1', 4);
      await page.waitForFunction(
        (before) => document.querySelector('.step')?.getAttribute('data-at') !== before,
        at,
      );
      expect(await page.getByRole('alert').count()).toBe(0);
      const { trials } = await dataOf('study1', utility.sha256);
      const own = trials.filter(({ participant }) => participant === 4);
      expect(own.at(-1)).toMatchObject({ response: 1, confidence: 2 });
      expect(own.at(-1)!.milliseconds).toBeLessThan(3000);

      // The link does not lead anybody else there, and who withdraws leaves nothing.
      const stranger = await openPage(host.links.get(4) ?? `${page.url()}#${'x'.repeat(32)}`);
      await stranger.page.getByText('This link does not lead on').waitFor();
      await MOUSE.press(page, 'Stop');
      await MOUSE.press(page, 'Stop and delete my answers');
      await page.getByText('None of your answers is kept').waitFor();
      const after = await dataOf('study1', utility.sha256);
      expect(after.participants.find(({ participant }) => participant === 4)!.status).toBe('withdrawn');
      expect(after.trials.filter(({ participant }) => participant === 4)).toEqual([]);
      await host.stop();
    });

    it.each([
      ['study2', 3],
      ['study3', 2],
    ] as const)('crops and galleries are answered by keys too (%s)', async (id, questions) => {
      host = await serveStudy(project.folder, id, 1);
      const { page, faults } = await openPage(host.links.get(1)!);
      const axe: string[] = [];
      await takePart(page, KEYS, async (_, { heading }) => {
        if (heading.startsWith('Which')) axe.push(...(await violations(page)));
        return false;
      });
      expect(axe).toEqual([]);
      expect(faults).toEqual([]);
      await host.stop();
      const folder = studyPath(project, id);
      const { sha256, study } = JSON.parse(
        readFileSync(path.join(folder, 'study.json'), 'utf8'),
      ) as FrozenStudy;
      const { participants, trials } = await dataOf(id, sha256);
      expect(participants).toMatchObject([{ participant: 1, status: 'finished', isQuizPassed: null }]);
      const orders = planParticipant(study, 1).steps.flatMap((step) =>
        step.kind === 'ask' ? [step.order![0]] : [],
      );
      expect(trials.map(({ response }) => response)).toEqual(orders);
      expect(trials).toHaveLength(questions);
    });
  },
);
