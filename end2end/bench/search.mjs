// The times of search, sort and filter among 100,000 users, one after another on a kept-alive connection, and the memory
// of the directory index.
import { allUsers, listed, signedIn } from './client.mjs'
import { chance, median, percentile, pick, report } from './numbers.mjs'
import { residentBytes, withServers } from './servers.mjs'

const QUERIES = 1_000
const LOOKS = 200
const RENEWALS = 3
const SORTS = ['username', 'name', 'email', 'state', 'created'].flatMap((key) => [key, `-${key}`])

/** Typical search texts: a name, its beginning, two words, part of an email or an id, a text without a match. */
function words(users, random) {
  const { username, firstName, lastName, email, id } = pick(users, random)
  const typed = [
    firstName,
    lastName?.slice(0, 3),
    `${firstName} ${lastName?.slice(0, 2)}`,
    username,
    email?.split('@')[0],
    id.slice(0, 8),
    'no-such-user-name',
    '',
  ]
  return pick(typed, random) ?? ''
}

function address(users, random) {
  const query = new URLSearchParams()
  const q = words(users, random)
  if (q) query.set('q', q)
  if (random() < 0.7) query.set('sort', pick(SORTS, random))
  if (random() < 0.3) query.set('state', pick(['open', 'locked'], random))
  if (random() < 0.3) query.set('page', String(1 + Math.floor(random() * 20)))
  return `/users?${query}`
}

const figures = await withServers(100_000, async ({ simulator, portal }) => {
  const users = await allUsers(simulator)
  const client = await signedIn(portal)
  const random = chance(2)
  await client.get('/session')

  const before = residentBytes(portal)
  await listed(client, '/users')
  const indexed = residentBytes(portal) - before

  // The index sorts by a column at its first request, which waits for it, so the first request counts too.
  const times = []
  for (let count = 0; count < QUERIES; count += 1) {
    times.push((await client.get(address(users, random))).millis)
  }

  // The steps of the help desk: find a user, view the page, go back to the list.
  const afterLook = []
  for (let count = 0; count < LOOKS; count += 1) {
    await client.get(`/users/${pick(users, random).id}`)
    afterLook.push((await client.get(address(users, random))).millis)
  }

  for (let count = 0; count < RENEWALS; count += 1) await client.get('/users?fresh=1')
  const renewed = residentBytes(portal) - before
  client.close()
  return {
    'search-median': median(times),
    'search-p99': percentile(times, 0.99),
    'search-slowest': Math.max(...times),
    'search-after-look-p99': percentile(afterLook, 0.99),
    'index-memory': indexed / 1e6,
    'index-memory-renewed': renewed / 1e6,
  }
})
report(figures)
