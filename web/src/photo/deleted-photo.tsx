/** What the page shows for a photo that was deleted, here or on another device. */
export function DeletedPhoto() {
  return (
    <article class="photo">
      <h1 class="hidden">Your photo</h1>
      <section class="status status-warning" data-status="deleted">
        <div role="status">
          <h2 class="status-title">Deleted</h2>
          <p class="status-detail">The photo and all its results were deleted.</p>
        </div>
      </section>
    </article>
  )
}
