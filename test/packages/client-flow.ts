// An app that uses the client. A test compiles it and runs it in Node, with each version of the Firebase SDK.
import { readFileSync } from 'node:fs'
import {
  type Annotation,
  createFiresight,
  type FiresightError,
  type FiresightOptions,
} from '@firesight/client'
import { deleteApp, initializeApp, SDK_VERSION } from 'firebase/app'
import { CustomProvider, initializeAppCheck } from 'firebase/app-check'
import { connectAuthEmulator, getAuth, signInAnonymously } from 'firebase/auth'

type Input = {
  photo: string
  auth: string
  appCheckToken: string
  segments: Record<string, string>
  options: Pick<FiresightOptions, 'region' | 'uploadPath' | 'collection' | 'database' | 'emulators'>
}
const { photo, auth: authUrl, appCheckToken, segments, options }: Input = JSON.parse(process.argv[2]!)

const app = initializeApp({
  projectId: 'demo-firesight',
  appId: '1:0:web:0',
  apiKey: 'fake',
  storageBucket: 'demo-firesight.appspot.com',
})
const auth = getAuth(app)
connectAuthEmulator(auth, authUrl, { disableWarnings: true })
const { user } = await signInAnonymously(auth)
const firesight = createFiresight({ app, auth, ...options })

const refused = await firesight
  .describeImage({ image: 'photos/a.png' })
  .catch((error: FiresightError) => error)
initializeAppCheck(app, {
  provider: new CustomProvider({
    getToken: async () => ({ token: appCheckToken, expireTimeMillis: Date.now() + 3_600_000 }),
  }),
})

const upload = await firesight.upload(readFileSync(photo), { segments })
const annotation = await new Promise<Annotation>((resolve, reject) => {
  const stop = firesight.watch(
    upload,
    (document) => {
      if (!document || document.status === 'deleted' || document.status === 'processing') return
      stop()
      resolve(document)
    },
    reject,
  )
})
const newest = await new Promise<string[]>((resolve, reject) => {
  const stop = firesight.watchNewest((photos) => (stop(), resolve(photos.map(({ imageId }) => imageId))), {
    onError: reject,
  })
})
const overlay = await fetch((await firesight.overlayUrl(annotation))!)
const answer = firesight.answerQuestion({ images: upload, question: 'What is in this picture?' })
let streamed = ''
for await (const text of answer) streamed += text
const { answer: whole } = await answer

const output = {
  version: SDK_VERSION,
  refused: 'code' in refused ? refused.code : 'not refused',
  path: upload.path.replace(user.uid, '<uid>'),
  status: annotation.status,
  objects: annotation.objects?.length ?? 0,
  overlay: overlay.headers.get('content-type'),
  isNewest: newest.includes(upload.imageId),
  isWholeAnswer: whole !== '' && whole === streamed,
}
console.log(JSON.stringify(output))
await deleteApp(app)
