/** White space is up to a third of the tokens of a JSON answer. Digits are a token each (docs/cost.md). */
export const COMPACT_JSON = 'Answer in compact JSON.'
