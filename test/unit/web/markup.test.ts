import { describe, expect, it } from 'vitest'
import { parseBlocks, parseInline } from '../../../web/src/questions/markup.ts'

const paragraph = (text: string) => ({ kind: 'paragraph', text })
const item = (text: string, ...blocks: unknown[]) => ({ text, blocks })
const bullets = (...items: unknown[]) => ({ kind: 'list', start: undefined, items })
const numbers = (start: number, ...items: unknown[]) => ({ kind: 'list', start, items })
const strong = (...children: unknown[]) => ({ kind: 'strong', children })
const em = (...children: unknown[]) => ({ kind: 'em', children })
const code = (text: string) => ({ kind: 'code', children: [text] })

describe('parseBlocks()', () => {
  it('separates paragraphs at empty lines, and keeps single line breaks', () => {
    expect(parseBlocks('One.\nTwo.\n\nThree.')).toEqual([paragraph('One.\nTwo.'), paragraph('Three.')])
  })

  it('reads lists with bullets and with numbers', () => {
    expect(parseBlocks('There are:\n* a cup\n- a plate\n• a fork')).toEqual([
      paragraph('There are:'),
      bullets(item('a cup'), item('a plate'), item('a fork')),
    ])
    expect(parseBlocks('3. first\n\n4) second')).toEqual([numbers(3, item('first'), item('second'))])
  })

  it('nests lists by indentation', () => {
    expect(parseBlocks('*   **Table**:\n    *   a cup\n    *   a plate\n*   Wall')).toEqual([
      bullets(item('**Table**:', bullets(item('a cup'), item('a plate'))), item('Wall')),
    ])
    expect(parseBlocks('1. One\n   - inner\n2. Two')).toEqual([
      numbers(1, item('One', bullets(item('inner'))), item('Two')),
    ])
  })

  it('continues an item on the next line, and after an empty line if it is indented', () => {
    expect(parseBlocks('- a cup\nwith tea\n\n  More about it.\n\nThe end.')).toEqual([
      bullets(item('a cup\nwith tea', paragraph('More about it.'))),
      paragraph('The end.'),
    ])
  })

  it('reads headings and code, and leaves out rules', () => {
    expect(parseBlocks('## Table\n---\n```json\n{ "a": *1* }\n```\nText\n```\nopen')).toEqual([
      { kind: 'heading', text: 'Table' },
      { kind: 'code', text: '{ "a": *1* }' },
      paragraph('Text'),
      { kind: 'code', text: 'open' },
    ])
  })
})

describe('parseInline()', () => {
  it.each([
    ['a **bold** word', ['a ', strong('bold'), ' word']],
    ['*one* and _two_', [em('one'), ' and ', em('two')]],
    ['__strong__ `code *x*`', [strong('strong'), ' ', code('code *x*')]],
    ['**bold with *both***', [strong('bold with ', em('both'))]],
    ['***both***', [strong(em('both'))]],
    ['**a**b', [strong('a'), 'b']],
  ])('reads %j', (text, expected) => {
    expect(parseInline(text)).toEqual(expected)
  })

  it.each([
    '2 * 3 * 4',
    'image_id and other_image_id',
    'a ** b ** c',
    '5* hotel',
    'an **unfinished answer',
    '`unfinished code',
    '****',
    '**one line\nand another**',
    '[a link](https://example.com)',
    '<b>bold</b> <img src=x onerror=alert(1)>',
    '| a | b |',
  ])('leaves %j as it is', (text) => {
    expect(textOf(parseInline(text))).toBe(text)
    expect(parseInline(text).filter((part) => typeof part !== 'string')).toEqual([])
  })

  it('removes the backslash before a marker', () => {
    expect(textOf(parseInline('2\\*3 and C:\\dir'))).toBe('2*3 and C:\\dir')
  })

  it('keeps markers that overlap as text', () => {
    expect(parseInline('**a _b** c_')).toEqual([strong('a ', '_', 'b'), ' c', '_'])
  })
})

describe('hostile answers of 100 kB', () => {
  const LENGTH = 100_000
  const repeated = (text: string) => text.repeat(LENGTH / text.length)
  it.each([
    ['asterisks', repeated('*')],
    ['spaced asterisks', repeated('* ')],
    ['open emphasis', repeated('*a ')],
    ['open and closed', repeated('*a** ')],
    ['all markers', repeated('*a_b**c__d`')],
    ['backticks', repeated('`')],
    ['growing runs', Array.from({ length: 440 }, (_, length) => '`'.repeat(length)).join(' ')],
    ['underscores', repeated('_a')],
    ['nested lists', Array.from({ length: 440 }, (_, depth) => `${' '.repeat(depth)}- a`).join('\n')],
    ['items', repeated('- a\n')],
    ['spaces', `${repeated(' ')}-`],
    ['fences', repeated('```\n')],
    ['rules', `${repeated('* ')}x`],
    ['numbers', repeated('1')],
    ['backslashes', repeated('\\')],
    ['HTML', repeated('<b><i>')],
  ])('%s are read in linear time', (_, text) => {
    const started = performance.now()
    for (const block of parseBlocks(text)) {
      if (block.kind === 'list') for (const one of block.items) parseInline(one.text)
      else parseInline(block.text)
    }
    parseInline(text)
    // About 20 ms; quadratic time would be minutes.
    expect(performance.now() - started).toBeLessThan(1500)
  })

  it('limits the depth of lists', () => {
    const nested = Array.from({ length: 400 }, (_, depth) => `${'  '.repeat(depth)}- a`).join('\n')
    let [depth, blocks] = [0, parseBlocks(nested)]
    while (blocks.length > 0) {
      depth++
      const [block] = blocks
      blocks = block?.kind === 'list' ? block.items.flatMap((one) => one.blocks) : []
    }
    expect(depth).toBe(6)
  })
})

function textOf(parts: ReturnType<typeof parseInline>): string {
  return parts.map((part) => (typeof part === 'string' ? part : textOf(part.children))).join('')
}
