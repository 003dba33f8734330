"""What the documentation says of unanswered questions."""

from __future__ import annotations

from bot.web.openapi import Operation
from knowledge.errors import AlreadyAnswered, NoSuchIntent, NoSuchQuestion, VendorNotFound
from knowledge.routes.operations import examples
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

LIST = Operation(
    summary="List unanswered questions, the most asked first",
    tag=TAG,
    description="Questions that ask the same are one.",
    query=QuestionsQuery,
    answers={200: ClusterList},
    errors=(VendorNotFound,),
    **examples("unanswered.list"),
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
    errors=(NoSuchQuestion, AlreadyAnswered(7), NoSuchIntent("billing")),
    **examples("unanswered.answer"),
)
DISMISS = Operation(
    summary="Take a question off the list for good",
    tag=TAG,
    description="The like of it is only counted from then on.",
    answers={200: ClusterAnswer},
    errors=(NoSuchQuestion, AlreadyAnswered(7)),
    **examples("unanswered.dismiss"),
)
REOPEN = Operation(
    summary="Put a question back on the list",
    tag=TAG,
    description="An entry that answered it stays.",
    answers={200: ClusterAnswer},
    errors=(NoSuchQuestion,),
    **examples("unanswered.reopen"),
)
