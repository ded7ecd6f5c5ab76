// A webhook added by the screen: its secret is shown once, what happens arrives signed, what fails is seen.
import { expect, test } from "@playwright/test"
import { createHmac } from "node:crypto"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { call, signIn } from "./server"

interface Got {
  id: string
  time: string
  signature: string
  body: string
}

let receiver: Server
let url = ""
let status = 204
const got: Got[] = []

test.beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = ""
    request.on("data", (chunk: Buffer) => { body += chunk.toString() })
    request.on("end", () => {
      const header = (name: string) => String(request.headers[name])
      got.push({ id: header("webhook-id"), time: header("webhook-timestamp"), signature: header("webhook-signature"), body })
      response.writeHead(status).end(status === 204 ? undefined : "<b>not today</b>")
    })
  })
  await new Promise<void>((done) => receiver.listen(0, "127.0.0.1", done))
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/in`
})

test.afterAll(() => { receiver.close() })

test("a webhook is added, hears of a new room, and shows what failed", async ({ page, request }) => {
  await signIn(page)
  await page.goto("/console/webhooks")
  await page.getByRole("button", { name: "新建推送" }).click()
  const dialog = page.getByRole("dialog")
  await dialog.getByLabel("名称").fill("订单系统")
  await dialog.getByLabel("接收地址").fill("ftp://example.org/")
  await dialog.getByRole("button", { name: /保\s?存/ }).click()
  await expect(dialog.getByRole("alert")).toContainText("地址形如")
  await dialog.getByLabel("接收地址").fill(url)
  await dialog.getByRole("button", { name: /保\s?存/ }).click()
  await expect(dialog.getByText("密钥只显示这一次")).toBeVisible()
  const secret = await dialog.locator("code").innerText()
  expect(secret).toMatch(/^whsec_/)
  await dialog.getByRole("button", { name: "我已保存" }).click()
  expect(await page.content()).not.toContain(secret)

  await call(request, "POST", "/api/rooms", { title: "推送验收间" })
  await expect(() => expect(got.some((one) => one.body.includes("推送验收间"))).toBe(true)).toPass({ timeout: 20_000 })
  const one = got.find((one) => one.body.includes("推送验收间"))
  const key = Buffer.from(secret.replace("whsec_", ""), "base64")
  expect(one?.signature).toBe(`v1,${createHmac("sha256", key).update(`${one?.id}.${one?.time}.${one?.body}`).digest("base64")}`)

  status = 503
  await page.getByRole("button", { name: "更多操作 订单系统" }).click()
  await page.getByRole("menuitem", { name: "测试推送" }).click()
  await expect(page.getByText("测试没有送达：回复 503")).toBeVisible()
  await page.getByRole("button", { name: "推送记录 订单系统" }).click()
  const drawer = page.getByRole("dialog")
  await expect(drawer.getByRole("row", { name: /RoomCreated/ }).getByText("已送达").first()).toBeVisible()
  await drawer.getByText("死信", { exact: true }).first().click()
  const dead = drawer.getByRole("row", { name: /WebhookTested/ })
  await expect(dead.getByText("<b>not today</b>")).toBeVisible()
  await expect(dead.getByRole("button", { name: "重新推送" })).toHaveCount(0)
  await page.screenshot({ path: "out/webhooks.png" })

  status = 204
  await drawer.getByText("已送达", { exact: true }).first().click()
  const before = got.length
  await drawer.getByRole("row", { name: /RoomCreated/ }).first().getByRole("button", { name: "重新推送" }).click()
  await expect(() => expect(got.length).toBeGreaterThan(before)).toPass({ timeout: 20_000 })
})
