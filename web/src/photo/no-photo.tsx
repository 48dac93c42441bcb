export function NoPhoto() {
  return (
    <section class="welcome">
      <h1>Photo not found</h1>
      <p class="lead">
        This photo does not exist, or it belongs to another user. <a href="#">Go to the start page</a>, or
        choose one of your photos below.
      </p>
    </section>
  )
}
