import { execFileSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

/** The minimum version for firebase-tools 15. */
const minimumMajor = 21

const usualFolders = [
  '/usr/lib/jvm/*/bin',
  '/Library/Java/JavaVirtualMachines/*/Contents/Home/bin',
  '/opt/homebrew/opt/openjdk*/bin',
  '/usr/local/opt/openjdk*/bin',
  join(homedir(), '.sdkman/candidates/java/*/bin'),
  'C:/Program Files/{Java,Eclipse Adoptium,Microsoft,Zulu}/*/bin',
]

/** The `bin` folder of a sufficiently new Java, from JAVA_HOME, PATH or the usual folders. */
export function findJava(
  environment: NodeJS.ProcessEnv = process.env,
  folders: string[] = usualFolders,
): string {
  const tried: string[] = []
  for (const folder of candidates(environment, folders)) {
    const java = executable(folder, 'java')
    if (!existsSync(java)) continue
    const major = javaMajor(versionOf(java))
    if (major !== undefined && major >= minimumMajor) return folder
    tried.push(`  ${java}: ${major === undefined ? 'unknown version' : `Java ${major}`}`)
  }
  throw new Error(
    [
      `The Firebase emulators need Java ${minimumMajor} or newer. JAVA_HOME, PATH and the usual folders ` +
        (tried.length > 0 ? 'contain only:' : 'contain no Java.'),
      ...tried,
      `Install a JDK (https://adoptium.net; Debian and Ubuntu: apt-get install openjdk-${minimumMajor}-jdk-headless), or set JAVA_HOME.`,
    ].join('\n'),
  )
}

/** The major version in the output of `java --version`: 21 for "openjdk 21.0.8 2025-07-15". */
export function javaMajor(version: string): number | undefined {
  const major = /^\S+ (\d+)(?:[.+-]|\s|$)/m.exec(version)?.[1]
  return major === undefined ? undefined : Number(major)
}

/** The path of a JDK program. It may not exist: a runtime without a JDK has no `javac`. */
export function executable(folder: string, name: 'java' | 'javac' | 'jar'): string {
  return join(folder, process.platform === 'win32' ? `${name}.exe` : name)
}

function candidates(environment: NodeJS.ProcessEnv, folders: string[]): string[] {
  const home = environment.JAVA_HOME
  return [
    ...(home ? [join(home, 'bin')] : []),
    ...(environment.PATH ?? '').split(delimiter).filter(Boolean),
    ...globSync(folders).toSorted().toReversed(), // Newest versions first.
  ]
}

function versionOf(java: string): string {
  try {
    return execFileSync(java, ['--version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10_000,
    })
  } catch {
    return '' // Java 8 supports only -version, and the java command of macOS may be a stub without a Java.
  }
}
