// `npm run emulators:exec -- "<command>"`: runs a command with everything up, and ends with its exit code.
import { runWithEverything } from './command.ts'

const command = process.argv.slice(2).join(' ')
if (command === '') {
  console.error('Usage: npm run emulators:exec -- "<command>"')
  process.exit(2)
}
process.exitCode = await runWithEverything(command)
