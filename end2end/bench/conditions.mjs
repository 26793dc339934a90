// Under which conditions the figures come about: the day, the machine, and whether it does anything else.
import { cpus, totalmem } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { report } from './numbers.mjs'

const WATCHED_MS = 3_000

/** Milliseconds that the processors have worked, and been there, since the machine started. */
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
