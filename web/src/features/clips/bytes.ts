// Sizes as disks are sold: powers of ten.
const UNITS = ["B", "KB", "MB", "GB", "TB"]

export function bytes(value: number): string {
  let rest = value
  let unit = 0
  while (rest >= 1000 && unit < UNITS.length - 1) {
    rest /= 1000
    unit += 1
  }
  return `${unit === 0 || rest >= 100 ? Math.round(rest) : rest.toFixed(1)} ${UNITS[unit] ?? ""}`
}
