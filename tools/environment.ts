import { delimiter, dirname, join } from 'node:path'
import { cache, projectId, storageBucket } from './paths.ts'
import { address, type Ports } from './ports.ts'

/** Variables to set. Undefined removes an inherited variable. */
export type Environment = Record<string, string | undefined>

/** The addresses for commands and tests, in the variables of the Firebase SDKs and some of our own. */
export function addresses(
  ports: Ports,
  geminiHost: string | undefined,
  webUrl: string | undefined,
): Environment {
  return {
    FIREBASE_AUTH_EMULATOR_HOST: address(ports.auth),
    FIRESTORE_EMULATOR_HOST: address(ports.firestore),
    FIREBASE_STORAGE_EMULATOR_HOST: address(ports.storage),
    STORAGE_EMULATOR_HOST: `http://${address(ports.storage)}`, // @google-cloud/storage requires the scheme.
    CLOUD_TASKS_EMULATOR_HOST: address(ports.tasks),
    CLOUD_EVENTARC_EMULATOR_HOST: `http://${address(ports.eventarc)}`,
    FIREBASE_EMULATOR_HUB: address(ports.hub),
    FUNCTIONS_EMULATOR_HOST: address(ports.functions), // Our own: Firebase has no variable for it.
    GEMINI_EMULATOR_HOST: geminiHost, // Our own, read by the functions.
    FIRESIGHT_WEB_URL: webUrl, // Our own, read by the browser tests.
    GCLOUD_PROJECT: projectId,
    FIREBASE_CONFIG: JSON.stringify({
      projectId,
      storageBucket,
      databaseURL: `https://${projectId}.firebaseio.com`,
    }),
    ...noRealCloud,
  }
}

/** The environment of firebase-tools, which the functions inherit. */
export function emulatorsEnvironment(options: {
  javaFolder: string
  jarsFolder: string
  temporaryFolder: string
  geminiHost: string | undefined
  /** The Node of the functions. Default: the current one. */
  node?: string
}): Environment {
  return {
    ...noAddresses,
    ...noRealCloud,
    GEMINI_EMULATOR_HOST: options.geminiHost,
    // firebase-tools finds Java, and the Node for the functions, only in PATH.
    PATH: [dirname(options.node ?? process.execPath), options.javaFolder, process.env.PATH].join(delimiter),
    FIREBASE_EMULATORS_PATH: options.jarsFolder,
    // A run is too short for Java's optimizing compiler to pay off: without it, the emulators need half the
    // CPU time.
    JAVA_TOOL_OPTIONS: ['-XX:TieredStopAtLevel=1', process.env.JAVA_TOOL_OPTIONS].join(' ').trim(),
    // The Storage emulator stores files there, and empties the folder when it stops, so runs cannot share it.
    TMPDIR: options.temporaryFolder,
    TMP: options.temporaryFolder,
    TEMP: options.temporaryFolder,
    // The default is in TMPDIR, so every start would compile firebase-tools again.
    NODE_COMPILE_CACHE: join(cache, 'compile'),
    // Disables the message of the day and the update check.
    CI: '1',
    // Disables the registry request for the latest firebase-functions, which blocks for 10 s without a
    // network.
    npm_config_offline: 'true',
    // Each parallel event needs a Node process. The default, 50, loses events on a small machine. With 1, a
    // function that calls another function would deadlock.
    FUNCTIONS_EMULATOR_PARALLEL: '2',
    // Seconds for loading and starting the functions. The defaults, 10 and 30, are too short on a busy
    // machine.
    FUNCTIONS_DISCOVERY_TIMEOUT: '60',
    // Discovers the functions through a file instead of a web server, which takes 3 s to stop.
    FIREBASE_FUNCTIONS_DISCOVERY_OUTPUT_PATH: 'true',
  }
}

/** Prevents access to a real project or a billed model. */
const noRealCloud: Environment = {
  // Google's libraries would look for a metadata server, wait, and warn.
  METADATA_SERVER_DETECTION: 'none',
  GOOGLE_APPLICATION_CREDENTIALS: undefined,
  // `npm start` passes the key as a secret of the functions.
  GEMINI_API_KEY: undefined,
  GOOGLE_API_KEY: undefined, // The Gemini SDK would prefer this key.
}

/** A run inside another one (in tests of the tools) must not use the emulators of the outer run. */
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
