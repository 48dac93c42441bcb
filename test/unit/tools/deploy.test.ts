/* The whole deployment against local copies of Google's services, with recorded commands. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { deploy } from '../../../tools/deploy/deploy.ts'
import { CommandFailed, type Run } from '../../../tools/deploy/run.ts'
import { PARTS } from '../../../tools/deploy/steps.ts'
import { readDeclarations } from '../../../tools/doctor/exports.ts'
import { ourRules, putReadyProject, putRules, site, UPLOADS } from '../../support/deploy-project.ts'
import { useGoogleServer } from '../../support/google-server.ts'

const root = join(import.meta.dirname, '../../..')
const server = useGoogleServer()
const compute = '415104041262-compute@developer.gserviceaccount.com'

/** Read once: a process imports the code each time. */
const declared = readDeclarations()
const declarations = () => declared

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deploy-'))
  writeFileSync(join(folder, '.env'), readFileSync(join(root, 'functions/.env.example')))
  writeFileSync(join(folder, '.env.photo-album'), 'ENFORCE_APP_CHECK=false\n')
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Removes the region, as in the files of a user who leaves it to the deployment. */
const leaveRegionOpen = () =>
  writeFileSync(
    join(folder, '.env'),
    readFileSync(join(root, 'functions/.env.example'), 'utf8').replace(/^FUNCTIONS_REGION=.*\n/m, ''),
  )

type Command = {
  program: string
  args: string[]
  environment?: Record<string, string> | undefined
  config?: object | undefined
}

type WrittenConfig = { firestore: { rules: string; indexes: string }[]; storage: { rules: string }[] }

/** Runs the deployment with recorded commands. The configuration file of each command is read while it exists. */
async function deployWith(
  options: Partial<Parameters<typeof deploy>[2]> = {},
  after: (command: Command) => void = () => {},
) {
  const commands: Command[] = []
  let files: string[] = []
  const run: Run = async (program, args, environment) => {
    const file = args.find((arg) => arg.startsWith('.firebase-deploy-'))
    const config = file ? (JSON.parse(readFileSync(join(root, file), 'utf8')) as WrittenConfig) : undefined
    if (config) {
      const read = (path: string) => readFileSync(join(root, path), 'utf8')
      files = [
        ...config.firestore.flatMap(({ rules, indexes }) => [rules, indexes]),
        ...config.storage.map(({ rules }) => rules),
      ].map(read)
    }
    const command = {
      program,
      args: args.map((arg) => (arg === file ? '(config)' : arg)),
      environment,
      config,
    }
    commands.push(command)
    after(command)
  }
  const output = new PassThrough()
  let printed = ''
  output.on('data', (data: Buffer) => (printed += String(data)))
  const done = await deploy(server.google(), run, {
    folder,
    declarations,
    parts: [...PARTS],
    dryRun: false,
    replaceRules: false,
    interactive: false,
    output: output as unknown as NodeJS.WriteStream,
    ...options,
  }).finally(() => output.end())
  return { commands, done, printed, files }
}

/** The functions after their deployment, and the page. */
function putDeployed(): void {
  const project = 'projects/photo-album'
  server.put(`cloudfunctions/v2/${project}/locations/-/functions`, {
    functions: [
      {
        name: `${project}/locations/us-central1/functions/onSweep`,
        labels: { 'firebase-functions-codebase': 'firesight' },
        serviceConfig: { serviceAccountEmail: compute },
      },
    ],
  })
  server.put(`iam/v1/${project}/serviceAccounts/${compute}:getIamPolicy`, { etag: 'BwXi' })
  server.put('page/__/firebase/init.json', { projectId: 'photo-album', apiKey: 'AIza', appId: '1:1:web:1' })
  server.put(`firebasehosting/v1beta1/${project}/sites`, {
    sites: [{ ...site('photo-album', '1:1:web:1'), defaultUrl: `${server.url()}/page` }],
  })
}

describe('deploy()', () => {
  test('builds, then deploys each part; --force goes only to the functions', async () => {
    putReadyProject(server)
    putDeployed()
    const { commands, done, printed } = await deployWith()
    expect(printed).toContain('Deployed. Check it:')
    expect(done).toBe(true)
    const deployed = (only: string, ...flags: string[]) => [
      'deploy',
      '--only',
      only,
      '--project',
      'photo-album',
      '--config',
      '(config)',
      '--non-interactive',
      ...flags,
    ]
    expect(commands.map(({ args }) => args)).toEqual([
      ['run', 'build'],
      ['run', 'build', '--workspace', 'web'],
      deployed('firestore:rules,storage'),
      deployed('firestore:indexes'),
      deployed('functions:firesight', '--force'),
      deployed('hosting'),
    ])
    expect(commands[1]?.environment).toMatchObject({
      VITE_FUNCTIONS_REGION: 'us-central1',
      VITE_UPLOAD_PATH: 'users/{uid}/uploads/{fileName}',
    })
    expect(readdirSync(root).filter((name) => name.startsWith('.firebase-deploy-'))).toEqual([])
  })

  test('with a terminal, firebase-tools asks before it changes functions', async () => {
    putReadyProject(server)
    putDeployed()
    const { commands } = await deployWith({ parts: ['functions'], interactive: true })
    expect(commands.map(({ args }) => args)).toEqual([
      ['run', 'build'],
      ['deploy', '--only', 'functions:firesight', '--project', 'photo-album', '--config', '(config)'],
    ])
  })

  test('a bucket in EU without a region: the functions and the page get europe-west1', async () => {
    putReadyProject(server, { location: 'EU' })
    putDeployed()
    leaveRegionOpen()
    const { commands } = await deployWith()
    expect(readFileSync(join(folder, '.env.photo-album'), 'utf8')).toContain(
      '\nFUNCTIONS_REGION=europe-west1\n',
    )
    expect(commands[1]?.environment).toMatchObject({ VITE_FUNCTIONS_REGION: 'europe-west1' })
  })

  test('the rules and indexes go to the named database and to both buckets', async () => {
    putReadyProject(server)
    putDeployed()
    const project = 'projects/photo-album'
    server.put(`firestore/v1/${project}/databases/photos`, {
      name: `${project}/databases/photos`,
      locationId: 'nam5',
      type: 'FIRESTORE_NATIVE',
    })
    server.put('storage/storage/v1/b/results', { name: 'results', location: 'US' })
    server.put(`firebasestorage/v1beta/${project}/buckets/results`, { name: `${project}/buckets/results` })
    writeFileSync(
      join(folder, '.env.photo-album'),
      'ENFORCE_APP_CHECK=false\nFIRESTORE_DATABASE=photos\nOUTPUT_BUCKET=results\n',
    )
    const { commands } = await deployWith({ parts: ['rules'] })
    expect(commands[0]?.config).toMatchObject({
      functions: [{ source: 'functions/dist', configDir: relative(root, folder) }],
      firestore: [{ database: 'photos', rules: 'firestore.rules', indexes: 'firestore.indexes.json' }],
      storage: [
        { bucket: UPLOADS, rules: 'storage.rules' },
        { bucket: 'results', rules: 'storage.rules' },
      ],
    })
    expect(server.asked).toContain('firebaserules/v1/projects/photo-album/releases/cloud.firestore/photos')
  })

  test('the rules and indexes are those for the upload path and the collection', async () => {
    putReadyProject(server)
    putDeployed()
    writeFileSync(
      join(folder, '.env.photo-album'),
      'ENFORCE_APP_CHECK=false\nUPLOAD_PATH=inbox/{uid}/{name}\nIMAGES_COLLECTION=photos\n',
    )
    const { files, printed } = await deployWith({ parts: ['rules', 'indexes'] })
    expect(printed).toContain('Deployed. Check it:')
    const [rules, indexes = '', storage] = files
    expect(rules).toBe(ourRules('firestore.rules').replace('match /images/', 'match /photos/'))
    expect(indexes).toMatch(/"collectionGroup": ?"photos"/)
    expect(indexes).not.toContain('"images"')
    expect(storage).toContain('match /inbox/{uid}/{name} {')
  })

  test('problems stop the deployment before the first change, and the report says how to fix them', async () => {
    putReadyProject(server)
    putRules(server, 'cloud.firestore', `${ourRules('firestore.rules')}\n// Ours.`)
    server.fail('firestore/v1/projects/photo-album/databases/(default)', 403, 'Permission denied.')
    const { commands, done, printed } = await deployWith()
    expect(printed).toMatch(
      /FIX {2}Firestore rules +cloud\.firestore has rules that are not from this repository/,
    )
    expect(printed).toMatch(
      /FIX {2}Firestore database +firestore.* returned 403|FIX {2}Firestore database +127/,
    )
    expect(printed).toContain('Nothing was deployed.')
    expect(done).toBe(false)
    expect(commands).toEqual([])
  })

  test('a step that fails ends the deployment', async () => {
    putReadyProject(server)
    const failing = (command: Command) => {
      if (command.args.includes('firestore:indexes')) throw new CommandFailed('firebase deploy ended with 1')
    }
    await expect(deployWith({}, failing)).rejects.toThrow('firebase deploy ended with 1')
  })
})
