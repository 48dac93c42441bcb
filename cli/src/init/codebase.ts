import type { ProjectFiles } from './files.ts'
import { addCodebase, FIREBASE_JSON, type FirebaseConfig, functionsEntries } from './firebase-json.ts'
import type { PackageFiles } from './package-files.ts'
import { InitRefused } from './problems.ts'

const PACKAGE = 'firesight'
const CODEBASE = 'firesight'

/** Where the functions are. A kit has a folder of settings for each instance. */
export type Codebase = {
  kind: 'codebase' | 'kit'
  /** The folder with `.secret.local`. */
  source: string
  /** The folders with `.env` files. */
  environments: string[]
  /** The names that `firebase deploy --only functions:<name>` knows: the codebase, or the instances of the kit. */
  names: string[]
}

/** The installed kit or codebase of the package, if there is one. */
export function findCodebase(config: FirebaseConfig): Codebase | undefined {
  for (const { kit, sourcePackage, source, codebase, instances = {} } of functionsEntries(config)) {
    if (kit !== undefined && source && (sourcePackage?.name === PACKAGE || kit === PACKAGE)) {
      return { kind: 'kit', source, environments: Object.values(instances), names: Object.keys(instances) }
    }
    if (codebase === CODEBASE && source)
      return { kind: 'codebase', source, environments: [source], names: [CODEBASE] }
  }
  return undefined
}

/**
 * Adds a codebase that re-exports the functions of the package.
 * @throws InitRefused if its folder is in use
 */
export function createCodebase(
  files: ProjectFiles,
  config: FirebaseConfig,
  { version, peers }: PackageFiles,
): Codebase {
  const paths = {
    manifest: `${CODEBASE}/package.json`,
    index: `${CODEBASE}/index.js`,
    ignored: `${CODEBASE}/.gitignore`,
  }
  const present = Object.values(paths).find((path) => files.exists(path))
  if (present) {
    throw new InitRefused([
      `${present} exists, but ${FIREBASE_JSON} has no codebase "${CODEBASE}".\n` +
        'Rename the folder, or add the codebase to the file, and run the command again.',
    ])
  }
  const entry = {
    source: CODEBASE,
    codebase: CODEBASE,
    disallowLegacyRuntimeConfig: true,
    ignore: ['node_modules', '.git', '*.local', '*-debug.log'],
  }
  addCodebase(files, config, entry)
  const manifest = {
    name: 'firesight-functions',
    private: true,
    type: 'module',
    main: 'index.js',
    engines: { node: '24' },
    dependencies: { ...peers, [PACKAGE]: `^${version}` },
  }
  files.write(paths.manifest, `${JSON.stringify(manifest, null, 2)}\n`)
  files.write(
    paths.index,
    `// The functions of Firesight. Their settings are in .env.<project id>.\nexport * from '${PACKAGE}'\n`,
  )
  files.write(paths.ignored, 'node_modules/\n*.local\n*-debug.log\n')
  return { kind: 'codebase', source: CODEBASE, environments: [CODEBASE], names: [CODEBASE] }
}
