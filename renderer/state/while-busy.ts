import type { Telling } from './notices.svelte.ts';

/** Carries out what a person has asked for, `of` being busy meanwhile; true when it was done, else the failure is shown. */
export async function whileBusy(
  of: { isBusy: boolean },
  notices: Pick<Telling, 'fail'>,
  act: () => Promise<void>,
): Promise<boolean> {
  of.isBusy = true;
  try {
    await act();
    return true;
  } catch (error) {
    notices.fail(error);
    return false;
  } finally {
    of.isBusy = false;
  }
}
