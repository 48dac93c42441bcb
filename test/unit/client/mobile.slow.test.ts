import { globSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { mobileModels } from '../../../tools/mobile-models.ts'
import { root } from '../../../tools/paths.ts'

const files = globSync('mobile/*/*', { cwd: root }).toSorted()
const textOf = (file: string) => readFileSync(join(root, file), 'utf8')

const LANGUAGE: Record<string, string> = { '.swift': 'swift', '.kt': 'kotlin', '.dart': 'dart' }

/** The part of web-tree-sitter that this test uses. */
type SyntaxNode = {
  isError: boolean
  isMissing: boolean
  text: string
  startPosition: { row: number }
  children: SyntaxNode[]
}
type TreeSitter = {
  Parser: {
    init(): Promise<void>
    new (): { setLanguage(language: unknown): void; parse(text: string): { rootNode: SyntaxNode } }
  }
  Language: { load(file: string): Promise<unknown> }
}

let treeSitter: TreeSitter
const load = createRequire(join(root, 'test/extra/client/package.json'))
beforeAll(async () => {
  treeSitter = load('web-tree-sitter')
  await treeSitter.Parser.init()
})

/** The places where the parser does not understand the text, as "line: text". */
async function syntaxErrors(language: string, text: string): Promise<string[]> {
  const parser = new treeSitter.Parser()
  const grammar = load.resolve(`@cursorless/tree-sitter-wasms/out/tree-sitter-${language}.wasm`)
  parser.setLanguage(await treeSitter.Language.load(grammar))
  const errorsIn = (node: SyntaxNode): string[] =>
    node.isError || node.isMissing
      ? [`${node.startPosition.row + 1}: ${node.text.slice(0, 80)}`]
      : node.children.flatMap(errorsIn)
  return errorsIn(parser.parse(text).rootNode)
}

describe('the models of mobile apps', () => {
  let models: Record<string, string>
  beforeAll(async () => {
    models = await mobileModels()
  })

  it('are those of the schemas; otherwise run `npm run docs:mobile`', () => {
    expect(Object.keys(models)).toHaveLength(3)
    for (const [file, expected] of Object.entries(models)) expect(textOf(file)).toBe(expected)
  })

  it('distinguish absent objects from an empty list', () => {
    expect(models['mobile/swift/Models.swift']).toMatch(/var objects: \[StoredObject\]\?/)
    expect(models['mobile/kotlin/Models.kt']).toMatch(/val objects: List<StoredObject>\? = null/)
    expect(models['mobile/dart/models.dart']).toMatch(/objects: json\["objects"\] == null \? null : /)
  })

  it('Dart requests contain no null', () => {
    const dart = models['mobile/dart/models.dart']!
    const classes = dart.match(/^class /gm) ?? []
    expect(dart.match(/\.\.removeWhere\(\(_, value\) => value == null\);/g)).toHaveLength(classes.length)
  })
})

describe('the code of mobile apps', () => {
  it('has a model and two samples for each platform', () => {
    expect(files).toHaveLength(9)
  })

  it.each(files)('%s has no syntax errors', async (file) => {
    expect(await syntaxErrors(LANGUAGE[extname(file)]!, textOf(file))).toEqual([])
  })

  it.each([
    ['swift', 'func broken( { }'],
    ['kotlin', 'fun broken( { }'],
    ['dart', 'void broken( { }'],
  ])('the parser finds a syntax error of %s', async (language, text) => {
    expect(await syntaxErrors(language, text)).not.toEqual([])
  })
})
