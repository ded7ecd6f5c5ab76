import { expect, it } from "vitest"
import { browserOf, systemOf } from "./about"

it("names browsers and systems", () => {
  const edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
  const phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
  expect([browserOf(edge), systemOf(edge)]).toEqual(["Edge 140", "Windows"])
  expect([browserOf(phone), systemOf(phone)]).toEqual(["Safari 18", "iOS"])
  expect([browserOf("curl"), systemOf("curl")]).toEqual(["?", "?"])
})
