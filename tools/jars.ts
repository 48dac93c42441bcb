import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { executable } from './java.ts'
import { cache } from './paths.ts'

type Download = { remoteUrl: string; downloadPathRelativeToCacheDir: string }

/** The downloads of this version of firebase-tools, with the file names that it expects. */
const downloads: { firestore: Download; storage: Download } = createRequire(import.meta.url)(
  'firebase-tools/lib/emulator/downloadableEmulatorInfo.json',
)

const runtimeSource = join(import.meta.dirname, 'storage-rules/StorageRulesRuntime.java')

/** The usual folders of the Google Cloud CLI. */
const cloudSdks = [
  process.env.CLOUDSDK_ROOT_DIR,
  '/usr/lib/google-cloud-sdk',
  '/usr/share/google-cloud-sdk',
  '/snap/google-cloud-cli/current',
  '/opt/homebrew/share/google-cloud-sdk',
  join(homedir(), 'google-cloud-sdk'),
]

/**
 * Returns the folder with the jars of the Firestore emulator and the Storage rules runtime, for
 * FIREBASE_EMULATORS_PATH.
 *
 * Uses the cache of firebase-tools if it has the jars or can download them. If the download server is
 * unreachable, builds the jars from the Firestore emulator of the Google Cloud CLI, which contains the same
 * rules engine.
 */
export async function findJars(javaFolder: string, log: (line: string) => void): Promise<string> {
  const downloaded = process.env.FIREBASE_EMULATORS_PATH || join(homedir(), '.cache/firebase/emulators')
  if (hasJars(downloaded)) return downloaded

  const firestoreJar = cloudSdks
    .filter((sdk) => sdk !== undefined)
    .map((sdk) => join(sdk, 'platform/cloud-firestore-emulator/cloud-firestore-emulator.jar'))
    .find((jar) => existsSync(jar))
  const built = firestoreJar && join(cache, 'emulators', keyOf(firestoreJar))
  if (built && hasJars(built)) return built

  const server = new URL(downloads.storage.remoteUrl).host
  if (await isReachable(downloads.storage.remoteUrl)) {
    log(`Downloading the emulators to ${downloaded} (about 190 MB, only once)...`)
    return downloaded // firebase-tools downloads them there.
  }
  if (firestoreJar && built && existsSync(executable(javaFolder, 'javac'))) {
    log(`${server} is unreachable. Building the emulator jars from ${firestoreJar} (only once)...`)
    buildJars(javaFolder, firestoreJar, built)
    return built
  }
  throw new Error(
    `The emulator jars are not in ${downloaded}, ${server} is unreachable, and the jars cannot be built:\n` +
      `  the Firestore emulator of the Google Cloud CLI: ${firestoreJar ?? 'not found'}\n` +
      `  the Java compiler: ${existsSync(executable(javaFolder, 'javac')) ? javaFolder : `not in ${javaFolder}`}\n` +
      'Connect to the internet once, or install a JDK and the Firestore emulator (apt-get install ' +
      'google-cloud-cli-firestore-emulator, or gcloud components install cloud-firestore-emulator).',
  )
}

function hasJars(folder: string): boolean {
  return Object.values([downloads.firestore, downloads.storage]).every((jar) =>
    existsSync(join(folder, jar.downloadPathRelativeToCacheDir)),
  )
}

/** A key that changes with the source, the jar and the version of firebase-tools. */
function keyOf(firestoreJar: string): string {
  const { size, mtimeMs } = statSync(firestoreJar)
  return createHash('sha256')
    .update(JSON.stringify([downloads.firestore, downloads.storage, firestoreJar, size, mtimeMs]))
    .update(readFileSync(runtimeSource))
    .digest('hex')
    .slice(0, 16)
}

async function isReachable(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(5_000) })).ok
  } catch {
    return false
  }
}

function buildJars(javaFolder: string, firestoreJar: string, target: string): void {
  mkdirSync(join(cache, 'emulators'), { recursive: true })
  // Built in a temporary folder and renamed, so that killed or parallel runs leave no incomplete folder.
  const folder = mkdtempSync(join(cache, 'emulators/new-'))
  const classes = join(folder, 'classes')
  mkdirSync(classes)
  execFileSync(executable(javaFolder, 'javac'), [
    '-proc:none',
    '-cp',
    firestoreJar,
    '-d',
    classes,
    runtimeSource,
  ])

  const jar = (file: string, mainClass: string, ...content: string[]) => {
    const manifest = join(folder, 'manifest.txt')
    writeFileSync(manifest, `Main-Class: ${mainClass}\nClass-Path: ${pathToFileURL(firestoreJar).href}\n`)
    execFileSync(executable(javaFolder, 'jar'), ['-cfm', join(folder, file), manifest, ...content])
  }
  jar(downloads.storage.downloadPathRelativeToCacheDir, 'StorageRulesRuntime', '-C', classes, '.')
  jar(
    downloads.firestore.downloadPathRelativeToCacheDir,
    'com.google.cloud.datastore.emulator.firestore.CloudFirestore',
  )
  try {
    renameSync(folder, target)
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    if (!hasJars(target)) throw error // Otherwise a parallel run was faster.
  }
}
