/** Texts for which a reader could take quadratic time, by their content. */
export function garbage(length = 200_000): Record<string, string> {
  const fill = (piece: string, start = '') =>
    (start + piece.repeat(Math.ceil(length / piece.length))).slice(0, length)
  const half = '['.repeat(length / 2)
  return {
    'opening brackets': fill('['),
    'opening braces': fill('{'),
    'closing brackets': fill(']}'),
    'nested lists': half + half.replaceAll('[', ']'),
    'nested objects': fill('{"a":'),
    'nested boxes': fill('{"box_2d":'),
    quotes: fill('"'),
    'escaped quotes': fill('\\"', '["'),
    'quotes and line breaks': fill('"\n ', '["'),
    'line breaks in a string': fill('\n', '["'),
    spaces: fill(' '),
    'spaces after a key': fill(' ', '{"box_2d":'),
    'spaces in a box': fill(' ', '{"box_2d":[1,2,3,4'),
    'a word': fill('a'),
    words: fill('word '),
    'words that are almost keys': fill('aaaaaaaaaaaaaaaaaaaaaaaa2', '{'),
    'keys without values': fill('box:'),
    fences: fill('```'),
    'fences of lists': fill('```json\n[{'),
    'boxes without numbers': fill('{"box_2d":x},'),
    'labels without quotes': fill('{"box_2d":[1,2,3,4],"label":x},', '['),
    'one object again and again': fill('{"box_2d":[1,2,3,4],"label":"cup"},', '['),
    'one label in many places': `[${Array.from({ length: length / 40 }, (_, i) => `{"box_2d":[${i % 999},2,${(i % 999) + 1},4],"label":"x"}`).join(',')}]`,
    'keys that repeat': fill('"label":"a",', '{"box_2d":[1,2,3,4],'),
    'labels that do not end': fill('"label":"', '{"box_2d":[1,2,3,4],'),
    'labels with quotes in them': fill('"label":"a" b, ', '{"box_2d":[1,2,3,4],'),
    'beginnings of entries': fill('{"box":'),
    'braces and spaces': fill('{  '),
    'outlines that do not end': fill('"mask":[1,2', '{"box_2d":[1,2,3,4],'),
    'a label of invisible characters': `[{"box_2d":[1,2,3,4],"label":"${fill('\u200b').slice(40)}"}]`,
    'a number': fill('1', '[{"box_2d":['),
    numbers: `[${fill('1,').slice(3)}]`,
    'an outline': fill('[1,2],', '[{"box_2d":[1,2,3,4],"mask":['),
    tokens: fill('<seg_3>', '[{"box_2d":[1,2,3,4],"mask":"<start_of_mask>'),
    'beginnings of PNGs': fill('data:image/png;base64,iVBORw0KGgo', '["'),
    'base64 in pieces': fill('A ', '[{"box_2d":[1,2,3,4],"mask":"iVBORw0KGgo'),
    'headers of PNGs': fill('iVBORw0KGgoAAAANSUhEUgAA', '[{"box_2d":[1,2,3,4],"mask":"'),
    'empty objects': fill('{} '),
    'strings that are almost JSON': `${fill('"[",', '["{\\"a\\":",').slice(0, -8)}1]`,
    'entries that jsonrepair is slow for': tenEntries("'a:", length),
    'entries of backticks': tenEntries('`', length),
    'entries of quotes in labels': tenEntries('a"b', length, '"label":"'),
    'everything mixed': mixed(length),
  }
}

function tenEntries(piece: string, length: number, before = ''): string {
  const entry = `{"box_2d":[1,2,3,4],${before}`
  const one = `${entry}${piece.repeat((length / 10 - entry.length - 4) / piece.length)}},`
  return `[${one.repeat(10)}]`
}

function mixed(length: number): string {
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '\\',
    ' ',
    '\n',
    '`',
    'box_2d',
    'label',
    '1',
    '{"box_2d":[1,2,3,4],',
    'iVBORw0KGgo',
  ]
  let seed = 1
  let text = ''
  while (text.length < length) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    text += pieces[(seed >>> 16) % pieces.length]!
  }
  return text.slice(0, length)
}
