import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { WorkbenchService } from '../services/workbench.ts';
import type { FileChoice } from '../services/desktop.ts';
import { SCREEN_NAMES, type Screen } from '../../core/wording/screen-names.ts';
import { serializeError } from '../api/serialize-error.ts';

/** The menu of the program. What fails is reported to the page. */
export function installMenu({ handlers, events }: WorkbenchService): void {
  const attempt = (task: () => Promise<unknown>, screen: Screen) => () =>
    void task().then(
      () => events.emit('navigate', { screen }),
      (error: unknown) => events.emit('error', serializeError(error)),
    );
  const choose = (label: string, what: FileChoice, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    ...(accelerator !== undefined && { accelerator }),
    click: attempt(() => handlers.chooseFiles({ what }), 'setup'),
  });
  const isMac = process.platform === 'darwin';
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(isMac ? [{ role: 'appMenu' } as const] : []),
      {
        label: 'File',
        submenu: [
          choose('Open a model…', 'model', 'CmdOrCtrl+O'),
          choose('Add folders of pictures…', 'folders', 'CmdOrCtrl+Shift+O'),
          choose('Add pictures…', 'pictures'),
          choose('Open a project…', 'project'),
          { label: 'Open the demo', click: attempt(() => handlers.openDemo(), 'setup') },
          { type: 'separator' },
          { role: isMac ? 'close' : 'quit' },
        ],
      },
      { role: 'editMenu' },
      {
        label: 'View',
        submenu: [
          ...(Object.entries(SCREEN_NAMES) as [Screen, string][]).map(([screen, label]) => ({
            label,
            click: () => events.emit('navigate', { screen }),
          })),
          { type: 'separator' },
          { role: 'resetZoom' },
          { role: 'zoomIn' },
          { role: 'zoomOut' },
          { role: 'togglefullscreen' },
        ],
      },
      {
        role: 'help',
        submenu: [
          { label: 'All keys', click: () => events.emit('panel', { panel: 'keys' }) },
          { label: 'About Tessera', click: () => events.emit('panel', { panel: 'about' }) },
        ],
      },
    ]),
  );
}
