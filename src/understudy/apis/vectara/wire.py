"""The shapes on the wire, generated from the contract by `understudy spec types`; do not edit."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict


class Agent(TypedDict):
    key: AgentKey
    name: AgentName
    description: NotRequired[str]
    tool_configurations: dict[str, AgentToolConfiguration]
    skills: NotRequired[dict[str, AgentSkill]]
    model: AgentModel
    first_step: FirstAgentStep
    first_step_name: str
    steps: dict[str, AgentStep]
    metadata: dict[str, Any]
    enabled: bool
    compaction: NotRequired[CompactionConfig]
    tool_output_offloading: NotRequired[ToolOutputOffloadingConfiguration]
    created_at: str
    updated_at: str


class AgentCorporaSearchQueryConfiguration(TypedDict):
    search: AgentSearchCorporaParameters
    generation: NotRequired[GenerationParameters]
    save_history: NotRequired[bool]


AgentEvent: TypeAlias = "InputMessageEvent | ArtifactUploadEvent | ToolInputEvent | ToolOutputEvent | ThinkingEvent | AgentOutputEvent | ContextLimitExceededEvent | ImageReadEvent | StructuredOutputEvent | StepTransitionEvent | SkillLoadEvent | CompactionEvent | SessionInterruptedEvent | StepTransitionLimitExceededEvent"


AgentEventId: TypeAlias = "str"


class AgentIdentity(TypedDict):
    mode: AgentIdentityMode
    client_id: str
    api_roles: list[ApiRole]
    corpus_roles: list[CorpusRole]
    agent_roles: list[AgentRole]


AgentIdentityMode: TypeAlias = "Literal['auto', 'manual']"


AgentInput: TypeAlias = "AgentTextInput | AgentSkillInput"


class AgentInputForm(TypedDict):
    files: NotRequired[list[str]]
    message: NotRequired[str]
    stream_response: NotRequired[bool]


AgentKey: TypeAlias = "str"


class AgentKeyedSearchCorpus(TypedDict):
    corpus_key: CorpusKey | EagerReference
    custom_dimensions: NotRequired[CustomDimensions]
    metadata_filter: NotRequired[str | EagerReference]
    lexical_interpolation: NotRequired[float]
    semantics: NotRequired[SearchSemantics]
    query: NotRequired[str]


class AgentModel(TypedDict):
    name: str
    parameters: NotRequired[dict[str, Any]]
    retry_configuration: NotRequired[RetryConfiguration]


AgentName: TypeAlias = "str"


class AgentOutputEvent(TypedDict):
    type: Literal['agent_output']
    content: str
    id: AgentEventId
    session_key: AgentSessionKey
    created_at: str


AgentOutputParser: TypeAlias = "DefaultOutputParser | StructuredOutputParser"


class AgentPipelineVerification(TypedDict):
    type: Literal['agent']
    agent_key: AgentKey


class AgentResponse(TypedDict):
    events: list[AgentEvent]
    session_key: AgentSessionKey


class AgentRole(TypedDict):
    agent_key: str
    role: Literal['agent_administrator', 'agent_viewer', 'agent_developer', 'agent_user']


class AgentSchedule(TypedDict):
    key: AgentScheduleKey
    agent_key: AgentKey
    name: AgentScheduleName
    description: NotRequired[str]
    message: list[AgentInput]
    schedule: ScheduleConfiguration
    enabled: bool
    session_metadata: dict[str, Any]
    max_executions_to_keep: int
    last_execution_at: NotRequired[str]
    created_at: str


class AgentScheduleExecution(TypedDict):
    schedule_key: AgentScheduleKey
    workflow_run_id: str
    session_key: NotRequired[str]
    attempt: int
    status: AgentScheduleExecutionStatus
    error_message: NotRequired[str]
    executed_at: str


AgentScheduleExecutionStatus: TypeAlias = "Literal['success', 'error']"


AgentScheduleKey: TypeAlias = "str"


AgentScheduleName: TypeAlias = "str"


class AgentSearchCorporaParameters(TypedDict):
    corpora: list[AgentKeyedSearchCorpus]
    offset: NotRequired[int]
    limit: NotRequired[int]
    context_configuration: NotRequired[ContextConfiguration]
    reranker: NotRequired[SearchReranker]


class AgentSession(TypedDict):
    key: AgentSessionKey
    agent_key: AgentKey
    name: str
    description: NotRequired[str]
    metadata: dict[str, Any]
    enabled: bool
    tti_minutes: int
    current_step_name: NotRequired[str]
    session_context_usage: NotRequired[SessionContextUsage]
    effective_compaction: NotRequired[CompactionConfig]
    created_at: str


AgentSessionKey: TypeAlias = "str"


class AgentSkill(TypedDict):
    description: str
    content: str


class AgentSkillInput(TypedDict):
    type: Literal['skill']
    skill_name: str


class AgentStep(TypedDict):
    type: NotRequired[str]
    instructions: list[AgentStepInstruction]
    output_parser: AgentOutputParser
    reminders: NotRequired[list[AgentStepReminder]]
    next_steps: NotRequired[list[NextStep]]
    allowed_tools: NotRequired[list[str] | None]
    allowed_skills: NotRequired[list[str] | None]
    reentry_step: NotRequired[str]


AgentStepInstruction: TypeAlias = "ReferenceInstruction | InlineInstruction"


AgentStepReminder: TypeAlias = "TemplatedReminder | GlossaryExpansionReminder"


AgentStreamedResponse: TypeAlias = "InputMessageEvent | ArtifactUploadEvent | ToolInputEvent | ToolOutputEvent | ThinkingEvent | ContextLimitExceededEvent | ImageReadEvent | StructuredOutputEvent | StepTransitionEvent | SkillLoadEvent | CompactionEvent | SessionInterruptedEvent | StepTransitionLimitExceededEvent | StreamingAgentOutput | StreamingAgentOutputEnd | StreamingThinking | StreamingThinkingEnd | CompactionStartedEvent | ContextConsumedEvent | StreamResponseEnd | StreamError"


class AgentTextInput(TypedDict):
    type: Literal['text']
    content: str


AgentToolConfiguration: TypeAlias = "InlineMcpToolConfiguration | InlineCorporaSearchToolConfiguration | InlineWebSearchToolConfiguration | InlineLambdaToolConfiguration | InlineStructuredIndexingToolConfiguration | InlineSubAgentToolConfiguration | InlineArtifactReadToolConfiguration | InlineArtifactGrepToolConfiguration | InlineImageReadToolConfiguration | InlineDocumentConversionToolConfiguration | InlineDynamicVectaraToolConfiguration | InlineWebGetToolConfiguration | InlineArtifactCreateToolConfiguration | InlineGetDocumentTextToolConfiguration"


AnthropicAuth: TypeAlias = "BearerAuth | HeaderAuth | BedrockStaticIAMAuth | BedrockApiKeyAuth | VertexServiceAccountAuth | VertexAccessTokenAuth"


class ApiKey(TypedDict):
    id: str
    name: str
    secret_key: NotRequired[str]
    enabled: bool
    api_key_role: ApiKeyRole
    api_roles: NotRequired[list[ApiRole]]
    corpus_roles: NotRequired[list[CorpusRole]]
    agent_roles: NotRequired[list[AgentRole]]
    api_policy: NotRequired[ApiPolicy]


ApiKeyRole: TypeAlias = "Literal['serving', 'serving_and_indexing', 'personal']"


class ApiOperationPolicy(TypedDict):
    allow_any_resource: bool
    allowed_resources: NotRequired[dict[str, list[str]]]


class ApiPolicy(TypedDict):
    name: str
    allowed_operations: dict[str, ApiOperationPolicy]


ApiRole: TypeAlias = "Literal['owner', 'administrator', 'billing_administrator', 'corpus_administrator', 'corpus_developer', 'agent_administrator', 'agent_viewer', 'agent_developer', 'agent_user', 'pipeline_administrator', 'pipeline_viewer', 'viewer', 'corpus_viewer']"


class AppClient(TypedDict):
    id: str
    name: str
    description: NotRequired[str]
    client_id: str
    client_secret: str
    api_roles: NotRequired[list[ApiRole]]
    corpus_roles: NotRequired[list[CorpusRole]]
    agent_roles: NotRequired[list[AgentRole]]
    api_policy: NotRequired[ApiPolicy]


class ArtifactCreateTool(TypedDict):
    id: ToolId
    name: str
    title: NotRequired[str]
    description: str
    description_template: NotRequired[ToolDescriptionTemplate]
    documentation: NotRequired[str]
    enabled: bool
    experimental: NotRequired[bool]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]
    input_schema: dict[str, Any]
    category: NotRequired[str]
    lineage: NotRequired[str]
    version: NotRequired[str]
    tool_groups: NotRequired[list[str]]
    type: Literal['artifact_create']


class ArtifactGrepTool(TypedDict):
    id: ToolId
    name: str
    title: NotRequired[str]
    description: str
    description_template: NotRequired[ToolDescriptionTemplate]
    documentation: NotRequired[str]
    enabled: bool
    experimental: NotRequired[bool]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]
    input_schema: dict[str, Any]
    category: NotRequired[str]
    lineage: NotRequired[str]
    version: NotRequired[str]
    tool_groups: NotRequired[list[str]]
    type: Literal['artifact_grep']


class ArtifactGrepToolParameters(TypedDict):
    artifact_id: NotRequired[str]
    pattern: NotRequired[str]
    grep_options: NotRequired[list[str]]


ArtifactId: TypeAlias = "str"


class ArtifactReadConfiguration(TypedDict):
    max_size_bytes: NotRequired[int]
    max_lines: NotRequired[int]


class ArtifactReadTool(TypedDict):
    id: ToolId
    name: str
    title: NotRequired[str]
    description: str
    description_template: NotRequired[ToolDescriptionTemplate]
    documentation: NotRequired[str]
    enabled: bool
    experimental: NotRequired[bool]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]
    input_schema: dict[str, Any]
    category: NotRequired[str]
    lineage: NotRequired[str]
    version: NotRequired[str]
    tool_groups: NotRequired[list[str]]
    type: Literal['artifact_read']


class ArtifactReadToolParameters(TypedDict):
    artifact_id: NotRequired[str]
    encoding: NotRequired[Literal['raw', 'base64']]
    start_line: NotRequired[int]
    end_line: NotRequired[int]


class ArtifactReference(TypedDict):
    artifact_id: ArtifactId
    filename: str
    mime_type: str
    size_bytes: int


class ArtifactUploadEvent(TypedDict):
    type: Literal['artifact_upload']
    artifacts: list[ArtifactReference]
    id: AgentEventId
    session_key: AgentSessionKey
    created_at: str


class BadRequestError(TypedDict):
    field_errors: dict[str, str]
    messages: list[str]
    request_id: str


class BearerAuth(TypedDict):
    type: Literal['bearer']
    token: str


class BedrockApiKeyAuth(TypedDict):
    type: Literal['bedrock_api_key']
    api_key: str
    region: str


class BedrockStaticIAMAuth(TypedDict):
    type: Literal['bedrock_static_iam']
    aws_access_key_id: str
    aws_secret_access_key: str
    region: str


class BulkDeleteAsyncResponse(TypedDict):
    response_type: Literal['async']
    job_id: str
    cutoff_timestamp: str


class BulkDeleteSyncSuccessResponse(TypedDict):
    response_type: Literal['success']
    job_id: str
    cutoff_timestamp: str
    deleted_count: int
    skipped_count: int


class Cell(TypedDict):
    text_value: NotRequired[str]
    int_value: NotRequired[int]
    float_value: NotRequired[float]
    bool_value: NotRequired[bool]
    colspan: NotRequired[int]
    rowspan: NotRequired[int]


class ChainReranker(TypedDict):
    type: Literal['chain']
    rerankers: list[SearchReranker]


class Chat(TypedDict):
    id: str
    first_query: str
    first_answer: str
    enabled: bool
    created_at: str


ChatCompletionFinishReason: TypeAlias = "Literal['stop', 'length', 'tool_calls']"


class ChatCompletionRequestMessage(TypedDict):
    role: str
    content: NotRequired[str | None | list[dict[str, Any]] | None]
    name: NotRequired[str | None]
    tool_calls: NotRequired[list[dict[str, Any]] | None]
    tool_call_id: NotRequired[str | None]


class ChatCompletionResponseChoice(TypedDict):
    index: int
    message: ChatCompletionResponseMessage
    finish_reason: ChatCompletionFinishReason


class ChatCompletionResponseMessage(TypedDict):
    role: str
    content: str | None
    tool_calls: NotRequired[list[ChatCompletionToolCall]]


class ChatCompletionStreamOptions(TypedDict):
    include_usage: NotRequired[bool | None]


class ChatCompletionStreamResponseChoice(TypedDict):
    index: int
    delta: ChatCompletionStreamResponseDelta
    finish_reason: str | None


class ChatCompletionStreamResponseDelta(TypedDict):
    role: NotRequired[str]
    content: NotRequired[str]
    tool_calls: NotRequired[list[dict[str, Any]]]


class ChatCompletionToolFunction(TypedDict):
    name: str
    description: NotRequired[str | None]
    parameters: NotRequired[dict[str, Any] | None]
    strict: NotRequired[bool | None]


class ChatCompletionTool(TypedDict):
    type: Literal['function']
    function: ChatCompletionToolFunction


class ChatCompletionToolCallFunction(TypedDict):
    name: str
    arguments: str


class ChatCompletionToolCall(TypedDict):
    id: str
    type: Literal['function']
    function: ChatCompletionToolCallFunction


class ChatCompletionToolChoiceFunction(TypedDict):
    name: str


class ChatCompletionToolChoice(TypedDict):
    type: Literal['function']
    function: ChatCompletionToolChoiceFunction


class ChatCompletionUsage(TypedDict):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatFullResponse(TypedDict):
    chat_id: NotRequired[str]
    turn_id: NotRequired[str]
    answer: str
    response_language: Language
    search_results: list[IndividualSearchResult]
    factual_consistency_score: NotRequired[float]
    rendered_prompt: str
    warnings: NotRequired[list[QueryWarning]]
    rephrased_query: NotRequired[str]
    rewritten_queries: NotRequired[list[RewrittenQuery]]


class ChatInfoResponse(TypedDict):
    type: Literal['chat_info']
    chat_id: str
    turn_id: str


class ChatParameters(TypedDict):
    store: NotRequired[bool]


class ChatRequest(TypedDict):
    query: str
    search: SearchCorporaParameters
    generation: NotRequired[GenerationParameters]
    chat: NotRequired[ChatParameters]
    save_history: NotRequired[bool]
    intelligent_query_rewriting: NotRequired[bool]
    stream_response: NotRequired[bool]


ChatStreamedResponse: TypeAlias = "StreamSearchResponse | ChatInfoResponse | StreamGenerationChunk | StreamGenerationEnd | GenerationInfo | FactualConsistencyScore | StreamResponseEnd | StreamError"


ChunkingStrategy: TypeAlias = "MaxCharsChunkingStrategy | SentenceChunkingStrategy"


class CitationParameters(TypedDict):
    style: NotRequired[Literal['none', 'numeric', 'html', 'markdown']]
    url_pattern: NotRequired[str]
    text_pattern: NotRequired[str]


class CompactionConfig(TypedDict):
    enabled: NotRequired[bool]
    threshold_percent: NotRequired[int]
    keep_recent_inputs: NotRequired[int]
    compaction_message: NotRequired[str]
    tool_event_policy: NotRequired[CompactionConfigToolEventPolicy]


CompactionConfigToolEventPolicy: TypeAlias = "Literal['exclude', 'include_outputs', 'include_all']"


class CompactionEvent(TypedDict):
    type: Literal['compaction']
    turns_compacted: int
    events_compacted: int
    summary_text: NotRequired[str]
    summary_key: str
    id: AgentEventId
    session_key: AgentSessionKey
    created_at: str


class CompactionStartedEvent(TypedDict):
    type: Literal['compaction_started']
    id: AgentEventId
    session_key: AgentSessionKey
    created_at: str


class ComputeCorpusSizeResponse(TypedDict):
    used_docs: int
    used_parts: int
    used_characters: int
    used_metadata_characters: int


class ConditionPipelineVerification(TypedDict):
    type: Literal['condition']
    expression: str


class ContextConfiguration(TypedDict):
    characters_before: NotRequired[int]
    characters_after: NotRequired[int]
    sentences_before: NotRequired[int]
    sentences_after: NotRequired[int]
    start_tag: NotRequired[str]
    end_tag: NotRequired[str]


class ContextConsumedEvent(TypedDict):
    type: Literal['context_consumed']
    session_context_usage: SessionContextUsage
    created_at: str


class ContextLimitExceededEvent(TypedDict):
    type: Literal['context_limit_exceeded']
    context_limit: NotRequired[int]
    actual_tokens: NotRequired[int]
    message: str
    id: AgentEventId
    session_key: AgentSessionKey
    created_at: str


class CoreDocument(TypedDict):
    id: str
    type: Literal['core']
    metadata: NotRequired[dict[str, Any]]
    tables: NotRequired[list[Table]]
    images: NotRequired[list[Image]]
    document_parts: list[CoreDocumentPart]


class CoreDocumentPart(TypedDict):
    text: str
    metadata: NotRequired[dict[str, Any]]
    table_id: NotRequired[str]
    image_id: NotRequired[str]
    context: NotRequired[str]
    custom_dimensions: NotRequired[CustomDimensions]


class CorporaSearchQueryConfiguration(TypedDict):
    search: SearchCorporaParameters
    generation: NotRequired[GenerationParameters]
    save_history: NotRequired[bool]


class CorporaSearchTool(TypedDict):
    id: ToolId
    name: str
    title: NotRequired[str]
    description: str
    description_template: NotRequired[ToolDescriptionTemplate]
    documentation: NotRequired[str]
    enabled: bool
    experimental: NotRequired[bool]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]
    input_schema: dict[str, Any]
    category: NotRequired[str]
    lineage: NotRequired[str]
    version: NotRequired[str]
    tool_groups: NotRequired[list[str]]
    type: Literal['corpora_search']


class CorporaSearchToolConfiguration(TypedDict):
    id: ToolConfigurationId
    name: NotRequired[ToolConfigurationName]
    description: NotRequired[str]
    version: int
    type: Literal['corpora_search']
    enabled: bool
    argument_override: NotRequired[CorporaSearchToolParameters]
    query_configuration: CorporaSearchQueryConfiguration
    metadata: dict[str, Any]
    created_at: str
    updated_at: str


class CorporaSearchToolParameters(TypedDict):
    query: NotRequired[str]


class Corpus(TypedDict):
    id: str
    key: CorpusKey
    name: str
    description: NotRequired[str]
    enabled: bool
    chat_history_corpus: bool
    queries_are_answers: bool
    documents_are_questions: bool
    encoder_id: str
    encoder_name: str
    save_history: bool
    filter_attributes: list[FilterAttribute]
    custom_dimensions: list[CorpusCustomDimension]
    limits: NotRequired[CorpusLimits]
    created_at: str


class CorpusCustomDimension(TypedDict):
    name: str
    description: NotRequired[str]
    indexing_default: NotRequired[float]
    querying_default: NotRequired[float]


CorpusKey: TypeAlias = "str"


class CorpusLimits(TypedDict):
    used_docs: int
    used_parts: int
    used_bytes: NotRequired[int]
    used_characters: int
    max_bytes: NotRequired[int]
    max_metadata_bytes: int
    index_rate: NotRequired[int]


class CorpusRole(TypedDict):
    corpus_key: str
    role: Literal['owner', 'administrator', 'viewer', 'editor']


class CorrectionItem(TypedDict):
    original_text: str
    corrected_text: str
    explanation: str


class CreateAgentRequest(TypedDict):
    key: NotRequired[AgentKey]
    name: AgentName
    description: NotRequired[str]
    tool_configurations: dict[str, AgentToolConfiguration]
    skills: NotRequired[dict[str, AgentSkill]]
    model: AgentModel
    first_step: NotRequired[FirstAgentStep]
    first_step_name: NotRequired[str]
    steps: NotRequired[dict[str, AgentStep]]
    metadata: NotRequired[dict[str, Any]]
    enabled: NotRequired[bool]
    compaction: NotRequired[CompactionConfig]
    tool_output_offloading: NotRequired[ToolOutputOffloadingConfiguration]


class CreateAgentScheduleRequest(TypedDict):
    key: NotRequired[AgentScheduleKey]
    name: AgentScheduleName
    description: NotRequired[str]
    message: list[AgentInput]
    schedule: ScheduleConfiguration
    enabled: NotRequired[bool]
    session_metadata: NotRequired[dict[str, Any]]
    max_executions_to_keep: NotRequired[int]


class CreateAgentSessionRequest(TypedDict):
    key: NotRequired[AgentSessionKey]
    name: NotRequired[str]
    description: NotRequired[str]
    metadata: NotRequired[dict[str, Any]]
    enabled: NotRequired[bool]
    tti_minutes: NotRequired[int]
    from_session: NotRequired[CreateAgentSessionRequestFromSession]


class CreateAgentSessionRequestFromSession(TypedDict):
    agent_key: NotRequired[str]
    session_key: str
    include_up_to_event_id: NotRequired[str]
    compact_up_to_event_id: NotRequired[str]


class CreateAnthropicLLMRequest(TypedDict):
    type: Literal['anthropic']
    name: str
    description: NotRequired[str]
    model: str
    uri: NotRequired[str]
    auth: AnthropicAuth
    headers: NotRequired[dict[str, str]]
    test_model_parameters: NotRequired[dict[str, Any]]
    capabilities: NotRequired[LlmCapabilities]


class CreateApiKeyRequest(TypedDict):
    name: str
    api_key_role: ApiKeyRole
    corpus_keys: NotRequired[list[CorpusKey]]
    api_roles: NotRequired[list[ApiRole]]
    corpus_roles: NotRequired[list[CorpusRole]]
    agent_roles: NotRequired[list[AgentRole]]


CreateAppClientRequest: TypeAlias = "CreateClientCredentialsRequest"


class CreateChatCompletionRequest(TypedDict):
    model: str
    messages: list[ChatCompletionRequestMessage]
    stream: NotRequired[bool | None]
    stream_options: NotRequired[ChatCompletionStreamOptions]
    response_format: NotRequired[ResponseFormat]
    tools: NotRequired[list[ChatCompletionTool] | None]
    tool_choice: NotRequired[Literal['none', 'auto', 'required', None] | None | ChatCompletionToolChoice]
    parallel_tool_calls: NotRequired[bool | None]
    max_tokens: NotRequired[int | None]
    max_completion_tokens: NotRequired[int | None]
    stop: NotRequired[str | None | list[str] | None]
    n: NotRequired[int | None]
    temperature: NotRequired[float | None]
    top_p: NotRequired[float | None]


class CreateChatCompletionResponse(TypedDict):
    id: str
    object: Literal['chat.completion']
    created: int
    model: str
    choices: list[ChatCompletionResponseChoice]
    usage: ChatCompletionUsage


class CreateChatCompletionStreamResponse(TypedDict):
    id: str
    object: Literal['chat.completion.chunk']
    created: int
    model: str
    choices: list[ChatCompletionStreamResponseChoice]
    usage: NotRequired[dict[str, Any] | None]


class CreateClientCredentialsRequest(TypedDict):
    type: Literal['client_credentials']
    name: str
    description: NotRequired[str]
    api_roles: NotRequired[list[ApiRole]]
    corpus_roles: NotRequired[list[CorpusRole]]
    agent_roles: NotRequired[list[AgentRole]]


class CreateCompaction(TypedDict):
    type: Literal['compact']
    compact_up_to_event_id: NotRequired[str]
    compaction_message: NotRequired[str]
    stream_response: NotRequired[bool]


class CreateCorporaSearchToolConfigurationRequest(TypedDict):
    name: ToolConfigurationName
    description: NotRequired[str]
    type: Literal['corpora_search']
    enabled: NotRequired[bool]
    argument_override: NotRequired[CorporaSearchToolParameters]
    query_configuration: CorporaSearchQueryConfiguration
    metadata: NotRequired[dict[str, Any]]


class CreateCorpusRequest(TypedDict):
    key: CorpusKey
    name: NotRequired[str]
    description: NotRequired[str]
    save_history: NotRequired[bool]
    queries_are_answers: NotRequired[bool]
    documents_are_questions: NotRequired[bool]
    encoder_id: NotRequired[str]
    encoder_name: NotRequired[str]
    filter_attributes: NotRequired[list[FilterAttribute]]
    custom_dimensions: NotRequired[list[CorpusCustomDimension]]


CreateDocumentRequest: TypeAlias = "CoreDocument | StructuredDocument"


CreateEncoderRequest: TypeAlias = "CreateOpenAIEncoderRequest"


class CreateGenerationPresetRequest(TypedDict):
    id: NotRequired[str]
    name: str
    description: NotRequired[str]
    llm_name: NotRequired[str]
    prompt_template: NotRequired[str]
    max_used_search_results: NotRequired[int]
    max_tokens: NotRequired[int]
    temperature: NotRequired[float]
    frequency_penalty: NotRequired[float]
    presence_penalty: NotRequired[float]
    additional_model_params: NotRequired[dict[str, Any]]
    enabled: NotRequired[bool]
    default: NotRequired[bool]


class CreateGlossaryRequest(TypedDict):
    key: NotRequired[GlossaryKey]
    name: str
    description: NotRequired[str]


class CreateInitialInstructionRequest(TypedDict):
    type: Literal['initial']
    name: InstructionName
    description: NotRequired[str]
    template_type: NotRequired[TemplateType]
    template: InstructionTemplate
    metadata: NotRequired[dict[str, Any]]
    enabled: NotRequired[bool]


class CreateInputMessage(TypedDict):
    type: Literal['input_message']
    messages: list[AgentInput]
    since: NotRequired[str]
    behavior: NotRequired[InputBehavior]
    stream_response: NotRequired[bool]


CreateInputRequest: TypeAlias = "CreateInputMessage | CreateInterrupt | CreateCompaction"


CreateInstructionRequest: TypeAlias = "CreateInitialInstructionRequest"


class CreateInterrupt(TypedDict):
    type: Literal['interrupt']
    stream_response: NotRequired[bool]


CreateLLMRequest: TypeAlias = "CreateOpenAILLMRequest | CreateOpenAIResponsesLLMRequest | CreateVertexAILLMRequest | CreateAnthropicLLMRequest"


class CreateLambdaToolRequest(TypedDict):
    type: Literal['lambda']
    name: str
    title: str
    description: str
    language: NotRequired[Literal['python']]
    code: str
    execution_configuration: NotRequired[ExecutionConfiguration]


class CreateMcpToolConfigurationRequest(TypedDict):
    name: ToolConfigurationName
    description: NotRequired[str]
    type: Literal['mcp']
    enabled: NotRequired[bool]
    argument_override: NotRequired[dict[str, Any]]
    metadata: NotRequired[dict[str, Any]]


class CreateOpenAIEncoderRequest(TypedDict):
    type: Literal['openai-compatible']
    name: str
    description: str
    output_dimensions: NotRequired[int]
    uri: str
    model: str
    auth: NotRequired[RemoteAuth]


class CreateOpenAILLMRequest(TypedDict):
    type: Literal['openai-compatible']
    name: str
    description: NotRequired[str]
    model: str
    uri: str
    auth: NotRequired[RemoteAuth]
    headers: NotRequired[dict[str, str]]
    test_model_parameters: NotRequired[dict[str, Any]]
    capabilities: NotRequired[LlmCapabilities]


class CreateOpenAIResponsesLLMRequest(TypedDict):
    type: Literal['openai-responses']
    name: str
    description: NotRequired[str]
    model: str
    uri: str
    auth: NotRequired[RemoteAuth]
    headers: NotRequired[dict[str, str]]
    test_model_parameters: NotRequired[dict[str, Any]]
    capabilities: NotRequired[LlmCapabilities]


class CreatePipelineDeadLetterEntryRequest(TypedDict):
    source_record_id: str
    error_message: NotRequired[str]


class CreatePipelineRequest(TypedDict):
    key: NotRequired[PipelineKey]
    name: PipelineName
    description: NotRequired[str]
    source: PipelineSource
    trigger: PipelineTrigger
    transform: PipelineTransform
    sync_mode: NotRequired[PipelineSyncMode]
    enabled: NotRequired[bool]
    metadata: NotRequired[dict[str, str]]


CreateToolConfigurationRequest: TypeAlias = "CreateMcpToolConfigurationRequest | CreateCorporaSearchToolConfigurationRequest | CreateWebSearchToolConfigurationRequest"


CreateToolRequest: TypeAlias = "CreateLambdaToolRequest"


class CreateToolServerRequest(TypedDict):
    name: ToolServerName
    type: ToolServerType
    description: NotRequired[str]
    uri: str
    headers: NotRequired[dict[str, str]]
    transport: ToolServerTransport
    auth: NotRequired[RemoteAuth]
    enabled: NotRequired[bool]
    metadata: NotRequired[dict[str, Any]]


class CreateUserRequest(TypedDict):
    email: str
    username: NotRequired[str]
    description: NotRequired[str]
    api_roles: NotRequired[list[ApiRole]]
    corpus_roles: NotRequired[list[CorpusRole]]
    agent_roles: NotRequired[list[AgentRole]]


class CreateUsersResponse(TypedDict):
    id: str
    email: str
    username: str
    enabled: bool
    description: NotRequired[str]
    created_at: str
    updated_at: str
    api_roles: list[ApiRole]
    corpus_roles: list[CorpusRole]
    agent_roles: list[AgentRole]
    api_policy: NotRequired[ApiPolicy]
    one_time_code: str
    one_time_code_link: str


class CreateVertexAILLMRequest(TypedDict):
    type: Literal['vertex-ai']
    name: str
    description: NotRequired[str]
    model: str
    uri: str
    auth: VertexAiAuth
    test_model_parameters: NotRequired[dict[str, Any]]
    capabilities: NotRequired[LlmCapabilities]


class CreateWebSearchToolConfigurationRequest(TypedDict):
    name: ToolConfigurationName
    description: NotRequired[str]
    type: Literal['web_search']
    enabled: NotRequired[bool]
    argument_override: NotRequired[WebSearchToolParameters]
    metadata: NotRequired[dict[str, Any]]


class CronPipelineTrigger(TypedDict):
    type: Literal['cron']
    expression: str


class CronScheduleConfiguration(TypedDict):
    type: Literal['cron']
    cron_expression: str


CustomDimensions: TypeAlias = "dict[str, float]"


class CustomerSpecificReranker(TypedDict):
    type: NotRequired[Literal['customer_reranker']]
    reranker_id: NotRequired[str]
    reranker_name: NotRequired[str]
    limit: NotRequired[int]
    cutoff: NotRequired[float]
    include_context: NotRequired[bool]
    instructions: NotRequired[str]


class Data(TypedDict):
    headers: NotRequired[list[Header]]
    rows: NotRequired[list[Row]]


DeadLetterOrigin: TypeAlias = "Literal['pipeline', 'manual']"


DeadLetterStatus: TypeAlias = "Literal['pending', 'retrying']"


class DefaultOutputParser(TypedDict):
    type: Literal['default']


class DeleteGlossaryEntriesRequest(TypedDict):
    terms: list[str]


class Document(TypedDict):
    id: str
    metadata: dict[str, Any]
    tables: NotRequired[list[Table]]
    images: NotRequired[list[ImageMetadata]]
    parts: NotRequired[list[DocumentPart]]
    storage_usage: NotRequired[DocumentStorageUsage]
    extraction_usage: NotRequired[ExtractionUsage]


class DocumentConversionTool(TypedDict):
    id: ToolId
    name: str
    title: NotRequired[str]
    description: str
    description_template: NotRequired[ToolDescriptionTemplate]
    documentation: NotRequired[str]
    enabled: bool
    experimental: NotRequired[bool]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]
    input_schema: dict[str, Any]
    category: NotRequired[str]
    lineage: NotRequired[str]
    version: NotRequired[str]
    tool_groups: NotRequired[list[str]]
    type: Literal['document_conversion']


class DocumentConversionToolParameters(TypedDict):
    artifact_id: NotRequired[str]
    output_format: NotRequired[Literal['markdown', 'structured_document']]
    description: NotRequired[str]


class DocumentPart(TypedDict):
    text: str
    metadata: NotRequired[dict[str, Any]]
    context: NotRequired[str]
    custom_dimensions: NotRequired[CustomDimensions]
    table_id: NotRequired[str]
    image_id: NotRequired[str]


class DocumentStorageUsage(TypedDict):
    bytes_used: NotRequired[int]
    metadata_bytes_used: NotRequired[int]


class DynamicVectaraTool(TypedDict):
    id: ToolId
    name: str
    title: NotRequired[str]
    description: str
    description_template: NotRequired[ToolDescriptionTemplate]
    documentation: NotRequired[str]
    enabled: bool
    experimental: NotRequired[bool]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]
    input_schema: dict[str, Any]
    category: NotRequired[str]
    lineage: NotRequired[str]
    version: NotRequired[str]
    tool_groups: NotRequired[list[str]]
    type: Literal['dynamic_vectara']


EagerReference = TypedDict(
    "EagerReference",
    {
        "$ref": "str",
    },
)


class Encoder(TypedDict):
    id: str
    name: str
    type: str
    output_dimensions: int
    description: str
    default: bool
    enabled: bool


class Error(TypedDict):
    messages: list[str]
    request_id: str


class EvaluateFactualConsistencyRequest(TypedDict):
    model_parameters: NotRequired[EvaluateFactualConsistencyRequestModelParameters]
    generated_text: str
    source_texts: list[str]


class EvaluateFactualConsistencyRequestModelParameters(TypedDict):
    model_name: NotRequired[str]


class EvaluateFactualConsistencyResponse(TypedDict):
    score: float


class ExecutionConfiguration(TypedDict):
    max_execution_time_seconds: NotRequired[int]
    max_memory_mb: NotRequired[int]


class ExtractionUsage(TypedDict):
    table_extraction_used: NotRequired[int]


class FactualConsistencyScore(TypedDict):
    type: Literal['factual_consistency_score']
    factual_consistency_score: float


class FactualConsistencyScoreSpan(TypedDict):
    type: Literal['fcs']
    latency_millis: int
    started_at: str
    score: float


class FieldQuery(TypedDict):
    field: str
    query: str
    weight: NotRequired[float]
    fuzzy: NotRequired[bool]
    prefix: NotRequired[int | None]


class FilterAttribute(TypedDict):
    name: str
    level: Literal['document', 'part']
    description: NotRequired[str]
    indexed: NotRequired[bool]
    type: Literal['integer', 'real_number', 'text', 'boolean', 'list[integer]', 'list[real_number]', 'list[text]']


class FilterAttributeNumericStats(TypedDict):
    min: float
    max: float
    avg: float
    sum: float


class FilterAttributeStat(TypedDict):
    name: str
    type: Literal['integer', 'real_number', 'text', 'boolean', 'list[integer]', 'list[real_number]', 'list[text]']
    description: NotRequired[str]
    values: list[FilterAttributeValue]
    stats: NotRequired[FilterAttributeNumericStats]


class FilterAttributeValue(TypedDict):
    value: Any
    count: int


class FilterExtraction(TypedDict):
    query: NotRequired[str]
    metadata_filter: NotRequired[str]


class FirstAgentStep(TypedDict):
    type: NotRequired[str]
    instructions: list[AgentStepInstruction]
    output_parser: AgentOutputParser
    reminders: NotRequired[list[AgentStepReminder]]
    next_steps: NotRequired[list[NextStep]]
    allowed_tools: NotRequired[list[str] | None]
    allowed_skills: NotRequired[list[str] | None]
    reentry_step: NotRequired[str]
    name: NotRequired[str]


class FunctionDefinition(TypedDict):
    language: Literal['python']
    code: str
    validation_status: NotRequired[Literal['pending', 'valid', 'invalid']]
    validation_errors: NotRequired[list[str]]
    execution_configuration: NotRequired[ExecutionConfiguration]


class GenerationInfo(TypedDict):
    type: Literal['generation_info']
    rendered_prompt: str
    rephrased_query: NotRequired[str]


class GenerationParameters(TypedDict):
    enabled: NotRequired[bool]
    generation_preset_name: NotRequired[str]
    prompt_name: NotRequired[str]
    max_used_search_results: NotRequired[int]
    prompt_template: NotRequired[str]
    prompt_text: NotRequired[str]
    max_response_characters: NotRequired[int]
    response_language: NotRequired[Language]
    model_parameters: NotRequired[GenerationParametersModelParameters]
    citations: NotRequired[CitationParameters]
    enable_factual_consistency_score: NotRequired[bool]


class GenerationParametersModelParameters(TypedDict):
    llm_name: NotRequired[str]
    max_tokens: NotRequired[int]
    temperature: NotRequired[float]
    frequency_penalty: NotRequired[float]
    presence_penalty: NotRequired[float]


class GenerationPreset(TypedDict):
    id: str
    name: str
    description: str
    llm_name: NotRequired[str]
    prompt_template: NotRequired[str]
    max_used_search_results: NotRequired[int]
    max_tokens: NotRequired[int]
    temperature: NotRequired[float]
    frequency_penalty: NotRequired[float]
    presence_penalty: NotRequired[float]
    additional_model_params: NotRequired[dict[str, Any]]
    enabled: bool
    default: bool


class GenerationSpan(TypedDict):
    type: Literal['generation']
    latency_millis: int
    started_at: str
    prompt: str
    generation: str


class GetDocumentTextConfiguration(TypedDict):
    metadata: NotRequired[GetDocumentTextConfigurationMetadata]


class GetDocumentTextConfigurationMetadata(TypedDict):
    include: NotRequired[bool]
    exclude_paths: NotRequired[list[str]]


class GetDocumentTextParameters(TypedDict):
    document_id: NotRequired[str]
    corpus_key: NotRequired[str]


class GetDocumentTextTool(TypedDict):
    id: ToolId
    name: str
    title: NotRequired[str]
    description: str
    description_template: NotRequired[ToolDescriptionTemplate]
    documentation: NotRequired[str]
    enabled: bool
    experimental: NotRequired[bool]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]
    input_schema: dict[str, Any]
    category: NotRequired[str]
    lineage: NotRequired[str]
    version: NotRequired[str]
    tool_groups: NotRequired[list[str]]
    type: Literal['get_document_text']


class GetFilterAttributeStatsResponse(TypedDict):
    filter_attribute_stats: list[FilterAttributeStat]


class GetTokenRequest(TypedDict):
    client_id: str
    client_secret: str
    grant_type: Literal['client_credentials']


class GetTokenResponse(TypedDict):
    access_token: str
    token_type: str
    expires_in: int


class GetTokenShortRequest(TypedDict):
    client_id: str
    client_secret: str
    grant_type: NotRequired[Literal['client_credentials']]


class Glossary(TypedDict):
    key: GlossaryKey
    name: str
    description: NotRequired[str]
    num_entries: int
    created_at: str
    updated_at: str


class GlossaryEntriesResponse(TypedDict):
    entries: list[GlossaryEntry]
    metadata: ListMetadata


class GlossaryEntry(TypedDict):
    term: str
    expansion: str


class GlossaryExpansionReminder(TypedDict):
    type: Literal['glossary_expansion']
    glossary_key: GlossaryKey


GlossaryKey: TypeAlias = "str"


class HallucinationCorrectionRequest(TypedDict):
    generated_text: str
    documents: list[HcmSourceDocument]
    model_name: str
    query: NotRequired[str]


class HallucinationCorrectionResponse(TypedDict):
    corrections: list[CorrectionItem]
    corrected_text: str
    model: str


class HallucinationCorrector(TypedDict):
    id: str
    name: str
    type: str
    description: str
    enabled: bool


class HcmSourceDocument(TypedDict):
    text: str


Header: TypeAlias = "list[Cell]"


class HeaderAuth(TypedDict):
    type: Literal['header']
    header: str
    value: str


class Image(TypedDict):
    id: str
    title: NotRequired[str]
    caption: NotRequired[str]
    image_data: ImageData
    description: NotRequired[str]


class ImageData(TypedDict):
    data: str
    mime_type: str


class ImageMetadata(TypedDict):
    id: str
    title: NotRequired[str]
    caption: NotRequired[str]
    description: NotRequired[str]
    mime_type: str


class ImageReadEvent(TypedDict):
    type: Literal['image_read']
    artifact_id: ArtifactId
    detail: NotRequired[Literal['auto', 'low', 'high']]
    id: AgentEventId
    session_key: AgentSessionKey
    created_at: str


class ImageReadTool(TypedDict):
    id: ToolId
    name: str
    title: NotRequired[str]
    description: str
    description_template: NotRequired[ToolDescriptionTemplate]
    documentation: NotRequired[str]
    enabled: bool
    experimental: NotRequired[bool]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]
    input_schema: dict[str, Any]
    category: NotRequired[str]
    lineage: NotRequired[str]
    version: NotRequired[str]
    tool_groups: NotRequired[list[str]]
    type: Literal['image_read']


class ImageReadToolParameters(TypedDict):
    artifact_id: NotRequired[str]
    detail: NotRequired[Literal['auto', 'low', 'high']]


class IndividualSearchResult(TypedDict):
    text: str
    score: float
    part_metadata: dict[str, Any]
    document_metadata: dict[str, Any]
    document_id: str
    table: NotRequired[Table]
    image: NotRequired[ImageMetadata]
    request_corpora_index: int
    corpus_key: NotRequired[str]


class InitialInstruction(TypedDict):
    id: InstructionId
    type: Literal['initial']
    name: InstructionName
    description: NotRequired[str]
    template_type: TemplateType
    template: InstructionTemplate
    version: int
    metadata: dict[str, Any]
    enabled: bool
    created_at: str
    updated_at: str


class InlineArtifactCreateToolConfiguration(TypedDict):
    type: Literal['artifact_create']
    description_template: NotRequired[str]


class InlineArtifactGrepToolConfiguration(TypedDict):
    type: Literal['artifact_grep']
    description_template: NotRequired[str]
    argument_override: NotRequired[ArtifactGrepToolParameters]


class InlineArtifactReadToolConfiguration(TypedDict):
    type: Literal['artifact_read']
    description_template: NotRequired[str]
    argument_override: NotRequired[ArtifactReadToolParameters]
    tool_configuration: NotRequired[ArtifactReadConfiguration]


class InlineCorporaSearchToolConfiguration(TypedDict):
    type: Literal['corpora_search']
    description_template: NotRequired[str]
    argument_override: NotRequired[CorporaSearchToolParameters]
    query_configuration: AgentCorporaSearchQueryConfiguration


class InlineDocumentConversionToolConfiguration(TypedDict):
    type: Literal['document_conversion']
    description_template: NotRequired[str]
    argument_override: NotRequired[DocumentConversionToolParameters]


class InlineDynamicVectaraToolConfiguration(TypedDict):
    type: Literal['dynamic_vectara']
    tool_id: str
    description_template: NotRequired[str]
    argument_override: NotRequired[dict[str, Any]]


class InlineGetDocumentTextToolConfiguration(TypedDict):
    type: Literal['get_document_text']
    description_template: NotRequired[str]
    argument_override: NotRequired[GetDocumentTextParameters]
    tool_configuration: NotRequired[GetDocumentTextConfiguration]


class InlineImageReadToolConfiguration(TypedDict):
    type: Literal['image_read']
    description_template: NotRequired[str]
    argument_override: NotRequired[ImageReadToolParameters]


class InlineInstruction(TypedDict):
    type: Literal['inline']
    name: str
    description: NotRequired[str]
    template_type: NotRequired[Literal['velocity']]
    template: str
    metadata: NotRequired[dict[str, Any]]
    enabled: NotRequired[bool]


class InlineLambdaToolConfiguration(TypedDict):
    type: Literal['lambda']
    tool_id: str
    description_template: NotRequired[str]
    argument_override: NotRequired[dict[str, Any]]


class InlineMcpToolConfiguration(TypedDict):
    type: Literal['mcp']
    tool_id: str
    description_template: NotRequired[str]
    argument_override: NotRequired[dict[str, Any]]


class InlineStructuredIndexingToolConfiguration(TypedDict):
    type: Literal['structured_indexing']
    description_template: NotRequired[str]
    argument_override: NotRequired[StructuredIndexingToolParameters]


class InlineSubAgentToolConfiguration(TypedDict):
    type: Literal['sub_agent']
    description_template: NotRequired[str]
    argument_override: NotRequired[SubAgentToolParameters]
    sub_agent_configuration: SubAgentConfiguration


class InlineWebGetToolConfiguration(TypedDict):
    type: Literal['web_get']
    description_template: NotRequired[str]
    argument_override: NotRequired[WebGetToolParameters]


class InlineWebSearchToolConfiguration(TypedDict):
    type: Literal['web_search']
    description_template: NotRequired[str]
    argument_override: NotRequired[WebSearchToolParameters]


InputBehavior: TypeAlias = "Literal['steer', 'follow_up']"


class InputMessageEvent(TypedDict):
    type: Literal['input_message']
    messages: list[AgentInput]
    id: AgentEventId
    session_key: AgentSessionKey
    created_at: str


class InputTokens(TypedDict):
    count: NotRequired[int]


Instruction: TypeAlias = "InitialInstruction"


InstructionId: TypeAlias = "str"


InstructionName: TypeAlias = "str"


InstructionTemplate: TypeAlias = "str"


class IntervalPipelineTrigger(TypedDict):
    type: Literal['interval']
    duration: str


class IntervalScheduleConfiguration(TypedDict):
    type: Literal['interval']
    interval: str


class Job(TypedDict):
    id: str
    type: Literal['rebuild_vector_index', 'replace_filter_attributes', 'bulk_delete_documents', 'unknown']
    corpus_keys: list[CorpusKey]
    state: JobState
    created_at: str
    started_at: NotRequired[str]
    completed_at: NotRequired[str]
    created_by_username: NotRequired[str]


JobState: TypeAlias = "Literal['unknown', 'queued', 'started', 'completed', 'failed', 'failed_will_retry', 'aborted']"


class JsonSchemaDefinition(TypedDict):
    type: Literal['object', 'array', 'string', 'number', 'integer', 'boolean']
    properties: NotRequired[dict[str, JsonSchemaDefinition]]
    required: NotRequired[list[str]]
    additionalProperties: NotRequired[bool]
    items: NotRequired[JsonSchemaDefinition]
    enum: NotRequired[list[Any]]
    description: NotRequired[str]


class JsonSchemaSpec(TypedDict):
    description: NotRequired[str]
    name: str
    strict: NotRequired[bool]
    schema: JsonSchemaDefinition


class KeyedSearchCorpus(TypedDict):
    custom_dimensions: NotRequired[CustomDimensions]
    metadata_filter: NotRequired[str]
    lexical_interpolation: NotRequired[float]
    semantics: NotRequired[SearchSemantics]
    corpus_key: CorpusKey
    query: NotRequired[str]


class LLM(TypedDict):
    id: str
    name: str
    description: str
    enabled: bool
    default: bool
    capabilities: NotRequired[LlmCapabilities]
    ownership: LlmOwnership
    prompts: NotRequired[list[Prompt]]


class LambdaTool(TypedDict):
    type: Literal['lambda']
    id: ToolId
    name: str
    title: NotRequired[str]
    description: str
    description_template: NotRequired[ToolDescriptionTemplate]
    documentation: NotRequired[str]
    language: Literal['python']
    enabled: bool
    experimental: NotRequired[bool]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]
    input_schema: NotRequired[dict[str, Any]]
    output_schema: NotRequired[dict[str, Any]]
    function_definition: FunctionDefinition
    category: NotRequired[str]
    lineage: NotRequired[str]
    version: NotRequired[str]
    tool_groups: NotRequired[list[str]]


Language: TypeAlias = "Literal['auto', 'eng', 'deu', 'fra', 'zho', 'kor', 'ara', 'rus', 'tha', 'nld', 'ita', 'por', 'spa', 'jpn', 'pol', 'tur', 'vie', 'ind', 'ces', 'ukr', 'ell', 'heb', 'fas', 'hin', 'urd', 'swe', 'ben', 'msa', 'ron']"


class ListAgentEventsResponse(TypedDict):
    events: list[AgentEvent]
    metadata: ListMetadata


class ListAgentScheduleExecutionsResponse(TypedDict):
    executions: list[AgentScheduleExecution]
    metadata: ListMetadata


class ListAgentSchedulesResponse(TypedDict):
    schedules: list[AgentSchedule]
    metadata: ListMetadata


class ListAgentSessionsResponse(TypedDict):
    sessions: list[AgentSession]
    metadata: ListMetadata


class ListAgentsResponse(TypedDict):
    agents: list[Agent]
    metadata: ListMetadata


class ListApiKeysResponse(TypedDict):
    api_keys: list[ApiKey]
    metadata: ListMetadata


class ListAppClientsResponse(TypedDict):
    app_clients: list[AppClient]
    metadata: ListMetadata


class ListChatTurnsResponse(TypedDict):
    turns: list[Turn]


class ListChatsResponse(TypedDict):
    chats: list[Chat]
    metadata: ListMetadata


class ListCorporaResponse(TypedDict):
    corpora: list[Corpus]
    metadata: ListMetadata


class ListDocumentsResponse(TypedDict):
    documents: list[Document]
    metadata: ListMetadata


class ListEncodersResponse(TypedDict):
    encoders: list[Encoder]
    metadata: ListMetadata


class ListGenerationPresetsResponse(TypedDict):
    generation_presets: list[GenerationPreset]
    metadata: ListMetadata


class ListGlossariesResponse(TypedDict):
    glossaries: list[Glossary]
    metadata: ListMetadata


class ListHallucinationCorrectorsResponse(TypedDict):
    hallucination_correctors: list[HallucinationCorrector]
    metadata: ListMetadata


class ListInstructionsResponse(TypedDict):
    instructions: list[Instruction]
    metadata: ListMetadata


class ListJobsResponse(TypedDict):
    jobs: list[Job]
    metadata: ListMetadata


class ListLLMsResponse(TypedDict):
    llms: list[LLM]
    metadata: ListMetadata


class ListMetadata(TypedDict):
    page_key: str


class ListPipelineDeadLetterEntriesResponse(TypedDict):
    dead_letters: list[PipelineDeadLetterEntry]
    metadata: ListMetadata


class ListPipelineRunsResponse(TypedDict):
    runs: list[PipelineRun]
    metadata: ListMetadata


ListPipelinesRequestSourceType: TypeAlias = "Literal['sharepoint', 's3']"


class ListPipelinesResponse(TypedDict):
    pipelines: list[Pipeline]
    metadata: ListMetadata


class ListQueryHistoriesResponse(TypedDict):
    queries: list[QueryHistorySummary]
    metadata: ListMetadata


class ListRerankersResponse(TypedDict):
    rerankers: list[Reranker]
    metadata: ListMetadata


class ListSessionArtifactsResponse(TypedDict):
    artifacts: list[SessionArtifact]
    metadata: ListMetadata


class ListTableExtractorsResponse(TypedDict):
    table_extractors: list[TableExtractor]


class ListToolConfigurationsResponse(TypedDict):
    tool_configurations: list[ToolConfiguration]
    metadata: ListMetadata


class ListToolServersResponse(TypedDict):
    tool_servers: list[ToolServer]
    metadata: ListMetadata


class ListToolsResponse(TypedDict):
    tools: list[Tool]
    metadata: ListMetadata


class ListUsersResponse(TypedDict):
    users: list[User]
    metadata: ListMetadata


class LlmCapabilities(TypedDict):
    image_support: NotRequired[bool]
    context_limit: NotRequired[int]
    tool_calling: NotRequired[bool]
    structured_outputs: NotRequired[bool]
    requires_role_alternation: NotRequired[bool]


LlmOwnership: TypeAlias = "Literal['platform', 'customer']"


class MMRReranker(TypedDict):
    type: Literal['mmr']
    diversity_bias: NotRequired[float]
    limit: NotRequired[int]
    cutoff: NotRequired[float]


class ManualPipelineTrigger(TypedDict):
    type: Literal['manual']


class MaxCharsChunkingStrategy(TypedDict):
    type: Literal['max_chars_chunking_strategy']
    max_chars_per_chunk: int


class McpTool(TypedDict):
    id: ToolId
    name: str
    title: NotRequired[str]
    description: str
    description_template: NotRequired[ToolDescriptionTemplate]
    documentation: NotRequired[str]
    enabled: bool
    experimental: NotRequired[bool]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]
    input_schema: dict[str, Any]
    category: NotRequired[str]
    lineage: NotRequired[str]
    version: NotRequired[str]
    tool_groups: NotRequired[list[str]]
    type: Literal['mcp']
    server_id: NotRequired[ToolServerId]
    annotations: NotRequired[McpToolAnnotations]


class McpToolAnnotations(TypedDict):
    read_only_hint: NotRequired[bool]
    destructive_hint: NotRequired[bool]
    idempotent_hint: NotRequired[bool]
    open_world_hint: NotRequired[bool]


class McpToolConfiguration(TypedDict):
    id: ToolConfigurationId
    name: NotRequired[ToolConfigurationName]
    description: NotRequired[str]
    version: int
    type: Literal['mcp']
    enabled: bool
    argument_override: NotRequired[dict[str, Any]]
    metadata: dict[str, Any]
    created_at: str
    updated_at: str


class MetadataQueryRequest(TypedDict):
    level: NotRequired[Literal['document', 'part']]
    queries: list[FieldQuery]
    metadata_filter: NotRequired[str]
    limit: NotRequired[int]
    offset: NotRequired[int]


class MetadataQueryResponse(TypedDict):
    documents: list[ScoredDocument]
    total_count: int


class NextStep(TypedDict):
    condition: NotRequired[str]
    step_name: str


class NoneReranker(TypedDict):
    type: Literal['none']
    limit: NotRequired[int]


class NotFoundError(TypedDict):
    id: str
    messages: list[str]
    request_id: str


class OAuthClientCredentialsAuth(TypedDict):
    type: Literal['oauth_client_credentials']
    client_id: str
    client_secret: str
    token_endpoint: str
    scopes: NotRequired[list[str]]


class OAuthError(TypedDict):
    error: Literal['invalid_request', 'invalid_client', 'unsupported_grant_type']
    error_description: NotRequired[str]


class OutputTokens(TypedDict):
    count: NotRequired[int]
    reasoning_tokens: NotRequired[int]


class Pipeline(TypedDict):
    key: PipelineKey
    name: PipelineName
    description: NotRequired[str]
    source: PipelineSource
    trigger: PipelineTrigger
    transform: PipelineTransform
    sync_mode: PipelineSyncMode
    watermark: NotRequired[PipelineWatermark]
    status: PipelineStatus
    status_message: NotRequired[str]
    enabled: bool
    metadata: dict[str, str]
    created_at: str
    updated_at: str


class PipelineDeadLetterEntry(TypedDict):
    id: str
    source_record_id: str
    status: DeadLetterStatus
    error_message: NotRequired[str]
    last_run_id: NotRequired[PipelineRunId]
    attempt_count: int
    origin: DeadLetterOrigin
    created_at: str
    updated_at: str


PipelineKey: TypeAlias = "str"


PipelineName: TypeAlias = "str"


class PipelineRun(TypedDict):
    id: PipelineRunId
    pipeline_key: PipelineKey
    agent_key: AgentKey
    status: PipelineRunStatus
    trigger_type: PipelineRunTriggerType
    records_fetched: int
    records_processed: int
    records_failed: int
    error: NotRequired[str]
    started_at: str
    completed_at: NotRequired[str]
    created_at: str


PipelineRunId: TypeAlias = "str"


PipelineRunStatus: TypeAlias = "Literal['running', 'completed', 'failed', 'cancelled']"


PipelineRunTriggerType: TypeAlias = "Literal['scheduled', 'manual', 'retry']"


class PipelineSource(TypedDict):
    type: Literal['s3']
    bucket: NotRequired[str]
    prefix: NotRequired[str]
    region: NotRequired[str]
    endpoint_url: NotRequired[str]
    access_key_id: NotRequired[str]
    secret_access_key: NotRequired[str]


PipelineStatus: TypeAlias = "Literal['initializing', 'active', 'paused', 'error']"


PipelineSyncMode: TypeAlias = "Literal['incremental', 'full_refresh']"


class PipelineTransform(TypedDict):
    type: Literal['agent']
    agent_key: AgentKey
    verification: NotRequired[PipelineVerification]


PipelineTrigger: TypeAlias = "CronPipelineTrigger | IntervalPipelineTrigger | ManualPipelineTrigger"


PipelineVerification: TypeAlias = "ConditionPipelineVerification | AgentPipelineVerification"


class PipelineWatermark(TypedDict):
    value: str
    updated_at: str


class ProcessPipelineDeadLetterEntriesRequest(TypedDict):
    source_record_ids: NotRequired[list[str]]
    last_run_id: NotRequired[PipelineRunId]
    origin: NotRequired[DeadLetterOrigin]


class Prompt(TypedDict):
    id: str
    name: str
    description: str
    enabled: bool
    default: bool


class QueryCorpusRequestSearch(TypedDict):
    custom_dimensions: NotRequired[CustomDimensions]
    metadata_filter: NotRequired[str]
    lexical_interpolation: NotRequired[float]
    semantics: NotRequired[SearchSemantics]
    offset: NotRequired[int]
    limit: NotRequired[int]
    context_configuration: NotRequired[ContextConfiguration]
    reranker: NotRequired[SearchReranker]


class QueryCorpusRequest(TypedDict):
    query: str
    search: NotRequired[QueryCorpusRequestSearch]
    generation: NotRequired[GenerationParameters]
    stream_response: NotRequired[bool]
    save_history: NotRequired[bool]
    intelligent_query_rewriting: NotRequired[bool]


class QueryFullResponse(TypedDict):
    summary: NotRequired[str]
    response_language: NotRequired[Language]
    search_results: list[IndividualSearchResult]
    factual_consistency_score: NotRequired[float]
    rendered_prompt: NotRequired[str]
    warnings: NotRequired[list[QueryWarning]]
    rewritten_queries: NotRequired[list[RewrittenQuery]]


class QueryHistory(TypedDict):
    id: str
    query: QueryRequest
    chat_id: NotRequired[str]
    latency_millis: int
    started_at: str
    spans: list[QueryHistorySpan]
    agent_key: NotRequired[str]
    session_key: NotRequired[str]


QueryHistorySpan: TypeAlias = "RephraseSpan | SearchSpan | RerankSpan | GenerationSpan | FactualConsistencyScoreSpan | RewrittenQuerySpan"


class QueryHistorySummary(TypedDict):
    id: str
    query: str
    corpus_key: str
    started_at: str
    latency_millis: int
    chat_id: NotRequired[str]
    generation: NotRequired[str]
    factual_consistency_score: NotRequired[float]
    agent_key: NotRequired[str]
    session_key: NotRequired[str]


class QueryRequest(TypedDict):
    query: str
    search: SearchCorporaParameters
    generation: NotRequired[GenerationParameters]
    stream_response: NotRequired[bool]
    save_history: NotRequired[bool]
    intelligent_query_rewriting: NotRequired[bool]


QueryStreamedResponse: TypeAlias = "StreamSearchResponse | StreamGenerationChunk | StreamGenerationEnd | StreamResponseEnd | FactualConsistencyScore | GenerationInfo | StreamError"


QueryWarning: TypeAlias = "Literal['exceeded_max_input_length_fcs', 'intelligent_query_rewriting_failed', 'fcs_language_not_supported']"


class ReferenceInstruction(TypedDict):
    type: Literal['reference']
    id: str
    version: NotRequired[int]


RemoteAuth: TypeAlias = "BearerAuth | HeaderAuth | OAuthClientCredentialsAuth"


class RephraseSpan(TypedDict):
    type: Literal['rephrase']
    latency_millis: int
    started_at: str
    rephrased_query: str


class ReplaceAgentRequest(TypedDict):
    key: NotRequired[AgentKey]
    name: AgentName
    description: NotRequired[str]
    tool_configurations: dict[str, AgentToolConfiguration]
    skills: NotRequired[dict[str, AgentSkill]]
    model: AgentModel
    first_step: NotRequired[FirstAgentStep]
    first_step_name: NotRequired[str]
    steps: NotRequired[dict[str, AgentStep]]
    metadata: NotRequired[dict[str, Any]]
    enabled: NotRequired[bool]
    compaction: NotRequired[CompactionConfig]
    tool_output_offloading: NotRequired[ToolOutputOffloadingConfiguration]


class ReplaceFilterAttributesRequest(TypedDict):
    filter_attributes: list[FilterAttribute]


class ReplaceFilterAttributesResponse(TypedDict):
    job_id: str


class RerankSpan(TypedDict):
    type: Literal['rerank']
    latency_millis: int
    started_at: str
    reranked_search_results: list[RerankedSearchResult]


class RerankedSearchResult(TypedDict):
    text: str
    score: float
    original_score: float


class Reranker(TypedDict):
    id: str
    name: str
    description: str
    enabled: bool


class ResetPasswordUsersResponse(TypedDict):
    one_time_code: str
    one_time_code_link: str


class ResponseFormat(TypedDict):
    type: ResponseFormatType
    json_schema: NotRequired[ResponseJsonSchema]


ResponseFormatType: TypeAlias = "Literal['json_schema', 'json_object', 'text']"


class ResponseJsonSchema(TypedDict):
    name: str
    description: NotRequired[str | None]
    strict: NotRequired[bool | None]
    schema: dict[str, Any]


class RetryConfiguration(TypedDict):
    enabled: NotRequired[bool]
    max_retries: NotRequired[int]
    initial_backoff_ms: NotRequired[int]
    max_backoff_ms: NotRequired[int]
    backoff_factor: NotRequired[float]


class RewrittenQuery(TypedDict):
    corpus_key: str
    filter_extraction: FilterExtraction


class RewrittenQuerySpan(TypedDict):
    type: Literal['rewritten_query']
    corpus_key: str
    latency_millis: int
    started_at: str
    warnings: NotRequired[list[RewrittenQueryWarning]]
    filter_extraction: FilterExtraction


RewrittenQueryWarning: TypeAlias = "Literal['no_filter_attrs', 'extracted_empty_filter', 'failed_to_parse_extracted_filter', 'failure']"


Row: TypeAlias = "list[Cell]"


ScheduleConfiguration: TypeAlias = "IntervalScheduleConfiguration | CronScheduleConfiguration"


class ScoredDocument(TypedDict):
    doc_id: str
    score: float
    metadata: dict[str, Any]


class SearchCorporaParameters(TypedDict):
    corpora: list[KeyedSearchCorpus]
    offset: NotRequired[int]
    limit: NotRequired[int]
    context_configuration: NotRequired[ContextConfiguration]
    reranker: NotRequired[SearchReranker]


class SearchCorpus(TypedDict):
    custom_dimensions: NotRequired[CustomDimensions]
    metadata_filter: NotRequired[str]
    lexical_interpolation: NotRequired[float]
    semantics: NotRequired[SearchSemantics]


class SearchParameters(TypedDict):
    offset: NotRequired[int]
    limit: NotRequired[int]
    context_configuration: NotRequired[ContextConfiguration]
    reranker: NotRequired[SearchReranker]


SearchReranker: TypeAlias = "CustomerSpecificReranker | UserFunctionReranker | MMRReranker | ChainReranker | NoneReranker"


SearchSemantics: TypeAlias = "Literal['default', 'query', 'response']"


class SearchSpan(TypedDict):
    type: Literal['search']
    latency_millis: int
    started_at: str
    search_results: list[IndividualSearchResult]


class SentenceChunkingStrategy(TypedDict):
    type: NotRequired[Literal['sentence_chunking_strategy']]


class SessionArtifact(TypedDict):
    artifact_id: ArtifactId
    filename: str
    mime_type: str
    size_bytes: int
    checksum_sha256: str
    metadata: dict[str, Any]
    description: NotRequired[str]
    ttl_days: NotRequired[int]
    created_at: str
    updated_at: NotRequired[str]
    data: NotRequired[str]


class SessionContextUsage(TypedDict):
    input_tokens: NotRequired[InputTokens]
    output_tokens: NotRequired[OutputTokens]
    total_tokens: NotRequired[int]
    model_context_window: NotRequired[int]


class SessionInterruptedEvent(TypedDict):
    type: Literal['session_interrupted']
    id: AgentEventId
    session_key: AgentSessionKey
    created_at: str


class SkillLoadEvent(TypedDict):
    type: Literal['skill_load']
    skill_name: str
    content: str
    id: AgentEventId
    session_key: AgentSessionKey
    created_at: str


class StepTransitionEvent(TypedDict):
    type: Literal['step_transition']
    from_step: str
    to_step: str
    content: str
    id: AgentEventId
    session_key: AgentSessionKey
    created_at: str


class StepTransitionLimitExceededEvent(TypedDict):
    type: Literal['step_transition_limit_exceeded']
    transition_limit: NotRequired[int]
    message: str
    id: AgentEventId
    session_key: AgentSessionKey
    created_at: str


class StreamError(TypedDict):
    type: Literal['error']
    messages: list[str]


class StreamGenerationChunk(TypedDict):
    type: Literal['generation_chunk']
    generation_chunk: str


class StreamGenerationEnd(TypedDict):
    type: Literal['generation_end']


class StreamResponseEnd(TypedDict):
    type: Literal['end']


class StreamSearchResponse(TypedDict):
    type: Literal['search_results']
    search_results: list[IndividualSearchResult]
    rewritten_queries: NotRequired[list[RewrittenQuery]]


class StreamingAgentOutput(TypedDict):
    type: Literal['streaming_agent_output']
    content: str
    created_at: str


class StreamingAgentOutputEnd(TypedDict):
    type: Literal['streaming_agent_output_end']
    event_id: NotRequired[str]
    created_at: str


class StreamingThinking(TypedDict):
    type: Literal['streaming_thinking']
    content: str
    created_at: str


class StreamingThinkingEnd(TypedDict):
    type: Literal['streaming_thinking_end']
    created_at: str


class StructuredDocument(TypedDict):
    id: str
    type: Literal['structured']
    title: NotRequired[str]
    description: NotRequired[str]
    metadata: NotRequired[dict[str, Any]]
    custom_dimensions: NotRequired[CustomDimensions]
    sections: list[StructuredDocumentSection]
    chunking_strategy: NotRequired[ChunkingStrategy]


class StructuredDocumentSection(TypedDict):
    id: NotRequired[int]
    title: NotRequired[str]
    text: str
    metadata: NotRequired[dict[str, Any]]
    tables: NotRequired[list[Table]]
    images: NotRequired[list[Image]]
    sections: NotRequired[list[StructuredDocumentSection]]


class StructuredIndexingTool(TypedDict):
    id: ToolId
    name: str
    title: NotRequired[str]
    description: str
    description_template: NotRequired[ToolDescriptionTemplate]
    documentation: NotRequired[str]
    enabled: bool
    experimental: NotRequired[bool]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]
    input_schema: dict[str, Any]
    category: NotRequired[str]
    lineage: NotRequired[str]
    version: NotRequired[str]
    tool_groups: NotRequired[list[str]]
    type: Literal['structured_indexing']


class StructuredIndexingToolParameters(TypedDict):
    corpus_key: NotRequired[str]
    document_id: NotRequired[str]
    title: NotRequired[str]
    description: NotRequired[str]
    metadata: NotRequired[dict[str, Any]]
    document: NotRequired[dict[str, Any]]


class StructuredOutputEvent(TypedDict):
    type: Literal['structured_output']
    schema_name: str
    content: Any
    id: AgentEventId
    session_key: AgentSessionKey
    created_at: str


class StructuredOutputParser(TypedDict):
    type: Literal['structured']
    json_schema: JsonSchemaSpec


class SubAgentConfiguration(TypedDict):
    agent_key: AgentKey
    session_mode: NotRequired[SubAgentSessionMode]
    session_metadata: NotRequired[dict[str, Any]]


SubAgentSessionMode: TypeAlias = "Literal['llm_controlled', 'persistent', 'ephemeral']"


class SubAgentTool(TypedDict):
    id: ToolId
    name: str
    title: NotRequired[str]
    description: str
    description_template: NotRequired[ToolDescriptionTemplate]
    documentation: NotRequired[str]
    enabled: bool
    experimental: NotRequired[bool]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]
    input_schema: dict[str, Any]
    category: NotRequired[str]
    lineage: NotRequired[str]
    version: NotRequired[str]
    tool_groups: NotRequired[list[str]]
    type: Literal['sub_agent']


class SubAgentToolParameters(TypedDict):
    message: NotRequired[str]
    session_tti_minutes: NotRequired[int]


class SummarizeDocumentRequest(TypedDict):
    llm_name: str
    prompt_template: NotRequired[str]
    model_parameters: NotRequired[dict[str, Any]]
    stream_response: NotRequired[bool]


class SummarizeDocumentResponse(TypedDict):
    summary: str
    rendered_prompt: str


SummarizeDocumentStreamedResponse: TypeAlias = "StreamGenerationChunk | GenerationInfo | StreamGenerationEnd | StreamResponseEnd | StreamError"


class Table(TypedDict):
    id: NotRequired[str]
    title: NotRequired[str]
    data: NotRequired[Data]
    description: NotRequired[str]


class TableExtractionConfig(TypedDict):
    extract_tables: bool
    extractor: NotRequired[TableExtractorSpec]
    generation: NotRequired[TableGenerationSpec]


class TableExtractor(TypedDict):
    name: str
    is_default: bool
    description: str
    generation: NotRequired[TableGenerationSpec]


class TableExtractorSpec(TypedDict):
    name: str


class TableGenerationSpec(TypedDict):
    llm_name: NotRequired[str]
    prompt_template: NotRequired[str]
    model_parameters: NotRequired[dict[str, Any]]


TemplateType: TypeAlias = "Literal['velocity']"


class TemplatedReminder(TypedDict):
    type: Literal['templated']
    template_type: NotRequired[Literal['velocity']]
    template: str
    hooks: list[TemplatedReminderHooksItem]


TemplatedReminderHooksItem: TypeAlias = "Literal['input_message', 'tool_output']"


class TestInstructionRequest(TypedDict):
    context: NotRequired[dict[str, Any]]
    tools: NotRequired[list[Tool]]


class TestInstructionResponse(TypedDict):
    rendered_instruction: str


class TestLambdaToolRequest(TypedDict):
    language: NotRequired[Literal['python']]
    code: str
    execution_configuration: NotRequired[ExecutionConfiguration]
    test_input: dict[str, Any]
    timeout_seconds: NotRequired[int]


class TestLambdaToolResponse(TypedDict):
    validation: TestLambdaToolResponseValidation
    input_schema: NotRequired[dict[str, Any]]
    output_schema: NotRequired[dict[str, Any]]
    execution: NotRequired[TestLambdaToolResponseExecution]


class TestLambdaToolResponseExecution(TypedDict):
    success: bool
    output: NotRequired[dict[str, Any]]
    error: NotRequired[TestLambdaToolResponseExecutionError]
    latency_millis: NotRequired[int]
    memory_used_mb: NotRequired[int]
    validation_results: NotRequired[TestLambdaToolResponseExecutionValidationResults]


class TestLambdaToolResponseExecutionError(TypedDict):
    message: str
    traceback: NotRequired[str]


class TestLambdaToolResponseExecutionValidationResults(TypedDict):
    input_valid: NotRequired[bool]
    output_valid: NotRequired[bool]
    validation_errors: NotRequired[list[str]]


class TestLambdaToolResponseValidation(TypedDict):
    status: Literal['valid', 'invalid', 'pending']
    errors: list[str]


class TestToolErrorResponse(TypedDict):
    type: Literal['error']
    error: TestToolErrorResponseError
    latency_millis: int
    memory_used_mb: NotRequired[int]


class TestToolErrorResponseError(TypedDict):
    message: str
    traceback: NotRequired[str]


class TestToolRequest(TypedDict):
    input: dict[str, Any]
    timeout_seconds: NotRequired[int]


TestToolResponse: TypeAlias = "TestToolSuccessResponse | TestToolErrorResponse"


class TestToolSuccessResponse(TypedDict):
    type: Literal['success']
    output: dict[str, Any]
    latency_millis: int
    memory_used_mb: NotRequired[int]
    validation_results: NotRequired[TestToolSuccessResponseValidationResults]


class TestToolSuccessResponseValidationResults(TypedDict):
    input_valid: NotRequired[bool]
    output_valid: NotRequired[bool]
    validation_errors: NotRequired[list[str]]


class ThinkingEvent(TypedDict):
    type: Literal['thinking']
    content: NotRequired[str]
    id: AgentEventId
    session_key: AgentSessionKey
    created_at: str


Tool: TypeAlias = "McpTool | CorporaSearchTool | WebSearchTool | LambdaTool | StructuredIndexingTool | SubAgentTool | ArtifactCreateTool | ArtifactReadTool | ArtifactGrepTool | ImageReadTool | DocumentConversionTool | DynamicVectaraTool | WebGetTool | GetDocumentTextTool"


class ToolBase(TypedDict):
    id: ToolId
    name: str
    title: NotRequired[str]
    description: str
    description_template: NotRequired[ToolDescriptionTemplate]
    documentation: NotRequired[str]
    enabled: bool
    experimental: NotRequired[bool]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]
    input_schema: dict[str, Any]
    category: NotRequired[str]
    lineage: NotRequired[str]
    version: NotRequired[str]
    tool_groups: NotRequired[list[str]]


ToolConfiguration: TypeAlias = "McpToolConfiguration | CorporaSearchToolConfiguration | WebSearchToolConfiguration"


ToolConfigurationId: TypeAlias = "str"


ToolConfigurationName: TypeAlias = "str"


ToolDescriptionTemplate: TypeAlias = "str"


ToolId: TypeAlias = "str"


class ToolInputEvent(TypedDict):
    type: Literal['tool_input']
    tool_call_id: str
    tool_configuration_name: str
    tool_name: str
    tool_input: dict[str, Any]
    id: AgentEventId
    session_key: AgentSessionKey
    created_at: str


class ToolOutputEvent(TypedDict):
    type: Literal['tool_output']
    tool_call_id: str
    tool_configuration_name: str
    tool_name: str
    tool_output: dict[str, Any]
    error: NotRequired[bool]
    id: AgentEventId
    session_key: AgentSessionKey
    created_at: str


class ToolOutputOffloadingConfiguration(TypedDict):
    enabled: NotRequired[bool]
    context_percentage: NotRequired[float]
    max_threshold_bytes: NotRequired[int]
    min_threshold_bytes: NotRequired[int]


class ToolServer(TypedDict):
    id: ToolServerId
    name: ToolServerName
    type: ToolServerType
    description: NotRequired[str]
    uri: str
    headers: NotRequired[dict[str, str]]
    transport: ToolServerTransport
    enabled: bool
    metadata: NotRequired[dict[str, Any]]
    created_at: str
    updated_at: str


ToolServerId: TypeAlias = "str"


ToolServerName: TypeAlias = "str"


ToolServerTransport: TypeAlias = "Literal['sse', 'streamable-http']"


ToolServerType: TypeAlias = "Literal['mcp']"


class Turn(TypedDict):
    id: str
    chat_id: str
    query: str
    answer: str
    enabled: bool
    created_at: str


class UpdateAgentIdentityRequest(TypedDict):
    mode: NotRequired[AgentIdentityMode]
    api_roles: NotRequired[list[ApiRole]]
    corpus_roles: NotRequired[list[CorpusRole]]
    agent_roles: NotRequired[list[AgentRole]]


class UpdateAgentRequest(TypedDict):
    name: NotRequired[AgentName]
    description: NotRequired[str | None]
    tool_configurations: NotRequired[dict[str, AgentToolConfiguration | None] | None]
    skills: NotRequired[dict[str, AgentSkill | None] | None]
    model: NotRequired[AgentModel]
    first_step: NotRequired[UpdateFirstAgentStep]
    first_step_name: NotRequired[str]
    steps: NotRequired[dict[str, UpdateAgentStep]]
    metadata: NotRequired[dict[str, Any] | None]
    enabled: NotRequired[bool | None]
    compaction: NotRequired[CompactionConfig | None]
    tool_output_offloading: NotRequired[ToolOutputOffloadingConfiguration | None]


class UpdateAgentScheduleRequest(TypedDict):
    name: NotRequired[AgentScheduleName]
    description: NotRequired[str]
    message: NotRequired[list[AgentInput]]
    schedule: NotRequired[ScheduleConfiguration]
    enabled: NotRequired[bool]
    session_metadata: NotRequired[dict[str, Any]]
    max_executions_to_keep: NotRequired[int]


class UpdateAgentSessionRequest(TypedDict):
    name: NotRequired[str]
    description: NotRequired[str]
    metadata: NotRequired[dict[str, Any]]
    enabled: NotRequired[bool]
    tti_minutes: NotRequired[int]


class UpdateAgentStep(TypedDict):
    type: NotRequired[str]
    instructions: NotRequired[list[AgentStepInstruction] | None]
    output_parser: NotRequired[AgentOutputParser]
    reminders: NotRequired[list[AgentStepReminder] | None]
    next_steps: NotRequired[list[NextStep] | None]
    allowed_tools: NotRequired[list[str] | None]
    allowed_skills: NotRequired[list[str] | None]
    reentry_step: NotRequired[str | None]


class UpdateAnthropicLLMRequest(TypedDict):
    type: Literal['anthropic']
    description: NotRequired[str]
    model: NotRequired[str]
    uri: NotRequired[str]
    auth: NotRequired[AnthropicAuth]
    headers: NotRequired[dict[str, str]]
    enabled: NotRequired[bool]
    test_model_parameters: NotRequired[dict[str, Any]]
    capabilities: NotRequired[LlmCapabilities]


class UpdateApiKeyRequest(TypedDict):
    enabled: NotRequired[bool]


class UpdateAppClientRequest(TypedDict):
    description: NotRequired[str]
    api_roles: NotRequired[list[ApiRole]]
    corpus_roles: NotRequired[list[CorpusRole]]
    agent_roles: NotRequired[list[AgentRole]]


class UpdateCorporaSearchToolConfigurationRequest(TypedDict):
    name: NotRequired[ToolConfigurationName]
    description: NotRequired[str]
    type: Literal['corpora_search']
    enabled: NotRequired[bool]
    argument_override: NotRequired[CorporaSearchToolParameters]
    query_configuration: NotRequired[CorporaSearchQueryConfiguration]
    metadata: NotRequired[dict[str, Any]]


class UpdateCorpusRequest(TypedDict):
    enabled: NotRequired[bool | None]
    name: NotRequired[str | None]
    description: NotRequired[str | None]
    save_history: NotRequired[bool | None]


class UpdateDocumentRequest(TypedDict):
    metadata: NotRequired[dict[str, Any]]


class UpdateFirstAgentStep(TypedDict):
    name: NotRequired[str]
    type: NotRequired[str]
    instructions: NotRequired[list[AgentStepInstruction] | None]
    output_parser: NotRequired[AgentOutputParser]
    reminders: NotRequired[list[AgentStepReminder] | None]
    next_steps: NotRequired[list[NextStep] | None]
    allowed_tools: NotRequired[list[str] | None]
    allowed_skills: NotRequired[list[str] | None]
    reentry_step: NotRequired[str | None]


class UpdateGlossaryRequest(TypedDict):
    name: NotRequired[str]
    description: NotRequired[str]


class UpdateInitialInstructionRequest(TypedDict):
    type: Literal['initial']
    name: NotRequired[InstructionName]
    description: NotRequired[str]
    template: NotRequired[InstructionTemplate]
    template_type: NotRequired[TemplateType]
    metadata: NotRequired[dict[str, Any]]
    enabled: NotRequired[bool]


UpdateInstructionRequest: TypeAlias = "UpdateInitialInstructionRequest"


UpdateLLMRequest: TypeAlias = "UpdateOpenAILLMRequest | UpdateOpenAIResponsesLLMRequest | UpdateVertexAILLMRequest | UpdateAnthropicLLMRequest"


class UpdateLambdaToolRequest(TypedDict):
    type: Literal['lambda']
    enabled: NotRequired[bool]
    title: NotRequired[str]
    description: NotRequired[str]
    code: NotRequired[str]
    execution_configuration: NotRequired[ExecutionConfiguration]


class UpdateMcpToolConfigurationRequest(TypedDict):
    name: NotRequired[ToolConfigurationName]
    description: NotRequired[str]
    type: Literal['mcp']
    enabled: NotRequired[bool]
    argument_override: NotRequired[dict[str, Any]]
    metadata: NotRequired[dict[str, Any]]


class UpdateMcpToolRequest(TypedDict):
    type: Literal['mcp']
    enabled: NotRequired[bool]


class UpdateOpenAILLMRequest(TypedDict):
    type: Literal['openai-compatible']
    description: NotRequired[str]
    model: NotRequired[str]
    uri: NotRequired[str]
    auth: NotRequired[RemoteAuth]
    headers: NotRequired[dict[str, str]]
    enabled: NotRequired[bool]
    test_model_parameters: NotRequired[dict[str, Any]]
    capabilities: NotRequired[LlmCapabilities]


class UpdateOpenAIResponsesLLMRequest(TypedDict):
    type: Literal['openai-responses']
    description: NotRequired[str]
    model: NotRequired[str]
    uri: NotRequired[str]
    auth: NotRequired[RemoteAuth]
    headers: NotRequired[dict[str, str]]
    enabled: NotRequired[bool]
    test_model_parameters: NotRequired[dict[str, Any]]
    capabilities: NotRequired[LlmCapabilities]


class UpdatePipelineRequest(TypedDict):
    name: NotRequired[PipelineName]
    description: NotRequired[str]
    source: NotRequired[UpdatePipelineSource]
    trigger: NotRequired[PipelineTrigger]
    transform: NotRequired[PipelineTransform]
    sync_mode: NotRequired[PipelineSyncMode]
    enabled: NotRequired[bool]
    metadata: NotRequired[dict[str, str | None]]


class UpdatePipelineSource(TypedDict):
    type: Literal['s3']
    bucket: NotRequired[str]
    prefix: NotRequired[str]
    region: NotRequired[str]
    endpoint_url: NotRequired[str]
    access_key_id: NotRequired[str]
    secret_access_key: NotRequired[str]


UpdateToolConfigurationRequest: TypeAlias = "UpdateMcpToolConfigurationRequest | UpdateCorporaSearchToolConfigurationRequest | UpdateWebSearchToolConfigurationRequest"


UpdateToolRequest: TypeAlias = "UpdateMcpToolRequest | UpdateLambdaToolRequest"


class UpdateToolServerRequest(TypedDict):
    name: NotRequired[ToolServerName]
    description: NotRequired[str]
    uri: NotRequired[str]
    headers: NotRequired[dict[str, str]]
    transport: NotRequired[ToolServerTransport]
    auth: NotRequired[RemoteAuth]
    enabled: NotRequired[bool]
    metadata: NotRequired[dict[str, Any]]


class UpdateTurnRequest(TypedDict):
    enabled: NotRequired[Literal[False]]


class UpdateUserRequest(TypedDict):
    enabled: NotRequired[bool]
    api_roles: NotRequired[list[ApiRole]]
    corpus_roles: NotRequired[list[CorpusRole]]
    agent_roles: NotRequired[list[AgentRole]]
    description: NotRequired[str]


class UpdateVertexAILLMRequest(TypedDict):
    type: Literal['vertex-ai']
    description: NotRequired[str]
    model: NotRequired[str]
    uri: NotRequired[str]
    auth: NotRequired[VertexAiAuth]
    enabled: NotRequired[bool]
    test_model_parameters: NotRequired[dict[str, Any]]
    capabilities: NotRequired[LlmCapabilities]


class UpdateWebSearchToolConfigurationRequest(TypedDict):
    name: NotRequired[ToolConfigurationName]
    description: NotRequired[str]
    type: Literal['web_search']
    enabled: NotRequired[bool]
    argument_override: NotRequired[WebSearchToolParameters]
    metadata: NotRequired[dict[str, Any]]


class UploadFileRequest(TypedDict):
    metadata: NotRequired[dict[str, Any]]
    chunking_strategy: NotRequired[ChunkingStrategy]
    table_extraction_config: NotRequired[TableExtractionConfig]
    filename: NotRequired[str]
    file: str


class UpsertGlossaryEntriesRequest(TypedDict):
    entries: dict[str, str]


class User(TypedDict):
    id: str
    email: str
    username: str
    enabled: bool
    description: NotRequired[str]
    created_at: str
    updated_at: str
    api_roles: list[ApiRole]
    corpus_roles: list[CorpusRole]
    agent_roles: list[AgentRole]
    api_policy: NotRequired[ApiPolicy]


class UserFunctionReranker(TypedDict):
    type: Literal['userfn']
    user_function: NotRequired[str]
    limit: NotRequired[int]
    cutoff: NotRequired[float]


class VertexAccessTokenAuth(TypedDict):
    type: Literal['vertex_access_token']
    access_token: str
    project: str
    region: str


class VertexAiApiKeyAuth(TypedDict):
    type: Literal['api_key']
    api_key: str


VertexAiAuth: TypeAlias = "VertexAiApiKeyAuth | VertexAiServiceAccountAuth"


class VertexAiServiceAccountAuth(TypedDict):
    type: Literal['service_account']
    key_json: str


class VertexServiceAccountAuth(TypedDict):
    type: Literal['vertex_service_account']
    key_json: str
    project: str
    region: str


class WebGetTool(TypedDict):
    id: ToolId
    name: str
    title: NotRequired[str]
    description: str
    description_template: NotRequired[ToolDescriptionTemplate]
    documentation: NotRequired[str]
    enabled: bool
    experimental: NotRequired[bool]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]
    input_schema: dict[str, Any]
    category: NotRequired[str]
    lineage: NotRequired[str]
    version: NotRequired[str]
    tool_groups: NotRequired[list[str]]
    type: Literal['web_get']


class WebGetToolParameters(TypedDict):
    url: NotRequired[str | EagerReference]
    method: NotRequired[Literal['GET', 'POST', 'PUT', 'DELETE', 'HEAD']]
    headers: NotRequired[dict[str, str] | EagerReference]
    body: NotRequired[str | EagerReference]
    follow_redirects: NotRequired[bool | EagerReference]
    timeout_seconds: NotRequired[int | EagerReference]
    head_lines: NotRequired[int | EagerReference]
    tail_lines: NotRequired[int | EagerReference]
    ssl_verify: NotRequired[bool | EagerReference]
    max_content_bytes: NotRequired[int | EagerReference]


class WebSearchTool(TypedDict):
    id: ToolId
    name: str
    title: NotRequired[str]
    description: str
    description_template: NotRequired[ToolDescriptionTemplate]
    documentation: NotRequired[str]
    enabled: bool
    experimental: NotRequired[bool]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]
    input_schema: dict[str, Any]
    category: NotRequired[str]
    lineage: NotRequired[str]
    version: NotRequired[str]
    tool_groups: NotRequired[list[str]]
    type: Literal['web_search']


class WebSearchToolConfiguration(TypedDict):
    id: ToolConfigurationId
    name: NotRequired[ToolConfigurationName]
    description: NotRequired[str]
    version: int
    type: Literal['web_search']
    enabled: bool
    argument_override: NotRequired[WebSearchToolParameters]
    metadata: dict[str, Any]
    created_at: str
    updated_at: str


class WebSearchToolParameters(TypedDict):
    query: NotRequired[str]
    limit: NotRequired[int]
    provider: NotRequired[Literal['tavily']]
    include_domains: NotRequired[list[str]]
    exclude_domains: NotRequired[list[str]]
