// The last values as a line, gaps left open. Decoration: the figures beside it say the same.
export function Sparkline({ values }: { values: (number | null)[] }) {
  const known = values.filter((value) => value !== null)
  if (known.length < 2) return <svg className="spark" viewBox="0 0 100 24" aria-hidden="true" />
  const low = Math.min(...known)
  const high = Math.max(...known)
  const x = (index: number) => (index / (values.length - 1)) * 100
  const y = (value: number) => (high === low ? 12 : 22 - ((value - low) / (high - low)) * 20)
  let path = ""
  let pen = false
  values.forEach((value, index) => {
    if (value === null) {
      pen = false
      return
    }
    path += `${pen ? "L" : "M"}${x(index).toFixed(1)} ${y(value).toFixed(1)}`
    pen = true
  })
  return (
    <svg className="spark" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
      <path d={path} fill="none" stroke="var(--curve)" strokeWidth="1.5" vectorEffect="non-scaling-stroke" strokeLinejoin="round" />
    </svg>
  )
}
