export { isBroken, renderResult, renderViolations } from './report.ts'
export { simulate } from './simulate.ts'
