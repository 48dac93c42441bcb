import type { Point } from '../flow.ts'

/** Everything that a worker waits for, as it reads in a trace. */
export const POINTS = {
  claim: { name: 'claim', at: 'firestore' },
  reserve: { name: 'reserve tokens', at: 'firestore' },
  settle: { name: 'settle tokens', at: 'firestore' },
  count: { name: 'count a request', at: 'firestore' },
  checkpoint: { name: 'checkpoint', at: 'firestore' },
  fence: { name: 'fence', at: 'firestore' },
  finish: { name: 'finish', at: 'firestore' },
  defer: { name: 'defer', at: 'firestore' },
  release: { name: 'release', at: 'firestore' },
  tombstone: { name: 'tombstone', at: 'firestore' },
  readDocument: { name: 'read the document', at: 'firestore' },
  findObject: { name: 'find the object', at: 'storage' },
  readObject: { name: 'read the object', at: 'storage' },
  compare: { name: 'compare the generation', at: 'storage' },
  decode: { name: 'decode', at: 'storage' },
  fatalDecode: { name: 'decode', at: 'storage', deadly: true },
  listFiles: { name: 'list the results', at: 'storage' },
  deleteFile: { name: 'delete a result', at: 'storage' },
  writeAnswer: { name: 'write the answer', at: 'storage' },
  readAnswer: { name: 'read the answer', at: 'storage' },
  writeDrawn: { name: 'write what is drawn', at: 'storage' },
  ask: { name: 'ask the model', at: 'model' },
  enqueue: { name: 'enqueue', at: 'queue' },
} as const satisfies Record<string, Point>
