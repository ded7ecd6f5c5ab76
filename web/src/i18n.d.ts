// Makes a misspelt text key a compile error.
import "i18next"
import type { accountsTexts } from "./features/accounts/texts"
import type { analyticsTexts } from "./features/analytics/texts"
import type { audienceTexts } from "./features/audience/texts"
import type { roomTexts } from "./features/room/texts"
import type { viewerTexts } from "./features/room/viewer/texts"
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
      viewer: (typeof viewerTexts)["zh-CN"]
    }
  }
}
