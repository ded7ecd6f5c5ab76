import type { TFunction } from "i18next"
import { expect, test } from "vitest"
import { Problem } from "../api/client"
import { inGeneral } from "./refusal"

const t = ((key: string, values?: { code?: string }) => `${key} ${values?.code ?? ""}`.trim()) as unknown as TFunction

test("no answer of the server is shown in its own words", () => {
  expect(inGeneral(new Problem(0, "offline", "the server cannot be reached"), t)).toBe("refused_offline")
  expect(inGeneral(new Problem(403, "forbidden", "not yours"), t)).toBe("refused_403")
  expect(inGeneral(new Problem(404, "relay_not_found", "there is no relay"), t)).toBe("refused_404")
  expect(inGeneral(new Problem(400, "bad_name", "a name is 1 to 50 characters"), t)).toBe("refused_other bad_name")
  expect(inGeneral(new Error("a page's own words"), t)).toBe("a page's own words")
})
