import type { ComponentChildren } from 'preact'
import { Mark } from '../parts/icons.tsx'

export function Header({ children }: { children?: ComponentChildren }) {
  return (
    <header class="header">
      <a class="wordmark" href="#" aria-label="Firesight, start page">
        <Mark />
        Firesight
      </a>
      {children}
    </header>
  )
}
