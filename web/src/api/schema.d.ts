// Generated from docs/openapi.json by `npm run api`.

export interface paths {
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
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BroadcastBody"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
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
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Audit"];
                    };
                };
                /** @description `unauthenticated` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `forbidden`: needs `metrics.read` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `broadcast_not_found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
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
         * @description In the order of entry.
         */
        get: {
            parameters: {
                query?: {
                    /** @description `web`, `bare`, `unknown` or `bot`; all without. */
                    verdict?: string;
                    /** @description The `next` of the page before. */
                    after?: string;
                    /** @description 1 to 500, by default 100. */
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
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_AuditedEntry"];
                    };
                };
                /** @description `bad_request` */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unauthenticated` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `forbidden`: needs `metrics.read` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `broadcast_not_found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
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
                };
                header?: never;
                path: {
                    /** @description the broadcast */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "text/plain": string;
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CdnReport"];
                    };
                };
                /** @description `bad_request` */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unauthenticated` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `forbidden`: needs `import.write` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `broadcast_not_found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too_large`: send it in pieces */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
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
        /** Danmaku of a broadcast. Everything accepted before the request is in the answer. */
        get: {
            parameters: {
                query?: {
                    /** @description `json` (the default) or `xml`, the recorders' format. */
                    format?: string;
                    /** @description JSON only: rows after this position. */
                    after?: number;
                    /** @description JSON only: 1 to 5000; without it the whole archive is streamed. */
                    limit?: number;
                    /** @description JSON only: text to look for. */
                    q?: string;
                    /** @description JSON only: the newest so many (1 to 5000), oldest first, with the `total`. Goes on with `after`. */
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
                /** @description JSON, or XML with `format=xml` */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DanmakuPage"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
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
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BroadcastBody"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
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
                        "application/json": components["schemas"]["Me"];
                    };
                };
                /** @description `unauthenticated` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
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
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
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
                /** @description `unauthenticated` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `person_required` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `wrong_password`, `weak_password` or `password_unchanged` */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too_many_attempts`, with `Retry-After` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `busy`, with `Retry-After` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
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
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MetricValue"][];
                    };
                };
                /** @description `unknown_metric`, `broadcast_required`, `bad_request` */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
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
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MetricEntry"][];
                    };
                };
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
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TileAnswer"][];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
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
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SeriesAnswer"];
                    };
                };
                /** @description `unknown_metric`, `no_series`, `bad_step`, `bad_request` */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
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
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PublicRoomBody"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
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
                    /** @description The `next` of the page before. */
                    after?: string;
                    /** @description 1 to 200, 50 unless told. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_RoomBody"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Creates a room. The answer holds the stream key; it is not shown again. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewRoom"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NewRoomBody"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
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
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RoomBody"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
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
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RoomChange"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RoomBody"];
                    };
                };
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
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
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_BroadcastBody"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
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
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Delivery"];
                    };
                };
                /** @description `unauthenticated` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `forbidden`: needs `metrics.read` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `room_not_found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Says how a room is delivered 设置分发方式 */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the room */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
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
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unauthenticated` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `forbidden`: needs `room.manage` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `room_not_found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
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
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `token_required` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `token_invalid`, `token_expired` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `room_not_found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
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
                header?: never;
                path: {
                    /** @description the room */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ImportRows"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Imported"];
                    };
                };
                /** @description `bad_request` */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unauthenticated` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `forbidden`: needs `import.write` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `room_not_found`, `import_not_found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `import_complete` */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too_large`, `too_many_rows` */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `log_unavailable`: send it again after `Retry-After` seconds */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
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
                /** @description `token_required` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `token_invalid`, `token_expired` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `room_not_found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
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
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StreamKeyBody"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
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
                    "application/json": components["schemas"]["AskToken"] | null;
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Ticket"];
                    };
                };
                /** @description `bad_request` */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unauthenticated`: the room is private */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `forbidden`, or `token_invalid`: the earlier token is not ours */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `room_not_found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too_many_tokens` from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
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
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
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
                        "application/json": components["schemas"]["SignedIn"];
                    };
                };
                /** @description `wrong_credentials` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too_many_attempts`, with `Retry-After` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `busy`, with `Retry-After` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Sign out 退出: ends the session of the cookie. Also fine without one. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
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
            };
        };
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
                        "application/json": components["schemas"]["Page_Token"];
                    };
                };
                /** @description `unauthenticated` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `forbidden`: needs `token.manage` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Make an API token 创建令牌. Its permissions are among your own. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
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
                        "application/json": components["schemas"]["MadeToken"];
                    };
                };
                /** @description `unauthenticated` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `forbidden`: needs `token.manage`; or `beyond_your_permissions` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not_found`: no such team in your scope */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `bad_name`, `unknown_role`, `unknown_scope` or `bad_expiry` */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
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
                header?: never;
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
                /** @description `unauthenticated` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `forbidden`: needs `token.manage` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not_found`: no such token in your scope */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
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
         * The HLS media playlist 播放列表 of a room
         * @description Without a token, a public room redirects to itself with a token of its own for bare players.
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
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
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
                /** @description `token_required`: the room is private */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `token_invalid`, `token_expired` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `room_not_found`; `not_live`: nothing to play now, see `Retry-After` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
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
         * A media or init segment
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
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "video/mp4": number[];
                    };
                };
                /** @description the asked range */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "video/mp4": number[];
                    };
                };
                /** @description `token_required` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `token_invalid`, `token_expired` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `room_not_found`; `segment_gone`: too old, or never was */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description the range lies outside */
                416: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
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
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Collected"];
                    };
                };
                /** @description `bad_request`: no JSON of this shape; `too_large` */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unauthenticated`: no or an unknown write key */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `forbidden`: the key lacks `collect.write` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `log_unavailable`: send it again after `Retry-After` seconds */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
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
                    /** @description `track`, `t`, `identify`, `i`, … */
                    call: string;
                };
                cookie?: never;
            };
            /** @description one Segment event */
            requestBody: {
                content: {
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Collected"];
                    };
                };
                /** @description `bad_request`, `too_large` */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `unauthenticated` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `forbidden` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `not_found`: no such call */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `log_unavailable` */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
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
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `token_required` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `token_invalid`, `token_expired`, `bad_origin` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `room_not_found` */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too_many_connections` from this address */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `full`: no more sockets on this server */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
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
        /** @description All fields are optional, and so is the body. */
        AskToken: {
            /**
             * @description A token of earlier, also expired or of another room: the new one names the same viewer.
             * @default null
             */
            token?: string | null;
            /**
             * @description Names the viewer: 1 to 64 visible ASCII characters, a pseudonym of your own user. Needs `room.manage`.
             * @default null
             */
            viewer_id?: string | null;
        };
        /** @description What is known of a show's audience, with the doubts. */
        Audit: {
            accuracy: components["schemas"]["Accuracy"];
            /** Format: uuid */
            broadcast_id: string;
            /** @description Media goes through a CDN: its fetches are not seen here. */
            cdn: boolean;
            coverage: components["schemas"]["Coverage"][];
            entries: components["schemas"]["Band"];
            /** @description CDN logs that were imported. */
            imports: components["schemas"]["CdnReport"][];
            reasons: components["schemas"]["Reason"][];
            reconciliation: components["schemas"]["Reconciled"][];
            totals: components["schemas"]["Totals"];
            /**
             * Format: int64
             * @description Suspects who never got media. They are in no number.
             */
            turned_away: number;
            /** @description Audited 场观: viewers, web and bare, suspected bots apart. */
            viewers: components["schemas"]["Band"];
            /** Format: int64 */
            watch_ms: number;
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
            /** Format: int64 */
            high: number;
            /** Format: int64 */
            low: number;
            /**
             * Format: int64
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
        /** @description What became of an imported log. */
        CdnReport: {
            /** @description The batch's key: the one that was given, or a hash of the content. */
            batch: string;
            /** Format: int64 */
            bytes: number;
            /** Format: int64 */
            entries: number;
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            imported_at: number;
            /** Format: int64 */
            lines: number;
            /**
             * Format: int64
             * @description Segments that no earlier batch had for their entry.
             */
            new_segments: number;
            /** @description This batch was imported before; nothing was read again. */
            repeated?: boolean;
            skipped: components["schemas"]["Skipped"][];
            /**
             * Format: int64
             * @description Lines that are evidence.
             */
            taken: number;
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
        Count: {
            /** Format: int64 */
            entries: number;
            /**
             * Format: int64
             * @description Distinct viewers. One with entries of several verdicts counts in the first of web, bare, unknown, bot.
             */
            viewers: number;
            /**
             * Format: int64
             * @description Watch time 观看时长: fetched and shown.
             */
            watch_ms: number;
        };
        Coverage: {
            /**
             * Format: int64
             * @description Entries that have it.
             */
            entries: number;
            /** @description `playlist`, `segments`, `heartbeats`, `positions`, `socket`, `cdn_log`. */
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
             * Format: int32
             * @description RGB as a number.
             */
            color: number;
            /**
             * Format: int32
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
             * Format: int64
             * @description Position in the event log: unique, and the order.
             */
            position: number;
            /** @description `viewer` or `import`. */
            source: string;
            text: string;
            viewer: string;
        };
        DanmakuPage: {
            items: components["schemas"]["DanmakuBody"][];
            /** @description `after` of the following page; absent on the last. */
            next?: string | null;
            /**
             * Format: int64
             * @description All danmaku of the broadcast; with `tail` only.
             */
            total?: number | null;
        };
        /** @description How a room's media reaches its viewers. */
        Delivery: {
            /** @description Playlists and segments go through a CDN. Watch time is then credited by heartbeats with positions, and the band is wider. */
            cdn: boolean;
        };
        /** @enum {string} */
        Direction: "higher_is_better" | "lower_is_better" | "depends";
        /** @description What was seen of one entry. */
        Evidence: {
            /** Format: int32 */
            addresses: number;
            /** @description `browser`, `headless`, `tool`, `media_player`, `app`, `none`. */
            agent: string;
            /** Format: int32 */
            beats: number;
            /** Format: int64 */
            bytes: number;
            /** Format: int32 */
            cdn_segments: number;
            /** Format: int64 */
            claimed_ms: number;
            /** Format: int32 */
            cluster: number;
            /** Format: int64 */
            credited_ms: number;
            /**
             * Format: int32
             * @description Segments and parts.
             */
            fetches: number;
            /** Format: int64 */
            first_at: number;
            /** Format: int32 */
            hidden: number;
            /** Format: int32 */
            impossible: number;
            /** Format: int32 */
            jitter_ms?: number | null;
            /** @description `web`: asked for a token. `bare`: a session was minted at its first playlist. */
            kind?: string | null;
            /** Format: int64 */
            last_at: number;
            /** Format: int32 */
            lockstep: number;
            /**
             * Format: int64
             * @description Distinct live media sent.
             */
            media_ms: number;
            /** Format: int32 */
            outside: number;
            /** Format: int32 */
            playlists: number;
            /** Format: int32 */
            positions: number;
            /** Format: int32 */
            rush: number;
            /**
             * Format: int64
             * @description The same again included.
             */
            served_ms: number;
            /** Format: int64 */
            socket_ms: number;
            /** Format: int32 */
            sockets: number;
            /** Format: int32 */
            still: number;
        };
        /** @description One row. Fields that its kind does not need are ignored. */
        ImportRow: {
            /** @description `gold` is paid, `silver` is free. */
            coin?: string | null;
            /**
             * Format: int32
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
             * Format: int32
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
            /** Format: int32 */
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
             * Format: int64
             * @description Log position of the import's newest row.
             */
            last_position: number;
            rejected: components["schemas"]["RejectedRow"][];
        };
        MadeToken: components["schemas"]["Token"] & {
            /**
             * @description The secret: shown here and nowhere else.
             * @example kbo_q2Vh0b0m3m9p4XyZ1nV6sTg8wKd5rLc7uJf2aHe9iQo
             */
            token: string;
        };
        MarkerAnswer: {
            /** Format: int64 */
            at: number;
            kind: components["schemas"]["MarkerKind"];
        };
        /** @enum {string} */
        MarkerKind: "broadcast_started" | "broadcast_ended" | "stream_published" | "stream_lost";
        Me: {
            must_change_password: boolean;
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
            /** @example admin */
            role: string;
            team?: components["schemas"]["TeamView"] | null;
            user?: components["schemas"]["Person"] | null;
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
            live?: components["schemas"]["Number"] | null;
            settled?: components["schemas"]["Number"] | null;
            unit: components["schemas"]["Unit"];
            zh: string;
        };
        NewPassword: {
            /**
             * Format: password
             * @example 7k2d-m9qx-04tz-vb6h
             */
            current: string;
            /**
             * Format: password
             * @description 10 to 256 characters, not the login, not the current one.
             * @example correct horse battery staple
             */
            new: string;
        };
        NewRoom: {
            private?: boolean;
            /** @example 双十二专场 */
            title: string;
        };
        /** @description A new room with its stream key, which is shown only here and when it is rotated. */
        NewRoomBody: components["schemas"]["RoomBody"] & {
            /**
             * Format: int32
             * @description Encoders push to `rtmp://<this host>:<push_port>/live` with the key as stream name.
             * @example 1935
             */
            push_port: number;
            /** @example sk0123456789abcdef0123456789abcdef */
            stream_key: string;
        };
        NewToken: {
            /**
             * Format: int32
             * @description Never expires without it.
             * @example 365
             */
            expires_in_days?: number | null;
            /** @example website collector */
            name: string;
            /**
             * @description `admin`, `operator`, `controller`, `moderator`, `analyst`, `manager`, `host`, `merchant`, `customer_service` or `service`.
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
        /** @description A metric's value. */
        Number: number;
        OrgView: {
            /**
             * Format: uuid
             * @example 01890a5d-ac96-774b-bcce-b302099a8057
             */
            id: string;
            /** @example 总部 Headquarters */
            name: string;
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
                 * Format: int32
                 * @description Viewers online now.
                 */
                online: number;
                /** @description Private rooms are watched with a token an operator hands out. */
                private: boolean;
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
                /** @example website collector */
                name: string;
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
                 * @description Absent when it reaches the whole organisation.
                 */
                team?: string | null;
            }[];
            next?: string | null;
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
             * Format: int32
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
        /** @description A room as viewers see it. */
        PublicRoomBody: {
            /** Format: uuid */
            broadcast_id?: string | null;
            /** Format: uuid */
            id: string;
            live: boolean;
            private: boolean;
            title: string;
        };
        Reason: {
            /**
             * @description Stable; `docs/audience.md` explains it.
             * @example beats_without_media
             */
            code: string;
            /** Format: int64 */
            entries: number;
            /**
             * Format: int32
             * @description What it weighs: 4 make a suspected bot, 2 an unknown.
             */
            points: number;
        };
        Reconciled: {
            /**
             * Format: int64
             * @description Entries of which both say about the same.
             */
            agree: number;
            /**
             * Format: int64
             * @description How far they are apart in all, where they are times.
             */
            difference_ms: number;
            /** @example segments */
            left: string;
            /** Format: int64 */
            left_more: number;
            /** @example heartbeats */
            right: string;
            /** Format: int64 */
            right_more: number;
        };
        /** @description An item that was not taken. */
        RejectedItem: {
            /** @description Its place in the batch, from 0. */
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
             * Format: int32
             * @description Viewers online now.
             */
            online: number;
            /** @description Private rooms are watched with a token an operator hands out. */
            private: boolean;
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
            title?: string | null;
        };
        /**
         * @description What a row reports.
         * @enum {string}
         */
        RowKind: "enter" | "follow" | "share" | "gift" | "gift_combo" | "super_chat" | "danmaku" | "like";
        SayBeat: {
            /**
             * Format: int32
             * @description Milliseconds really played since the last heartbeat.
             */
            played_ms: number;
            /**
             * Format: double
             * @description The program date-time of the shown frame, milliseconds since 1970. A claim without one is weaker evidence.
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
        SignIn: {
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
            user: components["schemas"]["Person"];
        };
        /** @description Lines that are no evidence, and why. */
        Skipped: {
            /** Format: int64 */
            lines: number;
            /** @description `too_long`, `unreadable`, `not_media`, `not_delivered`, `other_show`, `no_token`, `bad_token`, `other_time`, `too_many_entries`. */
            reason: string;
        };
        StreamKeyBody: {
            /**
             * Format: int32
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
        TeamView: {
            /**
             * Format: uuid
             * @example 01890a5d-ac96-774b-bcce-b302099a8057
             */
            id: string;
            /** @example 默认团队 Default team */
            name: string;
        };
        Ticket: {
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
             * Format: int32
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
            value?: components["schemas"]["Number"] | null;
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
            /** @example website collector */
            name: string;
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
             * @description Absent when it reaches the whole organisation.
             */
            team?: string | null;
        };
        Totals: {
            bare: components["schemas"]["Count"];
            bot: components["schemas"]["Count"];
            unknown: components["schemas"]["Count"];
            web: components["schemas"]["Count"];
        };
        /** @enum {string} */
        Unit: "count" | "mean" | "seconds" | "ratio" | "per_minute" | "milli_cny";
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
