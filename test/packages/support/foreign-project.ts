import { execFile } from 'node:child_process'
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Environment } from '../../../tools/environment.ts'
import { projectId, root } from '../../../tools/paths.ts'
import type { KitInstallation, KitRequest } from './install-kit.ts'
import { foreignEnvironment, type NodeMajor, nodeProgram } from './node-versions.ts'

/** A Firebase project of a user, outside the repository. */
export type ForeignProject = AsyncDisposable & {
  path: string
  node: NodeMajor
  environment: Environment
  write: (file: string, content: string | object) => void
  read: (file: string) => string
  /** Installs packages as a user does, without their scripts. Rejects with npm's output. */
  install: (folder: string, ...packages: string[]) => Promise<void>
  installKit: (request: Partial<KitRequest>) => Promise<KitInstallation>
  /** Adds settings to the `.env` file of an instance of a kit. */
  addSettings: (kit: string, instance: string, settings: Record<string, string>) => void
  /** The kits in firebase.json. */
  kits: () => { kit: string; source: string; instances: Record<string, string> }[]
  /** Unpacks a packed package. */
  unpack: (tarball: string, folder: string) => Promise<void>
}

/** Creates a project with our rules and the given functions of firebase.json. */
export function createForeignProject(options: {
  node: NodeMajor
  registry: string
  functions?: object[]
}): ForeignProject {
  const { node, registry } = options
  // macOS links its folder of temporary files.
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'firesight-project-')))
  const home = join(path, '.home')
  mkdirSync(home)
  const environment = foreignEnvironment({ node, home, registry })
  const run = async (program: string, args: string[], cwd: string) =>
    promisify(execFile)(program, args, {
      cwd,
      env: { ...process.env, ...environment },
      maxBuffer: 2 ** 26,
      shell: process.platform === 'win32',
    })
  const write = (file: string, content: string | object) => {
    mkdirSync(dirname(join(path, file)), { recursive: true })
    writeFileSync(join(path, file), typeof content === 'string' ? content : JSON.stringify(content, null, 2))
  }
  for (const file of ['storage.rules', 'firestore.rules', 'firestore.indexes.json'])
    copyFileSync(join(root, file), join(path, file))
  write('firebase.json', {
    ...(options.functions && { functions: options.functions }),
    firestore: { rules: 'firestore.rules', indexes: 'firestore.indexes.json' },
    storage: { rules: 'storage.rules' },
  })
  return {
    path,
    node,
    environment,
    write,
    read: (file) => readFileSync(join(path, file), 'utf8'),
    async install(folder, ...packages) {
      const { stdout, stderr } = await run(
        'npm',
        ['install', '--ignore-scripts', ...packages],
        join(path, folder),
      )
      if (/ERR!/.test(stderr)) throw new Error(`npm install failed:\n${stdout}\n${stderr}`)
    },
    async installKit(request) {
      const complete = { project: path, projectId, buckets: [], ...request }
      const script = join(import.meta.dirname, 'install-kit.ts')
      const { stdout } = await run(nodeProgram(node), [script, JSON.stringify(complete)], path)
      const installation: KitInstallation = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
      return installation
    },
    addSettings(kit, instance, settings) {
      const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`)
      appendFileSync(join(path, `function-kits/${kit}/config-${instance}/.env.${projectId}`), lines.join(''))
    },
    kits() {
      const { functions }: { functions: ReturnType<ForeignProject['kits']> } = JSON.parse(
        readFileSync(join(path, 'firebase.json'), 'utf8'),
      )
      return functions
    },
    async unpack(tarball, folder) {
      mkdirSync(join(path, folder), { recursive: true })
      await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', join(path, folder)], path)
    },
    async [Symbol.asyncDispose]() {
      rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
    },
  }
}
