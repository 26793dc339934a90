// The processor time of the portal for the list of users and for the page of one user, with warm caches.
import { allUsers, signedIn } from './client.mjs'
import { chance, pick, report } from './numbers.mjs'
import { processorMillis, withServers } from './servers.mjs'

const WARM_UP = 200
const LOADS = 2_000

/** The processor time of one load, the mean of many. */
async function cost(client, portal, path) {
  for (let count = 0; count < WARM_UP; count += 1) await client.get(path())
  const before = processorMillis(portal)
  for (let count = 0; count < LOADS; count += 1) await client.get(path())
  return (processorMillis(portal) - before) / LOADS
}

const figures = await withServers(10_000, async ({ simulator, portal }) => {
  const ids = (await allUsers(simulator)).map(({ id }) => id)
  const random = chance(4)
  const client = await signedIn(portal)
  const list = () => '/users'
  const user = () => `/users/${pick(ids, random)}`
  const compressed = [await cost(client, portal, list), await cost(client, portal, user)]
  client.headers['accept-encoding'] = 'identity'
  const plain = [await cost(client, portal, list), await cost(client, portal, user)]
  client.close()
  return {
    'list-processor': plain[0],
    'list-compressed-processor': compressed[0],
    'user-processor': plain[1],
    'user-compressed-processor': compressed[1],
  }
})
report(figures)
