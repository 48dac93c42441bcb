import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GeminiEmulator, startGeminiEmulator } from '../../gemini-emulator/src/index.ts'
import { root } from '../../tools/paths.ts'
import { drawScene } from '../support/scene.ts'
import { CAPTION, THREE_SHAPES } from '../unit/gemini-emulator/three-shapes.ts'
import { type NodeMajor, nodeProgram } from './support/node-versions.ts'

const run = promisify(execFile)
const extra = join(root, 'test/extra/emulator')
const programs = join(extra, '.cache')
const photo = join(programs, 'photo.png')

const ADDRESS = 'http://127.0.0.1:9610'
const LABELS = ['blue rectangle', 'red circle', 'orange square']
const SQUARES = 'There is one square.'
const FUNCTION_CALL = [{ name: 'save', objects: 3 }]
const STREAMED = { pieces: expect.toSatisfy((pieces: number) => pieces > 1) as number, text: CAPTION }
const LANGCHAIN = {
  question: 'The circle is red.',
  hasUsage: true,
  structured: LABELS,
  functionCall: LABELS,
  streamed: STREAMED,
}

/** The README's lines of each SDK, the arguments of its flows, and the expected results. */
const SDKS = [
  {
    name: 'google-genai',
    heading: '@google/genai',
    results: ['answer.text', 'await flows(ai, url)'],
    expected: [
      'There are 3 things.',
      {
        structured: LABELS,
        streamed: STREAMED,
        file: SQUARES,
        tokens: 1124,
        chat: 'There is a blue rectangle at the top right and an orange square at the bottom right.',
        functionCall: FUNCTION_CALL,
        invalidKey: 400,
      },
    ],
  },
  {
    name: 'vercel-ai-sdk',
    heading: 'Vercel AI SDK',
    results: ['await flows(google, model, url)'],
    expected: [
      {
        question: 'The circle is red.',
        structured: { labels: LABELS, hasUsage: true },
        streamed: { ...STREAMED, finishReason: 'stop' },
        streamedObject: { pieces: STREAMED.pieces, objects: 3 },
        file: SQUARES,
        functionCall: FUNCTION_CALL,
        reasoning: ['reasoning-delta', 'text-delta'],
        invalidKey: [400, 'API key not valid. Please pass a valid API key.'],
      },
    ],
  },
  {
    name: 'langchain',
    heading: 'LangChain',
    results: ['answer.text', 'await flows(model, url)'],
    expected: [
      'There are 3 things.',
      {
        ChatGoogle: LANGCHAIN,
        ChatGoogleGenerativeAI: LANGCHAIN,
        standardBlocks: SQUARES,
        invalidKey: expect.stringContaining('API key not valid') as string,
      },
    ],
  },
  {
    name: 'genkit',
    heading: 'Genkit',
    results: ['await flows(ai, url)'],
    expected: [
      {
        structured: LABELS,
        hasUsage: true,
        streamed: STREAMED,
        file: SQUARES,
        functionCall: FUNCTION_CALL,
        invalidKey: expect.stringContaining('API key not valid') as string,
      },
    ],
  },
]

/** The first block of code after the link with a heading. */
function snippetOf(heading: string): string {
  const page = readFileSync(join(root, 'gemini-emulator/README.md'), 'utf8')
  const [, snippet] = page.split(`**[${heading}](`)[1]?.match(/```ts\n([\s\S]*?)```/) ?? []
  if (!snippet) throw new Error(`The README of the emulator has no code for ${heading}`)
  return snippet
}

let emulator: GeminiEmulator
beforeAll(async () => {
  emulator = await startGeminiEmulator()
  rmSync(programs, { recursive: true, force: true })
  mkdirSync(programs, { recursive: true })
  writeFileSync(photo, (await drawScene(THREE_SHAPES)).png)
  for (const { name, heading, results } of SDKS) {
    const lines = [
      `import { photo } from '../flows/photo.ts'`,
      `import { flows } from '../flows/${name}.ts'`,
      snippetOf(heading).replace(ADDRESS, emulator.url),
      `const url = ${JSON.stringify(emulator.url)}`,
      `console.log(\`\\nRESULTS \${JSON.stringify([${results.join(', ')}])} \${photo.length}\`)`,
      'process.exit()',
    ]
    writeFileSync(join(programs, `${name}.ts`), lines.join('\n'))
  }
})
afterAll(() => emulator.close())

/** Runs a program without variables of this process, so that no SDK finds keys or telemetry settings. */
async function resultsOf(name: string, node: NodeMajor): Promise<unknown> {
  const preload = join(extra, 'loopback-only.mjs')
  const { stdout, stderr } = await run(
    nodeProgram(node),
    ['--import', preload, join(programs, `${name}.ts`)],
    { env: { PHOTO: photo }, timeout: 120_000 },
  )
  expect(stderr).not.toContain('CONNECTION TO')
  const [, results] = /^RESULTS (.*) \d+$/m.exec(stdout) ?? []
  if (!results) throw new Error(`${name} printed no results:\n${stdout}\n${stderr}`)
  return JSON.parse(results)
}

describe('the README', () => {
  it('has three lines for each SDK', () => {
    for (const { heading } of SDKS) expect(snippetOf(heading).trim().split('\n')).toHaveLength(3)
  })

  it('has code that compiles', async () => {
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    const compiled = run(process.execPath, [compiler, '-p', extra]).catch(
      ({ stdout }: { stdout: string }) => ({ stdout }),
    )
    expect((await compiled).stdout).toBe('')
  })
})

describe.each(SDKS)('$heading', ({ name, expected }) => {
  it.each([22, 24] as const)('gets the expected answers on Node %i', async (node) => {
    expect(await resultsOf(name, node)).toEqual(expected)
  })
})
