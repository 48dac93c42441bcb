import { duration } from '../parts/numbers.ts'

/** The steps in the order of the pipeline. `describe` and `locate` run in parallel. */
const ORDER = ['wait', 'load', 'inspect', 'prepare', 'describe', 'locate', 'modelRetryWait', 'draw', 'store']
const NAMES: Record<string, string> = { wait: 'wait for other photos', modelRetryWait: 'wait to retry' }

export function Timings({ timingsMs }: { timingsMs: Record<string, number> }) {
  const total = timingsMs.total ?? Math.max(...Object.values(timingsMs))
  const steps = ORDER.filter((step) => step in timingsMs)
  return (
    <table class="timings">
      <caption>Processing time: {duration(total)} in total</caption>
      <tbody>
        {steps.map((step) => {
          const milliseconds = timingsMs[step] ?? 0
          return (
            <tr key={step}>
              <th scope="row">{NAMES[step] ?? step}</th>
              <td class="timings-bar">
                <span style={{ width: `${total > 0 ? (milliseconds / total) * 100 : 0}%` }} />
              </td>
              <td class="timings-value">{duration(milliseconds)}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
