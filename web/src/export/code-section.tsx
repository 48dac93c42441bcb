import { useId, useRef, useState } from 'preact/hooks'
import { CopyButton, type Report } from './action-button.tsx'
import { type Language, type SnippetPhoto, type SnippetProject, snippetsOf } from './snippets.ts'

type Props = { photo: SnippetPhoto; project: SnippetProject; report: Report }

/** Code for this photo in tabs. https://www.w3.org/WAI/ARIA/apg/patterns/tabs/ */
export function CodeSection({ photo, project, report }: Props) {
  const [shown, show] = useState<Language>('Web')
  const id = useId()
  const tabs = useRef(new Map<Language, HTMLButtonElement>())
  const snippets = snippetsOf(photo, project)
  const languages = Object.keys(snippets) as Language[]

  const onKeyDown = (event: KeyboardEvent) => {
    const at = languages.indexOf(shown)
    const targets: Record<string, number> = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1 + languages.length,
      Home: 0,
      End: languages.length - 1,
    }
    const target = targets[event.key]
    if (target === undefined) return
    event.preventDefault()
    const language = languages[target % languages.length]!
    show(language)
    tabs.current.get(language)?.focus()
  }
  return (
    <section class="export-section" aria-labelledby={`${id}-title`}>
      <h3 id={`${id}-title`}>Code for this photo</h3>
      <div class="tabs" role="tablist" aria-labelledby={`${id}-title`} onKeyDown={onKeyDown}>
        {languages.map((language) => (
          <button
            key={language}
            ref={(element) => void (element && tabs.current.set(language, element))}
            type="button"
            class="tab"
            role="tab"
            id={`${id}-${language}`}
            aria-controls={`${id}-code`}
            aria-selected={language === shown}
            tabIndex={language === shown ? 0 : -1}
            onClick={() => show(language)}
          >
            {language}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-code`} aria-labelledby={`${id}-${shown}`}>
        <pre class="json export-code" tabIndex={0}>
          {snippets[shown]}
        </pre>
      </div>
      <div class="export-buttons">
        <CopyButton text={() => snippets[shown]} what={`code for ${shown}`} report={report}>
          Copy code
        </CopyButton>
      </div>
    </section>
  )
}
