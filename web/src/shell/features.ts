// Every feature of the console, in the order of the menu, and the texts each brings.
import { accountsTexts } from "../features/accounts/texts"
import analytics from "../features/analytics/manifest"
import { analyticsTexts } from "../features/analytics/texts"
import audience from "../features/audience/manifest"
import { audienceTexts } from "../features/audience/texts"
import room from "../features/room/manifest"
import { roomTexts } from "../features/room/texts"
import type { Feature } from "./feature"
import { shellTexts } from "./texts"

export const features: Feature[] = [room, analytics, audience]

export const featureTexts = {
  shell: shellTexts,
  accounts: accountsTexts,
  room: roomTexts,
  analytics: analyticsTexts,
  audience: audienceTexts,
}
