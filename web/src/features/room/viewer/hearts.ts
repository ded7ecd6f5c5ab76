// A heart rises from the like button and fades. Few at a time, moved by the compositor.

const COLOURS = ["#ff5d6c", "#ff8f5a", "#f7b84b", "#ff7ab5"]
const MOST = 24
let flying = 0

export function launchHeart(from: HTMLElement): void {
  if (flying >= MOST || matchMedia("(prefers-reduced-motion: reduce)").matches) return
  const box = from.getBoundingClientRect()
  const heart = document.createElement("span")
  heart.className = "rising-heart"
  heart.textContent = "♥"
  heart.setAttribute("aria-hidden", "true")
  heart.style.left = `${box.left + box.width / 2 - 10}px`
  heart.style.top = `${box.top - 8}px`
  heart.style.color = COLOURS[Math.floor(Math.random() * COLOURS.length)] ?? "#ff5d6c"
  document.body.append(heart)
  flying += 1
  const drift = (Math.random() - 0.5) * 70
  const rising = heart.animate(
    [
      { transform: "translate(0, 0) scale(0.6)", opacity: 0 },
      { transform: `translate(${drift * 0.2}px, -24px) scale(1.15)`, opacity: 1, offset: 0.15 },
      { transform: `translate(${drift}px, -160px) scale(0.9)`, opacity: 0 },
    ],
    { duration: 1500 + Math.random() * 500, easing: "ease-out" },
  )
  rising.onfinish = () => {
    flying -= 1
    heart.remove()
  }
}
