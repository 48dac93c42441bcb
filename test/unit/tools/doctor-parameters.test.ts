import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { readParameters } from '../../../functions/src/config/read-config.ts'
import { exitCodeOf, type Finding, runCheck } from '../../../tools/doctor/finding.ts'
import { configuredModels, modelChecks } from '../../../tools/doctor/models.ts'
import { readParameterFiles } from '../../../tools/doctor/parameter-files.ts'
import { checkParameters } from '../../../tools/doctor/parameters.ts'
import { questionCheck } from '../../../tools/doctor/question.ts'
import { findTarget } from '../../../tools/doctor/target.ts'
import { useEmulatedModel } from '../../support/emulated-model.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'doctor-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (name: string, ...lines: string[]) => writeFileSync(join(folder, name), lines.join('\n'))
const about = { project: 'photo-album', emulated: false }
function readFiles(options = about) {
  const read = readParameterFiles(folder, options)
  if ('unreadable' in read) throw new Error(read.unreadable.found)
  return read
}
const checkFile = (...lines: string[]) => {
  write('.env', ...lines)
  return checkParameters(readFiles(), folder)
}

describe('readParameterFiles()', () => {
  test("overrides .env with the project's file", () => {
    write('.env', 'MAX_OBJECTS=1', 'MAX_INSTANCES=2')
    write('.env.photo-album', 'MAX_OBJECTS="3"')
    write('.env.local', 'MAX_OBJECTS=4')
    expect(readParameterFiles(folder, about)).toEqual({
      files: ['.env', '.env.photo-album'],
      values: { MAX_OBJECTS: '3', MAX_INSTANCES: '2' },
    })
    expect(readFiles({ ...about, emulated: true }).values.MAX_OBJECTS).toBe('4')
  })

  test('reports a file that firebase-tools rejects, without its content', () => {
    write('.env', 'AIza-very-secret')
    const read = readParameterFiles(folder, about)
    expect(read).toMatchObject({
      unreadable: { state: 'problem', found: expect.stringContaining('rejects .env') },
    })
    expect(JSON.stringify(read)).not.toContain('very-secret')
    write('.env', 'FIREBASE_CONFIG=x')
    expect(readParameterFiles(folder, about)).toMatchObject({
      unreadable: { found: expect.stringContaining('reserved') },
    })
  })
})

describe('checkParameters()', () => {
  test('accepts a folder without files, and adds notes', () => {
    const { config, region, findings } = checkParameters(readFiles(), folder)
    expect(region).toBe('us-central1')
    expect(config?.maxObjects).toBe(100)
    expect(findings).toMatchObject([
      {
        state: 'ok',
        notes: [expect.stringContaining('ENFORCE_APP_CHECK'), expect.stringContaining('CORS_ORIGINS')],
      },
    ])
  })

  test('notes the tier flex with so few photos at a time that it saves nothing', () => {
    const noteOf = (...lines: string[]) => checkFile(...lines).findings[0]?.notes?.at(-1)
    expect(noteOf('BACKFILL_SERVICE_TIER=flex')).toMatch('BACKFILL_CONCURRENCY 3')
    expect(noteOf('BACKFILL_SERVICE_TIER=flex', 'BACKFILL_CONCURRENCY=16')).not.toMatch('BACKFILL')
    expect(noteOf('BACKFILL_CONCURRENCY=3')).not.toMatch('BACKFILL')
  })

  test('accepts .env.example', () => {
    const example = readFileSync(join(import.meta.dirname, '../../../functions/.env.example'), 'utf8')
    // The deployment asks for these.
    expect(checkFile(`${example}\nUPLOAD_BUCKET=photos\nENFORCE_APP_CHECK=true\n`).findings).toMatchObject([
      { state: 'ok', found: expect.stringMatching(/^all \d+ set in .env$/) },
    ])
  })

  test.each([
    ['a value out of bounds', 'MAX_OBJECTS=0', 'maxObjects'],
    ['a value that is not a number', 'MAX_OBJECTS=many', 'maxObjects'],
    [
      'an upload path that matches results',
      'UPLOAD_PATH=users/{uid}/annotations/{a}/{b}/{c}',
      'matches results',
    ],
  ])('reports %s', (_, line, found) => {
    const { config, findings } = checkFile(line)
    expect(config).toBeUndefined()
    expect(findings).toMatchObject([{ state: 'problem', found: expect.stringContaining(found) }])
  })

  test.each([
    ['MAX_OBJECT', 'MAX_OBJECTS'],
    ['MAXOBJECTS', 'MAX_OBJECTS'],
    ['TOKENS_PER_DAYS', 'TOKENS_PER_DAY'],
    ['FUNCTION_REGIONS', 'FUNCTIONS_REGION'],
  ])('reports %s as a misspelled %s', (name, similar) => {
    expect(checkFile(`${name}=1`).findings).toMatchObject([
      { state: 'problem', found: expect.stringContaining(name), expected: expect.stringContaining(similar) },
    ])
  })

  test('notes unknown variables, except those of Node and libc', () => {
    const [finding] = checkFile('MALLOC_ARENA_MAX=2', 'SENTRY_DSN=x').findings
    expect(finding).toMatchObject({ state: 'ok' })
    expect(finding?.notes?.[0]).toBe('Not parameters of Firesight: SENTRY_DSN.')
  })

  test('reports a secret in a file, without printing it', () => {
    const { findings } = checkFile('GEMINI_API_KEY=AIza-very-secret')
    expect(findings).toMatchObject([
      { state: 'problem', command: expect.stringContaining('functions:secrets:set') },
    ])
    expect(JSON.stringify(findings)).not.toContain('very-secret')
  })
})

describe('models', () => {
  const emulated = useEmulatedModel()
  const client = () => ({
    provider: { name: 'gemini-api', apiKey: () => 'any' } as const,
    timeoutMs: 5000,
    baseUrl: emulated.url(),
  })
  const findingOf = async (model: string, day = '2026-11-27') => {
    const checks = modelChecks(readParameters({ LOCATE_MODEL: model }), client(), new Date(day))
    return (await Promise.all(checks.map(runCheck))).flat().find(({ check }) => check === `model ${model}`)
  }

  test('configuredModels() returns each model once, with its parameters', () => {
    const models = configuredModels(readParameters({ LOCATE_MODEL: 'gemini-3.6-flash' }))
    expect(models.get('gemini-3.6-flash')).toEqual(['LOCATE_MODEL'])
    expect(models.get('gemini-3.8-flash')).toContain('COMPARE_MODEL')
  })

  test('modelChecks() requests each model from the service', async () => {
    expect(await findingOf('gemini-4-hydrogen')).toMatchObject({ state: 'ok' })
    expect(await findingOf('gemini-9-typo')).toMatchObject({
      state: 'problem',
      found: expect.stringContaining('LOCATE_MODEL: model-not-found'),
    })
  })

  test.each([
    [
      'gemini-2.5-flash',
      '2026-11-27',
      'from 2026-12-01 on the Gemini API will answer with gemini-3.5-flash-lite',
    ],
    ['gemini-2.5-pro', '2026-12-01', 'since 2026-12-01 the Gemini API answers with gemini-3.8-flash'],
    ['gemini-3.7-flash', '2026-11-27', 'since 2026-10-08 the Gemini API answers with gemini-3.8-flash'],
  ])('modelChecks() reports %s on %s: %s', async (model, day, found) => {
    expect(await findingOf(model, day)).toMatchObject({
      state: 'problem',
      found: expect.stringContaining(found),
    })
  })

  test('modelChecks() accepts gemini-2.5-flash-lite, which is not routed', async () => {
    expect(await findingOf('gemini-2.5-flash-lite')).toMatchObject({ state: 'ok' })
  })

  test('questionCheck() sends one request, and reports its tokens', async () => {
    expect(await runCheck(questionCheck('gemini-3.7-flash', client(), new Date('2026-11-27')))).toMatchObject(
      [{ state: 'ok', found: expect.stringMatching(/^answered by gemini-3\.8-flash, \d+ tokens$/) }],
    )
    expect(await emulated.journal()).toHaveLength(1)
  })

  test('questionCheck() reports a missing model; an unreachable service is unknown', async () => {
    expect(await runCheck(questionCheck('gemini-9-typo', client(), new Date('2026-11-27')))).toMatchObject([
      { state: 'problem' },
    ])
    const nowhere = { ...client(), baseUrl: 'http://127.0.0.1:9' }
    const checks = modelChecks(readParameters({}), nowhere, new Date('2026-11-27'))
    expect((await Promise.all(checks.map(runCheck))).flat()).toMatchObject([
      { state: 'unknown', found: expect.stringContaining('model-unavailable') },
    ])
  })
})

test('modelChecks() are unknown without credentials for Vertex AI', async () => {
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', join(folder, 'none.json'))
  const provider = { name: 'vertex-ai', project: 'photo-album', location: 'global' } as const
  const checks = modelChecks(readParameters({}), { provider, timeoutMs: 5000 }, new Date('2026-11-27'))
  expect((await Promise.all(checks.map(runCheck))).flat()).toMatchObject([
    { state: 'unknown', command: 'gcloud auth application-default login' },
  ])
  vi.unstubAllEnvs()
})

describe('findTarget()', () => {
  const file = () => join(folder, '.firebaserc')

  test('returns the emulators if their variables are set', async () => {
    const environment = { FIRESTORE_EMULATOR_HOST: '127.0.0.1:8080', GCLOUD_PROJECT: 'demo-firesight' }
    expect(await findTarget(undefined, environment, file())).toMatchObject({
      kind: 'emulators',
      project: 'demo-firesight',
      hosts: { firestore: '127.0.0.1:8080', functions: undefined },
    })
    await expect(findTarget('photo-album', environment, file())).rejects.toThrow(/Unset it/)
  })

  test('fails if the emulators of the hub are not running', async () => {
    await expect(findTarget(undefined, { FIREBASE_EMULATOR_HUB: '127.0.0.1:9' }, file())).rejects.toThrow(
      /are not running/,
    )
  })

  test('returns a project by id, by alias, by default, or from the environment', async () => {
    expect(await findTarget(undefined, { GOOGLE_CLOUD_PROJECT: 'from-environment' }, file())).toMatchObject({
      project: 'from-environment',
    })
    write('.firebaserc', JSON.stringify({ projects: { default: 'photo-album', staging: 'photo-album-2' } }))
    expect(await findTarget(undefined, {}, file())).toMatchObject({
      project: 'photo-album',
      alias: 'default',
    })
    expect(await findTarget('staging', {}, file())).toMatchObject({
      project: 'photo-album-2',
      alias: 'staging',
    })
    expect(await findTarget('another', {}, file())).toMatchObject({ kind: 'project', project: 'another' })
  })

  test('rejects a demo project if the emulators are not running', async () => {
    await expect(findTarget('demo-firesight', {}, file())).rejects.toThrow(/exists only in the emulators/)
  })
})

test('exitCodeOf() is 1 if there are problems, else 2 if checks could not run', () => {
  const finding = (state: Finding['state']): Finding => ({ check: 'any', state, found: '' })
  expect(exitCodeOf([finding('ok')])).toBe(0)
  expect(exitCodeOf([finding('ok'), finding('unknown'), finding('problem')])).toBe(1)
  expect(exitCodeOf([finding('unknown'), finding('ok')])).toBe(2)
})
