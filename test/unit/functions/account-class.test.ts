import { expect, it } from 'vitest'
import { accountClassOf } from '../../../functions/src/callables/account-class.ts'

const of = (provider: string, claims: object = {}) =>
  accountClassOf({ firebase: { sign_in_provider: provider }, ...claims } as never)

it.each([
  ['an anonymous user', of('anonymous'), 'restricted'],
  [
    'a password without a verified address',
    of('password', { email: 'a@b.c', email_verified: false }),
    'restricted',
  ],
  ['a verified address', of('password', { email: 'a@b.c', email_verified: true }), 'verified'],
  ['a phone number', of('phone', { phone_number: '+49' }), 'verified'],
  ['an account of another service', of('google.com', { email: 'a@b.c', email_verified: true }), 'verified'],
  ['a custom token', of('custom'), 'verified'],
  ['an anonymous user for whom the app vouches', of('anonymous', { firesightVerified: true }), 'verified'],
  ['a claim of another type', of('anonymous', { firesightVerified: 'true' }), 'restricted'],
])('accountClassOf() of %s', (_, found, expected) => {
  expect(found).toBe(expected)
})
