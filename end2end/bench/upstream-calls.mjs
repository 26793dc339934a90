// The number of calls from a list page to the cluster, as the cluster counts them.
import { Client, signedIn } from './client.mjs'
import { report } from './numbers.mjs'
import { withServers } from './servers.mjs'

const figures = await withServers(10_000, async ({ simulator, portal }) => {
  const control = new Client(simulator.url)
  const callsOf = async (client, path) => {
    await control.send('DELETE', '/_simulator/calls', { expected: 204 })
    await client.get(path)
    return (await control.json('/_simulator/calls')).length
  }
  const [first, second] = [await signedIn(portal), await signedIn(portal)]
  const cold = await callsOf(first, '/users')
  const warm = [
    await callsOf(first, '/users?q=maria&sort=-created&page=2'),
    // The second user's session is new, so the portal checks its permission at the cluster.
    await callsOf(second, '/users?q=maria'),
    await callsOf(second, '/users?state=locked'),
  ]
  for (const client of [control, first, second]) client.close()
  return { 'calls-cold': cold, 'calls-warm': Math.max(...warm) }
})
report(figures)
