import type { AnswerCase } from '../answer-case.ts'
import { boxes } from './boxes.ts'
import { masks } from './masks.ts'
import { shapes } from './shapes.ts'
import { texts } from './texts.ts'

/** All generated answers, by family. */
export const answerFamilies: Record<string, AnswerCase[]> = { masks, boxes, texts, shapes }
