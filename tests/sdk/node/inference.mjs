// Drives inference through the official `openai` package of npm and prints what it made of each answer.
import OpenAI from "openai";

const [url, apiKey] = process.argv.slice(2);
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
const model = "@openai/gpt-5-mini";
const ask = (content) => [{ role: "user", content }];
const complete = (rest) => client.chat.completions.create({ model, ...rest });

const models = [];
for await (const one of client.models.list()) models.push(one.id);

const pong = ask("Reply with exactly the word: PONG");
const whole = await complete({ messages: pong });
let pieces = "";
let usage = null;
for await (const chunk of await complete({ messages: pong, stream: true })) {
  pieces += chunk.choices[0].delta.content ?? "";
  usage = chunk.usage ?? usage;
}

const tools = [
  {
    type: "function",
    function: {
      name: "get_weather",
      parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    },
  },
];
const question = ask("What is the weather in Tokyo?");
const called = (await complete({ messages: question, tools })).choices[0].message;
const result = { role: "tool", tool_call_id: called.tool_calls[0].id, content: "Rain, 12 degrees." };
const answered = await complete({ messages: [...question, called, result], tools });
const runner = client.chat.completions.stream({ model, messages: question, tools });
const streamed = await runner.finalChatCompletion();

const schema = {
  type: "object",
  properties: { name: { type: "string" }, age: { type: "integer" } },
  required: ["name", "age"],
  additionalProperties: false,
};
const person = await complete({
  messages: ask("Generate a person named John who is 30 years old."),
  response_format: { type: "json_schema", json_schema: { name: "person", schema, strict: true } },
});

const refused = async (call) => {
  try {
    await call();
    return "no error";
  } catch (error) {
    return [error.constructor.name, error.status, error.code ?? null];
  }
};
const errors = [
  await refused(() => complete({ model: "nope", messages: pong })),
  await refused(() => complete({ messages: "words" })),
  await refused(() => new OpenAI({ baseURL: `${url}/v1`, apiKey: "sk-wrong", maxRetries: 0 }).models.list()),
  await refused(() => client.responses.create({ model, input: "Hi" })),
];

console.log(
  JSON.stringify({
    models,
    whole: whole.choices[0].message.content,
    usage: [whole.usage, usage],
    pieces,
    called: called.tool_calls.map((call) => call.function),
    answered: answered.choices[0].message.content,
    streamed: streamed.choices[0].message.tool_calls.map((call) => call.function),
    person: JSON.parse(person.choices[0].message.content),
    errors,
  }),
);
