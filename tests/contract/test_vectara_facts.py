"""Our Vectara contract against a table of facts from the published descriptions and the Python SDK 0.4.3.

`facts/vectara.json` holds names, types, limits and statuses, one operation or schema a line; shapes that
stand inline in the sources got the name they have in the SDK, or ours. Every difference between the table
and our bundle is in EXPLAINED with its reason, and every line of EXPLAINED must still be true.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.contract.comparing import compared, content, resolved, stale, unexplained
from understudy.engine.spec import bundle, operations

HERE = Path(__file__).parent
SPECS = HERE.parents[1] / "specs" / "vectara"
FACTS = json.loads((HERE / "facts" / "vectara.json").read_text("utf-8"))

# Reason, and the differences it explains as "where: fact -> ours"; * is any text.
EXPLAINED: dict[str, tuple[str, ...]] = {
    "prose of the docs: no or a wrong credential": (
        "operations/*/responses/401/application/json/$ref: absent -> Error",
    ),
    "computed by every HTTP service; Allow says what works": (
        "operations/*/responses/405/application/json/$ref: absent -> Error",
    ),
    "guide of the SDK: answer when Request-Timeout runs out": (
        "operations/*/responses/408/application/json/$ref: absent -> Error",
    ),
    "guide of the SDK: body too large": (
        "operations/*/responses/413/application/json/$ref: absent -> Error",
    ),
    "what an unread media type gets": ("operations/*/responses/415/application/json/$ref: absent -> Error",),
    "named for two operations only; faults can ask for it anywhere": (
        "operations/*/responses/429/application/json/$ref: absent -> Error",
    ),
    "faults can ask for it anywhere": (
        "operations/*/responses/500/application/json/$ref: absent -> Error",
        "operations/*/responses/503/application/json/$ref: absent -> Error",
    ),
    "every operation has values that can be wrong": (
        "operations/*/responses/400/application/json/$ref: absent -> BadRequestError",
    ),
    "an id that nothing has, or a corpus that a key is to be bound to": (
        "operations/*ApiKey/responses/404/application/json/$ref: absent -> NotFoundError",
        "operations/*AppClient/responses/404/application/json/$ref: absent -> NotFoundError",
    ),
    "a second replacement while one runs": (
        "operations/replaceFilterAttributes/responses/409/application/json/$ref: absent -> Error",
    ),
    "clients expect it when the id or the content is there already": (
        "operations/uploadFile/responses/409/application/json/$ref: absent -> Error",
    ),
    "prose pages say 409 where the descriptions have 400 alone": (
        "operations/createInstruction/responses/409/application/json/$ref: absent -> Error",
        "operations/updateInstruction/responses/409/application/json/$ref: absent -> Error",
        "operations/*ToolServer/responses/409/application/json/$ref: absent -> Error",
        "operations/*ToolConfiguration/responses/409/application/json/$ref: absent -> Error",
        "operations/createUser/responses/409/application/json/$ref: absent -> Error",
    ),
    "an empty body means nothing here, so it is refused": ("operations/*/request/required: False -> True",),
    "the table is silent where only the SDK knows the operation": (
        "operations/bulkDeleteCorpusDocuments/parameters/header Request-Timeout*: absent -> *",
        "operations/updateLLM/parameters/header Request-Timeout*: absent -> *",
        "operations/*GenerationPreset/parameters/header Request-Timeout*: absent -> *",
        "operations/createGenerationPreset/parameters: empty -> absent",
    ),
    "the key follows the same rules here": (
        "operations/bulkDeleteCorpusDocuments/parameters/path corpus_key/schema/$ref: absent -> CorpusKey",
        "operations/bulkDeleteCorpusDocuments/parameters/path corpus_key/schema/type: string -> absent",
    ),
    "default told in the prose of the SDK": (
        "operations/bulkDeleteCorpusDocuments/parameters/query async/schema/default: absent -> True",
        "operations/createCorpusDocument/parameters/query wait_for/schema/default: absent -> searchable",
    ),
    "errors of the token endpoint have the OAuth 2.0 form": (
        "operations/getOAuthToken/responses/400/application/json/$ref: absent -> OAuthError",
        "operations/getOAuthToken/responses/401/application/json/$ref: absent -> OAuthError",
        "schemas/OAuthError/*: absent -> *",
    ),
    "most clients send the token request as a form": (
        "operations/getOAuthToken/request/content/application/x-www-form-urlencoded/$ref: absent"
        " -> GetTokenRequest",
    ),
    "the address in the security scheme, where the SDK signs in, its async client without a grant": (
        "operations/getOAuthTokenAlias/*: absent -> *",
        "schemas/GetTokenShortRequest/*: absent -> *",
    ),
    "the only grant that exists": (
        "schemas/GetTokenRequest/properties/grant_type/enum: absent -> [client_credentials]",
        "schemas/GetTokenRequest/properties/grant_type/type: absent -> string",
        "schemas/GetTokenRequest/properties/grant_type: empty -> absent",
    ),
    "the descriptions name no key kinds for chats": ("operations/*Chat*/key_kinds: [] -> *",),
    "the table has no key kinds for configurations of tools": (
        "operations/*ToolConfiguration*/key_kinds: [] -> [Personal]",
    ),
    "prose of the docs: a personal key deletes no user": (
        "operations/deleteUser/key_kinds: [Personal] -> []",
    ),
    "a name that no path can hold would be out of reach": (
        "schemas/CreateUserRequest/properties/username/*: absent -> *",
    ),
    "no mail is sent here, so the code is always told": (
        "schemas/CreateUsersResponse/allOf/-/required: absent -> [one_time_code one_time_code_link]",
        "schemas/CreateUsersResponse/allOf/-/type: absent -> object",
        "schemas/ResetPasswordUsersResponse/required: absent -> [one_time_code one_time_code_link]",
    ),
    "changed code is as long as new code": (
        "schemas/UpdateLambdaToolRequest/properties/code/maxLength: absent -> 100000",
    ),
    "changed members of a model keep the bounds of new ones; a name of none could not stand in a path": (
        "schemas/Update*LLMRequest/properties/*: absent -> *",
        "schemas/CreateAnthropicLLMRequest/properties/name/minLength: absent -> 1",
        "schemas/CreateVertexAILLMRequest/properties/name/minLength: absent -> 1",
        "schemas/UpdateLLMRequest/required: absent -> [type]",
        "schemas/UpdateLLMRequest/type: absent -> object",
    ),
    "a number of tokens": ("schemas/LlmCapabilities/properties/context_limit/*: absent -> *",),
    "no preset and no encoder can be used without a name": (
        "schemas/CreateGenerationPresetRequest/properties/name/minLength: absent -> 1",
        "schemas/CreateGenerationPresetRequest/required: absent -> [name]",
        "schemas/CreateOpenAIEncoderRequest/properties/name/minLength: absent -> 1",
    ),
    "completions are open in the source; these are the members of OpenAI that count here": (
        "schemas/ChatCompletion*/properties/*: absent -> *",
        "schemas/CreateChatCompletion*/properties/*: absent -> *",
        "schemas/ChatCompletionTool*: absent -> *",
        "schemas/ChatCompletionUsage/*: absent -> *",
        "schemas/ChatCompletionStreamOptions/*: absent -> *",
        "schemas/ChatCompletionFinishReason/*: absent -> *",
        "schemas/ChatCompletionRequestMessage/properties/content: empty -> absent",
    ),
    "clients leave it out, or send null, beside tool calls": (
        "schemas/ChatCompletionRequestMessage/required: [content role] -> [role]",
    ),
    "clients of OpenAI send null for what is not given": (
        "schemas/ResponseJsonSchema/properties/*/nullable: absent -> True",
        "schemas/ResponseFormat/nullable: absent -> True",
    ),
    "a disabled turn cannot be enabled again, as its text says": (
        "schemas/UpdateTurnRequest/properties/enabled/enum: absent -> [False]",
    ),
    "forgotten in the source, and it has items": (
        "schemas/LLM/properties/prompts/type: absent -> array",
        "schemas/RewrittenQuerySpan/properties/warnings/type: absent -> array",
    ),
    "id patterns are anchored at both ends": (
        "schemas/ApiKey/properties/id/pattern: aky_.* -> ^aky_.+$",
        "schemas/AppClient/properties/id/pattern: app_.+$ -> ^app_.+$",
        "schemas/User/properties/id/pattern: usr_.+ -> ^usr_.+$",
        "operations/*/parameters/path chat_id/schema/pattern: cht_.+$ -> ^cht_.+$",
        "operations/*/parameters/path turn_id/schema/pattern: trn_.+$ -> ^trn_.+$",
        "schemas/*/pattern: cht_.+$ -> ^cht_.+$",
        "schemas/*/pattern: trn_.+$ -> ^trn_.+$",
        "schemas/InstructionId/pattern: ins_[0-9a-zA-Z_-]+$ -> ^ins_[0-9a-zA-Z_-]+$",
        "schemas/Corpus/properties/id/pattern: crp_[0-9]+$ -> ^crp_[0-9]+$",
        "schemas/Corpus/properties/encoder_id/pattern: enc_[0-9]+$ -> ^enc_[0-9]+$",
        "schemas/CreateCorpusRequest/properties/encoder_id/pattern: enc_[0-9]+$ -> ^enc_[0-9]+$",
        "schemas/Encoder/properties/id/pattern: enc_[0-9]+$ -> ^enc_[0-9]+$",
        "schemas/HallucinationCorrector/properties/id/pattern: hcm_[0-9]+$ -> ^hcm_[0-9]+$",
        "schemas/Job/properties/id/pattern: job_.+$ -> ^job_.+$",
        "schemas/LLM/properties/id/pattern: llm_.* -> ^llm_.*$",
        "schemas/Prompt/properties/id/pattern: pmt_.* -> ^pmt_.*$",
        "schemas/Reranker/properties/id/pattern: rnk_[0-9]+$ -> ^rnk_[0-9]+$",
        "schemas/ReplaceFilterAttributesResponse/properties/job_id/pattern: job_.+$ -> ^job_.+$",
        "operations/listCorpora/parameters/query corpus_id/schema/items/pattern: crp_[0-9]+$ -> ^crp_[0-9]+$",
        "operations/getJob/parameters/path job_id/schema/pattern: job_.+$ -> ^job_.+$",
        r"schemas/CorpusKey/pattern: [a-zA-Z0-9_\=\-]+$ -> ^[a-zA-Z0-9_=\-]+$",
        r"schemas/CustomerSpecificReranker/properties/reranker_id/pattern: rnk_(?!272725718)\d+"
        r" -> ^rnk_(?!272725718$)\d+$",
    ),
    "the id has the pattern that its place in a path has": (
        "schemas/ToolId/pattern: ^tol_.* -> ^tol_[0-9a-zA-Z_-]+$",
        "schemas/ToolConfigurationId/pattern: ^tcf_.* -> ^tcf_[0-9a-zA-Z_-]+$",
        "operations/*/parameters/* configuration_id/schema/*: * -> *",
        "operations/*/parameters/* tool_id/schema/*: * -> *",
        "operations/*/parameters/* tool_server_id/schema/*: * -> *",
        "schemas/ToolServerId/pattern: ^tsr_.* -> ^tsr_[0-9a-zA-Z_-]+$",
    ),
    "the SDK publishes no patterns; a job id is a job id": (
        "schemas/BulkDelete*/properties/job_id/pattern: absent -> ^job_.+$",
    ),
    "an empty key or id cannot stand in a path": (
        "schemas/CorpusKey/minLength: absent -> 1",
        "schemas/CoreDocument/properties/id/minLength: absent -> 1",
        "schemas/StructuredDocument/properties/id/minLength: absent -> 1",
    ),
    "0 means no limit; a published example sends it": (
        "schemas/*Reranker/properties/limit/minimum: 1 -> 0",
        "schemas/GenerationParametersModelParameters/properties/max_tokens/minimum: 1 -> 0",
    ),
    "no query asks for nothing; the number of fields has a bound": (
        "schemas/MetadataQueryRequest/properties/queries/minItems: absent -> 1",
        "schemas/MetadataQueryRequest/properties/queries/maxItems: absent -> 50",
    ),
    "the same numbers as in the body of a query": (
        "operations/searchCorpus/parameters/query limit/schema/format: absent -> int32",
        "operations/searchCorpus/parameters/query offset/schema/format: absent -> int32",
    ),
    "a number of characters or matches": (
        "schemas/FieldQuery/properties/prefix/format: absent -> int32",
        "schemas/FieldQuery/properties/prefix/minimum: absent -> 0",
        "schemas/MetadataQueryRequest/properties/offset/format: absent -> int32",
    ),
    "a mean by weights below 0 means nothing": ("schemas/FieldQuery/properties/weight/minimum: absent -> 0",),
    "text of the SDK: null switches it off": (
        "schemas/FieldQuery/properties/prefix/nullable: absent -> True",
    ),
    "null counts as not given": (
        "schemas/UpdateCorpusRequest/properties/*/nullable: absent -> True",
        "schemas/GenerationParameters/nullable: absent -> True",
    ),
    "a variant says which one it is": ("schemas/*/properties/type/enum: absent -> [*]",),
    "the SDK tells its two answers apart by this member": (
        "schemas/BulkDelete*/properties/response_type/*: absent -> *",
        "schemas/BulkDeleteAsyncResponse/required: [cutoff_timestamp job_id]"
        " -> [cutoff_timestamp job_id response_type]",
        "schemas/BulkDeleteSyncSuccessResponse/required: "
        "[cutoff_timestamp deleted_count job_id skipped_count] -> "
        "[cutoff_timestamp deleted_count job_id response_type skipped_count]",
    ),
    "type is required in these variants, so it has no default": (
        "schemas/*/properties/type/default: * -> absent",
    ),
    "type keeps the variants of a request apart": (
        "schemas/ChainReranker/required: [rerankers] -> [rerankers type]",
        "schemas/CreateOpenAIEncoderRequest/required: [description model name uri]"
        " -> [description model name type uri]",
        "schemas/MMRReranker/required: absent -> [type]",
        "schemas/NoneReranker/required: absent -> [type]",
        "schemas/UserFunctionReranker/required: absent -> [type]",
        "schemas/MaxCharsChunkingStrategy/required: [max_chars_per_chunk] -> [max_chars_per_chunk type]",
    ),
    "an event always says its type and brings its load": (
        "schemas/ChatInfoResponse/required: absent -> [chat_id turn_id type]",
        "schemas/FactualConsistencyScore/required: absent -> [factual_consistency_score type]",
        "schemas/GenerationInfo/required: absent -> [rendered_prompt type]",
        "schemas/StreamError/required: absent -> [messages type]",
        "schemas/StreamGenerationChunk/required: absent -> [generation_chunk type]",
        "schemas/StreamGenerationEnd/required: absent -> [type]",
        "schemas/StreamResponseEnd/required: absent -> [type]",
        "schemas/StreamSearchResponse/required: absent -> [search_results type]",
    ),
    "forgotten in the source, and it has properties": ("schemas/StreamError/type: absent -> object",),
    "the source requires a member that it does not define": (
        "schemas/ImageMetadata/required: [id image_data mime_type] -> [id mime_type]",
    ),
    "the SDK added a kind of job": (
        "schemas/Job/properties/type/enum: [rebuild_vector_index replace_filter_attributes unknown]"
        " -> [rebuild_vector_index replace_filter_attributes bulk_delete_documents unknown]",
    ),
    "agents: a key that is taken": (
        "operations/createAgent/responses/409/application/json/$ref: absent -> Error",
    ),
    "agents: the table is silent where only the SDK knows the operation": (
        "operations/*AgentIdentity/parameters/header Request-Timeout*: absent -> *",
        "operations/*AgentIdentity/parameters/path agent_key/schema/$ref: absent -> AgentKey",
        "operations/*AgentIdentity/parameters/path agent_key/schema/type: string -> absent",
        "operations/*AgentSchedule*/parameters/header Request-Timeout*: absent -> *",
        "operations/*AgentSchedule*/parameters/path agent_key/schema/$ref: absent -> AgentKey",
        "operations/*AgentSchedule*/parameters/path schedule_key/schema/$ref: absent -> AgentScheduleKey",
        "operations/*AgentSchedule*/parameters/path *_key/schema/type: string -> absent",
        "operations/listAgentSchedule*/parameters/query limit/schema/*: absent -> *",
        "operations/listAgentScheduleExecutions/responses/40*/application/json/$ref: absent -> *Error",
    ),
    "sessions: the table is silent where only the SDK knows the operation": (
        "operations/*AgentEvent/parameters/header Request-Timeout*: absent -> *",
        "operations/*AgentEvent/parameters/path agent_key/schema/$ref: absent -> AgentKey",
        "operations/*AgentEvent/parameters/path session_key/schema/$ref: absent -> AgentSessionKey",
        "operations/*AgentEvent/parameters/path *_key/schema/type: string -> absent",
        "operations/*AgentEvent/responses/403/application/json/$ref: absent -> Error",
    ),
    "sessions: the SDK added parameters": (
        "operations/listAgentEvents/parameters/query include_hidden/*: absent -> *",
        "operations/listSessionArtifacts/parameters/query *_by/*: absent -> *",
    ),
    "sessions: a key that is taken, and a session that is busy (SDK)": (
        "operations/createAgentSession/responses/409/application/json/$ref: absent -> Error",
        "operations/createAgentInput/responses/409/application/json/$ref: absent -> Error",
    ),
    "sessions: a value that no event or artifact has is 404": (
        "operations/getAgentEvent/parameters/path event_id/schema/pattern: aev_[0-9a-zA-Z_-]+$ -> absent",
        "operations/getSessionArtifact/parameters/path artifact_id/schema/pattern: art_[a-z0-9_-]+$"
        " -> absent",
    ),
    "sessions: the sources describe the parts of the form in words": (
        "operations/createAgentInput/request/content/multipart/form-data/$ref: absent -> AgentInputForm",
        "schemas/AgentInputForm/*: absent -> *",
    ),
    "sessions: inputs of the SDK stand in one union, and streams are asked for in the body": (
        "operations/createAgentInput/stream_switch: body.stream_response -> stream_response",
        "schemas/CreateInputRequest/*: absent -> *",
        "schemas/CreateInterrupt/*: absent -> *",
        "schemas/CreateCompaction/*: absent -> *",
    ),
    "sessions: ids have schemas of their own, with anchored patterns": (
        "schemas/AgentEventId/*: absent -> *",
        "schemas/ArtifactId/*: absent -> *",
        "schemas/*Event/properties/id/$ref: absent -> AgentEventId",
        "schemas/*Event/properties/id/*: * -> absent",
        "schemas/*/properties/artifact_id/$ref: absent -> ArtifactId",
        "schemas/*/properties/artifact_id/pattern: ^art_[a-z0-9_-]+$ -> absent",
        "schemas/*/properties/artifact_id/type: string -> absent",
        "schemas/AgentSessionKey/pattern: [0-9a-zA-Z_-]+$ -> ^[0-9a-zA-Z_-]+$",
    ),
    "sessions: the source requires an id that it does not define, and means the key": (
        "schemas/AgentSession/required: [agent_key created_at enabled id name]"
        " -> [agent_key created_at enabled key metadata name tti_minutes]",
    ),
    "sessions: the bound of the format": (
        "schemas/*AgentSessionRequest/properties/tti_minutes/maximum: absent -> 9223372036854775807",
    ),
    "sessions: every variant is an object, and counts are not negative": (
        "schemas/AgentEvent/type: absent -> object",
        "schemas/AgentStreamedResponse/type: absent -> object",
        "schemas/*Tokens/properties/*/minimum: absent -> 0",
        "schemas/SessionContextUsage/properties/*/minimum: absent -> *",
    ),
    "sessions: what the texts of the SDK say, and a message that says nothing": (
        "schemas/CreateAgentSessionRequest/properties/from_session/$ref: absent"
        " -> CreateAgentSessionRequestFromSession",
        "schemas/CreateInputMessage/properties/messages/minItems: absent -> 1",
        "schemas/CreateInputMessage/properties/stream_response/default: absent -> False",
    ),
    "schedules: the rules of agents, and a bound of what is kept": (
        "schemas/AgentScheduleKey/*: absent -> *",
        "schemas/AgentScheduleName/minLength: absent -> 1",
        "schemas/*AgentScheduleRequest/properties/max_executions_to_keep/maximum: absent -> 1000",
        "schemas/*AgentScheduleRequest/properties/max_executions_to_keep/minimum: absent -> 1",
        "schemas/*AgentScheduleRequest/properties/message/minItems: absent -> 1",
    ),
    "schedules: defaults in the texts of the SDK, and what absent means": (
        "schemas/CreateAgentScheduleRequest/properties/*/default: absent -> *",
    ),
    "glossaries: the table is silent where only the SDK knows the operation": (
        "operations/*Glossar*/parameters/header Request-Timeout*: absent -> *",
        "operations/createGlossary/parameters: empty -> absent",
        "operations/*Glossar*/parameters/path glossary_key/schema/$ref: absent -> GlossaryKey",
        "operations/*Glossar*/parameters/path glossary_key/schema/type: string -> absent",
        "operations/listGlossar*/parameters/query limit/schema/*: absent -> *",
    ),
    "glossaries: a key that is taken": (
        "operations/createGlossary/responses/409/application/json/$ref: absent -> Error",
    ),
    "glossaries: a text of the SDK for lengths, the rules of agents for keys and names": (
        "schemas/*GlossaryRequest/properties/name/minLength: absent -> 1",
        "schemas/GlossaryKey/*: absent -> *",
        "schemas/UpsertGlossaryEntriesRequest/properties/entries/additionalProperties/m*Length: absent -> *",
    ),
    "pipelines: the table is silent where only the SDK knows the operation": (
        "operations/*Pipeline*/parameters/header Request-Timeout*: absent -> *",
        "operations/createPipeline/parameters: empty -> absent",
        "operations/*Pipeline*/parameters/path pipeline_key/schema/$ref: absent -> PipelineKey",
        "operations/*Pipeline*/parameters/path pipeline_key/schema/type: string -> absent",
        "operations/getPipelineRun/parameters/path run_id/schema/$ref: absent -> PipelineRunId",
        "operations/getPipelineRun/parameters/path run_id/schema/type: string -> absent",
        "operations/listPipeline*/parameters/query limit/schema/*: absent -> *",
    ),
    "pipelines: the rules of agents for keys and names, and a record has an id": (
        "schemas/PipelineKey/*: absent -> *",
        "schemas/PipelineName/minLength: absent -> 1",
        "schemas/CreatePipelineDeadLetterEntryRequest/properties/source_record_id/minLength: absent -> 1",
    ),
    "pipelines: what absent means": (
        "schemas/CreatePipelineRequest/properties/enabled/default: absent -> True",
    ),
    "pipelines: every variant is an object": (
        "schemas/PipelineTrigger/type: absent -> object",
        "schemas/PipelineVerification/type: absent -> object",
    ),
    "agents: patterns are anchored": (
        "schemas/AgentKey/pattern: [0-9a-zA-Z_-]+$ -> ^[0-9a-zA-Z_-]+$",
        "schemas/Inline*/properties/tool_id/pattern: ^tol_.* -> ^tol_.*$",
        "schemas/ReferenceInstruction/properties/id/pattern: ins_[0-9a-zA-Z_-]+$ -> ^ins_[0-9a-zA-Z_-]+$",
    ),
    "agents: what the stand-in always sends": (
        "schemas/Agent/required: [enabled first_step key model name tool_configurations]"
        " -> [created_at enabled first_step first_step_name key metadata model name steps"
        " tool_configurations updated_at]",
        "schemas/AgentIdentity/required: [agent_roles api_roles corpus_roles mode]"
        " -> [agent_roles api_roles client_id corpus_roles mode]",
        "schemas/AgentSchedule/required: [agent_key created_at enabled key message name schedule]"
        " -> [agent_key created_at enabled key max_executions_to_keep message name schedule"
        " session_metadata]",
    ),
    "agents: the older form has no names of steps, the newer one may name the first step of several": (
        "schemas/FirstAgentStep/allOf/-/required: [name] -> absent",
        "schemas/CreateAgentRequest/required: [first_step model name tool_configurations]"
        " -> [model name tool_configurations]",
        "schemas/ReplaceAgentRequest/required: [first_step model name tool_configurations]"
        " -> [model name tool_configurations]",
    ),
    "agents: an empty name names nothing": (
        "schemas/FirstAgentStep/allOf/-/properties/name/minLength: absent -> 1",
        "schemas/UpdateFirstAgentStep/properties/name/minLength: absent -> 1",
    ),
    "agents: text of the SDK for null": (
        "schemas/AgentStep/properties/allowed_*/nullable: absent -> True",
        "schemas/UpdateAgentRequest/properties/*/nullable: absent -> True",
        "schemas/UpdateAgentStep/nullable: absent -> True",
        "schemas/UpdateAgentStep/properties/*/nullable: absent -> True",
        "schemas/UpdateFirstAgentStep/properties/*/nullable: absent -> True",
    ),
    "agents: a reference that may be null stands in allOf": (
        "schemas/UpdateAgentRequest/properties/*/$ref: * -> absent",
        "schemas/UpdateAgentRequest/properties/*/allOf/*/$ref: absent -> *",
        "schemas/UpdateAgentRequest/properties/*/type: absent -> object",
    ),
    "agents: numbers in the texts of the SDK": (
        "schemas/CompactionConfig/properties/threshold_percent/maximum: absent -> 95",
        "schemas/CompactionConfig/properties/threshold_percent/minimum: absent -> 50",
    ),
    "agents: a number of bytes, lines or turns, or a percentage": (
        "schemas/ArtifactReadConfiguration/properties/max_*/minimum: absent -> 1",
        "schemas/ArtifactReadConfiguration/properties/max_*/format: absent -> int32",
        "schemas/CompactionConfig/properties/keep_recent_inputs/minimum: absent -> 0",
        "schemas/CompactionConfig/properties/keep_recent_inputs/format: absent -> int32",
        "schemas/ToolOutputOffloadingConfiguration/properties/*/format: absent -> int32",
        "schemas/WebGetToolParameters/properties/*/anyOf/-/format: absent -> int32",
        "schemas/ToolOutputOffloadingConfiguration/properties/context_percentage/maximum: absent -> 100",
        "schemas/ToolOutputOffloadingConfiguration/properties/*/minimum: absent -> 0",
    ),
    "agents: a search by an agent has the limits of a query": (
        "schemas/AgentCorporaSearchQueryConfiguration/required: absent -> [search]",
        "schemas/AgentKeyedSearchCorpus/properties/*: absent -> *",
        "schemas/AgentKeyedSearchCorpus/properties/corpus_key/anyOf/-/type: string -> absent",
        "schemas/AgentSearchCorporaParameters/*: absent -> *",
    ),
    "agents: the SDK lets corpora and filters come from the session": (
        "schemas/InlineCorporaSearchToolConfiguration/properties/query_configuration/*: * -> *",
    ),
    "agents: every variant is an object": (
        "schemas/AgentInput/type: absent -> object",
        "schemas/ScheduleConfiguration/type: absent -> object",
        "schemas/AgentOutputParser/type: absent -> object",
        "schemas/AgentStepInstruction/type: absent -> object",
        "schemas/AgentStepReminder/type: absent -> object",
        "schemas/AgentToolConfiguration/type: absent -> object",
    ),
    "what the stand-in always sends": (
        "schemas/Pipeline/required: [created_at enabled key name source status sync_mode transform trigger]"
        " -> [created_at enabled key metadata name source status sync_mode transform trigger updated_at]",
        "schemas/PipelineDeadLetterEntry/required: [attempt_count created_at origin source_record_id status]"
        " -> [attempt_count created_at id origin source_record_id status updated_at]",
        "schemas/PipelineRun/required: [agent_key created_at id pipeline_key records_failed records_fetched"
        " records_processed status trigger_type] -> [agent_key created_at id pipeline_key records_failed"
        " records_fetched records_processed started_at status trigger_type]",
        "schemas/Glossary/required: [key name] -> [created_at key name num_entries updated_at]",
        "schemas/ApiKey/required: absent -> [api_key_role enabled id name]",
        "schemas/AppClient/required: absent -> [client_id client_secret id name]",
        "schemas/BadRequestError/required: absent -> [field_errors messages request_id]",
        "schemas/ChatCompletionResponse*/required: [*",
        "schemas/ChatCompletionStreamResponseChoice/required: [*",
        "schemas/CreateChatCompletion*Response/required: [*",
        "schemas/Chat/required: absent -> [created_at enabled first_answer first_query id]",
        "schemas/ChatFullResponse/required: absent"
        " -> [answer rendered_prompt response_language search_results]",
        "schemas/ComputeCorpusSizeResponse/required: absent"
        " -> [used_characters used_docs used_metadata_characters used_parts]",
        "schemas/Corpus/required: absent"
        " -> [chat_history_corpus created_at custom_dimensions documents_are_questions enabled encoder_id"
        " encoder_name filter_attributes id key name queries_are_answers save_history]",
        "schemas/CorpusLimits/required: absent -> [max_metadata_bytes used_characters used_docs used_parts]",
        "schemas/Document/required: absent -> [id metadata]",
        "schemas/Encoder/required: absent -> [default description enabled id name output_dimensions type]",
        "schemas/Error/required: absent -> [messages request_id]",
        "schemas/GenerationPreset/required: absent -> [default description enabled id name]",
        "schemas/IndividualSearchResult/required: absent"
        " -> [document_id document_metadata part_metadata request_corpora_index score text]",
        "schemas/InitialInstruction/required: [enabled id name template template_type type version]"
        " -> [created_at enabled id metadata name template template_type type updated_at version]",
        "schemas/Job/required: absent -> [corpus_keys created_at id state type]",
        "schemas/ListApiKeysResponse/required: absent -> [api_keys metadata]",
        "schemas/ListAppClientsResponse/required: absent -> [app_clients metadata]",
        "schemas/ListUsersResponse/required: absent -> [metadata users]",
        "schemas/User/required: absent"
        " -> [agent_roles api_roles corpus_roles created_at email enabled id updated_at username]",
        "schemas/*Span/required: absent -> [*]",
        "schemas/ListChatTurnsResponse/required: absent -> [turns]",
        "schemas/ListChatsResponse/required: absent -> [chats metadata]",
        "schemas/ListCorporaResponse/required: absent -> [corpora metadata]",
        "schemas/LLM/required: absent -> [default description enabled id name ownership]",
        "schemas/ListDocumentsResponse/required: absent -> [documents metadata]",
        "schemas/ListEncodersResponse/required: absent -> [encoders metadata]",
        "schemas/ListGenerationPresetsResponse/required: absent -> [generation_presets metadata]",
        "schemas/ListJobsResponse/required: absent -> [jobs metadata]",
        "schemas/ListLLMsResponse/required: absent -> [llms metadata]",
        "schemas/ListMetadata/required: absent -> [page_key]",
        "schemas/ListRerankersResponse/required: absent -> [metadata rerankers]",
        "schemas/ListTableExtractorsResponse/required: absent -> [table_extractors]",
        "schemas/NotFoundError/required: absent -> [id messages request_id]",
        "schemas/ListQueryHistoriesResponse/required: absent -> [metadata queries]",
        "schemas/QueryFullResponse/required: absent -> [search_results]",
        "schemas/QueryHistory/required: absent -> [id latency_millis query spans started_at]",
        "schemas/QueryHistorySummary/required: absent -> [corpus_key id latency_millis query started_at]",
        "schemas/RerankedSearchResult/required: absent -> [original_score score text]",
        "schemas/RewrittenQuery/required: absent -> [corpus_key filter_extraction]",
        "schemas/MetadataQueryResponse/required: absent -> [documents total_count]",
        "schemas/ScoredDocument/required: absent -> [doc_id metadata score]",
        "schemas/ListToolServersResponse/required: [tool_servers] -> [metadata tool_servers]",
        "schemas/ListToolsResponse/required: [tools] -> [metadata tools]",
        "schemas/ListToolConfigurationsResponse/required: [tool_configurations]"
        " -> [metadata tool_configurations]",
        "schemas/*ToolConfiguration/required: [id type version]"
        " -> [created_at enabled id metadata type updated_at version]",
        "schemas/CorporaSearchToolConfiguration/required: [id query_configuration type version]"
        " -> [created_at enabled id metadata query_configuration type updated_at version]",
        "schemas/TestLambdaToolResponseExecutionError/required: absent -> [message]",
        "schemas/TestLambdaToolResponseValidation/required: [status] -> [errors status]",
        "schemas/ToolServer/required: [enabled name transport type uri]"
        " -> [created_at enabled id name transport type updated_at uri]",
        "schemas/Turn/required: absent -> [answer chat_id created_at enabled id query]",
        "schemas/Prompt/required: absent -> [default description enabled id name]",
        "schemas/Reranker/required: absent -> [description enabled id name]",
        "schemas/HallucinationCorrector/required: absent -> [description enabled id name type]",
        "schemas/HallucinationCorrectionResponse/required: [corrected_text corrections]"
        " -> [corrected_text corrections model]",
        "schemas/ListHallucinationCorrectorsResponse/required: absent -> [hallucination_correctors metadata]",
        "schemas/SummarizeDocumentResponse/required: absent -> [rendered_prompt summary]",
        "schemas/TableExtractor/required: absent -> [description is_default name]",
    ),
}


@pytest.fixture(scope="module")
def differences() -> list[str]:
    document = bundle(SPECS)
    ours = {
        "operations": {
            operation["operationId"]: _as_facts(document, path, method, operation)
            for path, method, operation in operations(document)
        },
        "schemas": document["components"]["schemas"],
    }
    return compared(FACTS, ours)


def test_every_difference_from_the_facts_is_explained(differences: list[str]) -> None:
    left = unexplained(differences, EXPLAINED)
    assert not left, "\n".join(left)


def test_no_explanation_is_stale(differences: list[str]) -> None:
    left = stale(differences, EXPLAINED)
    assert not left, "\n".join(left)


def _as_facts(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    """An operation of ours in the form of the table."""
    parameters = [resolved(document, parameter) for parameter in operation.get("parameters", ())]
    body = operation.get("requestBody")
    return {
        "method": method,
        "path": path,
        "tag": " ".join(operation["tags"]),
        "sources": operation["x-sources"],
        "key_kinds": operation["x-key-kinds"],
        "parameters": {
            f"{parameter['in']} {parameter['name']}": {
                "required": parameter.get("required", False),
                "schema": parameter["schema"],
            }
            for parameter in parameters
        },
        "request": body and {"required": body.get("required", False), "content": content(body)},
        "responses": {
            status: content(resolved(document, answer)) for status, answer in operation["responses"].items()
        },
        "stream_switch": operation.get("x-stream", {}).get("switch"),
    }
