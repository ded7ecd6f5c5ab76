// Every feature of the console, in the order of the menu, and the texts each brings.
import { auditPage, staffPage, tokensPage } from "../features/accounts/manifest"
import { accountsTexts } from "../features/accounts/texts"
import analytics from "../features/analytics/manifest"
import { analyticsTexts } from "../features/analytics/texts"
import clips from "../features/clips/manifest"
import { clipsTexts } from "../features/clips/texts"
import collect from "../features/collect/manifest"
import { collectTexts } from "../features/collect/texts"
import danmaku from "../features/danmaku/manifest"
import { danmakuTexts } from "../features/danmaku/texts"
import feed from "../features/feed/manifest"
import { feedTexts } from "../features/feed/texts"
import { ladderTexts } from "../features/ladder/texts"
import mediaServers from "../features/mediaServers/manifest"
import { mediaServersTexts } from "../features/mediaServers/texts"
import privacy from "../features/privacy/manifest"
import { privacyTexts } from "../features/privacy/texts"
import qoe from "../features/qoe/manifest"
import { qoeTexts } from "../features/qoe/texts"
import relay from "../features/relay/manifest"
import { relayTexts } from "../features/relay/texts"
import audience from "../features/audience/manifest"
import { audienceTexts } from "../features/audience/texts"
import room from "../features/room/manifest"
import { roomTexts } from "../features/room/texts"
import slate from "../features/slate/manifest"
import { slateTexts } from "../features/slate/texts"
import studio from "../features/studio/manifest"
import { studioTexts } from "../features/studio/texts"
import type { Feature } from "./feature"
import { shellTexts } from "./texts"

export const features: Feature[] = [
  room,
  slate,
  analytics,
  audience,
  qoe,
  danmaku,
  clips,
  relay,
  studio,
  mediaServers,
  collect,
  feed,
  staffPage,
  tokensPage,
  auditPage,
  privacy,
]

export const featureTexts = {
  shell: shellTexts,
  accounts: accountsTexts,
  room: roomTexts,
  analytics: analyticsTexts,
  studio: studioTexts,
  clips: clipsTexts,
  slate: slateTexts,
  ladder: ladderTexts,
  qoe: qoeTexts,
  relay: relayTexts,
  mediaServers: mediaServersTexts,
  feed: feedTexts,
  audience: audienceTexts,
  collect: collectTexts,
  danmaku: danmakuTexts,
  privacy: privacyTexts,
}
