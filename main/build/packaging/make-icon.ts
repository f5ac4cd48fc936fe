import path from 'node:path';
import sharp from 'sharp';

/* `npx tsx main/build/packaging/make-icon.ts`: draws icon.png, from which the icons of all systems are made, from icon.svg. */

const file = (name: string): string => path.join(import.meta.dirname, name);
await sharp(file('icon.svg')).resize(1024, 1024).png({ compressionLevel: 9 }).toFile(file('icon.png'));
