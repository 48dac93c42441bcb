import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Resident memory in MB, by part of a running `npm start`. */
export type ProcessMemory = Map<string, number>

type Process = { pid: number; parent: number; residentMb: number; command: string }

/** The memory of each part of `npm start`. @throws Error if it does not run */
export function memoryOfStart(): ProcessMemory {
  const processes = listProcesses()
  const root = processes.find(({ command }) => /\btools\/start\.ts/.test(command))
  if (!root) throw new Error('npm start does not run on this machine')
  const memory: ProcessMemory = new Map()
  for (const process of [root, ...descendantsOf(root, processes)]) {
    const name = partOf(process)
    memory.set(name, (memory.get(name) ?? 0) + process.residentMb)
  }
  return memory
}

function listProcesses(): Process[] {
  const columns = ['pid', 'ppid', 'rss', 'args'].flatMap((name) => ['-o', `${name}=`])
  const list = execFileSync('ps', ['-A', ...columns], { encoding: 'utf8', maxBuffer: 2 ** 26 })
  return list.split('\n').flatMap((line) => {
    const [, pid, parent, kilobytes, command] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    if (command === undefined) return []
    return { pid: Number(pid), parent: Number(parent), residentMb: Number(kilobytes) / 1024, command }
  })
}

function descendantsOf({ pid }: Process, processes: Process[]): Process[] {
  const children = processes.filter(({ parent }) => parent === pid)
  return children.flatMap((child) => [child, ...descendantsOf(child, processes)])
}

function partOf({ pid, command }: Process): string {
  if (command.includes('tools/start.ts')) return 'npm start: page, local Gemini API'
  if (command.includes('emulators:start')) return 'firebase-tools: Auth, Storage, Functions, Tasks, Eventarc'
  if (command.includes('functionsEmulatorRuntime')) return `function ${targetOf(pid)}`
  if (command.includes('--functions_emulator')) return 'Firestore emulator (Java)'
  if (/\bjava\b/.test(command)) return 'Storage rules (Java)'
  return 'other'
}

/** The function that a worker runs. Linux only. */
function targetOf(pid: number): string {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
    return environment.find((line) => line.startsWith('FUNCTION_TARGET='))?.slice(16) ?? 'unknown'
  } catch {
    return 'unknown' // The process has ended, or this is not Linux.
  }
}
