// The times of search, sort and filter among 50,000 users of an organisation at Proofpoint, and of the same queries among
// as many users of the cluster, in turns; and the calls to Proofpoint for the list, as Proofpoint counts them.
import { allMailUsers, Client, connect, listed, signedIn } from './client.mjs'
import { chance, median, percentile, pick, report } from './numbers.mjs'
import { withServers } from './servers.mjs'

const QUERIES = 1_000
const ADMIN = 'admin@example.com'
const LISTS = { mail: '/proofpoint/orgs/example.com/users', cluster: '/users' }

/** A column of the one list, and the one like it of the other. */
const SORTS = [
  { mail: 'email', cluster: 'email' },
  { mail: 'name', cluster: 'name' },
  { mail: 'state', cluster: 'state' },
  { mail: 'type', cluster: 'username' },
  { mail: 'aliases', cluster: 'created' },
]
const STATES = [
  { mail: 'active', cluster: 'open' },
  { mail: 'inactive', cluster: 'locked' },
]

/** Typical search texts: a name, its beginning, two words, part of an address, a text without a match. */
function words(users, random) {
  const { firstname, surname, primary_email: email } = pick(users, random)
  const typed = [
    firstname,
    surname?.slice(0, 3),
    `${firstname} ${surname?.slice(0, 2)}`,
    email,
    email.split('@')[0],
    'no-such-user-name',
    '',
  ]
  return pick(typed, random) ?? ''
}

/** A query as the addresses of both lists. */
function addresses(users, random) {
  const [q, ways] = [words(users, random), ['', '-']]
  const sort = random() < 0.7 && { column: pick(SORTS, random), way: pick(ways, random) }
  const state = random() < 0.3 && pick(STATES, random)
  const page = random() < 0.3 && String(1 + Math.floor(random() * 20))
  const address = (list) => {
    const query = new URLSearchParams()
    if (q) query.set('q', q)
    if (sort) query.set('sort', sort.way + sort.column[list])
    if (state) query.set('state', state[list])
    if (page) query.set('page', page)
    return `${LISTS[list]}?${query}`
  }
  return { mail: address('mail'), cluster: address('cluster') }
}

/** So many queries, no two of which are the same. */
function queries(users, random) {
  const different = new Map()
  while (different.size < QUERIES) {
    const query = addresses(users, random)
    different.set(query.mail, query)
  }
  return [...different.values()]
}

const figures = await withServers(
  50_000,
  async ({ proofpoint, portal }) => {
    const users = await allMailUsers(proofpoint, 'example.com', ADMIN)
    const control = new Client(proofpoint.url)
    const callsOf = async (client, address) => {
      await control.send('DELETE', '/_simulator/calls', { expected: 204 })
      await client.get(address)
      return (await control.json('/_simulator/calls')).length
    }
    const [first, second] = [await signedIn(portal), await signedIn(portal)]
    for (const client of [first, second]) await connect(client, ADMIN)

    const cold = await callsOf(first, LISTS.mail)
    const warm = [
      await callsOf(first, `${LISTS.mail}?q=maria&sort=-name&page=2`),
      // The second session is new to the list, so the portal checks its permission at Proofpoint.
      await callsOf(second, `${LISTS.mail}?q=maria`),
      await callsOf(second, `${LISTS.mail}?state=inactive`),
    ]

    await listed(first, LISTS.cluster)
    const times = { mail: [], cluster: [] }
    for (const query of queries(users, chance(3))) {
      for (const list of ['mail', 'cluster']) times[list].push((await first.get(query[list])).millis)
    }
    for (const client of [control, first, second]) client.close()
    const [mail, cluster] = [times.mail, times.cluster].map((list) => percentile(list, 0.99))
    return {
      'mail-search-median': median(times.mail),
      'mail-search-p99': mail,
      'mail-search-slowest': Math.max(...times.mail),
      'mail-search-cluster-p99': cluster,
      'mail-search-ratio': mail / cluster,
      'mail-calls-cold': cold,
      'mail-calls-warm': Math.max(...warm),
    }
  },
  { proofpoint: true },
)
report(figures)
