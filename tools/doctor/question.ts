import sharp from 'sharp'
import { VisionError } from '../../functions/src/errors.ts'
import type { GenaiClientOptions } from '../../functions/src/model/gemini/genai-client.ts'
import { createGenaiModel } from '../../functions/src/model/gemini/genai-model.ts'
import type { Check } from './finding.ts'
import { serviceFinding } from './models.ts'

/** A real question about a tiny picture, by the way that photos go. It is paid: some hundred tokens. */
export function questionCheck(model: string, client: GenaiClientOptions): Check {
  return {
    name: 'question',
    look: async () => {
      const picture = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#d02020' } })
        .png()
        .toBuffer()
      const parts = [
        { image: { mimeType: 'image/png', data: picture } },
        { text: 'Which colour is this picture? Answer with one word.' },
      ]
      try {
        const answer = await createGenaiModel(client).generate({
          model,
          systemInstruction: 'You answer questions about pictures.',
          parts,
          thinking: 'least',
          maxOutputTokens: 512,
        })
        if (answer.failure) throw answer.failure
        if (answer.text.trim() === '') throw new VisionError('answer-empty', 'The model gave no answer')
        const by = answer.model.version === model ? model : `${answer.model.version}, asked as ${model}`
        return [{ state: 'ok', found: `answered by ${by}, ${answer.usage.totalTokens} tokens` }]
      } catch (error) {
        return [serviceFinding(error, `${model} does not answer`)]
      }
    },
  }
}
