// The memory of the idle portal, and of each session.
import { atCluster, Client, PASSWORD, signIn } from './client.mjs'
import { report } from './numbers.mjs'
import { residentBytes, withServers } from './servers.mjs'

const WARM_UP = 100
const SESSIONS = 2_000

/** How many sessions the portal keeps of one person. */
const SESSIONS_OF_ONE = 10

/** Creates enough people for so many sessions, and returns their names. */
async function people(cluster, sessions) {
  const names = Array.from({ length: sessions / SESSIONS_OF_ONE }, (_, at) => `person-${at}`)
  for (const username of names) {
    await cluster.send('POST', '/pty/v1/auth/users', {
      body: JSON.stringify({ username, password: PASSWORD, enabled: true, roles: ['helpdesk_operator'] }),
      headers: { 'content-type': 'application/json' },
    })
  }
  return names
}

const figures = await withServers(1_000, async ({ portal, simulator }) => {
  const cluster = await atCluster(simulator, { user: 'admin' })
  const names = await people(cluster, WARM_UP + SESSIONS)
  cluster.close()
  const client = new Client(portal.url)
  await client.get('/sign-in')
  const idle = residentBytes(portal)

  // The first sign-ins also allocate what all sessions share: connections, buffers, the allocator's reserve.
  for (let count = 0; count < WARM_UP; count += 1) await signIn(client, names[count % names.length])
  const before = residentBytes(portal)
  for (let count = WARM_UP; count < WARM_UP + SESSIONS; count += 1) {
    await signIn(client, names[count % names.length])
  }
  const after = residentBytes(portal)
  client.close()
  return { 'idle-memory': idle / 1e6, 'session-memory': (after - before) / SESSIONS }
})
report(figures)
