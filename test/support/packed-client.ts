import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { buildClient } from '../../tools/client-package.ts'

const root = join(import.meta.dirname, '../..')
const modules = join(root, 'node_modules')

/** The folders of node_modules with the supported versions of the Firebase SDK. */
export const FIREBASE = { 12: modules, 13: join(root, 'test/extra/client/node_modules') }

export type FirebaseMajor = keyof typeof FIREBASE

/** Apps that have installed the packed client, one with each supported version of the Firebase SDK. */
export class PackedClient {
  readonly folder = mkdtempSync(join(tmpdir(), 'firesight-client-'))

  /** Builds and packs the client, and installs it like npm, but without a registry request for Firebase. */
  static async install(): Promise<PackedClient> {
    const packed = new PackedClient()
    const { folder } = packed
    await buildClient(join(folder, 'built'))
    execFileSync('npm', ['pack', './built', '--silent'], { cwd: folder })
    const file = readdirSync(folder).find((name) => name.endsWith('.tgz'))!
    for (const [major, firebase] of Object.entries(FIREBASE)) {
      const app = join(folder, major)
      const installed = join(app, 'node_modules/@firesight/client')
      mkdirSync(installed, { recursive: true })
      execFileSync('tar', ['-xzf', file, '-C', installed, '--strip-components=1'], { cwd: folder })
      for (const name of ['firebase', '@firebase'])
        symlinkSync(join(firebase, name), join(app, 'node_modules', name))
      writeFileSync(join(app, 'package.json'), '{ "type": "module", "private": true }')
    }
    return packed
  }

  appOf(major: FirebaseMajor): string {
    return join(this.folder, String(major))
  }

  installedIn(major: FirebaseMajor): string {
    return join(this.appOf(major), 'node_modules/@firesight/client')
  }

  /** The compiler's output for a file of the app. */
  compile(major: FirebaseMajor, code: string, options: object): string {
    const app = this.appOf(major)
    writeFileSync(join(app, 'app.ts'), code)
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      target: 'es2022',
      lib: ['es2024', 'dom', 'dom.iterable', 'dom.asynciterable'],
      types: [],
      noEmit: true,
      ...options,
    }
    writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }))
    try {
      execFileSync(process.execPath, [join(modules, 'typescript/bin/tsc'), '-p', '.'], { cwd: app })
      return ''
    } catch (error) {
      return String((error as { stdout: Buffer }).stdout)
    }
  }

  /** The output of a TypeScript module of the app, run in Node with the input as its argument. */
  async run(major: FirebaseMajor, code: string, input?: object): Promise<string> {
    const app = this.appOf(major)
    writeFileSync(join(app, 'run.ts'), code)
    const args = ['run.ts', JSON.stringify(input ?? null)]
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: app, timeout: 120_000 })
    return stdout
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
