// The memory of the idle portal, and of each session.
import { Client, signIn } from './client.mjs'
import { report } from './numbers.mjs'
import { residentBytes, withServers } from './servers.mjs'

const WARM_UP = 100
const SESSIONS = 2_000

const figures = await withServers(1_000, async ({ portal }) => {
  const client = new Client(portal.url)
  await client.get('/sign-in')
  const idle = residentBytes(portal)

  // The first sign-ins also allocate what all sessions share: connections, buffers, the allocator's reserve.
  for (let count = 0; count < WARM_UP; count += 1) await signIn(client)
  const before = residentBytes(portal)
  for (let count = 0; count < SESSIONS; count += 1) await signIn(client)
  const after = residentBytes(portal)
  client.close()
  return { 'idle-memory': idle / 1e6, 'session-memory': (after - before) / SESSIONS }
})
report(figures)
