import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, expectTypeOf, it } from 'vitest'
import type { z } from 'zod'
import type { annotationSchema, tombstoneSchema } from '../../../functions/src/api/annotation-document.ts'
import type { sweepNowResult } from '../../../functions/src/api/backfill.ts'
import type { Annotation, Tombstone } from '../../../functions/src/document/annotation.ts'
import type { SweepReport } from '../../../functions/src/maintenance/sweep-report.ts'
import { root } from '../../../tools/paths.ts'
import { documentOfVersion1 } from '../../support/documents-v1.ts'
import { schemaErrors, schemaValidator } from '../../support/json-schemas.ts'
import { annotate, annotationOf, annotations, fails, png, remove, upload } from '../../support/photo-run.ts'
import { OBJECTS, scriptedModel } from '../../support/vision.ts'

const exact = schemaValidator('annotation', { closed: true })
const published = schemaValidator('annotation')

describe('docs/schemas/annotation.json', () => {
  it('has the type of documents', () => {
    expectTypeOf<z.infer<typeof annotationSchema>>().branded.toEqualTypeOf<Annotation>()
    expectTypeOf<z.infer<typeof tombstoneSchema>>().branded.toEqualTypeOf<Tombstone>()
    expectTypeOf<z.infer<typeof sweepNowResult>>().toEqualTypeOf<SweepReport>()
  })

  it('accepts the example of the documentation', () => {
    const page = readFileSync(join(root, 'docs/document.md'), 'utf8')
    const example: unknown = JSON.parse(/^## Example[\s\S]*?```json\n([\s\S]*?)\n```/m.exec(page)![1]!)
    expect(schemaErrors(exact, example)).toEqual([])
  })

  it.each(['interrupted', 'deferred', 'partial', 'succeeded'] as const)(
    'accepts a document of version 1 that is %s',
    (name) => {
      expect(schemaErrors(exact, documentOfVersion1(name).document)).toEqual([])
    },
  )

  it.each([
    ['succeeded', scriptedModel()],
    ['partial', scriptedModel({ locate: [fails('answer-recitation')] })],
    ['deferred', scriptedModel({ describe: [fails('model-day-limit')], locate: [fails('model-day-limit')] })],
  ])('accepts a photo that is %s', async (status, model) => {
    const photo = upload(png)
    await annotate(photo, model)
    expect(annotationOf(photo)).toMatchObject({ status })
    expect(schemaErrors(exact, annotationOf(photo))).toEqual([])
  })

  it('accepts a photo while it is processed, and after its rejection', async () => {
    const running: unknown[] = []
    const photo = upload(png)
    const describing = async () => {
      running.push(structuredClone(annotationOf(photo)))
      throw fails('answer-recitation')
    }
    await annotate(photo, scriptedModel({ describe: [describing] }))
    expect(running).toMatchObject([{ status: 'processing' }])
    expect(schemaErrors(exact, running[0])).toEqual([])

    const text = upload(Buffer.from('not a photo'), '1700000000000002')
    await annotate(text)
    expect(annotationOf(text)).toMatchObject({ status: 'rejected' })
    expect(schemaErrors(exact, annotationOf(text))).toEqual([])
  })

  it('tombstone.json accepts a deleted photo', async () => {
    const photo = upload(png)
    await annotate(photo)
    await remove(photo)
    const tombstone = annotations.documents.get(photo.imageId)
    expect(tombstone).toMatchObject({ status: 'deleted' })
    expect(schemaErrors(schemaValidator('tombstone', { closed: true }), tombstone)).toEqual([])
    expect(schemaErrors(published, tombstone)).not.toEqual([])
  })
})

describe('a damaged document', () => {
  let document: Annotation
  beforeEach(async () => {
    const photo = upload(png)
    await annotate(photo, scriptedModel({ locate: [OBJECTS] }))
    document = annotationOf(photo)!
  })

  it.each<[string, (document: Annotation) => object, string]>([
    ['without steps', (d) => ({ ...d, steps: undefined }), "must have required property 'steps'"],
    ['of an unknown status', (d) => ({ ...d, status: 'done' }), '/status must be equal'],
    ['of a later version', (d) => ({ ...d, schemaVersion: 3 }), '/schemaVersion must be equal'],
    ['with a number as generation', (d) => ({ ...d, generation: 1 }), '/generation must be string'],
    ['with a time that is none', (d) => ({ ...d, updatedAt: 'today' }), '/updatedAt must match format'],
    ['with null as caption', (d) => ({ ...d, caption: null }), '/caption must be string'],
    [
      'with a box outside the image',
      (d) => ({ ...d, objects: d.objects!.map((o) => ({ ...o, box: { ...o.box, x: -1 } })) }),
      '/objects/0/box/x must be >= 0',
    ],
    [
      'with a mask without a path',
      (d) => ({ ...d, objects: d.objects!.map((o) => ({ ...o, mask: { form: 'png', areaPixels: 1 } })) }),
      "/objects/0/mask must have required property 'path'",
    ],
  ])('%s is refused', (_, damage, message) => {
    expect(schemaErrors(published, document)).toEqual([])
    expect(schemaErrors(published, damage(document)).join('\n')).toContain(message)
  })

  it('an unknown field of a later version is accepted by the published schema', () => {
    const later = { ...document, mood: 'happy' }
    expect(schemaErrors(published, later)).toEqual([])
    expect(schemaErrors(exact, later)).toEqual([' must NOT have additional properties'])
  })
})
