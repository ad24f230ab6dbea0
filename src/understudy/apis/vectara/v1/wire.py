"""The shapes on the wire, generated from the contract by `understudy spec types`; do not edit."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict


CorpusKeySemantics: TypeAlias = "Literal['DEFAULT', 'QUERY', 'RESPONSE', 0, 1, 2]"


class QueryRequestContextConfig(TypedDict):
    charsBefore: NotRequired[int]
    charsAfter: NotRequired[int]
    sentencesBefore: NotRequired[int]
    sentencesAfter: NotRequired[int]
    startTag: NotRequired[str]
    endTag: NotRequired[str]


class QueryRequestRerankingConfig(TypedDict):
    rerankerId: NotRequired[int]
    mmrConfig: NotRequired[servingMMRConfig]


class StreamResultOfQueryResponsePart(TypedDict):
    result: servingQueryResponsePart


class SummarizationRequestModelParams(TypedDict):
    maxTokens: NotRequired[int]
    temperature: NotRequired[float]
    frequencyPenalty: NotRequired[float]
    presencePenalty: NotRequired[float]


class comvectaraStatus(TypedDict):
    code: vectaraStatusCode
    statusDetail: str


class googlerpcStatus(TypedDict):
    code: int
    message: str
    details: list[protobufAny]


class protobufAnyFieldViolationsItem(TypedDict):
    field: str
    description: str


protobufAny = TypedDict(
    "protobufAny",
    {
        "@type": "str",
        "fieldViolations": "NotRequired[list[protobufAnyFieldViolationsItem]]",
    },
)


class servingBatchQueryRequest(TypedDict):
    query: list[servingQueryRequest]


class servingBatchQueryResponse(TypedDict):
    responseSet: list[servingResponseSet]
    status: list[comvectaraStatus]


class servingChat(TypedDict):
    conversationId: NotRequired[str]
    turnId: NotRequired[str]
    rephrasedQuery: NotRequired[str]
    status: NotRequired[comvectaraStatus]


class servingChatRequest(TypedDict):
    store: NotRequired[bool]
    conversationId: NotRequired[str]


class servingCitationParams(TypedDict):
    style: NotRequired[servingCitationStyle]
    urlPattern: NotRequired[str]
    textPattern: NotRequired[str]


servingCitationStyle: TypeAlias = "Literal['NUMERIC', 'NONE', 'HTML', 'MARKDOWN']"


class servingCorpusKey(TypedDict):
    customerId: NotRequired[int]
    corpusId: NotRequired[int]
    semantics: NotRequired[CorpusKeySemantics]
    dim: NotRequired[list[vectaraservingCustomDimension]]
    metadataFilter: NotRequired[str]
    lexicalInterpolationConfig: NotRequired[servingLinearInterpolation]


class servingFactualConsistency(TypedDict):
    score: NotRequired[float]
    status: NotRequired[comvectaraStatus]


servingLinearInterpolation = TypedDict(
    "servingLinearInterpolation",
    {
        "lambda": "NotRequired[float]",
    },
)


class servingMMRConfig(TypedDict):
    diversityBias: NotRequired[float]


class servingQueryRequest(TypedDict):
    query: NotRequired[str]
    queryContext: NotRequired[str]
    start: NotRequired[int]
    numResults: NotRequired[int]
    contextConfig: NotRequired[QueryRequestContextConfig]
    corpusKey: NotRequired[list[servingCorpusKey]]
    rerankingConfig: NotRequired[QueryRequestRerankingConfig]
    summary: NotRequired[list[servingSummarizationRequest]]


class servingQueryResponsePart(TypedDict):
    batchQueryResponse: NotRequired[servingBatchQueryResponse]
    responseSet: NotRequired[servingResponseSet]
    summary: NotRequired[servingSummary]
    status: list[comvectaraStatus]


class servingResponseSet(TypedDict):
    response: list[vectaraservingResponse]
    status: list[comvectaraStatus]
    document: list[servingResponseSetDocument]
    summary: list[servingSummary]
    futureId: NotRequired[int]


class servingResponseSetDocument(TypedDict):
    id: str
    metadata: list[vectaraservingAttribute]


class servingSummarizationRequest(TypedDict):
    summarizerPromptName: NotRequired[str]
    maxSummarizedResults: NotRequired[int]
    responseLang: NotRequired[str]
    promptText: NotRequired[str]
    debug: NotRequired[bool]
    responseChars: NotRequired[int]
    modelParams: NotRequired[SummarizationRequestModelParams]
    citationParams: NotRequired[servingCitationParams]
    chat: NotRequired[servingChatRequest]
    factualConsistencyScore: NotRequired[bool]


class servingSummary(TypedDict):
    text: NotRequired[str]
    lang: NotRequired[str]
    prompt: NotRequired[str]
    chat: NotRequired[servingChat]
    factualConsistency: NotRequired[servingFactualConsistency]
    done: NotRequired[bool]
    status: list[comvectaraStatus]
    futureId: NotRequired[int]


vectaraStatusCode: TypeAlias = "Literal['OK', 'FAILURE', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'ALREADY_EXISTS', 'PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED', 'BAD_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'NOT_FOUND', 'METHOD_NOT_ALLOWED', 'CONFLICT', 'UNSUPPORTED_MEDIA_TYPE', 'TOO_MANY_REQUESTS', 'INTERNAL_SERVER_ERROR', 'NOT_IMPLEMENTED', 'SERVICE_UNAVAILABLE', 'INSUFFICIENT_STORAGE', 'UNPARSEABLE_RESPONSE', 'DISABLED_CUSTOMER', 'INVALID_CUSTOMER_ID', 'DISABLED_CORPUS', 'INVALID_CORPUS_ID', 'DISABLED_API_KEY', 'EXPIRED_API_KEY', 'INVALID_API_KEY', 'CMK_INACCESSIBLE', 'QRY__DISABLED_CORPUS', 'QRY__DOCUMENT_DB_FAILURE', 'QRY__ENCODER_FAILURE', 'QRY__INTERRUPTED', 'QRY__INVALID_CORPUS', 'QRY__INVALID_START', 'QRY__INVALID_NUM_RESULTS', 'QRY__INVALID_CONTEXT', 'QRY__MISSING_QUERY', 'QRY__MISSING_CORPUS', 'QRY__TIMEOUT', 'QRY__TOO_MANY_CORPORA', 'QRY__TOO_MANY_QUERIES', 'QRY__VECTOR_INDEX_FAILURE', 'QRY__INVALID_DIMENSION', 'QRY__INVALID_CLIENTKEY', 'QRY__DECRYPTION_FAILURE', 'QRY__INVALID_RERANKER', 'QRY__PARTIAL_RERANK', 'QRY__RERANK_FAILURE', 'QRY__TOO_MANY_RESULT_ROWS', 'QRY__PARTIAL_RETRIEVAL', 'QRY__SMRY__INVALID_SUMMARIZER_PROMPT', 'QRY__SMRY__INVALID_SUMMARY_LANG', 'QRY__SMRY__UNSUPPORTED_SUMMARY_LANG', 'QRY__SMRY__PARTIAL_SUMMARY', 'QRY__SMRY__NO_QUERY_RESULTS', 'QRY__SMRY__EVAL_UNSUPPORTED_LANG', 'QRY__SMRY__EVAL_FAILURE', 'QRY__GEN__NO_QUERY_RESULTS', 'QRY__GEN__UNPARSEABLE_MODEL_PARAMS', 'CX_SPECS__INVALID_JSON', 'CX_SPECS__UNREGISTERED_TYPE', 'CX_SPECS__MISSING_SPEC', 'CX_SPECS__MISSING_TYPE', 'CX_SPECS__UNPARSEABLE_SPEC', 'ADM__INVALID_CUSTOMER_ID', 'ADM__INVALID_CORPUS_ID', 'ADM__INVALID_ENCODER_ID', 'ADM__INVALID_ROLE_ID', 'ADM__ROLE_ALREADY_EXISTS', 'ADM__ONLY_ONE_OWNER_SUPPORTED', 'ADM__INVALID_PERMISSION', 'ADM__ROLECREATION_FAILURE', 'ADM__USER_EMAIL_NOT_AVAIALBLE', 'ADM__USERNAME_NOT_AVAILABLE', 'ADM__SIGNUP_MISSING_NAME', 'ADM__SIGNUP_MISSING_ORG', 'ADM__SIGNUP_MISSING_EMAIL', 'ADM__SIGNUP_MISSING_PAYMENT', 'ADM__SIGNUP_MISSING_PLAN', 'ADM__SIGNUP_MISSING_PASSWORD', 'ADM__SIGNUP_INVALID_NAME', 'ADM__SIGNUP_INVALID_ORG', 'ADM__SIGNUP_INVALID_EMAIL', 'ADM__SIGNUP_INVALID_PAYMENT', 'ADM__SIGNUP_INVALID_PLAN', 'ADM__SIGNUP_INVALID_PASSWORD', 'ADM__SIGNUP_INVALID_ACCOUNT_ALIAS', 'ADM__SIGNUP_INVALID_EMAIL_VALIDATION_CODE', 'ADM__SIGNUP_MISSING_COUNTRY_CODE', 'ADM__SIGNUP_ROOT_EMAIL_NOT_AVAILABLE', 'ADM__CUST_MARK_DELETE_FAILED', 'ADM__CUST_FAISS_DEALLOC_FAILED', 'ADM__CUST_ALREADY_ACTIVE', 'ADM__CUST_REACTIVATE_FAILED', 'ADM__CUST_ENABLEMENT_FAILED', 'ADM__CORPUS_LIMIT_REACHED', 'ADM__STRIPE_CARD_DECLINED', 'ADM__STRIPE_PROCESSING_ERROR', 'ADM__EMAIL_VALIDATION_REQUEST_NOT_FOUND', 'ADM__EMAIL_NOT_VALIDATED', 'ADM__CHANGE_PLAN__NO_CURRENT_PLAN', 'ADM__CHANGE_PLAN__REQUIRES_MANUAL_CHANGE', 'ADM__CHANGE_PLAN__INVALID_PLAN_ID', 'ADM__CHANGE_PLAN__NO_PAYMENT_SOURCE', 'ADM__CHANGE_PLAN__INVALID_EFFECTIVE_DATE', 'ADM__CHANGE_PLAN__CONFLICTING_CHANGE', 'SCM__MISCONFIGURED_CONNECTION', 'STATS_DB_READ_FAILURE', 'VDB__TEXT_READ_FAILURE', 'REBUILD__LOW_RECALL', 'REBUILD__INDEX_UPLOAD_FAILURE', 'REBUILD__UPDATE_JOURNAL_FAILURE', 'REBUILD__UPDATE_FAISSPARAMS_FAILURE', 'REBUILD__NO_DATA', 'REBUILD__EVALUATION', 'IDX__TRANSIENT_PARTIAL_DELETION_FAILURE', 'IDX__PERMANENT_PARTIAL_DELETION_FAILURE', 'CALB__INVALID_JSON', 'CALB__INVALID_SPEC', 'CALB__UNREGISTERED_TYPE', 'CALB__MISSING_SPEC', 'CALB__MISSING_TYPE', 'CALB__UNPARSABLE_SPEC']"


class vectaraservingAttribute(TypedDict):
    name: str
    value: str


class vectaraservingCustomDimension(TypedDict):
    name: NotRequired[str]
    weight: NotRequired[float]


class vectaraservingResponse(TypedDict):
    text: str
    score: float
    metadata: list[vectaraservingAttribute]
    documentIndex: int
    corpusKey: servingCorpusKey
