import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { exportedFunctions } from '../../tools/doctor/exports.ts'
import type { Finding } from '../../tools/doctor/finding.ts'
import { runTool } from '../support/run-node.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'doctor-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const doctor = async (args: string[], changes?: NodeJS.ProcessEnv) => runTool('doctor', args, changes)

test('npm run doctor lists every check of the emulators as ok', async () => {
  const { code, out } = await doctor([])
  expect(out).toContain('Firesight in the emulators, demo-firesight')
  for (const { name } of exportedFunctions()) expect(out).toMatch(new RegExp(` ok  function ${name} +loaded`))
  expect(out).toMatch(/ ok {2}Storage rules +6 test requests match storage.rules/)
  expect(out).toMatch(/ ok {2}question +answered by gemini-3\.8-flash, \d+ tokens/)
  expect(out).toMatch(/All \d+ checks passed/)
  expect(code).toBe(0)
})

test('npm run doctor reports an unknown parameter and a missing model', async () => {
  writeFileSync(join(folder, '.env'), 'MAX_OBJECT=10\nLOCATE_MODEL=gemini-9-typo\n')
  const { code, out } = await doctor(['--json', '--no-ask', '--parameters', folder])
  const { target, findings } = JSON.parse(out) as { target: string; findings: Finding[] }
  expect(target).toBe('emulators')
  expect(findings.filter(({ state }) => state === 'problem').map(({ check }) => check)).toEqual([
    'parameters',
    'model gemini-9-typo',
  ])
  expect(findings.some(({ check }) => check === 'question')).toBe(false)
  expect(code).toBe(1)
})

test('npm run doctor reports checks that it could not make as unknown', async () => {
  const { code, out } = await doctor(['--no-ask'], {
    FIREBASE_STORAGE_EMULATOR_HOST: '127.0.0.1:9',
    GEMINI_EMULATOR_HOST: undefined,
  })
  expect(out).toMatch(/ \? {2}bucket +127\.0\.0\.1:9 cannot be reached/)
  expect(out).toMatch(/ \? {2}Storage rules +127\.0\.0\.1:9 does not respond/)
  expect(out).toMatch(/ \? {2}models/)
  expect(code).toBe(2)
})

test('npm run doctor refuses a demo project without emulators', async () => {
  const none = Object.fromEntries(
    Object.keys(process.env)
      .filter((name) => /_EMULATOR_(HOST|HUB)$|^GCLOUD_PROJECT$|^GOOGLE_CLOUD_PROJECT$/.test(name))
      .map((name) => [name, undefined]),
  )
  const { code, out } = await doctor(['--project', 'demo-firesight'], none)
  expect(out).toContain('exists only in the emulators')
  expect(code).toBe(2)
})
