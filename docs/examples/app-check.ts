import { createFiresight, type Firesight } from '@firesight/client'
import type { FirebaseApp } from 'firebase/app'
import { initializeAppCheck, ReCaptchaEnterpriseProvider } from 'firebase/app-check'
import type { Auth } from 'firebase/auth'

/** Sends an App Check token with every call, upload and read. Call it before any other Firebase service. */
export function startWithAppCheck(app: FirebaseApp, auth: Auth, siteKey: string): Firesight {
  initializeAppCheck(app, {
    provider: new ReCaptchaEnterpriseProvider(siteKey),
    isTokenAutoRefreshEnabled: true,
  })
  return createFiresight({ app, auth, region: 'us-central1' })
}
