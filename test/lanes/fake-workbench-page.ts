import type { TestProject } from 'vitest/node';
import { servePage } from '../renderer/serve-page.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the renderer over the fake workbench. */
    readonly fakeWorkbenchPage: string;
  }
}

/** Builds and serves the page over the fake workbench once for all test files of a lane. */
export default async function serveFakeWorkbench({ provide }: TestProject): Promise<() => void> {
  const page = await servePage();
  provide('fakeWorkbenchPage', page.url);
  return () => page.close();
}
