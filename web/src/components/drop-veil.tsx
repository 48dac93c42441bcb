export function DropVeil() {
  return (
    <div class="veil">
      <p>Drop it anywhere</p>
    </div>
  )
}
