/** The scheme of the workbench's own pages and pictures under Electron. */
export const SCHEME = 'tessera';
/** The origin of the program's own pages. */
export const PAGE_ORIGIN = `${SCHEME}://app`;
/** The address of the window's page. */
export const PAGE_ADDRESS = `${PAGE_ORIGIN}/index.html`;
