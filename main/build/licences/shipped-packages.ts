/** What package-lock.json says of a package. */
interface LockEntry {
  readonly version?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The part of package-lock.json that names what is installed, by place: `node_modules/d3/node_modules/x`. */
export interface Lock {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

/** A package that a built Tessera contains, or may contain on some system. */
export interface ShippedPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression: `MIT`, `Apache-2.0 AND MIT`. */
  readonly licence: string;
  /** Where it is installed, relative to the project; another system's part is not. */
  readonly place: string;
  /** Is it for one kind of system only? What is installed of such packages differs from machine to machine. */
  readonly isForOneSystem: boolean;
}

/** Declared for development, yet part of the page that vite makes. */
const BUILT_IN = ['svelte', 'lucide'];

/** Declarations for the compiler; nothing of them is left in a program. */
const TYPES_ONLY = /^@types\/|^@webgpu\/types$/;

/** As Node.js and npm call them. */
const SYSTEMS = ['linux', 'darwin', 'win32'];

/**
 * All packages on which Tessera and its page depend, directly or not, sorted by name and version. Parts for all
 * systems that Tessera is packed for are among them, so the answer is the same on every machine. The workspaces of this project are left out, and
 * so are the optional dependencies of the project itself, which people install at their own wish.
 */
export function shippedPackages({ packages }: Lock): readonly ShippedPackage[] {
  const found = new Map<string, ShippedPackage>();
  const visited = new Set<string>();
  const visit = (place: string): void => {
    const entry = packages[place];
    if (visited.has(place) || isForeign(entry)) return;
    visited.add(place);
    const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    if (entry.link !== true && !TYPES_ONLY.test(name)) {
      const { version = '', license: licence = '' } = entry;
      const isForOneSystem = entry.os !== undefined || entry.cpu !== undefined;
      found.set(`${name}@${version}`, { name, version, licence, place, isForOneSystem });
    }
    for (const next of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) {
      const there = placeOf(packages, place, next);
      if (there !== undefined) visit(there);
    }
  };
  for (const name of [...Object.keys(packages[''].dependencies ?? {}), ...BUILT_IN])
    visit(`node_modules/${name}`);
  return [...found.keys()].sort().map((key) => found.get(key)!);
}

/** A package for other systems than those that Tessera is packed for. */
const isForeign = ({ os = SYSTEMS, cpu = [] }: LockEntry): boolean =>
  !os.some((one) => SYSTEMS.includes(one)) || cpu.includes('wasm32');

/** Where Node.js finds a package from a place: in its own folder, else in one above. */
function placeOf(packages: Lock['packages'], from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const place = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (place in packages) return place;
    if (folder === '') return undefined;
  }
}
