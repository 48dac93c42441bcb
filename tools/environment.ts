import { delimiter, dirname, join } from 'node:path'
import { cache, projectId, storageBucket } from './paths.ts'
import { address, type Ports } from './ports.ts'

/** A variable to set, or, as undefined, one that must not be there. */
export type Environment = Record<string, string | undefined>

/** Where everything is: for commands and tests, under the names that Firebase's SDKs read, and a few of ours. */
export function addresses(
  ports: Ports,
  geminiHost: string | undefined,
  webUrl: string | undefined,
): Environment {
  return {
    FIREBASE_AUTH_EMULATOR_HOST: address(ports.auth),
    FIRESTORE_EMULATOR_HOST: address(ports.firestore),
    FIREBASE_STORAGE_EMULATOR_HOST: address(ports.storage),
    STORAGE_EMULATOR_HOST: `http://${address(ports.storage)}`, // The one with a scheme: @google-cloud/storage wants it.
    CLOUD_TASKS_EMULATOR_HOST: address(ports.tasks),
    CLOUD_EVENTARC_EMULATOR_HOST: `http://${address(ports.eventarc)}`,
    FIREBASE_EMULATOR_HUB: address(ports.hub),
    FUNCTIONS_EMULATOR_HOST: address(ports.functions), // Ours: Firebase has no name for it.
    GEMINI_EMULATOR_HOST: geminiHost, // Ours: read by the functions.
    FIRESIGHT_WEB_URL: webUrl, // Ours: read by the browser tests.
    GCLOUD_PROJECT: projectId,
    FIREBASE_CONFIG: JSON.stringify({
      projectId,
      storageBucket,
      databaseURL: `https://${projectId}.firebaseio.com`,
    }),
    ...noRealCloud,
  }
}

/** For firebase-tools, and through it for the functions. */
export function emulatorsEnvironment(options: {
  javaFolder: string
  jarsFolder: string
  temporaryFolder: string
  geminiHost: string | undefined
}): Environment {
  return {
    ...noAddresses,
    ...noRealCloud,
    GEMINI_EMULATOR_HOST: options.geminiHost,
    // firebase-tools takes its Java, and the functions' Node, from PATH only.
    PATH: [dirname(process.execPath), options.javaFolder, process.env.PATH].join(delimiter),
    FIREBASE_EMULATORS_PATH: options.jarsFolder,
    // A run is too short for Java's optimizing compiler to pay off: without it, the emulators need half the CPU time.
    JAVA_TOOL_OPTIONS: ['-XX:TieredStopAtLevel=1', process.env.JAVA_TOOL_OPTIONS].join(' ').trim(),
    // The Storage emulator keeps files there, and empties that folder when it stops: not one to share.
    TMPDIR: options.temporaryFolder,
    TMP: options.temporaryFolder,
    TEMP: options.temporaryFolder,
    // Else it would be in TMPDIR, and every start would compile firebase-tools again.
    NODE_COMPILE_CACHE: join(cache, 'compile'),
    // No message of the day, no look for updates.
    CI: '1',
    // No question to npm's registry for the newest firebase-functions: it blocks for 10 s without a network.
    npm_config_offline: 'true',
    // Each parallel event takes a Node process. The default, 50, loses events on a small machine; with 1 a
    // function that calls another waits for itself.
    FUNCTIONS_EMULATOR_PARALLEL: '2',
    // Seconds that functions may take to load and to start; 10 and 30 are too short on a busy machine.
    FUNCTIONS_DISCOVERY_TIMEOUT: '60',
    // Functions are discovered through a file rather than a web server, which takes 3 s to stop.
    FIREBASE_FUNCTIONS_DISCOVERY_OUTPUT_PATH: 'true',
  }
}

/** What would let a run reach a real project, or pay for a real model. */
const noRealCloud: Environment = {
  // Google's libraries would look for a metadata server, wait, and warn.
  METADATA_SERVER_DETECTION: 'none',
  GOOGLE_APPLICATION_CREDENTIALS: undefined,
  // `start` hands the key on as the functions' secret.
  GEMINI_API_KEY: undefined,
  GOOGLE_API_KEY: undefined, // The Gemini SDK would prefer it.
}

/** A run inside another (the tools' own tests) must not see the other's emulators. */
const noAddresses: Environment = {
  FIREBASE_AUTH_EMULATOR_HOST: undefined,
  FIRESTORE_EMULATOR_HOST: undefined,
  FIREBASE_STORAGE_EMULATOR_HOST: undefined,
  STORAGE_EMULATOR_HOST: undefined,
  CLOUD_TASKS_EMULATOR_HOST: undefined,
  CLOUD_EVENTARC_EMULATOR_HOST: undefined,
  FIREBASE_EMULATOR_HUB: undefined,
  FUNCTIONS_EMULATOR_HOST: undefined,
  FIRESIGHT_WEB_URL: undefined,
  FIREBASE_CONFIG: undefined,
  GCLOUD_PROJECT: undefined,
}
