// Sample. Not compiled in this repository: docs/mobile.md.
// Packages: firebase-functions (Firebase BoM 34), kotlinx-coroutines-reactive, kotlinx-coroutines-play-services.
package dev.firesight

import com.google.firebase.Firebase
import com.google.firebase.functions.FirebaseFunctionsException
import com.google.firebase.functions.HttpsCallableReference
import com.google.firebase.functions.StreamResponse
import com.google.firebase.functions.functions
import java.util.concurrent.TimeUnit
import kotlinx.coroutines.reactive.asFlow
import kotlinx.coroutines.tasks.await
import kotlinx.serialization.json.decodeFromJsonElement

/**
 * Asks a question about an upload. `onText` receives the pieces of the answer as they arrive. Cancelling the coroutine
 * cancels the call.
 */
suspend fun ask(
    question: String,
    path: String,
    history: List<Turn> = emptyList(),
    settings: FiresightSettings = FiresightSettings(),
    onText: (String) -> Unit,
): AnswerQuestionResult {
    var result: AnswerQuestionResult? = null
    answerQuestion(settings).stream(requestOf(question, path, history)).asFlow().collect { response ->
        when (response) {
            is StreamResponse.Message ->
                onText(json.decodeFromJsonElement<AnswerQuestionChunk>(response.message.data.toJson()).text)
            is StreamResponse.Result ->
                result = json.decodeFromJsonElement<AnswerQuestionResult>(response.result.data.toJson())
        }
    }
    return checkNotNull(result) { "The call ended without a result" }
}

/** Asks without streaming. Other functions are called in the same way. */
suspend fun askOnce(
    question: String,
    path: String,
    settings: FiresightSettings = FiresightSettings(),
): AnswerQuestionResult {
    val response = answerQuestion(settings).call(requestOf(question, path, emptyList())).await()
    return json.decodeFromJsonElement(response.data.toJson())
}

/** The timeout is slightly above that of the function. */
private fun answerQuestion(settings: FiresightSettings): HttpsCallableReference =
    Firebase.functions(settings.region)
        .getHttpsCallable("${settings.prefix}answerQuestion")
        .withTimeout(130, TimeUnit.SECONDS)

private fun requestOf(question: String, path: String, history: List<Turn>): Map<String, Any> = mapOf(
    "images" to listOf(mapOf("path" to path)),
    "question" to question,
    "history" to history.map { mapOf("role" to it.role, "text" to it.text) },
)

/** The details of a failed call: the stable code (docs/errors.md), and whether a retry may succeed. */
fun errorDetailsOf(error: FirebaseFunctionsException): ErrorDetails? =
    error.details?.let { json.decodeFromJsonElement<ErrorDetails>(it.toJson()) }
