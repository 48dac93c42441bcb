import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cache } from '../../tools/paths.ts'
import { keepPictures } from './corpus-files.ts'
import { CORPUS_PACKAGES } from './corpus-packages.ts'

/** A folder for each package, `name_version`, with its pictures. */
export const corporaFolder = join(cache, 'corpora', 'files')

const work = join(cache, 'corpora', 'work')
const KEYRINGS = ['debian', 'ubuntu'].map((name) => `/usr/share/keyrings/${name}-archive-keyring.gpg`)

/**
 * Fetches the corpora with apt's own tools and a state of their own: the system's sources, lists and caches stay as they are, and nobody
 * needs to be root. A package that cannot be had is told and left out.
 * @throws Error where there is no apt
 */
export function fetchCorpora(say: (line: string) => void): void {
  rmSync(work, { recursive: true, force: true })
  for (const folder of ['lists/partial', 'cache/archives/partial', 'packages'])
    mkdirSync(join(work, folder), { recursive: true })
  const environment = privateApt()
  apt(['update'], environment)
  for (const { name } of CORPUS_PACKAGES) {
    try {
      apt(['source', '--download-only', name], environment)
      const source = readdirSync(join(work, 'packages')).find(
        (file) => file.startsWith(`${name}_`) && /\.orig\.tar\.\w+$/.test(file),
      )
      if (!source) throw new Error('it has no .orig.tar')
      const version = source.slice(0, source.indexOf('.orig.tar'))
      say(`${version}: ${unpack(join(work, 'packages', source), join(corporaFolder, version))} files`)
    } catch (error) {
      say(`Cannot have ${name}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`)
    }
  }
  rmSync(work, { recursive: true, force: true })
}

/** @returns the environment for apt: https://manpages.debian.org/bookworm/apt/apt.conf.5 */
function privateApt(): NodeJS.ProcessEnv {
  const signedBy = KEYRINGS.filter((file) => existsSync(file))
  const option = signedBy.length > 0 ? `[signed-by=${signedBy.join(',')}] ` : ''
  // Where this machine has its packages from, there it has their sources from too.
  const format = '$(REPO_URI) $(RELEASE) $(COMPONENT)'
  const targets = apt(['indextargets', '--format', format, 'Created-By: Packages'], process.env)
  const lines = new Set(targets.trim().split('\n'))
  writeFileSync(join(work, 'sources.list'), [...lines].map((line) => `deb-src ${option}${line}\n`).join(''))
  const settings = {
    'Dir::Etc::sourcelist': join(work, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State::lists': join(work, 'lists'),
    'Dir::Cache': join(work, 'cache'),
    'APT::Sandbox::User': 'root',
  }
  const file = join(work, 'apt.conf')
  const entries = Object.entries(settings)
  writeFileSync(file, entries.map(([name, value]) => `${name} "${value}";\n`).join(''))
  return { ...process.env, APT_CONFIG: file }
}

function apt(args: string[], env: NodeJS.ProcessEnv): string {
  const cwd = join(work, 'packages')
  try {
    return execFileSync('apt-get', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    const instead = 'FIRESIGHT_CORPUS=<folder> takes files of your own'
    throw new Error(
      `Cannot fetch the corpora, which are Debian packages: there is no apt-get here. ${instead}`,
      {
        cause: error,
      },
    )
  }
}

/** @returns how many files are kept */
function unpack(archive: string, home: string): number {
  const folder = join(work, 'unpacked')
  rmSync(folder, { recursive: true, force: true })
  rmSync(home, { recursive: true, force: true })
  mkdirSync(folder)
  execFileSync('tar', ['-xf', archive, '-C', folder])
  return keepPictures(folder, home)
}
