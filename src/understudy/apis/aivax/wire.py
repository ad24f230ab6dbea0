"""The shapes on the wire, generated from the contract by `understudy spec types`; do not edit."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict


class AccountParameters(TypedDict):
    allowConversationsLogging: NotRequired[bool]
    automaticJsonHealing: NotRequired[bool]


class AccountRequest(TypedDict):
    name: NotRequired[str]
    parameters: NotRequired[AccountParameters]


class ApiKeyGranted(TypedDict):
    grantKey: str


class ApiKeyList(TypedDict):
    apiKeys: list[ApiKeyShown]
    salt: str


class ApiKeyRequest(TypedDict):
    label: str
    duration: int
    type: NotRequired[Literal['private', 'public']]


class ApiKeyShown(TypedDict):
    id: str
    expiresAt: str | None
    usedAt: str | None
    label: str
    key: str


class BuiltinToolsOptions(TypedDict):
    web_search_mode: NotRequired[str]
    web_search_max_results: NotRequired[int]
    image_generation_max_results: NotRequired[int]
    image_generation_quality: NotRequired[str]
    image_generation_model_name: NotRequired[str | None]
    image_generation_allow_mature_content: NotRequired[bool]
    image_generation_allow_reference_usage: NotRequired[bool]
    include_all_memory_context: NotRequired[bool]


class BuiltinTools(TypedDict):
    tools: NotRequired[list[str] | None]
    options: NotRequired[BuiltinToolsOptions | None]


class CalledFunction(TypedDict):
    name: str
    arguments: str


class ChatAnswer(TypedDict):
    role: Literal['assistant']
    content: str | None
    reasoning: NotRequired[str]
    refusal: str | None
    annotations: list[dict[str, Any]]
    tool_calls: list[ChatToolCall]


class ChatChoice(TypedDict):
    index: int
    message: ChatAnswer
    logprobs: dict[str, Any] | None
    finish_reason: Literal['stop', 'length', 'tool_calls', 'content_filter']


class ChatCompletion(TypedDict):
    id: str
    object: Literal['chat.completion']
    created: int
    model: str
    choices: list[ChatChoice]
    usage: ChatUsage
    service_tier: str
    generation_context: GenerationContext


class ChatCompletionChunk(TypedDict):
    id: str
    object: Literal['chat.completion.chunk']
    created: int
    model: str
    system_fingerprint: NotRequired[str]
    choices: list[ChunkChoice]
    usage: dict[str, Any] | None
    generation_context: NotRequired[GenerationContext]
    servertool: NotRequired[ServerTool]


class ChatCompletionRequest(TypedDict):
    model: str
    messages: NotRequired[list[ChatMessage]]
    prompt: NotRequired[str]
    stream: NotRequired[bool]
    stream_options: NotRequired[dict[str, Any] | None]
    temperature: NotRequired[float | None]
    top_p: NotRequired[float | None]
    top_k: NotRequired[float | None]
    seed: NotRequired[float | None]
    presence_penalty: NotRequired[float | None]
    frequency_penalty: NotRequired[float | None]
    stop: NotRequired[Any]
    max_completion_tokens: NotRequired[int | None]
    max_tokens: NotRequired[int | None]
    reasoning_effort: NotRequired[str | None]
    verbosity: NotRequired[str | None]
    tools: NotRequired[list[ChatTool] | None]
    tool_choice: NotRequired[Any]
    parallel_tool_calls: NotRequired[bool | None]
    response_format: NotRequired[dict[str, Any] | None]
    response_schema: NotRequired[dict[str, Any] | None]
    json_only: NotRequired[bool]
    metadata: NotRequired[dict[str, str] | None]
    idempotency_key: NotRequired[str]
    builtin_tools: NotRequired[BuiltinTools]
    multimodal_preprocess: NotRequired[str | None]
    rendering_mode: NotRequired[str | None]
    extra_body: NotRequired[dict[str, Any] | None]
    tool_invocation_explanations: NotRequired[bool]
    user: NotRequired[str | None]


class ChatCulture(TypedDict):
    sendButtonLabel: str
    inputPlaceholder: str


ChatInputMode: TypeAlias = "str"


class ChatMessage(TypedDict):
    role: Literal['system', 'developer', 'user', 'assistant', 'tool', 'function']
    content: NotRequired[str | None | list[dict[str, Any]] | None | None]
    name: NotRequired[str | None]
    tool_calls: NotRequired[list[dict[str, Any]] | None]
    tool_call_id: NotRequired[str | None]


class ChatPage(TypedDict):
    customScripts: str | None
    customStyles: str | None
    helloLabel: str | None
    helloSubLabel: str | None
    logoImageUrl: str | None
    primaryColor: str
    inputModes: list[Literal['text', 'image', 'document', 'audio']]
    pageTitle: str
    suggestionButtons: list[SuggestionButton]
    debug: bool
    textAreaPlaceholder: str | None
    audioSynthesisEnabled: bool


class ChatSession(TypedDict):
    id: str
    tagName: str | None
    contextPreview: str | None
    sessionKey: str
    createdAt: Timestamp
    lastMessage: str | None
    messageCount: int
    tokenCount: int


class ChatSessionInfo(TypedDict):
    messages: list[KeptMessage]
    chatTitle: str
    culture: ChatCulture
    client: ChatPage
    chatCreationData: Literal[None] | None


ChatSessionList: TypeAlias = "list[ChatSession]"


class ChatSessionOpened(TypedDict):
    sessionId: str
    accessKey: str
    talkUrl: str


class ChatToolFunction(TypedDict):
    name: str
    description: NotRequired[str | None]
    parameters: NotRequired[dict[str, Any] | None]


class ChatTool(TypedDict):
    type: str
    function: NotRequired[ChatToolFunction]


class ChatToolCall(TypedDict):
    id: str
    type: Literal['function']
    function: CalledFunction


class ChatUsagePromptTokensDetails(TypedDict):
    cached_tokens: int


class ChatUsageCompletionTokensDetails(TypedDict):
    reasoning_tokens: NotRequired[int]


class ChatUsage(TypedDict):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: ChatUsagePromptTokensDetails
    completion_tokens_details: NotRequired[ChatUsageCompletionTokensDetails]


ChatVoiceSource: TypeAlias = "str"


class ChunkChoice(TypedDict):
    index: int
    delta: dict[str, Any]
    finish_reason: str | None
    logprobs: dict[str, Any] | None


class CollectionCreated(TypedDict):
    collectionId: str


class CollectionDetails(TypedDict):
    id: str
    name: str
    context: NotRequired[str | None]
    createdAt: Timestamp
    state: CollectionState
    tags: list[str]


CollectionList: TypeAlias = "list[CollectionSummary]"


CollectionName: TypeAlias = "str"


class CollectionRequest(TypedDict):
    collectionName: NotRequired[CollectionName]
    context: NotRequired[str | None]
    tags: NotRequired[str | None]


class CollectionState(TypedDict):
    total: int
    indexed: int
    queued: int


class CollectionSummary(TypedDict):
    id: str
    name: str
    createdAt: Timestamp
    tags: list[str]
    documentCount: DocumentCount


class DirectoryEntry(TypedDict):
    name: str
    isDirectory: bool
    size: int | None
    lastModifiedUtc: Timestamp
    createdAtUtc: Timestamp


class DirectoryListing(TypedDict):
    entries: list[DirectoryEntry]


class DocumentCount(TypedDict):
    totalDocuments: int
    indexedDocuments: int
    queuedDocuments: int
    outdatedDocuments: int


class DocumentDetails(TypedDict):
    id: str
    name: str
    state: DocumentState
    contents: str
    reference: str | None
    tags: list[str]
    createdAt: Timestamp
    updatedAt: Timestamp
    indexedAt: str | None
    characterCount: int
    wordCount: int
    approximateTokenCount: int
    metadata: dict[str, Any]


class DocumentFile(TypedDict):
    documents: str


DocumentList: TypeAlias = "list[DocumentSummary]"


class DocumentRequest(TypedDict):
    name: str
    contents: str
    reference: NotRequired[str | None]
    tags: NotRequired[list[str] | None]
    metadata: NotRequired[dict[str, Any] | None]


DocumentState: TypeAlias = "Literal['Queued', 'Cancelled', 'Indexed']"


class DocumentSummary(TypedDict):
    id: str
    updatedAt: Timestamp
    name: str
    reference: str | None
    tags: list[str]
    contentsPreview: str
    indexState: DocumentState


class DocumentWritten(TypedDict):
    documentId: str
    state: Literal['Created', 'Modified', 'NotModified']


class DocumentsImported(TypedDict):
    enqueued: int
    skipped: int


class Error(TypedDict):
    error: str
    details: dict[str, Any] | None


class FileAddress(TypedDict):
    name: str
    size: int
    publicUrl: str


class FileAddressAnswer(TypedDict):
    data: FileAddress


class FileDetails(TypedDict):
    name: str
    size: int
    createdAtUtc: Timestamp
    lastModifiedUtc: Timestamp
    mimeType: str
    isPlainText: bool


class FileDetailsAnswer(TypedDict):
    data: FileDetails


class GatewayChanges(TypedDict):
    name: NotRequired[GatewayName]
    parameters: NotRequired[GatewayParameters]


class GatewayCreated(TypedDict):
    aiGatewayId: str


class GatewayDetails(TypedDict):
    name: str
    slug: str
    parameters: NewGatewayParameters


GatewayList: TypeAlias = "list[GatewaySummary]"


GatewayName: TypeAlias = "str"


class GatewayParametersBashOptions(TypedDict):
    allowDataPersistence: NotRequired[bool]
    toolList: NotRequired[list[str]]
    toolExclusionMode: NotRequired[Literal['WhiteList', 'BlackList']]


class GatewayParametersQueryStrategyParameters(TypedDict):
    rewriteContextSize: NotRequired[int]
    concatenateContextSize: NotRequired[int]


class GatewayParametersSentinelOptions(TypedDict):
    enabledFunctions: NotRequired[list[Literal['WebSearch', 'Code', 'OpenUrl', 'Remember', 'ImageGeneration', 'XPostsSearch', 'GenerateDocument', 'GenerateWebPage', 'AdvancedWebUsage', 'Request', 'Calendar']]]


class GatewayParametersBuiltinFunctionsOptions(TypedDict):
    webSearchMode: NotRequired[Literal['Full', 'Summarized']]
    webSearchMaxResults: NotRequired[int]
    imageGenerationMaxResults: NotRequired[int]
    imageGenerationQuality: NotRequired[Literal['Low', 'Medium', 'High', 'Highest']]
    imageGenerationAllowMatureContent: NotRequired[bool]
    imageGenerationAllowReferenceUsage: NotRequired[bool]
    imageGenerationModelName: NotRequired[str | None]
    includeAllMemoryContext: NotRequired[bool]


class GatewayParametersModerationParameters(TypedDict):
    violenceThreshold: NotRequired[int]
    sexualExplicitThreshold: NotRequired[int]
    politicalThreshold: NotRequired[int]
    dangerousContentThreshold: NotRequired[int]
    jailbreakThreshold: NotRequired[int]


class GatewayParametersModelRoutingParameters(TypedDict):
    lowComplexityModelName: str
    lowComplexityModelReasoningEffort: NotRequired[str | None]
    mediumComplexityModelName: str
    mediumComplexityModelReasoningEffort: NotRequired[str | None]
    highComplexityModelName: str
    highComplexityModelReasoningEffort: NotRequired[str | None]


class GatewayParameters(TypedDict):
    baseAddress: NotRequired[str]
    skills: NotRequired[list[str]]
    hideToolsWithoutSkill: NotRequired[bool]
    alwaysVisibleTools: NotRequired[list[str]]
    enableBash: NotRequired[bool]
    bashOptions: NotRequired[GatewayParametersBashOptions | None]
    knowledgeCollections: NotRequired[list[str]]
    knowledgeBaseMaximumResults: NotRequired[int]
    knowledgeBaseMinimumScore: NotRequired[float]
    knowledgeUseReferences: NotRequired[bool]
    knowledgeUseMetaDescriptions: NotRequired[bool]
    queryStrategy: NotRequired[Literal['Plain', 'Concatenate', 'FullRewrite', 'UserRewrite', 'QueryFunction']]
    queryStrategyParameters: NotRequired[GatewayParametersQueryStrategyParameters]
    apiKey: NotRequired[str | None]
    modelName: NotRequired[str]
    temperature: NotRequired[float | None]
    topP: NotRequired[float | None]
    presencePenalty: NotRequired[float | None]
    frequencyPenalty: NotRequired[float | None]
    stop: NotRequired[str | None]
    maxCompletionTokens: NotRequired[int | None]
    contextMaximumSize: NotRequired[int | None]
    contextOverflowAction: NotRequired[Literal['Throw', 'Truncate']]
    systemInstruction: NotRequired[str | None]
    workerScriptSource: NotRequired[str | None]
    userPromptTemplate: NotRequired[str | None]
    assistantPrefill: NotRequired[str | None]
    includePrefillingInMessages: NotRequired[bool]
    reasoningEffort: NotRequired[str | None]
    verbosity: NotRequired[str | None]
    flags: NotRequired[list[Literal['NoSystemInstruct', 'NoTemperature', 'ThinkingProcess', 'NoAssistantPrefilling', 'ReturnReasoningTokens', 'DisableMultiModalInput', 'DiffusingStream', 'OpenAiStrictJson', 'StructuredOutputSupport', 'PreserveThinkingTokens', 'NoStopParameter', 'NoReasoningEffort', 'RewriteToolCallsAsUserMessages', 'DisableReasoningSummary', 'DisableReasoningDetails', 'IncludeStoredReasoning', 'StrictUserAssistantTurns']]]
    tools: NotRequired[list[Any] | None]
    protocolFunctions: NotRequired[list[ProtocolFunction]]
    protocolFunctionSources: NotRequired[list[str]]
    mcpSources: NotRequired[list[RemoteSource]]
    systemInstructionsSources: NotRequired[list[RemoteSource]]
    enabledMultimodalFeatures: NotRequired[list[Literal['Image', 'Audio', 'Video', 'File', 'OtherFiles', 'All']]]
    toolContextCount: NotRequired[int | None]
    sentinelOptions: NotRequired[GatewayParametersSentinelOptions | None]
    builtinFunctionsOptions: NotRequired[GatewayParametersBuiltinFunctionsOptions | None]
    moderationParameters: NotRequired[GatewayParametersModerationParameters | None]
    knownToolHandlerName: NotRequired[str | None]
    toolInvocationExplanations: NotRequired[bool]
    modelRoutingParameters: NotRequired[GatewayParametersModelRoutingParameters | None]
    additionalSettings: NotRequired[dict[str, Any] | None]


class GatewaySummary(TypedDict):
    id: str
    name: str
    inferenceEndpoint: str
    modelName: str
    slug: str


class GenerationContext(TypedDict):
    generated_usage: list[UsageRow]
    runned_functions: list[RunFunction]


class GivenIntegrationsZapiIntegration(TypedDict):
    instanceId: str
    instanceToken: str
    clientToken: NotRequired[str | None]
    sessionDuration: NotRequired[GivenTimeSpan]


class GivenIntegrationsTelegramIntegration(TypedDict):
    botToken: str
    sessionDuration: NotRequired[GivenTimeSpan]


class GivenIntegrationsEvolutionIntegration(TypedDict):
    endpointUrl: str
    instanceName: str
    apiKey: str
    sessionDuration: NotRequired[GivenTimeSpan]


class GivenIntegrationsKapsoIntegration(TypedDict):
    apiKey: str
    phoneNumberId: str
    webhookSecretKey: NotRequired[str | None]
    continuedMessagesTemplateId: NotRequired[str | None]
    sessionDuration: NotRequired[GivenTimeSpan]


class GivenIntegrations(TypedDict):
    zapiIntegration: NotRequired[GivenIntegrationsZapiIntegration | None]
    telegramIntegration: NotRequired[GivenIntegrationsTelegramIntegration | None]
    evolutionIntegration: NotRequired[GivenIntegrationsEvolutionIntegration | None]
    kapsoIntegration: NotRequired[GivenIntegrationsKapsoIntegration | None]


GivenTimeSpan: TypeAlias = "str | None | float | None | None"


class HookScheduleListWebChat(TypedDict):
    id: str
    name: str


class HookScheduleList(TypedDict):
    webChat: HookScheduleListWebChat
    inactiveUsers: list[InactiveUser]
    schedules: list[ScheduleSummary]
    recurringTasks: list[RecurringTaskSummary]


class InactiveUser(TypedDict):
    externalUserId: str
    lastScheduledMessageAt: Timestamp
    lastUserMessageAt: Timestamp


class InferenceCancelled(TypedDict):
    message: Literal['Inference cancelled.']


class IntegrationRequest(TypedDict):
    integrationType: str
    integrations: GivenIntegrations


class KeptMessage(TypedDict):
    role: Literal['system', 'developer', 'user', 'assistant', 'tool', 'function']
    content: str | None | list[dict[str, Any]] | None | None
    name: NotRequired[str | None]
    tool_calls: NotRequired[list[dict[str, Any]] | None]
    tool_call_id: NotRequired[str | None]
    message_id: str


LinkedGateway: TypeAlias = "str | None"


class MemoriesDeleted(TypedDict):
    message: str
    removedCount: int
    externalUserId: str
    format: MemoryFormat


class Memory(TypedDict):
    id: str
    externalUserId: str
    content: str
    format: MemoryFormat
    createdAt: Timestamp
    expiresAt: Timestamp


MemoryFormat: TypeAlias = "Literal['Text', 'DateReminder']"


MemoryList: TypeAlias = "list[MemorySummary]"


class MemorySummary(TypedDict):
    id: str
    externalUserId: str
    content: str | None
    format: MemoryFormat


class Model(TypedDict):
    id: str
    object: Literal['model']
    created: int
    owned_by: str


class ModelList(TypedDict):
    object: Literal['list']
    data: list[Model]


class NewChatSessionRequest(TypedDict):
    extraContext: NotRequired[str | None]
    tag: NotRequired[str | None]
    expires: NotRequired[float]
    contextLocation: NotRequired[str | None]
    metadata: NotRequired[dict[str, str] | None]


class NewCollectionRequest(TypedDict):
    collectionName: CollectionName
    context: NotRequired[str | None]
    tags: NotRequired[str | None]


class NewGatewayParametersBashOptions(TypedDict):
    allowDataPersistence: NotRequired[bool]
    toolList: NotRequired[list[str]]
    toolExclusionMode: NotRequired[Literal['WhiteList', 'BlackList']]


class NewGatewayParametersQueryStrategyParameters(TypedDict):
    rewriteContextSize: NotRequired[int]
    concatenateContextSize: NotRequired[int]


class NewGatewayParametersSentinelOptions(TypedDict):
    enabledFunctions: NotRequired[list[Literal['WebSearch', 'Code', 'OpenUrl', 'Remember', 'ImageGeneration', 'XPostsSearch', 'GenerateDocument', 'GenerateWebPage', 'AdvancedWebUsage', 'Request', 'Calendar']]]


class NewGatewayParametersBuiltinFunctionsOptions(TypedDict):
    webSearchMode: NotRequired[Literal['Full', 'Summarized']]
    webSearchMaxResults: NotRequired[int]
    imageGenerationMaxResults: NotRequired[int]
    imageGenerationQuality: NotRequired[Literal['Low', 'Medium', 'High', 'Highest']]
    imageGenerationAllowMatureContent: NotRequired[bool]
    imageGenerationAllowReferenceUsage: NotRequired[bool]
    imageGenerationModelName: NotRequired[str | None]
    includeAllMemoryContext: NotRequired[bool]


class NewGatewayParametersModerationParameters(TypedDict):
    violenceThreshold: NotRequired[int]
    sexualExplicitThreshold: NotRequired[int]
    politicalThreshold: NotRequired[int]
    dangerousContentThreshold: NotRequired[int]
    jailbreakThreshold: NotRequired[int]


class NewGatewayParametersModelRoutingParameters(TypedDict):
    lowComplexityModelName: str
    lowComplexityModelReasoningEffort: NotRequired[str | None]
    mediumComplexityModelName: str
    mediumComplexityModelReasoningEffort: NotRequired[str | None]
    highComplexityModelName: str
    highComplexityModelReasoningEffort: NotRequired[str | None]


class NewGatewayParameters(TypedDict):
    baseAddress: str
    skills: NotRequired[list[str]]
    hideToolsWithoutSkill: NotRequired[bool]
    alwaysVisibleTools: NotRequired[list[str]]
    enableBash: NotRequired[bool]
    bashOptions: NotRequired[NewGatewayParametersBashOptions | None]
    knowledgeCollections: NotRequired[list[str]]
    knowledgeBaseMaximumResults: NotRequired[int]
    knowledgeBaseMinimumScore: NotRequired[float]
    knowledgeUseReferences: NotRequired[bool]
    knowledgeUseMetaDescriptions: NotRequired[bool]
    queryStrategy: NotRequired[Literal['Plain', 'Concatenate', 'FullRewrite', 'UserRewrite', 'QueryFunction']]
    queryStrategyParameters: NotRequired[NewGatewayParametersQueryStrategyParameters]
    apiKey: NotRequired[str | None]
    modelName: str
    temperature: NotRequired[float | None]
    topP: NotRequired[float | None]
    presencePenalty: NotRequired[float | None]
    frequencyPenalty: NotRequired[float | None]
    stop: NotRequired[str | None]
    maxCompletionTokens: NotRequired[int | None]
    contextMaximumSize: NotRequired[int | None]
    contextOverflowAction: NotRequired[Literal['Throw', 'Truncate']]
    systemInstruction: NotRequired[str | None]
    workerScriptSource: NotRequired[str | None]
    userPromptTemplate: NotRequired[str | None]
    assistantPrefill: NotRequired[str | None]
    includePrefillingInMessages: NotRequired[bool]
    reasoningEffort: NotRequired[str | None]
    verbosity: NotRequired[str | None]
    flags: NotRequired[list[Literal['NoSystemInstruct', 'NoTemperature', 'ThinkingProcess', 'NoAssistantPrefilling', 'ReturnReasoningTokens', 'DisableMultiModalInput', 'DiffusingStream', 'OpenAiStrictJson', 'StructuredOutputSupport', 'PreserveThinkingTokens', 'NoStopParameter', 'NoReasoningEffort', 'RewriteToolCallsAsUserMessages', 'DisableReasoningSummary', 'DisableReasoningDetails', 'IncludeStoredReasoning', 'StrictUserAssistantTurns']]]
    tools: NotRequired[list[Any] | None]
    protocolFunctions: NotRequired[list[ProtocolFunction]]
    protocolFunctionSources: NotRequired[list[str]]
    mcpSources: NotRequired[list[RemoteSource]]
    systemInstructionsSources: NotRequired[list[RemoteSource]]
    enabledMultimodalFeatures: NotRequired[list[Literal['Image', 'Audio', 'Video', 'File', 'OtherFiles', 'All']]]
    toolContextCount: NotRequired[int | None]
    sentinelOptions: NotRequired[NewGatewayParametersSentinelOptions | None]
    builtinFunctionsOptions: NotRequired[NewGatewayParametersBuiltinFunctionsOptions | None]
    moderationParameters: NotRequired[NewGatewayParametersModerationParameters | None]
    knownToolHandlerName: NotRequired[str | None]
    toolInvocationExplanations: NotRequired[bool]
    modelRoutingParameters: NotRequired[NewGatewayParametersModelRoutingParameters | None]
    additionalSettings: NotRequired[dict[str, Any] | None]


class NewGatewayRequest(TypedDict):
    name: GatewayName
    parameters: NewGatewayParameters


class NewSkillRequest(TypedDict):
    slug: SkillSlug
    description: NotRequired[str | None]
    instructions: SkillInstructions
    options: NotRequired[SkillOptions]


class NewWebChatRequest(TypedDict):
    name: WebChatName
    aiGatewayId: NotRequired[LinkedGateway]
    limitingParameters: NotRequired[WebChatLimits]
    clientParameters: NotRequired[WebChatParameters]


class OpenAiErrorError(TypedDict):
    message: str
    type: str
    param: str | None
    code: str | None


class OpenAiError(TypedDict):
    error: OpenAiErrorError


class PromptAnswer(TypedDict):
    completionText: str
    reasoning: str | None
    toolCalls: list[PromptToolCall]
    usage: PromptUsage
    createdMessages: list[ChatMessage]


class PromptRequest(TypedDict):
    prompt: str | ChatMessage | list[ChatMessage]
    commit: NotRequired[bool]
    instructions: NotRequired[str | list[str] | None]


class PromptToolCall(TypedDict):
    id: str
    functionName: str
    contents: str
    isProtocolFunction: bool


class PromptUsage(TypedDict):
    promptTokens: int
    completionTokens: int
    totalTokens: int


class ProtocolFunction(TypedDict):
    name: str
    description: str
    headers: NotRequired[dict[str, str]]
    callbackUrl: str
    contentFormat: Any


class RecurringTask(TypedDict):
    id: str
    externalUserId: str
    target: str
    targetIdentifier: str
    jobDescription: str | None
    cronExpression: str
    lastActivation: str | None
    nextActivation: str | None
    maxExecutions: int | None
    executionCount: int
    createdAt: Timestamp


class RecurringTaskSummary(TypedDict):
    id: str
    externalUserId: str
    target: str
    targetIdentifier: str
    cronExpression: str
    nextActivation: str | None
    lastActivation: str | None
    executionCount: int
    createdAt: Timestamp


class ReferencedDocument(TypedDict):
    documentId: str
    documentContent: str


class RemoteSource(TypedDict):
    name: str
    description: NotRequired[str | None]
    url: str
    headers: NotRequired[dict[str, str]]
    cacheDuration: NotRequired[int]


class RunFunction(TypedDict):
    name: str
    id: str
    arguments: dict[str, Any]
    result: str
    state: Literal['Completed', 'Failed']


class Said(TypedDict):
    message: str
    data: Literal[None] | None


class Schedule(TypedDict):
    id: str
    externalUserId: str
    target: str
    targetIdentifier: str
    scheduledTime: Timestamp
    reason: str | None
    context: str | None
    createdAt: Timestamp
    activatedAt: str | None
    activatedSessionId: str | None
    activationResult: str | None


class ScheduleSummary(TypedDict):
    id: str
    externalUserId: str
    target: str
    targetIdentifier: str
    scheduledTime: Timestamp
    activatedAt: str | None
    createdAt: Timestamp


class SearchRequest(TypedDict):
    collections: list[str]
    term: NotRequired[str | None]
    terms: NotRequired[list[str] | None]
    top: NotRequired[int]
    minScore: NotRequired[float]
    reranker: NotRequired[SearchReranker]
    includeReferences: NotRequired[bool]


SearchReranker: TypeAlias = "str"


class SearchResult(TypedDict):
    collectionId: str
    documentId: str
    documentName: str
    documentContent: str
    score: float
    metadata: dict[str, Any]
    referencedDocuments: list[ReferencedDocument]


SearchResults: TypeAlias = "list[SearchResult]"


class ServerToolExplanation(TypedDict):
    reason: str
    goal: str


class ServerTool(TypedDict):
    name: str
    id: str
    contents: str
    state: Literal['Created', 'Running']
    explanation: NotRequired[ServerToolExplanation]


class Skill(TypedDict):
    id: str
    createdAt: Timestamp
    slug: str
    description: str | None
    instructions: str
    options: SkillOptions


class SkillChanges(TypedDict):
    slug: NotRequired[SkillSlug]
    description: NotRequired[str | None]
    instructions: NotRequired[SkillInstructions]
    options: NotRequired[SkillOptions]


class SkillCreated(TypedDict):
    message: str
    data: SkillId


class SkillId(TypedDict):
    id: str


class SkillImportAnswer(TypedDict):
    enqueued: int
    skipped: int


class SkillImportForm(TypedDict):
    skills: str


SkillInstructions: TypeAlias = "str"


SkillList: TypeAlias = "list[SkillSummary]"


class SkillOptions(TypedDict):
    instructionSources: NotRequired[list[RemoteSource]]
    allowedToolsNames: NotRequired[list[str]]


SkillSlug: TypeAlias = "str"


class SkillSummary(TypedDict):
    id: str
    createdAt: Timestamp
    slug: str
    description: str | None
    allowedToolsCount: int


class SuggestionButton(TypedDict):
    label: NotRequired[str]
    prompt: NotRequired[str]


TimeSpan: TypeAlias = "str"


Timestamp: TypeAlias = "str"


class Transcript(TypedDict):
    messages: list[ChatMessage]
    context: str | None
    sessionId: str
    metadata: dict[str, str]


class UsageRow(TypedDict):
    sku: str
    amount: float
    unit_price: float
    quantity: int
    description: str


class WebChatAiGateway(TypedDict):
    id: str
    name: str


class WebChatLimitingParameters(TypedDict):
    messagesPerHour: int
    maxMessages: int


class WebChat(TypedDict):
    name: str
    aiGateway: WebChatAiGateway | None
    limitingParameters: WebChatLimitingParameters
    clientParameters: WebChatDetails
    integrations: WebChatIntegrations


class WebChatChanges(TypedDict):
    name: NotRequired[WebChatName]
    aiGatewayId: NotRequired[LinkedGateway]
    limitingParameters: NotRequired[WebChatLimits]
    clientParameters: NotRequired[WebChatParameters]


class WebChatCreated(TypedDict):
    id: str


class WebChatDetails(TypedDict):
    languageCode: str | None
    suggestionButtons: list[SuggestionButton]
    customScripts: str | None
    customStyles: str | None
    inputModes: list[Literal['Image', 'Document', 'Audio']]
    primaryColor: str
    pageTitle: str
    helloLabel: str | None
    helloSubLabel: str | None
    textAreaPlaceholder: str | None
    logoImageUrl: str | None
    debug: bool
    showToolCalls: bool
    allowedFrameOrigins: list[str]
    audioSynthesisSource: Literal['None', 'Gpt4oTts', 'ElevenMultilingualV2', 'ElevenV3']
    audioSynthesisVoice: str | None
    audioSynthesisInstruction: str | None
    summarizeTextBeforeAudioSynthesis: bool
    uploadUnsupportedFiles: bool
    allowScheduledContinuations: bool
    splitAnswerIntoMessageChunks: bool
    maxScheduledIgnoredZone: str | None
    messageDebounceInterval: str | None


class WebChatIntegrationsZapiIntegration(TypedDict):
    instanceId: str
    instanceToken: str
    clientToken: str | None
    sessionDuration: TimeSpan


class WebChatIntegrationsTelegramIntegration(TypedDict):
    botToken: str
    sessionDuration: TimeSpan


class WebChatIntegrationsEvolutionIntegration(TypedDict):
    endpointUrl: str
    instanceName: str
    apiKey: str
    sessionDuration: TimeSpan


class WebChatIntegrationsKapsoIntegration(TypedDict):
    apiKey: str
    phoneNumberId: str
    webhookSecretKey: str | None
    continuedMessagesTemplateId: str | None
    sessionDuration: TimeSpan


class WebChatIntegrations(TypedDict):
    zapiIntegration: WebChatIntegrationsZapiIntegration | None
    telegramIntegration: WebChatIntegrationsTelegramIntegration | None
    evolutionIntegration: WebChatIntegrationsEvolutionIntegration | None
    kapsoIntegration: WebChatIntegrationsKapsoIntegration | None


class WebChatLimits(TypedDict):
    messagesPerHour: NotRequired[int]
    maxMessages: NotRequired[int]


WebChatList: TypeAlias = "list[WebChatSummary]"


WebChatName: TypeAlias = "str"


class WebChatParameters(TypedDict):
    languageCode: NotRequired[str | None]
    suggestionButtons: NotRequired[list[SuggestionButton]]
    customScripts: NotRequired[str | None]
    customStyles: NotRequired[str | None]
    inputModes: NotRequired[list[ChatInputMode]]
    primaryColor: NotRequired[str]
    pageTitle: NotRequired[str]
    helloLabel: NotRequired[str | None]
    helloSubLabel: NotRequired[str | None]
    textAreaPlaceholder: NotRequired[str | None]
    logoImageUrl: NotRequired[str | None]
    debug: NotRequired[bool]
    showToolCalls: NotRequired[bool]
    allowedFrameOrigins: NotRequired[list[str]]
    audioSynthesisSource: NotRequired[ChatVoiceSource]
    audioSynthesisVoice: NotRequired[str | None]
    audioSynthesisInstruction: NotRequired[str | None]
    summarizeTextBeforeAudioSynthesis: NotRequired[bool]
    uploadUnsupportedFiles: NotRequired[bool]
    allowScheduledContinuations: NotRequired[bool]
    splitAnswerIntoMessageChunks: NotRequired[bool]
    maxScheduledIgnoredZone: NotRequired[GivenTimeSpan]
    messageDebounceInterval: NotRequired[GivenTimeSpan]


class WebChatSummaryAssociatedGateway(TypedDict):
    id: str
    name: str
    modelName: str


class WebChatSummary(TypedDict):
    id: str
    name: str
    color: str | None
    activeSessions: int
    associatedGateway: WebChatSummaryAssociatedGateway | None
