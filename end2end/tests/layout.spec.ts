// The layout of every page in the table of addresses: the size of its text, and its width on a narrow screen when the
// cluster has very long names.
import type { Page } from '@playwright/test'
import {
  ADDRESSES,
  deploymentPath,
  featuresReviewPath,
  groupPath,
  mailUserPath,
  mailUserReviewPath,
  requestPath,
  reviewPath,
  SERVED,
  seatsReviewPath,
  visit,
  type Address,
} from '../support/addresses'
import { button, enter, expect, heading, PASSWORD, test, withAndWithoutJavaScript, type Portal } from '../support/fixtures'

const LENGTH = 250
const SOLID = 'x'.repeat(LENGTH)
const SPACED = 'word '.repeat(LENGTH / 5).trim()
const PHRASE = { name: SPACED, description: SOLID }

/** Creates a user, roles, groups and a SAML provider with names of 250 characters, with and without spaces. */
async function createLongNames(portal: Portal): Promise<void> {
  const admin = await portal.simulator.asAdmin()
  const permissions = ['can_create_token', 'user_manager_viewer']
  await admin.call('POST', '/roles', { name: SOLID, description: SOLID, permissions })
  await admin.call('POST', '/roles', { ...PHRASE, permissions })
  await admin.call('POST', '/saml/providers', {
    alias: SOLID,
    displayName: SOLID,
    configType: 'metadataUrl',
    metadataUrl: `https://${'a'.repeat(60)}.example.com/${SOLID}`,
  })
  await admin.call('POST', '/users', {
    username: SOLID,
    email: `${'y'.repeat(60)}@${'z'.repeat(60)}.example.com`,
    firstName: SOLID,
    lastName: SPACED,
    password: PASSWORD,
    roles: [SOLID, SPACED],
    groups: [],
  })
  await admin.call('POST', '/groups', { name: SOLID, description: SOLID, members: [SOLID], roles: [SOLID] })
  await admin.call('POST', '/groups', { ...PHRASE, members: [SOLID], roles: [SPACED] })
}

async function userPath(portal: Portal): Promise<string> {
  return `/users/${await (await portal.simulator.asAdmin()).userId(SOLID)}`
}

/** The longest name of an object of policy management. */
const CODE = 'X'.repeat(55)
const OPERATIONS = { protect: true, reProtect: true, unProtect: true }

/** The page of an object of policy management with a long name, which is created. */
function policyObject(page: string, collection: string, fields: Record<string, unknown>): Address {
  return async (portal) => {
    const admin = await portal.simulator.asAdmin()
    const uid = await admin.create(collection, { name: CODE, description: SOLID, ...fields })
    return page.replace('{uid}', uid)
  }
}

/** The same of the objects that have no description or no name. */
function otherObject(page: string, collection: string, fields: Record<string, unknown>): Address {
  return async (portal) => page.replace('{uid}', await (await portal.simulator.asAdmin()).create(collection, fields))
}

/** The page of a rule for a role and a data element with long names, which are created. A rule has a page where it has a uid. */
async function rulePath(portal: Portal): Promise<string> {
  await portal.simulator.settings({ pim_items: true })
  const admin = await portal.simulator.asAdmin()
  const named = { name: CODE, description: SOLID }
  const role = await admin.create('/roles', { ...named, mode: 'MANUAL', allowAll: true })
  const dataElement = await admin.create('/dataelements', { ...named, aes256CbcEnc: {} })
  const policy = await admin.create('/policies', { ...named, template: { access: OPERATIONS } })
  await admin.create(`/policies/${policy}/rules`, { role, dataElement, permission: { access: OPERATIONS } })
  return `/policy/policies/${policy}/rules/${role}${dataElement.padStart(4, '0')}`
}

/** A domain of an organisation with a long name, which is created below the partner's. */
const DOMAIN = `${`${'x'.repeat(60)}.`.repeat(3)}example`

/** The page of the organisation with the long name, or one below it. */
function organizationPath(below = ''): (portal: Portal) => Promise<string> {
  return async (portal) => {
    const server = `mail.${DOMAIN}`
    const response = await fetch(`${portal.proofpoint.url}/api/v1/orgs/msp.example/orgs`, {
      method: 'POST',
      headers: { 'x-user': 'partner@msp.example', 'x-password': PASSWORD, 'content-type': 'application/json' },
      body: JSON.stringify({
        primary_domain: DOMAIN,
        name: SOLID,
        user_licenses: 10,
        domains: [{ name: DOMAIN, is_relay: true, is_active: false, destination: server, failovers: [server, server] }],
        admin_user: { primary_email: `admin@${DOMAIN}`, firstname: SOLID, surname: SPACED },
      }),
    })
    expect(response.status, await response.text()).toBe(201)
    return `/proofpoint/orgs/${DOMAIN}${below}`
  }
}

/** The page of a user at Proofpoint with a long name and a long address, who is created. */
async function longMailUserPath(portal: Portal): Promise<string> {
  const email = `${'y'.repeat(200)}@example.com`
  const response = await fetch(`${portal.proofpoint.url}/api/v1/orgs/example.com/users`, {
    method: 'POST',
    headers: { 'x-user': 'admin@example.com', 'x-password': PASSWORD, 'content-type': 'application/json' },
    body: JSON.stringify({ primary_email: email, firstname: SOLID, surname: SPACED, type: 'end_user' }),
  })
  expect(response.status, await response.text()).toBe(201)
  return mailUserPath(email)
}

/** The addresses of the objects with long names, where a page shows one. */
const LONG: Record<string, Address> = {
  ...ADDRESSES,
  '/users': `/users?fresh=1&q=${SOLID.slice(0, 100)}`,
  '/users/{id}': userPath,
  '/people': `/people?email=${SOLID}`,
  '/people/leaver': `/people/leaver?email=${SOLID}`,
  '/users/{id}/edit': async (portal) => `${await userPath(portal)}/edit`,
  '/users/many': `/users/many?do=group&ids[]=${SOLID}`,
  '/groups': '/groups?fresh=1',
  '/groups/{id}': (portal) => groupPath(portal, SOLID),
  '/groups/{id}/edit': async (portal) => `${await groupPath(portal, SPACED)}/edit`,
  '/roles': '/roles?fresh=1',
  '/roles/{name}': `/roles/${SOLID}`,
  '/roles/{name}/edit': `/roles/${encodeURIComponent(SPACED)}/edit`,
  '/roles/{name}/review': (portal, request) =>
    reviewPath(portal, request, 'roles', `/roles/${SOLID}/edit`, (fields) => fields.delete('permissions[]')),
  '/groups/{id}/review': async (portal, request) =>
    reviewPath(portal, request, 'groups', `${await groupPath(portal, SPACED)}/edit`, (fields) => fields.delete('roles[]')),
  '/roles/compare': `/roles/compare?a=${SOLID}&b=${encodeURIComponent(SPACED).replaceAll('%20', '+')}`,
  '/saml/{alias}': `/saml/${SOLID}`,
  '/saml/{alias}/edit': `/saml/${SOLID}/edit`,
  '/access': async (_, request) => {
    const path = `/access?role=${SOLID}`
    await request.get('/access?fresh=1')
    await expect.poll(async () => (await request.get(path)).text()).toContain('1 person has')
    return path
  },
  '/policy/sources/{uid}': otherObject('/policy/sources/{uid}', '/sources', {
    name: CODE,
    type: 'FILE',
    connection: { userFile: `/${SOLID}`, groupFile: `/${SOLID}` },
  }),
  '/policy/roles/{uid}': policyObject('/policy/roles/{uid}', '/roles', { mode: 'MANUAL', allowAll: true }),
  '/policy/masks/{uid}': policyObject('/policy/masks/{uid}', '/masks', {
    fromLeft: 2,
    fromRight: 2,
    masked: true,
    character: '*',
  }),
  '/policy/alphabets/{uid}': otherObject('/policy/alphabets/{uid}', '/alphabets', {
    label: CODE,
    ranges: [{ from: '0041', to: '3000' }],
  }),
  '/policy/data-elements/{uid}': policyObject('/policy/data-elements/{uid}', '/dataelements', { aes256CbcEnc: {} }),
  '/policy/data-stores/{uid}': policyObject('/policy/data-stores/{uid}', '/datastores', { default: false }),
  '/policy/applications/{uid}': policyObject('/policy/applications/{uid}', '/applications', {
    applicationName: 'x'.repeat(63),
    applicationUser: SOLID,
  }),
  '/policy/picture': policyObject('/policy/picture?policy={uid}', '/policies', { template: { access: OPERATIONS } }),
  '/policy/policies/{uid}': policyObject('/policy/policies/{uid}?all=true', '/policies', {
    template: { access: OPERATIONS },
  }),
  '/proofpoint/orgs/{domain}': organizationPath(),
  '/proofpoint/orgs/{domain}/licensing': organizationPath('/licensing'),
  '/proofpoint/orgs/{domain}/licensing/review': async (portal, request) => {
    await organizationPath()(portal)
    return seatsReviewPath(DOMAIN)(portal, request)
  },
  '/proofpoint/orgs/{domain}/features': organizationPath('/features'),
  '/proofpoint/orgs/{domain}/features/review': async (portal, request) => {
    await organizationPath()(portal)
    return featuresReviewPath(DOMAIN)(portal, request)
  },
  '/proofpoint/orgs/{domain}/senders': organizationPath('/senders'),
  '/proofpoint/orgs/{domain}/domains/new': organizationPath('/domains/new'),
  '/proofpoint/orgs/{domain}/domains/{mail_domain}': organizationPath(`/domains/${DOMAIN}`),
  '/proofpoint/orgs/{domain}/users': async (portal) => {
    await longMailUserPath(portal)
    return '/proofpoint/orgs/example.com/users?fresh=1&q=yyy'
  },
  '/proofpoint/orgs/{domain}/users/many': async (portal) => {
    const email = decodeURIComponent((await longMailUserPath(portal)).split('/').pop() ?? '')
    return `/proofpoint/orgs/example.com/users/many?do=functional&ids[]=${encodeURIComponent(email)}`
  },
  // The form of a new user has the same fields as that of one with a long name.
  '/proofpoint/orgs/{domain}/users/new': '/proofpoint/orgs/example.com/users/new?long',
  '/proofpoint/orgs/{domain}/users/import': '/proofpoint/orgs/example.com/users/import?long',
  '/proofpoint/orgs/{domain}/users/{email}': longMailUserPath,
  '/proofpoint/orgs/{domain}/users/{email}/review': async (portal, request) => {
    const email = decodeURIComponent((await longMailUserPath(portal)).split('/').pop() ?? '')
    return mailUserReviewPath(email)(portal, request)
  },
  '/proofpoint/orgs/{domain}/users/{email}/edit': async (portal) => `${await longMailUserPath(portal)}/edit`,
  '/deployments/{id}': deploymentPath(SOLID.slice(0, 300)),
  '/approvals/{id}': requestPath(SOLID.slice(0, 300)),
  '/policy/policies/{uid}/rules/{rule}': rulePath,
  '/policy/policies/{uid}/rules/new': policyObject('/policy/policies/{uid}/rules/new', '/policies', {
    template: { access: OPERATIONS },
  }),
}

/** The elements that are wider than the window, or than the dialog that they are in. Tables scroll by themselves. */
async function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const name = (element: Element) => `${element.tagName}.${element.getAttribute('class') ?? ''}`
    const found: string[] = []
    const check = (box: Element) => {
      if (box.scrollWidth <= box.clientWidth) return
      const { right } = box.getBoundingClientRect()
      const wide = [...box.querySelectorAll('*')].filter((element) => {
        const own = element.getBoundingClientRect()
        const isHeld = element.closest('.table-wrap') && getComputedStyle(element).position !== 'absolute'
        return own.right > right + 0.1 && !isHeld
      })
      found.push(`${name(box)}: ${wide.slice(0, 6).map(name).join(' ')}`)
    }
    check(document.documentElement)
    for (const dialog of document.querySelectorAll('dialog')) {
      if (!dialog.open) dialog.showModal()
      check(dialog)
      dialog.close()
    }
    return found
  })
}

/** The texts below 12 px. */
async function tooSmall(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const small = new Set<string>()
    while (texts.nextNode()) {
      const element = texts.currentNode.parentElement
      if (!element || !texts.currentNode.textContent?.trim() || element.closest('script, style, noscript')) continue
      const size = parseFloat(getComputedStyle(element).fontSize)
      if (size < 12) small.add(`${element.tagName}.${element.className} ${size}: ${element.textContent?.slice(0, 40)}`)
    }
    return [...small]
  })
}

async function sizes(page: Page): Promise<Record<'root' | 'body' | 'h1' | 'h2', number | undefined>> {
  return page.evaluate(() => {
    const size = (selector: string) => {
      const element = document.querySelector(selector)
      return element ? parseFloat(getComputedStyle(element).fontSize) : undefined
    }
    return { root: size('html'), body: size('body'), h1: size('main h1'), h2: size('main h2') }
  })
}

test.describe('long names fit, and the text is large enough on', () => {
  for (const route of SERVED) {
    test(route.path, async ({ page, portal }) => {
      await createLongNames(portal)
      await visit(page, portal, route, LONG)
      const { root, body = 0, h1 = 0, h2 } = await sizes(page)
      expect(root).toBe(16)
      expect(h1).toBeGreaterThan(body * 1.4)
      if (h2 !== undefined) expect(h2).toBeGreaterThan(body * 1.15)
      expect(await tooSmall(page)).toEqual([])
      for (const width of [1280, 390, 320]) {
        await page.setViewportSize({ width, height: 800 })
        expect(await tooWide(page), `wider than ${width} px`).toEqual([])
      }
    })
  }
})

test('every page with a parameter shows a long name', () => {
  const parametric = SERVED.filter(({ path }) => path.includes('{') && !/entra|jobs|services/.test(path))
  expect(parametric.filter(({ path }) => LONG[path] === ADDRESSES[path]).map(({ path }) => path)).toEqual([])
})

test('a person with a long name has pages that fit', async ({ page, portal }) => {
  await createLongNames(portal)
  await page.goto('/sign-in')
  await page.getByLabel('User name', { exact: true }).fill(SOLID)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await button(page, 'Sign in').click()
  await expect(heading(page)).toHaveText('Overview')
  for (const path of ['/', '/users', '/session', '/session/password']) {
    await page.goto(path)
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 800 })
      expect(await tooWide(page), `${path}: wider than ${width} px`).toEqual([])
    }
  }
})

test("all sizes follow the browser's setting", async ({ page, portal, context }) => {
  await enter(page, portal, 'admin', '/users')
  const before = await sizes(page)
  const control = async () => (await button(page, 'Search').boundingBox())?.height ?? 0
  const height = await control()
  const client = await context.newCDPSession(page)
  await client.send('Page.setFontSizes', { fontSizes: { standard: 24, fixed: 20 } })
  await page.reload()
  const after = await sizes(page)
  expect(after.root).toBe(24)
  expect(after.body).toBeCloseTo((before.body ?? 0) * 1.5, 1)
  expect(after.h1).toBeCloseTo((before.h1 ?? 0) * 1.5, 1)
  expect(await control()).toBeCloseTo(height * 1.5, 0)
})

withAndWithoutJavaScript((js) => {
  test('on a narrow screen the navigation is one button', async ({ page, portal }) => {
    await page.setViewportSize({ width: 390, height: 800 })
    await enter(page, portal, 'admin', '/users')
    const areas = page.getByRole('navigation', { name: 'Areas' })
    const menu = button(areas, 'Menu')
    const groups = areas.getByRole('link', { name: 'Groups' })
    await expect(groups).toBeHidden()
    expect((await areas.boundingBox())?.height).toBeLessThan(64)

    await menu.focus()
    await page.keyboard.press('Enter')
    await expect(groups).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(groups).toBeHidden()
    await expect(menu).toBeFocused()
    await menu.click()
    await groups.click()
    await expect(heading(page)).toHaveText('Groups')

    await page.setViewportSize({ width: 1280, height: 800 })
    await expect(menu).toBeHidden()
    await expect(groups).toBeVisible()
  })

  test('on a narrow screen a list keeps name and state in sight', async ({ page, portal }) => {
    await page.setViewportSize({ width: 320, height: 800 })
    await createLongNames(portal)
    await enter(page, portal, 'admin', '/users?fresh=1')
    const table = page.getByRole('region', { name: 'Users table' })
    for (const row of [
      table.getByRole('row').filter({ hasText: 'alpha' }),
      table.getByRole('row').filter({ hasText: 'c.okafor' }),
    ]) {
      await row.scrollIntoViewIfNeeded()
      await table.evaluate((element) => element.scrollTo({ left: element.scrollWidth }))
      await expect(row.getByRole('link').first()).toBeInViewport({ ratio: 1 })
      await expect(row.getByText(/^(Open|Locked)$/).filter({ visible: true })).toBeInViewport({ ratio: 1 })
    }
    if (js) {
      await page.setViewportSize({ width: 1280, height: 800 })
      const state = table.getByRole('columnheader', { name: 'State' })
      await expect(state).toBeVisible()
    }
  })
})
