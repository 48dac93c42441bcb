import { createGoogle, type GoogleProvider } from '@ai-sdk/google'
import { APICallError, generateText, type ModelMessage, Output, streamText, tool, uploadFile } from 'ai'
import { z } from 'zod'
import { photo } from './photo.ts'

const found = z.object({
  caption: z.string(),
  objects: z.array(z.object({ label: z.string(), box_2d: z.array(z.int()).length(4) })),
})

function ask(text: string): ModelMessage[] {
  return [
    {
      role: 'user',
      content: [
        { type: 'image', image: photo, mediaType: 'image/png' },
        { type: 'text', text },
      ],
    },
  ]
}

export async function flows(google: GoogleProvider, model: ReturnType<GoogleProvider>, url: string) {
  return {
    question: (await generateText({ model, messages: ask('What colour is the circle?') })).text,
    structured: await structured(model),
    streamed: await streamed(model),
    streamedObject: await streamedObject(model),
    file: await file(google, model),
    functionCall: await functionCall(model),
    reasoning: await reasoning(model),
    invalidKey: await invalidKey(url),
  }
}

async function structured(model: ReturnType<GoogleProvider>) {
  const { output, usage } = await generateText({
    model,
    instructions: 'You describe pictures.',
    output: Output.object({ schema: found }),
    messages: ask('Describe this picture.'),
  })
  return { labels: output.objects.map(({ label }) => label), hasUsage: usage.inputTokens! > 1120 }
}

async function streamed(model: ReturnType<GoogleProvider>) {
  const { textStream, finishReason } = streamText({ model, messages: ask('Describe it.') })
  const pieces = []
  for await (const text of textStream) pieces.push(text)
  return { pieces: pieces.length, text: pieces.join(''), finishReason: await finishReason }
}

async function streamedObject(model: ReturnType<GoogleProvider>) {
  const { partialOutputStream, output } = streamText({
    model,
    output: Output.object({ schema: found }),
    messages: ask('Describe this picture.'),
  })
  let pieces = 0
  for await (const _ of partialOutputStream) pieces++
  return { pieces, objects: (await output).objects.length }
}

async function file(google: GoogleProvider, model: ReturnType<GoogleProvider>) {
  const { providerReference } = await uploadFile({
    api: google,
    data: Buffer.from(photo, 'base64'),
    mediaType: 'image/png',
  })
  const { text } = await generateText({
    model,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'file', data: providerReference, mediaType: 'image/png' },
          { type: 'text', text: 'How many squares are there?' },
        ],
      },
    ],
  })
  return text
}

async function functionCall(model: ReturnType<GoogleProvider>) {
  const save = tool({ inputSchema: found, execute: ({ objects }) => objects.length })
  const { toolResults } = await generateText({
    model,
    tools: { save },
    toolChoice: 'required',
    messages: ask('Describe this picture.'),
  })
  return toolResults.map(({ toolName, output }) => ({ name: toolName, objects: output }))
}

async function reasoning(model: ReturnType<GoogleProvider>) {
  const google = { thinkingConfig: { includeThoughts: true } }
  const { stream } = streamText({ model, messages: ask('Describe it.'), providerOptions: { google } })
  const kinds = new Set<string>()
  for await (const { type } of stream) if (type.endsWith('-delta')) kinds.add(type)
  return [...kinds]
}

async function invalidKey(url: string) {
  const google = createGoogle({ apiKey: 'invalid', baseURL: `${url}/v1beta` })
  const error: unknown = await generateText({ model: google('gemini-3.8-flash'), prompt: 'Hello' }).catch(
    (thrown) => thrown,
  )
  return APICallError.isInstance(error) && [error.statusCode, error.message]
}
