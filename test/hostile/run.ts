// `npm run test:hostile`: hostile images and model answers, through the whole pipeline. docs/testing.md
import { parseArgs } from 'node:util'
import { corporaFolder, fetchCorpora } from './corpora.ts'
import { tryFourAtOnce } from './four-at-once.ts'
import { Lanes } from './lanes.ts'
import { answerSubjects, corporaSubjects, pictureSubjects, withHeic } from './subjects.ts'
import { countEnds, extremes, markdownTable, summarise } from './summary.ts'
import { type Result, type Subject, tryPhoto } from './trial.ts'
import { measuresMemory } from './watched-worker.ts'

const USAGE = `Usage: npm run test:hostile -- [options]
  --corpora        first downloads real, damaged and fuzzed files: Debian source packages, with apt
  --only <text>    runs only cases with this text in family and name, such as "masks: a mask of 10 MB"
FIRESIGHT_CORPUS=<folder> adds the files of any folder.`

/** Fewer files mean that downloads failed. */
const MIN_CORPUS_FILES = 2000

const { values } = parseArgs({
  options: { corpora: { type: 'boolean' }, only: { type: 'string' }, help: { type: 'boolean' } },
})
if (values.help) console.log(USAGE)
else process.exitCode = (await runAll()) ? 0 : 1

/** @returns whether no problem was found */
async function runAll(): Promise<boolean> {
  if (values.corpora) fetchCorpora((line) => console.error(line))
  await using lanes = await Lanes.open(2)
  const groups = new Map<string, Result[]>()
  const tryAll = async (group: string, subjects: Subject[]) => {
    const wanted = subjects.filter(({ family, name }) => `${family}: ${name}`.includes(values.only ?? ''))
    for (const { worker } of lanes.all) worker.stop()
    if (wanted.length > 0) groups.set(group, await tryEach(group, wanted, lanes))
  }
  const made = pictureSubjects()
  for (const mode of ['off', 'original', 'decode'] as const) {
    await tryAll(
      `generated, HEIC=${mode}`,
      made.filter(({ heic }) => heic === mode),
    )
  }
  if (values.only === undefined) {
    groups.set('the four largest at once', [await tryFourAtOnce([...groups.values()].flat(), lanes.all[0]!)])
  }
  await tryAll('answers of the model', answerSubjects())
  const corpora = corporaSubjects()
  await tryAll('corpora, HEIC=off', corpora)
  for (const mode of ['original', 'decode'] as const) {
    await tryAll(`corpora, HEIC=${mode} (HEIC files)`, await withHeic(corpora, mode))
  }
  return report(groups, corpora.length, values.corpora === true)
}

async function tryEach(group: string, subjects: Subject[], lanes: Lanes): Promise<Result[]> {
  let done = 0
  return lanes.each(subjects, async (subject, lane) => {
    const result = await tryPhoto(subject, lane)
    done++
    if (done % 100 === 0) console.error(`${group}: ${done} of ${subjects.length}`)
    return result
  })
}

function report(groups: Map<string, Result[]>, corpusFiles: number, fetched: boolean): boolean {
  const all = [...groups.values()].flat()
  console.log(markdownTable([...groups].map(([group, results]) => summarise(group, results))))
  console.log(`\nEnds: ${countEnds(all)}\n${extremes(all)}`)
  if (!measuresMemory) console.log('Memory is measured on Linux only.')
  if (corpusFiles === 0) {
    console.log(
      `No corpora in ${corporaFolder}: npm run test:hostile -- --corpora downloads them (needs apt).`,
    )
  }
  const broken = all.filter(({ faults }) => faults.length > 0)
  for (const { family, name, heic, faults } of broken) {
    console.log(`\n${family}: ${name}${heic === 'off' ? '' : ` (HEIC=${heic})`}\n  ${faults.join('\n  ')}`)
  }
  if (all.length === 0) console.log('No case has this text in its name.')
  const tooFew = fetched && corpusFiles < MIN_CORPUS_FILES
  if (tooFew) console.log(`\nThe corpora have ${corpusFiles} files, fewer than ${MIN_CORPUS_FILES}.`)
  return all.length > 0 && broken.length === 0 && !tooFew
}
