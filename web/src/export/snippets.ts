import type { Emulators, Settings } from '../settings.ts'

export type SnippetPhoto = { path: string; imageId: string; bucket: string }
export type SnippetProject = {
  projectId: string
  settings: Pick<Settings, 'appCheckSiteKey' | 'client'>
  emulators: Emulators | undefined
}

const LANGUAGES = ['Web', 'Node', 'curl', 'Swift', 'Kotlin'] as const
export type Language = (typeof LANGUAGES)[number]

/** Code that reads this photo and asks about it, with the settings of this deployment. */
export function snippetsOf(photo: SnippetPhoto, project: SnippetProject): Record<Language, string> {
  return {
    Web: web(photo, project),
    Node: node(photo, project),
    curl: curl(photo, project),
    Swift: swift(photo, project),
    Kotlin: kotlin(photo, project),
  }
}

const QUESTION = 'What is in this photo?'

function web({ path }: SnippetPhoto, { settings, emulators }: SnippetProject): string {
  const options = Object.entries(settings.client).map(([name, value]) => `${name}: ${literal(value)}`)
  return lines(
    `import { createFiresight } from '@firesight/client'`,
    `import { initializeApp } from 'firebase/app'`,
    `import { ${emulators ? 'connectAuthEmulator, ' : ''}getAuth } from 'firebase/auth'`,
    '',
    `const app = initializeApp(firebaseConfig) // The config of your web app.`,
    `const auth = getAuth(app) // Signed in as the owner of the photo.`,
    emulators && `connectAuthEmulator(auth, ${literal(`http://${emulators.auth}`)})`,
    emulators && `const emulators = ${addressesOf(emulators)}`,
    `const firesight = createFiresight({ ${['app', 'auth', ...options, ...(emulators ? ['emulators'] : [])].join(', ')} })`,
    '',
    `const path = ${literal(path)}`,
    `firesight.watch({ path }, async (annotation) => {`,
    `  if (annotation?.status !== 'succeeded') return`,
    `  console.log(annotation.caption, annotation.objects)`,
    `  console.log(await firesight.overlayUrl(annotation))`,
    `})`,
    `for await (const text of firesight.answerQuestion({ images: path, question: ${literal(QUESTION)} }))`,
    `  console.log(text)`,
  )
}

function addressesOf({ functions, firestore, storage }: Emulators): string {
  const addresses = Object.entries({ functions, firestore, storage })
  return `{ ${addresses.map(([name, at]) => `${name}: ${literal(at)}`).join(', ')} }`
}

/** A server reads with its own rights, so no user signs in. */
function node({ imageId, bucket }: SnippetPhoto, { projectId, settings, emulators }: SnippetProject): string {
  const { database, collection = 'images', outputBucket = bucket } = settings.client
  return lines(
    emulators &&
      `// FIRESTORE_EMULATOR_HOST=${emulators.firestore} FIREBASE_STORAGE_EMULATOR_HOST=${emulators.storage}`,
    `import { initializeApp } from 'firebase-admin/app'`,
    `import { getFirestore } from 'firebase-admin/firestore'`,
    `import { getStorage } from 'firebase-admin/storage'`,
    '',
    `const app = initializeApp({ projectId: ${literal(projectId)} })`,
    `const firestore = getFirestore(app${database === undefined ? '' : `, ${literal(database)}`})`,
    `const photo = await firestore.doc(${literal(`${collection}/${imageId}`)}).get()`,
    `console.log(photo.get('caption'), photo.get('objects'))`,
    '',
    `const overlay = getStorage(app).bucket(${literal(outputBucket)}).file(photo.get('overlay.path'))`,
    `await overlay.download({ destination: 'overlay.png' })`,
  )
}

function curl({ path }: SnippetPhoto, { projectId, settings, emulators }: SnippetProject): string {
  const { region = 'us-central1', instance } = settings.client
  const name = instance === undefined ? 'answerQuestion' : `kit-${instance}-answerQuestion`
  const origin = emulators
    ? `http://${emulators.functions}/${projectId}/${region}`
    : region.startsWith('http')
      ? region
      : `https://${region}-${projectId}.cloudfunctions.net`
  const data = JSON.stringify({ data: { images: [{ path }], question: QUESTION } })
  return lines(
    `# The ID token of the owner of the photo. In a web app: await auth.currentUser.getIdToken()`,
    settings.appCheckSiteKey !== undefined &&
      `# The token of App Check. In a web app: (await getToken(appCheck)).token`,
    `curl ${origin}/${name} \\`,
    `  -H "Authorization: Bearer $ID_TOKEN" \\`,
    settings.appCheckSiteKey !== undefined && `  -H "X-Firebase-AppCheck: $APP_CHECK_TOKEN" \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '${data.replaceAll("'", String.raw`'\''`)}'`,
  )
}

function swift({ path }: SnippetPhoto, project: SnippetProject): string {
  const settings = mobileSettings(project, ': ')
  return lines(
    `// With the files of mobile/swift in this repository (docs/mobile.md).`,
    `let path = ${JSON.stringify(path)}`,
    settings && `let settings = FiresightSettings(${settings})`,
    `for try await document in watch(path: path${settings && ', settings: settings'}) {`,
    `    guard case .annotation(let annotation) = document, annotation.status == "succeeded" else { continue }`,
    `    print(annotation.caption ?? "", annotation.objects?.count ?? 0)`,
    `    break`,
    `}`,
    `let result = try await askOnce("${QUESTION}", about: path${settings && ', settings: settings'})`,
    `print(result.answer)`,
  )
}

function kotlin({ path }: SnippetPhoto, project: SnippetProject): string {
  const settings = mobileSettings(project, ' = ')
  return lines(
    `// With the files of mobile/kotlin in this repository (docs/mobile.md).`,
    `val path = ${JSON.stringify(path).replaceAll('$', String.raw`\$`)}`,
    settings && `val settings = FiresightSettings(${settings})`,
    `val photo = watch(path${settings && ', settings'})`,
    `    .filterIsInstance<AnnotationDocument.Annotated>()`,
    `    .first { it.annotation.status == "succeeded" }`,
    `println(photo.annotation.caption)`,
    `println(askOnce("${QUESTION}", path${settings && ', settings'}).answer)`,
  )
}

/** The arguments of FiresightSettings that differ from its defaults. */
function mobileSettings({ settings: { client } }: SnippetProject, separator: string): string {
  const { region, database, collection, instance } = client
  const prefix = instance === undefined ? undefined : `kit-${instance}-`
  return Object.entries({ region, database, collection, prefix })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}${separator}${JSON.stringify(value)}`)
    .join(', ')
}

/** A literal of JavaScript in single quotes. */
function literal(value: unknown): string {
  const text = JSON.stringify(value)
  if (typeof value !== 'string') return text
  return `'${text.slice(1, -1).replaceAll(String.raw`\"`, '"').replaceAll("'", String.raw`\'`)}'`
}

/** Joins lines; omits those whose condition is false. */
function lines(...parts: (string | false | undefined)[]): string {
  return `${parts.filter((part) => typeof part === 'string').join('\n')}\n`
}
