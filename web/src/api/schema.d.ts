// Generated from docs/openapi.json by `npm run api`.

export interface paths {
    "/api/alarms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Alarms, newest first */
        get: {
            parameters: {
                query?: {
                    room?: string;
                    /** @description True: those that are not over; false: those that are. */
                    open?: boolean;
                    /** @description By default 100. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "acknowledged_at": 1795867200000,
                         *         "acknowledged_by": "operator",
                         *         "broadcast_id": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *         "cleared_at": 1795867200000,
                         *         "id": "0197a0c0-0000-7000-8000-00001ccde0f4",
                         *         "kind": "low_fps",
                         *         "limit": 12.5,
                         *         "raised_at": 1795867200000,
                         *         "room_id": "0197a0c0-0000-7000-8000-0000003580db",
                         *         "source": "primary",
                         *         "value": 12.5
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["AlarmAnswer"][];
                    };
                };
                /** @description `bad_request` */
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/{id}/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes note of an alarm; the first one to do so stands */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the alarm */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "acknowledged_at": 1795867200000,
                         *       "acknowledged_by": "operator",
                         *       "broadcast_id": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *       "cleared_at": 1795867200000,
                         *       "id": "0197a0c0-0000-7000-8000-00001ccde0f4",
                         *       "kind": "low_fps",
                         *       "limit": 12.5,
                         *       "raised_at": 1795867200000,
                         *       "room_id": "0197a0c0-0000-7000-8000-0000003580db",
                         *       "source": "primary",
                         *       "value": 12.5
                         *     }
                         */
                        "application/json": components["schemas"]["AlarmAnswer"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                /** @description `not_found` */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was done by people and programs in your scope, newest first 审计日志. */
        get: {
            parameters: {
                query?: {
                    /** @description `next` of the page before. */
                    after?: number;
                    /** @description Login or token name, exactly. */
                    actor?: string;
                    /** @description The action, exactly. */
                    action?: string;
                    /** @description Whose or what, exactly. */
                    target?: string;
                    /** @description Milliseconds since 1970: from then on. */
                    from?: number;
                    /** @description Before then. */
                    to?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description a page of up to 100 rows */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "action": "staff_disabled",
                         *           "actor": "admin",
                         *           "actor_id": "0197a0c0-0000-7000-8000-00000585a9f5",
                         *           "after": {
                         *             "title": "双十二专场"
                         *           },
                         *           "at_ms": 1795867200000,
                         *           "before": {
                         *             "title": "晚场"
                         *           },
                         *           "from": "203.0.113.7",
                         *           "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                         *           "org": "0197a0c0-0000-7000-8000-00000001aee4",
                         *           "region": "0197a0c0-0000-7000-8000-0000c84826f4",
                         *           "seq": 42,
                         *           "target": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *           "team": "0197a0c0-0000-7000-8000-00000036425d"
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a"
                         *     }
                         */
                        "application/json": components["schemas"]["Page_AuditRow"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `audit.read` */
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/broadcasts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One broadcast. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "ended_at": 1795867200000,
                         *       "id": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *       "platform": "bilibili",
                         *       "room_id": "0197a0c0-0000-7000-8000-0000003580db",
                         *       "source": "stream",
                         *       "started_at": 1795867200000,
                         *       "state": "live",
                         *       "title": "双十二专场"
                         *     }
                         */
                        "application/json": components["schemas"]["BroadcastBody"];
                    };
                };
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/broadcasts/{id}/audience": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The audit of a show's audience 观众审计
         * @description Every entry is judged by what was seen of it: web viewer, bare client, suspected bot, or unknown. The band is how far
         *     the number may be off, by what is known of the rules' precision and recall.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the broadcast */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "accuracy": {
                         *         "measured": true,
                         *         "precision": 12.5,
                         *         "recall": 12.5
                         *       },
                         *       "broadcast_id": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *       "cdn": true,
                         *       "coverage": [
                         *         {
                         *           "entries": 12,
                         *           "evidence": "heartbeats",
                         *           "state": "complete"
                         *         }
                         *       ],
                         *       "entries": {
                         *         "high": 12,
                         *         "low": 12,
                         *         "value": 12
                         *       },
                         *       "imports": [
                         *         {
                         *           "batch": "2026-11-28-12",
                         *           "bytes": 1048576,
                         *           "complete": true,
                         *           "entries": 12,
                         *           "from": 1795867200000,
                         *           "imported_at": 1795867200000,
                         *           "lines": 720,
                         *           "new_segments": 12,
                         *           "repeated": true,
                         *           "segment_ms": 1500,
                         *           "skipped": [
                         *             {
                         *               "lines": 720,
                         *               "reason": "`occurred_at` is before the year 2000"
                         *             }
                         *           ],
                         *           "taken": 12,
                         *           "to": 1795867200000
                         *         }
                         *       ],
                         *       "reasons": [
                         *         {
                         *           "code": "beats_without_media",
                         *           "entries": 12,
                         *           "points": 12
                         *         }
                         *       ],
                         *       "reconciliation": [
                         *         {
                         *           "agree": 12,
                         *           "difference_ms": 1500,
                         *           "left": "segments",
                         *           "left_more": 12,
                         *           "right": "heartbeats",
                         *           "right_more": 12
                         *         }
                         *       ],
                         *       "totals": {
                         *         "bare": {
                         *           "entries": 12,
                         *           "viewers": 12,
                         *           "watch_ms": 1500
                         *         },
                         *         "bot": {
                         *           "entries": 12,
                         *           "viewers": 12,
                         *           "watch_ms": 1500
                         *         },
                         *         "unknown": {
                         *           "entries": 12,
                         *           "viewers": 12,
                         *           "watch_ms": 1500
                         *         },
                         *         "web": {
                         *           "entries": 12,
                         *           "viewers": 12,
                         *           "watch_ms": 1500
                         *         }
                         *       },
                         *       "turned_away": 12,
                         *       "viewers": {
                         *         "high": 12,
                         *         "low": 12,
                         *         "value": 12
                         *       },
                         *       "watch_ms": 1500
                         *     }
                         */
                        "application/json": components["schemas"]["Audit"];
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `metrics.read` */
                403: components["responses"]["Forbidden"];
                /** @description `broadcast_not_found` */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/broadcasts/{id}/audience/entries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The entries of a show with their evidence
         * @description In the order of entry. Without `personal.read` the pseudonyms are masked.
         */
        get: {
            parameters: {
                query?: {
                    /** @description `web`, `bare`, `unknown` or `bot`; all without. */
                    verdict?: string;
                    /** @description The `next` of the page before. */
                    after?: string;
                    /** @description By default 100. */
                    limit?: number;
                };
                header?: never;
                path: {
                    /** @description the broadcast */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "entered": true,
                         *           "entry_id": "0197a0c0-0000-7000-8000-000005c30872",
                         *           "evidence": {
                         *             "addresses": 12,
                         *             "agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X)",
                         *             "beats": 12,
                         *             "brief": 12,
                         *             "bytes": 1048576,
                         *             "cdn_segments": 12,
                         *             "claimed_ms": 1500,
                         *             "cluster": 12,
                         *             "credited_ms": 1500,
                         *             "fetches": 12,
                         *             "first_at": 1795867200000,
                         *             "hidden": 12,
                         *             "impossible": 12,
                         *             "jitter_ms": 1500,
                         *             "kind": "same_address",
                         *             "last_at": 1795867200000,
                         *             "lockstep": 12,
                         *             "media_ms": 1500,
                         *             "outside": 12,
                         *             "playlists": 12,
                         *             "positions": 12,
                         *             "repeats": 12,
                         *             "rewound_ms": 1500,
                         *             "rush": 12,
                         *             "served_ms": 1500,
                         *             "socket_ms": 1500,
                         *             "sockets": 12,
                         *             "still": 12
                         *           },
                         *           "present": true,
                         *           "reasons": [
                         *             "fast_heartbeats"
                         *           ],
                         *           "verdict": "bot",
                         *           "viewer_id": "v5a0f4b34785e4b6f9d2c1a7e8b3f6d90"
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a"
                         *     }
                         */
                        "application/json": components["schemas"]["Page_AuditedEntry"];
                    };
                };
                /** @description `bad_request` */
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `metrics.read` */
                403: components["responses"]["Forbidden"];
                /** @description `broadcast_not_found` */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/broadcasts/{id}/cdn-logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Imports a CDN's access log CDN 日志导入
         * @description Plain text: W3C extended, nginx "combined", or JSON lines with `path`, `status`, `bytes`, `time`. Segments fetched with a
         *     token of ours become evidence for its entry; every other line is counted by the reason why it is none. Segments are a set,
         *     so the same lines may come again. At most 256 MiB a call, unpacked.
         */
        post: {
            parameters: {
                query?: {
                    /** @description Your name for this log, 1 to 200 characters: sent again under it, it is not read again. By default a hash of the content. */
                    batch?: string;
                    /**
                     * @description With this one the logs of the show are complete: of every node, over the whole show. What they do not show counts as not
                     *     having happened, and may convict.
                     */
                    complete?: boolean;
                };
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the broadcast */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /** @example 203.0.113.7 - - [28/Nov/2026:12:00:00 +0000] "GET /live/seg/17.m4s HTTP/1.1" 200 524288 "-" "Mozilla/5.0" */
                    "text/plain": string;
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "batch": "2026-11-28-12",
                         *       "bytes": 1048576,
                         *       "complete": true,
                         *       "entries": 12,
                         *       "from": 1795867200000,
                         *       "imported_at": 1795867200000,
                         *       "lines": 720,
                         *       "new_segments": 12,
                         *       "repeated": true,
                         *       "segment_ms": 1500,
                         *       "skipped": [
                         *         {
                         *           "lines": 720,
                         *           "reason": "`occurred_at` is before the year 2000"
                         *         }
                         *       ],
                         *       "taken": 12,
                         *       "to": 1795867200000
                         *     }
                         */
                        "application/json": components["schemas"]["CdnReport"];
                    };
                };
                /** @description `bad_request` */
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `import.write` */
                403: components["responses"]["Forbidden"];
                /** @description `broadcast_not_found` */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                /** @description `too_large`: send it in pieces */
                413: components["responses"]["TooLarge"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/broadcasts/{id}/clips": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The show's clips, newest first. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "broadcast_id": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *         "bytes": 1048576,
                         *         "created_at": 1795867200000,
                         *         "duration_ms": 1500,
                         *         "end_ms": 1500,
                         *         "id": "0197a0c0-0000-7000-8000-0000002ea350",
                         *         "start_ms": 1500,
                         *         "title": "双十二专场"
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["ClipBody"][];
                    };
                };
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /**
         * Cuts a clip, also while the show runs 剪辑切片
         * @description The recording's pictures are taken as they are; the file begins at the key frame before `start_ms` and shows from
         *     `start_ms` on.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "end_ms": 120000,
                     *       "start_ms": 60000,
                     *       "title": "抽奖开奖"
                     *     }
                     */
                    "application/json": components["schemas"]["NewClip"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "broadcast_id": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *       "bytes": 1048576,
                         *       "created_at": 1795867200000,
                         *       "duration_ms": 1500,
                         *       "end_ms": 1500,
                         *       "id": "0197a0c0-0000-7000-8000-0000002ea350",
                         *       "start_ms": 1500,
                         *       "title": "双十二专场"
                         *     }
                         */
                        "application/json": components["schemas"]["ClipBody"];
                    };
                };
                /** @description `bad_title`, `bad_range` */
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                /** @description `broadcast_not_found`; `not_recorded`: not recorded, or not kept */
                404: components["responses"]["NotFound"];
                /** @description `not_recorded_yet`: the show is not so far; `clip_crosses_break`; `no_key_frame`: names the first moment a clip can begin at */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                /** @description `clips_busy`: ten clips are being cut or wait for it */
                503: components["responses"]["Unavailable"];
                /** @description `no_space` */
                507: components["responses"]["NoSpace"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/broadcasts/{id}/danmaku": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Danmaku of a broadcast 弹幕检索与导出
         * @description Everything accepted before the request is in the answer. Without `personal.read` viewers, nicknames and what texts tell of people are
         *     masked, and words are looked for in what is shown; a file then has `-masked` in its name and the header `x-kaibo-masked`.
         */
        get: {
            parameters: {
                query?: {
                    /** @description `json` (the default), `xml` (the recorders' format), `csv`, `xlsx` or `ass` (subtitles). */
                    format?: string;
                    /** @description Rows after this position. */
                    after?: number;
                    /** @description JSON only; without it everything is streamed as a file. */
                    limit?: number;
                    /** @description Words to look for in texts and nicknames, all of them, apart by spaces. */
                    q?: string;
                    /** @description Only of this viewer. */
                    viewer?: string;
                    /** @description Only of this kind: 1 scrolling, 4 bottom, 5 top. */
                    mode?: number;
                    /** @description From the show's beginning on, in milliseconds; negative is before air. */
                    from_ms?: number;
                    /** @description Up to, not including. */
                    to_ms?: number;
                    /** @description JSON only, whatever else is asked: the newest so many, oldest first, with the `total`. Goes on with `after`. */
                    tail?: number;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description JSON, or a file of another `format` */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "at": 1795867200000,
                         *           "before_air": true,
                         *           "color": 12,
                         *           "erased": true,
                         *           "mode": 12,
                         *           "nick": "小鹿",
                         *           "offset_ms": 1500,
                         *           "position": 4711,
                         *           "source": "live",
                         *           "text": "主播好看",
                         *           "viewer": "v5a0f4b34785e4b6f9d2c1a7e8b3f6d90"
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a",
                         *       "total": 12
                         *     }
                         */
                        "application/json": components["schemas"]["DanmakuPage"];
                        /** @example <i><d p="20.00000,1,25,16777215,1795867220000,0,5a0f4b34,0">主播好看</d></i> */
                        "application/xml": string;
                        /**
                         * @example device,browser,plays,good
                         *     phone,Safari 18,812,0.993
                         */
                        "text/csv": string;
                        /**
                         * @example [Events]
                         *     Dialogue: 0,0:00:20.00,0:00:28.00,Scroll,,0,0,0,,主播好看
                         */
                        "text/x-ssa": string;
                        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": string;
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/broadcasts/{id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends a broadcast now. Ending it again changes nothing. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "ended_at": 1795867200000,
                         *       "id": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *       "platform": "bilibili",
                         *       "room_id": "0197a0c0-0000-7000-8000-0000003580db",
                         *       "source": "stream",
                         *       "started_at": 1795867200000,
                         *       "state": "live",
                         *       "title": "双十二专场"
                         *     }
                         */
                        "application/json": components["schemas"]["BroadcastBody"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/broadcasts/{id}/highlights": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Moments that stand out 高光建议, best first, at most 20; also while the show runs */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "at_ms": 1795867200000,
                         *         "end_ms": 1500,
                         *         "reasons": [
                         *           {
                         *             "kind": "fast_heartbeats",
                         *             "usual": 12.5,
                         *             "value": 12.5
                         *           }
                         *         ],
                         *         "score": 0.97,
                         *         "start_ms": 1500
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["HighlightBody"][];
                    };
                };
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/broadcasts/{id}/qoe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The quality of a show 体验质量: summary, minutes, ingest, alarms */
        get: {
            parameters: {
                query?: {
                    /** @description Another show to compare with, of any room in scope. */
                    against?: string;
                };
                header?: never;
                path: {
                    /** @description the show */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "against": {
                         *         "show": {
                         *           "broadcast_id": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *           "ended_at_ms": 1795867200000,
                         *           "room_id": "0197a0c0-0000-7000-8000-0000003580db",
                         *           "started_at_ms": 1795867200000,
                         *           "title": "双十二专场"
                         *         },
                         *         "summary": {
                         *           "av_offset_ms_p95": 12,
                         *           "dropped_rate": 0.97,
                         *           "fail_rate": 0.97,
                         *           "first_frame_ms_p50": 12,
                         *           "first_frame_ms_p95": 12,
                         *           "latency_ms_p50": 12,
                         *           "latency_ms_p95": 12,
                         *           "played_ms": 1500,
                         *           "plays": 12,
                         *           "stall_ms_per_100s": 12.5,
                         *           "stall_rate": 0.97,
                         *           "stalls": 12,
                         *           "suspect_plays": 12
                         *         },
                         *         "timeline": [
                         *           {
                         *             "at_ms": 1795867200000,
                         *             "failures": 12,
                         *             "first_frame_ms_p50": 12,
                         *             "latency_ms_p50": 12,
                         *             "latency_ms_p95": 12,
                         *             "plays": 12,
                         *             "stall_ms_per_100s": 12.5,
                         *             "stall_rate": 0.97
                         *           }
                         *         ]
                         *       },
                         *       "alarms": [
                         *         {
                         *           "acknowledged_at": 1795867200000,
                         *           "acknowledged_by": "operator",
                         *           "broadcast_id": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *           "cleared_at": 1795867200000,
                         *           "id": "0197a0c0-0000-7000-8000-00001ccde0f4",
                         *           "kind": "low_fps",
                         *           "limit": 12.5,
                         *           "raised_at": 1795867200000,
                         *           "room_id": "0197a0c0-0000-7000-8000-0000003580db",
                         *           "source": "primary",
                         *           "value": 12.5
                         *         }
                         *       ],
                         *       "ingest": [
                         *         {
                         *           "at_ms": 1795867200000,
                         *           "audio_kbps": 2400,
                         *           "fps": 12.5,
                         *           "gap_ms": 1500,
                         *           "gop_ms": 1500,
                         *           "jumps": 12,
                         *           "skew_ms": 1500,
                         *           "source": "primary",
                         *           "video_kbps": 2400
                         *         }
                         *       ],
                         *       "show": {
                         *         "broadcast_id": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *         "ended_at_ms": 1795867200000,
                         *         "room_id": "0197a0c0-0000-7000-8000-0000003580db",
                         *         "started_at_ms": 1795867200000,
                         *         "title": "双十二专场"
                         *       },
                         *       "summary": {
                         *         "av_offset_ms_p95": 12,
                         *         "dropped_rate": 0.97,
                         *         "fail_rate": 0.97,
                         *         "first_frame_ms_p50": 12,
                         *         "first_frame_ms_p95": 12,
                         *         "latency_ms_p50": 12,
                         *         "latency_ms_p95": 12,
                         *         "played_ms": 1500,
                         *         "plays": 12,
                         *         "stall_ms_per_100s": 12.5,
                         *         "stall_rate": 0.97,
                         *         "stalls": 12,
                         *         "suspect_plays": 12
                         *       },
                         *       "timeline": [
                         *         {
                         *           "at_ms": 1795867200000,
                         *           "failures": 12,
                         *           "first_frame_ms_p50": 12,
                         *           "latency_ms_p50": 12,
                         *           "latency_ms_p95": 12,
                         *           "plays": 12,
                         *           "stall_ms_per_100s": 12.5,
                         *           "stall_rate": 0.97
                         *         }
                         *       ]
                         *     }
                         */
                        "application/json": components["schemas"]["Quality"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                /** @description `broadcast_not_found`, also of the other show */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/broadcasts/{id}/qoe/by": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The quality of a show by device, system, browser, player version, region, node or picture height
         * @description Most plays first; each row says of how many plays it speaks. A value that only the other show has stands last.
         */
        get: {
            parameters: {
                query: {
                    dimension: "device" | "os" | "browser" | "version" | "region" | "node" | "height";
                    /** @description Another show to compare with, of any room in scope. */
                    against?: string;
                };
                header?: never;
                path: {
                    /** @description the show */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "against": {
                         *           "av_offset_ms_p95": 12,
                         *           "dropped_rate": 0.97,
                         *           "fail_rate": 0.97,
                         *           "first_frame_ms_p50": 12,
                         *           "first_frame_ms_p95": 12,
                         *           "latency_ms_p50": 12,
                         *           "latency_ms_p95": 12,
                         *           "played_ms": 1500,
                         *           "plays": 12,
                         *           "stall_ms_per_100s": 12.5,
                         *           "stall_rate": 0.97,
                         *           "stalls": 12,
                         *           "suspect_plays": 12
                         *         },
                         *         "av_offset_ms_p95": 12,
                         *         "dropped_rate": 0.97,
                         *         "fail_rate": 0.97,
                         *         "first_frame_ms_p50": 12,
                         *         "first_frame_ms_p95": 12,
                         *         "latency_ms_p50": 12,
                         *         "latency_ms_p95": 12,
                         *         "played_ms": 1500,
                         *         "plays": 12,
                         *         "stall_ms_per_100s": 12.5,
                         *         "stall_rate": 0.97,
                         *         "stalls": 12,
                         *         "suspect_plays": 12,
                         *         "value": "Safari 18"
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["QualityPart"][];
                    };
                };
                /** @description `bad_request`: no such dimension */
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                /** @description `broadcast_not_found`, also of the other show */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/broadcasts/{id}/qoe/plays": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Plays of a show, the worst first
         * @description Those of suspected bots are listed only where their viewer is asked for.
         */
        get: {
            parameters: {
                query?: {
                    sort?: "worst" | "latency" | "first_frame" | "newest";
                    /** @description Only those of one viewer, by the name that the list of viewers has. */
                    viewer?: string;
                    /** @description By default 50. */
                    limit?: number;
                };
                header?: never;
                path: {
                    /** @description the show */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "bitrate_kbps": 2400,
                         *         "broken": true,
                         *         "browser": "Safari 18",
                         *         "device": "phone",
                         *         "dropped": 12,
                         *         "entry": "0197a0c0-0000-7000-8000-000005c30872",
                         *         "failure": "timeout",
                         *         "first_at_ms": 1795867200000,
                         *         "first_frame_ms": 1500,
                         *         "frames": 12,
                         *         "height": 720,
                         *         "last_at_ms": 1795867200000,
                         *         "latency_ms_p50": 12,
                         *         "latency_worst_ms": 1500,
                         *         "node": "edge-sh-1",
                         *         "os": "iOS 18",
                         *         "play": "0197a0c0-0000-7000-8000-000000348b34",
                         *         "played_ms": 1500,
                         *         "region": "上海",
                         *         "shown": true,
                         *         "stalled_ms": 1500,
                         *         "stalls": 12,
                         *         "suspect": false,
                         *         "version": "1.0.0",
                         *         "viewer": "v5a0f4b34785e4b6f9d2c1a7e8b3f6d90"
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["PlayBody"][];
                    };
                };
                /** @description `bad_request` */
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                /** @description `broadcast_not_found` */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/broadcasts/{id}/qoe/plays/{entry}/{play}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The course of one play, report by report
         * @description Read from the event log; empty for a play that is not known.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the show */
                    id: string;
                    /** @description the viewer's entry */
                    entry: string;
                    /** @description the play */
                    play: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "at_ms": 1795867200000,
                         *         "bitrate_kbps": 2400,
                         *         "dropped": 12,
                         *         "failure": "timeout",
                         *         "height": 720,
                         *         "latency_ms": 1500,
                         *         "played_ms": 1500,
                         *         "stalled_ms": 1500,
                         *         "stalls": 12
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["PlayPoint"][];
                    };
                };
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                /** @description `broadcast_not_found` */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/broadcasts/{id}/qoe/viewers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Viewers of a show, the worst off first
         * @description `worst`: who never saw a frame, then who stalled longest. Who is nothing but a suspected bot is left out. Without `personal.read` an
         *     alias stands for each viewer, another one in every show.
         */
        get: {
            parameters: {
                query?: {
                    sort?: "worst" | "latency" | "first_frame" | "plays" | "newest";
                    /** @description By default 50. */
                    limit?: number;
                };
                header?: never;
                path: {
                    /** @description the show */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "browser": "Safari 18",
                         *         "device": "phone",
                         *         "dropped_rate": 0.97,
                         *         "failure": "timeout",
                         *         "first_at_ms": 1795867200000,
                         *         "first_frame_worst_ms": 1500,
                         *         "last_at_ms": 1795867200000,
                         *         "latency_worst_ms": 1500,
                         *         "node": "edge-sh-1",
                         *         "os": "iOS 18",
                         *         "played_ms": 1500,
                         *         "plays": 12,
                         *         "region": "上海",
                         *         "shown": 12,
                         *         "stall_ms_per_100s": 12.5,
                         *         "stalled_ms": 1500,
                         *         "stalls": 12,
                         *         "suspect_plays": 12,
                         *         "version": "1.0.0",
                         *         "viewer": "v5a0f4b34785e4b6f9d2c1a7e8b3f6d90"
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["ViewerQuality"][];
                    };
                };
                /** @description `bad_request` */
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                /** @description `broadcast_not_found` */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/broadcasts/{id}/recording": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is recorded of a show 录制状态 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "bytes": 1048576,
                         *       "cutting": 12,
                         *       "duration_ms": 1500,
                         *       "failing": "no_space",
                         *       "keep_until": 1795867200000,
                         *       "pieces": [
                         *         {
                         *           "end_ms": 1500,
                         *           "start_ms": 1500
                         *         }
                         *       ],
                         *       "state": "recording",
                         *       "uploading_bytes": 1048576
                         *     }
                         */
                        "application/json": components["schemas"]["RecordingBody"];
                    };
                };
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        /** Removes a show's recording for good. Its clips stay. */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                /** @description `still_recording`; `held`: by a legal hold */
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/broadcasts/{id}/thumbnails": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Pictures of a show 缩略图, oldest first; one about every 10 s while it is recorded */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "at_ms": 1795867200000,
                         *         "url": "rtmp://push.example.com/live"
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["ThumbnailBody"][];
                    };
                };
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/broadcasts/{id}/thumbnails/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One picture of a show */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    /** @description `{at_ms}.jpg`, as the list names it */
                    file: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/jpeg": string;
                    };
                };
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                /** @description `thumbnail_not_found` */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/checks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One check: where it stands, what was measured, what was found. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "created_at": 1795867200000,
                         *       "expires_at": 1795867200000,
                         *       "findings": [
                         *         {
                         *           "advice": {
                         *             "en": "Good plays",
                         *             "zh": "流畅播放"
                         *           },
                         *           "code": "gop",
                         *           "level": "pass",
                         *           "limit": "≤ 4100",
                         *           "name": {
                         *             "en": "Good plays",
                         *             "zh": "流畅播放"
                         *           },
                         *           "text": "the server closed the connection",
                         *           "unit": "ms",
                         *           "value": 12.5
                         *         }
                         *       ],
                         *       "finished_at": 1795867200000,
                         *       "id": "0197a0c0-0000-7000-8000-000005a3e508",
                         *       "kind": "push",
                         *       "measured": {
                         *         "browser": {
                         *           "camera": {
                         *             "error": "NotAllowedError",
                         *             "fps": 12.5,
                         *             "height": 720,
                         *             "picture": {
                         *               "black_percent": 0.97,
                         *               "frozen_percent": 0.97,
                         *               "luma": 12.5,
                         *               "luma_high": 0.97,
                         *               "luma_low": 0.97
                         *             },
                         *             "width": 1280
                         *           },
                         *           "device": {
                         *             "browser": "Chrome 140",
                         *             "cores": 12,
                         *             "media_source": true,
                         *             "os": "Windows",
                         *             "secure": true
                         *           },
                         *           "microphone": {
                         *             "clipped_percent": 0.97,
                         *             "error": "no microphone was found",
                         *             "hum_percent": 0.97,
                         *             "level_dbfs": 12.5,
                         *             "peak_dbfs": 12.5,
                         *             "silent_percent": 0.97
                         *           },
                         *           "network": {
                         *             "jitter_ms": 1500,
                         *             "round_trip_ms": 1500
                         *           }
                         *         },
                         *         "looked": {
                         *           "picture": {
                         *             "black_percent": 0.97,
                         *             "frozen_percent": 0.97,
                         *             "luma": 12.5,
                         *             "luma_high": 0.97,
                         *             "luma_low": 0.97
                         *           },
                         *           "sound": {
                         *             "loudness_lufs": 12.5,
                         *             "peak_dbtp": 12.5,
                         *             "silent_percent": 0.97
                         *           },
                         *           "unchecked": "ffmpeg is not installed"
                         *         },
                         *         "push": {
                         *           "audio": {
                         *             "channels": 12,
                         *             "codec": "mp4a.40.2",
                         *             "frames": 12,
                         *             "kbps": 12.5,
                         *             "rate": 12
                         *           },
                         *           "behind_ms": 1500,
                         *           "bytes": 1048576,
                         *           "elapsed_ms": 1500,
                         *           "gap_ms": 1500,
                         *           "jitter_ms": 1500,
                         *           "jumps": 12,
                         *           "media_ms": 1500,
                         *           "pace_percent": 0.97,
                         *           "refused_audio": true,
                         *           "refused_video": true,
                         *           "skew_ms": 1500,
                         *           "video": {
                         *             "b_frames": true,
                         *             "codec": "avc1.64001f",
                         *             "fps": 12.5,
                         *             "frames": 12,
                         *             "gop_least_ms": 1500,
                         *             "gop_ms": 1500,
                         *             "height": 720,
                         *             "kbps": 12.5,
                         *             "key_frames": 12,
                         *             "peak_kbps": 12.5,
                         *             "uneven_percent": 0.97,
                         *             "width": 1280
                         *           }
                         *         },
                         *         "upload": {
                         *           "bytes": 1048576,
                         *           "elapsed_ms": 1500,
                         *           "kbps": 12.5,
                         *           "least_kbps": 12.5
                         *         }
                         *       },
                         *       "progress": {
                         *         "fps": 12.5,
                         *         "height": 720,
                         *         "kbps": 12.5,
                         *         "pace_percent": 0.97,
                         *         "percent": 12,
                         *         "width": 1280
                         *       },
                         *       "push_url": "rtmp://live.example.com:1935/check",
                         *       "result": "pass",
                         *       "room_id": "0197a0c0-0000-7000-8000-0000003580db",
                         *       "state": "waiting"
                         *     }
                         */
                        "application/json": components["schemas"]["CheckBody"];
                    };
                };
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/checks/{id}/browser": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hands in what the studio page measured, which ends its check
         * @description Answers what was found, also when it is handed in again.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "camera": {
                     *         "error": "NotAllowedError",
                     *         "fps": 12.5,
                     *         "height": 720,
                     *         "picture": {
                     *           "black_percent": 0.97,
                     *           "frozen_percent": 0.97,
                     *           "luma": 12.5,
                     *           "luma_high": 0.97,
                     *           "luma_low": 0.97
                     *         },
                     *         "width": 1280
                     *       },
                     *       "device": {
                     *         "browser": "Chrome 140",
                     *         "cores": 12,
                     *         "media_source": true,
                     *         "os": "Windows",
                     *         "secure": true
                     *       },
                     *       "microphone": {
                     *         "clipped_percent": 0.97,
                     *         "error": "no microphone was found",
                     *         "hum_percent": 0.97,
                     *         "level_dbfs": 12.5,
                     *         "peak_dbfs": 12.5,
                     *         "silent_percent": 0.97
                     *       },
                     *       "network": {
                     *         "jitter_ms": 1500,
                     *         "round_trip_ms": 1500
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["BrowserMeasured"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "created_at": 1795867200000,
                         *       "expires_at": 1795867200000,
                         *       "findings": [
                         *         {
                         *           "advice": {
                         *             "en": "Good plays",
                         *             "zh": "流畅播放"
                         *           },
                         *           "code": "gop",
                         *           "level": "pass",
                         *           "limit": "≤ 4100",
                         *           "name": {
                         *             "en": "Good plays",
                         *             "zh": "流畅播放"
                         *           },
                         *           "text": "the server closed the connection",
                         *           "unit": "ms",
                         *           "value": 12.5
                         *         }
                         *       ],
                         *       "finished_at": 1795867200000,
                         *       "id": "0197a0c0-0000-7000-8000-000005a3e508",
                         *       "kind": "push",
                         *       "measured": {
                         *         "browser": {
                         *           "camera": {
                         *             "error": "NotAllowedError",
                         *             "fps": 12.5,
                         *             "height": 720,
                         *             "picture": {
                         *               "black_percent": 0.97,
                         *               "frozen_percent": 0.97,
                         *               "luma": 12.5,
                         *               "luma_high": 0.97,
                         *               "luma_low": 0.97
                         *             },
                         *             "width": 1280
                         *           },
                         *           "device": {
                         *             "browser": "Chrome 140",
                         *             "cores": 12,
                         *             "media_source": true,
                         *             "os": "Windows",
                         *             "secure": true
                         *           },
                         *           "microphone": {
                         *             "clipped_percent": 0.97,
                         *             "error": "no microphone was found",
                         *             "hum_percent": 0.97,
                         *             "level_dbfs": 12.5,
                         *             "peak_dbfs": 12.5,
                         *             "silent_percent": 0.97
                         *           },
                         *           "network": {
                         *             "jitter_ms": 1500,
                         *             "round_trip_ms": 1500
                         *           }
                         *         },
                         *         "looked": {
                         *           "picture": {
                         *             "black_percent": 0.97,
                         *             "frozen_percent": 0.97,
                         *             "luma": 12.5,
                         *             "luma_high": 0.97,
                         *             "luma_low": 0.97
                         *           },
                         *           "sound": {
                         *             "loudness_lufs": 12.5,
                         *             "peak_dbtp": 12.5,
                         *             "silent_percent": 0.97
                         *           },
                         *           "unchecked": "ffmpeg is not installed"
                         *         },
                         *         "push": {
                         *           "audio": {
                         *             "channels": 12,
                         *             "codec": "mp4a.40.2",
                         *             "frames": 12,
                         *             "kbps": 12.5,
                         *             "rate": 12
                         *           },
                         *           "behind_ms": 1500,
                         *           "bytes": 1048576,
                         *           "elapsed_ms": 1500,
                         *           "gap_ms": 1500,
                         *           "jitter_ms": 1500,
                         *           "jumps": 12,
                         *           "media_ms": 1500,
                         *           "pace_percent": 0.97,
                         *           "refused_audio": true,
                         *           "refused_video": true,
                         *           "skew_ms": 1500,
                         *           "video": {
                         *             "b_frames": true,
                         *             "codec": "avc1.64001f",
                         *             "fps": 12.5,
                         *             "frames": 12,
                         *             "gop_least_ms": 1500,
                         *             "gop_ms": 1500,
                         *             "height": 720,
                         *             "kbps": 12.5,
                         *             "key_frames": 12,
                         *             "peak_kbps": 12.5,
                         *             "uneven_percent": 0.97,
                         *             "width": 1280
                         *           }
                         *         },
                         *         "upload": {
                         *           "bytes": 1048576,
                         *           "elapsed_ms": 1500,
                         *           "kbps": 12.5,
                         *           "least_kbps": 12.5
                         *         }
                         *       },
                         *       "progress": {
                         *         "fps": 12.5,
                         *         "height": 720,
                         *         "kbps": 12.5,
                         *         "pace_percent": 0.97,
                         *         "percent": 12,
                         *         "width": 1280
                         *       },
                         *       "push_url": "rtmp://live.example.com:1935/check",
                         *       "result": "pass",
                         *       "room_id": "0197a0c0-0000-7000-8000-0000003580db",
                         *       "state": "waiting"
                         *     }
                         */
                        "application/json": components["schemas"]["CheckBody"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                /** @description `check_not_browser`, `check_over` */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/checks/{id}/upload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes bytes to measure the upload by
         * @description At most 4 MiB a request; the content does not matter and is thrown away. Time runs from the first request on, so begin
         *     with an empty one: behind a proxy that buffers, a body's own time is not seen. Under 2 s nothing is told of the line.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/octet-stream": string;
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "enough": true,
                         *       "measured": {
                         *         "bytes": 1048576,
                         *         "elapsed_ms": 1500,
                         *         "kbps": 12.5,
                         *         "least_kbps": 12.5
                         *       }
                         *     }
                         */
                        "application/json": components["schemas"]["UploadAnswer"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                /** @description `too_large` */
                413: components["responses"]["TooLarge"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clips/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes a clip and its file. */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                /** @description `clip_not_found` */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clips/{id}/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The clip as an MP4 file */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "video/mp4": string;
                    };
                };
                /** @description the asked range */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "video/mp4": string;
                    };
                };
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                /** @description `clip_not_found` */
                404: components["responses"]["NotFound"];
                /** @description `clip_gone` */
                410: components["responses"]["Gone"];
                /** @description the range lies outside */
                416: components["responses"]["NoSuchRange"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/collect/quarantine/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Forget an item 忽略 */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the item's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description forgotten */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `source.manage` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such item in your scope */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        options?: never;
        head?: never;
        /** Correct an item 修正. It is not taken before it is replayed. One that is shown masked is corrected by who may see it. */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the item's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "item": {
                     *         "event": "OrderPaid",
                     *         "properties": {
                     *           "price": 19.9
                     *         },
                     *         "type": "track",
                     *         "userId": "u1"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["CorrectedItem"];
                };
            };
            responses: {
                /** @description corrected */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "code": "plan_violation",
                         *       "cut": true,
                         *       "edge": "segment",
                         *       "edited_at_ms": 1795867200000,
                         *       "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *       "item": "{\"type\":\"track\",\"event\":\"OrderPaid\"}",
                         *       "reason": "against the tracking plan: `price` is missing",
                         *       "received_at_ms": 1790000000000,
                         *       "replayed_at_ms": 1795867200000
                         *     }
                         */
                        "application/json": components["schemas"]["QuarantinedItem"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `source.manage` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such item in your scope */
                404: components["responses"]["NotFound"];
                /** @description `already_replayed` */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `bad_item` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        trace?: never;
    };
    "/api/collect/quarantine/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take an item after all 重放
         * @description It is read by the same edge and today's tracking plan, keeps its time, and counts once however often it is replayed.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the item's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description taken, now or before */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "accepted": 12,
                         *       "duplicates": 12
                         *     }
                         */
                        "application/json": components["schemas"]["ReplayedItem"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `source.manage` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such item in your scope */
                404: components["responses"]["NotFound"];
                /** @description `item_cut` */
                409: components["responses"]["Conflict"];
                /** @description `bad_shape`, `too_large` or `plan_violation`: still refused */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                /** @description `log_unavailable`: try again after `Retry-After` seconds */
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/collect/sources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sources in your scope 采集源, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description `next` of the page before. */
                    after?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description a page of up to 100 sources */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "accepted": 12,
                         *           "created_at_ms": 1790000000000,
                         *           "duplicates": 12,
                         *           "enabled": true,
                         *           "events_per_s": 1000,
                         *           "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *           "kind": "segment",
                         *           "last_seen_at_ms": 1795867200000,
                         *           "limited": 12,
                         *           "name": "official website",
                         *           "old_key_until_ms": 1795867200000,
                         *           "plan": {
                         *             "events": {
                         *               "OrderPaid": {
                         *                 "properties": {
                         *                   "price": {
                         *                     "required": true,
                         *                     "type": "number"
                         *                   }
                         *                 }
                         *               }
                         *             },
                         *             "mode": "off"
                         *           },
                         *           "rejected": 12,
                         *           "team": "0197a0c0-0000-7000-8000-00000036425d"
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a"
                         *     }
                         */
                        "application/json": components["schemas"]["Page_EventSource"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `source.read` */
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /** Make a source 创建采集源. Its key goes into the client. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "events_per_s": 1000,
                     *       "kind": "segment",
                     *       "name": "official website",
                     *       "plan": {
                     *         "events": {
                     *           "OrderPaid": {
                     *             "properties": {
                     *               "price": {
                     *                 "required": true,
                     *                 "type": "number"
                     *               }
                     *             }
                     *           }
                     *         },
                     *         "mode": "off"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["NewSource"];
                };
            };
            responses: {
                /** @description made; the key is in `write_key` and is not shown again */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "accepted": 12,
                         *       "created_at_ms": 1790000000000,
                         *       "duplicates": 12,
                         *       "enabled": true,
                         *       "events_per_s": 1000,
                         *       "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *       "kind": "segment",
                         *       "last_seen_at_ms": 1795867200000,
                         *       "limited": 12,
                         *       "name": "official website",
                         *       "old_key_until_ms": 1795867200000,
                         *       "plan": {
                         *         "events": {
                         *           "OrderPaid": {
                         *             "properties": {
                         *               "price": {
                         *                 "required": true,
                         *                 "type": "number"
                         *               }
                         *             }
                         *           }
                         *         },
                         *         "mode": "off"
                         *       },
                         *       "rejected": 12,
                         *       "team": "0197a0c0-0000-7000-8000-00000036425d",
                         *       "write_key": "kbw_q2Vh0b0m3m9p4XyZ1nV6sTg8wKd5rLc7uJf2aHe9iQo"
                         *     }
                         */
                        "application/json": components["schemas"]["MadeSource"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `source.manage` */
                403: components["responses"]["Forbidden"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `bad_name`, `bad_limit` or `bad_plan` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/collect/sources/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a source 删除采集源. Its events stay; its key and its quarantine are gone. */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the source's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description removed */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `source.manage` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such source in your scope */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        options?: never;
        head?: never;
        /** Change a source 修改采集源: its name, its limit, its tracking plan, or whether it takes anything */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the source's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "enabled": true,
                     *       "events_per_s": 200,
                     *       "name": "shop",
                     *       "plan": {
                     *         "events": {
                     *           "OrderPaid": {
                     *             "properties": {
                     *               "price": {
                     *                 "required": true,
                     *                 "type": "number"
                     *               }
                     *             }
                     *           }
                     *         },
                     *         "mode": "off"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["SourceChange"];
                };
            };
            responses: {
                /** @description changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "accepted": 12,
                         *       "created_at_ms": 1790000000000,
                         *       "duplicates": 12,
                         *       "enabled": true,
                         *       "events_per_s": 1000,
                         *       "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *       "kind": "segment",
                         *       "last_seen_at_ms": 1795867200000,
                         *       "limited": 12,
                         *       "name": "official website",
                         *       "old_key_until_ms": 1795867200000,
                         *       "plan": {
                         *         "events": {
                         *           "OrderPaid": {
                         *             "properties": {
                         *               "price": {
                         *                 "required": true,
                         *                 "type": "number"
                         *               }
                         *             }
                         *           }
                         *         },
                         *         "mode": "off"
                         *       },
                         *       "rejected": 12,
                         *       "team": "0197a0c0-0000-7000-8000-00000036425d"
                         *     }
                         */
                        "application/json": components["schemas"]["EventSource"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `source.manage` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such source in your scope */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `bad_name`, `bad_limit` or `bad_plan` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        trace?: never;
    };
    "/api/collect/sources/{id}/key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a source another key 轮换密钥. The old one works on for `overlap_hours`, so that clients can be changed one by one. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the source's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "overlap_hours": 24
                     *     }
                     */
                    "application/json": components["schemas"]["KeyRotation"];
                };
            };
            responses: {
                /** @description rotated; the new key is in `write_key` and is not shown again */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "accepted": 12,
                         *       "created_at_ms": 1790000000000,
                         *       "duplicates": 12,
                         *       "enabled": true,
                         *       "events_per_s": 1000,
                         *       "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *       "kind": "segment",
                         *       "last_seen_at_ms": 1795867200000,
                         *       "limited": 12,
                         *       "name": "official website",
                         *       "old_key_until_ms": 1795867200000,
                         *       "plan": {
                         *         "events": {
                         *           "OrderPaid": {
                         *             "properties": {
                         *               "price": {
                         *                 "required": true,
                         *                 "type": "number"
                         *               }
                         *             }
                         *           }
                         *         },
                         *         "mode": "off"
                         *       },
                         *       "rejected": 12,
                         *       "team": "0197a0c0-0000-7000-8000-00000036425d",
                         *       "write_key": "kbw_q2Vh0b0m3m9p4XyZ1nV6sTg8wKd5rLc7uJf2aHe9iQo"
                         *     }
                         */
                        "application/json": components["schemas"]["MadeSource"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `source.manage` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such source in your scope */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `bad_overlap` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/collect/sources/{id}/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a source sends, as it comes 实时调试
         * @description Server-sent events: `ready` once; `seen` for each event, also those that are refused, as sent, without write keys, and without
         *     `personal.read` with personal data masked; `missed` with `{"count"}` when they came faster than they were read; `limited` with
         *     `{"count"}` of those that were over the source's limit, at most once a second. Nothing is kept: it begins with the call, and sees what this
         *     process takes.
         */
        get: {
            parameters: {
                query?: {
                    /** @description The stream ends after so many seconds; 300 without it. */
                    for_s?: number;
                };
                header?: never;
                path: {
                    /** @description the source's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the events as a stream; `schema` is that of one of them */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "data": "{}",
                         *       "event": "ready",
                         *       "retry": 1000
                         *     }
                         */
                        "text/event-stream": components["schemas"]["WatchEvent"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `source.manage` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such source in your scope */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/collect/sources/{id}/plan/draft": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A tracking plan drawn from what arrived 由已到事件生成埋点方案
         * @description Of the newest 100,000 events in the log, those of this source: their names, and their properties with the narrowest type that fits; those
         *     that were always there are required. Nothing changes before the plan is set with `PATCH`.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the source's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the draft, with mode `off` */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "events": 12,
                         *       "plan": {
                         *         "events": {
                         *           "OrderPaid": {
                         *             "properties": {
                         *               "price": {
                         *                 "required": true,
                         *                 "type": "number"
                         *               }
                         *             }
                         *           }
                         *         },
                         *         "mode": "off"
                         *       }
                         *     }
                         */
                        "application/json": components["schemas"]["DraftedPlan"];
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `source.read` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such source in your scope */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/collect/sources/{id}/quarantine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was not taken from a source 隔离区, newest first
         * @description The newest 10,000 of a source are kept, for 7 days. Without `personal.read` personal data in them are masked.
         */
        get: {
            parameters: {
                query?: {
                    /** @description `next` of the page before. */
                    after?: string;
                    /** @description Only this reason: `bad_shape`, `too_large` or `plan_violation`. */
                    code?: string;
                    /** @description Only what was not replayed. */
                    waiting?: boolean;
                };
                header?: never;
                path: {
                    /** @description the source's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description a page of up to 100 items */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "code": "plan_violation",
                         *           "cut": true,
                         *           "edge": "segment",
                         *           "edited_at_ms": 1795867200000,
                         *           "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *           "item": "{\"type\":\"track\",\"event\":\"OrderPaid\"}",
                         *           "reason": "against the tracking plan: `price` is missing",
                         *           "received_at_ms": 1790000000000,
                         *           "replayed_at_ms": 1795867200000
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a"
                         *     }
                         */
                        "application/json": components["schemas"]["Page_QuarantinedItem"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `source.read` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such source in your scope */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        /** Forget what was not taken 清空隔离区, all of it or one reason */
        delete: {
            parameters: {
                query?: {
                    /** @description Only this reason; everything without it. */
                    code?: string;
                };
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the source's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description forgotten */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "forgotten": 12
                         *     }
                         */
                        "application/json": components["schemas"]["ForgottenItems"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `source.manage` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such source in your scope */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/collect/sources/{id}/quarantine/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take after all what waits 批量重放, up to 100 of it
         * @description What is still refused stays and is counted.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the source's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "after": "0197a0c0-0000-7000-8000-0000058705dc",
                     *       "code": "plan_violation"
                     *     }
                     */
                    "application/json": components["schemas"]["ReplayWanted"];
                };
            };
            responses: {
                /** @description what became of them */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "accepted": 12,
                         *       "duplicates": 12,
                         *       "next": "0197a0c0-0000-7000-8000-000000338af3",
                         *       "refused": 12
                         *     }
                         */
                        "application/json": components["schemas"]["ReplayedItems"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `source.manage` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such source in your scope */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                /** @description `log_unavailable`: try again after `Retry-After` seconds */
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/consent/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many agreed and how many said no 同意统计, by purpose and version of the text */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the last word of each viewer; newest version first */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "declined": 12,
                         *         "given": 12,
                         *         "purpose": "analytics",
                         *         "version": 12
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["ConsentCount"][];
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `consent.read` */
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/consent/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What viewers are asked 同意设置 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "enabled": true,
                         *       "notice_url": "https://example.org/privacy",
                         *       "purposes": [
                         *         {
                         *           "asked": true,
                         *           "purpose": "analytics",
                         *           "since_ms": 1795867200000,
                         *           "text": {
                         *             "en": "Good plays",
                         *             "zh": "流畅播放"
                         *           },
                         *           "version": 12
                         *         }
                         *       ]
                         *     }
                         */
                        "application/json": components["schemas"]["ConsentSettings"];
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `consent.read` */
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        /** Sets what viewers are asked 修改同意设置 */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "enabled": true,
                     *       "notice_url": "https://example.org/privacy",
                     *       "purposes": [
                     *         {
                     *           "asked": true,
                     *           "en": "Count what you watch, to make better shows.",
                     *           "purpose": "analytics",
                     *           "zh": "统计您看了什么、停留多久，用来改进节目。"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["NewConsentSettings"];
                };
            };
            responses: {
                /** @description as it is now; elsewhere within some seconds */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "enabled": true,
                         *       "notice_url": "https://example.org/privacy",
                         *       "purposes": [
                         *         {
                         *           "asked": true,
                         *           "purpose": "analytics",
                         *           "since_ms": 1795867200000,
                         *           "text": {
                         *             "en": "Good plays",
                         *             "zh": "流畅播放"
                         *           },
                         *           "version": 12
                         *         }
                         *       ]
                         *     }
                         */
                        "application/json": components["schemas"]["ConsentSettings"];
                    };
                };
                /** @description `bad_request` */
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `consent.manage`; `beyond_your_reach` */
                403: components["responses"]["Forbidden"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `unknown_purpose`, `purpose_twice`, `bad_text`, `bad_url` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/consent/statements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What viewers said 同意记录, newest first: nothing is ever changed, only added */
        get: {
            parameters: {
                query?: {
                    /** @description Only of this viewer, by the pseudonym. */
                    viewer?: string;
                    /** @description Only of this purpose. */
                    purpose?: string;
                    /** @description `next` of the page before. */
                    after?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description a page of up to 100 */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "given": true,
                         *           "id": "0197a0c0-0000-7000-8000-00006e11ae02",
                         *           "purpose": "analytics",
                         *           "room": "0197a0c0-0000-7000-8000-0000003580db",
                         *           "said_at_ms": 1795867200000,
                         *           "through": "room_page",
                         *           "version": 12,
                         *           "viewer": "v5a0f4b34785e4b6f9d2c1a7e8b3f6d90"
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a"
                         *     }
                         */
                        "application/json": components["schemas"]["Page_ConsentStatement"];
                    };
                };
                /** @description `bad_request` */
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `consent.read` */
                403: components["responses"]["Forbidden"];
                /** @description `unknown_purpose` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/consent/viewers/{viewer}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Writes down what a viewer told staff 登记观众的决定
         * @description Of a viewer who has said something in your scope before.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the viewer's pseudonym */
                    viewer: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "given": true,
                     *       "purpose": "analytics",
                     *       "version": 1
                     *     }
                     */
                    "application/json": components["schemas"]["ConsentAnswer"];
                };
            };
            responses: {
                /** @description kept, now or before */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `bad_request` */
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `consent.write` */
                403: components["responses"]["Forbidden"];
                /** @description `viewer_not_found` */
                404: components["responses"]["NotFound"];
                /** @description `consent_text_changed`, `consent_not_asked` */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `unknown_purpose` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/danmaku/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Danmaku of all rooms and shows 全局弹幕检索
         * @description Finds every text that holds the words, wherever a dictionary would split it. Everything accepted before the request is searched.
         *     Without `personal.read` people are masked, and words are looked for in what is shown.
         */
        get: {
            parameters: {
                query?: {
                    /**
                     * @description What to look for: words that all stand in the text, `"quoted"` ones exactly so. Large and small letters, full and half width,
                     *     traditional and simplified characters are the same. Without it, everything.
                     */
                    q?: string;
                    /** @description Only in this room. */
                    room?: string;
                    /** @description Only in this show. */
                    broadcast?: string;
                    /** @description Only of this viewer. */
                    viewer?: string;
                    /** @description Only of this kind: 1 scrolling, 4 bottom, 5 top. */
                    mode?: number;
                    /** @description Said from then on, in milliseconds since the epoch. */
                    from?: number;
                    /** @description Said before. */
                    to?: number;
                    /** @description `next` of the page before. */
                    after?: string;
                    /** @description By default 50. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "indexing": true,
                         *       "items": [
                         *         {
                         *           "at": 1795867200000,
                         *           "before_air": true,
                         *           "broadcast_id": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *           "broadcast_title": "双十二专场",
                         *           "color": 12,
                         *           "ended": true,
                         *           "erased": true,
                         *           "marks": [
                         *             [
                         *               12
                         *             ]
                         *           ],
                         *           "mode": 12,
                         *           "nick": "小鹿",
                         *           "offset_ms": 1500,
                         *           "position": 4711,
                         *           "room_id": "0197a0c0-0000-7000-8000-0000003580db",
                         *           "room_title": "一号直播间",
                         *           "source": "live",
                         *           "text": "主播好看",
                         *           "viewer": "v5a0f4b34785e4b6f9d2c1a7e8b3f6d90"
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a",
                         *       "words": [
                         *         "主播",
                         *         "好看"
                         *       ]
                         *     }
                         */
                        "application/json": components["schemas"]["DanmakuHits"];
                    };
                };
                /** @description `query_too_long`, `query_too_many_words`, `bad_cursor` */
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                /** @description `archive_behind` */
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Events in your scope 事件流, oldest first, behind a cursor */
        get: {
            parameters: {
                query?: {
                    /** @description A cursor: `next` of the page before. Absent: from the oldest on; `latest`: only what happens from now on. */
                    after?: string;
                    /** @description Most events of a page; 100 without it. */
                    limit?: number;
                    /**
                     * @description Only these events, separated by commas.
                     * @example BroadcastStarted,BroadcastEnded
                     */
                    name?: string;
                    /** @description Only events of this show. */
                    broadcast?: string;
                    /** @description How long an empty page may be waited for, in milliseconds. */
                    wait_ms?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description a page; empty when nothing came within `wait_ms` */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "broadcast": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *           "data": {
                         *             "title": "双十二专场"
                         *           },
                         *           "id": "evt_4711_9f86d081",
                         *           "org": "0197a0c0-0000-7000-8000-00000001aee4",
                         *           "room": "0197a0c0-0000-7000-8000-0000003580db",
                         *           "source": "server",
                         *           "team": "0197a0c0-0000-7000-8000-00000036425d",
                         *           "time": "2026-11-28T12:00:00.000Z",
                         *           "type": "BroadcastStarted"
                         *         }
                         *       ],
                         *       "more": true,
                         *       "next": "4711"
                         *     }
                         */
                        "application/json": components["schemas"]["EventPage"];
                    };
                };
                /** @description `bad_cursor` */
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `event.read` */
                403: components["responses"]["Forbidden"];
                /** @description `events_gone`: what stood behind the cursor is not kept any more */
                410: components["responses"]["Gone"];
                /** @description `unknown_event` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/kinds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Names of the events that others may hear of */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description every event, and what of it is left out */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "name": "SuperChatSent",
                         *         "without": [
                         *           "viewer"
                         *         ]
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["EventKind"][];
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `event.read` */
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Events in your scope as server-sent events 事件推送, until you go
         * @description Each has the cursor as its `id` and the envelope as its `data`. `Last-Event-ID` goes on behind it. The stream ends with an
         *     event `end` that says why; come back then with the last `id`, and nothing is lost.
         */
        get: {
            parameters: {
                query?: {
                    /** @description A cursor to begin behind. `Last-Event-ID` wins. Absent: from now on. */
                    after?: string;
                    /**
                     * @description Only these events, separated by commas.
                     * @example AlarmRaised,AlarmCleared
                     */
                    name?: string;
                    /** @description Only events of this show. */
                    broadcast?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the stream */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example id: 4712
                         *     data: {"type":"BroadcastStarted"}
                         */
                        "text/event-stream": string;
                    };
                };
                /** @description `bad_cursor` */
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `event.read` */
                403: components["responses"]["Forbidden"];
                /** @description `events_gone`: what stood behind the cursor is not kept any more */
                410: components["responses"]["Gone"];
                /** @description `unknown_event` */
                422: components["responses"]["Unprocessable"];
                /** @description `too_many_streams` */
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/imports/mappings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Remembered mappings 列映射 of the organisation, the last used first */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "id": "0197a0c0-0000-7000-8000-0000862d80e5",
                         *           "mapping": {
                         *             "columns": [
                         *               {
                         *                 "field": "time",
                         *                 "header": "下单时间"
                         *               },
                         *               {
                         *                 "field": "text",
                         *                 "header": "内容"
                         *               }
                         *             ],
                         *             "event": "OrderPaid",
                         *             "money": "yuan",
                         *             "rows_of": "danmaku",
                         *             "utc_offset_min": 480
                         *           },
                         *           "platform": "douyin",
                         *           "used_at_ms": 1795867200000
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a"
                         *     }
                         */
                        "application/json": components["schemas"]["Page_RememberedMapping"];
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `import.write` */
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        /**
         * Remembers how a platform's tables are read 保存列映射
         * @description One for each platform and row of headers; another for the same replaces it. Its `id` goes to the import of a file.
         */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "mapping": {
                     *         "columns": [
                     *           {
                     *             "field": "time",
                     *             "header": "下单时间"
                     *           },
                     *           {
                     *             "field": "text",
                     *             "header": "内容"
                     *           }
                     *         ],
                     *         "event": "OrderPaid",
                     *         "money": "yuan",
                     *         "rows_of": "danmaku",
                     *         "utc_offset_min": 480
                     *       },
                     *       "platform": "douyin"
                     *     }
                     */
                    "application/json": components["schemas"]["NewMapping"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "id": "0197a0c0-0000-7000-8000-0000862d80e5",
                         *       "mapping": {
                         *         "columns": [
                         *           {
                         *             "field": "time",
                         *             "header": "下单时间"
                         *           },
                         *           {
                         *             "field": "text",
                         *             "header": "内容"
                         *           }
                         *         ],
                         *         "event": "OrderPaid",
                         *         "money": "yuan",
                         *         "rows_of": "danmaku",
                         *         "utc_offset_min": 480
                         *       },
                         *       "platform": "douyin",
                         *       "used_at_ms": 1795867200000
                         *     }
                         */
                        "application/json": components["schemas"]["RememberedMapping"];
                    };
                };
                /** @description `bad_request`, `bad_mapping` */
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `import.write` */
                403: components["responses"]["Forbidden"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/imports/mappings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Forgets a mapping. What was imported with it stays. */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the mapping's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description forgotten */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `import.write` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found` */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/imports/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Looks at a file 预览 before it is imported
         * @description The body is the file, of a text file its beginning is enough. A table comes back with its first rows, a guess of its columns, and
         *     the mapping that a table with the same headers had before.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/octet-stream": string;
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "format": "danmaku_xml",
                         *       "table": {
                         *         "guess": {
                         *           "columns": [
                         *             {
                         *               "field": "time",
                         *               "header": "下单时间"
                         *             },
                         *             {
                         *               "field": "text",
                         *               "header": "内容"
                         *             }
                         *           ],
                         *           "event": "OrderPaid",
                         *           "money": "yuan",
                         *           "rows_of": "danmaku",
                         *           "utc_offset_min": 480
                         *         },
                         *         "headers": [
                         *           "下单时间",
                         *           "订单号",
                         *           "实付金额"
                         *         ],
                         *         "kind": "gb18030",
                         *         "remembered": {
                         *           "id": "0197a0c0-0000-7000-8000-0000862d80e5",
                         *           "mapping": {
                         *             "columns": [
                         *               {
                         *                 "field": "time",
                         *                 "header": "下单时间"
                         *               },
                         *               {
                         *                 "field": "text",
                         *                 "header": "内容"
                         *               }
                         *             ],
                         *             "event": "OrderPaid",
                         *             "money": "yuan",
                         *             "rows_of": "danmaku",
                         *             "utc_offset_min": 480
                         *           },
                         *           "platform": "douyin",
                         *           "used_at_ms": 1795867200000
                         *         },
                         *         "rows": [
                         *           [
                         *             "2026-11-28 20:01:02",
                         *             "6921",
                         *             "39.90"
                         *           ]
                         *         ]
                         *       }
                         *     }
                         */
                        "application/json": components["schemas"]["FilePreview"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `import.write` */
                403: components["responses"]["Forbidden"];
                409: components["responses"]["Conflict"];
                /** @description `too_large` */
                413: components["responses"]["TooLarge"];
                /** @description `bad_table` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                /** @description `imports_busy` */
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/links/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Use the link: set the password 接受邀请. Sign in with it afterwards. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "name": "张三",
                     *       "password": "correct horse battery staple",
                     *       "secret": "kbi_q2Vh0b0m3m9p4XyZ1nV6sTg8wKd5rLc7uJf2aHe9iQo"
                     *     }
                     */
                    "application/json": components["schemas"]["Acceptance"];
                };
            };
            responses: {
                /** @description the password is set, the link is used up, every session of before has ended */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description `sso_only`: the person joins by single sign-on */
                403: components["responses"]["Forbidden"];
                409: components["responses"]["Conflict"];
                /** @description `dead_link` */
                410: components["responses"]["Gone"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `weak_password` or `bad_name` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                /** @description `busy`, with `Retry-After` */
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/links/look": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Whose link is this? Nothing is used up. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "secret": "kbi_q2Vh0b0m3m9p4XyZ1nV6sTg8wKd5rLc7uJf2aHe9iQo"
                     *     }
                     */
                    "application/json": components["schemas"]["LinkSecret"];
                };
            };
            responses: {
                /** @description the link still opens */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "expires_at_ms": 1795867200000,
                         *       "kind": "invitation",
                         *       "login": "zhang.san",
                         *       "name": "张三",
                         *       "org": "总部 Headquarters",
                         *       "sso_only": true
                         *     }
                         */
                        "application/json": components["schemas"]["LinkView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                403: components["responses"]["Forbidden"];
                409: components["responses"]["Conflict"];
                /** @description `dead_link` */
                410: components["responses"]["Gone"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who am I, and what may I do? */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the person or token asking */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "has_password": true,
                         *       "must_change_password": true,
                         *       "must_enrol": true,
                         *       "name": "admin",
                         *       "org": {
                         *         "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *         "name": "总部 Headquarters"
                         *       },
                         *       "permissions": [
                         *         "metrics.read",
                         *         "room.manage",
                         *         "room.read"
                         *       ],
                         *       "region": {
                         *         "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *         "name": "华东 East"
                         *       },
                         *       "role": "admin",
                         *       "team": {
                         *         "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *         "name": "默认团队 Default team"
                         *       },
                         *       "user": {
                         *         "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *         "login": "admin",
                         *         "name": "管理员 Administrator"
                         *       }
                         *     }
                         */
                        "application/json": components["schemas"]["Me"];
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/identities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Providers that know me 我的单点登录. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description oldest first */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "created_at_ms": 1795867200000,
                         *         "follows_groups": true,
                         *         "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *         "last_used_at_ms": 1795867200000,
                         *         "provider": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *         "provider_name": "公司账号 Company account",
                         *         "shown": "zhang.san@example.com"
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["SsoIdentity"][];
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `person_required` */
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /** Begin to link an identity to the own account 关联单点登录. Finished by `POST /api/sso/finish` in the same browser. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "password": "correct horse battery staple",
                     *       "provider": "01890a5d-ac96-774b-bcce-b302099a8057"
                     *     }
                     */
                    "application/json": components["schemas"]["NewIdentity"];
                };
            };
            responses: {
                /** @description where to go */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "state": "live",
                         *       "url": "https://id.example.com/authorize?response_type=code&state=..."
                         *     }
                         */
                        "application/json": components["schemas"]["SsoWay"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `person_required`; or `sign_in_again`: there is no password, and the sign-in is old */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such provider is enabled in your organisation */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `wrong_password` */
                422: components["responses"]["Unprocessable"];
                /** @description `too_many_attempts` */
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                /** @description `sso_unavailable`: the provider does not answer as it should */
                502: components["responses"]["BadGateway"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/identities/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take an identity off the own account 解除关联. One way in must stay. */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the identity's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description taken off */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `person_required` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such identity of yours */
                404: components["responses"]["NotFound"];
                /** @description `sso_last_way` */
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set a new password 修改密码. Every other session of the person ends. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "current": "7k2d-m9qx-04tz-vb6h",
                     *       "new": "correct horse battery staple"
                     *     }
                     */
                    "application/json": components["schemas"]["NewPassword"];
                };
            };
            responses: {
                /** @description changed */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `person_required` */
                403: components["responses"]["Forbidden"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `wrong_password`, `weak_password` or `password_unchanged` */
                422: components["responses"]["Unprocessable"];
                /** @description `too_many_attempts`, with `Retry-After` */
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                /** @description `busy`, with `Retry-After` */
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/second-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Is there a second factor 二次验证? */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description what is set up */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "enabled": true,
                         *       "needed": true,
                         *       "recovery_codes_left": 10
                         *     }
                         */
                        "application/json": components["schemas"]["SecondFactor"];
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `person_required` */
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /** Begin to set up a second factor 开启二次验证. It counts from the first right code on. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "password": "correct horse battery staple"
                     *     }
                     */
                    "application/json": components["schemas"]["OwnPassword"];
                };
            };
            responses: {
                /** @description the secret, shown this once */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "otpauth": "otpauth://totp/Kaibo:admin?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Kaibo",
                         *       "secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                         *     }
                         */
                        "application/json": components["schemas"]["NewSecondFactor"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `person_required`; or `sign_in_again`: there is no password, and the sign-in is old */
                403: components["responses"]["Forbidden"];
                /** @description `second_factor_set` */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `wrong_password` */
                422: components["responses"]["Unprocessable"];
                /** @description `too_many_attempts` */
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/second-factor/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Confirm the second factor by its first code 确认二次验证. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "code": "005924"
                     *     }
                     */
                    "application/json": components["schemas"]["Code"];
                };
            };
            responses: {
                /** @description it counts from now on; the recovery codes, shown this once */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "recovery_codes": [
                         *         "7k2d-m9qx-04tz-vb6h"
                         *       ]
                         *     }
                         */
                        "application/json": components["schemas"]["RecoveryCodes"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `person_required`; or `sign_in_again`: there is no password, and the sign-in is old */
                403: components["responses"]["Forbidden"];
                /** @description `second_factor_not_set` or `second_factor_set` */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `wrong_code` */
                422: components["responses"]["Unprocessable"];
                /** @description `too_many_attempts` */
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/second-factor/recovery-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** New recovery codes instead of the old ones 重新生成恢复码. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "code": "005924",
                     *       "password": "correct horse battery staple"
                     *     }
                     */
                    "application/json": components["schemas"]["PasswordAndCode"];
                };
            };
            responses: {
                /** @description the codes, shown this once */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "recovery_codes": [
                         *         "7k2d-m9qx-04tz-vb6h"
                         *       ]
                         *     }
                         */
                        "application/json": components["schemas"]["RecoveryCodes"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `person_required`; or `sign_in_again`: there is no password, and the sign-in is old */
                403: components["responses"]["Forbidden"];
                /** @description `second_factor_not_set` */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `wrong_password` or `wrong_code` */
                422: components["responses"]["Unprocessable"];
                /** @description `too_many_attempts` */
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/second-factor/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take the second factor away 关闭二次验证. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "code": "005924",
                     *       "password": "correct horse battery staple"
                     *     }
                     */
                    "application/json": components["schemas"]["PasswordAndCode"];
                };
            };
            responses: {
                /** @description removed */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `person_required`; or `sign_in_again`: there is no password, and the sign-in is old */
                403: components["responses"]["Forbidden"];
                /** @description `second_factor_not_set`, or `second_factor_needed`: the organisation wants one of your role */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `wrong_password` or `wrong_code` */
                422: components["responses"]["Unprocessable"];
                /** @description `too_many_attempts` */
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where am I signed in? 我的会话 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description newest first */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "created_at_ms": 1795867200000,
                         *           "current": true,
                         *           "device": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36",
                         *           "expires_at_ms": 1795867200000,
                         *           "from_ip": "203.0.113.7",
                         *           "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *           "last_used_at_ms": 1795867200000
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a"
                         *     }
                         */
                        "application/json": components["schemas"]["Page_SessionView"];
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `person_required` */
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        /** End every other session of mine 退出其他设备. */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description ended; the one that asks stays */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `person_required` */
                403: components["responses"]["Forbidden"];
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End one session of mine 退出该设备. */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the session's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description ended */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `person_required` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such session of yours */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** My personal tokens, newest first 个人令牌. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description those that work */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "created_at_ms": 1790000000000,
                         *           "expires_at_ms": 1795867200000,
                         *           "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *           "last_used_at_ms": 1795867200000,
                         *           "made_by": "admin",
                         *           "name": "website collector",
                         *           "region": "0197a0c0-0000-7000-8000-0000c84826f4",
                         *           "role": "service",
                         *           "scopes": [
                         *             "collect.write"
                         *           ],
                         *           "team": "0197a0c0-0000-7000-8000-00000036425d"
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a"
                         *     }
                         */
                        "application/json": components["schemas"]["Page_Token"];
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `person_required` */
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /** Make a personal token 创建个人令牌. Only a signed-in person makes one: a token makes no other. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "expires_in_days": 90,
                     *       "name": "my script",
                     *       "scopes": [
                     *         "metrics.read"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["NewPersonalToken"];
                };
            };
            responses: {
                /** @description made; the secret is in `token` and is not shown again */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "created_at_ms": 1790000000000,
                         *       "expires_at_ms": 1795867200000,
                         *       "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *       "last_used_at_ms": 1795867200000,
                         *       "made_by": "admin",
                         *       "name": "website collector",
                         *       "region": "0197a0c0-0000-7000-8000-0000c84826f4",
                         *       "role": "service",
                         *       "scopes": [
                         *         "collect.write"
                         *       ],
                         *       "team": "0197a0c0-0000-7000-8000-00000036425d",
                         *       "token": "kbo_q2Vh0b0m3m9p4XyZ1nV6sTg8wKd5rLc7uJf2aHe9iQo"
                         *     }
                         */
                        "application/json": components["schemas"]["MadeToken"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `person_required`, or `beyond_your_permissions` */
                403: components["responses"]["Forbidden"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `bad_name`, `unknown_scope` or `bad_expiry` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a personal token 吊销个人令牌. It stops at once. */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the token's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description revoked */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `person_required` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such token of yours */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/media-servers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Outside media servers 媒体服务器, newest first */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "allowed_ips": [
                         *             "10.0.0.5"
                         *           ],
                         *           "created_at": 1795867200000,
                         *           "has_query": true,
                         *           "id": "0197a0c0-0000-7000-8000-000022f656ef",
                         *           "kind": "srs",
                         *           "mode": "forward",
                         *           "name": "机房 SRS",
                         *           "outside_plays": 12,
                         *           "pull_url": "rtmp://10.0.0.5/live/{name}",
                         *           "streams": 12
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a"
                         *     }
                         */
                        "application/json": components["schemas"]["Page_MediaServerBody"];
                    };
                };
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /** Adds a media server. The answer holds its secret; it is not shown again. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "allowed_ips": [
                     *         "10.0.0.5"
                     *       ],
                     *       "kind": "srs",
                     *       "mode": "forward",
                     *       "name": "机房 SRS",
                     *       "pull_url": "rtmp://10.0.0.5/live/{name}"
                     *     }
                     */
                    "application/json": components["schemas"]["NewMediaServer"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "allowed_ips": [
                         *         "10.0.0.5"
                         *       ],
                         *       "created_at": 1795867200000,
                         *       "has_query": true,
                         *       "hook_path": "/hooks/0190a0c0-0000-7000-8000-000000000001/kbh_0123456789abcdef",
                         *       "id": "0197a0c0-0000-7000-8000-000022f656ef",
                         *       "kind": "srs",
                         *       "mode": "forward",
                         *       "name": "机房 SRS",
                         *       "outside_plays": 12,
                         *       "pull_url": "rtmp://10.0.0.5/live/{name}",
                         *       "push_port": 1935,
                         *       "secret": "kbh_0123456789abcdef",
                         *       "streams": 12
                         *     }
                         */
                        "application/json": components["schemas"]["NewMediaServerBody"];
                    };
                };
                /** @description `bad_name`, `bad_kind`, `bad_mode`, `bad_pull_url`, `bad_address_list` */
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/media-servers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes a media server. Its streams are given back at once. */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                /** @description `media_server_not_found` */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        options?: never;
        head?: never;
        /** Changes a media server. Streams that are carried already go on as they are. */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "allowed_ips": [
                     *         "10.0.0.5"
                     *       ],
                     *       "mode": "forward",
                     *       "name": "机房 SRS",
                     *       "pull_url": "rtmp://10.0.0.5/live/{name}"
                     *     }
                     */
                    "application/json": components["schemas"]["MediaServerChange"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "allowed_ips": [
                         *         "10.0.0.5"
                         *       ],
                         *       "created_at": 1795867200000,
                         *       "has_query": true,
                         *       "id": "0197a0c0-0000-7000-8000-000022f656ef",
                         *       "kind": "srs",
                         *       "mode": "forward",
                         *       "name": "机房 SRS",
                         *       "outside_plays": 12,
                         *       "pull_url": "rtmp://10.0.0.5/live/{name}",
                         *       "streams": 12
                         *     }
                         */
                        "application/json": components["schemas"]["MediaServerBody"];
                    };
                };
                /** @description as for a new one */
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                /** @description `media_server_not_found` */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        trace?: never;
    };
    "/api/media-servers/{id}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Replaces a media server's secret. The old one stops working at once. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "allowed_ips": [
                         *         "10.0.0.5"
                         *       ],
                         *       "created_at": 1795867200000,
                         *       "has_query": true,
                         *       "hook_path": "/hooks/0190a0c0-0000-7000-8000-000000000001/kbh_0123456789abcdef",
                         *       "id": "0197a0c0-0000-7000-8000-000022f656ef",
                         *       "kind": "srs",
                         *       "mode": "forward",
                         *       "name": "机房 SRS",
                         *       "outside_plays": 12,
                         *       "pull_url": "rtmp://10.0.0.5/live/{name}",
                         *       "push_port": 1935,
                         *       "secret": "kbh_0123456789abcdef",
                         *       "streams": 12
                         *     }
                         */
                        "application/json": components["schemas"]["NewMediaServerBody"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                /** @description `media_server_not_found` */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/media-servers/{id}/streams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The streams that a media server carries now */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "app": "live",
                         *           "bitrate_kbps": 2400,
                         *           "last_error": {
                         *             "code": "unknown_stream",
                         *             "text": "the server closed the connection"
                         *           },
                         *           "name": "studio-1",
                         *           "published_at": 1795867200000,
                         *           "received_bytes": 1048576,
                         *           "reconnects": 12,
                         *           "room_id": "0197a0c0-0000-7000-8000-0000003580db",
                         *           "since": 1795867200000,
                         *           "state": "publishing"
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a"
                         *     }
                         */
                        "application/json": components["schemas"]["Page_HookStreamBody"];
                    };
                };
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                /** @description `media_server_not_found` */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Values of metrics, live and settled. */
        get: {
            parameters: {
                query: {
                    /**
                     * @description Metric ids, separated by commas.
                     * @example view_uv,pcu
                     */
                    ids: string;
                    /** @description The broadcast; only `events_total` does without, and then speaks of the organisation. */
                    broadcast?: string;
                    /** @description For `events_total`: count only events of this name. */
                    event?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "as_of": 1795867200000,
                         *         "en": "Viewers",
                         *         "id": "view_uv",
                         *         "live": 12.5,
                         *         "settled": 12.5,
                         *         "unit": "count",
                         *         "zh": "观看人数"
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["MetricValue"][];
                    };
                };
                /** @description `unknown_metric`, `broadcast_required`, `bad_request` */
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/metrics/dictionary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The metric dictionary. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "direction": "higher_is_better",
                         *         "en": "Viewers",
                         *         "formula": "count of distinct viewers whose entry counts",
                         *         "freshness": "1 s",
                         *         "grain": [
                         *           "broadcast"
                         *         ],
                         *         "id": "view_uv",
                         *         "late": "counted when it comes",
                         *         "live": true,
                         *         "series": true,
                         *         "settled": true,
                         *         "unit": "count",
                         *         "zh": "观看人数"
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["MetricEntry"][];
                    };
                };
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/metrics/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tiles of the live screen. */
        get: {
            parameters: {
                query: {
                    broadcast: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "as_of": 1795867200000,
                         *         "en": "Viewers",
                         *         "id": "view_uv",
                         *         "last_10m": 12.5,
                         *         "previous_10m": 12.5,
                         *         "spark": [
                         *           12.5
                         *         ],
                         *         "unit": "count",
                         *         "value": 12.5,
                         *         "zh": "观看人数"
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["TileAnswer"][];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/metrics/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Metrics over time, with markers of what happened to the show. */
        get: {
            parameters: {
                query: {
                    /**
                     * @description Metric ids, separated by commas; those the dictionary marks with `series`.
                     * @example online,danmaku_per_min
                     */
                    ids: string;
                    broadcast: string;
                    /** @description Seconds between points, a multiple of 60; chosen by the length of the show when absent. */
                    step_s?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "from": 1795867200000,
                         *       "ids": {
                         *         "online": [
                         *           [
                         *             12.5
                         *           ]
                         *         ]
                         *       },
                         *       "markers": [
                         *         {
                         *           "at": 1795867200000,
                         *           "kind": "broadcast_started"
                         *         }
                         *       ],
                         *       "step_s": 30,
                         *       "to": 1795867200000
                         *     }
                         */
                        "application/json": components["schemas"]["SeriesAnswer"];
                    };
                };
                /** @description `unknown_metric`, `no_series`, `bad_step`, `bad_request` */
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/moderation/appeals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Appeals in your scope 申诉
         * @description Those that are open (`state=open`) as they are due, otherwise the newest first.
         */
        get: {
            parameters: {
                query?: {
                    state?: "open" | "upheld" | "reversed";
                    room?: string;
                    /** @description A pseudonym. */
                    viewer?: string;
                    /** @description `next` of the page before. */
                    after?: string;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description a page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "decided_at_ms": 1795867200000,
                         *           "decided_by": "wang",
                         *           "due_at_ms": 1795867200000,
                         *           "filed_at_ms": 1795867200000,
                         *           "id": "0197a0c0-0000-7000-8000-0000abe4cd8f",
                         *           "late": true,
                         *           "may_decide": true,
                         *           "reason": "未违反条款,予以撤销",
                         *           "sanction": {
                         *             "appeal": {
                         *               "due_at_ms": 1795867200000,
                         *               "id": "0197a0c0-0000-7000-8000-000031322d65",
                         *               "state": "open"
                         *             },
                         *             "as_proposed": true,
                         *             "at_ms": 1795867200000,
                         *             "broadcast": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *             "by": "lin",
                         *             "changed_at_ms": 1795867200000,
                         *             "changed_by": "wang",
                         *             "changed_why": "认错了人",
                         *             "clause": "contact",
                         *             "everywhere": true,
                         *             "evidence": {
                         *               "broadcast": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *               "from_ms": 45000,
                         *               "to_ms": 75000
                         *             },
                         *             "id": "0197a0c0-0000-7000-8000-000076c21d0c",
                         *             "in_force": true,
                         *             "kind": "warn",
                         *             "mistaken": true,
                         *             "position": 4711,
                         *             "reasons": [
                         *               {
                         *                 "category": "contact",
                         *                 "end": 12,
                         *                 "field": "text",
                         *                 "list": "pack",
                         *                 "rule": "alias",
                         *                 "start": 12,
                         *                 "verdict": "hold",
                         *                 "word": "加微信"
                         *               }
                         *             ],
                         *             "room": "0197a0c0-0000-7000-8000-0000003580db",
                         *             "said_at_ms": 1795867200000,
                         *             "score": 0.97,
                         *             "state": "active",
                         *             "statement": {
                         *               "en": "what you wrote is against the rule \"luring viewers elsewhere\". What follows: you may not write for 10 minutes, in this room.",
                         *               "zh": "您发送的弹幕违反了「引流到站外」。处理:禁言 10 分钟,适用于本直播间。"
                         *             },
                         *             "strike": 2,
                         *             "text": "加薇❤信 看好货",
                         *             "tier": 1,
                         *             "until_ms": 1500,
                         *             "viewer": "v5a0f4b34785e4b6f9d2c1a7e8b3f6d90",
                         *             "why": "三个房间发同样的话"
                         *           },
                         *           "state": "open",
                         *           "text": "我只是报了自己店铺的名字"
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a"
                         *     }
                         */
                        "application/json": components["schemas"]["Page_AppealBody"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `appeal.decide` */
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/moderation/appeals/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** An appeal 申诉详情 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the appeal */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the appeal */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "decided_at_ms": 1795867200000,
                         *       "decided_by": "wang",
                         *       "due_at_ms": 1795867200000,
                         *       "filed_at_ms": 1795867200000,
                         *       "id": "0197a0c0-0000-7000-8000-0000abe4cd8f",
                         *       "late": true,
                         *       "may_decide": true,
                         *       "reason": "未违反条款,予以撤销",
                         *       "sanction": {
                         *         "appeal": {
                         *           "due_at_ms": 1795867200000,
                         *           "id": "0197a0c0-0000-7000-8000-000031322d65",
                         *           "state": "open"
                         *         },
                         *         "as_proposed": true,
                         *         "at_ms": 1795867200000,
                         *         "broadcast": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *         "by": "lin",
                         *         "changed_at_ms": 1795867200000,
                         *         "changed_by": "wang",
                         *         "changed_why": "认错了人",
                         *         "clause": "contact",
                         *         "everywhere": true,
                         *         "evidence": {
                         *           "broadcast": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *           "from_ms": 45000,
                         *           "to_ms": 75000
                         *         },
                         *         "id": "0197a0c0-0000-7000-8000-000076c21d0c",
                         *         "in_force": true,
                         *         "kind": "warn",
                         *         "mistaken": true,
                         *         "position": 4711,
                         *         "reasons": [
                         *           {
                         *             "category": "contact",
                         *             "end": 12,
                         *             "field": "text",
                         *             "list": "pack",
                         *             "rule": "alias",
                         *             "start": 12,
                         *             "verdict": "hold",
                         *             "word": "加微信"
                         *           }
                         *         ],
                         *         "room": "0197a0c0-0000-7000-8000-0000003580db",
                         *         "said_at_ms": 1795867200000,
                         *         "score": 0.97,
                         *         "state": "active",
                         *         "statement": {
                         *           "en": "what you wrote is against the rule \"luring viewers elsewhere\". What follows: you may not write for 10 minutes, in this room.",
                         *           "zh": "您发送的弹幕违反了「引流到站外」。处理:禁言 10 分钟,适用于本直播间。"
                         *         },
                         *         "strike": 2,
                         *         "text": "加薇❤信 看好货",
                         *         "tier": 1,
                         *         "until_ms": 1500,
                         *         "viewer": "v5a0f4b34785e4b6f9d2c1a7e8b3f6d90",
                         *         "why": "三个房间发同样的话"
                         *       },
                         *       "state": "open",
                         *       "text": "我只是报了自己店铺的名字"
                         *     }
                         */
                        "application/json": components["schemas"]["AppealBody"];
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `appeal.decide` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such appeal in your scope */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/moderation/appeals/{id}/decision": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Decide about an appeal 申诉裁决
         * @description Not about one against your own sanction. A reversed sanction ends now, counts no more towards the next one, and the verdict about
         *     its danmaku is overturned; one that was suspended and is upheld holds again.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the appeal */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "outcome": "uphold",
                     *       "reason": "未违反条款,予以撤销"
                     *     }
                     */
                    "application/json": components["schemas"]["DecideAppeal"];
                };
            };
            responses: {
                /** @description the appeal, decided */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "decided_at_ms": 1795867200000,
                         *       "decided_by": "wang",
                         *       "due_at_ms": 1795867200000,
                         *       "filed_at_ms": 1795867200000,
                         *       "id": "0197a0c0-0000-7000-8000-0000abe4cd8f",
                         *       "late": true,
                         *       "may_decide": true,
                         *       "reason": "未违反条款,予以撤销",
                         *       "sanction": {
                         *         "appeal": {
                         *           "due_at_ms": 1795867200000,
                         *           "id": "0197a0c0-0000-7000-8000-000031322d65",
                         *           "state": "open"
                         *         },
                         *         "as_proposed": true,
                         *         "at_ms": 1795867200000,
                         *         "broadcast": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *         "by": "lin",
                         *         "changed_at_ms": 1795867200000,
                         *         "changed_by": "wang",
                         *         "changed_why": "认错了人",
                         *         "clause": "contact",
                         *         "everywhere": true,
                         *         "evidence": {
                         *           "broadcast": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *           "from_ms": 45000,
                         *           "to_ms": 75000
                         *         },
                         *         "id": "0197a0c0-0000-7000-8000-000076c21d0c",
                         *         "in_force": true,
                         *         "kind": "warn",
                         *         "mistaken": true,
                         *         "position": 4711,
                         *         "reasons": [
                         *           {
                         *             "category": "contact",
                         *             "end": 12,
                         *             "field": "text",
                         *             "list": "pack",
                         *             "rule": "alias",
                         *             "start": 12,
                         *             "verdict": "hold",
                         *             "word": "加微信"
                         *           }
                         *         ],
                         *         "room": "0197a0c0-0000-7000-8000-0000003580db",
                         *         "said_at_ms": 1795867200000,
                         *         "score": 0.97,
                         *         "state": "active",
                         *         "statement": {
                         *           "en": "what you wrote is against the rule \"luring viewers elsewhere\". What follows: you may not write for 10 minutes, in this room.",
                         *           "zh": "您发送的弹幕违反了「引流到站外」。处理:禁言 10 分钟,适用于本直播间。"
                         *         },
                         *         "strike": 2,
                         *         "text": "加薇❤信 看好货",
                         *         "tier": 1,
                         *         "until_ms": 1500,
                         *         "viewer": "v5a0f4b34785e4b6f9d2c1a7e8b3f6d90",
                         *         "why": "三个房间发同样的话"
                         *       },
                         *       "state": "open",
                         *       "text": "我只是报了自己店铺的名字"
                         *     }
                         */
                        "application/json": components["schemas"]["AppealBody"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `appeal.decide`; `own_sanction`: you imposed it; `beyond_your_reach`: it holds everywhere */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such appeal in your scope */
                404: components["responses"]["NotFound"];
                /** @description `already_decided` */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `bad_reason`: 1 to 500 characters */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/moderation/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try the lists in force on a text 试查文本
         * @description Nothing of it is kept.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "room": "0197a0c0-0000-7000-8000-0000003580db",
                     *       "scope": "danmaku",
                     *       "text": "加薇信看货"
                     *     }
                     */
                    "application/json": components["schemas"]["CheckText"];
                };
            };
            responses: {
                /** @description what would become of it */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "hits": [
                         *         {
                         *           "category": "contact",
                         *           "end": 12,
                         *           "level": "hold",
                         *           "list": "pack",
                         *           "rule": "alias",
                         *           "start": 12,
                         *           "word": "加微信"
                         *         }
                         *       ],
                         *       "text_masked": "****看货",
                         *       "verdict": "hold"
                         *     }
                         */
                        "application/json": components["schemas"]["CheckedText"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `moderation.read` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such room in your scope */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `too_long` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                /** @description `not_ready`: the lists are being read */
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/moderation/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was judged 判定记录, the newest first
         * @description Everything that was not simply let through, with the reasons, and what people decided.
         */
        get: {
            parameters: {
                query?: {
                    state?: "open" | "noted" | "decided";
                    verdict?: "alarm" | "mask" | "hold" | "block";
                    room?: string;
                    /** @description A pseudonym. */
                    viewer?: string;
                    /** @description `next` of the page before. */
                    after?: number;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description a page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "at_ms": 1795867200000,
                         *           "broadcast": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *           "claimed_by": "lin",
                         *           "claimed_until_ms": 1795867200000,
                         *           "clause": "contact",
                         *           "decided_at_ms": 1795867200000,
                         *           "decided_by": "lin",
                         *           "due_at_ms": 1795867200000,
                         *           "erased": true,
                         *           "mode": "after_review",
                         *           "nick": "小鹿",
                         *           "note": "留了微信号",
                         *           "outcome": "reject",
                         *           "position": 4711,
                         *           "reasons": [
                         *             {
                         *               "category": "contact",
                         *               "end": 12,
                         *               "field": "text",
                         *               "list": "pack",
                         *               "rule": "alias",
                         *               "start": 12,
                         *               "verdict": "hold",
                         *               "word": "加微信"
                         *             }
                         *           ],
                         *           "room": "0197a0c0-0000-7000-8000-0000003580db",
                         *           "score": 0.97,
                         *           "state": "decided",
                         *           "text": "加薇❤信 看好货",
                         *           "tier": 12,
                         *           "verdict": "hold",
                         *           "viewer": "v5a0f4b34785e4b6f9d2c1a7e8b3f6d90"
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a"
                         *     }
                         */
                        "application/json": components["schemas"]["Page_ReviewItem"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `moderation.read` */
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/moderation/items/{position}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of them 判定详情 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the item's position */
                    position: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the item */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "at_ms": 1795867200000,
                         *       "broadcast": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *       "claimed_by": "lin",
                         *       "claimed_until_ms": 1795867200000,
                         *       "clause": "contact",
                         *       "decided_at_ms": 1795867200000,
                         *       "decided_by": "lin",
                         *       "due_at_ms": 1795867200000,
                         *       "erased": true,
                         *       "mode": "after_review",
                         *       "nick": "小鹿",
                         *       "note": "留了微信号",
                         *       "outcome": "reject",
                         *       "position": 4711,
                         *       "reasons": [
                         *         {
                         *           "category": "contact",
                         *           "end": 12,
                         *           "field": "text",
                         *           "list": "pack",
                         *           "rule": "alias",
                         *           "start": 12,
                         *           "verdict": "hold",
                         *           "word": "加微信"
                         *         }
                         *       ],
                         *       "room": "0197a0c0-0000-7000-8000-0000003580db",
                         *       "score": 0.97,
                         *       "state": "decided",
                         *       "text": "加薇❤信 看好货",
                         *       "tier": 12,
                         *       "verdict": "hold",
                         *       "viewer": "v5a0f4b34785e4b6f9d2c1a7e8b3f6d90"
                         *     }
                         */
                        "application/json": components["schemas"]["ReviewItem"];
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `moderation.read` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such item in your scope */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/moderation/lists": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists of words in your scope 词库, the newest first */
        get: {
            parameters: {
                query?: {
                    /** @description Those of one room. */
                    room?: string;
                    /** @description `next` of the page before. */
                    after?: string;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description a page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "category": "contact",
                         *           "changed_at_ms": 1795867200000,
                         *           "created_at_ms": 1795867200000,
                         *           "enabled": true,
                         *           "expires_at_ms": 1795867200000,
                         *           "id": "0197a0c0-0000-7000-8000-000001bbe5ba",
                         *           "in_force": true,
                         *           "level": "alarm",
                         *           "name": "引流话术",
                         *           "owner": "lin",
                         *           "room": "0197a0c0-0000-7000-8000-0000003580db",
                         *           "words": 12
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a"
                         *     }
                         */
                        "application/json": components["schemas"]["Page_WordList"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `moderation.read` */
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /** Make a list of words 新建词库 */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "category": "contact",
                     *       "expires_at_ms": 1795867200000,
                     *       "level": "alarm",
                     *       "name": "引流话术",
                     *       "room": "0197a0c0-0000-7000-8000-0000003580db"
                     *     }
                     */
                    "application/json": components["schemas"]["NewWordList"];
                };
            };
            responses: {
                /** @description the list, still without words */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "category": "contact",
                         *       "changed_at_ms": 1795867200000,
                         *       "created_at_ms": 1795867200000,
                         *       "enabled": true,
                         *       "expires_at_ms": 1795867200000,
                         *       "id": "0197a0c0-0000-7000-8000-000001bbe5ba",
                         *       "in_force": true,
                         *       "level": "alarm",
                         *       "name": "引流话术",
                         *       "owner": "lin",
                         *       "room": "0197a0c0-0000-7000-8000-0000003580db",
                         *       "words": 12
                         *     }
                         */
                        "application/json": components["schemas"]["WordList"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `moderation.manage`; `beyond_your_reach` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such room in your scope */
                404: components["responses"]["NotFound"];
                /** @description `too_many_lists` */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `bad_name`, `bad_category` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/moderation/lists/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A list 词库详情 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the list */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the list */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "category": "contact",
                         *       "changed_at_ms": 1795867200000,
                         *       "created_at_ms": 1795867200000,
                         *       "enabled": true,
                         *       "expires_at_ms": 1795867200000,
                         *       "id": "0197a0c0-0000-7000-8000-000001bbe5ba",
                         *       "in_force": true,
                         *       "level": "alarm",
                         *       "name": "引流话术",
                         *       "owner": "lin",
                         *       "room": "0197a0c0-0000-7000-8000-0000003580db",
                         *       "words": 12
                         *     }
                         */
                        "application/json": components["schemas"]["WordList"];
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `moderation.read` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such list in your scope */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        /** Remove a list with its words 删除词库 */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the list */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description it is gone */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `moderation.manage`; `beyond_your_reach` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such list in your scope */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        options?: never;
        head?: never;
        /**
         * Change a list 修改词库
         * @description Words that had the list's category or level follow it.
         */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the list */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "category": "contact",
                     *       "enabled": true,
                     *       "expires_at_ms": 1795867200000,
                     *       "level": "alarm",
                     *       "name": "引流话术"
                     *     }
                     */
                    "application/json": components["schemas"]["ChangeWordList"];
                };
            };
            responses: {
                /** @description the list, in force */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "category": "contact",
                         *       "changed_at_ms": 1795867200000,
                         *       "created_at_ms": 1795867200000,
                         *       "enabled": true,
                         *       "expires_at_ms": 1795867200000,
                         *       "id": "0197a0c0-0000-7000-8000-000001bbe5ba",
                         *       "in_force": true,
                         *       "level": "alarm",
                         *       "name": "引流话术",
                         *       "owner": "lin",
                         *       "room": "0197a0c0-0000-7000-8000-0000003580db",
                         *       "words": 12
                         *     }
                         */
                        "application/json": components["schemas"]["WordList"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `moderation.manage`; `beyond_your_reach` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such list in your scope */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `bad_name`, `bad_category` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        trace?: never;
    };
    "/api/moderation/lists/{id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A list as a file 导出词库
         * @description In the format that is read.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the list */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description tab-separated text */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/tab-separated-values": string;
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `moderation.read` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such list in your scope */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/moderation/lists/{id}/words": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Words of a list 词条 */
        get: {
            parameters: {
                query?: {
                    /** @description Words that hold this. */
                    q?: string;
                    /** @description `next` of the page before. */
                    after?: string;
                    limit?: number;
                };
                header?: never;
                path: {
                    /** @description the list */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description a page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "category": "contact",
                         *           "flags": "exact",
                         *           "level": "hold",
                         *           "source": "《网络直播营销管理办法(试行)》第十八条",
                         *           "word": "加微信"
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a"
                         *     }
                         */
                        "application/json": components["schemas"]["Page_ListedWord"];
                    };
                };
                /** @description `bad_request` */
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `moderation.read` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such list in your scope */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        /**
         * Replace the words of a list by a file 导入词库
         * @description UTF-8, a word a line, or `word<TAB>category<TAB>level<TAB>flags<TAB>source`; `#` begins a remark.
         */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the list */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /** @example 203.0.113.7 - - [28/Nov/2026:12:00:00 +0000] "GET /live/seg/17.m4s HTTP/1.1" 200 524288 "-" "Mozilla/5.0" */
                    "text/plain": string;
                };
            };
            responses: {
                /** @description the list, in force, and what was left out */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "left_out": [
                         *         "line 7: `maskk` is no level: mask, hold, block, alarm or allow"
                         *       ],
                         *       "left_out_count": 12,
                         *       "list": {
                         *         "category": "contact",
                         *         "changed_at_ms": 1795867200000,
                         *         "created_at_ms": 1795867200000,
                         *         "enabled": true,
                         *         "expires_at_ms": 1795867200000,
                         *         "id": "0197a0c0-0000-7000-8000-000001bbe5ba",
                         *         "in_force": true,
                         *         "level": "alarm",
                         *         "name": "引流话术",
                         *         "owner": "lin",
                         *         "room": "0197a0c0-0000-7000-8000-0000003580db",
                         *         "words": 12
                         *       }
                         *     }
                         */
                        "application/json": components["schemas"]["WordsTaken"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `moderation.manage`; `beyond_your_reach` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such list in your scope */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                /** @description more than 16 MB */
                413: components["responses"]["TooLarge"];
                /** @description `too_many_words`, `not_utf8`, `empty_file` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Add words and take some out 增删词条 */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the list */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "add": [
                     *         {
                     *           "category": "contact",
                     *           "flags": "exact",
                     *           "level": "hold",
                     *           "source": "《网络直播营销管理办法(试行)》第十八条",
                     *           "word": "加微信"
                     *         }
                     *       ],
                     *       "remove": [
                     *         "加徽信"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ChangeWords"];
                };
            };
            responses: {
                /** @description the list, in force */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "category": "contact",
                         *       "changed_at_ms": 1795867200000,
                         *       "created_at_ms": 1795867200000,
                         *       "enabled": true,
                         *       "expires_at_ms": 1795867200000,
                         *       "id": "0197a0c0-0000-7000-8000-000001bbe5ba",
                         *       "in_force": true,
                         *       "level": "alarm",
                         *       "name": "引流话术",
                         *       "owner": "lin",
                         *       "room": "0197a0c0-0000-7000-8000-0000003580db",
                         *       "words": 12
                         *     }
                         */
                        "application/json": components["schemas"]["WordList"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `moderation.manage`; `beyond_your_reach` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such list in your scope */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `bad_word`, `too_many_words` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        trace?: never;
    };
    "/api/moderation/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How much waits for people 待审量 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description what waits in your scope */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "open": 12,
                         *       "overdue": 12
                         *     }
                         */
                        "application/json": components["schemas"]["ReviewQueue"];
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `moderation.read` */
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/moderation/queue/claim": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take on what waits 领取待审
         * @description The most urgent first, and what is yours already. Nobody else gets them for two minutes.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "limit": 10,
                     *       "room": "0197a0c0-0000-7000-8000-0000003580db"
                     *     }
                     */
                    "application/json": components["schemas"]["ClaimItems"];
                };
            };
            responses: {
                /** @description what is yours now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "at_ms": 1795867200000,
                         *           "broadcast": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *           "claimed_by": "lin",
                         *           "claimed_until_ms": 1795867200000,
                         *           "clause": "contact",
                         *           "decided_at_ms": 1795867200000,
                         *           "decided_by": "lin",
                         *           "due_at_ms": 1795867200000,
                         *           "erased": true,
                         *           "mode": "after_review",
                         *           "nick": "小鹿",
                         *           "note": "留了微信号",
                         *           "outcome": "reject",
                         *           "position": 4711,
                         *           "reasons": [
                         *             {
                         *               "category": "contact",
                         *               "end": 12,
                         *               "field": "text",
                         *               "list": "pack",
                         *               "rule": "alias",
                         *               "start": 12,
                         *               "verdict": "hold",
                         *               "word": "加微信"
                         *             }
                         *           ],
                         *           "room": "0197a0c0-0000-7000-8000-0000003580db",
                         *           "score": 0.97,
                         *           "state": "decided",
                         *           "text": "加薇❤信 看好货",
                         *           "tier": 12,
                         *           "verdict": "hold",
                         *           "viewer": "v5a0f4b34785e4b6f9d2c1a7e8b3f6d90"
                         *         }
                         *       ]
                         *     }
                         */
                        "application/json": components["schemas"]["ClaimedItems"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `moderation.review` */
                403: components["responses"]["Forbidden"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/moderation/sanctions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sanctions in your scope 处罚记录, the newest first */
        get: {
            parameters: {
                query?: {
                    state?: "active" | "lifted" | "reversed" | "suspended" | "expired";
                    kind?: "warn" | "mute" | "kick" | "ban" | "cut_stream";
                    /** @description A code of the published rules. */
                    clause?: string;
                    room?: string;
                    /** @description A pseudonym. */
                    viewer?: string;
                    /** @description Of a review item. */
                    position?: number;
                    /** @description `next` of the page before. */
                    after?: string;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description a page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "appeal": {
                         *             "due_at_ms": 1795867200000,
                         *             "id": "0197a0c0-0000-7000-8000-000031322d65",
                         *             "state": "open"
                         *           },
                         *           "as_proposed": true,
                         *           "at_ms": 1795867200000,
                         *           "broadcast": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *           "by": "lin",
                         *           "changed_at_ms": 1795867200000,
                         *           "changed_by": "wang",
                         *           "changed_why": "认错了人",
                         *           "clause": "contact",
                         *           "everywhere": true,
                         *           "evidence": {
                         *             "broadcast": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *             "from_ms": 45000,
                         *             "to_ms": 75000
                         *           },
                         *           "id": "0197a0c0-0000-7000-8000-000076c21d0c",
                         *           "in_force": true,
                         *           "kind": "warn",
                         *           "mistaken": true,
                         *           "position": 4711,
                         *           "reasons": [
                         *             {
                         *               "category": "contact",
                         *               "end": 12,
                         *               "field": "text",
                         *               "list": "pack",
                         *               "rule": "alias",
                         *               "start": 12,
                         *               "verdict": "hold",
                         *               "word": "加微信"
                         *             }
                         *           ],
                         *           "room": "0197a0c0-0000-7000-8000-0000003580db",
                         *           "said_at_ms": 1795867200000,
                         *           "score": 0.97,
                         *           "state": "active",
                         *           "statement": {
                         *             "en": "what you wrote is against the rule \"luring viewers elsewhere\". What follows: you may not write for 10 minutes, in this room.",
                         *             "zh": "您发送的弹幕违反了「引流到站外」。处理:禁言 10 分钟,适用于本直播间。"
                         *           },
                         *           "strike": 2,
                         *           "text": "加薇❤信 看好货",
                         *           "tier": 1,
                         *           "until_ms": 1500,
                         *           "viewer": "v5a0f4b34785e4b6f9d2c1a7e8b3f6d90",
                         *           "why": "三个房间发同样的话"
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a"
                         *     }
                         */
                        "application/json": components["schemas"]["Page_SanctionBody"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `moderation.read` */
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /**
         * Impose a sanction 实施处罚
         * @description In force when it is answered, and the viewer is told. Without a `kind` it is what the ladder proposes.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "clause": "contact",
                     *       "everywhere": true,
                     *       "kind": "warn",
                     *       "minutes": 60,
                     *       "position": 4711,
                     *       "room": "0197a0c0-0000-7000-8000-0000003580db",
                     *       "viewer": "v5a0f4b34785e4b6f9d2c1a7e8b3f6d90",
                     *       "why": "三个房间发同样的话"
                     *     }
                     */
                    "application/json": components["schemas"]["ImposeSanction"];
                };
            };
            responses: {
                /** @description the sanction */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "appeal": {
                         *         "due_at_ms": 1795867200000,
                         *         "id": "0197a0c0-0000-7000-8000-000031322d65",
                         *         "state": "open"
                         *       },
                         *       "as_proposed": true,
                         *       "at_ms": 1795867200000,
                         *       "broadcast": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *       "by": "lin",
                         *       "changed_at_ms": 1795867200000,
                         *       "changed_by": "wang",
                         *       "changed_why": "认错了人",
                         *       "clause": "contact",
                         *       "everywhere": true,
                         *       "evidence": {
                         *         "broadcast": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *         "from_ms": 45000,
                         *         "to_ms": 75000
                         *       },
                         *       "id": "0197a0c0-0000-7000-8000-000076c21d0c",
                         *       "in_force": true,
                         *       "kind": "warn",
                         *       "mistaken": true,
                         *       "position": 4711,
                         *       "reasons": [
                         *         {
                         *           "category": "contact",
                         *           "end": 12,
                         *           "field": "text",
                         *           "list": "pack",
                         *           "rule": "alias",
                         *           "start": 12,
                         *           "verdict": "hold",
                         *           "word": "加微信"
                         *         }
                         *       ],
                         *       "room": "0197a0c0-0000-7000-8000-0000003580db",
                         *       "said_at_ms": 1795867200000,
                         *       "score": 0.97,
                         *       "state": "active",
                         *       "statement": {
                         *         "en": "what you wrote is against the rule \"luring viewers elsewhere\". What follows: you may not write for 10 minutes, in this room.",
                         *         "zh": "您发送的弹幕违反了「引流到站外」。处理:禁言 10 分钟,适用于本直播间。"
                         *       },
                         *       "strike": 2,
                         *       "text": "加薇❤信 看好货",
                         *       "tier": 1,
                         *       "until_ms": 1500,
                         *       "viewer": "v5a0f4b34785e4b6f9d2c1a7e8b3f6d90",
                         *       "why": "三个房间发同样的话"
                         *     }
                         */
                        "application/json": components["schemas"]["SanctionBody"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `sanction.impose`; `beyond_your_reach`: everywhere is headquarters' */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such item or room in your scope */
                404: components["responses"]["NotFound"];
                /** @description `already_sanctioned`: this danmaku was, and that stands; `not_live`: there is no show to cut */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `bad_subject`, `bad_clause`, `bad_length`, `bad_why`; `why_needed`: it is not what the ladder proposes */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                /** @description `busy`: the program has just started */
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/moderation/sanctions/proposal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What follows by the ladder 处罚建议 */
        get: {
            parameters: {
                query: {
                    /** @description Of the danmaku, whose writer it is about. */
                    position?: number;
                    /** @description The pseudonym, where it is not about a danmaku. */
                    viewer?: string;
                    /**
                     * @description A code of the published rules.
                     * @example contact
                     */
                    clause: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the next step */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "already": true,
                         *       "ladder": [
                         *         {
                         *           "kind": "warn",
                         *           "minutes": 10
                         *         }
                         *       ],
                         *       "proposed": {
                         *         "kind": "warn",
                         *         "minutes": 10
                         *       },
                         *       "strikes": 12
                         *     }
                         */
                        "application/json": components["schemas"]["SanctionProposal"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `sanction.impose` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such item in your scope */
                404: components["responses"]["NotFound"];
                /** @description `bad_subject`: a position or a viewer; `bad_clause` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/moderation/sanctions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A sanction 处罚详情 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the sanction */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the sanction */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "appeal": {
                         *         "due_at_ms": 1795867200000,
                         *         "id": "0197a0c0-0000-7000-8000-000031322d65",
                         *         "state": "open"
                         *       },
                         *       "as_proposed": true,
                         *       "at_ms": 1795867200000,
                         *       "broadcast": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *       "by": "lin",
                         *       "changed_at_ms": 1795867200000,
                         *       "changed_by": "wang",
                         *       "changed_why": "认错了人",
                         *       "clause": "contact",
                         *       "everywhere": true,
                         *       "evidence": {
                         *         "broadcast": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *         "from_ms": 45000,
                         *         "to_ms": 75000
                         *       },
                         *       "id": "0197a0c0-0000-7000-8000-000076c21d0c",
                         *       "in_force": true,
                         *       "kind": "warn",
                         *       "mistaken": true,
                         *       "position": 4711,
                         *       "reasons": [
                         *         {
                         *           "category": "contact",
                         *           "end": 12,
                         *           "field": "text",
                         *           "list": "pack",
                         *           "rule": "alias",
                         *           "start": 12,
                         *           "verdict": "hold",
                         *           "word": "加微信"
                         *         }
                         *       ],
                         *       "room": "0197a0c0-0000-7000-8000-0000003580db",
                         *       "said_at_ms": 1795867200000,
                         *       "score": 0.97,
                         *       "state": "active",
                         *       "statement": {
                         *         "en": "what you wrote is against the rule \"luring viewers elsewhere\". What follows: you may not write for 10 minutes, in this room.",
                         *         "zh": "您发送的弹幕违反了「引流到站外」。处理:禁言 10 分钟,适用于本直播间。"
                         *       },
                         *       "strike": 2,
                         *       "text": "加薇❤信 看好货",
                         *       "tier": 1,
                         *       "until_ms": 1500,
                         *       "viewer": "v5a0f4b34785e4b6f9d2c1a7e8b3f6d90",
                         *       "why": "三个房间发同样的话"
                         *     }
                         */
                        "application/json": components["schemas"]["SanctionBody"];
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `moderation.read` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such sanction in your scope */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/moderation/sanctions/{id}/lift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lift a sanction 解除处罚 */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the sanction */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "mistaken": true,
                     *       "why": "认错了人"
                     *     }
                     */
                    "application/json": components["schemas"]["LiftSanction"];
                };
            };
            responses: {
                /** @description the sanction, which does not hold any more */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "appeal": {
                         *         "due_at_ms": 1795867200000,
                         *         "id": "0197a0c0-0000-7000-8000-000031322d65",
                         *         "state": "open"
                         *       },
                         *       "as_proposed": true,
                         *       "at_ms": 1795867200000,
                         *       "broadcast": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *       "by": "lin",
                         *       "changed_at_ms": 1795867200000,
                         *       "changed_by": "wang",
                         *       "changed_why": "认错了人",
                         *       "clause": "contact",
                         *       "everywhere": true,
                         *       "evidence": {
                         *         "broadcast": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *         "from_ms": 45000,
                         *         "to_ms": 75000
                         *       },
                         *       "id": "0197a0c0-0000-7000-8000-000076c21d0c",
                         *       "in_force": true,
                         *       "kind": "warn",
                         *       "mistaken": true,
                         *       "position": 4711,
                         *       "reasons": [
                         *         {
                         *           "category": "contact",
                         *           "end": 12,
                         *           "field": "text",
                         *           "list": "pack",
                         *           "rule": "alias",
                         *           "start": 12,
                         *           "verdict": "hold",
                         *           "word": "加微信"
                         *         }
                         *       ],
                         *       "room": "0197a0c0-0000-7000-8000-0000003580db",
                         *       "said_at_ms": 1795867200000,
                         *       "score": 0.97,
                         *       "state": "active",
                         *       "statement": {
                         *         "en": "what you wrote is against the rule \"luring viewers elsewhere\". What follows: you may not write for 10 minutes, in this room.",
                         *         "zh": "您发送的弹幕违反了「引流到站外」。处理:禁言 10 分钟,适用于本直播间。"
                         *       },
                         *       "strike": 2,
                         *       "text": "加薇❤信 看好货",
                         *       "tier": 1,
                         *       "until_ms": 1500,
                         *       "viewer": "v5a0f4b34785e4b6f9d2c1a7e8b3f6d90",
                         *       "why": "三个房间发同样的话"
                         *     }
                         */
                        "application/json": components["schemas"]["SanctionBody"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `sanction.impose`; `beyond_your_reach`: it holds everywhere */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such sanction in your scope */
                404: components["responses"]["NotFound"];
                /** @description `not_in_force`: it is over, or was taken back */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `bad_why`: 1 to 500 characters */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/moderation/verdicts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Decide 审核裁决
         * @description What was held and passes is shown; what was shown and is rejected is taken down. Its writer is told.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "clause": "contact",
                     *       "note": "留了微信号",
                     *       "outcome": "reject",
                     *       "positions": [
                     *         12
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["GiveVerdict"];
                };
            };
            responses: {
                /** @description what was decided */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "decided": [
                         *         12
                         *       ],
                         *       "taken": [
                         *         12
                         *       ]
                         *     }
                         */
                        "application/json": components["schemas"]["VerdictGiven"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `moderation.review` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: one of them is not in your scope; nothing was decided */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `bad_positions`, `bad_clause`, `bad_note` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/privacy/erasures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Erasures, the newest first 抹除记录 */
        get: {
            parameters: {
                query?: {
                    /** @description `next` of the page before. */
                    after?: string;
                    /** @description By default 50. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description a page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "asked_at_ms": 1795867200000,
                         *           "asked_by": "operator",
                         *           "done_at_ms": 1795867200000,
                         *           "erased": {
                         *             "name": 12
                         *           },
                         *           "id": "0197a0c0-0000-7000-8000-0000a6eacb7e",
                         *           "keys_destroyed": 12,
                         *           "position": 4711,
                         *           "state": "waiting",
                         *           "viewer": "v5a0f4b34785e4b6f9d2c1a7e8b3f6d90"
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a"
                         *     }
                         */
                        "application/json": components["schemas"]["Page_Erasure"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `privacy.erase`; `beyond_your_reach` */
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /**
         * Erase what a viewer wrote 抹除观众内容
         * @description Texts and nicknames up to now become unreadable in the event log, the danmaku archive and the quarantine, for ever; what was counted stays
         *     counted. It is done moments later: ask again for its `state`. A second time erases what was written meanwhile, if anything was.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "viewer": "v0f3c2a"
                     *     }
                     */
                    "application/json": components["schemas"]["Subject"];
                };
            };
            responses: {
                /** @description it is on disk and will be done */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "asked_at_ms": 1795867200000,
                         *       "asked_by": "operator",
                         *       "done_at_ms": 1795867200000,
                         *       "erased": {
                         *         "name": 12
                         *       },
                         *       "id": "0197a0c0-0000-7000-8000-0000a6eacb7e",
                         *       "keys_destroyed": 12,
                         *       "position": 4711,
                         *       "state": "waiting",
                         *       "viewer": "v5a0f4b34785e4b6f9d2c1a7e8b3f6d90"
                         *     }
                         */
                        "application/json": components["schemas"]["Erasure"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `privacy.erase`; `beyond_your_reach` */
                403: components["responses"]["Forbidden"];
                /** @description `held`: by a legal hold */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `bad_subject`, `token_invalid` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/privacy/erasures/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** An erasure */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the erasure's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the erasure */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "asked_at_ms": 1795867200000,
                         *       "asked_by": "operator",
                         *       "done_at_ms": 1795867200000,
                         *       "erased": {
                         *         "name": 12
                         *       },
                         *       "id": "0197a0c0-0000-7000-8000-0000a6eacb7e",
                         *       "keys_destroyed": 12,
                         *       "position": 4711,
                         *       "state": "waiting",
                         *       "viewer": "v5a0f4b34785e4b6f9d2c1a7e8b3f6d90"
                         *     }
                         */
                        "application/json": components["schemas"]["Erasure"];
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `privacy.erase` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such erasure in your scope */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/privacy/exports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Everything that is held of a viewer, as a JSON file 导出观众资料
         * @description `events` holds every event of the viewer with what was written, in the order of the log; `totals` what they add up to. An answer that breaks off
         *     is not whole.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "viewer": "v0f3c2a"
                     *     }
                     */
                    "application/json": components["schemas"]["Subject"];
                };
            };
            responses: {
                /** @description the file */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "danmaku": [
                         *         {
                         *           "text": "主播好看"
                         *         }
                         *       ],
                         *       "viewer": "v066253e685754350a38fdaf842096b51"
                         *     }
                         */
                        "application/json": Record<string, never>;
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `privacy.export`; `beyond_your_reach` */
                403: components["responses"]["Forbidden"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `bad_subject`, `token_invalid` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/privacy/holds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Legal holds, the newest first 法律保全 */
        get: {
            parameters: {
                query?: {
                    /** @description `next` of the page before. */
                    after?: string;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description a page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "broadcast": null,
                         *           "id": "0197a0c0-0000-7000-8000-00007d00a95b",
                         *           "placed_at_ms": 1795867200000,
                         *           "placed_by": "admin",
                         *           "reason": "(2026) 民初 1024 号",
                         *           "released_at_ms": null,
                         *           "released_by": null,
                         *           "viewer": "v0f3c2a"
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a"
                         *     }
                         */
                        "application/json": components["schemas"]["Page_LegalHold"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `privacy.retain`; `beyond_your_reach` */
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /**
         * Hold a viewer or a show 法律保全
         * @description From the answer on age forgets nothing of it: neither what the viewer wrote, nor what was written in the show and its recording. What
         *     went before is gone. A held viewer is not erased either.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "broadcast": null,
                     *       "reason": "(2026) 民初 1024 号",
                     *       "viewer": "v0f3c2a"
                     *     }
                     */
                    "application/json": components["schemas"]["NewLegalHold"];
                };
            };
            responses: {
                /** @description it holds */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "broadcast": null,
                         *       "id": "0197a0c0-0000-7000-8000-00007d00a95b",
                         *       "placed_at_ms": 1795867200000,
                         *       "placed_by": "admin",
                         *       "reason": "(2026) 民初 1024 号",
                         *       "released_at_ms": null,
                         *       "released_by": null,
                         *       "viewer": "v0f3c2a"
                         *     }
                         */
                        "application/json": components["schemas"]["LegalHold"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `privacy.retain`; `beyond_your_reach` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such show in your organisation */
                404: components["responses"]["NotFound"];
                /** @description `too_many_holds` */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `bad_hold`, `bad_reason` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/privacy/holds/{id}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Release a legal hold 解除保全
         * @description What is older than it has to be goes with the next run.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the hold's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the hold, which is over */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "broadcast": null,
                         *       "id": "0197a0c0-0000-7000-8000-00007d00a95b",
                         *       "placed_at_ms": 1795867200000,
                         *       "placed_by": "admin",
                         *       "reason": "(2026) 民初 1024 号",
                         *       "released_at_ms": null,
                         *       "released_by": null,
                         *       "viewer": "v0f3c2a"
                         *     }
                         */
                        "application/json": components["schemas"]["LegalHold"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `privacy.retain` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such hold in your scope */
                404: components["responses"]["NotFound"];
                /** @description `already_released` */
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/privacy/retention": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How long what is kept 保存期限 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description every class */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "classes": [
                         *         {
                         *           "changed_at_ms": 1795867200000,
                         *           "changed_by": "admin",
                         *           "class": "words",
                         *           "days": 180,
                         *           "default_days": null,
                         *           "floor": {
                         *             "days": 60,
                         *             "law_en": "Provisions on Internet Live-Streaming Services, art. 16: 60 days of what was published",
                         *             "law_zh": "《互联网直播服务管理规定》第十六条：直播内容记录保存六十日"
                         *           },
                         *           "most_days": null
                         *         }
                         *       ]
                         *     }
                         */
                        "application/json": components["schemas"]["Retention"];
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `privacy.retain`; `beyond_your_reach` */
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/privacy/retention/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What went by its age, the newest first 清除记录 */
        get: {
            parameters: {
                query?: {
                    /** @description `next` of the page before. */
                    after?: string;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description a page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "before_ms": 1795867200000,
                         *           "began_at_ms": 1795867200000,
                         *           "class": "words",
                         *           "done_at_ms": 1795867200000,
                         *           "gone": {
                         *             "name": 12
                         *           },
                         *           "id": "0197a0c0-0000-7000-8000-0000d9921b41"
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a"
                         *     }
                         */
                        "application/json": components["schemas"]["Page_RetentionRun"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `privacy.retain`; `beyond_your_reach` */
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/privacy/retention/{class}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set how long a class is kept 设置保存期限
         * @description What is older goes within a minute, for good, but for what is held; from then on every day. A shorter time than before needs the
         *     `confirm` of its preview.
         */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the class */
                    class: components["schemas"]["RetentionClassName"];
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "confirm": "1795867200000.9f2c",
                     *       "days": 180
                     *     }
                     */
                    "application/json": components["schemas"]["NewRetention"];
                };
            };
            responses: {
                /** @description what holds now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "changed_at_ms": 1795867200000,
                         *       "changed_by": "admin",
                         *       "class": "words",
                         *       "days": 180,
                         *       "default_days": null,
                         *       "floor": {
                         *         "days": 60,
                         *         "law_en": "Provisions on Internet Live-Streaming Services, art. 16: 60 days of what was published",
                         *         "law_zh": "《互联网直播服务管理规定》第十六条：直播内容记录保存六十日"
                         *       },
                         *       "most_days": null
                         *     }
                         */
                        "application/json": components["schemas"]["RetentionClass"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `privacy.retain`; `beyond_your_reach` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such class */
                404: components["responses"]["NotFound"];
                /** @description `unconfirmed`: a shorter time, and no preview of it was looked at in the last 15 minutes */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `below_floor`: the law, by name; `above_most`; `bad_days` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/privacy/retention/{class}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What would go 试算
         * @description Counts what is older than so many days, and what of it is held. Nothing is set and nothing goes. Its `confirm` is what a shorter time
         *     is set with.
         */
        get: {
            parameters: {
                query: {
                    /** @description What would be set. */
                    days: number;
                };
                header?: never;
                path: {
                    /** @description the class */
                    class: components["schemas"]["RetentionClassName"];
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description what would go */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "before_ms": 1795867200000,
                         *       "class": "words",
                         *       "confirm": "1795867200000.9f2c",
                         *       "days": 180,
                         *       "going": {
                         *         "name": {
                         *           "count": 1200,
                         *           "newest_ms": 1790000000000,
                         *           "oldest_ms": 1780000000000
                         *         }
                         *       },
                         *       "held": {
                         *         "name": 12
                         *       }
                         *     }
                         */
                        "application/json": components["schemas"]["RetentionPreview"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `privacy.retain`; `beyond_your_reach` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such class */
                404: components["responses"]["NotFound"];
                /** @description `below_floor`, `above_most`, `bad_days` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/public/broadcasts/{id}/danmaku": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Danmaku of a part of a show, for a replay 回放弹幕
         * @description In the order of their times, at most 2000: with so many, ask on behind the last.
         */
        get: {
            parameters: {
                query: {
                    /** @description A viewer token of the show's room. */
                    token?: string;
                    /** @description The window's beginning, from the show's beginning. */
                    from_ms: number;
                    /** @description The window's end, not included; at most 10 minutes later. */
                    to_ms: number;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "color": 12,
                         *         "mode": 12,
                         *         "nick": "小鹿",
                         *         "offset_ms": 1500,
                         *         "text": "主播好看"
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["ReplayDanmakuBody"][];
                    };
                };
                /** @description `bad_window` */
                400: components["responses"]["BadRequest"];
                /** @description `token_required` */
                401: components["responses"]["Unauthenticated"];
                /** @description `token_invalid`, `token_expired` */
                403: components["responses"]["Forbidden"];
                /** @description `broadcast_not_found` */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/public/clauses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The published rules 条款 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description all of them */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "code": "contact",
                         *         "en": "luring viewers elsewhere",
                         *         "source": "《网络直播营销管理办法(试行)》第十八条",
                         *         "zh": "引流到站外"
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["PublishedClause"][];
                    };
                };
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/public/rooms/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What anybody may know of a room. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "broadcast_id": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *       "broadcast_state": "live",
                         *       "id": "0197a0c0-0000-7000-8000-0000719cb94b",
                         *       "live": true,
                         *       "private": false,
                         *       "source": "primary",
                         *       "started_at": 1795867200000,
                         *       "title": "双十二专场"
                         *     }
                         */
                        "application/json": components["schemas"]["PublicRoomBody"];
                    };
                };
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/public/rooms/{id}/replays": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows of a room that can be watched again 回放列表, newest first, at most 100; none for viewers where replays are not public */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "broadcast_id": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *         "duration_ms": 1500,
                         *         "started_at": 1795867200000,
                         *         "title": "双十二专场"
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["ReplayBody"][];
                    };
                };
                /** @description `room_not_found`: also for private rooms of others */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/qoe/coverage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Share of plays that went well by device, system and browser
         * @description Over the plays that began between `from` and `to` in all shows in scope.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Milliseconds since 1970; 30 days ago when absent. */
                    from?: number;
                    /** @description Milliseconds since 1970; now when absent. */
                    to?: number;
                    /** @description `csv` for a file. */
                    format?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description with `format=csv` a CSV file of the rows */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "from": 1795867200000,
                         *       "goal": 12.5,
                         *       "overall": {
                         *         "browser": "Safari 18",
                         *         "coverage": 12.5,
                         *         "device": "phone",
                         *         "good": 12,
                         *         "high": 0.97,
                         *         "low": 0.97,
                         *         "os": "iOS 18",
                         *         "plays": 12
                         *       },
                         *       "rows": [
                         *         {
                         *           "browser": "Safari 18",
                         *           "coverage": 12.5,
                         *           "device": "phone",
                         *           "good": 12,
                         *           "high": 0.97,
                         *           "low": 0.97,
                         *           "os": "iOS 18",
                         *           "plays": 12
                         *         }
                         *       ],
                         *       "to": 1795867200000
                         *     }
                         */
                        "application/json": components["schemas"]["DeviceCoverage"];
                        /**
                         * @example device,browser,plays,good
                         *     phone,Safari 18,812,0.993
                         */
                        "text/csv": string;
                    };
                };
                /** @description `bad_request` */
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/qoe/rooms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The quality of rooms over a period 各直播间体验质量
         * @description Over the shows in scope whose first report or ingest window lies between `from` and `to`.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Milliseconds since 1970; 30 days ago when absent. */
                    from?: number;
                    /** @description Milliseconds since 1970; now when absent. */
                    to?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "from": 1795867200000,
                         *       "overall": {
                         *         "av_offset_ms_p95": 12,
                         *         "dropped_rate": 0.97,
                         *         "fail_rate": 0.97,
                         *         "first_frame_ms_p50": 12,
                         *         "first_frame_ms_p95": 12,
                         *         "latency_ms_p50": 12,
                         *         "latency_ms_p95": 12,
                         *         "played_ms": 1500,
                         *         "plays": 12,
                         *         "stall_ms_per_100s": 12.5,
                         *         "stall_rate": 0.97,
                         *         "stalls": 12,
                         *         "suspect_plays": 12
                         *       },
                         *       "rows": [
                         *         {
                         *           "av_offset_ms_p95": 12,
                         *           "dropped_rate": 0.97,
                         *           "fail_rate": 0.97,
                         *           "first_frame_ms_p50": 12,
                         *           "first_frame_ms_p95": 12,
                         *           "latency_ms_p50": 12,
                         *           "latency_ms_p95": 12,
                         *           "played_ms": 1500,
                         *           "plays": 12,
                         *           "room_id": "0197a0c0-0000-7000-8000-0000003580db",
                         *           "shows": 12,
                         *           "stall_ms_per_100s": 12.5,
                         *           "stall_rate": 0.97,
                         *           "stalls": 12,
                         *           "suspect_plays": 12
                         *         }
                         *       ],
                         *       "to": 1795867200000
                         *     }
                         */
                        "application/json": components["schemas"]["RoomsQuality"];
                    };
                };
                /** @description `bad_request` */
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/regions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a region 新建大区. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "name": "华东一组"
                     *     }
                     */
                    "application/json": components["schemas"]["NewName"];
                };
            };
            responses: {
                /** @description made */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *       "name": "华东 East"
                         *     }
                         */
                        "application/json": components["schemas"]["RegionView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `team.manage`; or `beyond_your_reach`: only headquarters make regions */
                403: components["responses"]["Forbidden"];
                /** @description `name_taken` */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `bad_name` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/regions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Rename a region 重命名大区. */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the region's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "name": "华东一组"
                     *     }
                     */
                    "application/json": components["schemas"]["NewName"];
                };
            };
            responses: {
                /** @description renamed */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `team.manage` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such region in your scope */
                404: components["responses"]["NotFound"];
                /** @description `name_taken` */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `bad_name` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        trace?: never;
    };
    "/api/relays/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes a relay target */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                /** @description `relay_not_found` */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        options?: never;
        head?: never;
        /**
         * Changes a relay target
         * @description One that runs begins anew when address or key were changed.
         */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "enabled": true,
                     *       "name": "视频号",
                     *       "stream_key": "live_5a0f4b34785e",
                     *       "url": "rtmp://push.example.com/live"
                     *     }
                     */
                    "application/json": components["schemas"]["RelayChange"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "bitrate_kbps": 2400,
                         *       "created_at": 1795867200000,
                         *       "dropped_frames": 12,
                         *       "enabled": true,
                         *       "has_key": true,
                         *       "id": "0197a0c0-0000-7000-8000-000006760291",
                         *       "last_error": {
                         *         "code": "refused",
                         *         "text": "the server closed the connection"
                         *       },
                         *       "name": "Twitch",
                         *       "next_try_at": 1795867200000,
                         *       "reconnects": 12,
                         *       "room_id": "0197a0c0-0000-7000-8000-0000003580db",
                         *       "sent_bytes": 1048576,
                         *       "since": 1795867200000,
                         *       "state": "live",
                         *       "url": "rtmp://live.twitch.tv/app"
                         *     }
                         */
                        "application/json": components["schemas"]["RelayBody"];
                    };
                };
                /** @description as for a new one; `stream_key_needed`: another address needs its key */
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                /** @description `relay_not_found` */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        trace?: never;
    };
    "/api/relays/{id}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Switches a relay on, or tries again at once */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "bitrate_kbps": 2400,
                         *       "created_at": 1795867200000,
                         *       "dropped_frames": 12,
                         *       "enabled": true,
                         *       "has_key": true,
                         *       "id": "0197a0c0-0000-7000-8000-000006760291",
                         *       "last_error": {
                         *         "code": "refused",
                         *         "text": "the server closed the connection"
                         *       },
                         *       "name": "Twitch",
                         *       "next_try_at": 1795867200000,
                         *       "reconnects": 12,
                         *       "room_id": "0197a0c0-0000-7000-8000-0000003580db",
                         *       "sent_bytes": 1048576,
                         *       "since": 1795867200000,
                         *       "state": "live",
                         *       "url": "rtmp://live.twitch.tv/app"
                         *     }
                         */
                        "application/json": components["schemas"]["RelayBody"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                /** @description `relay_not_found` */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/relays/{id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Switches a relay off, also for later shows */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "bitrate_kbps": 2400,
                         *       "created_at": 1795867200000,
                         *       "dropped_frames": 12,
                         *       "enabled": true,
                         *       "has_key": true,
                         *       "id": "0197a0c0-0000-7000-8000-000006760291",
                         *       "last_error": {
                         *         "code": "refused",
                         *         "text": "the server closed the connection"
                         *       },
                         *       "name": "Twitch",
                         *       "next_try_at": 1795867200000,
                         *       "reconnects": 12,
                         *       "room_id": "0197a0c0-0000-7000-8000-0000003580db",
                         *       "sent_bytes": 1048576,
                         *       "since": 1795867200000,
                         *       "state": "live",
                         *       "url": "rtmp://live.twitch.tv/app"
                         *     }
                         */
                        "application/json": components["schemas"]["RelayBody"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                /** @description `relay_not_found` */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Roles, and what each may do 角色. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description widest first */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "en": "operator",
                         *         "grantable": true,
                         *         "name": "operator",
                         *         "permissions": [
                         *           "room.manage",
                         *           "room.read"
                         *         ],
                         *         "second_factor": true,
                         *         "zh": "运营"
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["RoleView"][];
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `staff.read` */
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Rooms in your scope, newest first. */
        get: {
            parameters: {
                query?: {
                    /**
                     * @description A part of the title, large and small letters alike.
                     * @example 双十二
                     */
                    q?: string;
                    /** @description The `next` of the page before. */
                    after?: string;
                    /** @description By default 50. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "broadcast_id": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *           "broadcast_state": "live",
                         *           "created_at": 1795867200000,
                         *           "id": "0197a0c0-0000-7000-8000-0000003580db",
                         *           "live": true,
                         *           "online": 12,
                         *           "private": false,
                         *           "source": "primary",
                         *           "started_at": 1795867200000,
                         *           "title": "双十二专场"
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a"
                         *     }
                         */
                        "application/json": components["schemas"]["Page_RoomBody"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /** Creates a room. The answer holds the stream key; it is not shown again. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "private": false,
                     *       "title": "双十二专场"
                     *     }
                     */
                    "application/json": components["schemas"]["NewRoom"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "broadcast_id": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *       "broadcast_state": "live",
                         *       "created_at": 1795867200000,
                         *       "id": "0197a0c0-0000-7000-8000-0000003580db",
                         *       "live": true,
                         *       "online": 12,
                         *       "private": false,
                         *       "push_port": 1935,
                         *       "source": "primary",
                         *       "started_at": 1795867200000,
                         *       "stream_key": "sk0123456789abcdef0123456789abcdef",
                         *       "title": "双十二专场"
                         *     }
                         */
                        "application/json": components["schemas"]["NewRoomBody"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One room. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "broadcast_id": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *       "broadcast_state": "live",
                         *       "created_at": 1795867200000,
                         *       "id": "0197a0c0-0000-7000-8000-0000003580db",
                         *       "live": true,
                         *       "online": 12,
                         *       "private": false,
                         *       "source": "primary",
                         *       "started_at": 1795867200000,
                         *       "title": "双十二专场"
                         *     }
                         */
                        "application/json": components["schemas"]["RoomBody"];
                    };
                };
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes title or visibility. */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "private": false,
                     *       "title": "双十二专场"
                     *     }
                     */
                    "application/json": components["schemas"]["RoomChange"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "broadcast_id": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *       "broadcast_state": "live",
                         *       "created_at": 1795867200000,
                         *       "id": "0197a0c0-0000-7000-8000-0000003580db",
                         *       "live": true,
                         *       "online": 12,
                         *       "private": false,
                         *       "source": "primary",
                         *       "started_at": 1795867200000,
                         *       "title": "双十二专场"
                         *     }
                         */
                        "application/json": components["schemas"]["RoomBody"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        trace?: never;
    };
    "/api/rooms/{id}/broadcasts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The room's broadcasts, newest first, at most 200. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "ended_at": 1795867200000,
                         *           "id": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *           "platform": "bilibili",
                         *           "room_id": "0197a0c0-0000-7000-8000-0000003580db",
                         *           "source": "stream",
                         *           "started_at": 1795867200000,
                         *           "state": "live",
                         *           "title": "双十二专场"
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a"
                         *     }
                         */
                        "application/json": components["schemas"]["Page_BroadcastBody"];
                    };
                };
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{id}/chat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How speaking goes in a room 发言模式 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the room */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the mode */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "mode": "after_review"
                         *     }
                         */
                        "application/json": components["schemas"]["RoomChat"];
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `chat.manage` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such room in your scope */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        /**
         * Change how speaking goes in a room 修改发言模式
         * @description In force when it is answered. What waits for a person goes on waiting.
         */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the room */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "mode": "after_review"
                     *     }
                     */
                    "application/json": components["schemas"]["RoomChat"];
                };
            };
            responses: {
                /** @description what holds now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "mode": "after_review"
                         *     }
                         */
                        "application/json": components["schemas"]["RoomChat"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `chat.manage` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such room in your scope */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{id}/checks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The room's checks, newest first. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "created_at": 1795867200000,
                         *         "failed": [
                         *           "bitrate_low"
                         *         ],
                         *         "finished_at": 1795867200000,
                         *         "id": "0197a0c0-0000-7000-8000-00004e91cf16",
                         *         "kind": "push",
                         *         "result": "pass",
                         *         "state": "waiting",
                         *         "warned": [
                         *           "keyframes_far"
                         *         ]
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["CheckSummary"][];
                    };
                };
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /**
         * Opens a check
         * @description `push` waits for an encoder that pushes to `push_url` with the room's stream key, for fifteen minutes; it is never on
         *     air. `browser` takes the studio page's uploads and measurements. An older check that still waits makes room.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "kind": "push"
                     *     }
                     */
                    "application/json": components["schemas"]["NewCheck"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "created_at": 1795867200000,
                         *       "expires_at": 1795867200000,
                         *       "findings": [
                         *         {
                         *           "advice": {
                         *             "en": "Good plays",
                         *             "zh": "流畅播放"
                         *           },
                         *           "code": "gop",
                         *           "level": "pass",
                         *           "limit": "≤ 4100",
                         *           "name": {
                         *             "en": "Good plays",
                         *             "zh": "流畅播放"
                         *           },
                         *           "text": "the server closed the connection",
                         *           "unit": "ms",
                         *           "value": 12.5
                         *         }
                         *       ],
                         *       "finished_at": 1795867200000,
                         *       "id": "0197a0c0-0000-7000-8000-000005a3e508",
                         *       "kind": "push",
                         *       "measured": {
                         *         "browser": {
                         *           "camera": {
                         *             "error": "NotAllowedError",
                         *             "fps": 12.5,
                         *             "height": 720,
                         *             "picture": {
                         *               "black_percent": 0.97,
                         *               "frozen_percent": 0.97,
                         *               "luma": 12.5,
                         *               "luma_high": 0.97,
                         *               "luma_low": 0.97
                         *             },
                         *             "width": 1280
                         *           },
                         *           "device": {
                         *             "browser": "Chrome 140",
                         *             "cores": 12,
                         *             "media_source": true,
                         *             "os": "Windows",
                         *             "secure": true
                         *           },
                         *           "microphone": {
                         *             "clipped_percent": 0.97,
                         *             "error": "no microphone was found",
                         *             "hum_percent": 0.97,
                         *             "level_dbfs": 12.5,
                         *             "peak_dbfs": 12.5,
                         *             "silent_percent": 0.97
                         *           },
                         *           "network": {
                         *             "jitter_ms": 1500,
                         *             "round_trip_ms": 1500
                         *           }
                         *         },
                         *         "looked": {
                         *           "picture": {
                         *             "black_percent": 0.97,
                         *             "frozen_percent": 0.97,
                         *             "luma": 12.5,
                         *             "luma_high": 0.97,
                         *             "luma_low": 0.97
                         *           },
                         *           "sound": {
                         *             "loudness_lufs": 12.5,
                         *             "peak_dbtp": 12.5,
                         *             "silent_percent": 0.97
                         *           },
                         *           "unchecked": "ffmpeg is not installed"
                         *         },
                         *         "push": {
                         *           "audio": {
                         *             "channels": 12,
                         *             "codec": "mp4a.40.2",
                         *             "frames": 12,
                         *             "kbps": 12.5,
                         *             "rate": 12
                         *           },
                         *           "behind_ms": 1500,
                         *           "bytes": 1048576,
                         *           "elapsed_ms": 1500,
                         *           "gap_ms": 1500,
                         *           "jitter_ms": 1500,
                         *           "jumps": 12,
                         *           "media_ms": 1500,
                         *           "pace_percent": 0.97,
                         *           "refused_audio": true,
                         *           "refused_video": true,
                         *           "skew_ms": 1500,
                         *           "video": {
                         *             "b_frames": true,
                         *             "codec": "avc1.64001f",
                         *             "fps": 12.5,
                         *             "frames": 12,
                         *             "gop_least_ms": 1500,
                         *             "gop_ms": 1500,
                         *             "height": 720,
                         *             "kbps": 12.5,
                         *             "key_frames": 12,
                         *             "peak_kbps": 12.5,
                         *             "uneven_percent": 0.97,
                         *             "width": 1280
                         *           }
                         *         },
                         *         "upload": {
                         *           "bytes": 1048576,
                         *           "elapsed_ms": 1500,
                         *           "kbps": 12.5,
                         *           "least_kbps": 12.5
                         *         }
                         *       },
                         *       "progress": {
                         *         "fps": 12.5,
                         *         "height": 720,
                         *         "kbps": 12.5,
                         *         "pace_percent": 0.97,
                         *         "percent": 12,
                         *         "width": 1280
                         *       },
                         *       "push_url": "rtmp://live.example.com:1935/check",
                         *       "result": "pass",
                         *       "room_id": "0197a0c0-0000-7000-8000-0000003580db",
                         *       "state": "waiting"
                         *     }
                         */
                        "application/json": components["schemas"]["CheckBody"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                /** @description `check_running`: an encoder is being looked at */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{id}/consent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the viewer is asked to agree to, and has said 同意 */
        get: {
            parameters: {
                query?: {
                    /** @description The viewer token. */
                    token?: string;
                };
                header?: never;
                path: {
                    /** @description the room */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "ask": true,
                         *       "notice_url": "https://example.org/privacy",
                         *       "purposes": [
                         *         {
                         *           "ask": true,
                         *           "given": true,
                         *           "may": true,
                         *           "purpose": "analytics",
                         *           "said_at_ms": 1795867200000,
                         *           "text": {
                         *             "en": "Good plays",
                         *             "zh": "流畅播放"
                         *           },
                         *           "version": 12
                         *         }
                         *       ]
                         *     }
                         */
                        "application/json": components["schemas"]["ViewerConsent"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `token_required` */
                401: components["responses"]["Unauthenticated"];
                /** @description `token_invalid`, `token_expired` */
                403: components["responses"]["Forbidden"];
                /** @description `room_not_found` */
                404: components["responses"]["NotFound"];
                /** @description `too_many_requests` from this address */
                429: components["responses"]["TooMany"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        /**
         * Agrees, says no, or takes a consent back 同意或撤回
         * @description The same again changes nothing. Saying no is always taken; agreeing only to the text of today.
         */
        put: {
            parameters: {
                query?: {
                    /** @description The viewer token. */
                    token?: string;
                };
                header?: never;
                path: {
                    /** @description the room */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "answers": [
                     *         {
                     *           "given": true,
                     *           "purpose": "analytics",
                     *           "version": 1
                     *         }
                     *       ],
                     *       "through": "room_page"
                     *     }
                     */
                    "application/json": components["schemas"]["SayConsent"];
                };
            };
            responses: {
                /** @description kept; what holds now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "ask": true,
                         *       "notice_url": "https://example.org/privacy",
                         *       "purposes": [
                         *         {
                         *           "ask": true,
                         *           "given": true,
                         *           "may": true,
                         *           "purpose": "analytics",
                         *           "said_at_ms": 1795867200000,
                         *           "text": {
                         *             "en": "Good plays",
                         *             "zh": "流畅播放"
                         *           },
                         *           "version": 12
                         *         }
                         *       ]
                         *     }
                         */
                        "application/json": components["schemas"]["ViewerConsent"];
                    };
                };
                /** @description `bad_request` */
                400: components["responses"]["BadRequest"];
                /** @description `token_required` */
                401: components["responses"]["Unauthenticated"];
                /** @description `token_invalid`, `token_expired` */
                403: components["responses"]["Forbidden"];
                /** @description `room_not_found` */
                404: components["responses"]["NotFound"];
                /** @description `consent_text_changed`: ask for the new text and show it; `consent_not_asked` */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                /** @description no JSON */
                415: components["responses"]["NoJson"];
                /** @description `unknown_purpose`, `purpose_twice` */
                422: components["responses"]["Unprocessable"];
                /** @description `too_many_requests` of this viewer */
                429: components["responses"]["TooMany"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{id}/delivery": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How a room is delivered 分发方式 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the room */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "cdn": true
                         *     }
                         */
                        "application/json": components["schemas"]["Delivery"];
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `metrics.read` */
                403: components["responses"]["Forbidden"];
                /** @description `room_not_found` */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        /**
         * Says how a room is delivered 设置分发方式
         * @description From now on: shows and the part of a show before are judged by what held then.
         */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the room */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "cdn": true
                     *     }
                     */
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            responses: {
                /** @description from now on */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `bad_request` */
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `room.manage` */
                403: components["responses"]["Forbidden"];
                /** @description `room_not_found` */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{id}/heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A heartbeat 心跳 of a player without a socket
         * @description Every 10 s. Limited by the server to what is possible; an entry that fetched no media gets nothing.
         */
        post: {
            parameters: {
                query?: {
                    /** @description The viewer token. */
                    token?: string;
                };
                header?: never;
                path: {
                    /** @description the room */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "played_ms": 1500,
                     *       "position_ms": 1500,
                     *       "rate": 0.97,
                     *       "visible": true
                     *     }
                     */
                    "application/json": components["schemas"]["SayBeat"];
                };
            };
            responses: {
                /** @description taken */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `bad_request` */
                400: components["responses"]["BadRequest"];
                /** @description `token_required` */
                401: components["responses"]["Unauthenticated"];
                /** @description `token_invalid`, `token_expired` */
                403: components["responses"]["Forbidden"];
                /** @description `room_not_found` */
                404: components["responses"]["NotFound"];
                413: components["responses"]["TooLarge"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{id}/imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Imports a recording 导入录播
         * @description The first call opens a broadcast in the room and answers its id; the later ones carry it, and the last one says `complete`.
         *     Rows keep their own times and are marked as imported; a row id that was sent before is a duplicate, so a call may be sent again.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the room */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "broadcast_id": "0197a0c0-0000-7000-8000-00009f8237b7",
                     *       "complete": true,
                     *       "import_key": "2026-11-28-evening",
                     *       "platform": "bilibili",
                     *       "rows": [
                     *         {
                     *           "coin": "gold",
                     *           "color": 12,
                     *           "fan_level": 12,
                     *           "gift": "小心心",
                     *           "gift_id": 12,
                     *           "id": "17",
                     *           "kind": "enter",
                     *           "mode": 12,
                     *           "nick": "小鹿",
                     *           "num": 12,
                     *           "occurred_at": 1795867200000,
                     *           "offset_ms": 1500,
                     *           "price_milli": 19900,
                     *           "size": 255,
                     *           "text": "主播好看",
                     *           "total_milli": 19900,
                     *           "user": "u5a0f4b34785e"
                     *         }
                     *       ],
                     *       "started_at_ms": 1795867200000,
                     *       "title": "双十二专场"
                     *     }
                     */
                    "application/json": components["schemas"]["ImportRows"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "accepted": 12,
                         *       "broadcast_id": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *       "complete": true,
                         *       "duplicates": 12,
                         *       "last_position": 4711,
                         *       "rejected": [
                         *         {
                         *           "id": "17",
                         *           "index": 12,
                         *           "reason": "`occurred_at` is before the year 2000"
                         *         }
                         *       ]
                         *     }
                         */
                        "application/json": components["schemas"]["Imported"];
                    };
                };
                /** @description `bad_request` */
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `import.write` */
                403: components["responses"]["Forbidden"];
                /** @description `room_not_found`, `import_not_found` */
                404: components["responses"]["NotFound"];
                /** @description `import_complete` */
                409: components["responses"]["Conflict"];
                /** @description `too_large`, `too_many_rows` */
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                /** @description `log_unavailable`: send it again after `Retry-After` seconds */
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{id}/imports/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Imports a recorder's file, or a table 导入文件
         * @description The body is the file itself, up to 1 GB; it is received whole, then read. Bilibili XML of all recorders, ASS, JSON, JSON Lines,
         *     NDJSON and our own exports are told apart by what is in them; any other CSV or XLSX needs a mapping. The same file again is the
         *     same import and adds nothing.
         */
        post: {
            parameters: {
                query?: {
                    /** @description `auto` (default), `danmaku_xml`, `ass`, `json`, `ndjson`, `jsonl`, `kaibo_csv`, `kaibo_xlsx`. */
                    format?: string;
                    /** @description A table, read by this remembered mapping. */
                    mapping?: string;
                    /** @description The file's name; by default also the title. */
                    file?: string;
                    /** @description The show's title. */
                    title?: string;
                    /** @description Where the recording comes from, such as `bilibili`. */
                    platform?: string;
                    /** @description When the show began, where the file's own word is not to be taken; needed where it says nothing (ASS). */
                    started_at_ms?: number;
                    /** @description Another file with the same key goes on with the same import; by default only the same file does. */
                    import_key?: string;
                    /** @description Takes nothing and reports what would be. */
                    dry_run?: boolean;
                    /** @description `false` leaves the import open for more files with the same key. */
                    complete?: boolean;
                };
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the room */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/octet-stream": string;
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "before_air": 12,
                         *       "broadcast_id": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *       "complete": true,
                         *       "format": "danmaku_xml",
                         *       "id": "0197a0c0-0000-7000-8000-0000c9fc8274",
                         *       "platform": "bilibili",
                         *       "report": {
                         *         "read": 12,
                         *         "repeats": 12,
                         *         "skipped": [
                         *           {
                         *             "count": 12,
                         *             "lines": [
                         *               720
                         *             ],
                         *             "reason": "no_time"
                         *           }
                         *         ],
                         *         "taken": 12
                         *       },
                         *       "started_at_ms": 1640693568000
                         *     }
                         */
                        "application/json": components["schemas"]["ImportedFile"];
                    };
                };
                /** @description `bad_request` */
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `import.write` */
                403: components["responses"]["Forbidden"];
                /** @description `room_not_found`, `not_found`: no such mapping */
                404: components["responses"]["NotFound"];
                /** @description `import_complete` */
                409: components["responses"]["Conflict"];
                /** @description `too_large` */
                413: components["responses"]["TooLarge"];
                /** @description `unknown_format`, `empty_file`, `start_unknown`, `bad_table`, `unreadable_file` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                /** @description `imports_busy`, `log_unavailable`: send it again after `Retry-After` seconds */
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{id}/imports/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Imports of files into a room 导入历史, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description `next` of the page before. */
                    after?: string;
                };
                header?: never;
                path: {
                    /** @description the room */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "broadcast_id": "0197a0c0-0000-7000-8000-00009f8237b7",
                         *           "bytes": 1048576,
                         *           "created_at_ms": 1795867200000,
                         *           "file": "show.xml",
                         *           "finished_at_ms": 1795867200000,
                         *           "format": "danmaku_xml",
                         *           "id": "0197a0c0-0000-7000-8000-0000f4e62594",
                         *           "platform": "bilibili",
                         *           "read": 12,
                         *           "repeats": 12,
                         *           "skipped": 12,
                         *           "state": "done",
                         *           "taken": 12,
                         *           "title": "双十二专场"
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a"
                         *     }
                         */
                        "application/json": components["schemas"]["Page_FileImportItem"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `import.write` */
                403: components["responses"]["Forbidden"];
                /** @description `room_not_found` */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{id}/imports/files/{import}/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What became of a file's rows 导入报告 */
        get: {
            parameters: {
                query?: {
                    /** @description `json` (default) or `csv`, a table to download. */
                    format?: string;
                };
                header?: never;
                path: {
                    /** @description the room */
                    id: string;
                    /** @description the import */
                    import: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description JSON, or a table with `format=csv` */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "read": 12,
                         *       "repeats": 12,
                         *       "skipped": [
                         *         {
                         *           "count": 12,
                         *           "lines": [
                         *             720
                         *           ],
                         *           "reason": "no_time"
                         *         }
                         *       ],
                         *       "taken": 12
                         *     }
                         */
                        "application/json": components["schemas"]["Report"];
                        /**
                         * @example device,browser,plays,good
                         *     phone,Safari 18,812,0.993
                         */
                        "text/csv": string;
                    };
                };
                /** @description `bad_request` */
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `import.write` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found` */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{id}/ingest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a room's encoders send 推流质量: present values and a series for charts
         * @description Kept in memory for 15 minutes; empty when no encoder was there since.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Seconds of the series; by default 300. */
                    seconds?: number;
                };
                header?: never;
                path: {
                    /** @description the room */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "now_ms": 1500,
                         *       "on_air": true,
                         *       "sources": [
                         *         {
                         *           "audio": true,
                         *           "b_frames": true,
                         *           "connected": true,
                         *           "current": {
                         *             "audio_kbps": 2400,
                         *             "fps": 12.5,
                         *             "gap_ms": 1500,
                         *             "gop_ms": 1500,
                         *             "jumps": 12,
                         *             "skew_ms": 1500,
                         *             "video_kbps": 2400
                         *           },
                         *           "on_air": true,
                         *           "series": {
                         *             "at_s": [
                         *               30
                         *             ],
                         *             "audio_kbps": [
                         *               2400
                         *             ],
                         *             "fps": [
                         *               25
                         *             ],
                         *             "gap_ms": [
                         *               1500
                         *             ],
                         *             "skew_ms": [
                         *               1500
                         *             ],
                         *             "video_kbps": [
                         *               2400
                         *             ]
                         *           },
                         *           "silent_ms": 1500,
                         *           "source": "primary",
                         *           "video": true
                         *         }
                         *       ]
                         *     }
                         */
                        "application/json": components["schemas"]["IngestBody"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                /** @description `room_not_found` */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{id}/ladder": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A room's bit-rate ladder 码率自适应 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the room */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "behind_ms": 1500,
                         *       "capacity": 12,
                         *       "enabled": true,
                         *       "in_use": 12,
                         *       "renditions": [
                         *         {
                         *           "bitrate_kbps": 2400,
                         *           "height": 720,
                         *           "lines": 720,
                         *           "playable": true,
                         *           "width": 1280
                         *         }
                         *       ],
                         *       "rungs": [
                         *         720,
                         *         480
                         *       ],
                         *       "state": "making"
                         *     }
                         */
                        "application/json": components["schemas"]["LadderBody"];
                    };
                };
                401: components["responses"]["Unauthenticated"];
                /** @description needs `stream.read` */
                403: components["responses"]["Forbidden"];
                /** @description `room_not_found` */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        /**
         * Switch a room's ladder on or off, and choose its rungs
         * @description Takes effect at once: `index.m3u8` names the rungs from now on, and pages that are open read it again.
         */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the room */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "enabled": true,
                     *       "rungs": [
                     *         144
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["LadderChange"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "behind_ms": 1500,
                         *       "capacity": 12,
                         *       "enabled": true,
                         *       "in_use": 12,
                         *       "renditions": [
                         *         {
                         *           "bitrate_kbps": 2400,
                         *           "height": 720,
                         *           "lines": 720,
                         *           "playable": true,
                         *           "width": 1280
                         *         }
                         *       ],
                         *       "rungs": [
                         *         720,
                         *         480
                         *       ],
                         *       "state": "making"
                         *     }
                         */
                        "application/json": components["schemas"]["LadderBody"];
                    };
                };
                /** @description `rungs_invalid` */
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                /** @description needs `stream.manage` */
                403: components["responses"]["Forbidden"];
                /** @description `room_not_found` */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{id}/leave": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The page is being closed
         * @description For `navigator.sendBeacon`; the body is ignored.
         */
        post: {
            parameters: {
                query?: {
                    /** @description The viewer token. */
                    token?: string;
                };
                header?: never;
                path: {
                    /** @description the room */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description taken */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description `token_required` */
                401: components["responses"]["Unauthenticated"];
                /** @description `token_invalid`, `token_expired` */
                403: components["responses"]["Forbidden"];
                /** @description `room_not_found` */
                404: components["responses"]["NotFound"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{id}/playback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A player's report 质量上报
         * @description Every 10 s, at a failure and when the page is closed. The body is taken whatever its content type, so that
         *     `navigator.sendBeacon` can send it. Values are cut down to what is possible; reports within 3 s are merged; a picture that
         *     nobody sent to this entry is not believed; new plays are few. Device, system, browser, region and node are found by the
         *     server, the region by the time zone where nothing better is known. Outside of a show it is taken and not kept.
         */
        post: {
            parameters: {
                query?: {
                    /** @description The viewer token. */
                    token?: string;
                };
                header?: never;
                path: {
                    /** @description the room */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "bitrate_kbps": 2400,
                     *       "dropped": 12,
                     *       "failure": "timeout",
                     *       "first_frame_ms": 1500,
                     *       "frames": 12,
                     *       "height": 720,
                     *       "latency_ms": 1500,
                     *       "play": "0197a0c0-0000-7000-8000-000000348b34",
                     *       "played_ms": 1500,
                     *       "stalled_ms": 1500,
                     *       "stalls": 12,
                     *       "tz": "Asia/Shanghai",
                     *       "version": "1.0.0"
                     *     }
                     */
                    "application/json": components["schemas"]["PlaybackSaid"];
                };
            };
            responses: {
                /** @description taken */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `bad_request` */
                400: components["responses"]["BadRequest"];
                /** @description `token_required` */
                401: components["responses"]["Unauthenticated"];
                /** @description `token_invalid`, `token_expired` */
                403: components["responses"]["Forbidden"];
                /** @description `room_not_found` */
                404: components["responses"]["NotFound"];
                /** @description `too_large` */
                413: components["responses"]["TooLarge"];
                /** @description `too_many_reports`, or of too many plays */
                429: components["responses"]["TooMany"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{id}/recording-rule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The room's recording rule, or the one of the settings. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "enabled": true,
                         *       "keep_days": 30,
                         *       "keep_gb": 100,
                         *       "replays_public": true
                         *     }
                         */
                        "application/json": components["schemas"]["RecordingRule"];
                    };
                };
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        /** Gives the room a recording rule of its own. */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "enabled": true,
                     *       "keep_days": 30,
                     *       "keep_gb": 100,
                     *       "replays_public": true
                     *     }
                     */
                    "application/json": components["schemas"]["RecordingRule"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "enabled": true,
                         *       "keep_days": 30,
                         *       "keep_gb": 100,
                         *       "replays_public": true
                         *     }
                         */
                        "application/json": components["schemas"]["RecordingRule"];
                    };
                };
                /** @description `bad_rule` */
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{id}/relays": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A room's relay targets 多平台推流 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "bitrate_kbps": 2400,
                         *           "created_at": 1795867200000,
                         *           "dropped_frames": 12,
                         *           "enabled": true,
                         *           "has_key": true,
                         *           "id": "0197a0c0-0000-7000-8000-000006760291",
                         *           "last_error": {
                         *             "code": "refused",
                         *             "text": "the server closed the connection"
                         *           },
                         *           "name": "Twitch",
                         *           "next_try_at": 1795867200000,
                         *           "reconnects": 12,
                         *           "room_id": "0197a0c0-0000-7000-8000-0000003580db",
                         *           "sent_bytes": 1048576,
                         *           "since": 1795867200000,
                         *           "state": "live",
                         *           "url": "rtmp://live.twitch.tv/app"
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a"
                         *     }
                         */
                        "application/json": components["schemas"]["Page_RelayBody"];
                    };
                };
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                /** @description `room_not_found` */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /**
         * Adds a relay target
         * @description It begins at once when the room is on air, and with every show from then on.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "enabled": true,
                     *       "name": "Twitch",
                     *       "stream_key": "live_5a0f4b34785e",
                     *       "url": "rtmp://live.twitch.tv/app"
                     *     }
                     */
                    "application/json": components["schemas"]["NewRelay"];
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "bitrate_kbps": 2400,
                         *       "created_at": 1795867200000,
                         *       "dropped_frames": 12,
                         *       "enabled": true,
                         *       "has_key": true,
                         *       "id": "0197a0c0-0000-7000-8000-000006760291",
                         *       "last_error": {
                         *         "code": "refused",
                         *         "text": "the server closed the connection"
                         *       },
                         *       "name": "Twitch",
                         *       "next_try_at": 1795867200000,
                         *       "reconnects": 12,
                         *       "room_id": "0197a0c0-0000-7000-8000-0000003580db",
                         *       "sent_bytes": 1048576,
                         *       "since": 1795867200000,
                         *       "state": "live",
                         *       "url": "rtmp://live.twitch.tv/app"
                         *     }
                         */
                        "application/json": components["schemas"]["RelayBody"];
                    };
                };
                /** @description `bad_name`, `bad_address`, `bad_stream_key`, `private_address`, `relay_circle` */
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                /** @description `room_not_found` */
                404: components["responses"]["NotFound"];
                /** @description `too_many_relays` */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{id}/sanctions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The viewer's own sanctions here 我的处罚, the newest first
         * @description Those of this room, and those that hold everywhere; at most 50.
         */
        get: {
            parameters: {
                query?: {
                    /** @description The viewer token. */
                    token?: string;
                };
                header?: never;
                path: {
                    /** @description the room */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "appeal": {
                         *             "decided_at_ms": 1795867200000,
                         *             "due_at_ms": 1795867200000,
                         *             "filed_at_ms": 1795867200000,
                         *             "reason": "未违反条款,予以撤销",
                         *             "state": "open"
                         *           },
                         *           "at_ms": 1795867200000,
                         *           "clause": "contact",
                         *           "everywhere": true,
                         *           "how_to_appeal": {
                         *             "en": "what you wrote is against the rule \"luring viewers elsewhere\". What follows: you may not write for 10 minutes, in this room.",
                         *             "zh": "您发送的弹幕违反了「引流到站外」。处理:禁言 10 分钟,适用于本直播间。"
                         *           },
                         *           "id": "0197a0c0-0000-7000-8000-0000dfff5c9c",
                         *           "in_force": true,
                         *           "kind": "warn",
                         *           "may_appeal": true,
                         *           "said_at_ms": 1795867200000,
                         *           "state": "active",
                         *           "statement": {
                         *             "en": "what you wrote is against the rule \"luring viewers elsewhere\". What follows: you may not write for 10 minutes, in this room.",
                         *             "zh": "您发送的弹幕违反了「引流到站外」。处理:禁言 10 分钟,适用于本直播间。"
                         *           },
                         *           "text": "加薇❤信 看好货",
                         *           "tier": 1,
                         *           "until_ms": 1500
                         *         }
                         *       ]
                         *     }
                         */
                        "application/json": components["schemas"]["ViewerSanctions"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `token_required` */
                401: components["responses"]["Unauthenticated"];
                /** @description `token_invalid`, `token_expired` */
                403: components["responses"]["Forbidden"];
                /** @description `room_not_found` */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{id}/sanctions/{sanction}/appeal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Objects to a sanction 申诉
         * @description Once a sanction. Somebody who did not impose it decides within 24 hours; until somebody did, it is suspended after that time.
         */
        post: {
            parameters: {
                query?: {
                    /** @description The viewer token. */
                    token?: string;
                };
                header?: never;
                path: {
                    /** @description the room */
                    id: string;
                    /** @description the sanction */
                    sanction: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "text": "我只是报了自己店铺的名字"
                     *     }
                     */
                    "application/json": components["schemas"]["FileAppeal"];
                };
            };
            responses: {
                /** @description kept */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "decided_at_ms": 1795867200000,
                         *       "due_at_ms": 1795867200000,
                         *       "filed_at_ms": 1795867200000,
                         *       "reason": "未违反条款,予以撤销",
                         *       "state": "open"
                         *     }
                         */
                        "application/json": components["schemas"]["ViewerAppeal"];
                    };
                };
                /** @description `bad_request` */
                400: components["responses"]["BadRequest"];
                /** @description `token_required` */
                401: components["responses"]["Unauthenticated"];
                /** @description `token_invalid`, `token_expired` */
                403: components["responses"]["Forbidden"];
                /** @description `room_not_found`; `not_found`: the viewer has no such sanction here */
                404: components["responses"]["NotFound"];
                /** @description `already_appealed`; `not_appealable`: it was taken back */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                /** @description no JSON */
                415: components["responses"]["NoJson"];
                /** @description `bad_text`: 1 to 500 characters */
                422: components["responses"]["Unprocessable"];
                /** @description `too_many_requests` from this address */
                429: components["responses"]["TooMany"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{id}/slate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The room's slate 垫片 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "after_ms": 1500,
                         *       "enabled": true,
                         *       "kind": "built_in",
                         *       "upload": {
                         *         "bytes": 1048576,
                         *         "duration_ms": 1500,
                         *         "height": 720,
                         *         "id": "0197a0c0-0000-7000-8000-0000dfe12a98",
                         *         "media": "video/mp4",
                         *         "uploaded_at": 1795867200000,
                         *         "width": 1280
                         *       }
                         *     }
                         */
                        "application/json": components["schemas"]["SlateBody"];
                    };
                };
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        /**
         * Sets the room's slate
         * @description A slate that is on air stays as it is; the next one follows the settings.
         */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "after_ms": 2000,
                     *       "enabled": true,
                     *       "kind": "built_in"
                     *     }
                     */
                    "application/json": components["schemas"]["SlateChange"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "after_ms": 1500,
                         *       "enabled": true,
                         *       "kind": "built_in",
                         *       "upload": {
                         *         "bytes": 1048576,
                         *         "duration_ms": 1500,
                         *         "height": 720,
                         *         "id": "0197a0c0-0000-7000-8000-0000dfe12a98",
                         *         "media": "video/mp4",
                         *         "uploaded_at": 1795867200000,
                         *         "width": 1280
                         *       }
                         *     }
                         */
                        "application/json": components["schemas"]["SlateBody"];
                    };
                };
                /** @description `bad_wait` */
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                /** @description `slate_missing`: nothing was uploaded */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{id}/slate/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Uploads an image or video as the room's slate
         * @description The body is the file itself: PNG, JPEG, WebP, GIF, MP4, MOV, WebM, MKV or FLV. It is converted once, without its sound, and
         *     the slate's kind becomes `upload`.
         */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/octet-stream": string;
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "after_ms": 1500,
                         *       "enabled": true,
                         *       "kind": "built_in",
                         *       "upload": {
                         *         "bytes": 1048576,
                         *         "duration_ms": 1500,
                         *         "height": 720,
                         *         "id": "0197a0c0-0000-7000-8000-0000dfe12a98",
                         *         "media": "video/mp4",
                         *         "uploaded_at": 1795867200000,
                         *         "width": 1280
                         *       }
                         *     }
                         */
                        "application/json": components["schemas"]["SlateBody"];
                    };
                };
                /** @description `slate_format`, `slate_unreadable` */
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                /** @description `slate_too_large` */
                413: components["responses"]["TooLarge"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                /** @description `ffmpeg_missing`, `slate_too_slow` */
                503: components["responses"]["Unavailable"];
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{id}/slate/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The uploaded file's picture, or the built-in one */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/jpeg": string;
                    };
                };
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{id}/source": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the room's picture is made from 推流与备路 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "on_air": "primary",
                         *       "push_port": 1935,
                         *       "sources": [
                         *         {
                         *           "audio_codec": "mp4a.40.2",
                         *           "connected": true,
                         *           "flowing": true,
                         *           "height": 720,
                         *           "ready": true,
                         *           "source": "primary",
                         *           "video_codec": "avc1.64001f",
                         *           "width": 1280
                         *         }
                         *       ],
                         *       "wanted": "primary"
                         *     }
                         */
                        "application/json": components["schemas"]["SourcesBody"];
                    };
                };
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /**
         * Chooses what the room shows 切换
         * @description An encoder that is chosen and not there is stood in for, and shown when it comes. `auto` prefers the primary. The choice
         *     holds until the show ends.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "to": "backup"
                     *     }
                     */
                    "application/json": components["schemas"]["SourceChoice"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "on_air": "primary",
                         *       "push_port": 1935,
                         *       "sources": [
                         *         {
                         *           "audio_codec": "mp4a.40.2",
                         *           "connected": true,
                         *           "flowing": true,
                         *           "height": 720,
                         *           "ready": true,
                         *           "source": "primary",
                         *           "video_codec": "avc1.64001f",
                         *           "width": 1280
                         *         }
                         *       ],
                         *       "wanted": "primary"
                         *     }
                         */
                        "application/json": components["schemas"]["SourcesBody"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                /** @description `not_live`: the room shows nothing now, so there is nothing to switch */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{id}/stream-key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Replaces the stream key. The old one stops working at once and its encoder is dropped. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "push_port": 1935,
                         *       "stream_key": "sk0123456789abcdef0123456789abcdef"
                         *     }
                         */
                        "application/json": components["schemas"]["StreamKeyBody"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{id}/thumbnail.jpg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The newest picture of a room, for walls of many rooms */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/jpeg": string;
                    };
                };
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                /** @description `room_not_found`, `thumbnail_not_found` */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rooms/{id}/viewer-token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A viewer token 观众令牌
         * @description Public rooms: anybody. Private rooms: a signed-in actor with `room.read` for the room. The token is good for 12 hours.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the room */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    /**
                     * @example {
                     *       "token": "vt_5a0f4b34785e4b6f",
                     *       "viewer_id": "v5a0f4b34785e4b6f9d2c1a7e8b3f6d90"
                     *     }
                     */
                    "application/json": components["schemas"]["AskToken"] | null;
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "asks_consent": true,
                         *       "entry_id": "0197a0c0-0000-7000-8000-000005c30872",
                         *       "expires_at": 1795867200000,
                         *       "heartbeat_ms": 10000,
                         *       "playlist": "/live/01890a5d-ac96-774b-bcce-b302099a8057/index.m3u8?token=AQGJ",
                         *       "socket": "/ws/rooms/01890a5d-ac96-774b-bcce-b302099a8057?token=AQGJ",
                         *       "token": "vt_5a0f4b34785e4b6f",
                         *       "viewer_id": "v5a0f4b34785e4b6f9d2c1a7e8b3f6d90"
                         *     }
                         */
                        "application/json": components["schemas"]["Ticket"];
                    };
                };
                /** @description `bad_request` */
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated`: the room is private */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`, or `token_invalid`: the earlier token is not ours */
                403: components["responses"]["Forbidden"];
                /** @description `room_not_found` */
                404: components["responses"]["NotFound"];
                413: components["responses"]["TooLarge"];
                /** @description `too_many_tokens` from this address */
                429: components["responses"]["TooMany"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/security": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the organisation asks of its people 安全设置. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description as it is */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "second_factor_roles": [
                         *         "admin",
                         *         "manager"
                         *       ]
                         *     }
                         */
                        "application/json": components["schemas"]["Security"];
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `staff.read` */
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        /** Set what the organisation asks of its people 修改安全设置. */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "second_factor_roles": [
                     *         "admin",
                     *         "manager"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Security"];
                };
            };
            responses: {
                /** @description as it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "second_factor_roles": [
                         *         "admin",
                         *         "manager"
                         *       ]
                         *     }
                         */
                        "application/json": components["schemas"]["Security"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `security.manage`; or `beyond_your_reach`: only headquarters set it */
                403: components["responses"]["Forbidden"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `unknown_role` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in 登录: sets the cookie `kaibo_session`. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "code": "005924",
                     *       "login": "admin",
                     *       "password": "7k2d-m9qx-04tz-vb6h"
                     *     }
                     */
                    "application/json": components["schemas"]["SignIn"];
                };
            };
            responses: {
                /** @description signed in; the session is in the cookie */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "must_change_password": true,
                         *       "must_enrol": true,
                         *       "user": {
                         *         "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *         "login": "admin",
                         *         "name": "管理员 Administrator"
                         *       }
                         *     }
                         */
                        "application/json": components["schemas"]["SignedIn"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `wrong_credentials`, `second_factor_required` or `wrong_code` */
                401: components["responses"]["Unauthenticated"];
                /** @description `sso_only`: the account comes in by single sign-on only */
                403: components["responses"]["Forbidden"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                422: components["responses"]["Unprocessable"];
                /** @description `too_many_attempts`, with `Retry-After` */
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                /** @description `busy`, with `Retry-After` */
                503: components["responses"]["Unavailable"];
            };
        };
        /** Sign out 退出: ends the session of the cookie. Also fine without one. */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description signed out, the cookie is cleared */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                403: components["responses"]["Forbidden"];
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sso": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Providers by which people sign in 单点登录入口. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description those that are enabled */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *         "name": "公司账号 Company account"
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["SsoDoor"][];
                    };
                };
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sso/code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give the code of the own second factor, which the provider did not vouch for. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "code": "005924",
                     *       "state": "live"
                     *     }
                     */
                    "application/json": components["schemas"]["SsoCode"];
                };
            };
            responses: {
                /** @description signed in; the session is in the cookie */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "must_enrol": true,
                         *       "purpose": "sign_in",
                         *       "user": {
                         *         "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *         "login": "admin",
                         *         "name": "管理员 Administrator"
                         *       }
                         *     }
                         */
                        "application/json": components["schemas"]["SsoFinished"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `wrong_code` */
                401: components["responses"]["Unauthenticated"];
                403: components["responses"]["Forbidden"];
                409: components["responses"]["Conflict"];
                /** @description `sso_stale` */
                410: components["responses"]["Gone"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                422: components["responses"]["Unprocessable"];
                /** @description `too_many_attempts`, with `Retry-After` */
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sso/finish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Finish what was begun, with the provider's answer. Signing in sets the cookie `kaibo_session`. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "code": "SplxlOBeZQQYbYS6WxSbIA",
                     *       "error": "no microphone was found",
                     *       "iss": "https://login.example.org",
                     *       "state": "live"
                     *     }
                     */
                    "application/json": components["schemas"]["SsoAnswer"];
                };
            };
            responses: {
                /** @description signed in, or linked */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "must_enrol": true,
                         *       "purpose": "sign_in",
                         *       "user": {
                         *         "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *         "login": "admin",
                         *         "name": "管理员 Administrator"
                         *       }
                         *     }
                         */
                        "application/json": components["schemas"]["SsoFinished"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `sso_denied`, `sso_disbelieved`; or `second_factor_required`: go on with `POST /api/sso/code` */
                401: components["responses"]["Unauthenticated"];
                /** @description `sso_not_invited`, `sso_unverified`, `sso_domain`, `sso_no_group` or `sso_disabled` */
                403: components["responses"]["Forbidden"];
                /** @description `sso_account_exists` or `sso_other_person` */
                409: components["responses"]["Conflict"];
                /** @description `sso_stale`: used, expired, or begun in another browser */
                410: components["responses"]["Gone"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                /** @description `sso_unavailable`: the provider does not answer as it should */
                502: components["responses"]["BadGateway"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sso/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Identity providers 单点登录. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description oldest first */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "client_id": "kaibo",
                         *         "created_at_ms": 1795867200000,
                         *         "enabled": true,
                         *         "has_secret": true,
                         *         "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *         "issuer": "https://id.example.com/realms/live",
                         *         "name": "公司账号 Company account",
                         *         "people": 12,
                         *         "policy": {
                         *           "allow_private": true,
                         *           "domains": [
                         *             "example.com"
                         *           ],
                         *           "groups_claim": "groups",
                         *           "mappings": [
                         *             {
                         *               "grant": {
                         *                 "region": "0197a0c0-0000-7000-8000-0000c84826f4",
                         *                 "role": "operator",
                         *                 "team": "0197a0c0-0000-7000-8000-00000036425d"
                         *               },
                         *               "group": "live-operations"
                         *             }
                         *           ],
                         *           "newcomers": {
                         *             "region": "0197a0c0-0000-7000-8000-0000c84826f4",
                         *             "role": "operator",
                         *             "team": "0197a0c0-0000-7000-8000-00000036425d"
                         *           },
                         *           "scopes": [
                         *             "profile",
                         *             "email"
                         *           ],
                         *           "trusts_second_factor": true
                         *         }
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["SsoProvider"][];
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `security.manage`; or `beyond_your_reach`: only headquarters do */
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /** Add an identity provider 添加身份提供方. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "issuer": "https://id.example.com/realms/live",
                     *       "settings": {
                     *         "client_id": "kaibo",
                     *         "client_secret": "3f9c0e",
                     *         "enabled": true,
                     *         "name": "公司账号 Company account",
                     *         "policy": {
                     *           "allow_private": true,
                     *           "domains": [
                     *             "example.com"
                     *           ],
                     *           "groups_claim": "groups",
                     *           "mappings": [
                     *             {
                     *               "grant": {
                     *                 "region": "0197a0c0-0000-7000-8000-0000c84826f4",
                     *                 "role": "operator",
                     *                 "team": "0197a0c0-0000-7000-8000-00000036425d"
                     *               },
                     *               "group": "live-operations"
                     *             }
                     *           ],
                     *           "newcomers": {
                     *             "region": "0197a0c0-0000-7000-8000-0000c84826f4",
                     *             "role": "operator",
                     *             "team": "0197a0c0-0000-7000-8000-00000036425d"
                     *           },
                     *           "scopes": [
                     *             "profile",
                     *             "email"
                     *           ],
                     *           "trusts_second_factor": true
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["NewSsoProvider"];
                };
            };
            responses: {
                /** @description added */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "client_id": "kaibo",
                         *       "created_at_ms": 1795867200000,
                         *       "enabled": true,
                         *       "has_secret": true,
                         *       "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *       "issuer": "https://id.example.com/realms/live",
                         *       "name": "公司账号 Company account",
                         *       "people": 12,
                         *       "policy": {
                         *         "allow_private": true,
                         *         "domains": [
                         *           "example.com"
                         *         ],
                         *         "groups_claim": "groups",
                         *         "mappings": [
                         *           {
                         *             "grant": {
                         *               "region": "0197a0c0-0000-7000-8000-0000c84826f4",
                         *               "role": "operator",
                         *               "team": "0197a0c0-0000-7000-8000-00000036425d"
                         *             },
                         *             "group": "live-operations"
                         *           }
                         *         ],
                         *         "newcomers": {
                         *           "region": "0197a0c0-0000-7000-8000-0000c84826f4",
                         *           "role": "operator",
                         *           "team": "0197a0c0-0000-7000-8000-00000036425d"
                         *         },
                         *         "scopes": [
                         *           "profile",
                         *           "email"
                         *         ],
                         *         "trusts_second_factor": true
                         *       }
                         *     }
                         */
                        "application/json": components["schemas"]["SsoProvider"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `security.manage`; or `beyond_your_reach`, `beyond_your_permissions`: it would give more than you could */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such team or region */
                404: components["responses"]["NotFound"];
                /** @description `name_taken` or `empty_region` */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `bad_issuer`, `bad_name`, `bad_client`, `bad_policy` or `unknown_role` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sso/providers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Change an identity provider 修改身份提供方. Disabling it ends the sessions of everybody who comes in by it. */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the provider's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "client_id": "kaibo",
                     *       "client_secret": "3f9c0e",
                     *       "enabled": true,
                     *       "name": "公司账号 Company account",
                     *       "policy": {
                     *         "allow_private": true,
                     *         "domains": [
                     *           "example.com"
                     *         ],
                     *         "groups_claim": "groups",
                     *         "mappings": [
                     *           {
                     *             "grant": {
                     *               "region": "0197a0c0-0000-7000-8000-0000c84826f4",
                     *               "role": "operator",
                     *               "team": "0197a0c0-0000-7000-8000-00000036425d"
                     *             },
                     *             "group": "live-operations"
                     *           }
                     *         ],
                     *         "newcomers": {
                     *           "region": "0197a0c0-0000-7000-8000-0000c84826f4",
                     *           "role": "operator",
                     *           "team": "0197a0c0-0000-7000-8000-00000036425d"
                     *         },
                     *         "scopes": [
                     *           "profile",
                     *           "email"
                     *         ],
                     *         "trusts_second_factor": true
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["SsoSettings"];
                };
            };
            responses: {
                /** @description as it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "client_id": "kaibo",
                         *       "created_at_ms": 1795867200000,
                         *       "enabled": true,
                         *       "has_secret": true,
                         *       "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *       "issuer": "https://id.example.com/realms/live",
                         *       "name": "公司账号 Company account",
                         *       "people": 12,
                         *       "policy": {
                         *         "allow_private": true,
                         *         "domains": [
                         *           "example.com"
                         *         ],
                         *         "groups_claim": "groups",
                         *         "mappings": [
                         *           {
                         *             "grant": {
                         *               "region": "0197a0c0-0000-7000-8000-0000c84826f4",
                         *               "role": "operator",
                         *               "team": "0197a0c0-0000-7000-8000-00000036425d"
                         *             },
                         *             "group": "live-operations"
                         *           }
                         *         ],
                         *         "newcomers": {
                         *           "region": "0197a0c0-0000-7000-8000-0000c84826f4",
                         *           "role": "operator",
                         *           "team": "0197a0c0-0000-7000-8000-00000036425d"
                         *         },
                         *         "scopes": [
                         *           "profile",
                         *           "email"
                         *         ],
                         *         "trusts_second_factor": true
                         *       }
                         *     }
                         */
                        "application/json": components["schemas"]["SsoProvider"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `security.manage`; or `beyond_your_permissions`: it gives more than you could */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such provider of the organisation that you reach all of; or no such team or region */
                404: components["responses"]["NotFound"];
                /** @description `name_taken` or `empty_region` */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `bad_issuer`: it has no TLS, and `allow_private` was taken away; `bad_name`, `bad_client`, `bad_policy` or `unknown_role` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        post?: never;
        /** Remove an identity provider 移除身份提供方. Who came in by it alone does not any more, and its sessions end. */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the provider's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description removed */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `security.manage`; or `beyond_your_permissions` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such provider of the organisation that you reach all of */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sso/providers/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask the provider, and say what is wrong 测试连接. Signs nobody in. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the provider's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description what it answered */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "redirect_uri": "https://live.example.com/console/sso",
                         *       "steps": [
                         *         {
                         *           "detail": "3 keys",
                         *           "problem": "no_keys",
                         *           "step": "description"
                         *         }
                         *       ]
                         *     }
                         */
                        "application/json": components["schemas"]["SsoTest"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `security.manage` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such provider of the organisation that you reach all of */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sso/{id}/begin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin to sign in by a provider 单点登录. The browser keeps a cookie, by which it is known when it comes back to `/console/sso`. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the provider's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description where to go */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "state": "live",
                         *       "url": "https://id.example.com/authorize?response_type=code&state=..."
                         *     }
                         */
                        "application/json": components["schemas"]["SsoWay"];
                    };
                };
                400: components["responses"]["BadRequest"];
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such provider is enabled */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                /** @description `too_many_attempts`, with `Retry-After` */
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                /** @description `sso_unavailable`: the provider does not answer as it should */
                502: components["responses"]["BadGateway"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/staff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** People in your scope, newest first 员工列表. */
        get: {
            parameters: {
                query?: {
                    /** @description `next` of the page before. */
                    after?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description a page of up to 100 people */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "created_at_ms": 1795867200000,
                         *           "email": "zhang.san@example.com",
                         *           "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *           "login": "zhang.san",
                         *           "name": "张三",
                         *           "region": {
                         *             "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *             "name": "华东 East"
                         *           },
                         *           "role": "operator",
                         *           "second_factor": true,
                         *           "sso_only": true,
                         *           "state": "active",
                         *           "team": {
                         *             "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *             "name": "默认团队 Default team"
                         *           }
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a"
                         *     }
                         */
                        "application/json": components["schemas"]["Page_StaffMember"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `staff.read` */
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /** Invite somebody 邀请员工. Role and reach are among your own. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "email": "zhang.san@example.com",
                     *       "login": "zhang.san",
                     *       "name": "张三",
                     *       "reach": {
                     *         "region": "0197a0c0-0000-7000-8000-0000c84826f4",
                     *         "team": "0197a0c0-0000-7000-8000-00000036425d"
                     *       },
                     *       "role": "operator",
                     *       "sso_only": true
                     *     }
                     */
                    "application/json": components["schemas"]["Invitation"];
                };
            };
            responses: {
                /** @description invited; hand the link over, it is not shown again */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "link": {
                         *         "expires_at_ms": 1795867200000,
                         *         "kind": "invitation",
                         *         "path": "/console/join#kbi_q2Vh0b0m3m9p4XyZ1nV6sTg8wKd5rLc7uJf2aHe9iQo",
                         *         "secret": "kbi_q2Vh0b0m3m9p4XyZ1nV6sTg8wKd5rLc7uJf2aHe9iQo"
                         *       },
                         *       "member": {
                         *         "created_at_ms": 1795867200000,
                         *         "email": "zhang.san@example.com",
                         *         "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *         "login": "zhang.san",
                         *         "name": "张三",
                         *         "region": {
                         *           "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *           "name": "华东 East"
                         *         },
                         *         "role": "operator",
                         *         "second_factor": true,
                         *         "sso_only": true,
                         *         "state": "active",
                         *         "team": {
                         *           "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *           "name": "默认团队 Default team"
                         *         }
                         *       }
                         *     }
                         */
                        "application/json": components["schemas"]["Invited"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `staff.manage`; or `beyond_your_permissions`, `beyond_your_reach` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such team or region in your scope */
                404: components["responses"]["NotFound"];
                /** @description `login_taken`, `email_taken` or `empty_region` */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `bad_login`, `bad_name`, `bad_email` or `unknown_role` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/staff/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change somebody's name, role or reach, disable or enable the account 修改员工. */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the person's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "disabled": true,
                     *       "email": "zhang.san@example.com",
                     *       "name": "张三",
                     *       "reach": {
                     *         "region": "0197a0c0-0000-7000-8000-0000c84826f4",
                     *         "team": "0197a0c0-0000-7000-8000-00000036425d"
                     *       },
                     *       "role": "operator",
                     *       "sso_only": true
                     *     }
                     */
                    "application/json": components["schemas"]["StaffChange"];
                };
            };
            responses: {
                /** @description as it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "created_at_ms": 1795867200000,
                         *       "email": "zhang.san@example.com",
                         *       "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *       "login": "zhang.san",
                         *       "name": "张三",
                         *       "region": {
                         *         "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *         "name": "华东 East"
                         *       },
                         *       "role": "operator",
                         *       "second_factor": true,
                         *       "sso_only": true,
                         *       "state": "active",
                         *       "team": {
                         *         "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *         "name": "默认团队 Default team"
                         *       }
                         *     }
                         */
                        "application/json": components["schemas"]["StaffMember"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `staff.manage`; or `beyond_your_permissions`, `beyond_your_reach` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: nobody of that id, team or region in your scope */
                404: components["responses"]["NotFound"];
                /** @description `not_yourself`, `last_admin`, `email_taken` or `empty_region` */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `bad_name`, `bad_email` or `unknown_role` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        trace?: never;
    };
    "/api/staff/{id}/identities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Providers that know somebody 员工的单点登录. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the person's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description oldest first */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example [
                         *       {
                         *         "created_at_ms": 1795867200000,
                         *         "follows_groups": true,
                         *         "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *         "last_used_at_ms": 1795867200000,
                         *         "provider": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *         "provider_name": "公司账号 Company account",
                         *         "shown": "zhang.san@example.com"
                         *       }
                         *     ]
                         */
                        "application/json": components["schemas"]["SsoIdentity"][];
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `staff.read` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: nobody of that id in your scope */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/staff/{id}/identities/{identity}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take an identity off somebody's account 解除员工的单点登录. Every session of theirs ends. */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the person's id */
                    id: string;
                    /** @description the identity's id */
                    identity: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description taken off */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `staff.manage`; or `beyond_your_permissions` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: nobody of that id in your scope, or no such identity of theirs */
                404: components["responses"]["NotFound"];
                /** @description `not_yourself` */
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/staff/{id}/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a link for one use: the invitation again, or a new password for who forgot it 重置密码. Links made before end. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the person's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the link, shown this once */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "expires_at_ms": 1795867200000,
                         *       "kind": "invitation",
                         *       "path": "/console/join#kbi_q2Vh0b0m3m9p4XyZ1nV6sTg8wKd5rLc7uJf2aHe9iQo",
                         *       "secret": "kbi_q2Vh0b0m3m9p4XyZ1nV6sTg8wKd5rLc7uJf2aHe9iQo"
                         *     }
                         */
                        "application/json": components["schemas"]["OneTimeLink"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `staff.manage`; or `beyond_your_permissions` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: nobody of that id in your scope */
                404: components["responses"]["NotFound"];
                /** @description `not_yourself` or `account_disabled` */
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/staff/{id}/second-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take somebody's second factor away, who lost phone and paper 重置二次验证. Every session of theirs ends. */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the person's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description removed, now or before */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `staff.manage`; or `beyond_your_permissions` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: nobody of that id in your scope */
                404: components["responses"]["NotFound"];
                /** @description `not_yourself` */
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/staff/{id}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where is somebody signed in? 员工会话 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the person's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description newest first */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "created_at_ms": 1795867200000,
                         *           "current": true,
                         *           "device": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36",
                         *           "expires_at_ms": 1795867200000,
                         *           "from_ip": "203.0.113.7",
                         *           "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *           "last_used_at_ms": 1795867200000
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a"
                         *     }
                         */
                        "application/json": components["schemas"]["Page_SessionView"];
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `staff.read` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: nobody of that id in your scope */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        /** End every session of somebody 强制下线. */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the person's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description ended */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `staff.manage`; or `beyond_your_permissions` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: nobody of that id in your scope */
                404: components["responses"]["NotFound"];
                /** @description `not_yourself`: your own are below `/api/me` */
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/staff/{id}/sessions/{session}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End one session of somebody 强制下线该设备. */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the person's id */
                    id: string;
                    /** @description the session's id */
                    session: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description ended */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `staff.manage`; or `beyond_your_permissions` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: nobody of that id in your scope, or no such session */
                404: components["responses"]["NotFound"];
                /** @description `not_yourself` */
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/system/alarms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Alarms about Kaibo itself 系统告警, newest first
         * @description They concern who sees the whole organisation; for others the list is empty.
         */
        get: {
            parameters: {
                query?: {
                    /** @description True: those that are not over; false: those that are. */
                    open?: boolean;
                    /** @description The page behind this cursor. */
                    after?: string;
                    /** @description By default 100. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description a page of alarms */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "acknowledged_at": 1795867200000,
                         *           "acknowledged_by": "operator",
                         *           "cleared_at": 1795867200000,
                         *           "id": "0197a0c0-0000-7000-8000-0000a5f2a5d2",
                         *           "kind": "disk_low",
                         *           "limit": 12,
                         *           "raised_at": 1795867200000,
                         *           "unit": "ms",
                         *           "value": 12
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a"
                         *     }
                         */
                        "application/json": components["schemas"]["Page_SystemAlarm"];
                    };
                };
                /** @description `bad_request` */
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `system.read` */
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/system/alarms/{id}/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes note of an alarm 确认告警; the first one to do so stands */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the alarm's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the alarm with who took note, and when */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "acknowledged_at": 1795867200000,
                         *       "acknowledged_by": "operator",
                         *       "cleared_at": 1795867200000,
                         *       "id": "0197a0c0-0000-7000-8000-0000a5f2a5d2",
                         *       "kind": "disk_low",
                         *       "limit": 12,
                         *       "raised_at": 1795867200000,
                         *       "unit": "ms",
                         *       "value": 12
                         *     }
                         */
                        "application/json": components["schemas"]["SystemAlarm"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `system.manage` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such alarm in your scope */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/system/limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What Kaibo watches of itself 告警阈值: limits, the settings that change them, and how things are now */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description every kind of alarm; nothing for those whom they do not concern */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "clear_after_s": 30,
                         *       "items": [
                         *         {
                         *           "bad": "below",
                         *           "key": "condition.free_bytes",
                         *           "kind": "disk_low",
                         *           "limit": 12,
                         *           "stands": true,
                         *           "unit": "ms",
                         *           "value": 12
                         *         }
                         *       ],
                         *       "raise_after_s": 30
                         *     }
                         */
                        "application/json": components["schemas"]["SystemLimits"];
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `system.read` */
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/teams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Regions and teams in your scope 组织架构. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the tree as far as you reach */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "org": {
                         *         "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *         "name": "总部 Headquarters"
                         *       },
                         *       "regions": [
                         *         {
                         *           "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *           "name": "华东 East"
                         *         }
                         *       ],
                         *       "teams": [
                         *         {
                         *           "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *           "name": "默认团队 Default team",
                         *           "region": "0197a0c0-0000-7000-8000-0000c84826f4"
                         *         }
                         *       ]
                         *     }
                         */
                        "application/json": components["schemas"]["Tree"];
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `staff.read` */
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /** Make a team 新建小组. Who reaches a region makes it there. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "name": "华东一组",
                     *       "region": "0197a0c0-0000-7000-8000-0000c84826f4"
                     *     }
                     */
                    "application/json": components["schemas"]["NewTeam"];
                };
            };
            responses: {
                /** @description made */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *       "name": "默认团队 Default team",
                         *       "region": "0197a0c0-0000-7000-8000-0000c84826f4"
                         *     }
                         */
                        "application/json": components["schemas"]["TeamPlace"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `team.manage`; or `beyond_your_reach` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such region in your scope */
                404: components["responses"]["NotFound"];
                /** @description `name_taken` */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `bad_name` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/teams/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Rename a team 重命名小组. */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the team's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "name": "华东一组"
                     *     }
                     */
                    "application/json": components["schemas"]["NewName"];
                };
            };
            responses: {
                /** @description renamed */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `team.manage` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such team in your scope */
                404: components["responses"]["NotFound"];
                /** @description `name_taken` */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `bad_name` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        trace?: never;
    };
    "/api/teams/{id}/region": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Move a team into a region, or out of one 调整所属大区. What people of the region reach changes at once. */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the team's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "region": "0197a0c0-0000-7000-8000-0000c84826f4"
                     *     }
                     */
                    "application/json": components["schemas"]["NewPlace"];
                };
            };
            responses: {
                /** @description moved */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `team.manage`; or `beyond_your_reach`: only headquarters move teams */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such team or region in your scope */
                404: components["responses"]["NotFound"];
                /** @description `region_in_use`: people reach the region, and this is its last team */
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/time": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The server's clock, for players that correct their own by it */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "now_ms": 1500
                         *     }
                         */
                        "application/json": components["schemas"]["ServerTime"];
                    };
                };
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** API tokens in your scope, newest first; revoked ones are left out. */
        get: {
            parameters: {
                query?: {
                    /** @description `next` of the page before. */
                    after?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description a page of up to 100 tokens */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "created_at_ms": 1790000000000,
                         *           "expires_at_ms": 1795867200000,
                         *           "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *           "last_used_at_ms": 1795867200000,
                         *           "made_by": "admin",
                         *           "name": "website collector",
                         *           "region": "0197a0c0-0000-7000-8000-0000c84826f4",
                         *           "role": "service",
                         *           "scopes": [
                         *             "collect.write"
                         *           ],
                         *           "team": "0197a0c0-0000-7000-8000-00000036425d"
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a"
                         *     }
                         */
                        "application/json": components["schemas"]["Page_Token"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `token.manage` */
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /** Make an API token 创建令牌. Its permissions are among your own. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "expires_in_days": 365,
                     *       "name": "website collector",
                     *       "role": "service",
                     *       "scopes": [
                     *         "collect.write"
                     *       ],
                     *       "team": "0197a0c0-0000-7000-8000-00000036425d"
                     *     }
                     */
                    "application/json": components["schemas"]["NewToken"];
                };
            };
            responses: {
                /** @description made; the secret is in `token` and is not shown again */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "created_at_ms": 1790000000000,
                         *       "expires_at_ms": 1795867200000,
                         *       "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *       "last_used_at_ms": 1795867200000,
                         *       "made_by": "admin",
                         *       "name": "website collector",
                         *       "region": "0197a0c0-0000-7000-8000-0000c84826f4",
                         *       "role": "service",
                         *       "scopes": [
                         *         "collect.write"
                         *       ],
                         *       "team": "0197a0c0-0000-7000-8000-00000036425d",
                         *       "token": "kbo_q2Vh0b0m3m9p4XyZ1nV6sTg8wKd5rLc7uJf2aHe9iQo"
                         *     }
                         */
                        "application/json": components["schemas"]["MadeToken"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `token.manage`; or `beyond_your_permissions` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such team in your scope */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `bad_name`, `unknown_role`, `unknown_scope` or `bad_expiry` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke an API token 吊销令牌. It stops working at once here, within 5 s in other processes. */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the token's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description revoked, now or before */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `token.manage` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such token in your scope */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Webhooks in your scope 事件推送, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description `next` of the page before. */
                    after?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description a page of up to 100 webhooks */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "all_teams": true,
                         *           "created_at_ms": 1790000000000,
                         *           "dead": 12,
                         *           "delivered_at_ms": 1795867200000,
                         *           "disabled": "gone",
                         *           "enabled": true,
                         *           "events": [
                         *             "BroadcastStarted",
                         *             "BroadcastEnded"
                         *           ],
                         *           "failing_since_ms": 1500,
                         *           "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *           "masked": true,
                         *           "name": "order system",
                         *           "old_secret_until_ms": 1795867200000,
                         *           "team": "0197a0c0-0000-7000-8000-00000036425d",
                         *           "url": "https://example.org/kaibo",
                         *           "waiting": 12
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a"
                         *     }
                         */
                        "application/json": components["schemas"]["Page_WebhookView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `webhook.read` */
                403: components["responses"]["Forbidden"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /** Make a webhook 创建事件推送. It hears of what happens from now on. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "all_teams": true,
                     *       "events": [
                     *         "BroadcastStarted"
                     *       ],
                     *       "masked": true,
                     *       "name": "order system",
                     *       "url": "https://example.org/kaibo"
                     *     }
                     */
                    "application/json": components["schemas"]["NewWebhook"];
                };
            };
            responses: {
                /** @description made; the signing secret is in `secret` and is not shown again */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "all_teams": true,
                         *       "created_at_ms": 1790000000000,
                         *       "dead": 12,
                         *       "delivered_at_ms": 1795867200000,
                         *       "disabled": "gone",
                         *       "enabled": true,
                         *       "events": [
                         *         "BroadcastStarted",
                         *         "BroadcastEnded"
                         *       ],
                         *       "failing_since_ms": 1500,
                         *       "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *       "masked": true,
                         *       "name": "order system",
                         *       "old_secret_until_ms": 1795867200000,
                         *       "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwq2Vh0b0m3m8=",
                         *       "team": "0197a0c0-0000-7000-8000-00000036425d",
                         *       "url": "https://example.org/kaibo",
                         *       "waiting": 12
                         *     }
                         */
                        "application/json": components["schemas"]["MadeWebhook"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `webhook.manage` */
                403: components["responses"]["Forbidden"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `bad_name`, `bad_url`, `private_address`, `unknown_event` or `bad_reach` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One webhook */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the webhook's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the webhook */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "all_teams": true,
                         *       "created_at_ms": 1790000000000,
                         *       "dead": 12,
                         *       "delivered_at_ms": 1795867200000,
                         *       "disabled": "gone",
                         *       "enabled": true,
                         *       "events": [
                         *         "BroadcastStarted",
                         *         "BroadcastEnded"
                         *       ],
                         *       "failing_since_ms": 1500,
                         *       "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *       "masked": true,
                         *       "name": "order system",
                         *       "old_secret_until_ms": 1795867200000,
                         *       "team": "0197a0c0-0000-7000-8000-00000036425d",
                         *       "url": "https://example.org/kaibo",
                         *       "waiting": 12
                         *     }
                         */
                        "application/json": components["schemas"]["WebhookView"];
                    };
                };
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `webhook.read` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such webhook in your scope */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        /** Remove a webhook 删除事件推送, and what is known of its deliveries */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the webhook's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description removed */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `webhook.manage` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such webhook in your scope */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        options?: never;
        head?: never;
        /** Change a webhook 修改事件推送: its name, its address, its events, or whether it hears of anything */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the webhook's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "enabled": true,
                     *       "events": [
                     *         "BroadcastStarted"
                     *       ],
                     *       "masked": true,
                     *       "name": "order system",
                     *       "skip_missed": true,
                     *       "url": "https://example.org/kaibo"
                     *     }
                     */
                    "application/json": components["schemas"]["WebhookChange"];
                };
            };
            responses: {
                /** @description changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "all_teams": true,
                         *       "created_at_ms": 1790000000000,
                         *       "dead": 12,
                         *       "delivered_at_ms": 1795867200000,
                         *       "disabled": "gone",
                         *       "enabled": true,
                         *       "events": [
                         *         "BroadcastStarted",
                         *         "BroadcastEnded"
                         *       ],
                         *       "failing_since_ms": 1500,
                         *       "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *       "masked": true,
                         *       "name": "order system",
                         *       "old_secret_until_ms": 1795867200000,
                         *       "team": "0197a0c0-0000-7000-8000-00000036425d",
                         *       "url": "https://example.org/kaibo",
                         *       "waiting": 12
                         *     }
                         */
                        "application/json": components["schemas"]["WebhookView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `webhook.manage` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such webhook in your scope */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                /** @description `bad_name`, `bad_url`, `private_address` or `unknown_event` */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        trace?: never;
    };
    "/api/webhooks/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What became of deliveries 推送记录, newest first; `state=dead` are the dead letters 死信 */
        get: {
            parameters: {
                query?: {
                    /** @description Only those; `dead` are the dead letters. */
                    state?: "waiting" | "delivered" | "dead";
                    /** @description `next` of the page before. */
                    after?: string;
                };
                header?: never;
                path: {
                    /** @description the webhook's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description a page of up to 100 deliveries */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "items": [
                         *         {
                         *           "answer": "ok",
                         *           "attempted_at_ms": 1795867200000,
                         *           "attempts": 12,
                         *           "created_at_ms": 1795867200000,
                         *           "event": "BroadcastStarted",
                         *           "event_id": "evt_4711_9f86d081",
                         *           "failure": "timeout",
                         *           "id": "0197a0c0-0000-7000-8000-000006ea57f2",
                         *           "next_at_ms": 1795867200000,
                         *           "state": "waiting",
                         *           "status": 200,
                         *           "took_ms": 1500
                         *         }
                         *       ],
                         *       "next": "0197a0c0-0000-7000-8000-00000000002a"
                         *     }
                         */
                        "application/json": components["schemas"]["Page_WebhookDelivery"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `webhook.read` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such webhook in your scope */
                404: components["responses"]["NotFound"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}/deliveries/{delivery}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send one delivery again 重新推送, whatever became of it */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the webhook's id */
                    id: string;
                    /** @description the delivery's id */
                    delivery: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description it is tried again from the beginning */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "replayed": 12
                         *     }
                         */
                        "application/json": components["schemas"]["Replayed"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `webhook.manage` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such webhook in your scope, or no such delivery of it */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                /** @description `not_replayable`: it was a test */
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send dead letters again 重放死信: all since a time */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the webhook's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "since_ms": 1790000000000
                     *     }
                     */
                    "application/json": components["schemas"]["ReplaySince"];
                };
            };
            responses: {
                /** @description so many are tried again from the beginning */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "replayed": 12
                         *     }
                         */
                        "application/json": components["schemas"]["Replayed"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `webhook.manage` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such webhook in your scope */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["NoJson"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a webhook another secret 轮换密钥. For 24 h both sign, so that the receiver can change over. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the webhook's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description rotated; the new secret is in `secret` and is not shown again */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "all_teams": true,
                         *       "created_at_ms": 1790000000000,
                         *       "dead": 12,
                         *       "delivered_at_ms": 1795867200000,
                         *       "disabled": "gone",
                         *       "enabled": true,
                         *       "events": [
                         *         "BroadcastStarted",
                         *         "BroadcastEnded"
                         *       ],
                         *       "failing_since_ms": 1500,
                         *       "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                         *       "masked": true,
                         *       "name": "order system",
                         *       "old_secret_until_ms": 1795867200000,
                         *       "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwq2Vh0b0m3m8=",
                         *       "team": "0197a0c0-0000-7000-8000-00000036425d",
                         *       "url": "https://example.org/kaibo",
                         *       "waiting": 12
                         *     }
                         */
                        "application/json": components["schemas"]["MadeWebhook"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `webhook.manage` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such webhook in your scope */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a webhook something that did not happen 测试推送: one `WebhookTested`, at once and once */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /**
                     * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
                     * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
                     */
                    "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                };
                path: {
                    /** @description the webhook's id */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description sent; `state` says whether it arrived */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "answer": "ok",
                         *       "attempted_at_ms": 1795867200000,
                         *       "attempts": 12,
                         *       "created_at_ms": 1795867200000,
                         *       "event": "BroadcastStarted",
                         *       "event_id": "evt_4711_9f86d081",
                         *       "failure": "timeout",
                         *       "id": "0197a0c0-0000-7000-8000-000006ea57f2",
                         *       "next_at_ms": 1795867200000,
                         *       "state": "waiting",
                         *       "status": 200,
                         *       "took_ms": 1500
                         *     }
                         */
                        "application/json": components["schemas"]["WebhookDelivery"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: needs `webhook.manage` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such webhook in your scope */
                404: components["responses"]["NotFound"];
                409: components["responses"]["Conflict"];
                422: components["responses"]["Unprocessable"];
                429: components["responses"]["RateLimited"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/hooks/{server}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The same hook, for servers that can only add a query */
        post: {
            parameters: {
                query?: {
                    /** @description The server's secret. */
                    secret?: string;
                };
                header?: never;
                path: {
                    /** @description the media server */
                    server: string;
                };
                cookie?: never;
            };
            /** @description as the kind of server sends it */
            requestBody: {
                content: {
                    /** @example {"action":"on_publish","app":"live","stream":"studio-1"} */
                    "text/plain": string;
                };
            };
            responses: {
                /** @description allowed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `bad_hook` */
                400: components["responses"]["BadRequest"];
                /** @description MediaMTX: refused */
                401: components["responses"]["Unauthenticated"];
                /** @description refused; `hook_refused`: a wrong secret or address */
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                413: components["responses"]["TooLarge"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/hooks/{server}/{secret}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A hook of an outside media server
         * @description What SRS, nginx-rtmp and MediaMTX send, each as it does; the answer is what the server understands as yes or no.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the media server */
                    server: string;
                    secret: string;
                };
                cookie?: never;
            };
            /** @description as the kind of server sends it */
            requestBody: {
                content: {
                    /** @example {"action":"on_publish","app":"live","stream":"studio-1"} */
                    "text/plain": string;
                };
            };
            responses: {
                /** @description allowed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `bad_hook` */
                400: components["responses"]["BadRequest"];
                /** @description MediaMTX: refused */
                401: components["responses"]["Unauthenticated"];
                /** @description refused; `hook_refused`: a wrong secret or address */
                403: components["responses"]["Forbidden"];
                404: components["responses"]["NotFound"];
                413: components["responses"]["TooLarge"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/live/{room}/dvr.m3u8": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The HLS playlist of the running show from its beginning 时移 */
        get: {
            parameters: {
                query?: {
                    /** @description The viewer token. */
                    token?: string;
                    /** @description A playlist delta update is asked for: what the player knows is left out. */
                    _HLS_skip?: string;
                };
                header?: never;
                path: {
                    /** @description the room */
                    room: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example #EXTM3U
                         *     #EXT-X-VERSION:9
                         *     #EXT-X-TARGETDURATION:2
                         *     #EXT-X-MEDIA-SEQUENCE:17
                         *     #EXTINF:2.000,
                         *     17.m4s?token=vt_…
                         */
                        "application/vnd.apple.mpegurl": string;
                    };
                };
                /** @description to the same address with a token */
                302: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description `token_required`: the room is private */
                401: components["responses"]["Unauthenticated"];
                /** @description `token_invalid`, `token_expired` */
                403: components["responses"]["Forbidden"];
                /** @description `room_not_found`; `not_recorded`: no show is being recorded */
                404: components["responses"]["NotFound"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/live/{room}/dvr/{broadcast}/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A media or init segment of the running show
         * @description Whoever fetches it watches the show, as with the live playlist.
         */
        get: {
            parameters: {
                query?: {
                    /** @description The viewer token. */
                    token?: string;
                };
                header?: never;
                path: {
                    /** @description the room */
                    room: string;
                    /** @description the show */
                    broadcast: string;
                    /** @description as the playlist names it */
                    file: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "video/mp4": string;
                    };
                };
                /** @description the asked range */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "video/mp4": string;
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `token_required` */
                401: components["responses"]["Unauthenticated"];
                /** @description `token_invalid`, `token_expired` */
                403: components["responses"]["Forbidden"];
                /** @description `room_not_found`, `not_recorded`, `segment_gone` */
                404: components["responses"]["NotFound"];
                /** @description the range lies outside */
                416: components["responses"]["NoSuchRange"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/live/{room}/index.m3u8": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The HLS playlist 播放列表 of a room
         * @description With a token it is a multivariant playlist, always: over the source alone, or over the rungs of a bit-rate ladder 码率自适应
         *     too. Without one, a public room redirects bare players, with a token of their own, to `source.m3u8`, or while there is a
         *     ladder to this address; either stays what it is.
         */
        get: {
            parameters: {
                query?: {
                    /** @description The viewer token. */
                    token?: string;
                };
                header?: never;
                path: {
                    /** @description the room */
                    room: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example #EXTM3U
                         *     #EXT-X-VERSION:9
                         *     #EXT-X-TARGETDURATION:2
                         *     #EXT-X-MEDIA-SEQUENCE:17
                         *     #EXTINF:2.000,
                         *     17.m4s?token=vt_…
                         */
                        "application/vnd.apple.mpegurl": string;
                    };
                };
                /** @description to a playlist with a token */
                302: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description `token_required`: the room is private */
                401: components["responses"]["Unauthenticated"];
                /** @description `token_invalid`, `token_expired` */
                403: components["responses"]["Forbidden"];
                /** @description `room_not_found`; `not_live`: nothing to play now, see `Retry-After` */
                404: components["responses"]["NotFound"];
                /** @description `too_many_tokens` from this address */
                429: components["responses"]["TooMany"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/live/{room}/seg/{broadcast}/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A media segment, a part of one, or an init segment
         * @description Named by the playlist; its content never changes. The part that the playlist announces as the next one may be asked for
         *     before it is there.
         */
        get: {
            parameters: {
                query?: {
                    /** @description The viewer token. */
                    token?: string;
                };
                header?: never;
                path: {
                    /** @description the room */
                    room: string;
                    /** @description the show */
                    broadcast: string;
                    /** @description as the playlist names it */
                    file: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "video/mp4": string;
                    };
                };
                /** @description the asked range */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "video/mp4": string;
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `token_required` */
                401: components["responses"]["Unauthenticated"];
                /** @description `token_invalid`, `token_expired` */
                403: components["responses"]["Forbidden"];
                /** @description `room_not_found`; `segment_gone`: too old, or never was */
                404: components["responses"]["NotFound"];
                /** @description the range lies outside */
                416: components["responses"]["NoSuchRange"];
                500: components["responses"]["InternalError"];
                /** @description `segment_late`: an announced part did not come in time */
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/live/{room}/{rendition}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The media playlist of one rendition
         * @description `source.m3u8` is the encoder's own picture, `{lines}p.m3u8` a rung of the bit-rate ladder 码率自适应. Low-latency HLS: parts of
         *     the newest segments are listed, and `_HLS_msn`, `_HLS_part` hold the answer back until they are. A rung that was just
         *     announced is waited for as well.
         */
        get: {
            parameters: {
                query?: {
                    /** @description The viewer token. */
                    token?: string;
                    /** @description The answer is held back until the playlist names this segment ... */
                    _HLS_msn?: number;
                    /** @description ... or this part of it. */
                    _HLS_part?: number;
                };
                header?: never;
                path: {
                    /** @description the room */
                    room: string;
                    /**
                     * @description as the multivariant playlist names it
                     * @example 480p.m3u8
                     */
                    rendition: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example #EXTM3U
                         *     #EXT-X-VERSION:9
                         *     #EXT-X-TARGETDURATION:2
                         *     #EXT-X-MEDIA-SEQUENCE:17
                         *     #EXTINF:2.000,
                         *     17.m4s?token=vt_…
                         */
                        "application/vnd.apple.mpegurl": string;
                    };
                };
                /** @description `segment_too_far`: more than two segments ahead */
                400: components["responses"]["BadRequest"];
                /** @description `token_required` */
                401: components["responses"]["Unauthenticated"];
                /** @description `token_invalid`, `token_expired` */
                403: components["responses"]["Forbidden"];
                /** @description `not_live`: there is no such rendition now, see `Retry-After` */
                404: components["responses"]["NotFound"];
                500: components["responses"]["InternalError"];
                /** @description `segment_late`: it did not come within three target durations */
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/replay/{broadcast}/index.m3u8": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The HLS playlist of a show's recording
         * @description Without a token, a public room redirects to the same address with a token of its own for bare players. While the show
         *     runs the playlist grows.
         */
        get: {
            parameters: {
                query?: {
                    /** @description The viewer token. */
                    token?: string;
                    /** @description A playlist delta update is asked for: what the player knows is left out. */
                    _HLS_skip?: string;
                };
                header?: never;
                path: {
                    /** @description the show */
                    broadcast: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example #EXTM3U
                         *     #EXT-X-VERSION:9
                         *     #EXT-X-TARGETDURATION:2
                         *     #EXT-X-MEDIA-SEQUENCE:17
                         *     #EXTINF:2.000,
                         *     17.m4s?token=vt_…
                         */
                        "application/vnd.apple.mpegurl": string;
                    };
                };
                /** @description to the same address with a token */
                302: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description `token_required`: the room is private */
                401: components["responses"]["Unauthenticated"];
                /** @description `token_invalid`, `token_expired` */
                403: components["responses"]["Forbidden"];
                /** @description `not_recorded`: never recorded, removed, or not for viewers */
                404: components["responses"]["NotFound"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/replay/{broadcast}/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A media or init segment of a recording
         * @description Named by the playlist; its content never changes.
         */
        get: {
            parameters: {
                query?: {
                    /** @description The viewer token. */
                    token?: string;
                };
                header?: never;
                path: {
                    /** @description the show */
                    broadcast: string;
                    /** @description as the playlist names it */
                    file: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "video/mp4": string;
                    };
                };
                /** @description the asked range */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "video/mp4": string;
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description `token_required` */
                401: components["responses"]["Unauthenticated"];
                /** @description `token_invalid`, `token_expired` */
                403: components["responses"]["Forbidden"];
                /** @description `not_recorded`; `segment_gone`: not kept any more */
                404: components["responses"]["NotFound"];
                /** @description the range lies outside */
                416: components["responses"]["NoSuchRange"];
                500: components["responses"]["InternalError"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Collects a batch of events 批量采集
         * @description Segment's format: `{"batch":[{"type":"track","event":"…","messageId":"…",…}],"sentAt":"…"}`, plain or gzip. The write key is the user
         *     of Basic auth, a bearer token, or `writeKey` in the body. At most 32 KB an event and 500 KB a batch after gunzip. A `messageId` is taken
         *     once in 24 hours. 200 says that everything accepted is on disk; a bad item is reported and spoils no other.
         *     The only 5xx is 503 with `Retry-After`, when the disk is full or the server cannot write.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            /** @description a Segment batch */
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "batch": [
                     *         {
                     *           "event": "OrderPaid",
                     *           "messageId": "m-1",
                     *           "properties": {
                     *             "price": 19.9
                     *           },
                     *           "type": "track",
                     *           "userId": "u1"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["SegmentBatch"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "accepted": 12,
                         *       "duplicates": 12,
                         *       "rejected": [
                         *         {
                         *           "index": 12,
                         *           "reason": "`occurred_at` is before the year 2000"
                         *         }
                         *       ],
                         *       "success": true
                         *     }
                         */
                        "application/json": components["schemas"]["Collected"];
                    };
                };
                /** @description `bad_request`: no JSON of this shape; `too_large` */
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated`: no or an unknown write key */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden`: the key lacks `collect.write` */
                403: components["responses"]["Forbidden"];
                413: components["responses"]["TooLarge"];
                /** @description `too_many_events`: over the source's limit; send it again after `Retry-After` seconds */
                429: components["responses"]["TooMany"];
                500: components["responses"]["InternalError"];
                /** @description `log_unavailable`: send it again after `Retry-After` seconds */
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/{call}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Collects one event 单条采集
         * @description The call is `track`, `identify`, `page`, `screen`, `group`, `alias` or its first letter; the body is one item of a batch.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /**
                     * @description `track`, `t`, `identify`, `i`, …
                     * @example track
                     */
                    call: string;
                };
                cookie?: never;
            };
            /** @description one Segment event */
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "event": "OrderPaid",
                     *       "messageId": "m-1",
                     *       "properties": {
                     *         "price": 19.9
                     *       },
                     *       "userId": "u1"
                     *     }
                     */
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        /**
                         * @example {
                         *       "accepted": 12,
                         *       "duplicates": 12,
                         *       "rejected": [
                         *         {
                         *           "index": 12,
                         *           "reason": "`occurred_at` is before the year 2000"
                         *         }
                         *       ],
                         *       "success": true
                         *     }
                         */
                        "application/json": components["schemas"]["Collected"];
                    };
                };
                /** @description `bad_request`, `too_large` */
                400: components["responses"]["BadRequest"];
                /** @description `unauthenticated` */
                401: components["responses"]["Unauthenticated"];
                /** @description `forbidden` */
                403: components["responses"]["Forbidden"];
                /** @description `not_found`: no such call */
                404: components["responses"]["NotFound"];
                413: components["responses"]["TooLarge"];
                /** @description `too_many_events` */
                429: components["responses"]["TooMany"];
                500: components["responses"]["InternalError"];
                /** @description `log_unavailable` */
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ws/rooms/{room}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The room socket 直播间长连接
         * @description A WebSocket; `docs/PROTOCOL.md` describes its messages.
         */
        get: {
            parameters: {
                query?: {
                    /** @description The viewer token. */
                    token?: string;
                    /** @description To resume: the last `seq` this client has processed. */
                    seq?: number;
                };
                header?: never;
                path: {
                    /** @description the room */
                    room: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the socket is open */
                101: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `not_a_websocket` */
                400: components["responses"]["BadRequest"];
                /** @description `token_required` */
                401: components["responses"]["Unauthenticated"];
                /** @description `token_invalid`, `token_expired`, `bad_origin`, `banned` */
                403: components["responses"]["Forbidden"];
                /** @description `room_not_found` */
                404: components["responses"]["NotFound"];
                /** @description `too_many_connections` from this address */
                429: components["responses"]["TooMany"];
                500: components["responses"]["InternalError"];
                /** @description `full`: no more sockets on this server; `busy`: it is not known yet who is banned */
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Acceptance: {
            /**
             * Format: line
             * @description As colleagues see it; without it, the name of the invitation stays.
             * @example 张三
             */
            name?: string | null;
            /**
             * Format: password
             * @description 12 to 128 characters, not the login.
             * @example correct horse battery staple
             */
            password: string;
            /** @example kbi_q2Vh0b0m3m9p4XyZ1nV6sTg8wKd5rLc7uJf2aHe9iQo */
            secret: string;
        };
        Accuracy: {
            /** @description By the bot farm of the tests; otherwise assumed. */
            measured: boolean;
            /**
             * Format: double
             * @description Share of the suspected that are bots.
             */
            precision: number;
            /**
             * Format: double
             * @description Share of the bots that are suspected.
             */
            recall: number;
        };
        /** @description One alarm 告警. */
        AlarmAnswer: {
            /** Format: int64 */
            acknowledged_at?: number | null;
            acknowledged_by?: string | null;
            /** Format: uuid */
            broadcast_id: string;
            /** Format: int64 */
            cleared_at?: number | null;
            /** Format: uuid */
            id: string;
            /**
             * @description `no_data`, `low_fps`, `av_skew`, `stall_rate`, `stall_high`, `recording_failed`, `relay_failed`.
             * @example low_fps
             */
            kind: string;
            /** Format: double */
            limit: number;
            /** Format: int64 */
            raised_at: number;
            /** Format: uuid */
            room_id: string;
            /**
             * @description The source it speaks of.
             * @example primary
             */
            source?: string | null;
            /**
             * Format: double
             * @description As it was when the alarm began: milliseconds, frames a second, or a fraction.
             */
            value: number;
        };
        /** @description A viewer's objection to a sanction. */
        AppealBody: {
            /** Format: int64 */
            decided_at_ms?: number | null;
            /** @example wang */
            decided_by?: string | null;
            /**
             * Format: int64
             * @description By then it is decided, or the sanction is suspended.
             */
            due_at_ms: number;
            /** Format: int64 */
            filed_at_ms: number;
            /** Format: uuid */
            id: string;
            /** @description Nobody decided in time. */
            late: boolean;
            /** @description You may decide: it is open, and the sanction is not your own. */
            may_decide: boolean;
            /**
             * @description The viewer reads it too.
             * @example 未违反条款,予以撤销
             */
            reason?: string | null;
            sanction: components["schemas"]["SanctionBody"];
            /** @enum {string} */
            state: "open" | "upheld" | "reversed";
            /**
             * @description In the viewer's words; none when they were erased.
             * @example 我只是报了自己店铺的名字
             */
            text?: string | null;
        };
        /** @description All fields are optional, and so is the body. */
        AskToken: {
            /**
             * @description A token of earlier, also expired or of another room: the new one names the same viewer.
             * @default null
             */
            token?: string | null;
            /**
             * Format: viewer
             * @description Names the viewer: a pseudonym of your own user. Needs `room.manage`.
             * @default null
             */
            viewer_id?: string | null;
        };
        AudioMeasured: {
            /** Format: u-int16 */
            channels: number;
            /** @example mp4a.40.2 */
            codec: string;
            /** Format: u-int32 */
            frames: number;
            /** Format: double */
            kbps?: number | null;
            /** Format: u-int32 */
            rate: number;
        };
        /** @description What is known of a show's audience, with the doubts. */
        Audit: {
            accuracy: components["schemas"]["Accuracy"];
            /** Format: uuid */
            broadcast_id: string;
            /** @description While it ran, media went through a CDN, whose fetches are not seen here. */
            cdn: boolean;
            coverage: components["schemas"]["Coverage"][];
            entries: components["schemas"]["Band"];
            /** @description CDN logs that were imported. */
            imports: components["schemas"]["CdnReport"][];
            reasons: components["schemas"]["Reason"][];
            reconciliation: components["schemas"]["Reconciled"][];
            totals: components["schemas"]["Totals"];
            /**
             * Format: u-int64
             * @description Suspects who never got media. They are in no number.
             */
            turned_away: number;
            /** @description Audited 场观: viewers, web and bare, suspected bots apart. */
            viewers: components["schemas"]["Band"];
            /** Format: u-int64 */
            watch_ms: number;
        };
        /** @description One thing that was done. */
        AuditRow: {
            /**
             * @description What was done, or the route that was called.
             * @example staff_disabled
             */
            action: string;
            /**
             * @description Login, token name, `terminal`, `unknown`, or the part of the program.
             * @example admin
             */
            actor: string;
            /** Format: uuid */
            actor_id?: string | null;
            /** @description What is, masked; for a route of another domain, what was asked for. */
            after?: Record<string, never> | null;
            /** Format: int64 */
            at_ms: number;
            /** @description What was, masked. */
            before?: Record<string, never> | null;
            /**
             * @description The address; `terminal`; or `program`, for what Kaibo did by itself.
             * @example 203.0.113.7
             */
            from: string;
            /** @description SHA-256 of this row and the hash before, in hex. */
            hash: string;
            /**
             * Format: uuid
             * @description The reach of who did it, at the time.
             */
            org?: string | null;
            /** Format: uuid */
            region?: string | null;
            /**
             * Format: int64
             * @description The place in the chain of hashes.
             * @example 42
             */
            seq: number;
            /**
             * @description Whose or what: an id or a path.
             * @example 01890a5d-ac96-774b-bcce-b302099a8057
             */
            target: string;
            /** Format: uuid */
            team?: string | null;
        };
        /** @description An entry and what it is taken for. Names are pseudonyms. */
        AuditedEntry: {
            /** @description It counts as an entry; without, it never got media. */
            entered: boolean;
            /** Format: uuid */
            entry_id: string;
            evidence: components["schemas"]["Evidence"];
            /** @description Watching now. */
            present: boolean;
            reasons: string[];
            /** @example bot */
            verdict: string;
            viewer_id: string;
        };
        Band: {
            /** Format: u-int64 */
            high: number;
            /** Format: u-int64 */
            low: number;
            /**
             * Format: u-int64
             * @description Web and bare together.
             */
            value: number;
        };
        /** @description One show. */
        BroadcastBody: {
            /** Format: int64 */
            ended_at?: number | null;
            /** Format: uuid */
            id: string;
            platform?: string | null;
            /** Format: uuid */
            room_id: string;
            /** @description `stream` or `import`. */
            source: string;
            /** Format: int64 */
            started_at: number;
            /** @description live, interrupted (connection broke), paused (encoder said goodbye) or ended. */
            state: string;
            title: string;
        };
        /** @description What the studio page measured. A part that is absent was not tried, and is told to be unchecked. */
        BrowserMeasured: {
            /** @default null */
            camera?: components["schemas"]["CameraMeasured"] | null;
            /** @default null */
            device?: components["schemas"]["DeviceMeasured"] | null;
            /** @default null */
            microphone?: components["schemas"]["MicrophoneMeasured"] | null;
            /** @default null */
            network?: components["schemas"]["NetworkMeasured"] | null;
        };
        CameraMeasured: {
            /**
             * @description Why it could not be opened, as the browser names it.
             * @default null
             * @example NotAllowedError
             */
            error?: string | null;
            /**
             * Format: double
             * @default 0
             */
            fps?: number;
            /**
             * Format: u-int32
             * @default 0
             */
            height?: number;
            /**
             * @default {
             *       "black_percent": 0,
             *       "frozen_percent": 0,
             *       "luma": 0,
             *       "luma_high": 0,
             *       "luma_low": 0
             *     }
             */
            picture?: components["schemas"]["PictureMeasured"];
            /**
             * Format: u-int32
             * @default 0
             */
            width?: number;
        };
        /** @description What became of an imported log. */
        CdnReport: {
            /** @description The batch's key: the one that was given, or a hash of the content. */
            batch: string;
            /** Format: u-int64 */
            bytes: number;
            /** @description Somebody said that with this one the show's logs are complete: of every node, over the whole show. */
            complete?: boolean;
            /** Format: u-int64 */
            entries: number;
            /**
             * Format: int64
             * @description The first line that is evidence, milliseconds since 1970.
             */
            from?: number | null;
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            imported_at: number;
            /** Format: u-int64 */
            lines: number;
            /**
             * Format: u-int64
             * @description Segments that no earlier batch had for their entry.
             */
            new_segments: number;
            /** @description This batch was imported before; nothing was read again. */
            repeated?: boolean;
            /**
             * Format: u-int32
             * @description How long a segment is by this log, milliseconds, if that can be told.
             */
            segment_ms?: number | null;
            skipped: components["schemas"]["Skipped"][];
            /**
             * Format: u-int64
             * @description Lines that are evidence.
             */
            taken: number;
            /**
             * Format: int64
             * @description The last one.
             */
            to?: number | null;
        };
        /** @description What changes about a list; what is absent stays. */
        ChangeWordList: {
            category?: string | null;
            enabled?: boolean | null;
            /**
             * Format: int64
             * @description Until then it counts; 0: without end.
             */
            expires_at_ms?: number | null;
            level?: components["schemas"]["ListLevel"] | null;
            name?: string | null;
        };
        /** @description What changes among the words of a list. */
        ChangeWords: {
            /** @description New, or instead of the same word. */
            add?: components["schemas"]["ListedWord"][];
            remove?: string[];
        };
        /** @enum {string} */
        ChatMode: "after_review" | "before_review" | "off";
        /** @description A check and what came out of it. */
        CheckBody: {
            /**
             * Format: int64
             * @description Milliseconds since the epoch.
             */
            created_at: number;
            /**
             * Format: int64
             * @description A check that still waits is given up then.
             */
            expires_at: number;
            findings: components["schemas"]["Finding"][];
            /** Format: int64 */
            finished_at?: number | null;
            /** Format: uuid */
            id: string;
            kind: components["schemas"]["CheckKind"];
            measured?: components["schemas"]["CheckMeasured"] | null;
            progress?: components["schemas"]["CheckProgress"] | null;
            /**
             * @description Where the encoder pushes to, of kind `push`. The stream key goes into the encoder's own field; no answer holds it.
             * @example rtmp://live.example.com:1935/check
             */
            push_url?: string | null;
            result?: components["schemas"]["Level"] | null;
            /** Format: uuid */
            room_id: string;
            state: components["schemas"]["CheckState"];
        };
        /** @enum {string} */
        CheckKind: "push" | "browser";
        /** @description Everything that was measured. */
        CheckMeasured: {
            /** @default null */
            browser?: components["schemas"]["BrowserMeasured"] | null;
            /** @default null */
            looked?: components["schemas"]["Looked"] | null;
            /** @default null */
            push?: components["schemas"]["PushMeasured"] | null;
            /** @default null */
            upload?: components["schemas"]["UploadMeasured"] | null;
        };
        /** @description How far a push has come, and what it looks like so far. */
        CheckProgress: {
            /** Format: double */
            fps?: number | null;
            /** Format: u-int32 */
            height: number;
            /** Format: double */
            kbps?: number | null;
            /** Format: double */
            pace_percent?: number | null;
            /** Format: u-int32 */
            percent: number;
            /** Format: u-int32 */
            width: number;
        };
        /**
         * @description Where a text stands.
         * @enum {string}
         */
        CheckScope: "danmaku" | "script" | "title";
        /** @enum {string} */
        CheckState: "waiting" | "measuring" | "judging" | "done" | "expired";
        /** @description A check in the room's history. */
        CheckSummary: {
            /** Format: int64 */
            created_at: number;
            /** @description Codes of what failed. */
            failed: string[];
            /** Format: int64 */
            finished_at?: number | null;
            /** Format: uuid */
            id: string;
            kind: components["schemas"]["CheckKind"];
            result?: components["schemas"]["Level"] | null;
            state: components["schemas"]["CheckState"];
            /** @description Codes of what is worth a look or was not checked. */
            warned: string[];
        };
        /** @description A text to try the lists on. */
        CheckText: {
            /**
             * Format: uuid
             * @description With this room's own lists.
             */
            room?: string | null;
            /** @description Where it stands: `danmaku`, `script` or `title`. */
            scope?: components["schemas"]["CheckScope"];
            /** @example 加薇信看货 */
            text: string;
        };
        /** @description A word that was found. */
        CheckedHit: {
            category: string;
            /** Format: u-int32 */
            end: number;
            /**
             * @description `alarm`, `mask`, `hold` or `block`.
             * @example hold
             */
            level: string;
            /**
             * @description The list's id, or `pack`.
             * @example pack
             */
            list: string;
            /**
             * @description How it was found: `exact`, `homophone`, `split` ...
             * @example alias
             */
            rule: string;
            /**
             * Format: u-int32
             * @description Characters of the text, from and behind.
             */
            start: number;
            word: string;
        };
        /** @description What the lists say of a text. */
        CheckedText: {
            hits: components["schemas"]["CheckedHit"][];
            text_masked: string;
            /**
             * @description `allow`, `mask`, `hold` or `block`.
             * @example hold
             */
            verdict: string;
        };
        /** @description What to take on. */
        ClaimItems: {
            /**
             * Format: u-int64
             * @description How many at most.
             * @example 10
             */
            limit: number;
            /**
             * Format: uuid
             * @description Of this room only.
             */
            room?: string | null;
        };
        /** @description What somebody took on. */
        ClaimedItems: {
            items: components["schemas"]["ReviewItem"][];
        };
        /** @description A clip 切片. Offsets count from the beginning of the show. */
        ClipBody: {
            /** Format: uuid */
            broadcast_id: string;
            /** Format: u-int64 */
            bytes: number;
            /**
             * Format: int64
             * @description Milliseconds since the epoch.
             */
            created_at: number;
            /** Format: int64 */
            duration_ms: number;
            /** Format: int64 */
            end_ms: number;
            /** Format: uuid */
            id: string;
            /** Format: int64 */
            start_ms: number;
            title: string;
        };
        Code: {
            /** @example 005924 */
            code: string;
        };
        Collected: {
            /** @description Events taken by this call; they are on disk. */
            accepted: number;
            /** @description Events whose `messageId` was taken within the last 24 hours. */
            duplicates: number;
            /** @description Items that were not taken; sending them again does not help. */
            rejected?: components["schemas"]["RejectedItem"][];
            /** @example true */
            success: boolean;
        };
        Column: {
            field: components["schemas"]["Field"];
            /**
             * @description As the table's first row names it.
             * @example 下单时间
             */
            header: string;
        };
        ConsentAnswer: {
            given: boolean;
            /**
             * @description `analytics`, `personalisation` or `marketing`.
             * @example analytics
             */
            purpose: string;
            /**
             * Format: u-int32
             * @description Of the text that was shown.
             * @example 1
             */
            version: number;
        };
        /** @description What a viewer is asked, or was. */
        ConsentAsked: {
            /** @description Today's text has to be shown: nothing was said about it. */
            ask: boolean;
            /** @description What was said about today's text. */
            given?: boolean | null;
            /** @description It may be done now. */
            may: boolean;
            /**
             * @description `analytics`, `personalisation` or `marketing`.
             * @example analytics
             */
            purpose: string;
            /**
             * Format: int64
             * @description When something was last said about the purpose, milliseconds since 1970.
             */
            said_at_ms?: number | null;
            text: components["schemas"]["ConsentText"];
            /**
             * Format: u-int32
             * @description Of the text; an answer names it.
             */
            version: number;
        };
        /** @description How many viewers' last word it is. */
        ConsentCount: {
            /**
             * Format: u-int64
             * @description Said no, or took it back.
             */
            declined: number;
            /** Format: u-int64 */
            given: number;
            /** @example analytics */
            purpose: string;
            /** Format: u-int32 */
            version: number;
        };
        /** @description A purpose that viewers may be asked for. */
        ConsentPurposeView: {
            /** @description Viewers are asked, while asking is on at all. */
            asked: boolean;
            /**
             * @description `analytics`, `personalisation` or `marketing`.
             * @example analytics
             */
            purpose: string;
            /**
             * Format: int64
             * @description Since when this text is asked.
             */
            since_ms?: number | null;
            text: components["schemas"]["ConsentText"];
            /**
             * Format: u-int32
             * @description Of the text; 0 while there is none.
             */
            version: number;
        };
        /** @description What viewers are asked. */
        ConsentSettings: {
            enabled: boolean;
            /**
             * @description Where the whole notice stands; may be empty.
             * @example https://example.org/privacy
             */
            notice_url: string;
            purposes: components["schemas"]["ConsentPurposeView"][];
        };
        /** @description One thing that a viewer said. */
        ConsentStatement: {
            given: boolean;
            /** Format: uuid */
            id: string;
            /** @example analytics */
            purpose: string;
            /** Format: uuid */
            room?: string | null;
            /** Format: int64 */
            said_at_ms: number;
            /**
             * @description `room_page`, `sdk` or `staff`.
             * @example room_page
             */
            through: string;
            /** Format: u-int32 */
            version: number;
            /** @description A pseudonym, masked without `personal.read`. */
            viewer: string;
        };
        /** @description A text in both languages. */
        ConsentText: {
            en: string;
            zh: string;
        };
        CorrectedItem: {
            /** @description The whole item, corrected. */
            item: Record<string, never>;
        };
        Count: {
            /** Format: u-int64 */
            entries: number;
            /**
             * Format: u-int64
             * @description Distinct viewers. One with entries of several verdicts counts in the first of web, bare, unknown, bot.
             */
            viewers: number;
            /**
             * Format: u-int64
             * @description Watch time 观看时长: fetched and shown.
             */
            watch_ms: number;
        };
        Coverage: {
            /**
             * Format: u-int64
             * @description Entries that have it; of `unseen` those that were forgotten, because too many others only knocked.
             */
            entries: number;
            /** @description `playlist`, `segments`, `heartbeats`, `positions`, `socket`, `cdn_log`, `unseen`. */
            evidence: string;
            /** @description `seen`, `partly` or `missing`. */
            state: string;
        };
        /** @description One danmaku of the archive. */
        DanmakuBody: {
            /**
             * Format: int64
             * @description Milliseconds since the epoch.
             */
            at: number;
            before_air: boolean;
            /**
             * Format: u-int32
             * @description RGB as a number.
             */
            color: number;
            /** @description What was written is gone for good; `text` and `nick` are empty. */
            erased?: boolean;
            /**
             * Format: u-int8
             * @description 1 scrolling, 4 bottom, 5 top.
             */
            mode: number;
            nick?: string | null;
            /**
             * Format: int64
             * @description Milliseconds from the show's beginning, negative before air.
             */
            offset_ms: number;
            /**
             * Format: u-int64
             * @description Position in the event log: unique, and the order.
             */
            position: number;
            /** @description `viewer` or `import`. */
            source: string;
            text: string;
            viewer: string;
        };
        /** @description A danmaku that was found. */
        DanmakuHit: components["schemas"]["DanmakuBody"] & {
            broadcast_id?: string | null;
            broadcast_title?: string | null;
            /** @description The show is over: it may have a replay. */
            ended: boolean;
            /** @description What was found in the text: from this character, up to that one, not included. */
            marks: number[][];
            room_id: string;
            room_title: string;
        };
        DanmakuHits: {
            /** @description Danmaku of earlier are still being indexed and may be missing. */
            indexing: boolean;
            /** @description The newest first, in the order in which they were archived. A page may hold less than `limit`, or nothing, and yet have a `next`. */
            items: components["schemas"]["DanmakuHit"][];
            next?: string | null;
            /** @description What was looked for: the query as the dictionary splits it. */
            words: string[];
        };
        DanmakuPage: {
            items: components["schemas"]["DanmakuBody"][];
            /** @description `after` of the following page; absent on the last. */
            next?: string | null;
            /**
             * Format: u-int64
             * @description All danmaku of the broadcast; with `tail` only.
             */
            total?: number | null;
        };
        /** @description A decision about an appeal. */
        DecideAppeal: {
            /** @enum {string} */
            outcome: "uphold" | "reverse";
            /**
             * @description The viewer reads it too.
             * @example 未违反条款,予以撤销
             */
            reason: string;
        };
        /** @description How a room's media reaches its viewers. */
        Delivery: {
            /** @description Playlists and segments go through a CDN. Watch time is then credited by heartbeats with positions, and the band is wider. */
            cdn: boolean;
        };
        /** @description How well devices and browsers are covered 设备与浏览器覆盖. */
        DeviceCoverage: {
            /** Format: int64 */
            from: number;
            /**
             * Format: double
             * @description What is asked for over all.
             */
            goal: number;
            overall: components["schemas"]["DeviceCoverageRow"];
            /** @description Most plays first. */
            rows: components["schemas"]["DeviceCoverageRow"][];
            /** Format: int64 */
            to: number;
        };
        DeviceCoverageRow: {
            browser: string;
            /** Format: double */
            coverage?: number | null;
            device: string;
            /**
             * Format: u-int64
             * @description Reached a first frame and did not break off.
             */
            good: number;
            /** Format: double */
            high?: number | null;
            /**
             * Format: double
             * @description Wilson's 95 % interval.
             */
            low?: number | null;
            os: string;
            /** Format: u-int64 */
            plays: number;
        };
        DeviceMeasured: {
            /**
             * @default
             * @example Chrome 140
             */
            browser?: string;
            /**
             * Format: u-int32
             * @default 0
             */
            cores?: number;
            /**
             * @description Media Source Extensions: the browser can show the show.
             * @default false
             */
            media_source?: boolean;
            /**
             * @default
             * @example Windows
             */
            os?: string;
            /**
             * @description The page may use camera and microphone at all: it came over TLS or from this machine.
             * @default false
             */
            secure?: boolean;
        };
        /** @enum {string} */
        Direction: "higher_is_better" | "lower_is_better" | "depends";
        /** @description A plan made of what arrived. */
        DraftedPlan: {
            /** @description How many events of the source were looked at. */
            events: number;
            plan: components["schemas"]["TrackingPlan"];
        };
        /** @description Everything a viewer wrote up to a moment, erased. */
        Erasure: {
            /** Format: int64 */
            asked_at_ms: number;
            /** @description Empty when the database is older than the erasure, which was then done again. */
            asked_by: string;
            /** Format: int64 */
            done_at_ms?: number | null;
            /** @description How much was let go of, by what held it. */
            erased: {
                [key: string]: number;
            };
            /** Format: uuid */
            id: string;
            /** Format: u-int64 */
            keys_destroyed: number;
            /**
             * Format: u-int64
             * @description Where it stands in the event log: what was written behind it is not erased.
             */
            position?: number | null;
            state: components["schemas"]["ErasureState"];
            /** @description The pseudonym, which stays: what is counted goes by it. */
            viewer: string;
        };
        /** @enum {string} */
        ErasureState: "waiting" | "done";
        /** @description An event that others may hear of. */
        EventKind: {
            /** @example SuperChatSent */
            name: string;
            /** @description Fields of the event that are left out. */
            without: string[];
        };
        /** @description Events in the order in which they happened. */
        EventPage: {
            items: components["schemas"]["FeedEvent"][];
            /** @description Ask again at once: there was more to look at. */
            more: boolean;
            /**
             * @description The cursor of the next page, also when there is nothing behind it yet.
             * @example 4711
             */
            next: string;
        };
        /** @description A source of outside events, without its key. */
        EventSource: {
            /**
             * Format: int64
             * @description Events taken since it was made.
             */
            accepted: number;
            /**
             * Format: int64
             * @example 1790000000000
             */
            created_at_ms: number;
            /**
             * Format: int64
             * @description Repeats.
             */
            duplicates: number;
            /** @description A source that is not takes nothing. */
            enabled: boolean;
            /**
             * Format: u-int32
             * @description Over it: 429 with `Retry-After`.
             * @example 1000
             */
            events_per_s: number;
            /**
             * Format: uuid
             * @example 01890a5d-ac96-774b-bcce-b302099a8057
             */
            id: string;
            kind: components["schemas"]["SourceKind"];
            /**
             * Format: int64
             * @description Absent before the first request.
             */
            last_seen_at_ms?: number | null;
            /**
             * Format: int64
             * @description Turned away because there were too many.
             */
            limited: number;
            /** @example official website */
            name: string;
            /**
             * Format: int64
             * @description Until when the key before the last rotation works; absent when none does.
             */
            old_key_until_ms?: number | null;
            plan: components["schemas"]["TrackingPlan"];
            /**
             * Format: int64
             * @description Not taken; the newest are in quarantine.
             */
            rejected: number;
            /** Format: uuid */
            team: string;
        };
        /** @description What was seen of one entry. */
        Evidence: {
            /** Format: u-int32 */
            addresses: number;
            /** @description `browser`, `headless`, `tool`, `media_player`, `app`, `none`. */
            agent: string;
            /** Format: u-int32 */
            beats: number;
            /** Format: u-int32 */
            brief: number;
            /** Format: u-int64 */
            bytes: number;
            /** Format: u-int32 */
            cdn_segments: number;
            /** Format: u-int64 */
            claimed_ms: number;
            /** Format: u-int32 */
            cluster: number;
            /** Format: u-int64 */
            credited_ms: number;
            /**
             * Format: u-int32
             * @description Segments and parts of which something arrived.
             */
            fetches: number;
            /** Format: int64 */
            first_at: number;
            /** Format: u-int32 */
            hidden: number;
            /** Format: u-int32 */
            impossible: number;
            /** Format: u-int32 */
            jitter_ms?: number | null;
            /** @description `web`: asked for a token. `bare`: a session was minted at its first playlist. */
            kind?: string | null;
            /** Format: int64 */
            last_at: number;
            /** Format: u-int32 */
            lockstep: number;
            /**
             * Format: u-int64
             * @description Distinct live media that arrived.
             */
            media_ms: number;
            /** Format: u-int32 */
            outside: number;
            /** Format: u-int32 */
            playlists: number;
            /** Format: u-int32 */
            positions: number;
            /** Format: u-int32 */
            repeats: number;
            /**
             * Format: u-int64
             * @description Media of recordings.
             */
            rewound_ms: number;
            /** Format: u-int32 */
            rush: number;
            /**
             * Format: u-int64
             * @description The same again included.
             */
            served_ms: number;
            /** Format: u-int64 */
            socket_ms: number;
            /** Format: u-int32 */
            sockets: number;
            /** Format: u-int32 */
            still: number;
        };
        /** @description One event as others hear of it. */
        FeedEvent: {
            /** Format: uuid */
            broadcast?: string | null;
            /** @description The event's own fields. */
            data: Record<string, never>;
            /**
             * @description The same whenever and however often the event is told: who has seen it may leave it out.
             * @example evt_4711_9f86d081
             */
            id: string;
            /** Format: uuid */
            org: string;
            /** Format: uuid */
            room?: string | null;
            /**
             * @description `import` happened elsewhere, at its own time.
             * @example server
             */
            source: string;
            /** Format: uuid */
            team?: string | null;
            /**
             * @description When it happened, ISO 8601 in UTC.
             * @example 2026-11-28T12:00:00.000Z
             */
            time: string;
            /**
             * @description What happened: docs/EVENTS.md has the names.
             * @example BroadcastStarted
             */
            type: string;
        };
        /**
         * @description What a column holds.
         * @enum {string}
         */
        Field: "ignore" | "id" | "time" | "user" | "nick" | "text" | "gift" | "gift_id" | "num" | "price" | "total" | "coin" | "level" | "property";
        /** @description Why the viewer objects. */
        FileAppeal: {
            /** @example 我只是报了自己店铺的名字 */
            text: string;
        };
        /** @description An import of a file, without the lines of its report. */
        FileImportItem: {
            /** Format: uuid */
            broadcast_id: string;
            /** Format: u-int64 */
            bytes: number;
            /** Format: int64 */
            created_at_ms: number;
            /** @example show.xml */
            file: string;
            /** Format: int64 */
            finished_at_ms?: number | null;
            /** @example danmaku_xml */
            format: string;
            /** Format: uuid */
            id: string;
            platform: string;
            /** Format: u-int64 */
            read: number;
            /** Format: u-int64 */
            repeats: number;
            /** Format: u-int64 */
            skipped: number;
            /**
             * @description `running`, `done`, `failed`, `interrupted`.
             * @example done
             */
            state: string;
            /** Format: u-int64 */
            taken: number;
            title: string;
        };
        /** @description What a file is. */
        FilePreview: {
            /**
             * @description The recorder's format; absent of a table.
             * @example danmaku_xml
             */
            format?: string | null;
            table?: components["schemas"]["TablePreview"] | null;
        };
        /** @description One thing that was checked. */
        Finding: {
            /** @description What to do about it; empty when it passed. */
            advice: components["schemas"]["Words"];
            /**
             * @description Stable, snake_case.
             * @example gop
             */
            code: string;
            level: components["schemas"]["Level"];
            /**
             * @description Where passing ends.
             * @example ≤ 4100
             */
            limit: string;
            name: components["schemas"]["Words"];
            /** @description A value that is no number, such as a codec's name. */
            text?: string | null;
            /** @description Of value and limit: `ms`, `kbps`, `percent`, `fps`, `lufs`, `dbtp`, `dbfs`, `hz`, or nothing. */
            unit: string;
            /** Format: double */
            value?: number | null;
        };
        ForgottenItems: {
            /**
             * Format: u-int64
             * @example 12
             */
            forgotten: number;
        };
        /** @description A verdict about some of them. */
        GiveVerdict: {
            /**
             * @description Which published rule it breaks; needed to reject.
             * @example contact
             */
            clause?: string | null;
            /** @description For colleagues. */
            note?: string | null;
            /** @enum {string} */
            outcome: "pass" | "reject";
            /** @description The items' positions. */
            positions: number[];
        };
        /** @description A moment worth a clip. */
        HighlightBody: {
            /**
             * Format: int64
             * @description The moment itself, from the beginning of the show.
             */
            at_ms: number;
            /** Format: int64 */
            end_ms: number;
            reasons: components["schemas"]["ReasonBody"][];
            /**
             * Format: double
             * @description How far it stands out; only good for comparing within a show.
             */
            score: number;
            /**
             * Format: int64
             * @description A clip around it.
             */
            start_ms: number;
        };
        /** @description A stream that an outside server carries. */
        HookStreamBody: {
            app: string;
            /** Format: u-int32 */
            bitrate_kbps: number;
            last_error?: components["schemas"]["HookStreamError"] | null;
            /** @description Cut short where it is the stream key. */
            name: string;
            /**
             * Format: int64
             * @description When the server said that it is published.
             */
            published_at: number;
            /** Format: u-int64 */
            received_bytes: number;
            /** Format: u-int32 */
            reconnects: number;
            /** Format: uuid */
            room_id: string;
            /** Format: int64 */
            since?: number | null;
            /**
             * @description In mode `forward`: `awaited`, then `forwarded` when the push is here. In mode `pull`: `connecting`, `live`, `waiting` (for
             *     the next try) or `replaced` (another publisher has the room, or the show was ended).
             */
            state: string;
        };
        /** @description Why a stream is not here. */
        HookStreamError: {
            /**
             * @description `unknown_host`, `own_address`, `no_connection`, `timeout`, `tls`, `refused`, `protocol`, `connection_lost`,
             *     `connection_closed`, `silent`, `not_taken`, `bad_pull_url` or, when nothing was pushed for 10 s, `not_arrived`.
             */
            code: string;
            text: string;
        };
        /** @description One row. Fields that its kind does not need are ignored. */
        ImportRow: {
            /** @description `gold` is paid, `silver` is free. */
            coin?: string | null;
            /**
             * Format: u-int32
             * @description 0xRRGGBB.
             */
            color?: number | null;
            /** Format: int64 */
            fan_level?: number | null;
            gift?: string | null;
            /** Format: int64 */
            gift_id?: number | null;
            /** @description Unique within the broadcast; the same id again is the same row, for ever. 1 to 256 bytes. */
            id: string;
            kind: components["schemas"]["RowKind"];
            /**
             * Format: u-int8
             * @description 1 scrolling (default), 4 bottom, 5 top.
             */
            mode?: number | null;
            nick?: string | null;
            /** Format: int64 */
            num?: number | null;
            /**
             * Format: int64
             * @description When it happened, milliseconds since 1970.
             */
            occurred_at: number;
            /**
             * Format: int64
             * @description From the beginning of the show, as the recording says; negative before air.
             */
            offset_ms?: number | null;
            /**
             * Format: int64
             * @description Thousandths of a yuan for one.
             */
            price_milli?: number | null;
            /** Format: u-int8 */
            size?: number | null;
            text?: string | null;
            /**
             * Format: int64
             * @description Thousandths of a yuan for all.
             */
            total_milli?: number | null;
            /** @description The platform's pseudonym of the user. What is not 1 to 64 visible ASCII characters is replaced by a keyed hash. */
            user?: string | null;
        };
        /** @description At most 5,000 rows and 4 MB. */
        ImportRows: {
            /**
             * Format: uuid
             * @description From the first call's answer; absent in the first call.
             */
            broadcast_id?: string | null;
            /** @description Everything was sent: ends the broadcast. */
            complete?: boolean;
            /** @description Any text of yours, for the first call: sent again with the same key, it finds the same import. */
            import_key?: string | null;
            /**
             * @description Where the recording comes from.
             * @example bilibili
             */
            platform?: string | null;
            rows?: components["schemas"]["ImportRow"][];
            /**
             * Format: int64
             * @description The show's beginning, milliseconds since 1970; by default its earliest row in the first call.
             */
            started_at_ms?: number | null;
            title?: string | null;
        };
        Imported: {
            /** @description Rows taken by this call; they are on disk. */
            accepted: number;
            /** Format: uuid */
            broadcast_id: string;
            complete: boolean;
            /** @description Rows that were there already. */
            duplicates: number;
            /**
             * Format: u-int64
             * @description Log position of the import's newest row.
             */
            last_position: number;
            rejected: components["schemas"]["RejectedRow"][];
        };
        /** @description What became of a file. */
        ImportedFile: {
            /**
             * Format: u-int64
             * @description Rows from before that.
             */
            before_air: number;
            /** Format: uuid */
            broadcast_id?: string | null;
            complete: boolean;
            /**
             * @description What it was read as; `table` by a mapping.
             * @example danmaku_xml
             */
            format: string;
            /**
             * Format: uuid
             * @description Absent of a dry run, which is not kept.
             */
            id?: string | null;
            /** @example bilibili */
            platform: string;
            report: components["schemas"]["Report"];
            /**
             * Format: int64
             * @description When the show began.
             * @example 1640693568000
             */
            started_at_ms: number;
        };
        /** @description A sanction to impose. It names its viewer by a danmaku, or by the pseudonym and a room. */
        ImposeSanction: {
            /** @example contact */
            clause: string;
            /** @description It holds in every room of the organisation. Headquarters only. */
            everywhere?: boolean;
            /** @description What the ladder proposes, if nothing is said. */
            kind?: ("warn" | "mute" | "kick" | "ban" | "cut_stream") | null;
            /**
             * Format: u-int64
             * @description How long to mute or ban; without end if a kind is said and this is not.
             * @example 60
             */
            minutes?: number | null;
            /**
             * Format: u-int64
             * @description Of the review item it is about: its viewer, in its room.
             */
            position?: number | null;
            /**
             * Format: uuid
             * @description Where. Together with `viewer`, or for `cut_stream`.
             */
            room?: string | null;
            /** @description The pseudonym. */
            viewer?: string | null;
            /**
             * @description For colleagues. Needed where it is not what the ladder proposes, which is in one room.
             * @example 三个房间发同样的话
             */
            why?: string | null;
        };
        /** @description What a room's encoders send. */
        IngestBody: {
            /**
             * Format: int64
             * @description The server's clock, milliseconds since 1970.
             */
            now_ms: number;
            on_air: boolean;
            sources: components["schemas"]["IngestSource"][];
        };
        IngestLevel: {
            /** Format: u-int32 */
            audio_kbps: number;
            /** Format: double */
            fps: number;
            /**
             * Format: u-int32
             * @description Longest time without media.
             */
            gap_ms: number;
            /**
             * Format: u-int32
             * @description Distance of key frames 关键帧间隔.
             */
            gop_ms?: number | null;
            /**
             * Format: u-int32
             * @description Times a timestamp leapt.
             */
            jumps: number;
            /**
             * Format: int32
             * @description Audio's timestamp minus video's at the same arrival.
             */
            skew_ms?: number | null;
            /** Format: u-int32 */
            video_kbps: number;
        };
        IngestPoint: {
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            at_ms: number;
            /** Format: int64 */
            audio_kbps: number;
            /** Format: double */
            fps: number;
            /** Format: int64 */
            gap_ms: number;
            /** Format: int64 */
            gop_ms?: number | null;
            /** Format: int64 */
            jumps: number;
            /** Format: int64 */
            skew_ms?: number | null;
            /** @example primary */
            source: string;
            /** Format: int64 */
            video_kbps: number;
        };
        /** @description Columns of equal length, oldest first, one value a second. */
        IngestSeries: {
            /** @description Seconds since 1970. */
            at_s: number[];
            audio_kbps: number[];
            fps: number[];
            gap_ms: number[];
            skew_ms: (number | null)[];
            video_kbps: number[];
        };
        IngestSource: {
            audio: boolean;
            b_frames: boolean;
            connected: boolean;
            /** @description Over the last 5 s. */
            current: components["schemas"]["IngestLevel"];
            /** @description Part of the show, also as the one that stands by. */
            on_air: boolean;
            series: components["schemas"]["IngestSeries"];
            /**
             * Format: int64
             * @description Milliseconds since its last media.
             */
            silent_ms: number;
            /** @example primary */
            source: string;
            video: boolean;
        };
        Invitation: {
            /**
             * @description Whoever an identity provider of the organisation knows by it may accept by single sign-on.
             * @example zhang.san@example.com
             */
            email?: string | null;
            /**
             * @description 2 to 64 letters, digits, `.`, `-`, `_` or `@`.
             * @example zhang.san
             */
            login: string;
            /**
             * Format: line
             * @example 张三
             */
            name: string;
            reach?: components["schemas"]["ReachWish"] | null;
            /**
             * Format: role
             * @example operator
             */
            role: string;
            /** @description No password lets the person in. */
            sso_only?: boolean;
        };
        Invited: {
            link: components["schemas"]["OneTimeLink"];
            member: components["schemas"]["StaffMember"];
        };
        KeyRotation: {
            /**
             * Format: u-int32
             * @description How long the old key works on. 0 ends it at once.
             * @example 24
             */
            overlap_hours?: number;
        };
        /**
         * @description What the slate shows.
         * @enum {string}
         */
        Kind: "built_in" | "upload" | "last_frame";
        LadderBody: {
            /**
             * Format: int64
             * @description How much later a picture is there as a rung than as the source, milliseconds. Absent while nothing is made.
             */
            behind_ms?: number | null;
            /** @description Ladders that this machine can make at once; absent until it was measured. */
            capacity?: number | null;
            enabled: boolean;
            /** @description Ladders that it makes now, of all rooms. */
            in_use?: number | null;
            /** @description What players may choose besides the source. */
            renditions: components["schemas"]["RenditionBody"][];
            /**
             * @description Lines of each rung that is wanted, highest first. Only those are made that lie below the source and cost less.
             * @example [
             *       720,
             *       480
             *     ]
             */
            rungs: number[];
            /**
             * @description `idle` (off, or not on air), `starting`, `running`, `nothing_below` (no wanted rung is smaller than the source and costs
             *     less, or there is no picture), `no_capacity` (as many ladders as this machine can make are running), `ffmpeg_missing`,
             *     `too_slow` (the rungs fell behind and were dropped; tried again later), `waiting` (it broke and is tried again).
             */
            state: string;
        };
        LadderChange: {
            enabled: boolean;
            /** @description Even numbers of lines; absent: as before. */
            rungs?: number[] | null;
        };
        /** @description What a step of the ladder does. */
        LadderStep: {
            /** @enum {string} */
            kind: "warn" | "mute" | "kick" | "ban" | "cut_stream";
            /**
             * Format: int64
             * @description None: it has no end, or no length.
             * @example 10
             */
            minutes?: number | null;
        };
        /** @description A viewer or a show of which age forgets nothing. */
        LegalHold: {
            /**
             * Format: uuid
             * @description The held show.
             * @example null
             */
            broadcast?: string | null;
            /** Format: uuid */
            id: string;
            /**
             * Format: int64
             * @example 1795867200000
             */
            placed_at_ms: number;
            /**
             * @description Empty when the database is older than the hold.
             * @example admin
             */
            placed_by: string;
            /** @example (2026) 民初 1024 号 */
            reason: string;
            /**
             * Format: int64
             * @description Null while it holds.
             * @example null
             */
            released_at_ms?: number | null;
            /** @example null */
            released_by?: string | null;
            /**
             * @description The held viewer's pseudonym.
             * @example v0f3c2a
             */
            viewer?: string | null;
        };
        /** @enum {string} */
        Level: "pass" | "warn" | "unchecked" | "fail";
        /** @description Why a sanction is taken back. */
        LiftSanction: {
            /** @description It should not have been imposed: it counts no more towards the next one. */
            mistaken?: boolean;
            /**
             * @description For colleagues.
             * @example 认错了人
             */
            why: string;
        };
        LinkSecret: {
            /** @example kbi_q2Vh0b0m3m9p4XyZ1nV6sTg8wKd5rLc7uJf2aHe9iQo */
            secret: string;
        };
        LinkView: {
            /** Format: int64 */
            expires_at_ms: number;
            /**
             * @description `invitation` or `password`.
             * @example invitation
             */
            kind: string;
            /** @example zhang.san */
            login: string;
            /** @example 张三 */
            name: string;
            /** @example 总部 Headquarters */
            org: string;
            /** @description The person joins by single sign-on: there is no password to set. */
            sso_only: boolean;
        };
        /**
         * @description What happens to a text, the weakest first.
         * @enum {string}
         */
        ListLevel: "alarm" | "mask" | "hold" | "block";
        /** @description A word of a list. */
        ListedWord: {
            /** @description Without one: the list's. */
            category?: string | null;
            /** @description `exact`, `initials`, `copy`, by commas. */
            flags?: string | null;
            /**
             * @description `alarm`, `mask`, `hold`, `block`, or `allow` for an innocent word; without one: the list's.
             * @example hold
             */
            level?: string | null;
            /** @description Which law or rule says so. */
            source?: string | null;
            /** @example 加微信 */
            word: string;
        };
        /** @description Picture and sound of a push. */
        Looked: {
            picture?: components["schemas"]["PictureMeasured"] | null;
            sound?: components["schemas"]["SoundMeasured"] | null;
            /** @description Why picture and sound were not looked at: `ffmpeg_missing`, `ffmpeg_failed`, `ffmpeg_timeout`, `codec`. */
            unchecked?: string | null;
        };
        /** @description A source with its key. */
        MadeSource: components["schemas"]["EventSource"] & {
            /**
             * @description The write key: shown here and nowhere else.
             * @example kbw_q2Vh0b0m3m9p4XyZ1nV6sTg8wKd5rLc7uJf2aHe9iQo
             */
            write_key: string;
        };
        MadeToken: components["schemas"]["Token"] & {
            /**
             * @description The secret: shown here and nowhere else.
             * @example kbo_q2Vh0b0m3m9p4XyZ1nV6sTg8wKd5rLc7uJf2aHe9iQo
             */
            token: string;
        };
        /** @description A webhook with its secret. */
        MadeWebhook: components["schemas"]["WebhookView"] & {
            /**
             * @description The signing secret: shown here and nowhere else.
             * @example whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwq2Vh0b0m3m8=
             */
            secret: string;
        };
        MarkerAnswer: {
            /** Format: int64 */
            at: number;
            kind: components["schemas"]["MarkerKind"];
        };
        /** @enum {string} */
        MarkerKind: "broadcast_started" | "broadcast_ended" | "stream_published" | "stream_lost";
        Me: {
            /** @description A person with a password that lets in: it is asked for before anything delicate, else a fresh sign-in is. */
            has_password: boolean;
            must_change_password: boolean;
            /** @description A second factor must be set up before anything else. */
            must_enrol: boolean;
            /**
             * @description Login of the person or name of the token.
             * @example admin
             */
            name: string;
            org?: components["schemas"]["OrgView"] | null;
            /**
             * @description What may be done now, sorted; empty while the password must be changed.
             * @example [
             *       "metrics.read",
             *       "room.manage",
             *       "room.read"
             *     ]
             */
            permissions: string[];
            region?: components["schemas"]["RegionView"] | null;
            /** @example admin */
            role: string;
            team?: components["schemas"]["TeamView"] | null;
            user?: components["schemas"]["Person"] | null;
        };
        /** @description An outside media server. */
        MediaServerBody: {
            /** @description Addresses and networks that may call; empty: every one that knows the secret. */
            allowed_ips: string[];
            /** Format: int64 */
            created_at: number;
            /** @description Something follows the `?` of the pull address. It is kept encrypted and never shown. */
            has_query: boolean;
            /** Format: uuid */
            id: string;
            /** @description `srs`, `nginx_rtmp` or `mediamtx`. */
            kind: string;
            /** @description `pull`: Kaibo fetches the streams; `forward`: the server pushes them to Kaibo's RTMP port. */
            mode: string;
            /** @example 机房 SRS */
            name: string;
            /**
             * Format: u-int32
             * @description Players that are connected there now, as its hooks say. They are never counted as viewers.
             */
            outside_plays: number;
            /**
             * @description Without what follows the `?`.
             * @example rtmp://10.0.0.5/live/{name}
             */
            pull_url?: string | null;
            /** @description Streams that are published there now. */
            streams: number;
        };
        MediaServerChange: {
            allowed_ips?: string[] | null;
            mode?: string | null;
            /** Format: line */
            name?: string | null;
            /** @description The same address without a `?` keeps what followed it; with a `?` alone it is dropped, as with any other address. */
            pull_url?: string | null;
        };
        /** @description One entry of the dictionary. */
        MetricEntry: {
            direction: components["schemas"]["Direction"];
            en: string;
            formula: string;
            freshness: string;
            grain: string[];
            id: string;
            late: string;
            live: boolean;
            /** @description Can be asked for as a series. */
            series: boolean;
            settled: boolean;
            unit: components["schemas"]["Unit"];
            zh: string;
        };
        /** @description One metric's values. Null where it does not apply, and `settled` while the broadcast is on air. */
        MetricValue: {
            /**
             * Format: int64
             * @description The moment the live value speaks of, milliseconds since 1970.
             */
            as_of: number;
            en: string;
            id: string;
            /** Format: double */
            live?: number | null;
            /** Format: double */
            settled?: number | null;
            unit: components["schemas"]["Unit"];
            zh: string;
        };
        MicrophoneMeasured: {
            /**
             * Format: double
             * @description Share of samples at full scale, percent.
             * @default 0
             */
            clipped_percent?: number;
            /** @default null */
            error?: string | null;
            /**
             * Format: double
             * @description Share of the power at 50 or 60 Hz and their first harmonics, percent.
             * @default 0
             */
            hum_percent?: number;
            /**
             * Format: double
             * @description Of what is not silent, dBFS; absent in digital silence.
             * @default null
             */
            level_dbfs?: number | null;
            /**
             * Format: double
             * @default null
             */
            peak_dbfs?: number | null;
            /**
             * Format: double
             * @description Share of the time below -50 dBFS, percent.
             * @default 0
             */
            silent_percent?: number;
        };
        /**
         * @description What an amount of money counts.
         * @enum {string}
         */
        Money: "yuan" | "tenth" | "fen" | "milli";
        NetworkMeasured: {
            /**
             * Format: double
             * @default 0
             */
            jitter_ms?: number;
            /**
             * Format: double
             * @default 0
             */
            round_trip_ms?: number;
        };
        NewCheck: {
            kind: components["schemas"]["CheckKind"];
        };
        NewClip: {
            /**
             * Format: int64
             * @description At most 10 minutes after `start_ms`.
             * @example 120000
             */
            end_ms: number;
            /**
             * Format: int64
             * @description From the beginning of the show.
             * @example 60000
             */
            start_ms: number;
            /**
             * Format: line
             * @example 抽奖开奖
             */
            title: string;
        };
        NewConsentPurpose: {
            asked: boolean;
            /**
             * @description The same in English.
             * @example Count what you watch, to make better shows.
             */
            en: string;
            /**
             * @description `analytics`, `personalisation` or `marketing`.
             * @example analytics
             */
            purpose: string;
            /**
             * @description In Chinese, 1 to 500 characters.
             * @example 统计您看了什么、停留多久，用来改进节目。
             */
            zh: string;
        };
        /** @description Purposes that are not named stay as they are. Another text is another version, and asks everybody again. */
        NewConsentSettings: {
            enabled: boolean;
            notice_url?: string;
            purposes?: components["schemas"]["NewConsentPurpose"][];
        };
        NewIdentity: {
            /**
             * Format: password
             * @description Empty from who has none and signed in a moment ago.
             * @example correct horse battery staple
             */
            password?: string;
            /**
             * Format: uuid
             * @example 01890a5d-ac96-774b-bcce-b302099a8057
             */
            provider: string;
        };
        /** @description Exactly one of `viewer` and `broadcast`. */
        NewLegalHold: {
            /**
             * Format: uuid
             * @example null
             */
            broadcast?: string | null;
            /**
             * @description Why: a case's number, who asked. No names of viewers.
             * @example (2026) 民初 1024 号
             */
            reason: string;
            /**
             * @description The viewer's pseudonym.
             * @example v0f3c2a
             */
            viewer?: string | null;
        };
        NewMapping: {
            mapping: components["schemas"]["TableMapping"];
            /** @example douyin */
            platform: string;
        };
        NewMediaServer: {
            allowed_ips?: string[];
            kind: string;
            mode: string;
            /** Format: line */
            name: string;
            /**
             * @description For `pull`: where a stream is fetched, with `{name}` and perhaps `{app}`. What follows a `?` is kept encrypted and never
             *     shown.
             */
            pull_url?: string | null;
        };
        /** @description A server with its secret, which is shown only here and when it is rotated. */
        NewMediaServerBody: components["schemas"]["MediaServerBody"] & {
            /**
             * @description Where the server's hooks go, below this program's own address.
             * @example /hooks/0190a0c0-0000-7000-8000-000000000001/kbh_0123456789abcdef
             */
            hook_path: string;
            /**
             * Format: u-int16
             * @description In mode `forward` it pushes to `rtmp://<this host>:<push_port>/live`.
             */
            push_port: number;
            /** @example kbh_0123456789abcdef */
            secret: string;
        };
        NewName: {
            /**
             * Format: line
             * @example 华东一组
             */
            name: string;
        };
        NewPassword: {
            /**
             * Format: password
             * @example 7k2d-m9qx-04tz-vb6h
             */
            current: string;
            /**
             * Format: password
             * @description 12 to 128 characters, not the login, not the current one.
             * @example correct horse battery staple
             */
            new: string;
        };
        NewPersonalToken: {
            /**
             * Format: u-int32
             * @description A personal token always expires.
             * @example 90
             */
            expires_in_days: number;
            /** @example my script */
            name: string;
            /**
             * @description Narrows it to these of your permissions.
             * @example [
             *       "metrics.read"
             *     ]
             */
            scopes?: string[];
        };
        NewPlace: {
            /**
             * Format: uuid
             * @description None leaves it to headquarters.
             */
            region?: string | null;
        };
        NewRelay: {
            enabled?: boolean;
            /**
             * Format: line
             * @example Twitch
             */
            name: string;
            /** @description Kept encrypted and never shown. */
            stream_key?: string | null;
            /**
             * @description `rtmp://` or `rtmps://`. Without `stream_key`, the last part of the path (with its query) is the key.
             * @example rtmp://live.twitch.tv/app
             */
            url: string;
        };
        /** @description How long one class is to be kept. */
        NewRetention: {
            /**
             * @description What the preview of these days answered, where they are fewer than before.
             * @example 1795867200000.9f2c
             */
            confirm?: string | null;
            /**
             * Format: u-int32
             * @description Null goes back to the default.
             * @example 180
             */
            days?: number | null;
        };
        NewRoom: {
            private?: boolean;
            /**
             * Format: line
             * @example 双十二专场
             */
            title: string;
        };
        /** @description A new room with its stream key, which is shown only here and when it is rotated. */
        NewRoomBody: components["schemas"]["RoomBody"] & {
            /**
             * Format: u-int16
             * @description Encoders push to `rtmp://<this host>:<push_port>/live` with the key as stream name.
             * @example 1935
             */
            push_port: number;
            /** @example sk0123456789abcdef0123456789abcdef */
            stream_key: string;
        };
        /** @description Shown this once. */
        NewSecondFactor: {
            /**
             * @description The same as an address, for a QR code.
             * @example otpauth://totp/Kaibo:admin?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Kaibo
             */
            otpauth: string;
            /**
             * @description In base32, for typing into an app.
             * @example GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ
             */
            secret: string;
        };
        NewSource: {
            /**
             * Format: u-int32
             * @description 1,000 without it.
             * @example 1000
             */
            events_per_s?: number | null;
            kind: components["schemas"]["SourceKind"];
            /** @example official website */
            name: string;
            plan?: components["schemas"]["TrackingPlan"];
        };
        NewSsoProvider: {
            /**
             * @description As the provider's discovery document writes it. It never changes.
             * @example https://id.example.com/realms/live
             */
            issuer: string;
            /** @description All that can be changed. */
            settings: {
                /**
                 * Format: line
                 * @example kaibo
                 */
                client_id: string;
                /**
                 * Format: password
                 * @description Without it, the one of before stays; empty for a client that has none. It is never shown.
                 * @example 3f9c0e
                 */
                client_secret?: string | null;
                enabled: boolean;
                /**
                 * Format: line
                 * @example 公司账号 Company account
                 */
                name: string;
                policy?: components["schemas"]["SsoPolicy"];
            };
        };
        NewTeam: {
            /**
             * Format: line
             * @example 华东一组
             */
            name: string;
            /**
             * Format: uuid
             * @description The region it stands in.
             */
            region?: string | null;
        };
        NewToken: {
            /**
             * Format: u-int32
             * @description Never expires without it.
             * @example 365
             */
            expires_in_days?: number | null;
            /** @example website collector */
            name: string;
            /**
             * Format: role
             * @description `admin`, `operator`, `controller`, `moderator`, `senior_moderator`, `analyst`, `manager`, `host`, `merchant`, `customer_service` or `service`.
             * @example service
             */
            role: string;
            /**
             * @description Narrows the role to these permissions.
             * @example [
             *       "collect.write"
             *     ]
             */
            scopes?: string[];
            /**
             * Format: uuid
             * @description Narrows the reach to one team.
             */
            team?: string | null;
        };
        NewWebhook: {
            /** @description Of all teams; without it as far as you see yourself. */
            all_teams?: boolean | null;
            /** @description Empty: every event that is told. */
            events?: components["schemas"]["ToldEvent"][];
            /** @description Whether personal data in what it hears are masked; without it as you see them yourself. `false` needs `personal.read`. */
            masked?: boolean | null;
            /**
             * Format: line
             * @example order system
             */
            name: string;
            /** @example https://example.org/kaibo */
            url: string;
        };
        /** @description A new list. */
        NewWordList: {
            /**
             * @description Of words that come in without one.
             * @example contact
             */
            category?: string | null;
            /**
             * Format: int64
             * @description Until then it counts.
             */
            expires_at_ms?: number | null;
            level?: components["schemas"]["ListLevel"] | null;
            /** @example 引流话术 */
            name: string;
            /**
             * Format: uuid
             * @description It counts in this room only. Without one it counts in every room, and only headquarters make such.
             */
            room?: string | null;
        };
        /** @description A link for one use. The secret is shown here and nowhere else. */
        OneTimeLink: {
            /** Format: int64 */
            expires_at_ms: number;
            /**
             * @description `invitation` or `password`.
             * @example invitation
             */
            kind: string;
            /**
             * @description Where it is used, below the address of the console. What stands behind `#` never reaches a server's log.
             * @example /console/join#kbi_q2Vh0b0m3m9p4XyZ1nV6sTg8wKd5rLc7uJf2aHe9iQo
             */
            path: string;
            /** @example kbi_q2Vh0b0m3m9p4XyZ1nV6sTg8wKd5rLc7uJf2aHe9iQo */
            secret: string;
        };
        OrgView: {
            /**
             * Format: uuid
             * @example 01890a5d-ac96-774b-bcce-b302099a8057
             */
            id: string;
            /** @example 总部 Headquarters */
            name: string;
        };
        OwnPassword: {
            /**
             * Format: password
             * @description Empty from who has none and signed in a moment ago.
             * @example correct horse battery staple
             */
            password?: string;
        };
        /** @description One page of a list. `next` is the cursor of the following page (`?after=`), absent on the last. */
        Page_AppealBody: {
            items: {
                /** Format: int64 */
                decided_at_ms?: number | null;
                /** @example wang */
                decided_by?: string | null;
                /**
                 * Format: int64
                 * @description By then it is decided, or the sanction is suspended.
                 */
                due_at_ms: number;
                /** Format: int64 */
                filed_at_ms: number;
                /** Format: uuid */
                id: string;
                /** @description Nobody decided in time. */
                late: boolean;
                /** @description You may decide: it is open, and the sanction is not your own. */
                may_decide: boolean;
                /**
                 * @description The viewer reads it too.
                 * @example 未违反条款,予以撤销
                 */
                reason?: string | null;
                sanction: components["schemas"]["SanctionBody"];
                /** @enum {string} */
                state: "open" | "upheld" | "reversed";
                /**
                 * @description In the viewer's words; none when they were erased.
                 * @example 我只是报了自己店铺的名字
                 */
                text?: string | null;
            }[];
            next?: string | null;
        };
        /** @description One page of a list. `next` is the cursor of the following page (`?after=`), absent on the last. */
        Page_AuditRow: {
            items: {
                /**
                 * @description What was done, or the route that was called.
                 * @example staff_disabled
                 */
                action: string;
                /**
                 * @description Login, token name, `terminal`, `unknown`, or the part of the program.
                 * @example admin
                 */
                actor: string;
                /** Format: uuid */
                actor_id?: string | null;
                /** @description What is, masked; for a route of another domain, what was asked for. */
                after?: Record<string, never> | null;
                /** Format: int64 */
                at_ms: number;
                /** @description What was, masked. */
                before?: Record<string, never> | null;
                /**
                 * @description The address; `terminal`; or `program`, for what Kaibo did by itself.
                 * @example 203.0.113.7
                 */
                from: string;
                /** @description SHA-256 of this row and the hash before, in hex. */
                hash: string;
                /**
                 * Format: uuid
                 * @description The reach of who did it, at the time.
                 */
                org?: string | null;
                /** Format: uuid */
                region?: string | null;
                /**
                 * Format: int64
                 * @description The place in the chain of hashes.
                 * @example 42
                 */
                seq: number;
                /**
                 * @description Whose or what: an id or a path.
                 * @example 01890a5d-ac96-774b-bcce-b302099a8057
                 */
                target: string;
                /** Format: uuid */
                team?: string | null;
            }[];
            next?: string | null;
        };
        /** @description One page of a list. `next` is the cursor of the following page (`?after=`), absent on the last. */
        Page_AuditedEntry: {
            items: {
                /** @description It counts as an entry; without, it never got media. */
                entered: boolean;
                /** Format: uuid */
                entry_id: string;
                evidence: components["schemas"]["Evidence"];
                /** @description Watching now. */
                present: boolean;
                reasons: string[];
                /** @example bot */
                verdict: string;
                viewer_id: string;
            }[];
            next?: string | null;
        };
        /** @description One page of a list. `next` is the cursor of the following page (`?after=`), absent on the last. */
        Page_BroadcastBody: {
            items: {
                /** Format: int64 */
                ended_at?: number | null;
                /** Format: uuid */
                id: string;
                platform?: string | null;
                /** Format: uuid */
                room_id: string;
                /** @description `stream` or `import`. */
                source: string;
                /** Format: int64 */
                started_at: number;
                /** @description live, interrupted (connection broke), paused (encoder said goodbye) or ended. */
                state: string;
                title: string;
            }[];
            next?: string | null;
        };
        /** @description One page of a list. `next` is the cursor of the following page (`?after=`), absent on the last. */
        Page_ConsentStatement: {
            items: {
                given: boolean;
                /** Format: uuid */
                id: string;
                /** @example analytics */
                purpose: string;
                /** Format: uuid */
                room?: string | null;
                /** Format: int64 */
                said_at_ms: number;
                /**
                 * @description `room_page`, `sdk` or `staff`.
                 * @example room_page
                 */
                through: string;
                /** Format: u-int32 */
                version: number;
                /** @description A pseudonym, masked without `personal.read`. */
                viewer: string;
            }[];
            next?: string | null;
        };
        /** @description One page of a list. `next` is the cursor of the following page (`?after=`), absent on the last. */
        Page_Erasure: {
            items: {
                /** Format: int64 */
                asked_at_ms: number;
                /** @description Empty when the database is older than the erasure, which was then done again. */
                asked_by: string;
                /** Format: int64 */
                done_at_ms?: number | null;
                /** @description How much was let go of, by what held it. */
                erased: {
                    [key: string]: number;
                };
                /** Format: uuid */
                id: string;
                /** Format: u-int64 */
                keys_destroyed: number;
                /**
                 * Format: u-int64
                 * @description Where it stands in the event log: what was written behind it is not erased.
                 */
                position?: number | null;
                state: components["schemas"]["ErasureState"];
                /** @description The pseudonym, which stays: what is counted goes by it. */
                viewer: string;
            }[];
            next?: string | null;
        };
        /** @description One page of a list. `next` is the cursor of the following page (`?after=`), absent on the last. */
        Page_EventSource: {
            items: {
                /**
                 * Format: int64
                 * @description Events taken since it was made.
                 */
                accepted: number;
                /**
                 * Format: int64
                 * @example 1790000000000
                 */
                created_at_ms: number;
                /**
                 * Format: int64
                 * @description Repeats.
                 */
                duplicates: number;
                /** @description A source that is not takes nothing. */
                enabled: boolean;
                /**
                 * Format: u-int32
                 * @description Over it: 429 with `Retry-After`.
                 * @example 1000
                 */
                events_per_s: number;
                /**
                 * Format: uuid
                 * @example 01890a5d-ac96-774b-bcce-b302099a8057
                 */
                id: string;
                kind: components["schemas"]["SourceKind"];
                /**
                 * Format: int64
                 * @description Absent before the first request.
                 */
                last_seen_at_ms?: number | null;
                /**
                 * Format: int64
                 * @description Turned away because there were too many.
                 */
                limited: number;
                /** @example official website */
                name: string;
                /**
                 * Format: int64
                 * @description Until when the key before the last rotation works; absent when none does.
                 */
                old_key_until_ms?: number | null;
                plan: components["schemas"]["TrackingPlan"];
                /**
                 * Format: int64
                 * @description Not taken; the newest are in quarantine.
                 */
                rejected: number;
                /** Format: uuid */
                team: string;
            }[];
            next?: string | null;
        };
        /** @description One page of a list. `next` is the cursor of the following page (`?after=`), absent on the last. */
        Page_FileImportItem: {
            items: {
                /** Format: uuid */
                broadcast_id: string;
                /** Format: u-int64 */
                bytes: number;
                /** Format: int64 */
                created_at_ms: number;
                /** @example show.xml */
                file: string;
                /** Format: int64 */
                finished_at_ms?: number | null;
                /** @example danmaku_xml */
                format: string;
                /** Format: uuid */
                id: string;
                platform: string;
                /** Format: u-int64 */
                read: number;
                /** Format: u-int64 */
                repeats: number;
                /** Format: u-int64 */
                skipped: number;
                /**
                 * @description `running`, `done`, `failed`, `interrupted`.
                 * @example done
                 */
                state: string;
                /** Format: u-int64 */
                taken: number;
                title: string;
            }[];
            next?: string | null;
        };
        /** @description One page of a list. `next` is the cursor of the following page (`?after=`), absent on the last. */
        Page_HookStreamBody: {
            items: {
                app: string;
                /** Format: u-int32 */
                bitrate_kbps: number;
                last_error?: components["schemas"]["HookStreamError"] | null;
                /** @description Cut short where it is the stream key. */
                name: string;
                /**
                 * Format: int64
                 * @description When the server said that it is published.
                 */
                published_at: number;
                /** Format: u-int64 */
                received_bytes: number;
                /** Format: u-int32 */
                reconnects: number;
                /** Format: uuid */
                room_id: string;
                /** Format: int64 */
                since?: number | null;
                /**
                 * @description In mode `forward`: `awaited`, then `forwarded` when the push is here. In mode `pull`: `connecting`, `live`, `waiting` (for
                 *     the next try) or `replaced` (another publisher has the room, or the show was ended).
                 */
                state: string;
            }[];
            next?: string | null;
        };
        /** @description One page of a list. `next` is the cursor of the following page (`?after=`), absent on the last. */
        Page_LegalHold: {
            items: {
                /**
                 * Format: uuid
                 * @description The held show.
                 * @example null
                 */
                broadcast?: string | null;
                /** Format: uuid */
                id: string;
                /**
                 * Format: int64
                 * @example 1795867200000
                 */
                placed_at_ms: number;
                /**
                 * @description Empty when the database is older than the hold.
                 * @example admin
                 */
                placed_by: string;
                /** @example (2026) 民初 1024 号 */
                reason: string;
                /**
                 * Format: int64
                 * @description Null while it holds.
                 * @example null
                 */
                released_at_ms?: number | null;
                /** @example null */
                released_by?: string | null;
                /**
                 * @description The held viewer's pseudonym.
                 * @example v0f3c2a
                 */
                viewer?: string | null;
            }[];
            next?: string | null;
        };
        /** @description One page of a list. `next` is the cursor of the following page (`?after=`), absent on the last. */
        Page_ListedWord: {
            items: {
                /** @description Without one: the list's. */
                category?: string | null;
                /** @description `exact`, `initials`, `copy`, by commas. */
                flags?: string | null;
                /**
                 * @description `alarm`, `mask`, `hold`, `block`, or `allow` for an innocent word; without one: the list's.
                 * @example hold
                 */
                level?: string | null;
                /** @description Which law or rule says so. */
                source?: string | null;
                /** @example 加微信 */
                word: string;
            }[];
            next?: string | null;
        };
        /** @description One page of a list. `next` is the cursor of the following page (`?after=`), absent on the last. */
        Page_MediaServerBody: {
            items: {
                /** @description Addresses and networks that may call; empty: every one that knows the secret. */
                allowed_ips: string[];
                /** Format: int64 */
                created_at: number;
                /** @description Something follows the `?` of the pull address. It is kept encrypted and never shown. */
                has_query: boolean;
                /** Format: uuid */
                id: string;
                /** @description `srs`, `nginx_rtmp` or `mediamtx`. */
                kind: string;
                /** @description `pull`: Kaibo fetches the streams; `forward`: the server pushes them to Kaibo's RTMP port. */
                mode: string;
                /** @example 机房 SRS */
                name: string;
                /**
                 * Format: u-int32
                 * @description Players that are connected there now, as its hooks say. They are never counted as viewers.
                 */
                outside_plays: number;
                /**
                 * @description Without what follows the `?`.
                 * @example rtmp://10.0.0.5/live/{name}
                 */
                pull_url?: string | null;
                /** @description Streams that are published there now. */
                streams: number;
            }[];
            next?: string | null;
        };
        /** @description One page of a list. `next` is the cursor of the following page (`?after=`), absent on the last. */
        Page_QuarantinedItem: {
            items: {
                /**
                 * @description `bad_shape`, `too_large` or `plan_violation`.
                 * @example plan_violation
                 */
                code: string;
                /** @description It was longer than 64 KB: this is its beginning, which cannot be replayed. */
                cut: boolean;
                /**
                 * @description `segment`, `posthog`, `sensors`, `cloudevents` or `ga4`: how the item is written.
                 * @example segment
                 */
                edge: string;
                /** Format: int64 */
                edited_at_ms?: number | null;
                /**
                 * Format: uuid
                 * @example 01890a5d-ac96-774b-bcce-b302099a8057
                 */
                id: string;
                /**
                 * @description The item as its client wrote it, in JSON.
                 * @example {"type":"track","event":"OrderPaid"}
                 */
                item: string;
                /** @example against the tracking plan: `price` is missing */
                reason: string;
                /**
                 * Format: int64
                 * @example 1790000000000
                 */
                received_at_ms: number;
                /**
                 * Format: int64
                 * @description Taken after all.
                 */
                replayed_at_ms?: number | null;
            }[];
            next?: string | null;
        };
        /** @description One page of a list. `next` is the cursor of the following page (`?after=`), absent on the last. */
        Page_RelayBody: {
            items: {
                /** Format: u-int32 */
                bitrate_kbps: number;
                /** Format: int64 */
                created_at: number;
                /**
                 * Format: u-int64
                 * @description Pictures left out because the target was too slow, in this show.
                 */
                dropped_frames: number;
                enabled: boolean;
                /** @description A stream key is kept. It is never shown. */
                has_key: boolean;
                /** Format: uuid */
                id: string;
                last_error?: components["schemas"]["RelayError"] | null;
                /** @example Twitch */
                name: string;
                /** Format: int64 */
                next_try_at?: number | null;
                /**
                 * Format: u-int32
                 * @description Connections that failed or broke, in this show.
                 */
                reconnects: number;
                /** Format: uuid */
                room_id: string;
                /**
                 * Format: u-int64
                 * @description In this show.
                 */
                sent_bytes: number;
                /**
                 * Format: int64
                 * @description Since when it is in this state, milliseconds since the epoch.
                 */
                since?: number | null;
                /** @description `idle` (the room is not on air), `connecting`, `live`, `waiting` (for the next try, or for media), `refused`, `stopped`. */
                state: string;
                /**
                 * @description Without the stream key.
                 * @example rtmp://live.twitch.tv/app
                 */
                url: string;
            }[];
            next?: string | null;
        };
        /** @description One page of a list. `next` is the cursor of the following page (`?after=`), absent on the last. */
        Page_RememberedMapping: {
            items: {
                /** Format: uuid */
                id: string;
                mapping: components["schemas"]["TableMapping"];
                /** @example douyin */
                platform: string;
                /** Format: int64 */
                used_at_ms: number;
            }[];
            next?: string | null;
        };
        /** @description One page of a list. `next` is the cursor of the following page (`?after=`), absent on the last. */
        Page_RetentionRun: {
            items: {
                /**
                 * Format: int64
                 * @description What was there before then.
                 * @example 1795867200000
                 */
                before_ms: number;
                /**
                 * Format: int64
                 * @example 1795867200000
                 */
                began_at_ms: number;
                class: components["schemas"]["RetentionClassName"];
                /**
                 * Format: int64
                 * @description Null while it is being done.
                 * @example 1795867200000
                 */
                done_at_ms?: number | null;
                /** @description How much went, by what held it. */
                gone: {
                    [key: string]: number;
                };
                /** Format: uuid */
                id: string;
            }[];
            next?: string | null;
        };
        /** @description One page of a list. `next` is the cursor of the following page (`?after=`), absent on the last. */
        Page_ReviewItem: {
            items: {
                /** Format: int64 */
                at_ms: number;
                /** Format: uuid */
                broadcast?: string | null;
                /** @description Who is at it, and until when it is left to him. */
                claimed_by?: string | null;
                /** Format: int64 */
                claimed_until_ms?: number | null;
                clause?: string | null;
                /** Format: int64 */
                decided_at_ms?: number | null;
                decided_by?: string | null;
                /**
                 * Format: int64
                 * @description By then somebody should have looked.
                 */
                due_at_ms: number;
                /** @description Its words are gone, for good. */
                erased: boolean;
                /**
                 * @description The room's mode then.
                 * @example after_review
                 */
                mode: string;
                nick?: string | null;
                note?: string | null;
                outcome?: ("pass" | "reject") | null;
                /**
                 * Format: u-int64
                 * @description Of the decision in the event log; its id.
                 */
                position: number;
                reasons: components["schemas"]["ReviewReason"][];
                /** Format: uuid */
                room: string;
                /**
                 * Format: float
                 * @description A model's probability that it is bad.
                 */
                score?: number | null;
                /** @enum {string} */
                state: "open" | "noted" | "decided";
                text: string;
                /**
                 * Format: u-int8
                 * @description 1, 2 or 3.
                 */
                tier: number;
                /** @enum {string} */
                verdict: "alarm" | "mask" | "hold" | "block";
                /** @description The pseudonym; masked without `personal.read`. */
                viewer: string;
            }[];
            next?: string | null;
        };
        /** @description One page of a list. `next` is the cursor of the following page (`?after=`), absent on the last. */
        Page_RoomBody: {
            items: {
                /**
                 * Format: uuid
                 * @description The open broadcast, or else the last one.
                 */
                broadcast_id?: string | null;
                /** @description State of that broadcast: live, interrupted, paused or ended. */
                broadcast_state?: string | null;
                /** Format: int64 */
                created_at: number;
                /** Format: uuid */
                id: string;
                /** @description Pictures arrive, or are expected back within the reconnect window. */
                live: boolean;
                /**
                 * Format: u-int32
                 * @description Viewers online now.
                 */
                online: number;
                /** @description Private rooms are watched with a token an operator hands out. */
                private: boolean;
                /** @description What the open broadcast's picture is made from: primary, backup or slate. */
                source?: string | null;
                /**
                 * Format: int64
                 * @description Milliseconds since the epoch.
                 */
                started_at?: number | null;
                /** @example 双十二专场 */
                title: string;
            }[];
            next?: string | null;
        };
        /** @description One page of a list. `next` is the cursor of the following page (`?after=`), absent on the last. */
        Page_SanctionBody: {
            items: {
                appeal?: components["schemas"]["SanctionAppeal"] | null;
                /** @description It is what the ladder says. */
                as_proposed: boolean;
                /** Format: int64 */
                at_ms: number;
                /** Format: uuid */
                broadcast?: string | null;
                /** @example lin */
                by: string;
                /** Format: int64 */
                changed_at_ms?: number | null;
                /**
                 * @description Who lifted or reversed it, empty where time did.
                 * @example wang
                 */
                changed_by?: string | null;
                /** @example 认错了人 */
                changed_why?: string | null;
                /** @example contact */
                clause: string;
                /** @description In every room of the organisation. */
                everywhere: boolean;
                evidence?: components["schemas"]["SanctionEvidence"] | null;
                /** Format: uuid */
                id: string;
                /** @description It keeps the viewer from something now. */
                in_force: boolean;
                /** @enum {string} */
                kind: "warn" | "mute" | "kick" | "ban" | "cut_stream";
                /** @description It was lifted because it should not have been imposed, and counts no more. */
                mistaken: boolean;
                /**
                 * Format: u-int64
                 * @description Of the review item it is about.
                 */
                position?: number | null;
                /** @description What spoke against it. */
                reasons: components["schemas"]["ReviewReason"][];
                /** Format: uuid */
                room: string;
                /** Format: int64 */
                said_at_ms?: number | null;
                /**
                 * Format: float
                 * @description A model's probability that it is bad.
                 */
                score?: number | null;
                /**
                 * @description How a sanction stands.
                 * @enum {string}
                 */
                state: "active" | "lifted" | "reversed" | "suspended" | "expired";
                /** @description As the viewer reads it. */
                statement: components["schemas"]["SanctionText"];
                /**
                 * Format: u-int32
                 * @description Which time it was within 30 days; the first is 1.
                 * @example 2
                 */
                strike: number;
                /**
                 * @description What was written there; none when it was erased.
                 * @example 加薇❤信 看好货
                 */
                text?: string | null;
                /**
                 * Format: u-int8
                 * @description 1, 2 or 3.
                 * @example 1
                 */
                tier: number;
                /**
                 * Format: int64
                 * @description None: it has no end, or no length.
                 */
                until_ms?: number | null;
                /** @description The pseudonym; masked without `personal.read`. None: the show was cut. */
                viewer?: string | null;
                /**
                 * @description For colleagues.
                 * @example 三个房间发同样的话
                 */
                why?: string | null;
            }[];
            next?: string | null;
        };
        /** @description One page of a list. `next` is the cursor of the following page (`?after=`), absent on the last. */
        Page_SessionView: {
            items: {
                /** Format: int64 */
                created_at_ms: number;
                /** @description The one that asks. */
                current: boolean;
                /**
                 * @description What the browser calls itself.
                 * @example Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36
                 */
                device: string;
                /** Format: int64 */
                expires_at_ms: number;
                /**
                 * @description The address it was signed in from.
                 * @example 203.0.113.7
                 */
                from_ip: string;
                /**
                 * Format: uuid
                 * @example 01890a5d-ac96-774b-bcce-b302099a8057
                 */
                id: string;
                /**
                 * Format: int64
                 * @description To the minute; absent before the first use.
                 */
                last_used_at_ms?: number | null;
            }[];
            next?: string | null;
        };
        /** @description One page of a list. `next` is the cursor of the following page (`?after=`), absent on the last. */
        Page_StaffMember: {
            items: {
                /** Format: int64 */
                created_at_ms: number;
                /** @example zhang.san@example.com */
                email?: string | null;
                /**
                 * Format: uuid
                 * @example 01890a5d-ac96-774b-bcce-b302099a8057
                 */
                id: string;
                /** @example zhang.san */
                login: string;
                /** @example 张三 */
                name: string;
                region?: components["schemas"]["RegionView"] | null;
                /** @example operator */
                role: string;
                second_factor: boolean;
                /** @description No password lets the person in. */
                sso_only: boolean;
                /**
                 * @description `invited` until the invitation was accepted, then `active` or `disabled`.
                 * @example active
                 */
                state: string;
                team?: components["schemas"]["TeamView"] | null;
            }[];
            next?: string | null;
        };
        /** @description One page of a list. `next` is the cursor of the following page (`?after=`), absent on the last. */
        Page_SystemAlarm: {
            items: {
                /** Format: int64 */
                acknowledged_at?: number | null;
                acknowledged_by?: string | null;
                /** Format: int64 */
                cleared_at?: number | null;
                /** Format: uuid */
                id: string;
                /** @example disk_low */
                kind: string;
                /** Format: u-int64 */
                limit: number;
                /** Format: int64 */
                raised_at: number;
                unit?: components["schemas"]["SystemUnit"] | null;
                /**
                 * Format: u-int64
                 * @description As found when it began.
                 */
                value: number;
            }[];
            next?: string | null;
        };
        /** @description One page of a list. `next` is the cursor of the following page (`?after=`), absent on the last. */
        Page_Token: {
            items: {
                /**
                 * Format: int64
                 * @description Milliseconds since 1970, UTC.
                 * @example 1790000000000
                 */
                created_at_ms: number;
                /**
                 * Format: int64
                 * @description Absent when it never expires.
                 */
                expires_at_ms?: number | null;
                /**
                 * Format: uuid
                 * @example 01890a5d-ac96-774b-bcce-b302099a8057
                 */
                id: string;
                /**
                 * Format: int64
                 * @description To the minute; absent before the first use.
                 */
                last_used_at_ms?: number | null;
                /**
                 * @description Login or token name of who made it, or `terminal`; empty when it was not noted yet.
                 * @example admin
                 */
                made_by: string;
                /** @example website collector */
                name: string;
                /**
                 * Format: uuid
                 * @description Present when it reaches the teams of one region.
                 */
                region?: string | null;
                /** @example service */
                role: string;
                /**
                 * @description Permissions it is narrowed to; empty is all of the role's.
                 * @example [
                 *       "collect.write"
                 *     ]
                 */
                scopes: string[];
                /**
                 * Format: uuid
                 * @description Present when it reaches one team.
                 */
                team?: string | null;
            }[];
            next?: string | null;
        };
        /** @description One page of a list. `next` is the cursor of the following page (`?after=`), absent on the last. */
        Page_WebhookDelivery: {
            items: {
                /** @description The beginning of the last answer. Somebody else wrote it. */
                answer: string;
                /** Format: int64 */
                attempted_at_ms: number;
                /** Format: u-int32 */
                attempts: number;
                /** Format: int64 */
                created_at_ms: number;
                /** @example BroadcastStarted */
                event: string;
                /**
                 * @description `webhook-id` of the request.
                 * @example evt_4711_9f86d081
                 */
                event_id: string;
                /** @description `status`, `gone`, `redirect`, `timeout`, `no_connection`, `no_answer`, `unknown_host`, `private_address`, `tls`, `event_gone` ... */
                failure?: string | null;
                /** Format: uuid */
                id: string;
                /** Format: int64 */
                next_at_ms?: number | null;
                state: components["schemas"]["WebhookDeliveryState"];
                /**
                 * Format: u-int16
                 * @description Of the last answer, if there was one.
                 */
                status?: number | null;
                /** Format: u-int32 */
                took_ms: number;
            }[];
            next?: string | null;
        };
        /** @description One page of a list. `next` is the cursor of the following page (`?after=`), absent on the last. */
        Page_WebhookView: {
            items: {
                /** @description Whether it hears of the whole organisation, or of its team alone. */
                all_teams: boolean;
                /**
                 * Format: int64
                 * @example 1790000000000
                 */
                created_at_ms: number;
                /**
                 * Format: int64
                 * @description Deliveries that were given up 死信.
                 */
                dead: number;
                /** Format: int64 */
                delivered_at_ms?: number | null;
                disabled?: components["schemas"]["WebhookDisabled"] | null;
                enabled: boolean;
                /** @description Empty: every event that is told. */
                events: string[];
                /**
                 * Format: int64
                 * @description Since when every delivery failed.
                 */
                failing_since_ms?: number | null;
                /**
                 * Format: uuid
                 * @example 01890a5d-ac96-774b-bcce-b302099a8057
                 */
                id: string;
                /** @description Personal data in what it hears are masked. */
                masked: boolean;
                /** @example order system */
                name: string;
                /**
                 * Format: int64
                 * @description Until when the secret before the last rotation signs along; absent when it does not.
                 */
                old_secret_until_ms?: number | null;
                /** Format: uuid */
                team: string;
                /** @example https://example.org/kaibo */
                url: string;
                /**
                 * Format: int64
                 * @description Deliveries to be tried again.
                 */
                waiting: number;
            }[];
            next?: string | null;
        };
        /** @description One page of a list. `next` is the cursor of the following page (`?after=`), absent on the last. */
        Page_WordList: {
            items: {
                /** @description Of words that come in without one. */
                category: string;
                /** Format: int64 */
                changed_at_ms: number;
                /** Format: int64 */
                created_at_ms: number;
                enabled: boolean;
                /** Format: int64 */
                expires_at_ms?: number | null;
                /** Format: uuid */
                id: string;
                /** @description It counts: it is enabled and its time is not over. */
                in_force: boolean;
                /** @description Of words that come in without one. */
                level: components["schemas"]["ListLevel"];
                name: string;
                owner: string;
                /**
                 * Format: uuid
                 * @description The room it belongs to; without one it counts in every room of the organisation.
                 */
                room?: string | null;
                /** Format: u-int64 */
                words: number;
            }[];
            next?: string | null;
        };
        PasswordAndCode: {
            /** @example 005924 */
            code: string;
            /**
             * Format: password
             * @description Empty from who has none and signed in a moment ago.
             * @example correct horse battery staple
             */
            password?: string;
        };
        /** @description A person on the staff. */
        Person: {
            /**
             * Format: uuid
             * @example 01890a5d-ac96-774b-bcce-b302099a8057
             */
            id: string;
            /** @example admin */
            login: string;
            /** @example 管理员 Administrator */
            name: string;
        };
        PictureMeasured: {
            /**
             * Format: double
             * @description Share of the time, percent.
             */
            black_percent: number;
            /** Format: double */
            frozen_percent: number;
            /**
             * Format: double
             * @description Luma from 16 (black) to 235 (white): the mean, and what a tenth of the pixels lies below and above.
             */
            luma: number;
            /** Format: double */
            luma_high: number;
            /** Format: double */
            luma_low: number;
        };
        /** @description Milliseconds from the beginning of the show. */
        PieceBody: {
            /** Format: int64 */
            end_ms: number;
            /** Format: int64 */
            start_ms: number;
        };
        /** @enum {string} */
        PlanMode: "off" | "warn" | "enforce";
        PlannedEvent: {
            /** @description Properties that are not named here may be anything. */
            properties?: {
                [key: string]: components["schemas"]["PlannedProperty"];
            };
        };
        PlannedProperty: {
            /**
             * @description Texts, numbers and booleans it may be; anything of its type without them.
             * @example [
             *       "wechat",
             *       "alipay"
             *     ]
             */
            allowed?: unknown[];
            required?: boolean;
            type: components["schemas"]["PropertyKind"];
        };
        /** @description One play 播放 of a viewer. */
        PlayBody: {
            /** Format: u-int32 */
            bitrate_kbps?: number | null;
            /** @description It failed and nothing was played since. */
            broken: boolean;
            browser: string;
            device: string;
            /** Format: u-int64 */
            dropped: number;
            /** Format: uuid */
            entry: string;
            /** @description The last failure. */
            failure?: string | null;
            /** Format: int64 */
            first_at_ms: number;
            /** Format: u-int32 */
            first_frame_ms?: number | null;
            /** Format: u-int64 */
            frames: number;
            /** Format: u-int32 */
            height?: number | null;
            /** Format: int64 */
            last_at_ms: number;
            /** Format: u-int32 */
            latency_ms_p50?: number | null;
            /** Format: u-int32 */
            latency_worst_ms?: number | null;
            node: string;
            os: string;
            /** Format: uuid */
            play: string;
            /** Format: u-int64 */
            played_ms: number;
            region: string;
            /** @description It showed a frame. */
            shown: boolean;
            /** Format: u-int64 */
            stalled_ms: number;
            /** Format: u-int64 */
            stalls: number;
            /** @description Its entry is a suspected bot 疑似机器人: it is in no figure. */
            suspect: boolean;
            version: string;
            /** @description A pseudonym. */
            viewer: string;
        };
        /** @description One report of a play. */
        PlayPoint: {
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            at_ms: number;
            /** Format: u-int32 */
            bitrate_kbps?: number | null;
            /** Format: u-int32 */
            dropped: number;
            failure?: string | null;
            /** Format: u-int32 */
            height?: number | null;
            /** Format: u-int32 */
            latency_ms?: number | null;
            /** Format: u-int32 */
            played_ms: number;
            /** Format: u-int32 */
            stalled_ms: number;
            /** Format: u-int32 */
            stalls: number;
        };
        /** @description One report of a player. Counters are what happened since its last one. */
        PlaybackSaid: {
            /** Format: u-int32 */
            bitrate_kbps?: number | null;
            /** Format: u-int32 */
            dropped?: number;
            /** @description Why playing never began or broke off, as a code. */
            failure?: string | null;
            /**
             * Format: u-int32
             * @description From the wish to the first frame 首帧, in the first report after it.
             */
            first_frame_ms?: number | null;
            /**
             * Format: u-int32
             * @description Frames decoded.
             */
            frames?: number;
            /**
             * Format: u-int32
             * @description Of the shown picture.
             */
            height?: number | null;
            /**
             * Format: u-int32
             * @description From the frame's arrival at the server to its showing, by the clock of `/api/time`.
             */
            latency_ms?: number | null;
            /**
             * Format: uuid
             * @description One try to play 播放, chosen by the player.
             */
            play: string;
            /** Format: u-int32 */
            played_ms?: number;
            /** Format: u-int32 */
            stalled_ms?: number;
            /**
             * Format: u-int32
             * @description Stalls 卡顿 over 200 ms, seeks apart.
             */
            stalls?: number;
            /**
             * @description Time zone 时区 of the device, by its name: stands for the region where nothing better is known.
             * @example Asia/Shanghai
             */
            tz?: string;
            /** @description Of the player. */
            version?: string;
        };
        /** @description The body of every error, `application/problem+json`. */
        Problem: {
            /**
             * @description Stable and machine-readable.
             * @example room_not_found
             */
            code: string;
            /**
             * @description One sentence for a person.
             * @example there is no room `01890a5d-ac96-774b-bcce-b302099a8057`
             */
            detail: string;
            /**
             * Format: u-int16
             * @example 404
             */
            status: number;
            /**
             * @description The status in words.
             * @example Not Found
             */
            title: string;
            /**
             * @description Always `about:blank`; the `code` tells problems apart.
             * @example about:blank
             */
            type: string;
        };
        /** @enum {string} */
        PropertyKind: "string" | "number" | "integer" | "boolean" | "object" | "array" | "any";
        /** @description A room as viewers see it. */
        PublicRoomBody: {
            /** Format: uuid */
            broadcast_id?: string | null;
            /** @description State of that broadcast: live, interrupted or paused. */
            broadcast_state?: string | null;
            /** Format: uuid */
            id: string;
            live: boolean;
            private: boolean;
            /** @description What its picture is made from: primary, backup or slate. */
            source?: string | null;
            /**
             * Format: int64
             * @description When the open broadcast began, milliseconds since the epoch.
             */
            started_at?: number | null;
            title: string;
        };
        /** @description A published rule. */
        PublishedClause: {
            /**
             * @description Stands in verdicts, sanctions and messages.
             * @example contact
             */
            code: string;
            en: string;
            /** @description Which law or rule asks for it. */
            source: string;
            zh: string;
        };
        /** @description A push as it arrived. */
        PushMeasured: {
            audio?: components["schemas"]["AudioMeasured"] | null;
            /**
             * Format: u-int32
             * @description How late media were against the earliest, at most.
             */
            behind_ms: number;
            /** Format: u-int64 */
            bytes: number;
            /**
             * Format: u-int32
             * @description From the first frame to the last, by arrival.
             */
            elapsed_ms: number;
            /**
             * Format: u-int32
             * @description Longest time without a frame.
             */
            gap_ms: number;
            /**
             * Format: double
             * @description Jitter of arrival as RTP reckons it (RFC 3550, 6.4.1).
             */
            jitter_ms: number;
            /**
             * Format: u-int32
             * @description Steps of more than a second, or backwards, within a track.
             */
            jumps: number;
            /**
             * Format: u-int32
             * @description From the first frame to the last, by the encoder's clock.
             */
            media_ms: number;
            /**
             * Format: double
             * @description Media time per time passed, percent; below 100 the stream falls behind.
             */
            pace_percent?: number | null;
            refused_audio: boolean;
            /** @description A track came in a codec that is not carried. */
            refused_video: boolean;
            /**
             * Format: int32
             * @description Audio's timestamp minus video's at the same arrival.
             */
            skew_ms?: number | null;
            video?: components["schemas"]["VideoMeasured"] | null;
        };
        /** @description The quality of one show. */
        Quality: {
            against?: components["schemas"]["QualityAgainst"] | null;
            alarms: components["schemas"]["AlarmAnswer"][];
            /** @description What encoders sent, 10 s a point or more. */
            ingest: components["schemas"]["IngestPoint"][];
            show: components["schemas"]["QualityShow"];
            summary: components["schemas"]["QualityFigures"];
            /** @description One entry a minute in which players reported. */
            timeline: components["schemas"]["QualityMinute"][];
        };
        /** @description Another show, to compare with. */
        QualityAgainst: {
            show: components["schemas"]["QualityShow"];
            summary: components["schemas"]["QualityFigures"];
            /** @description By the other show's own clock: minutes since its `started_at_ms` compare. */
            timeline: components["schemas"]["QualityMinute"][];
        };
        /**
         * @description The figures of a show, of a room, or of a part of its plays. Rates are fractions, null over nothing. Suspected bots are
         *     left out.
         */
        QualityFigures: {
            /**
             * Format: u-int32
             * @description 音画偏差: how far audio's and video's timestamps are apart as encoders send them. Of whole shows and rooms only.
             */
            av_offset_ms_p95?: number | null;
            /** Format: double */
            dropped_rate?: number | null;
            /**
             * Format: double
             * @description Plays that never showed a frame / plays 播放失败率.
             */
            fail_rate?: number | null;
            /**
             * Format: u-int32
             * @description 首帧耗时.
             */
            first_frame_ms_p50?: number | null;
            /** Format: u-int32 */
            first_frame_ms_p95?: number | null;
            /**
             * Format: u-int32
             * @description 推流到播放延迟.
             */
            latency_ms_p50?: number | null;
            /** Format: u-int32 */
            latency_ms_p95?: number | null;
            /** Format: u-int64 */
            played_ms: number;
            /** Format: u-int64 */
            plays: number;
            /**
             * Format: double
             * @description 百秒卡顿时长.
             */
            stall_ms_per_100s?: number | null;
            /**
             * Format: double
             * @description Plays with a stall / plays 卡顿率.
             */
            stall_rate?: number | null;
            /** Format: u-int64 */
            stalls: number;
            /**
             * Format: u-int64
             * @description Plays of suspected bots 疑似机器人, which are in no other figure.
             */
            suspect_plays: number;
        };
        /** @description One minute of a show. */
        QualityMinute: {
            /**
             * Format: int64
             * @description Its beginning, milliseconds since 1970.
             */
            at_ms: number;
            /** Format: u-int64 */
            failures: number;
            /** Format: u-int32 */
            first_frame_ms_p50?: number | null;
            /** Format: u-int32 */
            latency_ms_p50?: number | null;
            /** Format: u-int32 */
            latency_ms_p95?: number | null;
            /**
             * Format: u-int64
             * @description Plays that reported.
             */
            plays: number;
            /** Format: double */
            stall_ms_per_100s?: number | null;
            /**
             * Format: double
             * @description Those of them that stalled in this minute.
             */
            stall_rate?: number | null;
        };
        /** @description One value of a dimension. */
        QualityPart: components["schemas"]["QualityFigures"] & {
            against?: components["schemas"]["QualityFigures"] | null;
            /**
             * @description Empty where it is not known. A region `tz:Asia/Shanghai` is a time zone, which is all that is known of where; `*` are
             *     all values beyond 200.
             */
            value: string;
        };
        /** @description Which show figures speak of. */
        QualityShow: {
            /** Format: uuid */
            broadcast_id: string;
            /** Format: int64 */
            ended_at_ms?: number | null;
            /** Format: uuid */
            room_id: string;
            /** Format: int64 */
            started_at_ms: number;
            title: string;
        };
        /** @description An item that was not taken. */
        QuarantinedItem: {
            /**
             * @description `bad_shape`, `too_large` or `plan_violation`.
             * @example plan_violation
             */
            code: string;
            /** @description It was longer than 64 KB: this is its beginning, which cannot be replayed. */
            cut: boolean;
            /**
             * @description `segment`, `posthog`, `sensors`, `cloudevents` or `ga4`: how the item is written.
             * @example segment
             */
            edge: string;
            /** Format: int64 */
            edited_at_ms?: number | null;
            /**
             * Format: uuid
             * @example 01890a5d-ac96-774b-bcce-b302099a8057
             */
            id: string;
            /**
             * @description The item as its client wrote it, in JSON.
             * @example {"type":"track","event":"OrderPaid"}
             */
            item: string;
            /** @example against the tracking plan: `price` is missing */
            reason: string;
            /**
             * Format: int64
             * @example 1790000000000
             */
            received_at_ms: number;
            /**
             * Format: int64
             * @description Taken after all.
             */
            replayed_at_ms?: number | null;
        };
        /** @description How far somebody reaches: a team, a region, or with neither the whole organisation. */
        ReachWish: {
            /** Format: uuid */
            region?: string | null;
            /** Format: uuid */
            team?: string | null;
        };
        Reason: {
            /**
             * @description Stable; `docs/audience.md` explains it.
             * @example beats_without_media
             */
            code: string;
            /** Format: u-int64 */
            entries: number;
            /**
             * Format: u-int32
             * @description What it weighs: 4 make a suspected bot, 2 an unknown.
             */
            points: number;
        };
        ReasonBody: {
            /** @description `danmaku`, `gift` (paid ones and super chats) or `like`. */
            kind: string;
            /**
             * Format: double
             * @description The same at usual moments of this show.
             */
            usual: number;
            /**
             * Format: double
             * @description Danmaku, yuan or likes per minute at the peak.
             */
            value: number;
        };
        Reconciled: {
            /**
             * Format: u-int64
             * @description Entries of which both say about the same.
             */
            agree: number;
            /**
             * Format: u-int64
             * @description How far they are apart in all, where they are times.
             */
            difference_ms: number;
            /** @example segments */
            left: string;
            /** Format: u-int64 */
            left_more: number;
            /** @example heartbeats */
            right: string;
            /** Format: u-int64 */
            right_more: number;
        };
        /** @description What is recorded of a show. */
        RecordingBody: {
            /** Format: u-int64 */
            bytes: number;
            /**
             * Format: u-int64
             * @description Clips that are being cut or wait for it, of all shows.
             */
            cutting: number;
            /** Format: int64 */
            duration_ms: number;
            /** @description While it should be recorded and is not: `no_space`, `disk`. Goes on by itself when it can. */
            failing?: string | null;
            /**
             * Format: int64
             * @description When the rule removes it, milliseconds since the epoch. Absent while the show runs, or when age does not matter.
             */
            keep_until?: number | null;
            /** @description Parts between which nothing was recorded. */
            pieces: components["schemas"]["PieceBody"][];
            /**
             * @description `recording` while the show runs, `off`: it runs and the room's rule is not to record it, `complete`, `removed` by rule
             *     or by a person, `none`: never recorded.
             * @example recording
             */
            state: string;
            /**
             * Format: u-int64
             * @description Bytes that the object store does not have yet. Absent without one.
             */
            uploading_bytes?: number | null;
        };
        /** @description How a room's shows are recorded and kept 录制规则. */
        RecordingRule: {
            /** @description Whether shows are recorded. Takes effect in a running show too. */
            enabled: boolean;
            /**
             * Format: u-int32
             * @description Days a recording is kept after the show. 0: for ever.
             * @example 30
             */
            keep_days: number;
            /**
             * Format: double
             * @description Most GB (2^30 bytes) of this room's recordings; the oldest go first. 0: no limit.
             * @example 100
             */
            keep_gb: number;
            /** @description Whether viewers may watch the room's shows again. Staff always may. */
            replays_public?: boolean;
        };
        RecoveryCodes: {
            /**
             * @description Each works once instead of a code of the app. Shown here and nowhere else.
             * @example [
             *       "7k2d-m9qx-04tz-vb6h"
             *     ]
             */
            recovery_codes: string[];
        };
        RegionView: {
            /**
             * Format: uuid
             * @example 01890a5d-ac96-774b-bcce-b302099a8057
             */
            id: string;
            /** @example 华东 East */
            name: string;
        };
        /** @description An item that was not taken. */
        RejectedItem: {
            /** @description Its place in the request, from 0. */
            index: number;
            reason: string;
        };
        /** @description A row that was not taken. */
        RejectedRow: {
            /** @description Its id, if it has one. */
            id?: string | null;
            /** @description Its place in the call, from 0. */
            index: number;
            reason: string;
        };
        /** @description A target and where it stands. */
        RelayBody: {
            /** Format: u-int32 */
            bitrate_kbps: number;
            /** Format: int64 */
            created_at: number;
            /**
             * Format: u-int64
             * @description Pictures left out because the target was too slow, in this show.
             */
            dropped_frames: number;
            enabled: boolean;
            /** @description A stream key is kept. It is never shown. */
            has_key: boolean;
            /** Format: uuid */
            id: string;
            last_error?: components["schemas"]["RelayError"] | null;
            /** @example Twitch */
            name: string;
            /** Format: int64 */
            next_try_at?: number | null;
            /**
             * Format: u-int32
             * @description Connections that failed or broke, in this show.
             */
            reconnects: number;
            /** Format: uuid */
            room_id: string;
            /**
             * Format: u-int64
             * @description In this show.
             */
            sent_bytes: number;
            /**
             * Format: int64
             * @description Since when it is in this state, milliseconds since the epoch.
             */
            since?: number | null;
            /** @description `idle` (the room is not on air), `connecting`, `live`, `waiting` (for the next try, or for media), `refused`, `stopped`. */
            state: string;
            /**
             * @description Without the stream key.
             * @example rtmp://live.twitch.tv/app
             */
            url: string;
        };
        RelayChange: {
            enabled?: boolean | null;
            /** Format: line */
            name?: string | null;
            /** @description Absent: the key stays. */
            stream_key?: string | null;
            /** @description Another address needs the stream key again. */
            url?: string | null;
        };
        /** @description Why a target is not live. */
        RelayError: {
            /**
             * @description `unknown_host`, `private_address`, `no_connection`, `timeout`, `tls`, `refused`, `protocol`, `connection_lost`,
             *     `connection_closed`, `no_answer`, `not_taken` or `unreadable`.
             * @example refused
             */
            code: string;
            /** @description One sentence for a person. */
            text: string;
        };
        RememberedMapping: {
            /** Format: uuid */
            id: string;
            mapping: components["schemas"]["TableMapping"];
            /** @example douyin */
            platform: string;
            /** Format: int64 */
            used_at_ms: number;
        };
        RenditionBody: {
            /**
             * Format: u-int64
             * @description Average, measured, sound included. Zero while nothing has come out.
             */
            bitrate_kbps: number;
            /** Format: u-int32 */
            height: number;
            /** Format: u-int32 */
            lines: number;
            /** @description It can be played. Before, players that choose it wait a moment. */
            playable: boolean;
            /** Format: u-int32 */
            width: number;
        };
        /** @description A show that can be watched again. */
        ReplayBody: {
            /** Format: uuid */
            broadcast_id: string;
            /** Format: int64 */
            duration_ms: number;
            /**
             * Format: int64
             * @description Milliseconds since the epoch.
             */
            started_at: number;
            title: string;
        };
        /** @description A danmaku as a replay shows it. */
        ReplayDanmakuBody: {
            /**
             * Format: u-int32
             * @description RGB as a number.
             */
            color: number;
            /**
             * Format: u-int8
             * @description 1 scrolling, 4 bottom, 5 top.
             */
            mode: number;
            nick?: string | null;
            /**
             * Format: int64
             * @description Milliseconds from the show's beginning.
             */
            offset_ms: number;
            text: string;
        };
        ReplaySince: {
            /**
             * Format: int64
             * @description Deliveries that were first tried then or later.
             * @example 1790000000000
             */
            since_ms: number;
        };
        ReplayWanted: {
            /**
             * Format: uuid
             * @description `next` of the answer before.
             */
            after?: string | null;
            /**
             * @description Only this reason; everything without it.
             * @example plan_violation
             */
            code?: string | null;
        };
        Replayed: {
            /**
             * Format: u-int64
             * @description Deliveries that will be tried again.
             */
            replayed: number;
        };
        ReplayedItem: {
            /** @description 1 when it was taken now; it is on disk. */
            accepted: number;
            /** @description 1 when it had been taken before. */
            duplicates: number;
        };
        ReplayedItems: {
            /** @description Taken now; on disk. */
            accepted: number;
            /** @description Taken before. */
            duplicates: number;
            /**
             * Format: uuid
             * @description There may be more: ask again with it as `after`.
             */
            next?: string | null;
            /** @description Still refused, or kept cut; they stay. */
            refused: number;
        };
        Report: {
            /**
             * Format: u-int64
             * @description Rows in the file, those skipped included.
             */
            read: number;
            /**
             * Format: u-int64
             * @description Rows that were there already.
             */
            repeats: number;
            skipped: components["schemas"]["SkippedRows"][];
            /**
             * Format: u-int64
             * @description Rows taken; of a dry run those that would be.
             */
            taken: number;
        };
        /** @description How long what is kept. */
        Retention: {
            classes: components["schemas"]["RetentionClass"][];
        };
        /** @description How long one class is kept. */
        RetentionClass: {
            /**
             * Format: int64
             * @example 1795867200000
             */
            changed_at_ms?: number | null;
            /** @example admin */
            changed_by?: string | null;
            class: components["schemas"]["RetentionClassName"];
            /**
             * Format: u-int32
             * @description What holds: so many days; null is for ever.
             * @example 180
             */
            days?: number | null;
            /**
             * Format: u-int32
             * @description What holds where nothing is set.
             * @example null
             */
            default_days?: number | null;
            floor?: components["schemas"]["RetentionFloor"] | null;
            /**
             * Format: u-int32
             * @description No more can be set, because it goes by itself then.
             * @example null
             */
            most_days?: number | null;
        };
        /**
         * @description A class of what is kept.
         * @enum {string}
         */
        RetentionClassName: "words" | "quarantine" | "deliveries" | "audit";
        /** @description What the law asks for. */
        RetentionFloor: {
            /**
             * Format: u-int32
             * @example 60
             */
            days: number;
            /** @example Provisions on Internet Live-Streaming Services, art. 16: 60 days of what was published */
            law_en: string;
            /** @example 《互联网直播服务管理规定》第十六条：直播内容记录保存六十日 */
            law_zh: string;
        };
        /** @description How much, and from when. */
        RetentionOld: {
            /**
             * Format: u-int64
             * @example 1200
             */
            count: number;
            /**
             * Format: int64
             * @example 1790000000000
             */
            newest_ms?: number | null;
            /**
             * Format: int64
             * @example 1780000000000
             */
            oldest_ms?: number | null;
        };
        /** @description What would go, and nothing does. */
        RetentionPreview: {
            /**
             * Format: int64
             * @description Everything from before then goes.
             * @example 1795867200000
             */
            before_ms: number;
            class: components["schemas"]["RetentionClassName"];
            /**
             * @description To be sent along when it is set, within 15 minutes.
             * @example 1795867200000.9f2c
             */
            confirm: string;
            /**
             * Format: u-int32
             * @example 180
             */
            days: number;
            /** @description By what holds it: `keys` (of a viewer and 30 days each), `danmaku`, `quarantine`, `deliveries`, `audit`. */
            going: {
                [key: string]: components["schemas"]["RetentionOld"];
            };
            /** @description What would go but is held, by what holds it. */
            held: {
                [key: string]: number;
            };
        };
        /** @description Once that something went. */
        RetentionRun: {
            /**
             * Format: int64
             * @description What was there before then.
             * @example 1795867200000
             */
            before_ms: number;
            /**
             * Format: int64
             * @example 1795867200000
             */
            began_at_ms: number;
            class: components["schemas"]["RetentionClassName"];
            /**
             * Format: int64
             * @description Null while it is being done.
             * @example 1795867200000
             */
            done_at_ms?: number | null;
            /** @description How much went, by what held it. */
            gone: {
                [key: string]: number;
            };
            /** Format: uuid */
            id: string;
        };
        /** @description A danmaku that was not simply let through. */
        ReviewItem: {
            /** Format: int64 */
            at_ms: number;
            /** Format: uuid */
            broadcast?: string | null;
            /** @description Who is at it, and until when it is left to him. */
            claimed_by?: string | null;
            /** Format: int64 */
            claimed_until_ms?: number | null;
            clause?: string | null;
            /** Format: int64 */
            decided_at_ms?: number | null;
            decided_by?: string | null;
            /**
             * Format: int64
             * @description By then somebody should have looked.
             */
            due_at_ms: number;
            /** @description Its words are gone, for good. */
            erased: boolean;
            /**
             * @description The room's mode then.
             * @example after_review
             */
            mode: string;
            nick?: string | null;
            note?: string | null;
            outcome?: ("pass" | "reject") | null;
            /**
             * Format: u-int64
             * @description Of the decision in the event log; its id.
             */
            position: number;
            reasons: components["schemas"]["ReviewReason"][];
            /** Format: uuid */
            room: string;
            /**
             * Format: float
             * @description A model's probability that it is bad.
             */
            score?: number | null;
            /** @enum {string} */
            state: "open" | "noted" | "decided";
            text: string;
            /**
             * Format: u-int8
             * @description 1, 2 or 3.
             */
            tier: number;
            /** @enum {string} */
            verdict: "alarm" | "mask" | "hold" | "block";
            /** @description The pseudonym; masked without `personal.read`. */
            viewer: string;
        };
        /** @description How much waits for people. */
        ReviewQueue: {
            /** Format: u-int64 */
            open: number;
            /**
             * Format: u-int64
             * @description Beyond its time.
             */
            overdue: number;
        };
        /** @description What speaks against a text. */
        ReviewReason: {
            category: string;
            /** Format: u-int32 */
            end: number;
            /** @description `text` or `nick`. */
            field: string;
            /** @description The list's id, or `pack` for the words that Kaibo brings along. */
            list: string;
            /** @description How it was found: `exact`, `homophone`, `split` ..., `joined` with what was written just before, `model`, `history`, or the room's `mode`. */
            rule: string;
            /**
             * Format: u-int32
             * @description Characters of the field, from and behind.
             */
            start: number;
            /** @enum {string} */
            verdict: "alarm" | "mask" | "hold" | "block";
            /** @description As the list has it. */
            word: string;
        };
        /**
         * Format: role
         * @description The name of a role.
         * @example operator
         */
        RoleName: string;
        RoleView: {
            /** @example operator */
            en: string;
            /** @description You may give it: its permissions are among your own. */
            grantable: boolean;
            /** @example operator */
            name: string;
            /**
             * @example [
             *       "room.manage",
             *       "room.read"
             *     ]
             */
            permissions: string[];
            /** @description The organisation wants a second factor of it. */
            second_factor: boolean;
            /** @example 运营 */
            zh: string;
        };
        /** @description A room as staff see it. */
        RoomBody: {
            /**
             * Format: uuid
             * @description The open broadcast, or else the last one.
             */
            broadcast_id?: string | null;
            /** @description State of that broadcast: live, interrupted, paused or ended. */
            broadcast_state?: string | null;
            /** Format: int64 */
            created_at: number;
            /** Format: uuid */
            id: string;
            /** @description Pictures arrive, or are expected back within the reconnect window. */
            live: boolean;
            /**
             * Format: u-int32
             * @description Viewers online now.
             */
            online: number;
            /** @description Private rooms are watched with a token an operator hands out. */
            private: boolean;
            /** @description What the open broadcast's picture is made from: primary, backup or slate. */
            source?: string | null;
            /**
             * Format: int64
             * @description Milliseconds since the epoch.
             */
            started_at?: number | null;
            /** @example 双十二专场 */
            title: string;
        };
        RoomChange: {
            private?: boolean | null;
            /** Format: line */
            title?: string | null;
        };
        /** @description How speaking goes in a room. */
        RoomChat: {
            mode: components["schemas"]["ChatMode"];
        };
        RoomQuality: components["schemas"]["QualityFigures"] & {
            /** Format: uuid */
            room_id: string;
            /**
             * Format: u-int64
             * @description Shows that began in the period.
             */
            shows: number;
        };
        /** @description Quality by room. */
        RoomsQuality: {
            /** Format: int64 */
            from: number;
            /** @description All of them together. */
            overall: components["schemas"]["QualityFigures"];
            /** @description Most plays first. */
            rows: components["schemas"]["RoomQuality"][];
            /** Format: int64 */
            to: number;
        };
        /**
         * @description What a row reports.
         * @enum {string}
         */
        RowKind: "enter" | "follow" | "share" | "gift" | "gift_combo" | "super_chat" | "danmaku" | "like";
        /**
         * @description What the rows of a table are.
         * @enum {string}
         */
        RowsOf: "danmaku" | "gift" | "super_chat" | "enter" | "follow" | "share" | "like" | "custom";
        /** @description The appeal against a sanction, in short. */
        SanctionAppeal: {
            /** Format: int64 */
            due_at_ms: number;
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            state: "open" | "upheld" | "reversed";
        };
        /** @description A sanction. */
        SanctionBody: {
            appeal?: components["schemas"]["SanctionAppeal"] | null;
            /** @description It is what the ladder says. */
            as_proposed: boolean;
            /** Format: int64 */
            at_ms: number;
            /** Format: uuid */
            broadcast?: string | null;
            /** @example lin */
            by: string;
            /** Format: int64 */
            changed_at_ms?: number | null;
            /**
             * @description Who lifted or reversed it, empty where time did.
             * @example wang
             */
            changed_by?: string | null;
            /** @example 认错了人 */
            changed_why?: string | null;
            /** @example contact */
            clause: string;
            /** @description In every room of the organisation. */
            everywhere: boolean;
            evidence?: components["schemas"]["SanctionEvidence"] | null;
            /** Format: uuid */
            id: string;
            /** @description It keeps the viewer from something now. */
            in_force: boolean;
            /** @enum {string} */
            kind: "warn" | "mute" | "kick" | "ban" | "cut_stream";
            /** @description It was lifted because it should not have been imposed, and counts no more. */
            mistaken: boolean;
            /**
             * Format: u-int64
             * @description Of the review item it is about.
             */
            position?: number | null;
            /** @description What spoke against it. */
            reasons: components["schemas"]["ReviewReason"][];
            /** Format: uuid */
            room: string;
            /** Format: int64 */
            said_at_ms?: number | null;
            /**
             * Format: float
             * @description A model's probability that it is bad.
             */
            score?: number | null;
            /**
             * @description How a sanction stands.
             * @enum {string}
             */
            state: "active" | "lifted" | "reversed" | "suspended" | "expired";
            /** @description As the viewer reads it. */
            statement: components["schemas"]["SanctionText"];
            /**
             * Format: u-int32
             * @description Which time it was within 30 days; the first is 1.
             * @example 2
             */
            strike: number;
            /**
             * @description What was written there; none when it was erased.
             * @example 加薇❤信 看好货
             */
            text?: string | null;
            /**
             * Format: u-int8
             * @description 1, 2 or 3.
             * @example 1
             */
            tier: number;
            /**
             * Format: int64
             * @description None: it has no end, or no length.
             */
            until_ms?: number | null;
            /** @description The pseudonym; masked without `personal.read`. None: the show was cut. */
            viewer?: string | null;
            /**
             * @description For colleagues.
             * @example 三个房间发同样的话
             */
            why?: string | null;
        };
        /** @description A stretch of the recording. */
        SanctionEvidence: {
            /** Format: uuid */
            broadcast: string;
            /**
             * Format: int64
             * @description From the beginning of the show.
             * @example 45000
             */
            from_ms: number;
            /**
             * Format: int64
             * @example 75000
             */
            to_ms: number;
        };
        /** @description What the ladder says. */
        SanctionProposal: {
            /** @description The danmaku was punished already, and that stands. */
            already: boolean;
            /** @description All of them: the first time, the second, and so on; the last one stays. */
            ladder: components["schemas"]["LadderStep"][];
            proposed: components["schemas"]["LadderStep"];
            /**
             * Format: u-int64
             * @description How often the viewer was punished for this in the organisation within 30 days. What was reversed, or lifted as a mistake, does not count.
             */
            strikes: number;
        };
        /** @description A text in both languages. */
        SanctionText: {
            /** @example what you wrote is against the rule "luring viewers elsewhere". What follows: you may not write for 10 minutes, in this room. */
            en: string;
            /** @example 您发送的弹幕违反了「引流到站外」。处理:禁言 10 分钟,适用于本直播间。 */
            zh: string;
        };
        SayBeat: {
            /**
             * Format: u-int32
             * @description Milliseconds really played since the last heartbeat.
             */
            played_ms: number;
            /**
             * Format: double
             * @description The program date-time of the shown frame, milliseconds since 1970. Who never says one is credited no watch time.
             */
            position_ms?: number | null;
            /**
             * Format: float
             * @description How fast the picture plays; 1 is usual.
             */
            rate?: number | null;
            /** @description False while the page is hidden. */
            visible?: boolean;
        };
        SayConsent: {
            answers: components["schemas"]["ConsentAnswer"][];
            /**
             * @description `room_page` or `sdk`.
             * @example room_page
             */
            through: string;
        };
        SecondFactor: {
            enabled: boolean;
            /** @description The organisation wants one of your role. */
            needed: boolean;
            /**
             * Format: u-int64
             * @description Recovery codes that were not used yet.
             * @example 10
             */
            recovery_codes_left: number;
        };
        Security: {
            /**
             * @description Roles that need a second factor. Who has none may then do nothing else before it is set up; tokens go on.
             * @example [
             *       "admin",
             *       "manager"
             *     ]
             */
            second_factor_roles: components["schemas"]["RoleName"][];
        };
        /** @description An event as it was sent, and what became of it. */
        Seen: {
            anonymous_id?: string | null;
            /**
             * @description Absent when nothing could be read of it.
             * @example track
             */
            call?: string | null;
            /** @description `bad_shape`, `too_large` or `plan_violation`. */
            code?: string | null;
            /** @description What was made of its circumstances: channel, campaign, violations of the plan. */
            context: Record<string, never>;
            /** @description It was longer than 16 KB: this is its beginning. */
            cut: boolean;
            /** @example segment */
            edge: string;
            /**
             * @description As it was sent, in JSON, without write keys.
             * @example {"type":"track","event":"OrderPaid"}
             */
            item: string;
            /** @example OrderPaid */
            name?: string | null;
            /**
             * Format: int64
             * @description By its client's clock, corrected.
             */
            occurred_at_ms?: number | null;
            outcome: components["schemas"]["SeenAs"];
            reason?: string | null;
            /**
             * Format: int64
             * @example 1790000000000
             */
            received_at_ms: number;
            user_id?: string | null;
        };
        /** @enum {string} */
        SeenAs: "taken" | "repeat" | "refused";
        /** @description Everything else in it may be as it is. */
        SegmentBatch: {
            batch: Record<string, never>[];
        };
        /** @description Metrics over the time of a broadcast. */
        SeriesAnswer: {
            /**
             * Format: int64
             * @description The show's own time, milliseconds since 1970.
             */
            from: number;
            /** @description By metric id: `[begin of the step, value or null]`. */
            ids: {
                [key: string]: (number | null)[][];
            };
            markers: components["schemas"]["MarkerAnswer"][];
            /** Format: int64 */
            step_s: number;
            /** Format: int64 */
            to: number;
        };
        ServerTime: {
            /**
             * Format: int64
             * @description The server's clock, milliseconds since 1970.
             */
            now_ms: number;
        };
        SessionView: {
            /** Format: int64 */
            created_at_ms: number;
            /** @description The one that asks. */
            current: boolean;
            /**
             * @description What the browser calls itself.
             * @example Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36
             */
            device: string;
            /** Format: int64 */
            expires_at_ms: number;
            /**
             * @description The address it was signed in from.
             * @example 203.0.113.7
             */
            from_ip: string;
            /**
             * Format: uuid
             * @example 01890a5d-ac96-774b-bcce-b302099a8057
             */
            id: string;
            /**
             * Format: int64
             * @description To the minute; absent before the first use.
             */
            last_used_at_ms?: number | null;
        };
        SignIn: {
            /**
             * @description Six digits of the second factor's app, or a recovery code. Ask for it when the answer is `second_factor_required`.
             * @example 005924
             */
            code?: string | null;
            /** @example admin */
            login: string;
            /**
             * Format: password
             * @example 7k2d-m9qx-04tz-vb6h
             */
            password: string;
        };
        SignedIn: {
            /** @description Signed in with a one-time password: everything else waits until `POST /api/me/password`. */
            must_change_password: boolean;
            /** @description The organisation wants a second factor of this role: everything else waits until `POST /api/me/second-factor/confirm`. */
            must_enrol: boolean;
            user: components["schemas"]["Person"];
        };
        /** @description Lines that are no evidence, and why. */
        Skipped: {
            /** Format: u-int64 */
            lines: number;
            /** @description `too_long`, `unreadable`, `not_media`, `not_delivered`, `other_show`, `no_token`, `bad_token`, `other_time`, `too_many_entries`. */
            reason: string;
        };
        /** @description Rows that were not taken, of one reason. */
        SkippedRows: {
            /** Format: u-int64 */
            count: number;
            /** @description The first 100 lines; of a JSON array the places of its items. */
            lines: number[];
            reason: string;
        };
        /** @description A room's slate. */
        SlateBody: {
            /**
             * Format: u-int32
             * @description How long the room waits without any source.
             */
            after_ms: number;
            enabled: boolean;
            kind: components["schemas"]["Kind"];
            upload?: components["schemas"]["SlateUpload"] | null;
        };
        SlateChange: {
            /**
             * Format: u-int32
             * @example 2000
             */
            after_ms: number;
            enabled: boolean;
            kind: components["schemas"]["Kind"];
        };
        /** @description The uploaded file as it is kept. */
        SlateUpload: {
            /**
             * Format: u-int64
             * @description Of the uploaded file.
             */
            bytes: number;
            /**
             * Format: u-int32
             * @description 0 for an image.
             */
            duration_ms: number;
            /** Format: u-int32 */
            height: number;
            /** Format: uuid */
            id: string;
            /** @description `image` or `video`. */
            media: string;
            /** Format: int64 */
            uploaded_at: number;
            /** Format: u-int32 */
            width: number;
        };
        SoundMeasured: {
            /**
             * Format: double
             * @description Integrated loudness (EBU R 128), LUFS; absent when nothing was loud enough to count.
             */
            loudness_lufs?: number | null;
            /**
             * Format: double
             * @description True peak, dBTP; absent when there was digital silence.
             */
            peak_dbtp?: number | null;
            /**
             * Format: double
             * @description Share of the time below -50 dBFS, percent.
             */
            silent_percent: number;
        };
        /** @description One encoder's side. */
        SourceBody: {
            /** @example mp4a.40.2 */
            audio_codec?: string | null;
            connected: boolean;
            /** @description Media came within the last second. */
            flowing: boolean;
            /** Format: u-int32 */
            height?: number | null;
            /** @description A switch to it shows a picture at once. */
            ready: boolean;
            /** @description `primary` or `backup`. */
            source: string;
            /** @example avc1.64001f */
            video_codec?: string | null;
            /** Format: u-int32 */
            width?: number | null;
        };
        /** @description What is absent stays as it is. */
        SourceChange: {
            enabled?: boolean | null;
            /**
             * Format: u-int32
             * @example 200
             */
            events_per_s?: number | null;
            /** @example shop */
            name?: string | null;
            plan?: components["schemas"]["TrackingPlan"] | null;
        };
        SourceChoice: {
            /**
             * @description `auto`, `primary`, `backup` or `slate`.
             * @example backup
             */
            to: string;
        };
        /**
         * @description What sends to a source. It says which words to put into which client; a key works at every edge.
         * @enum {string}
         */
        SourceKind: "segment" | "posthog" | "sensors" | "cloudevents" | "ga4" | "web";
        /** @description What a room's picture is made from. */
        SourcesBody: {
            /** @description `primary`, `backup` or `slate`; absent when nothing is on air. */
            on_air?: string | null;
            /**
             * Format: u-int16
             * @description Encoders push to `rtmp://<this host>:<push_port>/live` and `/backup`.
             * @example 1935
             */
            push_port: number;
            /** @description The primary encoder, then the backup. */
            sources: components["schemas"]["SourceBody"][];
            /** @description What was asked for: `auto`, `primary`, `backup` or `slate`. */
            wanted: string;
        };
        SsoAnswer: {
            code?: string | null;
            error?: string | null;
            iss?: string | null;
            /** @description What the provider sent the browser back with. */
            state: string;
        };
        SsoCode: {
            /**
             * @description Six digits of the second factor's app, or a recovery code.
             * @example 005924
             */
            code: string;
            state: string;
        };
        /** @example example.com */
        SsoDomain: string;
        /** @description A button of the sign-in page. */
        SsoDoor: {
            /**
             * Format: uuid
             * @example 01890a5d-ac96-774b-bcce-b302099a8057
             */
            id: string;
            /** @example 公司账号 Company account */
            name: string;
        };
        /** @description Somebody is in, or has one more way in. */
        SsoFinished: {
            /** @description The organisation wants a second factor of this role: everything else waits until `POST /api/me/second-factor/confirm`. */
            must_enrol: boolean;
            /**
             * @description `sign_in`, or `link` when somebody who was signed in linked an identity.
             * @example sign_in
             */
            purpose: string;
            user: components["schemas"]["Person"];
        };
        /** @description A role and how far it reaches: a team, a region, or with neither the whole organisation. */
        SsoGrant: {
            /** Format: uuid */
            region?: string | null;
            /**
             * Format: role
             * @example operator
             */
            role: string;
            /** Format: uuid */
            team?: string | null;
        };
        /** @description How somebody is known at a provider. */
        SsoIdentity: {
            /** Format: int64 */
            created_at_ms: number;
            /** @description Role and reach are what the provider's groups say, until somebody changes them by hand. */
            follows_groups: boolean;
            /**
             * Format: uuid
             * @example 01890a5d-ac96-774b-bcce-b302099a8057
             */
            id: string;
            /** Format: int64 */
            last_used_at_ms?: number | null;
            /**
             * Format: uuid
             * @example 01890a5d-ac96-774b-bcce-b302099a8057
             */
            provider: string;
            /** @example 公司账号 Company account */
            provider_name: string;
            /**
             * @description An e-mail or a login there.
             * @example zhang.san@example.com
             */
            shown: string;
        };
        /** @description What members of a group become. */
        SsoMapping: {
            grant: components["schemas"]["SsoGrant"];
            /** @example live-operations */
            group: string;
        };
        /** @description Whom a provider lets in, and as what. */
        SsoPolicy: {
            /**
             * @description It may stand at a private address, and without TLS.
             * @default false
             */
            allow_private?: boolean;
            /**
             * @description Only people with a verified e-mail of one of these; empty is everybody of the provider.
             * @default []
             * @example [
             *       "example.com"
             *     ]
             */
            domains?: components["schemas"]["SsoDomain"][];
            /**
             * @description The claim that lists groups, or the way to it through objects.
             * @default
             * @example groups
             */
            groups_claim?: string;
            /**
             * @description The first whose group somebody is in counts. Who came by one follows it at every sign-in.
             * @default []
             */
            mappings?: components["schemas"]["SsoMapping"][];
            /** @default null */
            newcomers?: components["schemas"]["SsoGrant"] | null;
            /**
             * @description What is asked for beside `openid`.
             * @default []
             * @example [
             *       "profile",
             *       "email"
             *     ]
             */
            scopes?: components["schemas"]["SsoScope"][];
            /**
             * @description The provider asks everybody for a second factor, whether its tokens say so or not.
             * @default false
             */
            trusts_second_factor?: boolean;
        };
        /** @description An identity provider 身份提供方, without its secret. */
        SsoProvider: {
            /** @example kaibo */
            client_id: string;
            /** Format: int64 */
            created_at_ms: number;
            enabled: boolean;
            has_secret: boolean;
            /**
             * Format: uuid
             * @example 01890a5d-ac96-774b-bcce-b302099a8057
             */
            id: string;
            /** @example https://id.example.com/realms/live */
            issuer: string;
            /**
             * @description What stands on its button.
             * @example 公司账号 Company account
             */
            name: string;
            /**
             * Format: u-int64
             * @description Who comes in by it.
             */
            people: number;
            policy: components["schemas"]["SsoPolicy"];
        };
        /**
         * @description What a provider is asked for: RFC 6749, section 3.3.
         * @example profile
         */
        SsoScope: string;
        /** @description All that can be changed. */
        SsoSettings: {
            /**
             * Format: line
             * @example kaibo
             */
            client_id: string;
            /**
             * Format: password
             * @description Without it, the one of before stays; empty for a client that has none. It is never shown.
             * @example 3f9c0e
             */
            client_secret?: string | null;
            enabled: boolean;
            /**
             * Format: line
             * @example 公司账号 Company account
             */
            name: string;
            policy?: components["schemas"]["SsoPolicy"];
        };
        SsoStep: {
            /** @description For people who look closer. */
            detail?: string | null;
            /**
             * @description Absent when it is good: `private_address`, `unknown_host`, `timeout`, `tls`, `status`, `redirect`, `not_json`, `wrong_issuer`,
             *     `bad_endpoint`, `no_keys`, `client_refused`, `unclear` ...
             */
            problem?: string | null;
            /**
             * @description `description`, `keys` or `client`.
             * @example description
             */
            step: string;
        };
        /** @description What came of asking a provider. */
        SsoTest: {
            /**
             * @description What must be registered at the provider.
             * @example https://live.example.com/console/sso
             */
            redirect_uri: string;
            /** @description In the order they were asked; after one that failed nothing more is. */
            steps: components["schemas"]["SsoStep"][];
        };
        /** @description Where the browser goes now. */
        SsoWay: {
            /** @description Comes back with the browser. */
            state: string;
            /** @example https://id.example.com/authorize?response_type=code&state=... */
            url: string;
        };
        /** @description What changes; the rest stays. */
        StaffChange: {
            /** @description Disabling ends every session and personal token at once. */
            disabled?: boolean | null;
            /**
             * @description Empty takes it away.
             * @example zhang.san@example.com
             */
            email?: string | null;
            /**
             * Format: line
             * @example 张三
             */
            name?: string | null;
            reach?: components["schemas"]["ReachWish"] | null;
            /**
             * Format: role
             * @example operator
             */
            role?: string | null;
            /** @description No password lets the person in any more: every session ends. */
            sso_only?: boolean | null;
        };
        /** @description Somebody on the staff. */
        StaffMember: {
            /** Format: int64 */
            created_at_ms: number;
            /** @example zhang.san@example.com */
            email?: string | null;
            /**
             * Format: uuid
             * @example 01890a5d-ac96-774b-bcce-b302099a8057
             */
            id: string;
            /** @example zhang.san */
            login: string;
            /** @example 张三 */
            name: string;
            region?: components["schemas"]["RegionView"] | null;
            /** @example operator */
            role: string;
            second_factor: boolean;
            /** @description No password lets the person in. */
            sso_only: boolean;
            /**
             * @description `invited` until the invitation was accepted, then `active` or `disabled`.
             * @example active
             */
            state: string;
            team?: components["schemas"]["TeamView"] | null;
        };
        StreamKeyBody: {
            /**
             * Format: u-int16
             * @description Encoders push to `rtmp://<this host>:<push_port>/live` with the key as stream name.
             * @example 1935
             */
            push_port: number;
            /**
             * @description Shown only here.
             * @example sk0123456789abcdef0123456789abcdef
             */
            stream_key: string;
        };
        /**
         * @description Whom it is about: exactly one of these.
         * @example {
         *       "viewer": "v0f3c2a"
         *     }
         */
        Subject: {
            /** @description The id that a collector's own program gave a device. */
            anonymous_id?: string;
            /** @description A viewer token, also one that has expired. */
            token?: string;
            /** @description The id that a collector's own program gave the person. */
            user_id?: string;
            /**
             * Format: viewer
             * @description The viewer's pseudonym.
             */
            viewer?: string;
        };
        /** @description An alarm about Kaibo itself 系统告警. */
        SystemAlarm: {
            /** Format: int64 */
            acknowledged_at?: number | null;
            acknowledged_by?: string | null;
            /** Format: int64 */
            cleared_at?: number | null;
            /** Format: uuid */
            id: string;
            /** @example disk_low */
            kind: string;
            /** Format: u-int64 */
            limit: number;
            /** Format: int64 */
            raised_at: number;
            unit?: components["schemas"]["SystemUnit"] | null;
            /**
             * Format: u-int64
             * @description As found when it began.
             */
            value: number;
        };
        /** @description From where on something is wrong, and how it is now. */
        SystemLimit: {
            /**
             * @description When it is bad: `below` or `above` the limit, or `from` it on.
             * @example below
             */
            bad: string;
            /**
             * @description The setting that changes it, in the file of settings; none where there is nothing to choose.
             * @example condition.free_bytes
             */
            key?: string | null;
            /** @example disk_low */
            kind: string;
            /**
             * Format: u-int64
             * @description 0: it never rings.
             */
            limit: number;
            /** @description It rings. */
            stands: boolean;
            unit: components["schemas"]["SystemUnit"];
            /**
             * Format: u-int64
             * @description None while it cannot be told.
             */
            value?: number | null;
        };
        SystemLimits: {
            /**
             * Format: u-int64
             * @description How long it is good before that ends, seconds: `condition.clear_after_s`.
             */
            clear_after_s: number;
            items: components["schemas"]["SystemLimit"][];
            /**
             * Format: u-int64
             * @description How long something is bad before it rings, seconds: `condition.raise_after_s`.
             */
            raise_after_s: number;
        };
        /** @enum {string} */
        SystemUnit: "bytes" | "files" | "events" | "rows" | "count" | "ms" | "hours" | "yes";
        /** @description How a table is to be read. */
        TableMapping: {
            /**
             * @description All columns, from the first.
             * @example [
             *       {
             *         "field": "time",
             *         "header": "下单时间"
             *       },
             *       {
             *         "field": "text",
             *         "header": "内容"
             *       }
             *     ]
             */
            columns: components["schemas"]["Column"][];
            /**
             * @description The name of custom events; `TableRow` without one.
             * @example OrderPaid
             */
            event?: string | null;
            money: components["schemas"]["Money"];
            rows_of: components["schemas"]["RowsOf"];
            /**
             * Format: int32
             * @description The zone of times that name none, in minutes east of UTC; 480 is China's.
             * @example 480
             */
            utc_offset_min: number;
        };
        TablePreview: {
            /** @description What the columns seem to be. */
            guess: components["schemas"]["TableMapping"];
            headers: string[];
            /**
             * @description `xlsx`, or the encoding of a CSV.
             * @example gb18030
             */
            kind: string;
            remembered?: components["schemas"]["RememberedMapping"] | null;
            /** @description The first 20 rows as text. */
            rows: string[][];
        };
        TeamPlace: {
            /**
             * Format: uuid
             * @example 01890a5d-ac96-774b-bcce-b302099a8057
             */
            id: string;
            /** @example 默认团队 Default team */
            name: string;
            /**
             * Format: uuid
             * @description Absent when it answers to headquarters alone.
             */
            region?: string | null;
        };
        TeamView: {
            /**
             * Format: uuid
             * @example 01890a5d-ac96-774b-bcce-b302099a8057
             */
            id: string;
            /** @example 默认团队 Default team */
            name: string;
        };
        /** @description A picture of the show. */
        ThumbnailBody: {
            /**
             * Format: int64
             * @description From the beginning of the show.
             */
            at_ms: number;
            url: string;
        };
        Ticket: {
            /** @description Viewers are asked for their consent here: `GET /api/rooms/{id}/consent` says to what. */
            asks_consent: boolean;
            /**
             * Format: uuid
             * @description This load of the player; counted once it fetches media.
             */
            entry_id: string;
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            expires_at: number;
            /**
             * Format: u-int32
             * @description Say that you are there this often, in milliseconds.
             * @example 10000
             */
            heartbeat_ms: number;
            /**
             * @description Path of the playlist, token included.
             * @example /live/01890a5d-ac96-774b-bcce-b302099a8057/index.m3u8?token=AQGJ
             */
            playlist: string;
            /**
             * @description Path of the room socket, token included.
             * @example /ws/rooms/01890a5d-ac96-774b-bcce-b302099a8057?token=AQGJ
             */
            socket: string;
            /** @description Goes into `?token=` of playlist, segments and socket. */
            token: string;
            /** @description The viewer's pseudonym. */
            viewer_id: string;
        };
        /** @description One tile of the live screen. */
        TileAnswer: {
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            as_of: number;
            en: string;
            id: string;
            /**
             * Format: double
             * @description Over the last ten minutes, the running one included.
             */
            last_10m?: number | null;
            /**
             * Format: double
             * @description Over the ten minutes before.
             */
            previous_10m?: number | null;
            /** @description The last 30 minutes, oldest first; empty when the metric does not apply. */
            spark: number[];
            unit: components["schemas"]["Unit"];
            /** Format: double */
            value?: number | null;
            zh: string;
        };
        /** @description An API token, without its secret. */
        Token: {
            /**
             * Format: int64
             * @description Milliseconds since 1970, UTC.
             * @example 1790000000000
             */
            created_at_ms: number;
            /**
             * Format: int64
             * @description Absent when it never expires.
             */
            expires_at_ms?: number | null;
            /**
             * Format: uuid
             * @example 01890a5d-ac96-774b-bcce-b302099a8057
             */
            id: string;
            /**
             * Format: int64
             * @description To the minute; absent before the first use.
             */
            last_used_at_ms?: number | null;
            /**
             * @description Login or token name of who made it, or `terminal`; empty when it was not noted yet.
             * @example admin
             */
            made_by: string;
            /** @example website collector */
            name: string;
            /**
             * Format: uuid
             * @description Present when it reaches the teams of one region.
             */
            region?: string | null;
            /** @example service */
            role: string;
            /**
             * @description Permissions it is narrowed to; empty is all of the role's.
             * @example [
             *       "collect.write"
             *     ]
             */
            scopes: string[];
            /**
             * Format: uuid
             * @description Present when it reaches one team.
             */
            team?: string | null;
        };
        /**
         * Format: event
         * @description The name of an event that others may hear of.
         * @example BroadcastStarted
         */
        ToldEvent: string;
        Totals: {
            bare: components["schemas"]["Count"];
            bot: components["schemas"]["Count"];
            unknown: components["schemas"]["Count"];
            web: components["schemas"]["Count"];
        };
        /** @description Which events a source may send. */
        TrackingPlan: {
            /**
             * @description By the event's name. Only `track` calls are looked at.
             * @example {
             *       "OrderPaid": {
             *         "properties": {
             *           "price": {
             *             "required": true,
             *             "type": "number"
             *           }
             *         }
             *       }
             *     }
             */
            events?: {
                [key: string]: components["schemas"]["PlannedEvent"];
            };
            mode?: components["schemas"]["PlanMode"];
        };
        Tree: {
            org?: components["schemas"]["OrgView"] | null;
            /** @description By name. */
            regions: components["schemas"]["RegionView"][];
            /** @description By name. */
            teams: components["schemas"]["TeamPlace"][];
        };
        /** @enum {string} */
        Unit: "count" | "mean" | "seconds" | "milliseconds" | "ratio" | "per_minute" | "milli_cny";
        /** @description What an upload request was worth. */
        UploadAnswer: {
            /** @description Nothing more needs to be sent. */
            enough: boolean;
            measured?: components["schemas"]["UploadMeasured"] | null;
        };
        /** @description The pace at which bytes of the page arrived. */
        UploadMeasured: {
            /** Format: u-int64 */
            bytes: number;
            /** Format: u-int32 */
            elapsed_ms: number;
            /** Format: double */
            kbps: number;
            /**
             * Format: double
             * @description The slowest second after the first one.
             */
            least_kbps?: number | null;
        };
        /** @description What became of a verdict. */
        VerdictGiven: {
            decided: number[];
            /** @description Decided before, or somebody else is at it. */
            taken: number[];
        };
        VideoMeasured: {
            b_frames: boolean;
            /**
             * @description As in a `CODECS` attribute; empty when no configuration came.
             * @example avc1.64001f
             */
            codec: string;
            /** Format: double */
            fps?: number | null;
            /** Format: u-int32 */
            frames: number;
            /**
             * Format: u-int32
             * @description Shortest distance of two key frames.
             */
            gop_least_ms?: number | null;
            /**
             * Format: u-int32
             * @description Longest distance of two key frames, or from the last one to the end when that is longer.
             */
            gop_ms?: number | null;
            /** Format: u-int32 */
            height: number;
            /** Format: double */
            kbps?: number | null;
            /** Format: u-int32 */
            key_frames: number;
            /**
             * Format: double
             * @description The second with the most bits.
             */
            peak_kbps?: number | null;
            /**
             * Format: double
             * @description Share of frames that stand more than a third off the usual distance, percent: above 0 for variable frame rate.
             */
            uneven_percent: number;
            /** Format: u-int32 */
            width: number;
        };
        /** @description What became of the viewer's appeal. */
        ViewerAppeal: {
            /** Format: int64 */
            decided_at_ms?: number | null;
            /**
             * Format: int64
             * @description By then it is decided, or the sanction is suspended.
             */
            due_at_ms: number;
            /** Format: int64 */
            filed_at_ms: number;
            /**
             * @description Of the decision.
             * @example 未违反条款,予以撤销
             */
            reason?: string | null;
            /** @enum {string} */
            state: "open" | "upheld" | "reversed";
        };
        /** @description What the viewer is asked, and has said. */
        ViewerConsent: {
            /** @description Something has to be asked. */
            ask: boolean;
            /**
             * @description Where the whole notice stands.
             * @example https://example.org/privacy
             */
            notice_url?: string | null;
            purposes: components["schemas"]["ConsentAsked"][];
        };
        /** @description How playing went for one viewer. Device and place are those of the newest play. */
        ViewerQuality: {
            browser: string;
            device: string;
            /** Format: double */
            dropped_rate?: number | null;
            /** @description The latest failure. */
            failure?: string | null;
            /** Format: int64 */
            first_at_ms: number;
            /** Format: u-int32 */
            first_frame_worst_ms?: number | null;
            /** Format: int64 */
            last_at_ms: number;
            /** Format: u-int32 */
            latency_worst_ms?: number | null;
            node: string;
            os: string;
            /** Format: u-int64 */
            played_ms: number;
            /** Format: u-int64 */
            plays: number;
            region: string;
            /**
             * Format: u-int64
             * @description Plays that showed a frame.
             */
            shown: number;
            /** Format: double */
            stall_ms_per_100s?: number | null;
            /** Format: u-int64 */
            stalled_ms: number;
            /** Format: u-int64 */
            stalls: number;
            /**
             * Format: u-int64
             * @description Plays of entries that are suspected bots; they are in no other figure.
             */
            suspect_plays: number;
            version: string;
            /** @description A pseudonym. */
            viewer: string;
        };
        /** @description A sanction against the viewer, with its reasons. */
        ViewerSanction: {
            appeal?: components["schemas"]["ViewerAppeal"] | null;
            /** Format: int64 */
            at_ms: number;
            /**
             * @description Of the published rules.
             * @example contact
             */
            clause: string;
            /** @description In every room. */
            everywhere: boolean;
            how_to_appeal: components["schemas"]["SanctionText"];
            /** Format: uuid */
            id: string;
            /** @description It keeps the viewer from something now. */
            in_force: boolean;
            /** @enum {string} */
            kind: "warn" | "mute" | "kick" | "ban" | "cut_stream";
            may_appeal: boolean;
            /**
             * Format: int64
             * @description When that was.
             */
            said_at_ms?: number | null;
            /**
             * @description How a sanction stands.
             * @enum {string}
             */
            state: "active" | "lifted" | "reversed" | "suspended" | "expired";
            /** @description Why, and what follows. */
            statement: components["schemas"]["SanctionText"];
            /**
             * @description What the viewer wrote, if it is about that and was not erased.
             * @example 加薇❤信 看好货
             */
            text?: string | null;
            /**
             * Format: u-int8
             * @description Who looked at it: 1, 2 or 3.
             * @example 1
             */
            tier: number;
            /**
             * Format: int64
             * @description None: it has no end, or no length.
             */
            until_ms?: number | null;
        };
        /** @description The viewer's sanctions. */
        ViewerSanctions: {
            items: components["schemas"]["ViewerSanction"][];
        };
        /**
         * @example {
         *       "data": "{}",
         *       "event": "ready",
         *       "retry": 1000
         *     }
         */
        WatchEvent: {
            /** @description In JSON: of `seen` a `Seen`, of `missed` and `limited` `{"count"}`, of `ready` nothing. */
            data: string;
            /** @enum {string} */
            event: "ready" | "seen" | "missed" | "limited";
            /** @description Milliseconds. */
            retry?: number;
        };
        /** @description What is absent stays as it is. */
        WebhookChange: {
            /** @description Enabled again, it goes on where it stopped. */
            enabled?: boolean | null;
            events?: components["schemas"]["ToldEvent"][] | null;
            /** @description `false` needs `personal.read`. Whoever lacks it and changes the address masks what is sent there. */
            masked?: boolean | null;
            /** Format: line */
            name?: string | null;
            /** @description What happened until now is not sent any more. */
            skip_missed?: boolean;
            url?: string | null;
        };
        /** @description One event on its way to one webhook. */
        WebhookDelivery: {
            /** @description The beginning of the last answer. Somebody else wrote it. */
            answer: string;
            /** Format: int64 */
            attempted_at_ms: number;
            /** Format: u-int32 */
            attempts: number;
            /** Format: int64 */
            created_at_ms: number;
            /** @example BroadcastStarted */
            event: string;
            /**
             * @description `webhook-id` of the request.
             * @example evt_4711_9f86d081
             */
            event_id: string;
            /** @description `status`, `gone`, `redirect`, `timeout`, `no_connection`, `no_answer`, `unknown_host`, `private_address`, `tls`, `event_gone` ... */
            failure?: string | null;
            /** Format: uuid */
            id: string;
            /** Format: int64 */
            next_at_ms?: number | null;
            state: components["schemas"]["WebhookDeliveryState"];
            /**
             * Format: u-int16
             * @description Of the last answer, if there was one.
             */
            status?: number | null;
            /** Format: u-int32 */
            took_ms: number;
        };
        /**
         * @description What became of a delivery.
         * @enum {string}
         */
        WebhookDeliveryState: "waiting" | "delivered" | "dead";
        /**
         * @description Why a webhook was disabled by itself.
         * @enum {string}
         */
        WebhookDisabled: "gone" | "failing";
        /** @description A webhook, without its secret. */
        WebhookView: {
            /** @description Whether it hears of the whole organisation, or of its team alone. */
            all_teams: boolean;
            /**
             * Format: int64
             * @example 1790000000000
             */
            created_at_ms: number;
            /**
             * Format: int64
             * @description Deliveries that were given up 死信.
             */
            dead: number;
            /** Format: int64 */
            delivered_at_ms?: number | null;
            disabled?: components["schemas"]["WebhookDisabled"] | null;
            enabled: boolean;
            /** @description Empty: every event that is told. */
            events: string[];
            /**
             * Format: int64
             * @description Since when every delivery failed.
             */
            failing_since_ms?: number | null;
            /**
             * Format: uuid
             * @example 01890a5d-ac96-774b-bcce-b302099a8057
             */
            id: string;
            /** @description Personal data in what it hears are masked. */
            masked: boolean;
            /** @example order system */
            name: string;
            /**
             * Format: int64
             * @description Until when the secret before the last rotation signs along; absent when it does not.
             */
            old_secret_until_ms?: number | null;
            /** Format: uuid */
            team: string;
            /** @example https://example.org/kaibo */
            url: string;
            /**
             * Format: int64
             * @description Deliveries to be tried again.
             */
            waiting: number;
        };
        /** @description A list of words. */
        WordList: {
            /** @description Of words that come in without one. */
            category: string;
            /** Format: int64 */
            changed_at_ms: number;
            /** Format: int64 */
            created_at_ms: number;
            enabled: boolean;
            /** Format: int64 */
            expires_at_ms?: number | null;
            /** Format: uuid */
            id: string;
            /** @description It counts: it is enabled and its time is not over. */
            in_force: boolean;
            /** @description Of words that come in without one. */
            level: components["schemas"]["ListLevel"];
            name: string;
            owner: string;
            /**
             * Format: uuid
             * @description The room it belongs to; without one it counts in every room of the organisation.
             */
            room?: string | null;
            /** Format: u-int64 */
            words: number;
        };
        /** @description In both languages of the house. */
        Words: {
            en: string;
            zh: string;
        };
        /** @description What became of a file of words. */
        WordsTaken: {
            /** @description Lines that are no word, named up to fifty. */
            left_out: string[];
            /** Format: u-int64 */
            left_out_count: number;
            list: components["schemas"]["WordList"];
        };
    };
    responses: {
        /** @description Another server that was asked does not answer as it should. */
        BadGateway: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "sso_unavailable",
                 *       "detail": "the provider could not be asked",
                 *       "status": 502,
                 *       "title": "Bad Gateway",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The query or the body is not what it should be. */
        BadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "bad_request",
                 *       "detail": "Failed to deserialize query string: limit: invalid digit found in string",
                 *       "status": 400,
                 *       "title": "Bad Request",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not as things stand now. */
        Conflict: {
            headers: {
                /**
                 * @description Seconds after which trying again may help.
                 * @example 1
                 */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "idempotency_running",
                 *       "detail": "the first request with this key is not done yet",
                 *       "status": 409,
                 *       "title": "Conflict",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Known, but not allowed; `detail` names the permission that is lacking. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "forbidden",
                 *       "detail": "this needs the permission `room.manage`",
                 *       "status": 403,
                 *       "title": "Forbidden",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description It was there, and is not kept any more. */
        Gone: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "events_gone",
                 *       "detail": "what stood behind this cursor is not kept any more",
                 *       "status": 410,
                 *       "title": "Gone",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A failure of ours; it is in the log. */
        InternalError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "internal_error",
                 *       "detail": "internal error",
                 *       "status": 500,
                 *       "title": "Internal Server Error",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body does not say that it is JSON. */
        NoJson: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "bad_request",
                 *       "detail": "Expected request with `Content-Type: application/json`",
                 *       "status": 415,
                 *       "title": "Unsupported Media Type",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The disk is nearly full. */
        NoSpace: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "no_space",
                 *       "detail": "the disk is nearly full",
                 *       "status": 507,
                 *       "title": "Insufficient Storage",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The file has no such range. */
        NoSuchRange: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "refused",
                 *       "detail": "range not satisfiable",
                 *       "status": 416,
                 *       "title": "Range Not Satisfiable",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not there, or not in your scope. */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "room_not_found",
                 *       "detail": "there is no room `01890a5d-ac96-774b-bcce-b302099a8057`",
                 *       "status": 404,
                 *       "title": "Not Found",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Asked too often; `Retry-After` and `t` say in how many seconds there is a request again. */
        RateLimited: {
            headers: {
                /**
                 * @description Requests that are left, and seconds until there are more.
                 * @example "default";r=0;t=1
                 */
                RateLimit?: string;
                /**
                 * @description How many requests there are in how many seconds.
                 * @example "default";q=3000;w=60
                 */
                "RateLimit-Policy"?: string;
                /**
                 * @description Seconds after which trying again may help.
                 * @example 1
                 */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "too_many_requests",
                 *       "detail": "more than 3000 requests in 60 s",
                 *       "status": 429,
                 *       "title": "Too Many Requests",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is too large. */
        TooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "too_large",
                 *       "detail": "length limit exceeded",
                 *       "status": 413,
                 *       "title": "Payload Too Large",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too much of this; `Retry-After` says when to come back. */
        TooMany: {
            headers: {
                /**
                 * @description Seconds after which trying again may help.
                 * @example 1
                 */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "too_many_attempts",
                 *       "detail": "too many wrong passwords, try again later",
                 *       "status": 429,
                 *       "title": "Too Many Requests",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body did not come in time. */
        TooSlow: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "upload_too_slow",
                 *       "detail": "the upload did not come in time",
                 *       "status": 408,
                 *       "title": "Request Timeout",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description No, unknown, expired or revoked credentials. */
        Unauthenticated: {
            headers: {
                /**
                 * @description How to say who asks.
                 * @example Bearer
                 */
                "WWW-Authenticate"?: string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "unauthenticated",
                 *       "detail": "sign in or send a valid token",
                 *       "status": 401,
                 *       "title": "Unauthorized",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not now; `Retry-After` says when to try again. */
        Unavailable: {
            headers: {
                /**
                 * @description Seconds after which trying again may help.
                 * @example 1
                 */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "database_unavailable",
                 *       "detail": "the database is not available, try again",
                 *       "status": 503,
                 *       "title": "Service Unavailable",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Well formed, and refused for what it says. */
        Unprocessable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "bad_request",
                 *       "detail": "Failed to deserialize the JSON body into the target type: missing field `title` at line 1 column 2",
                 *       "status": 422,
                 *       "title": "Unprocessable Entity",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /**
         * @description Sent again within 24 h with the same key, the request is done once and hears the first answer.
         * @example 8e03978e-40d5-43e8-bc93-6894a57f9324
         */
        IdempotencyKey: string;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
