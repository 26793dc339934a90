// The time from the start of `postern serve` to its first answer.
import { Client } from './client.mjs'
import { median, report } from './numbers.mjs'
import { withServers } from './servers.mjs'

const STARTS = 7

const times = []
for (let count = 0; count < STARTS; count += 1) {
  await withServers(10, async ({ portal }) => {
    const client = new Client(portal.url)
    await client.get('/sign-in')
    times.push(performance.now() - portal.startedAt)
    client.close()
  })
}
report({ start: median(times) })
