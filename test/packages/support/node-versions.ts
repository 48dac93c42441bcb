import { globSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import type { Environment } from '../../../tools/environment.ts'
import { root } from '../../../tools/paths.ts'

/** The major versions of Node that the packages support. */
export type NodeMajor = 22 | 24

/** The program of a Node version: of this process, or from test/extra/kits. @throws Error if it is not installed */
export function nodeProgram(major: NodeMajor): string {
  if (process.version.startsWith(`v${major}.`)) return process.execPath
  // The name of the package depends on the platform.
  const packages = join(root, 'test/extra/kits/node_modules')
  const [program] = globSync('node-*/bin/node{,.exe}', { cwd: packages })
  if (program) return join(packages, program)
  throw new Error(`Node ${major} is not installed in ${packages}: run npm ci in test/extra/kits`)
}

/**
 * The environment of npm and the Firebase CLI on another machine: the Node version, an empty home folder and
 * npm cache, and only the registry on loopback. Variables of the npm that started the tests are removed.
 */
export function foreignEnvironment(options: {
  node: NodeMajor
  home: string
  registry: string
}): Environment {
  const ofNpm = Object.keys(process.env).filter((name) => /^npm_|^INIT_CWD$/i.test(name))
  return {
    ...Object.fromEntries(ofNpm.map((name) => [name, undefined])),
    PATH: [dirname(nodeProgram(options.node)), process.env.PATH].join(delimiter),
    HOME: options.home,
    USERPROFILE: options.home,
    XDG_CONFIG_HOME: join(options.home, '.config'),
    npm_config_registry: options.registry,
    npm_config_cache: join(options.home, 'npm-cache'),
    npm_config_userconfig: join(options.home, '.npmrc'),
    npm_config_fetch_retries: '0',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
    CI: '1',
    // The CLI discovers functions through a file instead of a web server, which takes 3 s to stop.
    FIREBASE_FUNCTIONS_DISCOVERY_OUTPUT_PATH: 'true',
    FUNCTIONS_DISCOVERY_TIMEOUT: '60',
  }
}
