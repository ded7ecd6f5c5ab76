// Every text key is checked: the Chinese texts are the pattern. A feature's texts come from the list of features.
import "i18next"
import type { viewerTexts } from "./features/room/viewer/texts"
import type { featureTexts } from "./shell/features"
import type { texts as uiTexts } from "./ui/texts"

type Loaded<Source> = Source extends () => Promise<infer Texts> ? Texts : Source
type Keys = { [Name in keyof typeof featureTexts]: Loaded<(typeof featureTexts)[Name]>["zh-CN"] }

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "ui"
    keySeparator: false
    resources: Keys & { ui: (typeof uiTexts)["zh-CN"]; viewer: (typeof viewerTexts)["zh-CN"] }
  }
}
