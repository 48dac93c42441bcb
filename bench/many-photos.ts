// `npm run many-photos [-- --photos 100 --folder <JPEGs> --page http://127.0.0.1:5173]`: uses a running
// `npm start` as the page does, and prints the memory of its processes as Markdown. docs/testing.md
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createFiresight } from '@firesight/client'
import { deleteApp, type FirebaseOptions, initializeApp } from 'firebase/app'
import { connectAuthEmulator, getAuth, signInAnonymously } from 'firebase/auth'
import { getFirestore, terminate } from 'firebase/firestore'
import sharp from 'sharp'
import { drawPhoto, encodePlain } from './data/photos.ts'
import { memoryOfStart, type ProcessMemory } from './process-memory.ts'

type Addresses = Record<'auth' | 'functions' | 'firestore' | 'storage', string>
type Ended = { status: string; seconds: number; documentBytes: number }

const { values: options } = parseArgs({
  options: {
    photos: { type: 'string', default: '100' },
    folder: { type: 'string' },
    page: { type: 'string', default: 'http://127.0.0.1:5173' },
  },
})
const count = Number(options.photos)
/** How long a photo may take. */
const patienceMs = 120_000

const readText = async (path: string): Promise<string> => (await fetch(new URL(path, options.page))).text()
const settings: FirebaseOptions = JSON.parse(await readText('/__/firebase/init.json'))
const addresses: Addresses = JSON.parse(await readText('/emulators.json'))
const { auth: authHost, functions, firestore, storage } = addresses
const app = initializeApp(settings)
const auth = getAuth(app)
connectAuthEmulator(auth, `http://${authHost}`, { disableWarnings: true })
await signInAnonymously(auth)
const firesight = createFiresight({ app, auth, emulators: { functions, firestore, storage } })

const stopWatching = firesight.watchNewest(() => {}, { onError: (error) => console.error(error) })
const sources = await readSources()
const samples: { photos: number; memory: ProcessMemory }[] = [{ photos: 0, memory: memoryOfStart() }]
const ended: Ended[] = []
for (let index = 0; index < count; index++) {
  const end = await annotate(await variant(sources, index))
  ended.push(end)
  console.error(
    `${index + 1} of ${count}: ${end.status}, ${end.seconds.toFixed(1)} s, ${end.documentBytes} B`,
  )
  if ((index + 1) % Math.ceil(count / 4) === 0) samples.push({ photos: index + 1, memory: memoryOfStart() })
}
stopWatching()
printReport()
process.exitCode = ended.every(({ status }) => status === 'succeeded') ? 0 : 1
await terminate(getFirestore(app))
await deleteApp(app)

async function readSources(): Promise<Buffer[]> {
  const { folder } = options
  if (folder === undefined) return [await encodePlain(await drawPhoto({ width: 4000, height: 3000 }, 1))]
  return readdirSync(folder)
    .filter((name) => /\.jpe?g$/i.test(name))
    .map((name) => readFileSync(join(folder, name)))
}

/** A part of a photo that no other upload has, so that no cache answers. */
async function variant(photos: Buffer[], index: number): Promise<Buffer> {
  const source = photos[index % photos.length]!
  const { width, height } = await sharp(source).metadata()
  const cut = Math.floor(index / photos.length) * 8
  return sharp(source)
    .extract({ left: cut, top: cut, width: width - 2 * cut, height: height - 2 * cut })
    .jpeg({ quality: 90 })
    .toBuffer()
}

/** Uploads a photo and watches its document until it has ended. */
async function annotate(bytes: Buffer): Promise<Ended> {
  const began = performance.now()
  const { path, done } = await firesight.upload(bytes)
  await done
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${path} has not ended in ${patienceMs} ms`)), patienceMs)
    const stop = firesight.watch({ path }, (annotation) => {
      if (!annotation || annotation.status === 'processing') return
      clearTimeout(timer)
      setImmediate(() => stop())
      const documentBytes = JSON.stringify(annotation).length
      resolve({ status: annotation.status, seconds: (performance.now() - began) / 1000, documentBytes })
    })
  })
}

function printReport(): void {
  const parts = [...new Set(samples.flatMap(({ memory }) => [...memory.keys()]))].toSorted()
  const row = (name: string, cells: (string | number)[]) => console.log(`| ${[name, ...cells].join(' | ')} |`)
  row(
    'MB resident after',
    samples.map(({ photos }) => `${photos} photos`),
  )
  row(
    '---',
    samples.map(() => '---:'),
  )
  for (const part of parts)
    row(
      part,
      samples.map(({ memory }) => Math.round(memory.get(part) ?? 0)),
    )
  row(
    'together',
    samples.map(({ memory }) => Math.round([...memory.values()].reduce((sum, mb) => sum + mb, 0))),
  )
  const middle = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
  const tenth = Math.ceil(count / 10)
  const seconds = ended.map((end) => end.seconds)
  const bytes = ended.map((end) => end.documentBytes)
  console.log(
    `\n${ended.filter(({ status }) => status === 'succeeded').length} of ${count} photos succeeded. ` +
      `Median duration: ${middle(seconds).toFixed(1)} s, ` +
      `${middle(seconds.slice(0, tenth)).toFixed(1)} s in the first tenth and ` +
      `${middle(seconds.slice(-tenth)).toFixed(1)} s in the last. ` +
      `Documents as JSON: median ${middle(bytes)} bytes, at most ${Math.max(...bytes)}.`,
  )
}
