// Percentiles, and chance that is the same in every run.

/** The value that `share` of the values do not exceed (nearest rank). */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
}

export function median(values) {
  return percentile(values, 0.5)
}

/** Numbers from 0 up to 1 (mulberry32), the same for the same seed: two runs measure the same thing. */
export function chance(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** One of the values. */
export function pick(values, random) {
  return values[Math.floor(random() * values.length)]
}

/** Hands the figures to `cargo xtask bench`, which knows what each is called and may be at most. */
export function report(figures) {
  process.stdout.write(`${JSON.stringify(figures)}\n`)
}
