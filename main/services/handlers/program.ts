import type { Part, Services } from './services.ts';

/** The program itself: settings, devices, its processes, its log. */
export function programHandlers({
  desktop,
  versions,
  settings,
  viewer,
  runner,
  events,
  log,
  jobs,
}: Pick<
  Services,
  'desktop' | 'versions' | 'settings' | 'viewer' | 'runner' | 'events' | 'log' | 'jobs'
>): Part<
  | 'getApp'
  | 'getSettings'
  | 'setSettings'
  | 'listDevices'
  | 'getCompute'
  | 'restartCompute'
  | 'getLog'
  | 'listJobs'
  | 'cancelJobs'
> {
  return {
    getApp: () =>
      Promise.resolve({
        version: versions['tessera'] ?? '',
        host: desktop.host,
        platform: process.platform,
        versions,
      }),
    getSettings: () => settings.get(),
    async setSettings(changes) {
      await settings.set({ ...(await settings.get()), ...changes });
      const changed = await settings.get();
      events.emit('settings', changed);
      return changed;
    },
    listDevices: () => viewer.run('probeDevices', {}),
    getCompute: () => Promise.resolve(runner.state),
    restartCompute() {
      runner.restart();
      return Promise.resolve(runner.state);
    },
    listJobs: () => Promise.resolve(jobs.list),
    cancelJobs(choice, page) {
      jobs.cancel(choice, page);
      return Promise.resolve(null);
    },
    getLog: ({ after }) => Promise.resolve(log.linesAfter(after)),
  };
}
