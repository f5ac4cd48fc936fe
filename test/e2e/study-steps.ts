import type { Locator, Page } from 'playwright';

/** How a participant's hands reach the page. */
export interface Hands {
  /** Presses a button by its name. */
  press(page: Page, name: string | RegExp): Promise<void>;
  /** Answers the question at a place. */
  answer(page: Page, place: number): Promise<void>;
  /** Says how sure they are. */
  beSure(page: Page, level: number): Promise<void>;
}

const ANSWERS = '.answers button, .option';
/** The page is deaf to the second half of a double press. */
const DEAF_MS = 400;

const byPress = (press: (button: Locator) => Promise<void>): Hands => ({
  press: (page, name) => press(page.getByRole('button', { name }).first()),
  answer: (page, place) => press(page.locator(ANSWERS).nth(place)),
  beSure: (page, level) => press(page.locator('.levels button').nth(level - 1)),
});

export const MOUSE = byPress((button) => button.click());
export const FINGERS = byPress((button) => button.tap());
/** Nothing but keys: Tab and Enter to the buttons that have none of their own. */
export const KEYS: Hands = {
  async press(page, name) {
    const button = page.getByRole('button', { name }).first();
    if ((await button.getAttribute('aria-keyshortcuts')) === 'Enter') return page.keyboard.press('Enter');
    for (let tabs = 0; tabs < 40; tabs++) {
      if (await button.evaluate((element) => element === document.activeElement)) break;
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
  },
  answer: (page, place) => page.keyboard.press(String(place + 1)),
  beSure: (page, level) => page.keyboard.press(String(level)),
};

/** What the page shows: a word for the step, and what its bar says. */
async function stepOf(page: Page): Promise<{ readonly heading: string; readonly bar: string }> {
  const heading = await page.locator('h1').first().innerText();
  const bar = page.locator('header p');
  return { heading, bar: (await bar.count()) > 0 ? await bar.innerText() : '' };
}

/** What a participant may look at before a step is done; true ends it there. */
export type Look = (
  page: Page,
  step: { heading: string; bar: string; doneOf: string },
) => Promise<boolean> | boolean;

/** Takes part from wherever the page is until the thanks, with the first answer to every question, or until `look` ends it. */
export async function takePart(page: Page, hands: Hands, look: Look = () => false): Promise<void> {
  await page.locator('h1').first().waitFor();
  for (let steps = 0; steps < 300; steps++) {
    const doneOf = await doneOn(page);
    const { heading, bar } = await stepOf(page);
    if (await look(page, { heading, bar, doneOf })) return;
    if (heading === 'Thank you') return;
    if (heading === 'What will the program say?' || heading.startsWith('Which')) await answerOne(page, hands);
    else if (heading === 'How it works') await hands.press(page, /^Begin/);
    else if (heading.startsWith('The program says'))
      await hands.press(page, /^(Next picture|To the questions)/);
    else if (heading.startsWith('Round') || heading.startsWith('A good')) await hands.press(page, 'Go on');
    else await hands.press(page, 'I agree and take part');
    await page.waitForFunction(
      (before) => document.querySelector('.step')?.getAttribute('data-at') !== before,
      doneOf,
    );
  }
  throw new Error('the study does not end');
}

async function answerOne(page: Page, hands: Hands): Promise<void> {
  await page.locator('.there').waitFor();
  await hands.answer(page, 0);
  if ((await page.locator('.levels').count()) > 0) {
    await page.waitForTimeout(DEAF_MS);
    await hands.beSure(page, 4);
  }
  const goOn = page.locator('.feedback button');
  const isNext = page.locator('.step:not(:has(.chosen))');
  await goOn.or(isNext).first().waitFor();
  if ((await goOn.count()) > 0) await hands.press(page, 'Go on');
}

/** Which step the page is at. */
async function doneOn(page: Page): Promise<string> {
  return (await page.locator('.step').getAttribute('data-at')) ?? '';
}
