// Makes a user an operator: node make-operator.ts alice@example.com
// Uses application default credentials: gcloud auth application-default login
import { initializeApp } from 'firebase-admin/app'
import { getAuth } from 'firebase-admin/auth'

initializeApp({ projectId: 'my-app' })
const { uid, customClaims } = await getAuth().getUserByEmail(process.argv[2] ?? '')
await getAuth().setCustomUserClaims(uid, { ...customClaims, firesightOperator: true })
