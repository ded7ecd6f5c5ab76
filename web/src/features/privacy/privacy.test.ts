import { expect, test } from "vitest"
import { fileName } from "./privacy"

test("a file's name holds a pseudonym at most", () => {
  expect(fileName({ way: "viewer", value: " v0f3c/../x " })).toBe("viewer-v0f3c-x.json")
  expect(fileName({ way: "user_id", value: "张三" })).toBe("viewer-user_id.json")
  expect(fileName({ way: "viewer", value: "%%" })).toBe("viewer--.json")
})
