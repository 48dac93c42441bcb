import { HumanMessage } from '@langchain/core/messages'
import { ChatGoogle } from '@langchain/google'
import { ChatGoogleGenerativeAI } from '@langchain/google-genai'
import { z } from 'zod'
import { photo } from './photo.ts'

type Model = ChatGoogle | ChatGoogleGenerativeAI

const found = z.object({
  caption: z.string(),
  objects: z.array(z.object({ label: z.string(), box_2d: z.array(z.int()).length(4) })),
})

function ask(text: string): HumanMessage[] {
  const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${photo}` } }
  return [new HumanMessage({ content: [image, { type: 'text', text }] })]
}

export async function flows(model: ChatGoogle, url: string) {
  const predecessor = new ChatGoogleGenerativeAI({ model: 'gemini-3.8-flash', apiKey: 'any', baseUrl: url })
  return {
    ChatGoogle: await flowsOf(model),
    ChatGoogleGenerativeAI: await flowsOf(predecessor),
    standardBlocks: await standardBlocks(model),
    invalidKey: await invalidKey(url),
  }
}

async function flowsOf(model: Model) {
  const answer = await model.invoke(ask('What colour is the circle?'))
  // The type of LangChain's chunks says "never".
  const usage = answer.usage_metadata as { input_tokens: number } | undefined
  return {
    question: answer.text,
    hasUsage: usage!.input_tokens > 1120,
    structured: await structured(model, 'jsonSchema'),
    functionCall: await structured(model, 'functionCalling'),
    streamed: await streamed(model),
  }
}

async function structured(model: Model, method: 'jsonSchema' | 'functionCalling') {
  const asked = model.withStructuredOutput(found, { method })
  const { objects } = await asked.invoke(ask('Describe this picture.'))
  return objects.map(({ label }) => label)
}

async function streamed(model: Model) {
  const pieces = []
  for await (const { text } of await model.stream(ask('Describe it.'))) if (text) pieces.push(text)
  return { pieces: pieces.length, text: pieces.join('') }
}

/** Images in the form that LangChain 1 uses for all providers. */
async function standardBlocks(model: ChatGoogle) {
  const message = new HumanMessage({
    contentBlocks: [
      { type: 'image', mimeType: 'image/png', data: photo },
      { type: 'text', text: 'How many squares are there?' },
    ],
  })
  return (await model.invoke([message])).text
}

async function invalidKey(url: string) {
  const model = new ChatGoogle({ model: 'gemini-3.8-flash', apiKey: 'invalid', endpoint: url })
  const error: unknown = await model.invoke('Hello').catch((thrown) => thrown)
  return (error as Error).message
}
