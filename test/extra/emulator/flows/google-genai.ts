import {
  ApiError,
  createPartFromBase64,
  createPartFromUri,
  createUserContent,
  FunctionCallingConfigMode,
  GoogleGenAI,
} from '@google/genai'
import { z } from 'zod'
import { photo } from './photo.ts'

const model = 'gemini-3.8-flash'
const image = createPartFromBase64(photo, 'image/png')
const found = z.object({
  caption: z.string(),
  objects: z.array(z.object({ label: z.string(), box_2d: z.array(z.int()).length(4) })),
})

export async function flows(ai: GoogleGenAI, url: string) {
  return {
    structured: await structured(ai),
    streamed: await streamed(ai),
    file: await file(ai),
    tokens: (await ai.models.countTokens({ model, contents: [image, 'What is it?'] })).totalTokens,
    chat: await chat(ai),
    functionCall: await functionCall(ai),
    invalidKey: await invalidKey(url),
  }
}

async function structured(ai: GoogleGenAI) {
  const { text } = await ai.models.generateContent({
    model,
    contents: [image, 'Describe this picture.'],
    config: { responseMimeType: 'application/json', responseJsonSchema: z.toJSONSchema(found) },
  })
  return found.parse(JSON.parse(text!)).objects.map(({ label }) => label)
}

async function streamed(ai: GoogleGenAI) {
  const stream = await ai.models.generateContentStream({ model, contents: [image, 'Describe it.'] })
  const pieces = []
  for await (const { text } of stream) pieces.push(text)
  return { pieces: pieces.length, text: pieces.join('') }
}

async function file(ai: GoogleGenAI) {
  const uploaded = await ai.files.upload({ file: process.env.PHOTO!, config: { mimeType: 'image/png' } })
  const part = createPartFromUri(uploaded.uri!, uploaded.mimeType!)
  const { text } = await ai.models.generateContent({
    model,
    contents: createUserContent([part, 'How many squares are there?']),
  })
  await ai.files.delete({ name: uploaded.name! })
  return text
}

async function chat(ai: GoogleGenAI) {
  const conversation = ai.chats.create({ model, config: { systemInstruction: 'Be brief.' } })
  await conversation.sendMessage({ message: [image, { text: 'How many squares are there?' }] })
  const { text } = await conversation.sendMessage({ message: 'Where is the rectangle?' })
  return text
}

async function functionCall(ai: GoogleGenAI) {
  const { functionCalls } = await ai.models.generateContent({
    model,
    contents: [image, 'Describe this picture.'],
    config: {
      tools: [{ functionDeclarations: [{ name: 'save', parametersJsonSchema: z.toJSONSchema(found) }] }],
      toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY } },
    },
  })
  return functionCalls?.map(({ name, args }) => ({ name, objects: found.parse(args).objects.length }))
}

async function invalidKey(url: string) {
  const ai = new GoogleGenAI({ apiKey: 'invalid', httpOptions: { baseUrl: url } })
  const error: unknown = await ai.models
    .generateContent({ model, contents: 'Hello' })
    .catch((thrown) => thrown)
  return error instanceof ApiError && error.status
}
