/** The scheme of the workbench's own pages and pictures under Electron. */
export const SCHEME = 'tessera';
export const PAGE_ORIGIN = `${SCHEME}://app`;
export const PAGE_ADDRESS = `${PAGE_ORIGIN}/index.html`;
