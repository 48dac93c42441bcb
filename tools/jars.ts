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

/** What firebase-tools downloads, and the file names under which it looks for them: they follow its version. */
const downloads: { firestore: Download; storage: Download } = createRequire(import.meta.url)(
  'firebase-tools/lib/emulator/downloadableEmulatorInfo.json',
)

const standInSource = join(import.meta.dirname, 'storage-rules/StorageRulesRuntime.java')

/** Where the Google Cloud CLI may be installed. */
const cloudSdks = [
  process.env.CLOUDSDK_ROOT_DIR,
  '/usr/lib/google-cloud-sdk',
  '/usr/share/google-cloud-sdk',
  '/snap/google-cloud-cli/current',
  '/opt/homebrew/share/google-cloud-sdk',
  join(homedir(), 'google-cloud-sdk'),
]

/**
 * The folder with the jars of the Firestore emulator and of Storage's rules, for FIREBASE_EMULATORS_PATH.
 *
 * That is firebase-tools' own cache if it has them or can download them. Where its download server is out of
 * reach, they are made from the Firestore emulator of the Google Cloud CLI, which holds the same rules engine.
 */
export async function findJars(javaFolder: string, say: (line: string) => void): Promise<string> {
  const downloaded = process.env.FIREBASE_EMULATORS_PATH || join(homedir(), '.cache/firebase/emulators')
  if (hasJars(downloaded)) return downloaded

  const firestoreJar = cloudSdks
    .filter((sdk) => sdk !== undefined)
    .map((sdk) => join(sdk, 'platform/cloud-firestore-emulator/cloud-firestore-emulator.jar'))
    .find((jar) => existsSync(jar))
  const made = firestoreJar && join(cache, 'emulators', keyOf(firestoreJar))
  if (made && hasJars(made)) return made

  const server = new URL(downloads.storage.remoteUrl).host
  if (await isReachable(downloads.storage.remoteUrl)) {
    say(`Downloading the emulators to ${downloaded} (about 190 MB, this once) ...`)
    return downloaded // firebase-tools does it.
  }
  if (firestoreJar && made && existsSync(executable(javaFolder, 'javac'))) {
    say(`${server} is out of reach: making the emulators' jars from ${firestoreJar} (this once) ...`)
    makeJars(javaFolder, firestoreJar, made)
    return made
  }
  throw new Error(
    `The emulators' jars are neither in ${downloaded} nor to be had from ${server}, and they cannot be made:\n` +
      `  the Firestore emulator of the Google Cloud CLI: ${firestoreJar ?? 'not found'}\n` +
      `  the Java compiler: ${existsSync(executable(javaFolder, 'javac')) ? javaFolder : `not in ${javaFolder}`}\n` +
      'Go online once, or install a JDK and the Firestore emulator (apt-get install ' +
      'google-cloud-cli-firestore-emulator, or gcloud components install cloud-firestore-emulator).',
  )
}

function hasJars(folder: string): boolean {
  return Object.values([downloads.firestore, downloads.storage]).every((jar) =>
    existsSync(join(folder, jar.downloadPathRelativeToCacheDir)),
  )
}

/** Another folder for another source, jar or version of firebase-tools. */
function keyOf(firestoreJar: string): string {
  const { size, mtimeMs } = statSync(firestoreJar)
  return createHash('sha256')
    .update(JSON.stringify([downloads.firestore, downloads.storage, firestoreJar, size, mtimeMs]))
    .update(readFileSync(standInSource))
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

function makeJars(javaFolder: string, firestoreJar: string, target: string): void {
  mkdirSync(join(cache, 'emulators'), { recursive: true })
  // Made aside and renamed: a run that is killed, or one beside it, leaves no half of a folder.
  const folder = mkdtempSync(join(cache, 'emulators/new-'))
  const classes = join(folder, 'classes')
  mkdirSync(classes)
  execFileSync(executable(javaFolder, 'javac'), [
    '-proc:none',
    '-cp',
    firestoreJar,
    '-d',
    classes,
    standInSource,
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
    if (!hasJars(target)) throw error // Otherwise a run beside this one was first.
  }
}
