import type { GenerateContentResponse } from '@google/genai'
import { readChunk } from './finish-reason.ts'

/** The chunks of a stream, put together as the one response that `generateContent` would have given. */
export class StreamedResponse {
  readonly response: Partial<GenerateContentResponse> & Record<string, unknown> = {}
  private text = ''
  private finishReason: string | undefined
  private isReadable = true

  /** @returns the text to tell now: none of thoughts, and none of what is blocked */
  add(chunk: GenerateContentResponse): string {
    const { response } = this
    if (chunk.modelVersion) response.modelVersion = chunk.modelVersion
    // Each chunk counts from the beginning.
    if (chunk.usageMetadata) response.usageMetadata = chunk.usageMetadata
    if (!this.isReadable) return ''
    const read = readChunk(chunk)
    if (!read) {
      // For `readAnswerText` to say what is wrong with it.
      this.isReadable = false
      Object.assign(response, { promptFeedback: chunk.promptFeedback, candidates: chunk.candidates })
      return ''
    }
    this.text += read.text
    this.finishReason = read.finishReason ?? this.finishReason
    if (read.blockReason) response.promptFeedback = chunk.promptFeedback!
    response.candidates = [
      {
        content: { parts: [{ text: this.text }] },
        ...(this.finishReason && { finishReason: this.finishReason }),
      },
    ] as GenerateContentResponse['candidates'] & {}
    return read.stopped ? '' : read.text
  }

  /** Whether the service said that this is all. A stream that lost its end closes like a good one. */
  get isWhole(): boolean {
    return !this.isReadable || this.finishReason !== undefined || this.response.promptFeedback !== undefined
  }
}
