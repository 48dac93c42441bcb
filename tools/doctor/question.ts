import sharp from 'sharp'
import { currentModel } from '../../functions/src/config/model-routes.ts'
import { VisionError } from '../../functions/src/errors.ts'
import type { GenaiClientOptions } from '../../functions/src/model/gemini/genai-client.ts'
import { createGenaiModel } from '../../functions/src/model/gemini/genai-model.ts'
import type { Check } from './finding.ts'
import { serviceFinding } from './models.ts'

/** Asks a question about a tiny image with the code that photos use. Costs a few hundred tokens. */
export function questionCheck(configured: string, client: GenaiClientOptions, today: Date): Check {
  const model = client.provider.name === 'gemini-api' ? currentModel(configured, today) : configured
  return {
    name: 'question',
    run: async () => {
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
        if (answer.text.trim() === '')
          throw new VisionError('answer-empty', 'The model returned an empty answer')
        const by = answer.model.version === model ? model : `${answer.model.version}, requested as ${model}`
        return [{ state: 'ok', found: `answered by ${by}, ${answer.usage.totalTokens} tokens` }]
      } catch (error) {
        return [serviceFinding(error, `the question to ${model} failed`)]
      }
    },
  }
}
