export function NoPhoto() {
  return (
    <section class="welcome">
      <h1>There is no photo here</h1>
      <p class="lead">
        The address names a photo that does not exist, or that belongs to somebody else.{' '}
        <a href="#">Start anew</a>, or choose one of your own below.
      </p>
    </section>
  )
}
