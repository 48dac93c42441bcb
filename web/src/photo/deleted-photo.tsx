import { useFirstFocus } from '../parts/use-first-focus.ts'

/** Shown for a photo that was deleted, here or on another device. */
export function DeletedPhoto({ isPending = false }: { isPending?: boolean }) {
  const heading = useFirstFocus()
  return (
    <article class="photo-absent" data-status="deleted">
      <h1 ref={heading} tabIndex={-1}>
        This photo was deleted
      </h1>
      <p class="lead">
        {isPending
          ? 'The photo and all its results will be deleted.'
          : 'The photo and all its results no longer exist.'}
      </p>
      <a class="button" href="#">
        Show all photos
      </a>
    </article>
  )
}
