// Every feature of the console, in the groups and the order of the menu, and the texts each brings when its first screen opens.
import { auditPage, staffPage, tokensPage } from "../features/accounts/manifest"
import analytics from "../features/analytics/manifest"
import clips from "../features/clips/manifest"
import collect from "../features/collect/manifest"
import importsPage from "../features/collect/importsManifest"
import danmaku from "../features/danmaku/manifest"
import feed from "../features/feed/manifest"
import handbook from "../features/handbook/manifest"
import mediaServers from "../features/mediaServers/manifest"
import moderation, { clearancePage, ledgerPage } from "../features/moderation/manifest"
import patrol from "../features/patrol/manifest"
import privacy, { retentionPage } from "../features/privacy/manifest"
import qoe from "../features/qoe/manifest"
import relay from "../features/relay/manifest"
import audience, { consentPage } from "../features/audience/manifest"
import room from "../features/room/manifest"
import slate from "../features/slate/manifest"
import standing from "../features/standing/manifest"
import studio from "../features/studio/manifest"
import sso from "../features/sso/manifest"
import system from "../features/system/manifest"
import type { Language } from "../ui/appearance"
import type { Feature } from "./feature"
import { shellTexts } from "./texts"

/** What belongs together in the menu. */
export interface Group {
  key: string
  title: Record<Language, string>
  features: Feature[]
}

export const groups: Group[] = [
  { key: "live", title: { "zh-CN": "直播", en: "Live" }, features: [room, analytics, studio, slate, relay, clips, danmaku, mediaServers] },
  { key: "safety", title: { "zh-CN": "安全", en: "Safety" }, features: [moderation, clearancePage, patrol, standing, handbook, ledgerPage] },
  { key: "data", title: { "zh-CN": "数据", en: "Data" }, features: [audience, qoe, collect, importsPage, feed] },
  { key: "organisation", title: { "zh-CN": "组织", en: "Organisation" }, features: [staffPage, sso, tokensPage, auditPage, consentPage, privacy, retentionPage, system] },
]

export const features: Feature[] = groups.flatMap((group) => group.features)

export const featureTexts = {
  shell: shellTexts,
  accounts: () => import("../features/accounts/texts").then((texts) => texts.accountsTexts),
  sso: () => import("../features/sso/texts").then((texts) => texts.ssoTexts),
  room: () => import("../features/room/texts").then((texts) => texts.roomTexts),
  analytics: () => import("../features/analytics/texts").then((texts) => texts.analyticsTexts),
  studio: () => import("../features/studio/texts").then((texts) => texts.studioTexts),
  clips: () => import("../features/clips/texts").then((texts) => texts.clipsTexts),
  slate: () => import("../features/slate/texts").then((texts) => texts.slateTexts),
  ladder: () => import("../features/ladder/texts").then((texts) => texts.ladderTexts),
  qoe: () => import("../features/qoe/texts").then((texts) => texts.qoeTexts),
  relay: () => import("../features/relay/texts").then((texts) => texts.relayTexts),
  mediaServers: () => import("../features/mediaServers/texts").then((texts) => texts.mediaServersTexts),
  feed: () => import("../features/feed/texts").then((texts) => texts.feedTexts),
  audience: () => import("../features/audience/texts").then((texts) => texts.audienceTexts),
  consent: () => import("../features/audience/consent/texts").then((texts) => texts.consentTexts),
  collect: () => import("../features/collect/texts").then((texts) => texts.collectTexts),
  imports: () => import("../features/collect/importTexts").then((texts) => texts.importTexts),
  danmaku: () => import("../features/danmaku/texts").then((texts) => texts.danmakuTexts),
  handbook: () => import("../features/handbook/texts").then((texts) => texts.handbookTexts),
  clearance: () => import("../features/moderation/clearance/texts").then((texts) => texts.clearanceTexts),
  ledger: () => import("../features/moderation/ledger/texts").then((texts) => texts.ledgerTexts),
  moderation: () => import("../features/moderation/texts").then((texts) => texts.moderationTexts),
  dryRun: () => import("../features/moderation/dryRun/texts").then((texts) => texts.dryRunTexts),
  models: () => import("../features/moderation/models/texts").then((texts) => texts.modelTexts),
  quality: () => import("../features/moderation/quality/texts").then((texts) => texts.qualityTexts),
  sanctions: () => import("../features/moderation/sanctions/texts").then((texts) => texts.sanctionTexts),
  standing: () => import("../features/standing/texts").then((texts) => texts.standingTexts),
  patrol: () => import("../features/patrol/texts").then((texts) => texts.patrolTexts),
  system: () => import("../features/system/texts").then((texts) => texts.systemTexts),
  retention: () => import("../features/privacy/retention/texts").then((texts) => texts.retentionTexts),
  privacy: () => import("../features/privacy/texts").then((texts) => texts.privacyTexts),
}
