// Makes a misspelt text key a compile error.
import "i18next"
import type { accountsTexts } from "./features/accounts/texts"
import type { analyticsTexts } from "./features/analytics/texts"
import type { audienceTexts } from "./features/audience/texts"
import type { clipsTexts } from "./features/clips/texts"
import type { slateTexts } from "./features/slate/texts"
import type { qoeTexts } from "./features/qoe/texts"
import type { roomTexts } from "./features/room/texts"
import type { viewerTexts } from "./features/room/viewer/texts"
import type { studioTexts } from "./features/studio/texts"
import type { shellTexts } from "./shell/texts"
import type { texts as uiTexts } from "./ui/texts"

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "ui"
    keySeparator: false
    resources: {
      ui: (typeof uiTexts)["zh-CN"]
      shell: (typeof shellTexts)["zh-CN"]
      accounts: (typeof accountsTexts)["zh-CN"]
      room: (typeof roomTexts)["zh-CN"]
      analytics: (typeof analyticsTexts)["zh-CN"]
      audience: (typeof audienceTexts)["zh-CN"]
      studio: (typeof studioTexts)["zh-CN"]
      clips: (typeof clipsTexts)["zh-CN"]
      slate: (typeof slateTexts)["zh-CN"]
      qoe: (typeof qoeTexts)["zh-CN"]
      viewer: (typeof viewerTexts)["zh-CN"]
    }
  }
}
