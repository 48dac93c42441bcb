import { parseEnv } from 'node:util'
import { expect, test } from 'vitest'
import { withoutDetector } from '../../../tools/everything.ts'
import { parametersFile } from '../../../tools/functions-source.ts'

const local = { geminiApiKey: undefined, fineOutlines: true }

test.each([
  ['finer outlines with the local Gemini API', '', local, '60'],
  ['the value of the own file', 'MASK_POINTS=12', local, '12'],
  ['the production default in tests', '', { geminiApiKey: undefined }, undefined],
  ['the production default with a key', '', { ...local, geminiApiKey: 'AIza-key' }, undefined],
  ['the value of the caller', 'MASK_POINTS=12', { ...local, parameters: { MASK_POINTS: '0' } }, '0'],
])('MASK_POINTS in the emulators: %s', (_, own, options, expected) => {
  expect(parseEnv(parametersFile(own, options)).MASK_POINTS).toBe(expected)
})

test('without packages of the detector, npm start names them and the command that installs them', () => {
  expect(withoutDetector(['@tensorflow/tfjs-core', '@vladmandic/human'])).toMatch(
    /^Not installed: @tensorflow\/tfjs-core, @vladmandic\/human\. .*colours and shapes.* run npm ci\.$/,
  )
})
