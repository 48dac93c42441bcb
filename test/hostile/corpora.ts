import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cache } from '../../tools/paths.ts'
import { keepPictures } from './corpus-files.ts'
import { CORPUS_PACKAGES } from './corpus-packages.ts'

/** Contains a folder per package, `name_version`, with its images. */
export const corporaFolder = join(cache, 'corpora', 'files')

const work = join(cache, 'corpora', 'work')
const KEYRINGS = ['debian', 'ubuntu'].map((name) => `/usr/share/keyrings/${name}-archive-keyring.gpg`)

/**
 * Downloads the corpora with apt and a private state: the sources, lists and caches of the system are not
 * changed, and root is not needed. Packages that cannot be downloaded are reported and skipped.
 * @throws Error if there is no apt
 */
export function fetchCorpora(log: (line: string) => void): void {
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
      if (!source) throw new Error('no .orig.tar')
      const version = source.slice(0, source.indexOf('.orig.tar'))
      log(`${version}: ${unpack(join(work, 'packages', source), join(corporaFolder, version))} files`)
    } catch (error) {
      log(`Cannot download ${name}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`)
    }
  }
  rmSync(work, { recursive: true, force: true })
}

/** @returns the environment for apt: https://manpages.debian.org/bookworm/apt/apt.conf.5 */
function privateApt(): NodeJS.ProcessEnv {
  const signedBy = KEYRINGS.filter((file) => existsSync(file))
  const option = signedBy.length > 0 ? `[signed-by=${signedBy.join(',')}] ` : ''
  // The sources come from the same repositories as the packages of this machine.
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
    const instead = 'FIRESIGHT_CORPUS=<folder> adds your own files'
    throw new Error(`Cannot download the corpora (Debian packages): apt-get is not installed. ${instead}`, {
      cause: error,
    })
  }
}

/** @returns the number of files that are kept */
function unpack(archive: string, home: string): number {
  const folder = join(work, 'unpacked')
  rmSync(folder, { recursive: true, force: true })
  rmSync(home, { recursive: true, force: true })
  mkdirSync(folder)
  execFileSync('tar', ['-xf', archive, '-C', folder])
  return keepPictures(folder, home)
}
