import { answer, type Question } from '../answer/answer.ts'
import { callFunction, type FunctionCall, requiredFunction } from '../answer/call-function.ts'
import type { JournalEntry } from '../scripts/journal.ts'
import { isStreamed, sendTruncated } from '../scripts/reply.ts'
import type { Reply } from '../scripts/script.ts'
import type { Scene } from '../vision/analyze.ts'
import { MissingDecoderError, UnreadableImageError } from '../vision/picture.ts'
import { ApiError, invalid } from './api-error.ts'
import type { Call, Respond, State } from './call.ts'
import { checkContents, checkRequest, checkSize } from './check-request.ts'
import { type Answer, chunks, envelope, responseIdFor, truncate } from './envelope.ts'
import { collectImages, describeImage, readSizes } from './images.ts'
import { findModel, type Model } from './models.ts'
import { readJson } from './read-json.ts'
import { readMessage } from './read-message.ts'
import { type GenerateContentRequest, type RequestImage, systemText, userTexts } from './request.ts'
import { sendStream } from './send-stream.ts'
import { type PromptTokens, promptTokens, tokenDetails } from './tokens.ts'

type Prompt = { message: GenerateContentRequest; images: RequestImage[]; tokens: PromptTokens; model: Model }

/** `:generateContent` and `:streamGenerateContent`. */
export async function generateContent(state: State, call: Call, modelName: string): Promise<Respond> {
  const model = openModel(state, call, modelName)
  const message = readMessage('GenerateContentRequest', readBody(call))
  describePrompt(call.entry, message)
  checkRequest(message, model)
  const prompt = await readPrompt(state, call, message, model)
  return async (reply) => {
    const { body } = reply
    if (isStreamed(call.entry.method, body)) return sendPieces(call, body, reply)
    const isScripted = reply.text !== undefined || reply.functionCall !== undefined
    const scenes = isScripted ? [] : await analyzeAll(state, prompt.images)
    await send(call, await compose(prompt, scenes, call.request.body as Buffer, reply), reply)
  }
}

/** `:countTokens`, for contents only or for a whole request. */
export async function countTokens(state: State, call: Call, modelName: string): Promise<Respond> {
  const model = openModel(state, call, modelName)
  const { generateContentRequest, ...contentsOnly } = readMessage('CountTokensRequest', readBody(call))
  const message = generateContentRequest ?? contentsOnly
  describePrompt(call.entry, message)
  checkContents(message, model)
  const { tokens } = await readPrompt(state, call, message, model)
  return () => {
    const totalTokens = tokens.text + tokens.image
    call.response.json({ totalTokens, promptTokensDetails: tokenDetails(tokens) })
  }
}

function openModel(state: State, { entry, apiVersion, request }: Call, name: string): Model {
  entry.model = name
  return findModel(name, { now: state.now(), apiVersion, isVertexAi: isVertexAi(request) })
}

function isVertexAi({ params }: Call['request']): boolean {
  return params.project !== undefined
}

function readBody({ request }: Call): unknown {
  const body = request.body as Buffer
  checkSize(body.length)
  return readJson(body)
}

function describePrompt(entry: JournalEntry, message: GenerateContentRequest): void {
  entry.config = message.generationConfig ?? {}
  if (message.serviceTier) entry.serviceTier = message.serviceTier.toLowerCase()
  entry.texts = userTexts(message)
  if (message.systemInstruction) entry.systemInstruction = systemText(message)
}

async function readPrompt(
  { files, objects }: State,
  { entry, request }: Call,
  message: GenerateContentRequest,
  model: Model,
): Promise<Prompt> {
  const images = await collectImages(message, { files, objects: isVertexAi(request) ? objects : undefined })
  const sizes = await readSizes(images)
  entry.images = images.map((image, i) => describeImage(image, sizes[i]))
  const sized = images.map((image, i) => ({ ...image, ...(sizes[i] ?? { width: 0, height: 0 }) }))
  const { responseJsonSchema, responseSchema } = message.generationConfig ?? {}
  const schema = responseJsonSchema ?? responseSchema
  // A response schema and function declarations count as text of the prompt.
  // https://ai.google.dev/gemini-api/docs/structured-output and .../tokens, 2026-11.
  const declarations = (message.tools ?? []).flatMap((tool) => tool.functionDeclarations ?? [])
  const texts = [
    ...userTexts(message),
    systemText(message),
    ...[schema ?? [], declarations].flat().map((value) => JSON.stringify(value)),
  ]
  const tokens = promptTokens(texts, sized, model.family, message.generationConfig?.mediaResolution)
  return { message, images, tokens, model }
}

async function analyzeAll({ analyzeImage }: State, images: RequestImage[]): Promise<Scene[]> {
  const scenes: Scene[] = []
  for (const { bytes } of images) {
    try {
      // Sequential, because the analysis of an image needs tens of megabytes.
      scenes.push(await analyzeImage(bytes))
    } catch (error) {
      if (error instanceof UnreadableImageError) throw invalid('Unable to process input image.')
      if (error instanceof MissingDecoderError) throw new ApiError('FAILED_PRECONDITION', error.message)
      throw error
    }
  }
  return scenes
}

async function compose(
  { message, model, tokens }: Prompt,
  scenes: Scene[],
  body: Buffer,
  reply: Reply,
): Promise<Answer> {
  const config = message.generationConfig ?? {}
  const text = userTexts(message).join('\n')
  const question = { text, system: systemText(message), scenes, config, family: model.family }
  const functionCall = await functionCallFor(message, question, reply)
  const words = functionCall ? JSON.stringify(functionCall) : (reply.text ?? (await answer(question)))
  const truncated = functionCall ? { text: words, finishReason: 'STOP' } : truncate(words, config)
  return {
    text: truncated.text,
    functionCall,
    finishReason: reply.finishReason ?? truncated.finishReason,
    model,
    prompt: tokens,
    config,
    responseId: responseIdFor(body),
  }
}

async function functionCallFor(
  message: GenerateContentRequest,
  question: Question,
  { text, functionCall }: Reply,
): Promise<FunctionCall | undefined> {
  if (functionCall) return { name: functionCall.name, args: functionCall.args ?? {} }
  const declaration = text === undefined ? requiredFunction(message) : undefined
  return declaration && callFunction(declaration, question)
}

async function send(call: Call, answered: Answer, reply: Reply): Promise<void> {
  if (call.entry.method === 'streamGenerateContent') return sendPieces(call, chunks(answered), reply)
  if (reply.fault === 'truncate') sendTruncated(call.response, JSON.stringify(envelope(answered)))
  else call.response.json(envelope(answered))
}

async function sendPieces({ request, response }: Call, pieces: object[], reply: Reply): Promise<void> {
  const form = request.query.alt === 'sse' ? 'events' : 'array'
  await sendStream(
    response,
    pieces.map((piece) => JSON.stringify(piece)),
    form,
    reply,
  )
}
