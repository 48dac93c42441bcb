import type { ComponentChildren } from 'preact'

const DOCTOR = (
  <>
    Run <code>npm run doctor</code>: it names the cause and the command that fixes it.
  </>
)

/** The next steps for codes that only the operator of the app can fix. docs/errors.md describes the codes. */
const STEPS: Record<string, ComponentChildren[]> = {
  'model-misconfigured': [
    <>
      The key of the Gemini API is missing or invalid, or its project is not set up. The key is the secret{' '}
      <code>GEMINI_API_KEY</code>.
    </>,
    DOCTOR,
    <>
      Set a new key: <code>firebase functions:secrets:set GEMINI_API_KEY</code>, then deploy. On your
      computer: <code>GEMINI_API_KEY=… npm start</code>.
    </>,
  ],
  'storage-misconfigured': [
    <>
      An index of Firestore is missing or being built. Deploy the indexes with{' '}
      <code>firebase deploy --only firestore:indexes</code>. The log of the functions names the index.
    </>,
  ],
  'model-not-found': [
    <>
      Choose a model that exists, with the parameters <code>DESCRIBE_MODEL</code>, <code>LOCATE_MODEL</code>,{' '}
      <code>ANSWER_MODEL</code> and <code>COMPARE_MODEL</code>, then deploy. docs/configuration.md lists the
      parameters.
    </>,
    DOCTOR,
  ],
  'model-budget-spent': [
    <>Raise the spending limit of the Gemini API project, or wait for its next period.</>,
  ],
  'model-day-limit': [
    <>Raise the quota of the Gemini API project. The daily quota starts again at midnight Pacific time.</>,
  ],
}

/** What the operator of the app can do about a failure. Nothing for failures that concern the user. */
export function OperatorHelp({ code }: { code: string | undefined }) {
  const steps = code === undefined ? undefined : STEPS[code]
  if (!steps) return null
  return (
    <div class="operator">
      <p>If you operate this app:</p>
      <ul>
        {steps.map((step, index) => (
          <li key={index}>{step}</li>
        ))}
      </ul>
    </div>
  )
}
