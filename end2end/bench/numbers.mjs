// Percentiles, seeded random numbers, and the output of figures.

/** The percentile of a share, by the nearest rank. */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
}

export function median(values) {
  return percentile(values, 0.5)
}

/** A generator of numbers from 0 up to 1 (mulberry32). The same seed gives the same numbers, so that runs compare. */
export function chance(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A random one of the values. */
export function pick(values, random) {
  return values[Math.floor(random() * values.length)]
}

/** Prints the figures for `cargo xtask bench`, which has the name and the budget of each. */
export function report(figures) {
  process.stdout.write(`${JSON.stringify(figures)}\n`)
}
