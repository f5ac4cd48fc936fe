import { licenceTexts } from './licence-text.ts';
import { shippedPackages, type Lock, type ShippedPackage } from './shipped-packages.ts';

const RULE = '='.repeat(80);

/** What is to be said beside the licences themselves. */
const preface = (libvips: string): string => `Third-party notices

Tessera is MIT-licensed. It is made with, and shipped with, the packages below,
each under its own licence. Written by \`npm run notices\`; package-lock.json has
the versions.

Electron and Chromium
  The desktop program runs on Electron, which contains Chromium, Node.js and
  FFmpeg. Their licences lie beside the program: LICENSE.electron.txt and
  LICENSES.chromium.html.

libvips (LGPL-3.0-or-later)
  Pictures are decoded by libvips and the libraries that it is built with, among
  them GLib, Pango, librsvg, libheif, libexif and FriBidi, under the GNU Lesser
  General Public License, version 3 or later. They are shared libraries from the
  package @img/sharp-libvips-SYSTEM, version ${libvips}, and are loaded when the
  program starts. You may replace them by a build of your own with the same
  interface. In the folder of the installed program, below
    resources/app.asar.unpacked
  (macOS: Contents/Resources/app.asar.unpacked) they are
    Linux    out/native/sharp-libvips-linux-ARCH/lib/libvips-cpp.so.VERSION
    Windows  node_modules/@img/sharp-win32-ARCH/lib/libvips-*.dll
    macOS    node_modules/@img/sharp-libvips-darwin-ARCH/lib/libvips-cpp.*.dylib
  and in a checkout, in node_modules/@img/sharp-libvips-SYSTEM/lib (Windows:
  node_modules/@img/sharp-win32-ARCH/lib).
  The Linux file is the package's own with one change, so that it does not meet
  the GLib of the desktop: the names of GLib's functions begin with "h>" instead
  of "g_". main/build/native/private-glib.ts in Tessera's source makes that
  change to any build: put yours into the folder of the checkout named above and
  run \`npm run build\`, which writes out/native.
  The package's versions.json names the versions of the libraries; the project
  lovell/sharp-libvips builds them from their sources.

ONNX Runtime
  Models run on ONNX Runtime, MIT-licensed by Microsoft. The notices of what it
  contains are in the file ThirdPartyNotices.txt of its repository,
  microsoft/onnxruntime, at the version below.`;

/** The whole notice: a list of packages with their licences, then every licence text once, below those it is for. */
export function noticesText(root: string, lock: Lock): string {
  const packages = shippedPackages(lock);
  const libvips = packages.find(({ name }) => name.startsWith('@img/sharp-libvips-'));
  if (libvips === undefined) throw new Error('no @img/sharp-libvips package in the lock file');
  const parts = [preface(libvips.version), listOf(packages)];
  for (const [text, those] of textsOf(root, packages))
    parts.push([RULE, wrapped(those.map(labelOf)), RULE, '', text].join('\n'));
  return `${parts.join('\n\n')}\n`;
}

const labelOf = ({ name, version }: ShippedPackage): string => `${name} ${version}`;

function listOf(packages: readonly ShippedPackage[]): string {
  const width = Math.max(...packages.map((one) => labelOf(one).length));
  const lines = packages.map((one) => `  ${labelOf(one).padEnd(width)}  ${one.licence}`);
  return ['Packages', ...lines].join('\n');
}

/** Texts in the order in which their first packages come. */
function textsOf(root: string, packages: readonly ShippedPackage[]): Map<string, ShippedPackage[]> {
  const found = new Map<string, ShippedPackage[]>();
  for (const one of packages)
    for (const text of licenceTexts(root, one)) found.set(text, [...(found.get(text) ?? []), one]);
  return found;
}

/** Names with commas between, in lines of at most 80 letters where they fit. */
function wrapped(names: readonly string[]): string {
  const lines = [''];
  names.forEach((name, i) => {
    const word = i < names.length - 1 ? `${name},` : name;
    const line = lines.at(-1)!;
    if (line !== '' && line.length + 1 + word.length > 80) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  });
  return lines.join('\n');
}
