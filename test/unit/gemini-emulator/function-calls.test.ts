import { FunctionCallingConfigMode, type FunctionDeclaration, Type } from '@google/genai'
import { describe, expect, test } from 'vitest'
import { drawScene } from '../../support/scene.ts'
import { emulated, inline } from './emulated.ts'
import { THREE_SHAPES } from './three-shapes.ts'

const { png } = await drawScene(THREE_SHAPES)
const model = 'gemini-3.8-flash'
const contents = [inline(png), { text: 'Describe this picture.' }]

const count: FunctionDeclaration = {
  name: 'count',
  parameters: { type: Type.OBJECT, properties: { count: { type: Type.INTEGER } } },
}
const save: FunctionDeclaration = {
  name: 'save',
  parametersJsonSchema: { type: 'object', properties: { labels: { type: 'array', maxItems: 1 } } },
}

function config(mode: FunctionCallingConfigMode, allowedFunctionNames?: string[]) {
  return {
    tools: [{ functionDeclarations: [count, save] }],
    toolConfig: { functionCallingConfig: { mode, ...(allowedFunctionNames && { allowedFunctionNames }) } },
  }
}

const { ANY, AUTO } = FunctionCallingConfigMode

describe('generateContent', () => {
  test.each([
    ['the first function', undefined, { name: 'count', args: { count: 3 } }],
    ['the first allowed function', ['save'], { name: 'save', args: { labels: ['blue rectangle'] } }],
  ])('calls %s in the mode ANY', async (_, allowed, call) => {
    const { ai } = await emulated()
    const answer = await ai.models.generateContent({ model, contents, config: config(ANY, allowed) })
    expect(answer.functionCalls).toEqual([call])
    expect(answer.candidates?.[0]?.finishReason).toBe('STOP')
  })

  test('streams a call in one piece', async () => {
    const { ai } = await emulated()
    const stream = await ai.models.generateContentStream({ model, contents, config: config(ANY) })
    const pieces = []
    for await (const { functionCalls } of stream) pieces.push(functionCalls)
    expect(pieces).toEqual([[{ name: 'count', args: { count: 3 } }]])
  })

  test('calls no function in the mode AUTO, and counts the tokens of declarations', async () => {
    const { ai } = await emulated()
    const plain = await ai.models.generateContent({ model, contents })
    const answer = await ai.models.generateContent({ model, contents, config: config(AUTO) })
    expect([answer.functionCalls, answer.text]).toEqual([undefined, plain.text])
    expect(answer.usageMetadata!.promptTokenCount).toBeGreaterThan(plain.usageMetadata!.promptTokenCount!)
  })

  test('a scripted text replaces the call', async () => {
    const { ai, script } = await emulated()
    await script({ reply: { text: 'No.' } })
    const answer = await ai.models.generateContent({ model, contents, config: config(ANY) })
    expect([answer.functionCalls, answer.text]).toEqual([undefined, 'No.'])
  })

  test('makes a scripted call in the mode AUTO, and reads the response to it', async () => {
    const { ai, script } = await emulated()
    const args = { labels: ['cat'] }
    await script({ times: 1, reply: { functionCall: { name: 'save', args } } })
    const chat = ai.chats.create({ model, config: config(AUTO) })
    const called = await chat.sendMessage({ message: contents })
    expect(called.functionCalls).toEqual([{ name: 'save', args }])
    const response = { functionResponse: { name: 'save', response: { output: 'saved' } } }
    expect((await chat.sendMessage({ message: response })).text).toMatch(/^A blue rectangle/)
  })

  test.each([
    ['no declarations', { ...config(ANY), tools: [] }, 'config is set without function_declarations'],
    ['an unknown name', config(ANY, ['delete']), 'there is no function \\"delete\\"'],
  ])('rejects the mode ANY with %s', async (_, wrong, message) => {
    const { ai } = await emulated()
    await expect(ai.models.generateContent({ model, contents, config: wrong })).rejects.toThrow(message)
  })
})
