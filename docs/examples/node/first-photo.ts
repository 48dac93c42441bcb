// Uploads a photo and prints its annotation: node first-photo.ts photo.jpg
import { readFile } from 'node:fs/promises'
import { createFiresight } from '@firesight/client'
import { deleteApp, initializeApp } from 'firebase/app'
import { getAuth, signInAnonymously } from 'firebase/auth'

const config = { projectId: 'my-app', apiKey: 'AIza...', storageBucket: 'my-app.firebasestorage.app' }
const region = 'us-central1'

const app = initializeApp(config)
const auth = getAuth(app)
await signInAnonymously(auth)
const firesight = createFiresight({ app, auth, region })

const photo = await readFile(process.argv[2] ?? 'photo.jpg')
const upload = await firesight.upload(photo, { contentType: 'image/jpeg' })
await upload.done
await new Promise<void>((resolve, reject) => {
  const stop = firesight.watch(
    upload,
    (annotation) => {
      console.log(annotation?.status ?? 'waiting for the functions ...')
      if (!annotation || annotation.status === 'processing') return
      stop()
      console.dir(annotation, { depth: 4 })
      resolve()
    },
    reject,
  )
})
await deleteApp(app)
