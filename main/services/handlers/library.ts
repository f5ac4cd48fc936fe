import type { Part, Services } from './services.ts';

/** Projects that were open before, and the demo. */
export function libraryHandlers({
  projects,
  setup,
  events,
}: Pick<Services, 'projects' | 'setup' | 'events'>): Part<
  'listRecent' | 'openRecent' | 'forgetRecent' | 'openDemo'
> {
  return {
    listRecent: () => projects.recent(),
    async openRecent({ id }) {
      return setup.openProject(await projects.recentFolder(id));
    },
    async forgetRecent({ id }) {
      await projects.forget(id);
      const recent = await projects.recent();
      events.emit('recent', recent);
      return recent;
    },
    openDemo: () => setup.openDemo(),
  };
}
