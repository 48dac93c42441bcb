/*
 * Tokens of a typical photo, for estimates and for the tables of docs/cost.md. Measured with drawn
 * photos through the local Gemini API, and with stored answers of real models (2026-11-30). A test compares
 * them with docs/cost/tokens.json.
 */

/** Objects of a typical photo. Everyday photos of COCO have 7.7. https://arxiv.org/abs/1405.0312 */
export const TYPICAL_OBJECTS = 4

/** Of a prompt with its system instruction, without the image. */
export const PROMPT_TOKENS = { describe: 186, polygon: 145, boxes: 164, png: 88 }

/** Caption, alt text and labels. Text in a photo adds its own tokens. */
export const DESCRIPTION_TOKENS = 85

/** Box and label in compact JSON, and each point of an outline. */
export const BOX_TOKENS = 26
export const POINT_TOKENS = 8
/** Box, label and PNG mask: the mean of 18 objects in three stored answers of gemini-2.5-flash. */
export const PNG_OBJECT_TOKENS = 567

/**
 * Thoughts of a request to a model that cannot turn thinking off, at its lowest level. The mean of three
 * public runs of gemini-3.7-flash at LOW (119, 156, 203) with a text prompt; not verified for photos.
 * https://github.com/langchain-ai/openwiki/issues/786, 2026-09-01
 */
export const THOUGHT_TOKENS = 160
