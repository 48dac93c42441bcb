// Sample. Not compiled in this repository: docs/mobile.md.
// Package: FirebaseFunctions of firebase-ios-sdk 12.
import FirebaseFunctions
import Foundation

struct NoResult: Error {}

/// Asks a question about an upload. `onText` receives the pieces of the answer as they arrive. Cancelling the task
/// cancels the call.
func ask(
    _ question: String,
    about path: String,
    history: [Turn]? = nil,
    settings: FiresightSettings = FiresightSettings(),
    onText: (String) -> Void
) async throws -> AnswerQuestionResult {
    let functions = Functions.functions(region: settings.region)
    var callable: Callable<AnswerQuestionRequest, StreamResponse<AnswerQuestionChunk, AnswerQuestionResult>> =
        functions.httpsCallable("\(settings.prefix)answerQuestion")
    // Slightly above the timeout of the function.
    callable.timeoutInterval = 130
    let request = AnswerQuestionRequest(history: history, images: [ImageRef(path: path)], question: question)
    for try await response in try callable.stream(request) {
        switch response {
        case .message(let chunk): onText(chunk.text)
        case .result(let result): return result
        }
    }
    throw NoResult()
}

/// Asks without streaming. Other functions are called in the same way.
func askOnce(
    _ question: String,
    about path: String,
    settings: FiresightSettings = FiresightSettings()
) async throws -> AnswerQuestionResult {
    let functions = Functions.functions(region: settings.region)
    var callable: Callable<AnswerQuestionRequest, AnswerQuestionResult> =
        functions.httpsCallable("\(settings.prefix)answerQuestion")
    callable.timeoutInterval = 130
    return try await callable.call(AnswerQuestionRequest(images: [ImageRef(path: path)], question: question))
}

/// The details of a failed call: the stable code (docs/errors.md), and whether a retry may succeed.
func errorDetails(of error: Error) -> ErrorDetails? {
    guard let details = (error as NSError).userInfo[FunctionsErrorDetailsKey],
        JSONSerialization.isValidJSONObject(details),
        let json = try? JSONSerialization.data(withJSONObject: details)
    else { return nil }
    return try? JSONDecoder().decode(ErrorDetails.self, from: json)
}
