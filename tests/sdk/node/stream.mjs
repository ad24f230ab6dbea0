// Streams one query through the official web client and prints what it made of the events.
import client from "@vectara/stream-query-client";

const { streamQueryV2 } = client;
const [url, apiKey, corpusKey, query] = process.argv.slice(2);
const events = [];

const { status } = await streamQueryV2({
  streamQueryConfig: {
    customerId: "1",
    apiKey,
    domain: url,
    query,
    corpusKey,
    search: {
      offset: 0,
      limit: 5,
      metadataFilter: "",
      contextConfiguration: { sentencesBefore: 1, sentencesAfter: 1, startTag: "", endTag: "" },
      reranker: { type: "customer_reranker", rerankerId: "rnk_272725719" },
    },
    generation: { maxUsedSearchResults: 5, citations: { style: "numeric" }, enableFactualConsistencyScore: true },
  },
  onStreamEvent: (event) => {
    events.push(event.error instanceof Error ? { ...event, error: String(event.error) } : event);
    if (event.type === "end" || event.type.endsWith("Error") || event.type === "error") {
      console.log(JSON.stringify({ events }));
    }
  },
});
if (status !== 200) console.log(JSON.stringify({ status, events }));
