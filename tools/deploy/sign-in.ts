import { z } from 'zod'
import type { Google } from '../doctor/google.ts'
import type { Outcome } from './inspection.ts'

const switched = z.looseObject({ enabled: z.boolean().default(false) })

// https://docs.cloud.google.com/identity-platform/docs/reference/rest/v2/Config, read 2026-11-30
const config = z.looseObject({
  signIn: z
    .looseObject({
      anonymous: switched.optional(),
      email: switched.optional(),
      phoneNumber: switched.optional(),
    })
    .default({}),
})

// https://docs.cloud.google.com/identity-platform/docs/reference/rest/v2/projects.defaultSupportedIdpConfigs,
// read 2026-11-30
const provider = z.looseObject({ name: z.string(), enabled: z.boolean().default(false) })

/**
 * Checks that users can sign in. The web page signs in anonymously. The deployment enables no provider, because
 * this is a decision about the users of the project.
 */
export async function checkSignIn(google: Google, { hosting }: { hosting: boolean }): Promise<Outcome> {
  const { project } = google
  const value = undefined
  const command = `open https://console.firebase.google.com/project/${project}/authentication/providers`
  const found = await google.get('identitytoolkit', `admin/v2/projects/${project}/config`, config)
  if (!found) {
    const expected = hosting
      ? 'Firebase Authentication with anonymous sign-in'
      : 'Firebase Authentication with a provider'
    return {
      value,
      findings: [{ state: 'problem', found: 'Firebase Authentication is not set up', expected, command }],
    }
  }
  const { anonymous, email, phoneNumber } = found.signIn
  if (hosting && !anonymous?.enabled) {
    return {
      value,
      findings: [
        {
          state: 'problem',
          found: 'anonymous sign-in is disabled',
          expected:
            'anonymous sign-in, which the web page uses; or deploy without the page (--only rules,indexes,functions)',
          command,
        },
      ],
    }
  }
  const builtIn = { anonymous, email, phone: phoneNumber }
  const enabled = Object.entries(builtIn)
    .filter(([, state]) => state?.enabled)
    .map(([name]) => name)
  const names = enabled.length > 0 ? enabled : await identityProviders(google)
  if (names.length > 0) return { value, findings: [{ state: 'ok', found: `enabled: ${names.join(', ')}` }] }
  return {
    value,
    findings: [
      { state: 'problem', found: 'no provider is enabled', expected: 'at least one provider', command },
    ],
  }
}

async function identityProviders(google: Google): Promise<string[]> {
  const path = `admin/v2/projects/${google.project}/defaultSupportedIdpConfigs`
  const { items } = await google.list('identitytoolkit', path, 'defaultSupportedIdpConfigs', provider)
  return items.filter(({ enabled }) => enabled).map(({ name }) => name.split('/').at(-1) ?? name)
}
