import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { stageFunctions } from '../../../tools/functions-source.ts'

test.each([
  ['the local Gemini API has no token limit and no key', undefined, true],
  ['a key of the real Gemini API keeps the token limits', 'AIza-key', false],
])('stageFunctions() for %s', async (_, geminiApiKey, isUnlimited) => {
  const folder = mkdtempSync(join(tmpdir(), 'staged-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  await stageFunctions(folder, { geminiApiKey, relayUrl: 'http://127.0.0.1:1' })
  const parameters = readFileSync(join(folder, '.env.demo-firesight'), 'utf8')
  expect(parameters.includes('\nTOKENS_PER_DAY=0\nPROJECT_TOKENS_PER_DAY=0\n')).toBe(isUnlimited)
  const secrets = join(folder, 'dist/.secret.local')
  expect(existsSync(secrets)).toBe(geminiApiKey !== undefined)
  if (geminiApiKey === undefined) return
  expect(readFileSync(secrets, 'utf8')).toBe(`GEMINI_API_KEY=${geminiApiKey}\n`)
  expect(statSync(secrets).mode & 0o777).toBe(0o600)
})
