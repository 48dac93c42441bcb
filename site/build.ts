// `npm run docs:site`: installs the packages of the site and builds it into site/dist.
// `npm run docs:site -- --watch`: serves it on 127.0.0.1:4321 and renders changed pages again.
import { spawn, spawnSync } from 'node:child_process'
import { watch } from 'node:fs'
import { join } from 'node:path'
import { isInstalled } from '../tools/run.mjs'
import { finishPages } from './finish-pages.ts'
import { prepare } from './prepare.ts'

const site = import.meta.dirname
/** Vite and Astro take these from the environment too, where vitest sets them. */
const ownVariables = { DEV: undefined, PROD: undefined, MODE: undefined, SSR: undefined, BASE_URL: undefined }

const environment = {
  ...process.env,
  ...ownVariables,
  NODE_ENV: process.argv.includes('--watch') ? 'development' : 'production',
  ASTRO_TELEMETRY_DISABLED: '1',
}

function installPackages(): void {
  if (isInstalled(site)) return
  console.log('Installing the packages of site/ (npm ci) ...')
  const { status, error } = spawnSync('npm', ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit'], {
    cwd: site,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  })
  if (status !== 0) throw new Error('Cannot install the packages of site/: npm ci failed', { cause: error })
}

const astro = [join(site, 'node_modules/astro/bin/astro.mjs')]

function build(): void {
  const { status, error } = spawnSync(process.execPath, [...astro, 'build'], {
    cwd: site,
    env: environment,
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('Cannot build the site: astro build failed', { cause: error })
  finishPages(join(site, 'dist'))
}

function serveAndWatch(): void {
  for (const folder of ['docs', 'client', 'functions', 'gemini-emulator'])
    watch(join(site, '..', folder), { recursive: folder === 'docs' }, (_, file) => {
      if (file?.endsWith('.md')) prepare()
    })
  const server = spawn(process.execPath, [...astro, 'dev', '--host', '127.0.0.1'], {
    cwd: site,
    env: environment,
    stdio: 'inherit',
  })
  server.on('exit', (code) => process.exit(code ?? 1))
}

installPackages()
prepare()
if (process.argv.includes('--watch')) serveAndWatch()
else build()
