import type { Firestore } from 'firebase-admin/firestore'
import type { ExtensionDocuments } from '../../ports/extension-documents.ts'
import { toAnnotation } from './firestore-annotations.ts'
import { toFirestore } from './firestore-failure.ts'

export function firestoreExtensionDocuments(
  firestore: Firestore,
  { extensionCollection, imagesCollection }: { extensionCollection: string; imagesCollection: string },
): ExtensionDocuments {
  const collection = firestore.collection(extensionCollection)
  const find = async (file: string) => (await collection.where('file', '==', file).get()).docs
  return {
    async annotation(imageId) {
      const data = (
        await toFirestore(async () => firestore.collection(imagesCollection).doc(imageId).get())
      ).data()
      return data && toAnnotation(data)
    },
    async write(imageId, document) {
      await toFirestore(async () => {
        const [existing] = await find(document.file)
        await (existing?.ref ?? collection.doc(imageId)).set(document, { merge: true })
      })
    },
    async remove(file) {
      await toFirestore(async () => {
        for (const { ref } of await find(file)) await ref.delete()
      })
    },
  }
}
