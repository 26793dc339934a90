// The conditions of the measurements: the date, the machine, and its other load.
import { cpus, totalmem } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { report } from './numbers.mjs'

const WATCHED_MS = 3_000

/** The busy and the total milliseconds of all processors since the machine started. */
function used() {
  const times = cpus().map(({ times }) => times)
  const sum = (of) => times.reduce((total, time) => total + of(time), 0)
  return {
    busy: sum(({ user, nice, sys, irq }) => user + nice + sys + irq),
    all: sum(({ user, nice, sys, irq, idle }) => user + nice + sys + irq + idle),
  }
}

const before = used()
await sleep(WATCHED_MS)
const after = used()
report({
  date: new Date().toISOString().slice(0, 10),
  cores: cpus().length,
  memoryGib: Math.round(totalmem() / 2 ** 30),
  busyPercent: Math.round((100 * (after.busy - before.busy)) / (after.all - before.all)),
})
