// Every text key is checked: the Chinese texts are the pattern. A feature's texts come from the list of features.
import "i18next"
import type { accountsTexts } from "./features/accounts/texts"
import type { analyticsTexts } from "./features/analytics/texts"
import type { clipsTexts } from "./features/clips/texts"
import type { mediaServersTexts } from "./features/mediaServers/texts"
import type { qoeTexts } from "./features/qoe/texts"
import type { relayTexts } from "./features/relay/texts"
import type { roomTexts } from "./features/room/texts"
import type { viewerTexts } from "./features/room/viewer/texts"
import type { featureTexts } from "./shell/features"
import type { texts as uiTexts } from "./ui/texts"

type Keys = { [Name in keyof typeof featureTexts]: (typeof featureTexts)[Name]["zh-CN"] }

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "ui"
    keySeparator: false
    resources: Keys & { ui: (typeof uiTexts)["zh-CN"]; viewer: (typeof viewerTexts)["zh-CN"] }
    resources: {
      ui: (typeof uiTexts)["zh-CN"]
      shell: (typeof shellTexts)["zh-CN"]
      accounts: (typeof accountsTexts)["zh-CN"]
      room: (typeof roomTexts)["zh-CN"]
      analytics: (typeof analyticsTexts)["zh-CN"]
      studio: (typeof studioTexts)["zh-CN"]
      clips: (typeof clipsTexts)["zh-CN"]
      qoe: (typeof qoeTexts)["zh-CN"]
      relay: (typeof relayTexts)["zh-CN"]
      mediaServers: (typeof mediaServersTexts)["zh-CN"]
      viewer: (typeof viewerTexts)["zh-CN"]
    }
  }
}
