import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const INSTALLED = ['/usr/bin/chromium', '/usr/bin/google-chrome']
const CACHE = join(import.meta.dirname, '../../.cache/chromium')

/** No sandbox, since tests may run as root. The other flags stop requests to Google. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * A headless Chromium: the one of $CHROMIUM_PATH, else the system's, else the one among the packages (Linux
 * on x64).
 */
export async function launchBrowser(): Promise<Browser> {
  const installed = [process.env.CHROMIUM_PATH, ...INSTALLED].find((path) => path && existsSync(path))
  if (installed) return chromium.launch({ executablePath: installed, args: FLAGS })
  const folder = await unpackBrowser()
  const executablePath = join(folder, 'chromium')
  try {
    return await chromium.launch({ executablePath, args: FLAGS })
  } catch (error) {
    if (!String(error).includes('error while loading shared libraries')) throw error
    const env = { ...process.env, LD_LIBRARY_PATH: join(folder, 'al2023/lib') }
    return chromium.launch({ executablePath, args: FLAGS, env })
  }
}

/**
 * Unpacks the packaged browser, with the libraries that small systems lack, once for each of its versions.
 */
async function unpackBrowser(): Promise<string> {
  const home = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..')
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string }
  const folder = join(CACHE, version)
  if (existsSync(folder)) return folder
  // Moved into place when it is complete, so that an interruption or another run leaves no half-unpacked
  // browser.
  const unpacking = `${folder}-${process.pid}`
  mkdirSync(unpacking, { recursive: true })
  const { TMPDIR } = process.env
  try {
    process.env.TMPDIR = unpacking // The package has no other option for the folder.
    const { default: packaged, inflate } = await import('@sparticuz/chromium')
    await packaged.executablePath()
    await inflate(join(home, 'bin/al2023.tar.br'))
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
  }
  try {
    renameSync(unpacking, folder)
  } catch (error) {
    rmSync(unpacking, { recursive: true })
    if (!existsSync(folder)) throw error
  }
  return folder
}
