import { z } from 'zod'
import { CannotCheck } from '../doctor/finding.ts'
import type { Google } from '../doctor/google.ts'
import type { Outcome } from './inspection.ts'
import type { Run } from './run.ts'

// https://firebase.google.com/docs/reference/firebase-management/rest/v1beta1/projects.webApps, read 2026-11-30
const app = z.looseObject({ appId: z.string(), displayName: z.string().default('') })

// https://firebase.google.com/docs/reference/hosting/rest/v1beta1/projects.sites, read 2026-11-30
const site = z.looseObject({
  name: z.string(),
  defaultUrl: z.url(),
  appId: z.string().default(''),
  type: z.string().default('TYPE_UNSPECIFIED'),
})

type Site = z.output<typeof site>

/** The Hosting site and the web app that gives the page its configuration (`/__/firebase/init.json`). */
export type WebApp = { appId: string; url: string }

/** Checks that the page has a Hosting site with a linked web app. A step creates them otherwise. */
export async function checkWebApp(google: Google, run: Run): Promise<Outcome<WebApp | undefined>> {
  const { appId, siteOf } = await readWebApp(google)
  if (appId && siteOf?.appId) {
    const value = { appId: siteOf.appId, url: siteOf.defaultUrl }
    return {
      value,
      findings: [{ state: 'ok', found: `${siteOf.defaultUrl} with the web app ${siteOf.appId}` }],
    }
  }
  const missing = [!appId && 'web app', !siteOf && 'Hosting site'].filter((name) => name !== false)
  const found =
    missing.length > 0
      ? `the project has no ${missing.join(' and no ')}`
      : 'the Hosting site has no linked web app'
  const creates = missing.length > 0 ? `creates the ${missing.join(' and the ')}, and ` : ''
  const does = `${creates}links the web app to the Hosting site, which serves its configuration to the page`
  return {
    value: undefined,
    findings: [{ state: 'change', found, expected: does }],
    steps: [{ name: 'web app', does, run: () => createWebApp(google, run) }],
  }
}

/** Creates what is missing, and links it. @throws CannotCheck if the result is not there afterwards */
export async function createWebApp(google: Google, run: Run): Promise<void> {
  const { project } = google
  const common = ['--project', project, '--non-interactive']
  const before = await readWebApp(google)
  if (!before.appId) await run('firebase', ['apps:create', 'WEB', 'Firesight', ...common])
  if (!before.siteOf) await run('firebase', ['hosting:sites:create', project, ...common])
  const { appId, siteOf } = await readWebApp(google)
  if (!appId || !siteOf)
    throw new CannotCheck('the web app or the Hosting site does not exist after its creation')
  if (siteOf.appId) return
  const path = `v1beta1/projects/${project}/sites/${idOf(siteOf)}?updateMask=appId`
  await google.send('firebasehosting', path, site, { method: 'PATCH', body: { appId } })
}

async function readWebApp(google: Google): Promise<{ appId: string | undefined; siteOf: Site | undefined }> {
  const { items } = await google.list('firebase', `v1beta1/projects/${google.project}/webApps`, 'apps', app)
  const siteOf = await readSite(google)
  return { appId: siteOf?.appId || items[0]?.appId, siteOf }
}

/** The default Hosting site. */
export async function readSite(google: Google): Promise<Site | undefined> {
  const { items } = await google.list(
    'firebasehosting',
    `v1beta1/projects/${google.project}/sites`,
    'sites',
    site,
  )
  return items.find(({ type }) => type === 'DEFAULT_SITE') ?? items[0]
}

const idOf = ({ name }: Site) => name.split('/').at(-1) ?? name

// https://firebase.google.com/docs/reference/appcheck/rest/v1/projects.apps.recaptchaEnterpriseConfig, read
// 2026-11-30
const recaptcha = z.looseObject({ siteKey: z.string().default('') })

/** Reads the reCAPTCHA Enterprise site key of the web app, which the page needs with ENFORCE_APP_CHECK. */
export async function checkSiteKey(google: Google, appId: string): Promise<Outcome<string | undefined>> {
  const { project } = google
  const path = `v1/projects/${project}/apps/${appId}/recaptchaEnterpriseConfig`
  const found = await google.get('firebaseappcheck', path, recaptcha)
  if (found?.siteKey)
    return { value: found.siteKey, findings: [{ state: 'ok', found: `site key ${found.siteKey}` }] }
  return {
    value: undefined,
    findings: [
      {
        state: 'problem',
        found: `the web app ${appId} is not registered with App Check, but ENFORCE_APP_CHECK is true`,
        expected: 'a web app with reCAPTCHA Enterprise, or the page cannot call the functions',
        command: `open https://console.firebase.google.com/project/${project}/appcheck/apps`,
      },
    ],
  }
}
