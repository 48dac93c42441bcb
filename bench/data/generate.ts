// `node bench/data/generate.ts <folder> <plan>`: writes the photos and answers of a plan. Runs in its own
// process, because drawing 48 megapixels needs a gigabyte, and because the functions disable SVG in sharp
// when they are loaded.
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FULL, type Plan, QUICK } from '../plan.ts'
import { writeAnswer } from './answers.ts'
import { answerFile, DATA_VERSION, MANIFEST, type Manifest, madeWith, photoFile } from './files.ts'
import { drawPhoto, encodeDisplayP3, encodePlain, withOrientation6 } from './photos.ts'

export async function generate(folder: string, plan: Plan): Promise<Manifest> {
  mkdirSync(folder, { recursive: true })
  const files: Manifest['files'] = {}
  const write = (name: string, content: Buffer | string) => {
    writeFileSync(join(folder, name), content)
    files[name] = createHash('sha256').update(content).digest('hex')
  }
  for (const [index, size] of plan.sizes.entries()) {
    process.stderr.write(`drawing a photo of ${size.name}\n`)
    const photo = await drawPhoto(size, index + 1)
    const plain = await encodePlain(photo)
    write(photoFile(size, 'plain'), plain)
    if (size !== plan.sizes[1]) continue
    write(photoFile(size, 'exif-6'), withOrientation6(plain))
    write(photoFile(size, 'display-p3'), await encodeDisplayP3(photo))
  }
  for (const count of plan.counts) write(answerFile(count), await writeAnswer(count))
  const manifest: Manifest = { version: DATA_VERSION, madeWith: madeWith(), files }
  // Written last, so that a folder with a manifest is complete.
  writeFileSync(join(folder, MANIFEST), JSON.stringify(manifest, null, 2))
  return manifest
}

// `import.meta.main` requires Node 24.2, and some platforms have 24.0.
// https://nodejs.org/api/esm.html#importmetamain, 2026-11
if (process.argv[1] === import.meta.filename) {
  const [folder, name] = process.argv.slice(2)
  const plan = [FULL, QUICK].find((one) => one.name === name)
  if (!folder || !plan) throw new Error(`Usage: generate.ts <folder> full | quick, got: ${folder} ${name}`)
  await generate(folder, plan)
}
