import type { ComponentChildren } from 'preact'
import { coloursOf } from '../viewer/colours.ts'
import { type Report, SaveButton } from './action-button.tsx'
import type { ExportSource } from './export-source.ts'

/** Downloads of the photo and of each object. */
export function FilesSection({ source, report }: { source: ExportSource; report: Report }) {
  const { objects, hasMasks, hasOverlay } = source
  const colours = coloursOf(objects)
  return (
    <section class="export-section" aria-labelledby="export-files">
      <h3 id="export-files">Download</h3>
      <ul class="export-rows">
        <Row name="Annotated photo" hint="with masks, boxes and labels">
          <SaveButton file={async () => source.annotated('image/jpeg')} report={report}>
            <Named of="Annotated photo as">JPEG</Named>
          </SaveButton>
          <SaveButton file={async () => source.annotated('image/png')} report={report}>
            <Named of="Annotated photo as">PNG</Named>
          </SaveButton>
        </Row>
        {hasOverlay && (
          <Row name="Overlay" hint="each pixel value is the number of an object">
            <SaveButton file={async () => source.overlay()} report={report}>
              <Named of="Overlay as">PNG</Named>
            </SaveButton>
          </Row>
        )}
        {hasMasks && (
          <>
            <Row name="All masks" hint="white on black, the size of each box">
              <SaveButton file={async () => source.allMasks()} report={report}>
                <Named of="All masks as">ZIP</Named>
              </SaveButton>
            </Row>
            <Row name="All cut-outs" hint="the objects without their background">
              <SaveButton file={async () => source.allCutOuts()} report={report}>
                <Named of="All cut-outs as">ZIP</Named>
              </SaveButton>
            </Row>
          </>
        )}
        <Row name="All results" hint="as stored in Firestore">
          <SaveButton file={async () => source.jsonFile()} report={report}>
            <Named of="All results as">JSON</Named>
          </SaveButton>
        </Row>
      </ul>
      {objects.length > 0 && (
        <>
          <h4>Objects</h4>
          <ol class="export-rows">
            {objects.map(({ label, mask }, index) => (
              <Row key={index} name={label} swatch={colours[index]!.fill} hint={mask ? '' : 'no mask'}>
                {mask && (
                  <>
                    <SaveButton file={async () => source.mask(index)} report={report}>
                      <Named of={`${index + 1}. ${label}:`}>Mask</Named>
                    </SaveButton>
                    <SaveButton file={async () => source.cutOut(index)} report={report}>
                      <Named of={`${index + 1}. ${label}:`}>Cut-out</Named>
                    </SaveButton>
                  </>
                )}
              </Row>
            ))}
          </ol>
        </>
      )}
    </section>
  )
}

type RowProps = { name: string; hint: string; swatch?: string; children: ComponentChildren }

function Row({ name, hint, swatch, children }: RowProps) {
  return (
    <li class="export-row">
      <span class="export-name">
        {swatch && <span class="export-swatch" style={{ background: swatch }} />}
        <span>
          {name}
          {hint && <span class="quiet export-hint"> {hint}</span>}
        </span>
      </span>
      <span class="export-buttons">{children}</span>
    </li>
  )
}

/** Completes the name of a button for screen readers. */
function Named({ of, children }: { of: string; children: ComponentChildren }) {
  return (
    <>
      <span class="hidden">{of} </span>
      {children}
    </>
  )
}
