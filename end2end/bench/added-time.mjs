// The time that the portal adds to an upstream call: its page of one user against the same two calls to the cluster.
//
// The rate of requests is constant, so that a slow answer does not reduce the load that reveals it. The two measurements
// alternate every second, so that a busy moment of the machine affects both and neither affects the other.
import { setTimeout as sleep } from 'node:timers/promises'
import { allUsers, atCluster, signedIn } from './client.mjs'
import { chance, median, percentile, pick, report } from './numbers.mjs'
import { withServers } from './servers.mjs'

const RATE = 200
const TURNS = 15
const CONNECTIONS = 32

/** Calls `send` once every 1/RATE of a second for a second. Returns the milliseconds of each call. */
async function turn(send) {
  const begin = performance.now()
  const waiting = []
  for (let count = 0; count < RATE; count += 1) {
    const early = begin + (count * 1000) / RATE - performance.now()
    if (early > 0) await sleep(early)
    waiting.push(timed(send))
  }
  const seconds = (performance.now() - begin) / 1000
  if (seconds > 1.1) throw new Error(`the machine is too busy to send ${RATE} requests in a second: it took ${seconds} s`)
  return Promise.all(waiting)
}

async function timed(send) {
  const begin = performance.now()
  await send()
  return performance.now() - begin
}

/** The number of users in the directory index, which each page of a user updates. */
function measure(users) {
  return withServers(users, async ({ simulator, portal }) => {
    const ids = (await allUsers(simulator)).map(({ id }) => id)
    const page = await signedIn(portal, { connections: CONNECTIONS })
    const cluster = await atCluster(simulator, { connections: CONNECTIONS })
    const random = chance(1)
    const through = () => page.get(`/users/${pick(ids, random)}`)
    const direct = () =>
      Promise.all([cluster.get(`/pty/v1/auth/users/${pick(ids, random)}`), cluster.get('/pty/v1/auth/roles')])

    await page.get('/users')
    // The first calls open the connections and warm the code up.
    await turn(through)
    await turn(direct)
    const times = { through: [], direct: [] }
    for (let count = 0; count < TURNS; count += 1) {
      times.through.push(...(await turn(through)))
      times.direct.push(...(await turn(direct)))
    }
    page.close()
    cluster.close()
    return times
  })
}

function figures(prefix, { through, direct }) {
  const difference = (of) => of(through) - of(direct)
  const p99 = (values) => percentile(values, 0.99)
  console.error(
    `      ${prefix}: through the portal ${median(through).toFixed(2)} and ${p99(through).toFixed(2)} ms, ` +
      `directly ${median(direct).toFixed(2)} and ${p99(direct).toFixed(2)} ms (median and 99th percentile)`,
  )
  return {
    [`${prefix}-median`]: difference(median),
    [`${prefix}-p99`]: difference(p99),
    [`${prefix}-ratio`]: median(through) / median(direct),
  }
}

report({ ...figures('added', await measure(10_000)), ...figures('added-large', await measure(100_000)) })
