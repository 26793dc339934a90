// The processor time of the portal for the pages of a large policy: its rules as a grid, and the review of a deployment of
// it to every data store.
import { Client, signedIn } from './client.mjs'
import { report } from './numbers.mjs'
import { processorMillis, withServers } from './servers.mjs'

const SIZE = { roles: 60, data_elements: 300, data_stores: 40, rules: 2_000 }
const WARM_UP = 5
const LOADS = 40

/** The values of the boxes of a field in the form of a deployment. */
function boxesOf(html, field) {
  const boxes = html.matchAll(/<input [^>]*>/g)
  const values = [...boxes].map(([tag]) => tag).filter((tag) => tag.includes(`name="${field}"`))
  return values.map((tag) => / value="([^"]*)"/.exec(tag)[1].replaceAll('&quot;', '"'))
}

/** Composes a deployment of the policy to every data store, and returns the address of its review. */
async function composed(client, portal) {
  const html = (await client.get('/deployments/new')).body.toString()
  const stores = boxesOf(html, 'stores[]')
  const uids = boxesOf(html, 'policies[]').map((choice) => JSON.parse(choice)[1])
  const policy = String(Math.max(...uids.map(Number)))
  const form = new URLSearchParams({ reason: 'measured' })
  for (const store of stores) {
    form.append('stores[]', store)
    form.append('policies[]', JSON.stringify([store, policy]))
  }
  const { headers } = await client.send('POST', '/api/deployments/deploy', {
    body: form.toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: portal.url },
    expected: 303,
  })
  if (!headers.location.includes('/review?change=')) throw new Error(`the deployment led to ${headers.location}`)
  return { policy: `/policy/policies/${policy}`, review: headers.location }
}

/** The processor time of one load of a page, and its size. */
async function cost(client, portal, path) {
  for (let count = 0; count < WARM_UP; count += 1) await client.get(path)
  const before = processorMillis(portal)
  for (let count = 0; count < LOADS; count += 1) await client.get(path)
  const millis = (processorMillis(portal) - before) / LOADS
  const { body } = await client.get(path)
  return { millis, bytes: body.length }
}

const figures = await withServers(10, async ({ simulator, portal }) => {
  const control = new Client(simulator.url)
  const headers = { 'content-type': 'application/json' }
  await control.send('POST', '/_simulator/pim', { body: JSON.stringify(SIZE), headers, expected: 204 })
  control.close()
  // Without compression, so that the size is that of the page. What compression costs is the same for every page.
  const client = await signedIn(portal, { user: 'officer' })
  client.headers['accept-encoding'] = 'identity'
  const { policy, review } = await composed(client, portal)
  const grid = await cost(client, portal, policy)
  const all = await cost(client, portal, `${policy}?all=true`)
  const reviewed = await cost(client, portal, review)
  client.close()
  return {
    'rule-grid-processor': grid.millis,
    'rule-grid-all-processor': all.millis,
    'rule-grid-bytes': grid.bytes,
    'review-processor': reviewed.millis,
    'review-bytes': reviewed.bytes,
  }
})
report(figures)
