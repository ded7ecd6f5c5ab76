// The names the screens use for the generated shapes. Times are integers, milliseconds since 1970.
import type { components } from "./schema"

type Schemas = components["schemas"]

export type Me = Schemas["Me"]
export type SignedIn = Schemas["SignedIn"]
export type ViewerToken = Schemas["Ticket"]
export type Metric = Schemas["MetricValue"]
export type MetricDefinition = Schemas["MetricEntry"]
export type Tile = Schemas["TileAnswer"]
export type Marker = Schemas["MarkerAnswer"]
export type Audit = Schemas["Audit"]
export type AuditedEntry = Schemas["AuditedEntry"]
export type CdnReport = Schemas["CdnReport"]
export type DanmakuItem = Schemas["DanmakuBody"]

export type Quality = Schemas["Quality"]
export type QualityFigures = Schemas["QualityFigures"]
export type QualityMinute = Schemas["QualityMinute"]
export type QualityPart = Schemas["QualityPart"]
export type RoomQuality = Schemas["RoomQuality"]
export type ViewerQuality = Schemas["ViewerQuality"]
export type Dimension = "device" | "os" | "browser" | "version" | "region" | "node" | "height"
export type ViewerOrder = "worst" | "latency" | "first_frame" | "plays" | "newest"
export type Play = Schemas["PlayBody"]
export type IngestSource = Schemas["IngestSource"]
export type Alarm = Schemas["AlarmAnswer"]
export type CoverageRow = Schemas["DeviceCoverageRow"]

/** interrupted: the connection broke; paused: the encoder said goodbye and may return. */
export type BroadcastState = "live" | "interrupted" | "paused" | "ended"

/** What a room's picture is made from: the main encoder, the one standing by, or the slate 垫片. */
export type StreamSource = "primary" | "backup" | "slate"

export type Room = Omit<Schemas["RoomBody"], "broadcast_state" | "source"> & { broadcast_state?: BroadcastState | null; source?: StreamSource | null }
export type Broadcast = Omit<Schemas["BroadcastBody"], "state" | "source"> & { state: BroadcastState; source: "stream" | "import" }
export type Point = [at: number, value: number | null]
export type Series = Omit<Schemas["SeriesAnswer"], "ids"> & { ids: Record<string, Point[]> }

export type Check = Schemas["CheckBody"]
export type CheckSummary = Schemas["CheckSummary"]
export type CheckKind = Schemas["CheckKind"]
export type CheckProgress = Schemas["CheckProgress"]
export type CheckLevel = Schemas["Level"]
export type Finding = Schemas["Finding"]
export type BrowserMeasured = Schemas["BrowserMeasured"]
export type Uploaded = Schemas["UploadAnswer"]

export interface Page<Item> {
  items: Item[]
  /** The cursor of the following page, absent on the last. */
  next?: string | null
}
