from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class StatusCode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OK: _ClassVar[StatusCode]
    FAILURE: _ClassVar[StatusCode]
    UNKNOWN: _ClassVar[StatusCode]
    INVALID_ARGUMENT: _ClassVar[StatusCode]
    DEADLINE_EXCEEDED: _ClassVar[StatusCode]
    ALREADY_EXISTS: _ClassVar[StatusCode]
    PERMISSION_DENIED: _ClassVar[StatusCode]
    RESOURCE_EXHAUSTED: _ClassVar[StatusCode]
    FAILED_PRECONDITION: _ClassVar[StatusCode]
    ABORTED: _ClassVar[StatusCode]
    OUT_OF_RANGE: _ClassVar[StatusCode]
    UNIMPLEMENTED: _ClassVar[StatusCode]
    INTERNAL: _ClassVar[StatusCode]
    UNAVAILABLE: _ClassVar[StatusCode]
    DATA_LOSS: _ClassVar[StatusCode]
    UNAUTHENTICATED: _ClassVar[StatusCode]
    BAD_REQUEST: _ClassVar[StatusCode]
    UNAUTHORIZED: _ClassVar[StatusCode]
    FORBIDDEN: _ClassVar[StatusCode]
    NOT_FOUND: _ClassVar[StatusCode]
    METHOD_NOT_ALLOWED: _ClassVar[StatusCode]
    CONFLICT: _ClassVar[StatusCode]
    UNSUPPORTED_MEDIA_TYPE: _ClassVar[StatusCode]
    TOO_MANY_REQUESTS: _ClassVar[StatusCode]
    INTERNAL_SERVER_ERROR: _ClassVar[StatusCode]
    NOT_IMPLEMENTED: _ClassVar[StatusCode]
    SERVICE_UNAVAILABLE: _ClassVar[StatusCode]
    INSUFFICIENT_STORAGE: _ClassVar[StatusCode]
    UNPARSEABLE_RESPONSE: _ClassVar[StatusCode]
    DISABLED_CUSTOMER: _ClassVar[StatusCode]
    INVALID_CUSTOMER_ID: _ClassVar[StatusCode]
    DISABLED_CORPUS: _ClassVar[StatusCode]
    INVALID_CORPUS_ID: _ClassVar[StatusCode]
    DISABLED_API_KEY: _ClassVar[StatusCode]
    EXPIRED_API_KEY: _ClassVar[StatusCode]
    INVALID_API_KEY: _ClassVar[StatusCode]
    CMK_INACCESSIBLE: _ClassVar[StatusCode]
    QRY__DISABLED_CORPUS: _ClassVar[StatusCode]
    QRY__DOCUMENT_DB_FAILURE: _ClassVar[StatusCode]
    QRY__ENCODER_FAILURE: _ClassVar[StatusCode]
    QRY__INTERRUPTED: _ClassVar[StatusCode]
    QRY__INVALID_CORPUS: _ClassVar[StatusCode]
    QRY__INVALID_START: _ClassVar[StatusCode]
    QRY__INVALID_NUM_RESULTS: _ClassVar[StatusCode]
    QRY__INVALID_CONTEXT: _ClassVar[StatusCode]
    QRY__MISSING_QUERY: _ClassVar[StatusCode]
    QRY__MISSING_CORPUS: _ClassVar[StatusCode]
    QRY__TIMEOUT: _ClassVar[StatusCode]
    QRY__TOO_MANY_CORPORA: _ClassVar[StatusCode]
    QRY__TOO_MANY_QUERIES: _ClassVar[StatusCode]
    QRY__VECTOR_INDEX_FAILURE: _ClassVar[StatusCode]
    QRY__INVALID_DIMENSION: _ClassVar[StatusCode]
    QRY__INVALID_CLIENTKEY: _ClassVar[StatusCode]
    QRY__DECRYPTION_FAILURE: _ClassVar[StatusCode]
    QRY__INVALID_RERANKER: _ClassVar[StatusCode]
    QRY__PARTIAL_RERANK: _ClassVar[StatusCode]
    QRY__RERANK_FAILURE: _ClassVar[StatusCode]
    QRY__TOO_MANY_RESULT_ROWS: _ClassVar[StatusCode]
    QRY__PARTIAL_RETRIEVAL: _ClassVar[StatusCode]
    QRY__SMRY__INVALID_SUMMARIZER_PROMPT: _ClassVar[StatusCode]
    QRY__SMRY__INVALID_SUMMARY_LANG: _ClassVar[StatusCode]
    QRY__SMRY__UNSUPPORTED_SUMMARY_LANG: _ClassVar[StatusCode]
    QRY__SMRY__PARTIAL_SUMMARY: _ClassVar[StatusCode]
    QRY__SMRY__NO_QUERY_RESULTS: _ClassVar[StatusCode]
    QRY__SMRY__EVAL_UNSUPPORTED_LANG: _ClassVar[StatusCode]
    QRY__SMRY__EVAL_FAILURE: _ClassVar[StatusCode]
    QRY__GEN__NO_QUERY_RESULTS: _ClassVar[StatusCode]
    QRY__GEN__UNPARSEABLE_MODEL_PARAMS: _ClassVar[StatusCode]
    CX_SPECS__INVALID_JSON: _ClassVar[StatusCode]
    CX_SPECS__UNREGISTERED_TYPE: _ClassVar[StatusCode]
    CX_SPECS__MISSING_SPEC: _ClassVar[StatusCode]
    CX_SPECS__MISSING_TYPE: _ClassVar[StatusCode]
    CX_SPECS__UNPARSEABLE_SPEC: _ClassVar[StatusCode]
    ADM__INVALID_CUSTOMER_ID: _ClassVar[StatusCode]
    ADM__INVALID_CORPUS_ID: _ClassVar[StatusCode]
    ADM__INVALID_ENCODER_ID: _ClassVar[StatusCode]
    ADM__INVALID_ROLE_ID: _ClassVar[StatusCode]
    ADM__ROLE_ALREADY_EXISTS: _ClassVar[StatusCode]
    ADM__ONLY_ONE_OWNER_SUPPORTED: _ClassVar[StatusCode]
    ADM__INVALID_PERMISSION: _ClassVar[StatusCode]
    ADM__ROLECREATION_FAILURE: _ClassVar[StatusCode]
    ADM__USER_EMAIL_NOT_AVAIALBLE: _ClassVar[StatusCode]
    ADM__USERNAME_NOT_AVAILABLE: _ClassVar[StatusCode]
    ADM__SIGNUP_MISSING_NAME: _ClassVar[StatusCode]
    ADM__SIGNUP_MISSING_ORG: _ClassVar[StatusCode]
    ADM__SIGNUP_MISSING_EMAIL: _ClassVar[StatusCode]
    ADM__SIGNUP_MISSING_PAYMENT: _ClassVar[StatusCode]
    ADM__SIGNUP_MISSING_PLAN: _ClassVar[StatusCode]
    ADM__SIGNUP_MISSING_PASSWORD: _ClassVar[StatusCode]
    ADM__SIGNUP_INVALID_NAME: _ClassVar[StatusCode]
    ADM__SIGNUP_INVALID_ORG: _ClassVar[StatusCode]
    ADM__SIGNUP_INVALID_EMAIL: _ClassVar[StatusCode]
    ADM__SIGNUP_INVALID_PAYMENT: _ClassVar[StatusCode]
    ADM__SIGNUP_INVALID_PLAN: _ClassVar[StatusCode]
    ADM__SIGNUP_INVALID_PASSWORD: _ClassVar[StatusCode]
    ADM__SIGNUP_INVALID_ACCOUNT_ALIAS: _ClassVar[StatusCode]
    ADM__SIGNUP_INVALID_EMAIL_VALIDATION_CODE: _ClassVar[StatusCode]
    ADM__SIGNUP_MISSING_COUNTRY_CODE: _ClassVar[StatusCode]
    ADM__SIGNUP_ROOT_EMAIL_NOT_AVAILABLE: _ClassVar[StatusCode]
    ADM__CUST_MARK_DELETE_FAILED: _ClassVar[StatusCode]
    ADM__CUST_FAISS_DEALLOC_FAILED: _ClassVar[StatusCode]
    ADM__CUST_ALREADY_ACTIVE: _ClassVar[StatusCode]
    ADM__CUST_REACTIVATE_FAILED: _ClassVar[StatusCode]
    ADM__CUST_ENABLEMENT_FAILED: _ClassVar[StatusCode]
    ADM__CORPUS_LIMIT_REACHED: _ClassVar[StatusCode]
    ADM__STRIPE_CARD_DECLINED: _ClassVar[StatusCode]
    ADM__STRIPE_PROCESSING_ERROR: _ClassVar[StatusCode]
    ADM__EMAIL_VALIDATION_REQUEST_NOT_FOUND: _ClassVar[StatusCode]
    ADM__EMAIL_NOT_VALIDATED: _ClassVar[StatusCode]
    ADM__CHANGE_PLAN__NO_CURRENT_PLAN: _ClassVar[StatusCode]
    ADM__CHANGE_PLAN__REQUIRES_MANUAL_CHANGE: _ClassVar[StatusCode]
    ADM__CHANGE_PLAN__INVALID_PLAN_ID: _ClassVar[StatusCode]
    ADM__CHANGE_PLAN__NO_PAYMENT_SOURCE: _ClassVar[StatusCode]
    ADM__CHANGE_PLAN__INVALID_EFFECTIVE_DATE: _ClassVar[StatusCode]
    ADM__CHANGE_PLAN__CONFLICTING_CHANGE: _ClassVar[StatusCode]
    SCM__MISCONFIGURED_CONNECTION: _ClassVar[StatusCode]
    STATS_DB_READ_FAILURE: _ClassVar[StatusCode]
    VDB__TEXT_READ_FAILURE: _ClassVar[StatusCode]
    REBUILD__LOW_RECALL: _ClassVar[StatusCode]
    REBUILD__INDEX_UPLOAD_FAILURE: _ClassVar[StatusCode]
    REBUILD__UPDATE_JOURNAL_FAILURE: _ClassVar[StatusCode]
    REBUILD__UPDATE_FAISSPARAMS_FAILURE: _ClassVar[StatusCode]
    REBUILD__NO_DATA: _ClassVar[StatusCode]
    REBUILD__EVALUATION: _ClassVar[StatusCode]
    IDX__TRANSIENT_PARTIAL_DELETION_FAILURE: _ClassVar[StatusCode]
    IDX__PERMANENT_PARTIAL_DELETION_FAILURE: _ClassVar[StatusCode]
    CALB__INVALID_JSON: _ClassVar[StatusCode]
    CALB__INVALID_SPEC: _ClassVar[StatusCode]
    CALB__UNREGISTERED_TYPE: _ClassVar[StatusCode]
    CALB__MISSING_SPEC: _ClassVar[StatusCode]
    CALB__MISSING_TYPE: _ClassVar[StatusCode]
    CALB__UNPARSABLE_SPEC: _ClassVar[StatusCode]
OK: StatusCode
FAILURE: StatusCode
UNKNOWN: StatusCode
INVALID_ARGUMENT: StatusCode
DEADLINE_EXCEEDED: StatusCode
ALREADY_EXISTS: StatusCode
PERMISSION_DENIED: StatusCode
RESOURCE_EXHAUSTED: StatusCode
FAILED_PRECONDITION: StatusCode
ABORTED: StatusCode
OUT_OF_RANGE: StatusCode
UNIMPLEMENTED: StatusCode
INTERNAL: StatusCode
UNAVAILABLE: StatusCode
DATA_LOSS: StatusCode
UNAUTHENTICATED: StatusCode
BAD_REQUEST: StatusCode
UNAUTHORIZED: StatusCode
FORBIDDEN: StatusCode
NOT_FOUND: StatusCode
METHOD_NOT_ALLOWED: StatusCode
CONFLICT: StatusCode
UNSUPPORTED_MEDIA_TYPE: StatusCode
TOO_MANY_REQUESTS: StatusCode
INTERNAL_SERVER_ERROR: StatusCode
NOT_IMPLEMENTED: StatusCode
SERVICE_UNAVAILABLE: StatusCode
INSUFFICIENT_STORAGE: StatusCode
UNPARSEABLE_RESPONSE: StatusCode
DISABLED_CUSTOMER: StatusCode
INVALID_CUSTOMER_ID: StatusCode
DISABLED_CORPUS: StatusCode
INVALID_CORPUS_ID: StatusCode
DISABLED_API_KEY: StatusCode
EXPIRED_API_KEY: StatusCode
INVALID_API_KEY: StatusCode
CMK_INACCESSIBLE: StatusCode
QRY__DISABLED_CORPUS: StatusCode
QRY__DOCUMENT_DB_FAILURE: StatusCode
QRY__ENCODER_FAILURE: StatusCode
QRY__INTERRUPTED: StatusCode
QRY__INVALID_CORPUS: StatusCode
QRY__INVALID_START: StatusCode
QRY__INVALID_NUM_RESULTS: StatusCode
QRY__INVALID_CONTEXT: StatusCode
QRY__MISSING_QUERY: StatusCode
QRY__MISSING_CORPUS: StatusCode
QRY__TIMEOUT: StatusCode
QRY__TOO_MANY_CORPORA: StatusCode
QRY__TOO_MANY_QUERIES: StatusCode
QRY__VECTOR_INDEX_FAILURE: StatusCode
QRY__INVALID_DIMENSION: StatusCode
QRY__INVALID_CLIENTKEY: StatusCode
QRY__DECRYPTION_FAILURE: StatusCode
QRY__INVALID_RERANKER: StatusCode
QRY__PARTIAL_RERANK: StatusCode
QRY__RERANK_FAILURE: StatusCode
QRY__TOO_MANY_RESULT_ROWS: StatusCode
QRY__PARTIAL_RETRIEVAL: StatusCode
QRY__SMRY__INVALID_SUMMARIZER_PROMPT: StatusCode
QRY__SMRY__INVALID_SUMMARY_LANG: StatusCode
QRY__SMRY__UNSUPPORTED_SUMMARY_LANG: StatusCode
QRY__SMRY__PARTIAL_SUMMARY: StatusCode
QRY__SMRY__NO_QUERY_RESULTS: StatusCode
QRY__SMRY__EVAL_UNSUPPORTED_LANG: StatusCode
QRY__SMRY__EVAL_FAILURE: StatusCode
QRY__GEN__NO_QUERY_RESULTS: StatusCode
QRY__GEN__UNPARSEABLE_MODEL_PARAMS: StatusCode
CX_SPECS__INVALID_JSON: StatusCode
CX_SPECS__UNREGISTERED_TYPE: StatusCode
CX_SPECS__MISSING_SPEC: StatusCode
CX_SPECS__MISSING_TYPE: StatusCode
CX_SPECS__UNPARSEABLE_SPEC: StatusCode
ADM__INVALID_CUSTOMER_ID: StatusCode
ADM__INVALID_CORPUS_ID: StatusCode
ADM__INVALID_ENCODER_ID: StatusCode
ADM__INVALID_ROLE_ID: StatusCode
ADM__ROLE_ALREADY_EXISTS: StatusCode
ADM__ONLY_ONE_OWNER_SUPPORTED: StatusCode
ADM__INVALID_PERMISSION: StatusCode
ADM__ROLECREATION_FAILURE: StatusCode
ADM__USER_EMAIL_NOT_AVAIALBLE: StatusCode
ADM__USERNAME_NOT_AVAILABLE: StatusCode
ADM__SIGNUP_MISSING_NAME: StatusCode
ADM__SIGNUP_MISSING_ORG: StatusCode
ADM__SIGNUP_MISSING_EMAIL: StatusCode
ADM__SIGNUP_MISSING_PAYMENT: StatusCode
ADM__SIGNUP_MISSING_PLAN: StatusCode
ADM__SIGNUP_MISSING_PASSWORD: StatusCode
ADM__SIGNUP_INVALID_NAME: StatusCode
ADM__SIGNUP_INVALID_ORG: StatusCode
ADM__SIGNUP_INVALID_EMAIL: StatusCode
ADM__SIGNUP_INVALID_PAYMENT: StatusCode
ADM__SIGNUP_INVALID_PLAN: StatusCode
ADM__SIGNUP_INVALID_PASSWORD: StatusCode
ADM__SIGNUP_INVALID_ACCOUNT_ALIAS: StatusCode
ADM__SIGNUP_INVALID_EMAIL_VALIDATION_CODE: StatusCode
ADM__SIGNUP_MISSING_COUNTRY_CODE: StatusCode
ADM__SIGNUP_ROOT_EMAIL_NOT_AVAILABLE: StatusCode
ADM__CUST_MARK_DELETE_FAILED: StatusCode
ADM__CUST_FAISS_DEALLOC_FAILED: StatusCode
ADM__CUST_ALREADY_ACTIVE: StatusCode
ADM__CUST_REACTIVATE_FAILED: StatusCode
ADM__CUST_ENABLEMENT_FAILED: StatusCode
ADM__CORPUS_LIMIT_REACHED: StatusCode
ADM__STRIPE_CARD_DECLINED: StatusCode
ADM__STRIPE_PROCESSING_ERROR: StatusCode
ADM__EMAIL_VALIDATION_REQUEST_NOT_FOUND: StatusCode
ADM__EMAIL_NOT_VALIDATED: StatusCode
ADM__CHANGE_PLAN__NO_CURRENT_PLAN: StatusCode
ADM__CHANGE_PLAN__REQUIRES_MANUAL_CHANGE: StatusCode
ADM__CHANGE_PLAN__INVALID_PLAN_ID: StatusCode
ADM__CHANGE_PLAN__NO_PAYMENT_SOURCE: StatusCode
ADM__CHANGE_PLAN__INVALID_EFFECTIVE_DATE: StatusCode
ADM__CHANGE_PLAN__CONFLICTING_CHANGE: StatusCode
SCM__MISCONFIGURED_CONNECTION: StatusCode
STATS_DB_READ_FAILURE: StatusCode
VDB__TEXT_READ_FAILURE: StatusCode
REBUILD__LOW_RECALL: StatusCode
REBUILD__INDEX_UPLOAD_FAILURE: StatusCode
REBUILD__UPDATE_JOURNAL_FAILURE: StatusCode
REBUILD__UPDATE_FAISSPARAMS_FAILURE: StatusCode
REBUILD__NO_DATA: StatusCode
REBUILD__EVALUATION: StatusCode
IDX__TRANSIENT_PARTIAL_DELETION_FAILURE: StatusCode
IDX__PERMANENT_PARTIAL_DELETION_FAILURE: StatusCode
CALB__INVALID_JSON: StatusCode
CALB__INVALID_SPEC: StatusCode
CALB__UNREGISTERED_TYPE: StatusCode
CALB__MISSING_SPEC: StatusCode
CALB__MISSING_TYPE: StatusCode
CALB__UNPARSABLE_SPEC: StatusCode

class BatchQueryRequest(_message.Message):
    __slots__ = ("query",)
    QUERY_FIELD_NUMBER: _ClassVar[int]
    query: _containers.RepeatedCompositeFieldContainer[QueryRequest]
    def __init__(self, query: _Optional[_Iterable[_Union[QueryRequest, _Mapping]]] = ...) -> None: ...

class QueryRequest(_message.Message):
    __slots__ = ("query", "query_context", "start", "num_results", "context_config", "corpus_key", "reranking_config", "summary")
    class ContextConfig(_message.Message):
        __slots__ = ("chars_before", "chars_after", "sentences_before", "sentences_after", "start_tag", "end_tag")
        CHARS_BEFORE_FIELD_NUMBER: _ClassVar[int]
        CHARS_AFTER_FIELD_NUMBER: _ClassVar[int]
        SENTENCES_BEFORE_FIELD_NUMBER: _ClassVar[int]
        SENTENCES_AFTER_FIELD_NUMBER: _ClassVar[int]
        START_TAG_FIELD_NUMBER: _ClassVar[int]
        END_TAG_FIELD_NUMBER: _ClassVar[int]
        chars_before: int
        chars_after: int
        sentences_before: int
        sentences_after: int
        start_tag: str
        end_tag: str
        def __init__(self, chars_before: _Optional[int] = ..., chars_after: _Optional[int] = ..., sentences_before: _Optional[int] = ..., sentences_after: _Optional[int] = ..., start_tag: _Optional[str] = ..., end_tag: _Optional[str] = ...) -> None: ...
    class RerankingConfig(_message.Message):
        __slots__ = ("reranker_id", "mmr_config")
        RERANKER_ID_FIELD_NUMBER: _ClassVar[int]
        MMR_CONFIG_FIELD_NUMBER: _ClassVar[int]
        reranker_id: int
        mmr_config: MMRConfig
        def __init__(self, reranker_id: _Optional[int] = ..., mmr_config: _Optional[_Union[MMRConfig, _Mapping]] = ...) -> None: ...
    QUERY_FIELD_NUMBER: _ClassVar[int]
    QUERY_CONTEXT_FIELD_NUMBER: _ClassVar[int]
    START_FIELD_NUMBER: _ClassVar[int]
    NUM_RESULTS_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_CONFIG_FIELD_NUMBER: _ClassVar[int]
    CORPUS_KEY_FIELD_NUMBER: _ClassVar[int]
    RERANKING_CONFIG_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    query: str
    query_context: str
    start: int
    num_results: int
    context_config: QueryRequest.ContextConfig
    corpus_key: _containers.RepeatedCompositeFieldContainer[CorpusKey]
    reranking_config: QueryRequest.RerankingConfig
    summary: _containers.RepeatedCompositeFieldContainer[SummarizationRequest]
    def __init__(self, query: _Optional[str] = ..., query_context: _Optional[str] = ..., start: _Optional[int] = ..., num_results: _Optional[int] = ..., context_config: _Optional[_Union[QueryRequest.ContextConfig, _Mapping]] = ..., corpus_key: _Optional[_Iterable[_Union[CorpusKey, _Mapping]]] = ..., reranking_config: _Optional[_Union[QueryRequest.RerankingConfig, _Mapping]] = ..., summary: _Optional[_Iterable[_Union[SummarizationRequest, _Mapping]]] = ...) -> None: ...

class MMRConfig(_message.Message):
    __slots__ = ("diversity_bias",)
    DIVERSITY_BIAS_FIELD_NUMBER: _ClassVar[int]
    diversity_bias: float
    def __init__(self, diversity_bias: _Optional[float] = ...) -> None: ...

class CorpusKey(_message.Message):
    __slots__ = ("customer_id", "corpus_id", "semantics", "dim", "metadata_filter", "lexical_interpolation_config")
    class Semantics(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DEFAULT: _ClassVar[CorpusKey.Semantics]
        QUERY: _ClassVar[CorpusKey.Semantics]
        RESPONSE: _ClassVar[CorpusKey.Semantics]
    DEFAULT: CorpusKey.Semantics
    QUERY: CorpusKey.Semantics
    RESPONSE: CorpusKey.Semantics
    CUSTOMER_ID_FIELD_NUMBER: _ClassVar[int]
    CORPUS_ID_FIELD_NUMBER: _ClassVar[int]
    SEMANTICS_FIELD_NUMBER: _ClassVar[int]
    DIM_FIELD_NUMBER: _ClassVar[int]
    METADATA_FILTER_FIELD_NUMBER: _ClassVar[int]
    LEXICAL_INTERPOLATION_CONFIG_FIELD_NUMBER: _ClassVar[int]
    customer_id: int
    corpus_id: int
    semantics: CorpusKey.Semantics
    dim: _containers.RepeatedCompositeFieldContainer[CustomDimension]
    metadata_filter: str
    lexical_interpolation_config: LinearInterpolation
    def __init__(self, customer_id: _Optional[int] = ..., corpus_id: _Optional[int] = ..., semantics: _Optional[_Union[CorpusKey.Semantics, str]] = ..., dim: _Optional[_Iterable[_Union[CustomDimension, _Mapping]]] = ..., metadata_filter: _Optional[str] = ..., lexical_interpolation_config: _Optional[_Union[LinearInterpolation, _Mapping]] = ...) -> None: ...

class CustomDimension(_message.Message):
    __slots__ = ("name", "weight")
    NAME_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    name: str
    weight: float
    def __init__(self, name: _Optional[str] = ..., weight: _Optional[float] = ...) -> None: ...

class LinearInterpolation(_message.Message):
    __slots__ = ()
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    def __init__(self, **kwargs) -> None: ...

class SummarizationRequest(_message.Message):
    __slots__ = ("summarizer_prompt_name", "debug", "prompt_text", "max_summarized_results", "response_chars", "response_lang", "model_params", "citation_params", "chat", "factual_consistency_score")
    class ModelParams(_message.Message):
        __slots__ = ("max_tokens", "temperature", "frequency_penalty", "presence_penalty")
        MAX_TOKENS_FIELD_NUMBER: _ClassVar[int]
        TEMPERATURE_FIELD_NUMBER: _ClassVar[int]
        FREQUENCY_PENALTY_FIELD_NUMBER: _ClassVar[int]
        PRESENCE_PENALTY_FIELD_NUMBER: _ClassVar[int]
        max_tokens: int
        temperature: float
        frequency_penalty: float
        presence_penalty: float
        def __init__(self, max_tokens: _Optional[int] = ..., temperature: _Optional[float] = ..., frequency_penalty: _Optional[float] = ..., presence_penalty: _Optional[float] = ...) -> None: ...
    SUMMARIZER_PROMPT_NAME_FIELD_NUMBER: _ClassVar[int]
    DEBUG_FIELD_NUMBER: _ClassVar[int]
    PROMPT_TEXT_FIELD_NUMBER: _ClassVar[int]
    MAX_SUMMARIZED_RESULTS_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_CHARS_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_LANG_FIELD_NUMBER: _ClassVar[int]
    MODEL_PARAMS_FIELD_NUMBER: _ClassVar[int]
    CITATION_PARAMS_FIELD_NUMBER: _ClassVar[int]
    CHAT_FIELD_NUMBER: _ClassVar[int]
    FACTUAL_CONSISTENCY_SCORE_FIELD_NUMBER: _ClassVar[int]
    summarizer_prompt_name: str
    debug: bool
    prompt_text: str
    max_summarized_results: int
    response_chars: int
    response_lang: str
    model_params: SummarizationRequest.ModelParams
    citation_params: CitationParams
    chat: ChatRequest
    factual_consistency_score: bool
    def __init__(self, summarizer_prompt_name: _Optional[str] = ..., debug: _Optional[bool] = ..., prompt_text: _Optional[str] = ..., max_summarized_results: _Optional[int] = ..., response_chars: _Optional[int] = ..., response_lang: _Optional[str] = ..., model_params: _Optional[_Union[SummarizationRequest.ModelParams, _Mapping]] = ..., citation_params: _Optional[_Union[CitationParams, _Mapping]] = ..., chat: _Optional[_Union[ChatRequest, _Mapping]] = ..., factual_consistency_score: _Optional[bool] = ...) -> None: ...

class CitationParams(_message.Message):
    __slots__ = ("style", "url_pattern", "text_pattern")
    class CitationStyle(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        NUMERIC: _ClassVar[CitationParams.CitationStyle]
        NONE: _ClassVar[CitationParams.CitationStyle]
        HTML: _ClassVar[CitationParams.CitationStyle]
        MARKDOWN: _ClassVar[CitationParams.CitationStyle]
    NUMERIC: CitationParams.CitationStyle
    NONE: CitationParams.CitationStyle
    HTML: CitationParams.CitationStyle
    MARKDOWN: CitationParams.CitationStyle
    STYLE_FIELD_NUMBER: _ClassVar[int]
    URL_PATTERN_FIELD_NUMBER: _ClassVar[int]
    TEXT_PATTERN_FIELD_NUMBER: _ClassVar[int]
    style: CitationParams.CitationStyle
    url_pattern: str
    text_pattern: str
    def __init__(self, style: _Optional[_Union[CitationParams.CitationStyle, str]] = ..., url_pattern: _Optional[str] = ..., text_pattern: _Optional[str] = ...) -> None: ...

class ChatRequest(_message.Message):
    __slots__ = ("store", "conversation_id")
    STORE_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    store: bool
    conversation_id: str
    def __init__(self, store: _Optional[bool] = ..., conversation_id: _Optional[str] = ...) -> None: ...

class BatchQueryResponse(_message.Message):
    __slots__ = ("response_set", "status")
    RESPONSE_SET_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    response_set: _containers.RepeatedCompositeFieldContainer[ResponseSet]
    status: _containers.RepeatedCompositeFieldContainer[Status]
    def __init__(self, response_set: _Optional[_Iterable[_Union[ResponseSet, _Mapping]]] = ..., status: _Optional[_Iterable[_Union[Status, _Mapping]]] = ...) -> None: ...

class ResponseSet(_message.Message):
    __slots__ = ("response", "status", "document", "summary", "future_id")
    class Document(_message.Message):
        __slots__ = ("id", "metadata")
        ID_FIELD_NUMBER: _ClassVar[int]
        METADATA_FIELD_NUMBER: _ClassVar[int]
        id: str
        metadata: _containers.RepeatedCompositeFieldContainer[Attribute]
        def __init__(self, id: _Optional[str] = ..., metadata: _Optional[_Iterable[_Union[Attribute, _Mapping]]] = ...) -> None: ...
    RESPONSE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    FUTURE_ID_FIELD_NUMBER: _ClassVar[int]
    response: _containers.RepeatedCompositeFieldContainer[Response]
    status: _containers.RepeatedCompositeFieldContainer[Status]
    document: _containers.RepeatedCompositeFieldContainer[ResponseSet.Document]
    summary: _containers.RepeatedCompositeFieldContainer[Summary]
    future_id: int
    def __init__(self, response: _Optional[_Iterable[_Union[Response, _Mapping]]] = ..., status: _Optional[_Iterable[_Union[Status, _Mapping]]] = ..., document: _Optional[_Iterable[_Union[ResponseSet.Document, _Mapping]]] = ..., summary: _Optional[_Iterable[_Union[Summary, _Mapping]]] = ..., future_id: _Optional[int] = ...) -> None: ...

class Response(_message.Message):
    __slots__ = ("text", "score", "metadata", "document_index", "corpus_key")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_INDEX_FIELD_NUMBER: _ClassVar[int]
    CORPUS_KEY_FIELD_NUMBER: _ClassVar[int]
    text: str
    score: float
    metadata: _containers.RepeatedCompositeFieldContainer[Attribute]
    document_index: int
    corpus_key: CorpusKey
    def __init__(self, text: _Optional[str] = ..., score: _Optional[float] = ..., metadata: _Optional[_Iterable[_Union[Attribute, _Mapping]]] = ..., document_index: _Optional[int] = ..., corpus_key: _Optional[_Union[CorpusKey, _Mapping]] = ...) -> None: ...

class Attribute(_message.Message):
    __slots__ = ("name", "value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: str
    def __init__(self, name: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class Summary(_message.Message):
    __slots__ = ("text", "lang", "prompt", "chat", "factual_consistency", "done", "status", "future_id")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    LANG_FIELD_NUMBER: _ClassVar[int]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    CHAT_FIELD_NUMBER: _ClassVar[int]
    FACTUAL_CONSISTENCY_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    FUTURE_ID_FIELD_NUMBER: _ClassVar[int]
    text: str
    lang: str
    prompt: str
    chat: Chat
    factual_consistency: FactualConsistency
    done: bool
    status: _containers.RepeatedCompositeFieldContainer[Status]
    future_id: int
    def __init__(self, text: _Optional[str] = ..., lang: _Optional[str] = ..., prompt: _Optional[str] = ..., chat: _Optional[_Union[Chat, _Mapping]] = ..., factual_consistency: _Optional[_Union[FactualConsistency, _Mapping]] = ..., done: _Optional[bool] = ..., status: _Optional[_Iterable[_Union[Status, _Mapping]]] = ..., future_id: _Optional[int] = ...) -> None: ...

class Chat(_message.Message):
    __slots__ = ("conversation_id", "turn_id", "rephrased_query", "status")
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    TURN_ID_FIELD_NUMBER: _ClassVar[int]
    REPHRASED_QUERY_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    conversation_id: str
    turn_id: str
    rephrased_query: str
    status: Status
    def __init__(self, conversation_id: _Optional[str] = ..., turn_id: _Optional[str] = ..., rephrased_query: _Optional[str] = ..., status: _Optional[_Union[Status, _Mapping]] = ...) -> None: ...

class FactualConsistency(_message.Message):
    __slots__ = ("score", "status")
    SCORE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    score: float
    status: Status
    def __init__(self, score: _Optional[float] = ..., status: _Optional[_Union[Status, _Mapping]] = ...) -> None: ...

class QueryResponsePart(_message.Message):
    __slots__ = ("batch_query_response", "response_set", "summary", "status")
    BATCH_QUERY_RESPONSE_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_SET_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    batch_query_response: BatchQueryResponse
    response_set: ResponseSet
    summary: Summary
    status: _containers.RepeatedCompositeFieldContainer[Status]
    def __init__(self, batch_query_response: _Optional[_Union[BatchQueryResponse, _Mapping]] = ..., response_set: _Optional[_Union[ResponseSet, _Mapping]] = ..., summary: _Optional[_Union[Summary, _Mapping]] = ..., status: _Optional[_Iterable[_Union[Status, _Mapping]]] = ...) -> None: ...

class Status(_message.Message):
    __slots__ = ("code", "status_detail")
    CODE_FIELD_NUMBER: _ClassVar[int]
    STATUS_DETAIL_FIELD_NUMBER: _ClassVar[int]
    code: StatusCode
    status_detail: str
    def __init__(self, code: _Optional[_Union[StatusCode, str]] = ..., status_detail: _Optional[str] = ...) -> None: ...
