import type { CropItem, CropPage } from '../../main/api/contract.ts';
import { Pages } from './pages.svelte.ts';

/** Crops of one concept in one order, read page by page as they come into sight. */
export class CropPages extends Pages<CropItem> {
  constructor(read: (offset: number, limit: number) => Promise<CropPage>) {
    super(async (offset, limit) => {
      const { total, crops } = await read(offset, limit);
      return { total, rows: crops };
    });
  }
}
