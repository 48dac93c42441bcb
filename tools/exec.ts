// `npm run emulators:exec -- "<command>"`: runs a command with the emulators, and exits with its exit code.
import { runWithEverything } from './command.ts'
import { listenForInterruption } from './interruption.ts'

const command = process.argv.slice(2).join(' ')
if (command === '') {
  console.error('Usage: npm run emulators:exec -- "<command>"')
  process.exitCode = 2
} else {
  process.exitCode = await runWithEverything(command, {}, listenForInterruption())
}
