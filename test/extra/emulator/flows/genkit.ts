import { type Genkit, z } from 'genkit'
import { photo } from './photo.ts'

const found = z.object({
  caption: z.string(),
  objects: z.array(z.object({ label: z.string(), box_2d: z.array(z.number().int()).length(4) })),
})

function ask(text: string) {
  return [{ media: { url: `data:image/png;base64,${photo}` } }, { text }]
}

export async function flows(ai: Genkit, url: string) {
  const { output, usage } = await ai.generate({
    system: 'You describe pictures.',
    prompt: ask('Describe this picture.'),
    output: { schema: found },
  })
  return {
    structured: output?.objects.map(({ label }) => label),
    hasUsage: usage.inputTokens! > 1120,
    streamed: await streamed(ai),
    file: await file(ai, url),
    functionCall: await functionCall(ai),
    invalidKey: await invalidKey(ai),
  }
}

async function streamed(ai: Genkit) {
  const { stream, response } = ai.generateStream({ prompt: ask('Describe it.') })
  let pieces = 0
  for await (const { text } of stream) if (text) pieces++
  return { pieces, text: (await response).text }
}

/** Genkit uploads no files, but accepts their addresses. */
async function file(ai: Genkit, url: string) {
  const headers = { 'x-goog-api-key': 'any', 'content-type': 'image/png' }
  const start = { 'x-goog-upload-protocol': 'resumable', 'x-goog-upload-command': 'start' }
  const started = await fetch(`${url}/upload/v1beta/files`, {
    method: 'POST',
    headers: { ...headers, ...start },
  })
  const finished = await fetch(started.headers.get('x-goog-upload-url')!, {
    method: 'POST',
    headers: { 'x-goog-upload-command': 'upload, finalize', 'x-goog-upload-offset': '0' },
    body: Buffer.from(photo, 'base64'),
  })
  const uploaded = (await finished.json()) as { file: { uri: string } }
  const media = { url: uploaded.file.uri, contentType: 'image/png' }
  const { text } = await ai.generate({ prompt: [{ media }, { text: 'How many squares are there?' }] })
  return text
}

async function functionCall(ai: Genkit) {
  const save = ai.defineTool(
    { name: 'save', description: 'Saves a description.', inputSchema: found },
    async ({ objects }) => objects.length,
  )
  const { toolRequests } = await ai.generate({
    prompt: ask('Describe this picture.'),
    tools: [save],
    toolChoice: 'required',
    returnToolRequests: true,
  })
  return toolRequests.map(({ toolRequest }) => ({
    name: toolRequest.name,
    objects: found.parse(toolRequest.input).objects.length,
  }))
}

async function invalidKey(ai: Genkit) {
  const error: unknown = await ai
    .generate({ prompt: 'Hello', config: { apiKey: 'invalid' } })
    .catch((thrown) => thrown)
  return (error as Error).message
}
