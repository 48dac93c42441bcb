import { useEffect, useRef } from 'preact/hooks'

const SHORTCUTS: [where: string, rows: [keys: string[], action: string][]][] = [
  [
    'Photos',
    [
      [['←', '→', '↑', '↓'], 'Go to another photo'],
      [['Home', 'End'], 'Go to the first or last photo'],
      [['Enter'], 'Open the photo'],
      [['Space', 'X'], 'Select or deselect the photo'],
      [['Shift', 'Space'], 'Select all photos up to this one'],
      [['Ctrl', 'A'], 'Select all loaded photos'],
      [['Esc'], 'Clear the selection'],
      [['Delete'], 'Delete the photo or the selected photos'],
      [['Ctrl', 'Z'], 'Undo the deletion'],
      [['/'], 'Filter by label'],
    ],
  ],
  [
    'An open photo',
    [
      [['←', '→'], 'Previous or next photo'],
      [['Esc'], 'Clear the selected object'],
    ],
  ],
  [
    'The photo, when it has the focus',
    [
      [['+', '−'], 'Zoom in or out'],
      [['0'], 'Show the whole photo'],
      [['←', '→', '↑', '↓'], 'Move the zoomed photo'],
    ],
  ],
  ['Everywhere', [[['?'], 'Show these shortcuts']]],
]

/** The keyboard shortcuts of the page. */
export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} class="dialog shortcuts" aria-labelledby="shortcuts-title" onClose={onClose}>
      <h2 id="shortcuts-title">Keyboard shortcuts</h2>
      {SHORTCUTS.map(([where, rows]) => (
        <section key={where}>
          <h3>{where}</h3>
          <dl>
            {rows.map(([keys, action]) => (
              <div key={action}>
                <dt>
                  {keys.map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dt>
                <dd>{action}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
    </dialog>
  )
}
