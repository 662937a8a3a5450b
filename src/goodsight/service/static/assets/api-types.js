// @ts-check
/**
 * Shapes of the HTTP API (v1) as the pages read them; the full description is /openapi.json.
 *
 * @typedef {[number, number, number, number]} Box x, y, width, height in 0..1 of the upright photo
 *
 * @typedef {object} ProductDocument
 * @property {string} id
 * @property {string} title
 * @property {string | null} price decimal text
 * @property {string | null} currency ISO 4217
 * @property {number | null} stock
 * @property {boolean | null} in_stock
 * @property {string[]} categories paths, levels joined by "/"
 * @property {string | null} brand
 * @property {string | null} url the shop's own page
 * @property {Record<string, string | string[]>} attributes
 * @property {string | null} photo
 *
 * @typedef {object} VariantDocument
 * @property {string} id
 * @property {Record<string, string | string[]>} options
 * @property {string | null} price
 * @property {number | null} stock
 * @property {boolean | null} in_stock
 * @property {string[]} photos
 *
 * @typedef {object} PhotoDocument
 * @property {string} url
 * @property {number} width
 * @property {number} height
 * @property {string[]} findings
 *
 * @typedef {ProductDocument & {description: string, variants: VariantDocument[],
 *   photos: PhotoDocument[]}} FullProduct
 *
 * @typedef {object} Hit
 * @property {ProductDocument} product
 * @property {string | null} variant
 * @property {string | null} photo the photo that answers best
 * @property {number} score
 * @property {number | null} confidence 0..1
 * @property {Record<string, unknown>} explanation
 *
 * @typedef {object} SearchAnswer
 * @property {string} query_id
 * @property {string | null} image_id
 * @property {{width: number, height: number, findings: string[]} | null} photo
 * @property {Hit[]} hits
 * @property {number | null} total
 * @property {boolean} no_match
 * @property {string | null} [read_as] the words with misspelt ones put right
 * @property {boolean} [some_words] whether no product has all of them
 * @property {Record<string, Record<string, number>>} facets
 * @property {string | null} next_cursor
 * @property {Understood | null} understood how the words were read
 *
 * @typedef {object} UnderstoodChip
 * @property {"category" | "brand" | "colour" | "attribute" | "price" | "stock" | "word"} kind
 * @property {string} label
 * @property {string} filter
 * @property {string} words
 * @property {number} start its place in the words
 * @property {number} end
 *
 * @typedef {{text: string, filter: string | null, chips: UnderstoodChip[],
 *   colours: string[], word_use: "all" | "any" | "none"}} Understood
 *
 * @typedef {object} CollectionDocument
 * @property {string} name
 * @property {number} products
 * @property {number} photos
 * @property {string | null} [indexed_at]
 * @property {{product_id: string, title: string, photo: string}[]} [examples]
 * @property {string[]} [facets] names worth narrowing by
 * @property {string | null} [currency]
 * @property {boolean} [voice] whether recordings are understood
 * @property {boolean} [patterns] whether photos can be compared by their patterns
 *
 * @typedef {object} SearchTerm
 * @property {string} [image] base64
 * @property {string} [image_id]
 * @property {string} [image_url]
 * @property {string} [product_id]
 * @property {string} [text]
 * @property {number} [weight] negative: unlike it, without it; 1 where it is not said
 * @property {Box} [box]
 *
 * @typedef {object} SearchRequest
 * @property {SearchTerm[]} query
 * @property {string} [filter]
 * @property {"style" | "both" | "colour" | "pattern"} [look]
 * @property {string[]} [colours]
 * @property {string[]} [facets]
 * @property {"match" | "price" | "-price"} [sort]
 * @property {number} [limit]
 * @property {string | null} [cursor]
 * @property {boolean} [explain]
 * @property {boolean} [understand]
 */

export {};
