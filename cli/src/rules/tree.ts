// The syntax tree of Firebase security rules.
// https://firebase.google.com/docs/rules/rules-language, 2026-11

/** `functions`: those outside of the services, which all services can call. */
export type RulesFile = { version: string | undefined; functions: RulesFunction[]; services: Service[] }

export type Service = Block & { name: string }

export type Match = Block & { path: Segment[]; start: number; end: number }

/** The content of `service ... { }` or `match ... { }`. `bodyEnd`: the offset of its closing brace. */
export type Block = {
  functions: RulesFunction[]
  allows: Allow[]
  matches: Match[]
  bodyStart: number
  bodyEnd: number
}

/**
 * A segment of a match path. `one`: `{name}`; `rest`: `{name=**}`. `decoded`: what the text can also mean, if it
 * has percent signs.
 */
export type Segment =
  | { kind: 'literal'; text: string; decoded?: string[] }
  | { kind: 'one' | 'rest'; name: string }

export type Allow = { methods: string[]; condition: Expression; start: number; end: number }

export type RulesFunction = {
  name: string
  parameters: string[]
  variables: { name: string; value: Expression }[]
  result: Expression
}

/** An expression. `other`: syntax from which no conclusion is drawn, such as paths, maps and arithmetic. */
export type Expression =
  | { kind: 'literal'; value: string | number | boolean | null }
  | { kind: 'name'; name: string }
  | { kind: 'member'; object: Expression; property: string }
  | { kind: 'index'; object: Expression; index: Expression }
  | { kind: 'call'; callee: Expression; arguments: Expression[] }
  | { kind: 'list'; items: Expression[] }
  | { kind: 'not'; operand: Expression }
  | { kind: 'binary'; operator: string; left: Expression; right: Expression }
  | { kind: 'conditional'; test: Expression; yes: Expression; no: Expression }
  | { kind: 'other' }
