// The objects of policy management: their forms, their pages, and what each form refuses.
import type { Page } from '@playwright/test'
import {
  button,
  enter,
  expect,
  expectNoAxe,
  expectRowVisible,
  facts,
  heading,
  outcome,
  tableOf,
  test,
  withAndWithoutJavaScript,
} from '../support/fixtures'

/** 2048 bits. The private key was thrown away. */
const PEM = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr76Vp/csdpog6p1PpRJk
5nxH8DUgwzr9bbUNCsTfz8A7CRuE8u+pFXaTzuJlpyldIVgi+c0TfjCodc5yUHZQ
P8n0y3bLp0fsZhxiWxezHugJGsiUhQvfkUvlgEIwNe5OdxHDk9JD/3t9Z8Y4E9u3
cA98nI4YIIuZXOzR+LBkLmWVZXyQKoZE2PzzLKEDxdyp4Gd22EUu/aG2+Q/275/9
j/kXLJRgkIKBS/qtXqDLiZ8rWZcHI2QK3r53RamZxk14VqB/qDBAaTgOzpQpVx86
NkQOfSgorV6CAXQ3HzUP6T4U86A+hXwhuGRITI2vOqBZPp9I+9pw8Min1NC36XR5
awIDAQAB
-----END PUBLIC KEY-----
`

const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true })
const box = (page: Page, name: string) => page.getByRole('checkbox', { name, exact: true })

withAndWithoutJavaScript((js) => {
  test('a mask shows examples before and after it is created', async ({ page, portal }) => {
    await enter(page, portal, 'officer', '/policy/masks')
    await page.getByRole('link', { name: 'New mask' }).click()
    await field(page, 'Name').fill('FIRST_2')
    await field(page, 'Characters at the left').fill('2')
    await field(page, 'Characters at the right').fill('0')
    await field(page, 'Shown instead of a hidden character').fill('#')
    await button(page, 'Show examples').click()
    await expectRowVisible(tableOf(page, 'What the mask makes of values'), { Value: 'Smith', Shown: 'Sm###' })
    await expect(field(page, 'Name')).toHaveValue('FIRST_2')
    if (js) await expectNoAxe(page)
    await button(page, 'Create mask').click()
    await expect(outcome(page, 'status')).toContainText('The mask FIRST_2 is created.')
    await expect(heading(page)).toHaveText('FIRST_2')
    expect(await facts(page)).toMatchObject({ Hides: 'all characters but the first 2', 'Shown instead': '#' })
    await expectRowVisible(tableOf(page, 'What the mask makes of values'), { Value: 'Smith', Shown: 'Sm###' })
    if (js) await expectNoAxe(page)
  })

  test('a data element has exactly the options of its method', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'officer', '/policy/data-elements')
    await page.getByRole('link', { name: 'New data element' }).click()
    if (js) await expectNoAxe(page)
    await page.getByRole('link', { name: 'Alpha-numeric token' }).click()
    await expect(page.getByRole('combobox', { name: 'Alphabet' })).toHaveCount(0)
    await field(page, 'Name').fill('DE_NEW')
    await box(page, 'Keep upper and lower case').check()
    await button(page, 'Create data element').click()
    await expect(page.getByRole('main')).toContainText('only by alpha-numeric tokens with the tokenizer SLT_2_3')
    await expect(field(page, 'Name')).toHaveValue('DE_NEW')
    await page.getByRole('combobox', { name: 'Tokenizer' }).selectOption('SLT_2_3')
    await button(page, 'Create data element').click()
    await expect(outcome(page, 'status')).toContainText('The data element DE_NEW is created.')
    expect(await facts(page)).toMatchObject({ tokenizer: 'SLT_2_3', preserveCase: 'true', lengthPreserving: 'true' })
    await expect(page.getByRole('main')).toContainText('Deleting a data element destroys its key.')
    if (js) await expectNoAxe(page)
  })

  test('an alphabet shows the characters of its code points', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'officer', '/policy/alphabets/new')
    await field(page, 'Label').fill('Danish')
    await field(page, 'Ranges').fill('0041-005A\n005A-0041')
    await button(page, 'Create alphabet').click()
    await expect(page.getByRole('main')).toContainText('Line 2: the range ends before it begins')
    await field(page, 'Ranges').fill('0041-0043')
    await field(page, 'Single characters').fill('00C6 00D8')
    await button(page, 'Create alphabet').click()
    await expect(outcome(page, 'status')).toContainText('The alphabet Danish is created.')
    const characters = tableOf(page, 'Characters of the alphabet')
    await expectRowVisible(characters, { 'Code points': '0041–0043', Count: '3', Characters: 'A B C' })
    await expectRowVisible(characters, { 'Code points': '00D8', Characters: 'Ø' })
  })

  test('an export key is judged before it is sent', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'officer', '/policy/data-stores')
    await page.getByRole('link', { name: 'DEFAULT', exact: true }).click()
    const key = field(page, 'Public key')
    await key.fill('-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----')
    await button(page, 'Add export key').click()
    await expect(page.getByRole('main')).toContainText('This is a private key.')
    const sent = (await portal.simulator.calls()).filter((call) => call.method === 'POST' && call.path.includes('/export/keys'))
    expect(sent).toEqual([])
    await key.fill(PEM)
    await button(page, 'Add export key').click()
    await expect(outcome(page, 'status')).toContainText('A key of 2048 bits is added to DEFAULT.')
    await expectRowVisible(tableOf(page, 'Export keys'), { Algorithm: 'RSA-OAEP-256', Fingerprint: /[0-9a-f]{2}(:[0-9a-f]{2}){31}/ })
    if (js) await expectNoAxe(page)
  })

  test('members join a role, and a second default data store is confirmed', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'officer', '/policy/roles')
    await page.getByRole('link', { name: 'ANALYST' }).click()
    await field(page, 'Names').fill('analyst.one@example.com, analyst.four@example.com')
    await button(page, 'Add members').click()
    await expect(outcome(page, 'status')).toContainText('1 member added to ANALYST: analyst.four@example.com.')
    await expect(outcome(page, 'status')).toContainText('Members already: analyst.one@example.com.')
    await expectRowVisible(tableOf(page, 'Members of the role'), {
      Name: 'analyst.four@example.com',
      Type: 'User',
      Source: 'corporate-directory',
    })
    if (js) await expectNoAxe(page)
    await page.goto('/policy/data-stores/new')
    await expect(page.getByRole('main')).toContainText('The default is DEFAULT now.')
    await field(page, 'Name').fill('EDGE')
    await box(page, 'Make it the default').check()
    await button(page, 'Create data store').click()
    const sure = box(page, 'Yes, the new data store becomes the default instead')
    await expect(sure).toBeVisible()
    await box(page, 'Make it the default').uncheck()
    await button(page, 'Create data store').click()
    await expect(outcome(page, 'status')).toContainText('The data store EDGE is created.')
  })

  test('an auditor sees why nothing can be created', async ({ page, portal }) => {
    await enter(page, portal, 'auditor', '/policy/sources')
    await expect(button(page, 'New member source')).toHaveAccessibleDescription(/workbench_management_policy_write/)
    await page.getByRole('link', { name: 'corporate-directory' }).click()
    expect(await facts(page)).toMatchObject({ Type: 'FILE', 'File with users': '/opt/example/members/users.csv' })
    await page.goto('/policy/applications/1')
    expect(await facts(page)).toMatchObject({ Program: '/opt/example/billing/bin/*' })
    await expectRowVisible(tableOf(page, 'Uses'), { Object: 'PROD', Kind: 'Data store' })
    await page.goto('/policy/roles/1')
    await expect(button(page, 'Add members')).toHaveAccessibleDescription(/workbench_management_policy_write/)
    if (js) await expectNoAxe(page)
  })

  test('the page of an object says where it is used', async ({ page, portal }) => {
    await enter(page, portal, 'auditor', '/policy/data-elements')
    await page.getByRole('link', { name: 'DE_SSN', exact: true }).click()
    const uses = tableOf(page, 'Uses')
    await expectRowVisible(uses, { Object: 'CUSTOMER_DATA', Kind: 'Policy', How: /permitted to: .*SUPPORT/ })
    await expectRowVisible(uses, { Object: 'PROD', Kind: 'Data store', How: /CUSTOMER_DATA/ })
    if (js) await expectNoAxe(page)
    await uses.getByRole('link', { name: 'SUPPORT' }).click()
    await expect(heading(page)).toHaveText('SUPPORT')
    await expectRowVisible(uses, { Object: 'CUSTOMER_DATA', How: /permitted with: .*DE_SSN/ })
    await uses.getByRole('link', { name: 'PROD' }).click()
    await expectRowVisible(uses, { Object: 'CUSTOMER_DATA', How: 'Is deployed here' })
  })
})
