"""What the documentation says of unanswered questions."""

from __future__ import annotations

from bot.web.openapi import Operation
from knowledge.errors import AlreadyAnswered, NoSuchIntent, NoSuchQuestion, VendorNotFound
from knowledge.routes.operations.entries import WRITTEN
from knowledge.schemas.fields import PageQuery
from knowledge.schemas.unanswered import (
    AnswerBody,
    Answered,
    ClusterAnswer,
    ClusterList,
    ClusterWithQuestions,
    QuestionsQuery,
)

TAG = "Unanswered questions"
_OPEN = {
    "id": 1,
    "vendor_id": 1,
    "audience": "renter",
    "text": "有停車位嗎",
    "asked": 2,
    "state": "open",
    "entry_id": None,
    "examples": ["請問有停車位嗎", "有停車位嗎"],
    "first_asked_at": "2026-01-01T00:00:00",
    "last_asked_at": "2026-01-01T00:00:00",
}

LIST = Operation(
    summary="List unanswered questions, the most asked first",
    tag=TAG,
    description="Questions that ask the same are one.",
    query=QuestionsQuery,
    answers={200: ClusterList},
    errors=(VendorNotFound,),
    answer_example={"items": [_OPEN], "total": 1, "limit": 50, "offset": 0},
)
GET = Operation(
    summary="Get an unanswered question, with each time that it was asked",
    tag=TAG,
    query=PageQuery,
    answers={200: ClusterWithQuestions},
    errors=(NoSuchQuestion,),
)
ANSWER = Operation(
    summary="Answer a question for good",
    tag=TAG,
    description="The answer becomes an entry of the vendor, curated unless `is_curated` says otherwise.",
    body=AnswerBody,
    answers={201: Answered},
    errors=(NoSuchQuestion, AlreadyAnswered(7), NoSuchIntent("帳務查詢")),
    example={"answer": "地下一樓有停車位，每月另計。"},
    answer_example={
        "question": _OPEN | {"state": "answered", "entry_id": 7},
        "entry": WRITTEN
        | {
            "id": 7,
            "question_summary": "有停車位嗎",
            "answer": "地下一樓有停車位，每月另計。",
            "keywords": [],
            "is_curated": True,
            "origin": "unanswered",
            "suggestions": [],
        },
    },
)
DISMISS = Operation(
    summary="Take a question off the list for good",
    tag=TAG,
    description="The like of it is only counted from then on.",
    answers={200: ClusterAnswer},
    errors=(NoSuchQuestion, AlreadyAnswered(7)),
    answer_example=_OPEN | {"state": "dismissed"},
)
REOPEN = Operation(
    summary="Put a question back on the list",
    tag=TAG,
    description="An entry that answered it stays.",
    answers={200: ClusterAnswer},
    errors=(NoSuchQuestion,),
    answer_example=_OPEN,
)
