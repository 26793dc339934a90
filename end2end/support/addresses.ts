// The address of every page in the table, for tests that visit all of them.
import type { APIRequestContext, Page } from '@playwright/test'
import { expect, passConnect, passSignIn, type Portal } from './fixtures'
import { PAGES, type Route } from './routes'

/** The longest name in the simulator's list of users. */
export const LONG_NAME = 'maximiliana-wilhelmina.von-hohenschwangau-zu-trauttmansdorff-weinsberg'
/** The pages of the portal under test, which is not in demo mode. */
export const SERVED = PAGES.filter((route) => !route.demo_only)

export type Address = string | ((portal: Portal, request: APIRequestContext) => Promise<string>)

/**
 * The addresses of the pages that have a parameter, and of those that show more with a query. `request` has the session
 * of the visitor, because a job belongs to the user who starts it.
 */
export const ADDRESSES: Record<string, Address> = {
  '/users/{id}': (portal) => portal.userPath(LONG_NAME),
  '/users/{id}/edit': async (portal) => `${await portal.userPath(LONG_NAME)}/edit`,
  '/users/many': '/users/many?do=delete&ids[]=alpha&ids[]=c.okafor',
  '/groups/{id}': (portal) => groupPath(portal, 'developers'),
  '/groups/{id}/edit': async (portal) => `${await groupPath(portal, 'developers')}/edit`,
  '/roles/{name}': '/roles/helpdesk_operator',
  '/roles/{name}/edit': '/roles/helpdesk_operator/edit',
  '/roles/{name}/review': (portal, request) =>
    reviewPath(portal, request, 'roles', '/roles/helpdesk_operator/edit', (fields) => fields.delete('permissions[]')),
  '/groups/{id}/review': async (portal, request) =>
    reviewPath(portal, request, 'groups', `${await groupPath(portal, 'developers')}/edit`, (fields) => fields.delete('roles[]')),
  '/roles/compare': '/roles/compare?a=directory_viewer&b=security_viewer',
  '/saml/{alias}': '/saml/AWS-IDP',
  '/saml/{alias}/edit': '/saml/AWS-IDP/edit',
  '/entra/groups/{id}': entraGroupPath,
  '/entra/import': '/entra/import?what=users',
  '/access': accessPath,
  '/services/{api}/doc': '/services/pim/doc',
  '/jobs/{id}': jobPath,
  '/policy/sources/{uid}': '/policy/sources/1',
  '/policy/roles/{uid}': '/policy/roles/1',
  '/policy/masks/{uid}': '/policy/masks/1',
  '/policy/alphabets/{uid}': '/policy/alphabets/1',
  '/policy/data-elements/{uid}': '/policy/data-elements/1',
  '/policy/data-elements/new': '/policy/data-elements/new?method=alphaNumericToken',
  '/policy/data-stores/{uid}': '/policy/data-stores/2',
  '/policy/applications/{uid}': '/policy/applications/1',
  '/policy/policies/{uid}': '/policy/policies/1?all=true',
  '/policy/policies/{uid}/rules/new': '/policy/policies/1/rules/new?role=4&element=1',
  // A rule has a page where it has a uid.
  '/policy/policies/{uid}/rules/{rule}': async (portal) => {
    await portal.simulator.settings({ pim_items: true })
    return '/policy/policies/1/rules/30001'
  },
  '/policy/access': '/policy/access?element=1&sight=clear',
  '/proofpoint/orgs/{domain}/users': '/proofpoint/orgs/example.com/users',
  '/proofpoint/orgs/{domain}/users/many':
    '/proofpoint/orgs/example.com/users/many?do=delete&ids[]=alpha%40example.com&ids[]=c.okafor%40example.com',
  '/proofpoint/orgs/{domain}/users/new': '/proofpoint/orgs/example.com/users/new',
  '/proofpoint/orgs/{domain}/users/{email}': mailUserPath(`${LONG_NAME}@example.com`),
  '/proofpoint/orgs/{domain}/users/{email}/edit': `${mailUserPath(`${LONG_NAME}@example.com`)}/edit`,
  '/proofpoint/orgs/{domain}/users/import': '/proofpoint/orgs/example.com/users/import',
  '/proofpoint/orgs/{domain}/users/{email}/review': mailUserReviewPath('layla.haddad@example.com'),
  '/people': '/people?email=layla.haddad%40example.com',
  '/people/leaver': '/people/leaver?email=layla.haddad%40example.com',
  '/people/leaver/review': guideReviewPath('leaver', { email: 'layla.haddad', 'steps[]': 'lock' }),
  '/people/starter/review': guideReviewPath('starter', {
    'steps[]': 'account',
    username: 'new.starter',
    'roles[]': 'directory_viewer',
  }),
  '/deployments/review': deploymentReviewPath,
  '/deployments/{id}': deploymentPath('A sample'),
  '/approvals/{id}': requestPath('A sample'),
  '/proofpoint/orgs/{domain}': '/proofpoint/orgs/example.com',
  '/proofpoint/orgs/{domain}/licensing': '/proofpoint/orgs/example.com/licensing',
  '/proofpoint/orgs/{domain}/licensing/review': seatsReviewPath('example.com'),
  '/proofpoint/orgs/{domain}/features': '/proofpoint/orgs/example.com/features',
  '/proofpoint/orgs/{domain}/features/review': featuresReviewPath('example.com'),
  '/proofpoint/orgs/{domain}/senders': '/proofpoint/orgs/example.com/senders',
  '/proofpoint/orgs/{domain}/domains/new': '/proofpoint/orgs/example.com/domains/new',
  '/proofpoint/orgs/{domain}/domains/{mail_domain}': '/proofpoint/orgs/example.com/domains/pending.example.org',
}

/** Fills the parameters of a row. */
export async function addressOf(
  { path }: Route,
  portal: Portal,
  request: APIRequestContext,
  addresses: Record<string, Address> = ADDRESSES,
): Promise<string> {
  const address = addresses[path]
  if (typeof address === 'function') return address(portal, request)
  if (address === undefined && path.includes('{')) throw new Error(`ADDRESSES lacks ${path}`)
  return address ?? path
}

/** A user of example.com at Proofpoint. */
export function mailUserPath(email: string): string {
  return `/proofpoint/orgs/example.com/users/${encodeURIComponent(email)}`
}

export async function groupPath(portal: Portal, name: string): Promise<string> {
  const groups = (await (await portal.simulator.asAdmin()).call('GET', '/groups?first=0&max=1000')) as {
    id: string
    name: string
  }[]
  const group = groups.find((group) => group.name === name)
  if (!group) throw new Error(`the cluster has no group ${name}`)
  return `/groups/${group.id}`
}

/** The first group in the list of Entra ID's groups. Its link contains its name, by which the page finds the group. */
async function entraGroupPath(portal: Portal, request: APIRequestContext): Promise<string> {
  const html = await (await request.get(`${portal.url}/entra/groups`)).text()
  const path = /href="(\/entra\/groups\/[^"?]+\?name=[^"]+)"/.exec(html)?.[1]
  if (!path) throw new Error('the list of Entra ID groups has no link to a group')
  return path.replaceAll('&amp;', '&')
}

/** The answer to one question. Before it, the page shows the progress of the scan, and then reloads. */
async function accessPath(portal: Portal, request: APIRequestContext): Promise<string> {
  const path = '/access?permission=workbench_management_policy_write'
  await expect.poll(async () => (await request.get(portal.url + path)).text()).toContain('3 people have')
  return path
}

/** A finished job, which locked one user and failed for none. */
async function jobPath(portal: Portal, request: APIRequestContext): Promise<string> {
  const response = await request.post(`${portal.url}/api/users/many`, {
    headers: { origin: portal.url, accept: 'text/html' },
    form: { bulk_action: 'lock', 'users[]': 'alpha' },
    maxRedirects: 0,
  })
  const path = response.headers()['location'] ?? ''
  expect(path, 'the job of the form').toMatch(/^\/jobs\/[0-9a-f]{32}$/)
  await expect.poll(async () => (await request.get(portal.url + path)).text()).toContain('1 of 1, 1 done. Finished.')
  return path
}

/** The review of the steps of a guide. */
export function guideReviewPath(guide: 'leaver' | 'starter', form: Record<string, string>): Address {
  return async (portal, request) => {
    const path = await nextPath(portal, request, `/api/people/${guide}`, new URLSearchParams(form))
    expect(path, 'the review of the guide').toContain(`/people/${guide}/review?change=`)
    return path
  }
}

/** The review of a deployment that puts another policy in the place of the one that TEST has. */
async function deploymentReviewPath(portal: Portal, request: APIRequestContext, reason = 'A sample'): Promise<string> {
  const form = { 'stores[]': '3', 'policies[]': '["3","2"]', reason }
  const path = await nextPath(portal, request, '/api/deployments/deploy', new URLSearchParams(form))
  expect(path, 'the review of the deployment').toContain('/deployments/review?change=')
  return path
}

/** A deployment that is over, for this reason. */
export function deploymentPath(reason: string): Address {
  return async (portal, request) => {
    const job = await reviewedPath(portal, request, reason, '')
    const path = job.replace('/jobs/', '/deployments/')
    await expect.poll(async () => (await request.get(portal.url + path)).status()).toBe(200)
    return path
  }
}

/** A request for the approval of a deployment, for this reason. */
export function requestPath(reason: string): Address {
  return (portal, request) => reviewedPath(portal, request, reason, 'true')
}

/** Reviews a deployment, sends the form of the review, and returns the page that follows. */
async function reviewedPath(portal: Portal, request: APIRequestContext, reason: string, approval: string): Promise<string> {
  const review = await deploymentReviewPath(portal, request, reason)
  const html = await (await request.get(portal.url + review)).text()
  const form = /<form[^>]*action="\/api\/deployments\/[\s\S]*?<\/form>/.exec(html)?.[0] ?? ''
  const fields = fieldsOf(form)
  fields.append('approval', approval)
  return nextPath(portal, request, '/api/deployments/deploy', fields)
}

/** Sends a form, and returns the page that follows. */
async function nextPath(portal: Portal, request: APIRequestContext, action: string, fields: URLSearchParams): Promise<string> {
  const response = await request.post(portal.url + action, {
    headers: { origin: portal.url, accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' },
    data: fields.toString(),
    maxRedirects: 0,
  })
  return response.headers()['location'] ?? ''
}

/** The review of a change of a user at Proofpoint, who gets another name and takes no licence any more. */
export function mailUserReviewPath(email: string): (portal: Portal, request: APIRequestContext) => Promise<string> {
  return async (portal, request) => {
    const html = await (await request.get(`${portal.url}${mailUserPath(email)}/edit`)).text()
    const form = /<form[^>]*action="\/api\/proofpoint\/users\/edit"[\s\S]*?<\/form>/.exec(html)?.[0] ?? ''
    const fields = fieldsOf(form)
    fields.delete('billable')
    fields.set('first_name', 'Renamed')
    fields.set('user_type', 'end_user')
    const path = await nextPath(portal, request, '/api/proofpoint/users/edit', fields)
    expect(path, `the review of ${email}`).toContain('/review?change=')
    return path
  }
}

/** The review of a change of the seats of an organisation. */
export function seatsReviewPath(domain: string): (portal: Portal, request: APIRequestContext) => Promise<string> {
  return organizationReviewPath(domain, 'licensing', 'licensing/seats', ['seats', '4321'])
}

/** The review of a change of the features of an organisation. */
export function featuresReviewPath(domain: string): (portal: Portal, request: APIRequestContext) => Promise<string> {
  return organizationReviewPath(domain, 'features', 'features', ['feature_instant_replay', '3'])
}

/** The review to which the form of an organisation leads, with one field changed. */
function organizationReviewPath(
  domain: string,
  area: string,
  action: string,
  [field, value]: [string, string],
): (portal: Portal, request: APIRequestContext) => Promise<string> {
  return async (portal, request) => {
    const html = await (await request.get(`${portal.url}/proofpoint/orgs/${domain}/${area}`)).text()
    const form = new RegExp(`<form[^>]*action="/api/proofpoint/${action}"[\\s\\S]*?</form>`).exec(html)?.[0] ?? ''
    const fields = fieldsOf(form)
    fields.set(field, value)
    const path = await nextPath(portal, request, `/api/proofpoint/${action}`, fields)
    expect(path, `the review of ${area}`).toContain(`/${area}/review?change=`)
    return path
  }
}

/** The values of the inputs of a form, as a browser sends them. */
function fieldsOf(form: string): URLSearchParams {
  const fields = new URLSearchParams()
  for (const [tag] of form.matchAll(/<input [^>]*>/g)) {
    const value = (name: string) => unescaped(new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? '')
    const isSent = !/type="checkbox"/.test(tag) || / checked/.test(tag)
    if (isSent && value('name')) fields.append(value('name'), value('value'))
  }
  return fields
}

/** The review of a change that takes everything from a role or a group: sends the form of this page, changed. */
export async function reviewPath(
  portal: Portal,
  request: APIRequestContext,
  area: 'roles' | 'groups',
  page: string,
  change: (fields: URLSearchParams) => void,
): Promise<string> {
  const html = await (await request.get(portal.url + page)).text()
  const form = new RegExp(`<form[^>]*action="/api/${area}/edit"[\\s\\S]*?</form>`).exec(html)?.[0] ?? ''
  const fields = fieldsOf(form)
  const description = /<textarea[^>]*name="description"[^>]*>([^<]*)</.exec(form)?.[1]
  if (description !== undefined) fields.append('description', unescaped(description))
  fields.append('confirm_no_admins', 'true')
  fields.append('confirm_self', 'true')
  change(fields)
  const path = await nextPath(portal, request, `/api/${area}/edit`, fields)
  expect(path, `the review of ${page}`).toContain('/review?change=')
  return path
}

const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#x27;': "'", '&amp;': '&' }

function unescaped(text: string): string {
  return text.replace(/&(?:lt|gt|quot|#x27|amp);/g, (entity) => ENTITIES[entity] ?? entity)
}

/** Signs in as the administrator, with a partner's account at Proofpoint: the two that every page of the table opens for. */
export async function passSystems(request: APIRequestContext, portal: Portal): Promise<void> {
  await passSignIn(request, portal, 'admin')
  await passConnect(request, portal, 'partner@msp.example')
}

/** Opens a page of the table as the administrator, or signed out if the page needs no session. */
export async function visit(
  page: Page,
  portal: Portal,
  route: Route,
  addresses: Record<string, Address> = ADDRESSES,
): Promise<void> {
  const request = page.context().request
  if (route.needs !== 'nothing') await passSystems(request, portal)
  const address = await addressOf(route, portal, request, addresses)
  const response = await page.goto(address)
  expect(response?.status(), address).toBe(200)
  await expect(page.locator('body[data-hydrated]')).toBeAttached()
  await expect(page, 'the page is not a redirect').toHaveURL(address)
}
