/* Made by `npm run client` from the OpenAPI document. Change the API, not this file. */

export interface paths {
    "/api/categories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tree of all categories, with their product counts */
        get: operations["categories_tree"];
        put?: never;
        /** Make a category */
        post: operations["categories_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/categories/{slug}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A category with its path and children */
        get: operations["categories_detail"];
        put?: never;
        post?: never;
        /** Delete an empty category */
        delete: operations["categories_delete"];
        options?: never;
        head?: never;
        /** Rename or move a category */
        patch: operations["categories_change"];
        trace?: never;
    };
    "/api/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List products: filter, sort, search, or look up by ids or slugs */
        get: operations["products_list"];
        put?: never;
        /** Make a product */
        post: operations["products_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/products/{slug}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A product with everything about it */
        get: operations["products_detail"];
        put?: never;
        post?: never;
        /** Delete a product with its reviews */
        delete: operations["products_delete"];
        options?: never;
        head?: never;
        /** Change a product; a changed slug leaves a redirect behind */
        patch: operations["products_change"];
        trace?: never;
    };
    "/api/products/{slug}/reviews": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Reviews of a product, newest first */
        get: operations["reviews_list"];
        put?: never;
        /** Review a product, once */
        post: operations["reviews_write"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/products/{slug}/reviews/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete a review: its author, or an admin */
        delete: operations["reviews_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/products/stock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change the stock of many products at once, all or nothing, never below zero */
        post: operations["stock_change"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Does the process work? (liveness) */
        get: operations["health_live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Can it answer? (readiness) */
        get: operations["health_ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/startup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Has it started? (startup) */
        get: operations["health_startup"];
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
        Category: {
            children: {
                /** @example 7 */
                id: number;
                /** @description Those of them that are in stock */
                inStock: number;
                name: string;
                /** @description Products in it and below it, sold-out ones included */
                products: number;
                slug: string;
            }[];
            /** Format: date-time */
            created_at: string;
            /** @example 7 */
            id: number;
            /** @description Those of them that are in stock */
            inStock: number;
            name: string;
            parentId: number | null;
            /** @description From the root down to itself */
            path: components["schemas"]["CategoryStep"][];
            /** @description Products in it and below it, sold-out ones included */
            products: number;
            /** @description Counts changes; the ETag carries it, so If-Match can compare it */
            rev: number;
            slug: string;
            /** Format: date-time */
            updated_at: string;
        };
        CategoryChanges: {
            name?: string;
            /** @description Moves it, with all that is below it; null makes it a root */
            parentId?: number | null;
            /**
             * @description Address of its own; made from the name when it is missing
             * @example blue-shirt
             */
            slug?: string;
        };
        /** @description A category with those below it, by name */
        CategoryNode: {
            children: components["schemas"]["CategoryNode"][];
            /** @example 7 */
            id: number;
            /** @description Those of them that are in stock */
            inStock: number;
            name: string;
            parentId: number | null;
            /** @description Products in it and below it, sold-out ones included */
            products: number;
            slug: string;
        };
        /** @description A category by its name */
        CategoryStep: {
            /** @example 7 */
            id: number;
            name: string;
            slug: string;
        };
        CategoryTree: {
            categories: components["schemas"]["CategoryNode"][];
        };
        NewCategory: {
            name: string;
            /**
             * @description The category above; null for a root
             * @default null
             */
            parentId: number | null;
            /**
             * @description Address of its own; made from the name when it is missing
             * @example blue-shirt
             */
            slug?: string;
        };
        /** @description `hasDiscount` follows from the prices */
        NewProduct: {
            categoryId?: number | null;
            description?: string | null;
            images?: {
                /** @default null */
                alt: string | null;
                url: string;
            }[];
            long_description?: string | null;
            name: string;
            /** @default 0 */
            quantity: number;
            /**
             * @description Address of its own; made from the name when it is missing
             * @example blue-shirt
             */
            slug?: string;
            specs?: {
                [key: string]: string | string[];
            };
            thumbnail?: string | null;
            /** @description Amount of money: a number, or decimal text */
            unitPrice: number | string;
            /** @description What is paid; the same as `unitPrice` when missing */
            updatedPrice?: number | string;
        };
        NewReview: {
            /** @default null */
            body: string | null;
            rating: number;
            /** @default null */
            title: string | null;
        };
        /** @description What went wrong (RFC 9457). `code` is stable: branch on it, show `detail`. */
        Problem: {
            /** @enum {string} */
            code: "bad_request" | "bad_url" | "malformed_json" | "validation_failed" | "value_out_of_range" | "invalid_cursor" | "offset_too_deep" | "token_missing" | "token_invalid" | "forbidden" | "csrf" | "not_found" | "method_not_allowed" | "not_acceptable" | "request_timeout" | "payload_too_large" | "uri_too_long" | "unsupported_media_type" | "expectation_failed" | "headers_too_large" | "product_not_found" | "category_not_found" | "review_not_found" | "conflict" | "slug_taken" | "out_of_stock" | "category_not_empty" | "category_cycle" | "already_reviewed" | "idempotency_mismatch" | "idempotency_in_progress" | "precondition_failed" | "precondition_required" | "rate_limited" | "internal" | "overloaded" | "shutting_down" | "database_unavailable" | "database_busy" | "writes_unavailable" | "write_outcome_unknown" | "cache_unavailable" | "auth_unavailable";
            detail: string;
            /** @description The fields that are not valid (`validation_failed`) */
            errors?: {
                field: string;
                message: string;
            }[];
            /** Format: uri-reference */
            instance?: string;
            /** @description The value of the header X-Request-Id */
            requestId?: string;
            status: number;
            title: string;
            /** Format: uri-reference */
            type: string;
        };
        Product: {
            categoryId: number | null;
            categoryName: string | null;
            /** @description From the root down to its category */
            categoryPath: components["schemas"]["CategoryStep"][];
            /** Format: date-time */
            created_at: string;
            description: string | null;
            /** @description `updatedPrice` is below `unitPrice` */
            hasDiscount: boolean;
            /** @example 42 */
            id: number;
            images: {
                alt: string | null;
                url: string;
            }[];
            long_description: string | null;
            name: string;
            /** @description In stock; 0 is sold out */
            quantity: number;
            /** @description Mean of all reviews, two decimals; 0 without any */
            rating: number;
            /** @description Counts changes; the ETag carries it, so If-Match can compare it */
            rev: number;
            reviewCount: number;
            /** @example blue-shirt */
            slug: string;
            specs: {
                [key: string]: string | string[];
            };
            thumbnail: string | null;
            /**
             * @description List price
             * @example 1234.5
             */
            unitPrice: number;
            /** Format: date-time */
            updated_at: string;
            /**
             * @description What is paid
             * @example 1234.5
             */
            updatedPrice: number;
        };
        /** @description Only what is to change; `hasDiscount` follows from the prices */
        ProductChanges: {
            categoryId?: number | null;
            description?: string | null;
            images?: {
                /** @default null */
                alt: string | null;
                url: string;
            }[];
            long_description?: string | null;
            name?: string;
            quantity?: number;
            /**
             * @description Address of its own; made from the name when it is missing
             * @example blue-shirt
             */
            slug?: string;
            specs?: {
                [key: string]: string | string[];
            };
            thumbnail?: string | null;
            /** @description Alone, it also sets `updatedPrice` where there is no discount, and leaves a discounted price alone */
            unitPrice?: number | string;
            /** @description null ends the discount */
            updatedPrice?: (number | string) | null;
        };
        ProductList: {
            /** @description For the parameter `cursor`; null on the last page. A page may be short and still have one */
            nextCursor: string | null;
            page: number;
            products: components["schemas"]["ProductSummary"][];
            /** @description Products that the filters leave, on all pages */
            total: number;
            /**
             * @description Only there when counting stopped: there are at least `total`, and more pages than `totalPages`
             * @enum {boolean}
             */
            totalIsLowerBound?: true;
            /** @description Page numbers reach 10,000 rows deep; go on with `nextCursor` */
            totalPages: number;
        };
        /** @description A product as lists show it */
        ProductSummary: {
            categoryId: number | null;
            categoryName: string | null;
            /** Format: date-time */
            created_at: string;
            /** @description `updatedPrice` is below `unitPrice` */
            hasDiscount: boolean;
            /** @example 42 */
            id: number;
            name: string;
            /** @description In stock; 0 is sold out */
            quantity: number;
            /** @description Mean of all reviews, two decimals; 0 without any */
            rating: number;
            reviewCount: number;
            /** @example blue-shirt */
            slug: string;
            thumbnail: string | null;
            /**
             * @description List price
             * @example 1234.5
             */
            unitPrice: number;
            /**
             * @description What is paid
             * @example 1234.5
             */
            updatedPrice: number;
        };
        Review: {
            authorName: string | null;
            body: string | null;
            /** Format: date-time */
            created_at: string;
            id: number;
            /** @description null only for reviews of an older shop */
            rating: number | null;
            title: string | null;
        };
        ReviewList: {
            nextCursor: string | null;
            /** @description Mean of all reviews; 0 without any */
            rating: number;
            /** @description Newest first */
            reviews: components["schemas"]["Review"][];
            /** @description `reviewCount` of the product */
            total: number;
        };
        /**
         * @example {
         *       "changes": [
         *         {
         *           "slug": "blue-shirt",
         *           "delta": -1
         *         }
         *       ]
         *     }
         */
        StockChanges: {
            /** @description All or nothing; each product once */
            changes: {
                /** @description To add; negative to take */
                delta?: number;
                id?: number;
                /** @description The new quantity, whatever it was */
                set?: number;
                slug?: string;
            }[];
        };
        /** @description In the order of the changes */
        StockLevels: {
            products: {
                id: number;
                /** @description After the change */
                quantity: number;
                slug: string;
            }[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    categories_tree: {
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
                    "application/json": components["schemas"]["CategoryTree"];
                };
            };
            /** @description `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Overloaded, or a server behind it is down; see Retry-After */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    categories_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewCategory"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    /** @description Carries `rev`, for If-Match */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Category"];
                };
            };
            /** @description `validation_failed`: Some fields are not valid; `malformed_json`: Malformed JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `token_missing`: Sign in first; `token_invalid`: Invalid token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed; `csrf`: Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `slug_taken`: Slug taken */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Overloaded, or a server behind it is down; see Retry-After */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    categories_detail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description Carries `rev`, for If-Match */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Category"];
                };
            };
            /** @description `category_not_found`: No such category */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Overloaded, or a server behind it is down; see Retry-After */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    categories_delete: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you read: 412 when it was changed since */
                "If-Match"?: string;
            };
            path: {
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Gone */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `token_missing`: Sign in first; `token_invalid`: Invalid token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed; `csrf`: Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `category_not_found`: No such category */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `category_not_empty`: Category not empty */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: Changed meanwhile */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Overloaded, or a server behind it is down; see Retry-After */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    categories_change: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you read: 412 when it was changed since */
                "If-Match"?: string;
            };
            path: {
                slug: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CategoryChanges"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description Carries `rev`, for If-Match */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Category"];
                };
            };
            /** @description `validation_failed`: Some fields are not valid; `malformed_json`: Malformed JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `token_missing`: Sign in first; `token_invalid`: Invalid token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed; `csrf`: Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `category_not_found`: No such category */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `slug_taken`: Slug taken; `category_cycle`: Category cycle */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: Changed meanwhile */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Overloaded, or a server behind it is down; see Retry-After */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    products_list: {
        parameters: {
            query?: {
                /** @description Slug of a category; its subtree is included */
                category?: string;
                /** @description The same by its id */
                categoryId?: number;
                /** @description `nextCursor` of the page before; replaces `page` */
                cursor?: string;
                /** @description Exactly these products, in this order, those that do not exist left out. Not with other filters */
                ids?: number[];
                /** @description `true`: only what is in stock; `false`: all. Default `true`; with `ids` or `slugs` `false` */
                inStock?: boolean;
                /** @description Rows a page */
                limit?: number;
                /** @description Highest `updatedPrice`, inclusive */
                maxPrice?: number | string;
                /** @description Lowest `updatedPrice`, inclusive */
                minPrice?: number | string;
                /** @description Page number; reaches 10000 rows deep */
                page?: number;
                /** @description Full text over name and description, any language: every word is required, the last one as the beginning of a word */
                q?: string;
                /** @description The same by slug */
                slugs?: string[];
                /** @description Default `newest`, with `q` the best match first. `popular`: most reviews first. Ties go by id, in the same direction */
                sort?: "newest" | "price" | "-price" | "rating" | "popular";
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
                    /** @description `first`, `prev`, `next`, `last` (RFC 8288) */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductList"];
                };
            };
            /** @description `validation_failed`: Some fields are not valid; `invalid_cursor`: Invalid cursor; `offset_too_deep`: Page too deep */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `category_not_found`: No such category */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Overloaded, or a server behind it is down; see Retry-After */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    products_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewProduct"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    /** @description Carries `rev`, for If-Match */
                    ETag?: string;
                    /** @description Its address */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Product"];
                };
            };
            /** @description `validation_failed`: Some fields are not valid; `malformed_json`: Malformed JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `token_missing`: Sign in first; `token_invalid`: Invalid token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed; `csrf`: Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `slug_taken`: Slug taken */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Overloaded, or a server behind it is down; see Retry-After */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    products_detail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description Carries `rev`, for If-Match */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Product"];
                };
            };
            /** @description It has another slug now: repeat the request there */
            301: {
                headers: {
                    /** @description Its address */
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `product_not_found`: No such product */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Overloaded, or a server behind it is down; see Retry-After */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    products_delete: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you read: 412 when it was changed since */
                "If-Match"?: string;
            };
            path: {
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Gone */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It has another slug now: repeat the request there */
            308: {
                headers: {
                    /** @description Its address */
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `token_missing`: Sign in first; `token_invalid`: Invalid token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed; `csrf`: Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `product_not_found`: No such product */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: Changed meanwhile */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Overloaded, or a server behind it is down; see Retry-After */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    products_change: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that you read: 412 when it was changed since */
                "If-Match"?: string;
            };
            path: {
                slug: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProductChanges"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description Carries `rev`, for If-Match */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Product"];
                };
            };
            /** @description It has another slug now: repeat the request there */
            308: {
                headers: {
                    /** @description Its address */
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: Some fields are not valid; `malformed_json`: Malformed JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `token_missing`: Sign in first; `token_invalid`: Invalid token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed; `csrf`: Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `product_not_found`: No such product */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `slug_taken`: Slug taken */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `precondition_failed`: Changed meanwhile */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Overloaded, or a server behind it is down; see Retry-After */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reviews_list: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before */
                cursor?: string;
                /** @description Rows a page */
                limit?: number;
            };
            header?: never;
            path: {
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description `next` (RFC 8288) */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReviewList"];
                };
            };
            /** @description The product has another slug now: repeat the request there */
            301: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: Some fields are not valid; `invalid_cursor`: Invalid cursor */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `product_not_found`: No such product */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Overloaded, or a server behind it is down; see Retry-After */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reviews_write: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                slug: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewReview"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    /** @description Where it can be deleted */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Review"];
                };
            };
            /** @description The product has another slug now: repeat the request there */
            308: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: Some fields are not valid; `malformed_json`: Malformed JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `token_missing`: Sign in first; `token_invalid`: Invalid token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed; `csrf`: Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `product_not_found`: No such product */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_reviewed`: Already reviewed */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Overloaded, or a server behind it is down; see Retry-After */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reviews_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Gone */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The product has another slug now: repeat the request there */
            308: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: Some fields are not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `token_missing`: Sign in first; `token_invalid`: Invalid token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed; `csrf`: Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `product_not_found`: No such product; `review_not_found`: No such review */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Overloaded, or a server behind it is down; see Retry-After */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stock_change: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this request (a UUID). Sent again with the same body within 24 hours, it answers the same and changes nothing */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StockChanges"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    /** @description `true` when this key was answered before */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StockLevels"];
                };
            };
            /** @description `validation_failed`: Some fields are not valid; `malformed_json`: Malformed JSON; `value_out_of_range`: Value out of range */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `token_missing`: Sign in first; `token_invalid`: Invalid token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Not allowed; `csrf`: Cross-site request refused */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `product_not_found`: No such product */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `idempotency_in_progress`: Request in progress
             *
             *     `idempotency_in_progress`: Request in progress; `out_of_stock`: Not enough stock
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_mismatch`: Idempotency key reused */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `rate_limited`: Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Overloaded, or a server behind it is down; see Retry-After */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    health_live: {
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
                    "application/json": {
                        status: string;
                        uptimeS?: number;
                    };
                };
            };
            /** @description `method_not_allowed`: Method not allowed */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It does not, yet or any more */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status: string;
                        uptimeS?: number;
                    };
                };
            };
        };
    };
    health_ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It can, perhaps with less behind it than usual (`degraded`) */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Each part that answers depend on */
                        details?: {
                            [key: string]: {
                                /** @enum {string} */
                                status: "up" | "degraded" | "down";
                            } & {
                                [key: string]: unknown;
                            };
                        };
                        /** @enum {string} */
                        status: "ok" | "degraded" | "error" | "starting" | "draining";
                    };
                };
            };
            /** @description `method_not_allowed`: Method not allowed */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It does not, yet or any more */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Each part that answers depend on */
                        details?: {
                            [key: string]: {
                                /** @enum {string} */
                                status: "up" | "degraded" | "down";
                            } & {
                                [key: string]: unknown;
                            };
                        };
                        /** @enum {string} */
                        status: "ok" | "degraded" | "error" | "starting" | "draining";
                    };
                };
            };
        };
    };
    health_startup: {
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
                    "application/json": {
                        status: string;
                        uptimeS?: number;
                    };
                };
            };
            /** @description `method_not_allowed`: Method not allowed */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It does not, yet or any more */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status: string;
                        uptimeS?: number;
                    };
                };
            };
        };
    };
}
