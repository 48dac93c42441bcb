import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { stageFunctions } from '../../../tools/functions-source.ts'

test.each([
  ['the local Gemini API has no token limit', undefined, 'local', true],
  ['a key of the real Gemini API keeps the token limits', 'AIza-key', 'AIza-key', false],
])('stageFunctions() for %s', async (_, geminiApiKey, secret, isUnlimited) => {
  const folder = mkdtempSync(join(tmpdir(), 'staged-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  await stageFunctions(folder, { geminiApiKey, relayUrl: 'http://127.0.0.1:1' })
  const parameters = readFileSync(join(folder, '.env.demo-firesight'), 'utf8')
  expect(parameters.includes('\nTOKENS_PER_DAY=0\nPROJECT_TOKENS_PER_DAY=0\n')).toBe(isUnlimited)
  // As in production.
  expect(parameters).not.toContain('MASK_POINTS')
  const secrets = join(folder, 'dist/.secret.local')
  expect(readFileSync(secrets, 'utf8')).toBe(`GEMINI_API_KEY=${secret}\n`)
  expect(statSync(secrets).mode & 0o777).toBe(0o600)
})
