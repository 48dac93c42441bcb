import { count } from '../parts/numbers.ts'
import { type Cost, dollars } from './cost.ts'

type Props = { cost: Cost; date: Date; isLocal: boolean }

/** Tokens with their cost at list prices. */
export function CostSection({ cost, date, isLocal }: Props) {
  const { rows, usd, prices, unpriced } = cost
  if (rows.length === 0) return null
  return (
    <section class="export-section" aria-labelledby="export-cost">
      <h3 id="export-cost">{isLocal ? 'What these tokens would cost' : 'Tokens and their cost'}</h3>
      <div class="export-scroll" tabIndex={0} role="group" aria-labelledby="export-cost">
        <table class="export-cost">
          <thead>
            <tr>
              <th scope="col">Step</th>
              <th scope="col">Cost</th>
              <th scope="col">Input</th>
              <th scope="col">Output</th>
              <th scope="col">Thinking</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, usage, usd: part }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{part === undefined ? 'unknown' : dollars(part)}</td>
                <td>{count(usage.promptTokens)}</td>
                <td>{count(usage.outputTokens)}</td>
                <td>{count(usage.thoughtTokens)}</td>
              </tr>
            ))}
          </tbody>
          {rows.length > 1 && usd !== undefined && (
            <tfoot>
              <tr>
                <th scope="row">Total</th>
                <td>{dollars(usd)}</td>
                <td colSpan={3} />
              </tr>
            </tfoot>
          )}
        </table>
      </div>
      {usd !== undefined && <p class="quiet">1,000 times this: {dollars(usd * 1000)}.</p>}
      {[...prices].map(([model, { input, output, source, read }]) => (
        <p key={model} class="quiet">
          List price of {model} on {day(date)}, standard tier: ${input} for a million input tokens, ${output}{' '}
          for a million output tokens (thinking included). <Source source={source} />, read{' '}
          <span class="export-date">{read}</span>.
        </p>
      ))}
      {unpriced.map((model) => (
        <p key={model} class="quiet">
          The list price of {model} is not known.
        </p>
      ))}
      <p class="quiet">
        {isLocal
          ? 'The local Gemini API is free. It reports estimated tokens.'
          : 'Your project may have other prices, and backfills may use the cheaper tier flex.'}
      </p>
    </section>
  )
}

/** An address, or words and an address. */
function Source({ source }: { source: string }) {
  const at = source.indexOf('https://')
  if (at < 0) return <>Source: {source}</>
  return (
    <>
      Source: {source.slice(0, at)}
      <a href={source.slice(at)} target="_blank" rel="noreferrer">
        {new URL(source.slice(at)).host}
      </a>
    </>
  )
}

function day(date: Date): string {
  return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })
}
