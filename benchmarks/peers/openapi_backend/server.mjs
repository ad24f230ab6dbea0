// openapi-backend over our bundle: ajv validation, API key check, handlers with state in memory.
// Run as `node server.mjs BUNDLE PORT MODULES`, MODULES being a directory with node_modules in it.
import { readFileSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import path from "node:path";

const [bundle, port, modules] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(modules), "package.json"));
const { OpenAPIBackend } = require("openapi-backend");

const KEY = "zut_understudy";
const RESET = "/_benchmark/reset";
const corpora = new Map();
const documents = new Map();
const parts = new Map();

const words = (text) => new Set(text.toLowerCase().match(/\w+/g) ?? []);
const error = (status, message, more = {}) => ({
  status,
  body: { messages: [message], request_id: "0", ...more },
});
const notFound = (key) => error(404, `corpus '${key}' not found`, { id: key });

function listCorpora(c) {
  const limit = Number(c.request.query.limit ?? 10);
  const shown = [];
  for (const corpus of corpora.values()) {
    if (shown.length === limit) break;
    shown.push(corpus);
  }
  return { status: 200, body: { corpora: shown, metadata: { page_key: "" } } };
}

function createCorpus(c) {
  const given = c.request.requestBody;
  if (corpora.has(given.key)) return error(409, `corpus '${given.key}' already exists`);
  const corpus = {
    id: `crp_${corpora.size + 1}`,
    key: given.key,
    name: given.name ?? given.key,
    description: given.description ?? "",
    enabled: true,
    chat_history_corpus: false,
    queries_are_answers: false,
    documents_are_questions: false,
    encoder_id: "enc_1",
    encoder_name: "boomerang-2023-q3",
    save_history: false,
    filter_attributes: given.filter_attributes ?? [],
    custom_dimensions: [],
    created_at: "2026-01-01T00:00:00Z",
  };
  corpora.set(given.key, corpus);
  documents.set(given.key, new Map());
  parts.set(given.key, []);
  return { status: 201, body: corpus };
}

function getCorpus(c) {
  const key = c.request.params.corpus_key;
  const corpus = corpora.get(key);
  if (!corpus) return notFound(key);
  const limits = {
    used_docs: documents.get(key).size,
    used_parts: parts.get(key).length,
    used_characters: 0,
    max_metadata_bytes: 52428800,
  };
  return { status: 200, body: { ...corpus, limits } };
}

function createCorpusDocument(c) {
  const key = c.request.params.corpus_key;
  if (!corpora.has(key)) return notFound(key);
  const given = c.request.requestBody;
  const document = { id: given.id, metadata: given.metadata ?? {} };
  documents.get(key).set(given.id, document);
  for (const part of given.document_parts)
    parts.get(key).push({ words: words(part.text), text: part.text, metadata: part.metadata ?? {}, document });
  return { status: 201, body: { ...document, storage_usage: { bytes_used: 0, metadata_bytes_used: 0 } } };
}

// The parts that share most words with the query: a stand-in for retrieval, far cheaper than it.
function queryCorpus(c) {
  const key = c.request.params.corpus_key;
  if (!corpora.has(key)) return notFound(key);
  const given = c.request.requestBody;
  const asked = [...words(given.query)];
  const scored = parts.get(key).map((part) => {
    let shared = 0;
    for (const word of asked) if (part.words.has(word)) shared += 1;
    return { score: shared / asked.length, part };
  });
  scored.sort((a, b) => b.score - a.score);
  const results = scored
    .slice(0, given.search?.limit ?? 10)
    .filter(({ score }) => score > 0)
    .map(({ score, part }) => ({
      text: part.text,
      score,
      part_metadata: part.metadata,
      document_metadata: part.document.metadata,
      document_id: part.document.id,
      request_corpora_index: 0,
      corpus_key: key,
    }));
  return { status: 200, body: { search_results: results } };
}

const api = new OpenAPIBackend({
  definition: JSON.parse(readFileSync(bundle, "utf8")),
  ajvOpts: { strict: false, logger: false },
  handlers: {
    listCorpora,
    createCorpus,
    getCorpus,
    createCorpusDocument,
    queryCorpus,
    validationFail: (c) =>
      error(400, "the request is not valid", { field_errors: { body: JSON.stringify(c.validation.errors) } }),
    notFound: () => error(404, "no such path"),
    methodNotAllowed: () => error(405, "no such method"),
    notImplemented: () => error(501, "not part of the benchmark"),
    unauthorizedHandler: () => error(401, "the API key is not known"),
  },
});
api.registerSecurityHandler("ApiKeyAuth", (c) => c.request.headers["x-api-key"] === KEY);
api.registerSecurityHandler("OAuth2", () => false);
await api.init();

async function answer(request, body) {
  if (request.url === RESET) {
    for (const state of [corpora, documents, parts]) state.clear();
    return { status: 200, body: {} };
  }
  const [target, query = ""] = request.url.split("?", 2);
  return api.handleRequest({
    method: request.method,
    path: target,
    query,
    body: body || undefined,
    headers: request.headers,
  });
}

http
  .createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk) => (body += chunk));
    request.on("end", async () => {
      const { status, body: content } = await answer(request, body);
      const text = JSON.stringify(content);
      response.writeHead(status, {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(text),
      });
      response.end(text);
    });
  })
  .listen(Number(port), "127.0.0.1");
