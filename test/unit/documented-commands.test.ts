import { describe, expect, it } from 'vitest'
import { unknownCommands, unknownCommandsOfPages } from '../support/documented-commands.ts'

describe('commands of the documentation', () => {
  it('exist', () => {
    expect(unknownCommandsOfPages()).toEqual([])
  })

  it.each([
    'npm run no-such-script',
    'npm run build --workspace no-such-workspace',
    'npx no-such-package init',
    'firebase functions:no:such',
  ])('%s is reported', (command) => {
    expect(unknownCommands('docs/api.md', command)).toHaveLength(1)
  })

  it.each([
    'npm run docs:site',
    'npm run build --workspace client',
    'npx firesight init',
    'firebase functions:secrets:set GEMINI_API_KEY',
  ])('%s is accepted', (command) => {
    expect(unknownCommands('docs/api.md', command)).toEqual([])
  })
})
